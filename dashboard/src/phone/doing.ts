/** What the person is in the middle of, and what they have just done. */
import { signal } from "@preact/signals";
import type { Said } from "../i18n";
import type { Appointment } from "./shapes";

/** The appointment that is being moved, while it is. */
export const moving = signal<Appointment | undefined>(undefined);

/** Told once above the list of appointments. */
export const done = signal<Said | undefined>(undefined);
