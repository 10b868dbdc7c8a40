/** Who are you? Demo people to touch, or a national id to type; somebody unknown says their name. */
import { useState } from "preact/hooks";
import { cidDigits, cidFault, cidOnCard } from "../cid";
import { words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { Failed } from "../ui/notice";
import { Heading } from "./heading";
import { introduce, phone, signIn } from "./me";

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
  first: ["ชื่อ", "First name"],
  last: ["นามสกุล", "Last name"],
  go_on: ["ต่อไป", "Go on"],
  required: ["กรุณากรอก", "Please fill this in"],
});

interface Person {
  demo: number;
  name: string;
}

export function Choose() {
  const people = useLoaded(() => phone.get<Person[]>("people"), []);
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
            {people.data.map((one) => (
              <li key={one.demo}>
                <button type="button" disabled={busy} onClick={() => run(() => signIn({ demo: one.demo }))}>
                  <span class="name">
                    {one.name.split(" ").map((part) => (
                      <span key={part}>{part} </span>
                    ))}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <ById />
      <p class="small-print">{t("demo")}</p>
    </main>
  );
}

function ById() {
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState("");
  const { busy, failure, run } = useAction();
  const digits = cidDigits(typed);
  const enter = (event: Event) => {
    event.preventDefault();
    const found = cidFault(typed);
    setFault(found ? t(found, { n: digits.length }) : "");
    if (!found) void run(() => signIn({ cid: digits }));
  };
  return (
    <form class="card" onSubmit={enter} noValidate>
      <h2>{t("or")}</h2>
      <label for="cid">{t("by_id")}</label>
      <input
        id="cid"
        class="cid"
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        aria-invalid={fault !== ""}
        aria-describedby="cid-fault"
        onInput={(event) => {
          const text = event.currentTarget.value;
          setTyped(cidDigits(text).length === 13 ? cidOnCard(cidDigits(text)) : text);
          setFault("");
        }}
      />
      <p id="cid-fault" class="fault" role="alert">
        {fault}
      </p>
      <Failed failure={failure} />
      <button type="submit" class="primary" disabled={busy}>
        {t("enter")}
      </button>
    </form>
  );
}

/** Thai titles say the gender that the centre asks for. */
const TITLES: [title: string, gender: number][] = [
  ["นาย", 1],
  ["นาง", 2],
  ["นางสาว", 2],
  ["เด็กชาย", 1],
  ["เด็กหญิง", 2],
];

export function Introduce() {
  const [title, setTitle] = useState(0);
  const [first, setFirst] = useState("");
  const [last, setLast] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, failure, run } = useAction();
  const [prefix, gender] = TITLES[title]!;
  const send = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (first.trim() && last.trim())
      void run(() => introduce({ prefix, gender, first_name: first.trim(), last_name: last.trim() }));
  };
  return (
    <main class="choose">
      <Heading>{t("new")}</Heading>
      <p>{t("new_text")}</p>
      <form class="card" onSubmit={send} noValidate>
        <fieldset>
          <legend>{t("prefix")}</legend>
          <div class="choices">
            {TITLES.map(([name], index) => (
              <label key={name} lang="th">
                <input type="radio" name="prefix" checked={title === index} onChange={() => setTitle(index)} />
                <span>{name}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <Name id="first" label={t("first")} value={first} onChange={setFirst} tried={tried} />
        <Name id="last" label={t("last")} value={last} onChange={setLast} tried={tried} />
        <Failed failure={failure} />
        <button type="submit" class="primary" disabled={busy}>
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
  tried: boolean;
  onChange: (value: string) => void;
}

function Name({ id, label, value, tried, onChange }: NameProps) {
  const missing = tried && !value.trim();
  return (
    <>
      <label for={id}>{label}</label>
      <input
        id={id}
        autoComplete="off"
        maxLength={100}
        value={value}
        aria-invalid={missing}
        aria-describedby={`${id}-fault`}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <p id={`${id}-fault`} class="fault" role="alert">
        {missing ? t("required") : ""}
      </p>
    </>
  );
}
