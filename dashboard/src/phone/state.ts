/** What the person is doing, and what was just done. */
import type { Bilingual } from "../i18n";
import { route } from "../route";
import { signal } from "../signal";
import type { Appointment } from "./calls";

/** The appointment that is being moved. Whoever leaves the search at its hospital, by any button, does not move it. */
export const moving = signal<Appointment | undefined>(undefined);

route.subscribe(({ path, params }) => {
  if (path !== "find" || params.hospital !== moving.value?.hospital_code) moving.value = undefined;
});

/** Shown once above the list of appointments. */
export const done = signal<Bilingual | undefined>(undefined);
