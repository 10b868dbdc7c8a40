import type { Bilingual } from "../i18n";

/** Why a request failed: what the API's error envelope says, or how the network failed. */
export interface Failure {
  /** HTTP status, 0 when no answer came. */
  status: number;
  /** `Error.code` of the envelope, or NoAnswer, TimedOut, NotUnderstood. */
  code: string;
  message: Bilingual;
  /** What is wrong with each field of the request. */
  fields: Record<string, string>;
  /** What else `Error` of the envelope has: yours, theirs, used_by … */
  detail: Record<string, unknown>;
  requestId?: string;
}

export class RequestFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.code);
  }
}

/** The failure of a caught exception. Anything but a RequestFailed is a programming error and is thrown again. */
export function failureOf(caught: unknown): Failure {
  if (caught instanceof RequestFailed) return caught.failure;
  throw caught;
}

const NO_ANSWER: Bilingual = {
  th: "ติดต่อระบบไม่ได้ ตรวจสายเครือข่ายหรือ Wi-Fi แล้วลองใหม่ ข้อมูลที่กรอกไว้ยังอยู่",
  en: "The system cannot be reached. Check the network and try again; what you entered is kept.",
};
const TIMED_OUT: Bilingual = {
  th: "ระบบไม่ตอบภายใน 30 วินาที อาจบันทึกแล้วหรือยังไม่ได้บันทึก ลองใหม่ได้โดยไม่ซ้ำ",
  en: "No answer within 30 seconds; it may or may not have been saved. Trying again is safe.",
};
const NOT_UNDERSTOOD: Bilingual = {
  th: "ระบบตอบกลับมาไม่ถูกต้อง ลองใหม่ หากยังเป็นอยู่ให้แจ้งผู้ดูแลระบบ",
  en: "The answer could not be read. Try again; if it persists, tell your administrator.",
};

const networkFailure = (code: string, message: Bilingual, status = 0): RequestFailed =>
  new RequestFailed({ status, code, message, fields: {}, detail: {} });

export const noAnswer = () => networkFailure("NoAnswer", NO_ANSWER);
export const timedOut = () => networkFailure("TimedOut", TIMED_OUT);
export const notUnderstood = (status: number) => networkFailure("NotUnderstood", NOT_UNDERSTOOD, status);

interface ErrorEnvelope {
  Message?: string;
  Error?: { code?: string; message?: string; fields?: Record<string, string>; request_id?: string };
}

/** The failure of an error envelope; NotUnderstood if the body is not one. */
export function failureIn(status: number, body: unknown): RequestFailed {
  const { Message, Error: error } = (body ?? {}) as ErrorEnvelope;
  if (!error?.code) return notUnderstood(status);
  const { code, message, fields, request_id, ...detail } = error;
  return new RequestFailed({
    status,
    code,
    message: { th: Message ?? code, en: message ?? Message ?? code },
    fields: fields ?? {},
    detail,
    requestId: request_id,
  });
}
