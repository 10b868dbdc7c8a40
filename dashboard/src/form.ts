/** State of a form: values, field errors, saving, and another person's edit of the same record. */
import type { Ref } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Failure } from "./api/failure";
import { isThai, translate } from "./i18n";
import { useAction } from "./load";

export type Errors<V> = Partial<Record<keyof V, string>>;

/** What a form gives the field of a name. */
export interface FieldProps<V, K extends keyof V> {
  value: V[K];
  onValue(value: V[K]): void;
  error: string | undefined;
}

/** A record as the API stores it. */
interface Stored {
  version: number;
}

interface FormOptions<V> {
  /** What the fields begin with: those of a new record, or of the record as it was loaded. */
  initial: V;
  /** Version of the loaded record, none if it is new. A form without changes of its own follows a newer version. */
  version?: number;
  /** What is wrong with each field. Nothing is sent while anything is. */
  check: (values: V) => Errors<V>;
  /** The values as they are sent: what is equal there is not a change. */
  body?: (values: V) => unknown;
  /** Send the values. `theirs`: the record of somebody else that is saved over after a conflict.
   * Returns the version that was stored if the form stays open. */
  send: (values: V, version: number, theirs?: Stored) => Promise<number | void>;
}

/** What the form element needs. */
export interface FormControl {
  busy: boolean;
  failure: Failure | undefined;
  props: { ref: Ref<HTMLFormElement>; noValidate: true; onSubmit: (event: Event) => void };
  save: (theirs?: Stored) => Promise<boolean>;
}

/** What a failure says of one field. The API says it in English; in Thai its sentence about the whole is shown. */
export function fieldError(failure: Failure | undefined, name: string): string | undefined {
  const why = failure?.fields[name];
  return why && (isThai() ? translate(failure!.message) : why);
}

/** Errors are shown from the first attempt to save on, in an edited field of a stored record at once; an error of the
 * API until its field is changed. */
export function useForm<V extends object>({ initial, version = 0, check, body = (values) => values, send }: FormOptions<V>) {
  const loaded = { values: initial, saved: initial, version };
  const [state, setState] = useState(loaded);
  const [tried, setTried] = useState(false);
  const [sent, setSent] = useState<V>();
  const { busy, failure, run, setFailure } = useAction();
  const element = useRef<HTMLFormElement>(null);
  const differs = ({ values, saved }: typeof loaded) => JSON.stringify(body(values)) !== JSON.stringify(body(saved));
  // At once, not after the next frame: what is typed until then would be lost. A form with changes stays at the
  // version that it began with, so that saving it reports the conflict.
  useLayoutEffect(() => setState((now) => (differs(now) ? now : loaded)), [version]);

  const { values } = state;
  const wrong = check(values);
  const errors: Errors<V> = {};
  for (const name of Object.keys(values) as (keyof V & string)[]) {
    const edited = version > 0 && values[name] !== state.saved[name];
    if (!tried && !edited) continue;
    errors[name] = wrong[name] ?? (sent?.[name] === values[name] ? fieldError(failure, name) : undefined);
  }

  const set = (change: Partial<V>) => setState((now) => ({ ...now, values: { ...now.values, ...change } }));
  const focus = (selector: string) =>
    requestAnimationFrame(() => element.current?.querySelector<HTMLElement>(selector)?.focus());
  /** True if it was saved. */
  const save = async (theirs?: Stored): Promise<boolean> => {
    if (busy) return false;
    setTried(true);
    // what cannot be read is undefined in the values, as if the field were empty
    if (Object.values(wrong).some(Boolean) || element.current?.querySelector("[data-unreadable]")) {
      focus("[aria-invalid=true]");
      return false;
    }
    setSent(values);
    return run(async () => {
      const stored = await send(values, theirs?.version ?? state.version, theirs);
      setTried(false);
      if (stored !== undefined) setState((now) => ({ ...now, saved: values, version: stored }));
    });
  };
  /** What the field of this name is given. */
  const field = <K extends keyof V>(name: K): FieldProps<V, K> => ({
    value: values[name],
    onValue: (value: V[K]) => set({ [name]: value } as unknown as Partial<V>),
    error: errors[name],
  });
  const onSubmit = (event: Event) => {
    event.preventDefault();
    void save();
  };
  return {
    values,
    errors,
    tried,
    busy,
    failure,
    run,
    setFailure,
    focus,
    save,
    /** Something would be lost if the form were left. */
    changed: differs(state),
    set,
    field,
    /** Show these values in place of what was typed. */
    reset: (values: V, version = 0) => {
      setState({ values, saved: values, version });
      setTried(false);
      setFailure(undefined);
    },
    props: { ref: element, noValidate: true, onSubmit } as const,
  };
}
