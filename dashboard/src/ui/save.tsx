/** The button that saves a form: while that is under way it says so, and does nothing more. */
import { word } from "../words";

export const SaveButton = ({ busy }: { busy: boolean }) => (
  <button class="primary" aria-busy={busy} aria-disabled={busy}>
    {busy ? word("saving") : word("save")}
  </button>
);
