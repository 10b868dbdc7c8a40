import type { Said } from "../i18n";

/** Why a request came to nothing: what the API's error envelope says, or what the line did. */
export interface Failure {
  /** HTTP status, 0 when no answer came. */
  status: number;
  /** `Error.code` of the envelope, or NoAnswer, TimedOut, NotUnderstood. */
  code: string;
  said: Said;
  /** Field of the request → what is wrong with it. */
  fields: Record<string, string>;
  /** What else the envelope's Error carries: yours, theirs, used_by … */
  detail: Record<string, unknown>;
  requestId?: string;
}

export class RequestFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.code);
  }
}

/** The failure of a caught exception; a programming error is thrown on. */
export function failureOf(caught: unknown): Failure {
  if (caught instanceof RequestFailed) return caught.failure;
  throw caught;
}

const NO_ANSWER: Said = {
  th: "ติดต่อระบบไม่ได้ ตรวจสายเครือข่ายหรือ Wi-Fi แล้วลองใหม่ ข้อมูลที่กรอกไว้ยังอยู่",
  en: "The centre cannot be reached. Check the network and try again; what you entered is kept.",
};
const TIMED_OUT: Said = {
  th: "ระบบไม่ตอบภายใน 30 วินาที อาจบันทึกแล้วหรือยังไม่ได้บันทึก ลองใหม่ได้โดยไม่ซ้ำ",
  en: "No answer within 30 seconds; it may or may not have been saved. Trying again is safe.",
};
const NOT_UNDERSTOOD: Said = {
  th: "ระบบตอบกลับมาไม่ถูกต้อง ลองใหม่ หากยังเป็นอยู่ให้แจ้งผู้ดูแลระบบ",
  en: "The answer could not be read. Try again; if it persists, tell your administrator.",
};

const lineFailure = (code: string, said: Said, status = 0): RequestFailed =>
  new RequestFailed({ status, code, said, fields: {}, detail: {} });

export const noAnswer = () => lineFailure("NoAnswer", NO_ANSWER);
export const timedOut = () => lineFailure("TimedOut", TIMED_OUT);
export const notUnderstood = (status: number) => lineFailure("NotUnderstood", NOT_UNDERSTOOD, status);

interface ErrorEnvelope {
  Message?: string;
  Error?: { code?: string; message?: string; fields?: Record<string, string>; request_id?: string };
}

/** The failure an error envelope tells; anything else is NotUnderstood. */
export function failureIn(status: number, body: unknown): RequestFailed {
  const { Message, Error: error } = (body ?? {}) as ErrorEnvelope;
  if (!error?.code) return notUnderstood(status);
  const { code, message, fields, request_id, ...detail } = error;
  return new RequestFailed({
    status,
    code,
    said: { th: Message ?? code, en: message ?? Message ?? code },
    fields: fields ?? {},
    detail,
    requestId: request_id,
  });
}
