/** Speaks what is called, in Thai and then in English. */
import { signal } from "../signal";
import type { BoardDocument } from "./document";

const SOUND_KEY = "board_sound";
export const canSpeak = "speechSynthesis" in globalThis;
export const isOn = signal(localStorage.getItem(SOUND_KEY) === "on");
/** The sound is on, and the browser is silent until somebody presses something. */
export const isSilenced = signal(false);
/** So many calls at once are spoken; of more, the newest. */
const MOST = 6;

export interface Spoken {
  number: string;
  counter: number;
  /** Names of the service point, if the board has several. */
  point: string;
  point_en: string;
}

/** A012 → "A 0 1 2": each letter and digit by itself. */
export const spelled = (number: string): string => [...number.replace(/[^\p{L}\d]/gu, "")].join(" ");

export const thai = ({ number, counter, point }: Spoken): string =>
  `เชิญหมายเลข ${spelled(number)} ที่${point ? `${point} ` : ""}ช่อง ${counter}`;

export const english = ({ number, counter, point_en }: Spoken): string =>
  `Number ${spelled(number)}, ${point_en ? `${point_en}, ` : ""}counter ${counter}`;

let known: Set<string> | undefined;

/** The calls that are new since the last document, the oldest first. Nothing of the first document is new. */
export function newCalls(document: BoardDocument): Spoken[] {
  const hasSeveral = document.points.length > 1;
  const calls = document.points.flatMap(({ point_id, name, name_en, counters }) =>
    counters
      .filter(({ number }) => number)
      .map(({ number, counter, called_at, recalls }) => ({
        key: [point_id, counter, number, called_at, recalls].join(),
        called_at,
        call: { number, counter, point: hasSeveral ? name : "", point_en: hasSeveral ? name_en || name : "" },
      })),
  );
  const before = known;
  known = new Set(calls.map(({ key }) => key));
  if (!before) return [];
  const fresh = calls.filter(({ key }) => !before.has(key));
  return fresh.sort((one, other) => one.called_at.localeCompare(other.called_at)).slice(-MOST).map(({ call }) => call);
}

export function speak(calls: Spoken[]): void {
  if (!isOn.value || !canSpeak) return;
  for (const call of calls) {
    say(thai(call), "th-TH");
    say(english(call), "en-US");
  }
}

/** Switch the sound on or off; if the browser silences it, the press alone makes it heard. */
export function toggle(): void {
  if (!isSilenced.value) isOn.value = !isOn.value;
  localStorage.setItem(SOUND_KEY, isOn.value ? "on" : "off");
  speechSynthesis.cancel();
  if (isOn.value) {
    say("เปิดเสียงเรียกแล้ว", "th-TH");
    say("The sound is on", "en-US");
  }
}

/** After the page was loaded anew: find out whether the browser speaks before somebody has pressed something. */
export function resumeSound(): void {
  addEventListener("click", () => (isSilenced.value = false));
  if (isOn.value && canSpeak) say(" ", "th-TH");
}

function say(text: string, language: string): void {
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = language;
  utterance.rate = 0.9;
  utterance.onerror = ({ error }) => {
    if (error === "not-allowed") isSilenced.value = true;
  };
  speechSynthesis.speak(utterance);
}
