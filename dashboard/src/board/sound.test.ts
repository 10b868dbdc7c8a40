import { afterEach, expect, it, vi } from "vitest";

afterEach(() => vi.unstubAllGlobals());

it("remembers that the sound is on, and knows when the browser silences it until a press", async () => {
  const spoken: string[] = [];
  let mayspeak = false;
  vi.stubGlobal("SpeechSynthesisUtterance", class {
    onerror?: (event: { error: string }) => void;
    constructor(readonly text: string) {}
  }); // prettier-ignore
  vi.stubGlobal("speechSynthesis", {
    cancel: () => undefined,
    speak: (utterance: { text: string; onerror?: (event: { error: string }) => void }) =>
      mayspeak ? spoken.push(utterance.text) : utterance.onerror?.({ error: "not-allowed" }),
  });
  localStorage.setItem("board_sound", "on");
  vi.resetModules(); // another file of tests may have loaded it already, without the sound
  const { isOn, isSilenced, resumeSound, toggle } = await import("./speech");
  resumeSound();
  expect([isOn.value, isSilenced.value]).toEqual([true, true]);

  mayspeak = true;
  toggle();
  dispatchEvent(new Event("click"));
  expect([isOn.value, isSilenced.value]).toEqual([true, false]);
  expect(spoken).toContain("The sound is on");
  toggle();
  expect([isOn.value, localStorage.getItem("board_sound")]).toEqual([false, "off"]);
});
