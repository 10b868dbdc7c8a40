import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { longDate, parseDate, shortDate, today, type IsoDate } from "../dates";
import { lang, words } from "../i18n";
import { word } from "../words";
import type { Choosable, DatePicker } from "./date-picker";
import { notifyFailure } from "./notice";

const t = words({
  unreadable: ["อ่านวันที่ไม่ได้ พิมพ์ เช่น {like}", "Not a date; type for example {like}"],
  no_such_day: ["ไม่มีวันที่นี้ในปฏิทิน", "There is no such day"],
  year_out_of_range: ["ปีไม่ถูกต้อง พิมพ์ เช่น {like}", "The year is not right; type for example {like}"],
  like: ["วัน/เดือน/ปี พ.ศ. เช่น {like}", "day/month/year, for example {like}"],
  optional: ["ไม่บังคับ", "optional"],
  from_month: ["เลือกจากปฏิทิน", "Choose from a month"],
  no_month: ["เปิดปฏิทินไม่สำเร็จ พิมพ์วันที่ได้", "The month could not be opened; the date can be typed"],
});

interface FieldProps {
  label: string;
  hint?: string;
  error?: string;
  optional?: boolean;
  /** A field to search with: it may be empty, and is not marked as optional. */
  free?: boolean;
  /** Gets the attributes that tie the control to its label, hint and error. */
  children: (control: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": boolean;
    required: boolean;
  }) => ComponentChildren;
}

