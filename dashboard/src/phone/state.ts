/** What the person is doing, and what was just done. */
import { effect, signal } from "@preact/signals";
import type { Bilingual } from "../i18n";
import { route } from "../route";
import type { Appointment } from "./calls";

/** The appointment that is being moved. Whoever leaves the search at its hospital, by any button, does not move it. */
export const moving = signal<Appointment | undefined>(undefined);

effect(() => {
  const { path, params } = route.value;
  if (path !== "find" || params.hospital !== moving.peek()?.hospital_code) moving.value = undefined;
});

/** Shown once above the list of appointments. */
export const done = signal<Bilingual | undefined>(undefined);
