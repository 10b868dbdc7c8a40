/** The form of `useForm`: its fields, what went wrong or whose edit it meets, and its button. */
import type { ComponentChildren } from "preact";
import type { Failure } from "../api/failure";
import type { FormControl } from "../form";
import { word } from "../words";
import { Conflict, type Compared } from "./conflict";

interface FormProps {
  form: FormControl;
  class?: string;
  /** Fields that are compared if somebody else has edited the record. */
  compared?: Compared[];
  /** Use the other person's record. */
  onTheirs?: (theirs: never) => void;
  /** Of what else the form has loaded. */
  failure?: Failure;
  /** In place of "Save". */
  button?: ComponentChildren;
  /** Beside the button. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

export function Form({ form, compared, onTheirs, failure, button, actions, children, ...rest }: FormProps) {
  return (
    <form {...form.props} {...rest}>
      {children}
      <Conflict failure={form.failure ?? failure} compared={compared} onMine={form.save} onTheirs={onTheirs} />
      <div class="actions">
        {button === undefined ? <Submit busy={form.busy} working={word("saving")} /> : button}
        {actions}
      </div>
    </form>
  );
}

interface SubmitProps {
  busy: boolean;
  /** "Save" if there is none. */
  title?: string;
  /** The title while the form is busy. */
  working?: string;
  disabled?: boolean;
}

/** The button of a form. While the form is busy it says so, and a second press does nothing. */
export const Submit = ({ busy, title = word("save"), working = title, disabled }: SubmitProps) => (
  <button class="primary" disabled={disabled} aria-busy={busy} aria-disabled={busy}>
    {busy ? working : title}
  </button>
);
