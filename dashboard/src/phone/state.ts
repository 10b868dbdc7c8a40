/** What the person is doing, and what was just done. */
import { signal } from "@preact/signals";
import type { Bilingual } from "../i18n";
import type { Appointment } from "./calls";

/** The appointment that is being moved, while it is. */
export const moving = signal<Appointment | undefined>(undefined);

/** Shown once above the list of appointments. */
export const done = signal<Bilingual | undefined>(undefined);