export function Field({ label, hint, error, optional = false, free = false, children }: FieldProps) {
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div class={error ? "field wrong" : "field"}>
      <label for={id}>
        {label}
        {optional && <small> ({t("optional")})</small>}
      </label>
      {children({
        id,
        "aria-describedby": described || undefined,
        "aria-invalid": Boolean(error),
        required: !optional && !free,
      })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

type Base = Omit<FieldProps, "children">;

/** Most characters of a text, or the bounds of a whole number. Those of the API are in api/limits. */
type Limit = number | { min: number; max: number };

const longest = (limit: Limit): number => (typeof limit === "number" ? limit : String(limit.max).length);

/** What is wrong with a whole number that was typed. */
export const numberError = (typed: string, bounds: { min: number; max: number }): string | undefined =>
  /^\d+$/.test(typed) && Number(typed) >= bounds.min && Number(typed) <= bounds.max
    ? undefined
    : word("number_from_to", bounds);

interface TextFieldProps extends Base {
  value: string;
  onValue: (value: string) => void;
  limit?: Limit;
  input?: {
    type?: "text" | "password";
    inputMode?: "numeric" | "tel";
    autocomplete?: string;
    autocapitalize?: "none";
    spellcheck?: boolean;
    autofocus?: boolean;
    /** The id of a <datalist>: texts that are offered while one types. */
    list?: string;
    class?: string;
  };
}

export function TextField({ value, onValue, limit, input, ...field }: TextFieldProps) {
  const isNumber = typeof limit === "object";
  return (
    <Field {...field}>
      {(control) => (
        <input
          {...control}
          type="text"
          autocomplete="off"
          maxLength={limit === undefined ? undefined : longest(limit)}
          inputMode={isNumber ? "numeric" : undefined}
          {...(input as object)}
          value={value}
          onInput={({ currentTarget }) => onValue(isNumber ? currentTarget.value.trim() : currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface SelectFieldProps extends Base {
  value: string | number | undefined;
  onValue: (value: string) => void;
  options: { value: string | number; text: string }[];
  /** Shown while nothing is chosen, or as the choice of "all". */
  blank?: string;
  disabled?: boolean;
}

export function SelectField({ value, onValue, options, blank, disabled, ...field }: SelectFieldProps) {
  return (
    <Field {...field}>
      {(control) => (
        <select {...control} disabled={disabled} value={value ?? ""} onChange={(event) => onValue(event.currentTarget.value)}>
          {blank !== undefined && <option value="">{blank}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface DateFieldProps extends Base, Choosable {
  value: IsoDate | undefined;
  /** undefined while what is typed is not a date. A form that has such a field is not sent. */
  onValue: (value: IsoDate | undefined) => void;
}

/** Loaded when a month is opened for the first time. */
let Picker: typeof DatePicker | undefined;

/** A date that is typed in any usual form and shown again in words, or chosen from a month. */
export function DateField({ value, onValue, birth = false, min, max, counts, error, hint, ...field }: DateFieldProps) {
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const [typed, setTyped] = useState(value ? shortDate(value, lang.value) : "");
  const [left, setLeft] = useState(false);
  const reported = useRef(value);
  const language = lang.value;
  const written = useRef(language);
  useLayoutEffect(() => {
    // changed from outside, or the language was switched: show the new value
    // not while it is being typed: 2027-01-2 is a date on the way to 2027-01-27
    if (value !== reported.current || (value && language !== written.current))
      setTyped(value ? shortDate(value, language) : "");
    reported.current = value;
    written.current = language;
  }, [value, language]);

  const example = shortDate(birth ? "1985-04-13" : today(), language);
  const read = parseDate(typed, today(), birth ? 0 : 20);
  const fault = typed.trim() && "fault" in read ? read.fault : undefined;
  const open = async () => {
    const focused = document.activeElement;
    try {
      Picker ??= (await import("./date-picker")).DatePicker;
      if (document.activeElement === focused) setOpen(true); // else the user went on meanwhile
    } catch {
      notifyFailure({ message: t.both("no_month") });
    }
  };
  return (
    <Field
      {...field}
      hint={"iso" in read ? longDate(read.iso, language) : (hint ?? t("like", { like: example }))}
      error={error ?? (left && fault ? t(fault, { like: example }) : undefined)}
    >
      {(control) => (
        <div
          class="date-typed"
          // The key that opened the month, or chose a day in it, is still held: it does not press what has the focus now.
          onKeyDown={(event) => event.key === "Enter" && event.repeat && event.preventDefault()}
        >
          <input
            type="text"
            inputMode="numeric"
            autocomplete="off"
            {...control}
            data-unreadable={fault}
            value={typed}
            onInput={(event) => {
              const text = event.currentTarget.value;
              const now = parseDate(text, today(), birth ? 0 : 20);
              setTyped(text);
              setLeft(false);
              reported.current = "iso" in now ? now.iso : undefined;
              onValue(reported.current);
            }}
            onKeyDown={(event) => {
              if (event.altKey && event.key === "ArrowDown") void open();
              if (event.key === "Enter") setLeft(true); // it sends the form without leaving the field
            }}
            onBlur={() => {
              setLeft(true);
              if ("iso" in read) setTyped(shortDate(read.iso, language));
            }}
          />
          <button type="button" ref={opener} onClick={open}>
            <svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" aria-hidden="true">
              <path d="M2 3.5h12V14H2zM2 7h12M5 1.5v3M11 1.5v3" />
            </svg>
            <span class="visually-hidden">
              {t("from_month")} {field.label} {value && longDate(value, language)}
            </span>
          </button>
          {isOpen && Picker && (
            <Picker
              {...{ birth, min, max, counts, value }}
              label={field.label}
              opener={opener.current!}
              onChoose={(day) => {
                setTyped(shortDate(day, language));
                onValue(day);
              }}
              onClose={() => setOpen(false)}
            />
          )}
        </div>
      )}
    </Field>
  );
}

interface CheckProps {
  label: ComponentChildren;
  checked: boolean;
  onChecked: (checked: boolean) => void;
  disabled?: boolean;
}

export function Check({ label, checked, onChecked, disabled }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface ChoicesProps<T> {
  legend: string;
  /** Of the radio buttons. */
  name: string;
  value: T | undefined;
  onValue: (value: T) => void;
  options: readonly { value: T; text: string }[];
  /** What belongs to the choice, below it. */
  children?: ComponentChildren;
}

/** A few choices that are all visible. */
export function Choices<T extends string | boolean>({ legend, name, value, onValue, options, children }: ChoicesProps<T>) {
  return (
    <fieldset class="line">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={String(option.value)} class="check">
          <input type="radio" name={name} checked={option.value === value} onChange={() => onValue(option.value)} />
          <span>{option.text}</span>
        </label>
      ))}
      {children}
    </fieldset>
  );
}
