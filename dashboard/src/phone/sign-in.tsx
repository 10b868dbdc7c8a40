/** Choose the person: a demo person or a national id; a new person enters a name. */
import { Fragment } from "preact";
import { SentPerson } from "../api/limits";
import { cidDigits, cidFault, cidOnCard, LONGEST_CID } from "../cid";
import { useForm } from "../form";
import { words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { Failed } from "../ui/failed";
import { Heading } from "./heading";
import { introduce, phone, signIn } from "./session";

const t = words({
  hello: ["สวัสดี", "Welcome"],
  who: ["ท่านคือใคร", "Who are you?"],
  demo: [
    "หน้านี้เป็นการสาธิตแอปหมอพร้อม ใช้รายชื่อสมมติเท่านั้น กรุณาอย่าใส่เลขบัตรของคนจริง",
    "This page demonstrates the Mor Prom app with made-up people. Please do not enter a real person's id.",
  ],
  by_id: ["เลขบัตรประชาชน 13 หลัก", "National id, 13 digits"],
  enter: ["เข้าใช้งาน", "Enter"],
  length: ["ต้องมี 13 หลัก ตอนนี้มี {n} หลัก", "It has 13 digits; here are {n}."],
  check_digit: ["เลขไม่ถูกต้อง กรุณาดูจากบัตรอีกครั้ง", "This is not quite right. Please compare it with the card."],
  people: ["แตะชื่อเพื่อเข้าใช้งาน", "Touch a name to enter"],
  or: ["หรือพิมพ์เลขบัตร", "Or type an id"],
  new: ["ขอทราบชื่อของท่าน", "May we have your name?"],
  new_text: ["ยังไม่มีชื่อของท่านในระบบ ใช้ชื่อตามบัตรประชาชน", "You are new here. Use the name on your id card."],
  prefix: ["คำนำหน้า", "Title"],
  other: ["อื่น ๆ หรือไม่มี", "other or none"],
  other_prefix: ["คำนำหน้าอื่น (ไม่ใส่ก็ได้)", "Other title (may be empty)"],
  gender: ["เพศ", "Sex"],
  male: ["ชาย", "male"],
  female: ["หญิง", "female"],
  first: ["ชื่อ", "First name"],
  last: ["นามสกุล", "Last name"],
  go_on: ["ต่อไป", "Go on"],
  required: ["กรุณากรอก", "Please fill this in"],
});

export function Choose() {
  const people = useLoaded(() => phone.get("people"), []);
  const { busy, failure, run } = useAction();
  return (
    <main class="choose">
      <p class="hello">{t("hello")}</p>
      <Heading>{t("who")}</Heading>
      <Failed failure={failure ?? people.failure} again={people.failure && people.reload} />
      {people.data && people.data.length > 0 && (
        <section aria-labelledby="people">
          <h2 id="people">{t("people")}</h2>
          <ul class="people">
            {people.data.map((person) => (
              <li key={person.demo}>
                <button type="button" disabled={busy} onClick={() => run(() => signIn({ demo: person.demo }))}>
                  <span class="name">
                    {person.name.split(" ").map((part) => (
                      <Fragment key={part}>
                        <span>{part}</span>{" "}
                      </Fragment>
                    ))}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {/* What is below the list comes with it: nothing moves under a finger. */}
      {(people.data ?? people.failure) && (
        <>
          <ById />
          <p class="small-print">{t("demo")}</p>
        </>
      )}
    </main>
  );
}

function ById() {
  const form = useForm({
    initial: { cid: "" },
    check: ({ cid }) => {
      const fault = cidFault(cid);
      return { cid: fault && t(fault, { n: cidDigits(cid).length }) };
    },
    send: ({ cid }) => signIn({ cid: cidDigits(cid) }),
  });
  const error = form.errors.cid ?? "";
  return (
    <form {...form.props} class="card">
      <h2>{t("or")}</h2>
      <label for="cid">{t("by_id")}</label>
      <input
        id="cid"
        class="cid"
        inputMode="numeric"
        autoComplete="off"
        maxLength={LONGEST_CID}
        value={form.values.cid}
        aria-invalid={error !== ""}
        aria-describedby="cid-fault"
        onInput={(event) => {
          const text = event.currentTarget.value;
          form.reset({ cid: cidDigits(text).length === 13 ? cidOnCard(cidDigits(text)) : text });
        }}
      />
      <p id="cid-fault" class="fault" role="alert">
        {error}
      </p>
      <Failed failure={form.failure} />
      <button type="submit" class="primary wide" disabled={form.busy}>
        {t("enter")}
      </button>
    </form>
  );
}

/** Thai titles, with the gender that the API needs. */
const TITLES: [title: string, gender: number][] = [
  ["นาย", 1],
  ["นาง", 2],
  ["นางสาว", 2],
  ["เด็กชาย", 1],
  ["เด็กหญิง", 2],
  ["พระ", 1],
  ["แม่ชี", 2],
  ["Mr.", 1],
  ["Ms.", 2],
];
const OTHER = TITLES.length;

export function Introduce() {
  const form = useForm({
    initial: { title: 0, other: "", gender: 1, first: "", last: "" },
    check: ({ first }) => ({ first: first.trim() ? undefined : t("required") }),
    send: ({ title, other, gender: chosen, first, last }) => {
      const [prefix, gender] = TITLES[title] ?? [other.trim(), chosen];
      return introduce({ prefix, gender, first_name: first.trim(), last_name: last.trim() });
    },
  });
  const { values, set } = form;
  return (
    <main class="choose">
      <Heading>{t("new")}</Heading>
      <p>{t("new_text")}</p>
      <form {...form.props} class="card">
        <fieldset>
          <legend>{t("prefix")}</legend>
          <div class="choices">
            {TITLES.map(([name], index) => (
              <label key={name} lang="th">
                <input type="radio" name="prefix" checked={values.title === index} onChange={() => set({ title: index })} />
                <span>{name}</span>
              </label>
            ))}
            <label>
              <input type="radio" name="prefix" checked={values.title === OTHER} onChange={() => set({ title: OTHER })} />
              <span>{t("other")}</span>
            </label>
          </div>
        </fieldset>
        {values.title === OTHER && (
          <>
            <Name
              id="other"
              label={t("other_prefix")}
              {...form.field("other")}
              limit={SentPerson.prefix}
            />
            <fieldset>
              <legend>{t("gender")}</legend>
              <div class="choices">
                {([1, 2] as const).map((gender) => (
                  <label key={gender}>
                    <input type="radio" name="gender" checked={values.gender === gender} onChange={() => set({ gender })} />
                    <span>{t(gender === 1 ? "male" : "female")}</span>
                  </label>
                ))}
              </div>
            </fieldset>
          </>
        )}
        <Name
          id="first"
          label={t("first")}
          {...form.field("first")}
          limit={SentPerson.first_name}
        />
        <Name
          id="last"
          label={t("last")}
          {...form.field("last")}
          limit={SentPerson.last_name}
        />
        <Failed failure={form.failure} />
        <button type="submit" class="primary wide" disabled={form.busy}>
          {t("go_on")}
        </button>
      </form>
    </main>
  );
}

interface NameProps {
  id: string;
  label: string;
  value: string;
  onValue: (value: string) => void;
  error: string | undefined;
  limit: number;
}

function Name({ id, label, value, onValue, error, limit }: NameProps) {
  return (
    <>
      <label for={id}>{label}</label>
      <input
        id={id}
        autoComplete="off"
        maxLength={limit}
        value={value}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-fault`}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <p id={`${id}-fault`} class="fault" role="alert">
        {error}
      </p>
    </>
  );
}
