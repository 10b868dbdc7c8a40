/** Calling at a counter, by keyboard: next, recall, skip, served, absent, send on; and who waits. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ServicePoint } from "../api/types";
import { dateTime } from "../dates";
import { lang, number, translate, words } from "../i18n";
import { useLoaded } from "../load";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { SelectField } from "../ui/field";
import { Submit } from "../ui/form";
import { ArrivalDesk } from "./arrivals";
import { busy, callNext, load, message, ownSeat, person, queue, queueFailure, refresh, say, seat, sit } from "./counter";
import { useKeys } from "./keys";
import { NothingSetUp } from "./nothing-set-up";
import { TitledTable } from "./titled-table";
import { byWay, minutes, pointName, word } from "./words";

const t = words({
  where: ["ท่านเรียกคิวที่ไหน", "Where do you call?"],
  start: ["เริ่มเรียกคิว", "Start calling"],
  kept: ["แท็บนี้จำไว้จนกว่าจะปิด", "This tab remembers it until it is closed."],
  change: ["เปลี่ยนจุดหรือช่อง", "Change"],
  serving: ["กำลังให้บริการ", "Being served"],
  free: ["ช่องว่าง", "Free"],
  ticket: ["บัตรคิว ไม่มีนัด", "Ticket, no appointment"],
  appointment: ["นัด {start}–{finish}", "Appointment {start}–{finish}"],
  called: ["เรียกเมื่อ {at}", "Called at {at}"],
  recalls: ["เรียกซ้ำ {n} ครั้ง", "Called again {n} times"],
  skips: ["ถูกข้าม {n} ครั้ง", "Skipped {n} times"],
  proposes: [
    "เรียกแล้วไม่มา {n} ครั้ง ถ้าไม่อยู่จริง กด A แล้ว A อีกครั้งเพื่อบันทึกว่าไม่มา",
    "Skipped {n} times. If they are really gone, press A and A again to note them absent.",
  ],
  next: ["เรียกคิวถัดไป", "Call next"],
  recall: ["เรียกซ้ำ", "Recall"],
  skip: ["ข้าม", "Skip"],
  serve: ["เสร็จแล้ว", "Served"],
  absent: ["ไม่มา", "Absent"],
  send_on: ["ส่งต่อ", "Send on"],
  sure: ["บันทึกว่า {number} ไม่มา?", "Note {number} as absent?"],
  sure_text: ["กด A อีกครั้งเพื่อยืนยัน ปุ่มอื่นคือกลับ", "Press A again to confirm; any other key goes back."],
  yes_absent: ["ใช่ ไม่มา", "Yes, absent"],
  back: ["กลับ", "Back"],
  send_where: ["ส่ง {number} ต่อไปที่ไหน", "Where does {number} go on?"],
  send_text: [
    "กดตัวเลขของจุดบริการ หรือ T อีกครั้งเพื่อส่งไปจุดถัดไป ปุ่มอื่นคือกลับ",
    "Press the number of the point, or T again for the next point; any other key goes back.",
  ],
  send_text_last: ["กดตัวเลขของจุดบริการ ปุ่มอื่นคือกลับ", "Press the number of the point; any other key goes back."],
  no_other: ["ไม่มีจุดบริการอื่นให้ส่งต่อ", "There is no other service point."],
  waiting: ["รอเรียก {n} คน", "{n} waiting"],
  more: ["และอีก {n} คน", "and {n} more"],
  nobody: ["ไม่มีผู้รอ", "Nobody waits"],
  since: ["รอตั้งแต่", "Since"],
  others: ["ช่องอื่นของจุดนี้", "Other counters of this point"],
  no_others: ["ยังไม่มีช่องอื่นเรียก", "No other counter has called."],
  done: ["ว่าง (ล่าสุด {number})", "free (last {number})"],
  keys: ["ปุ่มลัด", "Keys"],
}); // prettier-ignore

const SHOWN = 20;
const REFRESH_S = 10;
const MOST_COUNTERS = 99;

export function Calling() {
  const points = useLoaded(async () => byWay(await api.get("/api/dashboard/points")), []);
  if (!points.data)
    return (
      <>
        <h1 class="visually-hidden">{t("next")}</h1>
        {points.loading && <p class="loading">{word("loading")}</p>}
        <Failed failure={points.failure} again={points.reload} />
      </>
    );
  if (!points.data.length) return <NothingSetUp />;
  const point = points.data.find(({ point_id }) => point_id === ownSeat()?.point_id);
  return point ? <Counter point={point} points={points.data} /> : <Choice points={points.data} />;
}

function Choice({ points }: { points: ServicePoint[] }) {
  const [point, setPoint] = useState(String(points[0]!.point_id));
  const [counter, setCounter] = useState("1");
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => form.current?.querySelector("select")?.focus(), []);
  const numbers = Array.from({ length: MOST_COUNTERS }, (_, index) => index + 1);
  return (
    <form
      ref={form}
      class="narrow"
      onSubmit={(event) => {
        event.preventDefault();
        sit({ point_id: Number(point), counter: Number(counter) });
      }}
    >
      <h1>{t("where")}</h1>
      <SelectField
        label={word("point")}
        value={point}
        onValue={setPoint}
        options={points.map((each) => ({ value: each.point_id, text: pointName(each) }))}
      />
      <SelectField
        label={word("counter")}
        hint={t("kept")}
        value={counter}
        onValue={setCounter}
        options={numbers.map((each) => ({ value: each, text: String(each) }))}
      />
      <Submit busy={false} title={t("start")} />
    </form>
  );
}

type Question = "absent" | "send-on" | undefined;

function Counter({ point, points }: { point: ServicePoint; points: ServicePoint[] }) {
  const [asked, setAsked] = useState<Question>();
  const panel = useRef<HTMLElement>(null);
  const beside = useRef<HTMLDivElement>(null);
  const { counter } = seat.value!;
  const shown = person.value;
  const others = points.filter(({ point_id }) => point_id !== point.point_id);
  // The next point of the way comes first.
  others.sort((one, other) => Number(other.point_id === point.next_point) - Number(one.point_id === point.next_point));
  const question = shown ? asked : undefined;

  useEffect(() => {
    void load();
    const timer = setInterval(refresh, REFRESH_S * 1000);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [point.point_id, counter]);

  // The focus goes back to the panel, where every key is a command: a button would keep Enter for itself.
  const focus = () => panel.current?.focus();
  const focusCode = () => beside.current?.querySelector("input")?.focus();
  useLayoutEffect(focus, []);
  const act = (action: () => void) => () => {
    setAsked(undefined);
    focus();
    action();
  };
  const sendTo = (to: ServicePoint | undefined) => act(() => to && say("send-on", to.point_id));
  const absent = act(() => say("absent"));
  const back = act(() => undefined);
  const ask = (question: Question) => () => {
    setAsked(question);
    focus();
  };

  useKeys((key) => {
    if (question === "absent") {
      (key === "KeyA" ? absent : back)();
      return true;
    }
    if (question === "send-on") {
      const digit = /^(?:Digit|Numpad)([1-9])$/.exec(key)?.[1];
      if (digit) sendTo(others[Number(digit) - 1])();
      else if (key === "KeyT" && point.next_point) sendTo(others[0])();
      else back();
      return true;
    }
    if (key !== "KeyD") return press(key, setAsked);
    focusCode();
    return true;
  }, focusCode);

  return (
    <div class="calling">
      <section class="counter" ref={panel} tabIndex={-1} aria-labelledby="counter">
        <header class="seat">
          <h1 id="counter">
            {pointName(point)} · {word("counter")} {counter}
          </h1>
          <button type="button" class="quiet" disabled={busy.value} onClick={() => sit(undefined)}>
            {t("change")}
          </button>
        </header>
        <div class={shown ? "shown serving" : "shown"} aria-live="polite">
          <p class="state">{shown ? t("serving") : t("free")}</p>
          <p class="queue-number">{shown ? shown.queue_no : "–"}</p>
          {shown && <Person />}
        </div>
        <p class={message.value?.bad ? "answer failed" : "answer"} role="status">
          {message.value ? translate(message.value.text) : ""}
        </p>
        {question === "absent" && (
          <div class="question marked" role="alert">
            <h2>{t("sure", { number: shown!.queue_no })}</h2>
            <p>{t("sure_text")}</p>
            <Key name="A" text={t("yes_absent")} onPress={absent} look="danger" />
            <Key name="Esc" text={t("back")} onPress={back} />
          </div>
        )}
        {question === "send-on" && (
          <div class="question marked" role="alert">
            <h2>{t("send_where", { number: shown!.queue_no })}</h2>
            <p>{others.length ? t(point.next_point ? "send_text" : "send_text_last") : t("no_other")}</p>
            {others.map((each, index) => (
              <Key
                key={each.point_id}
                name={each.point_id === point.next_point ? "1 · T" : index < 9 ? String(index + 1) : ""}
                text={pointName(each)}
                onPress={sendTo(each)}
                look={each.point_id === point.next_point ? "primary" : undefined}
              />
            ))}
            <Key name="Esc" text={t("back")} onPress={back} />
          </div>
        )}
        {!question && (
          <div class="commands" role="group" aria-label={t("keys")}>
            <Key name="N · Space" text={t("next")} onPress={act(callNext)} look={shown ? undefined : "primary"} off={!!shown} />
            <Key name="Enter" text={t("serve")} onPress={act(() => say("serve"))} look={shown && "primary"} off={!shown} />
            <Key name="R" text={t("recall")} onPress={act(() => say("recall"))} off={!shown} />
            <Key name="S" text={t("skip")} onPress={act(() => say("skip"))} off={!shown} />
            <Key name="A" text={t("absent")} onPress={ask("absent")} off={!shown} />
            <Key name="T" text={t("send_on")} onPress={ask("send-on")} off={!shown} />
          </div>
        )}
      </section>
      <div
        class="beside"
        ref={beside}
        onKeyDown={(event) => {
          if (event.key === "Escape") focus();
        }}
      >
        <Failed failure={queueFailure.value} again={() => void load()} />
        <Waiting />
        <OtherCounters own={counter} />
        <ArrivalDesk point={point} onArrived={() => void load()} />
      </div>
    </div>
  );
}

/** A key outside of a question. */
function press(key: string, ask: (question: Question) => void): boolean {
  const served = person.value !== undefined;
  switch (key) {
    case "KeyN":
    case "Space":
      callNext();
      return true;
    case "KeyR":
      say("recall");
      return true;
    case "KeyS":
      say("skip");
      return true;
    case "Enter":
      say("serve");
      return true;
    case "KeyA":
      if (served) ask("absent");
      else say("absent");
      return true;
    case "KeyT":
      if (served) ask("send-on");
      else say("send-on");
      return true;
  }
  return false;
}

interface KeyProps {
  name: string;
  text: string;
  onPress: () => void;
  look?: "primary" | "danger";
  off?: boolean;
}

/** A button that names its key. */
function Key({ name, text, onPress, look, off = false }: KeyProps) {
  return (
    <button type="button" class={look ? `command ${look}` : "command"} disabled={off} aria-busy={busy.value} onClick={onPress}>
      {text}
      {name && <kbd>{name}</kbd>}
    </button>
  );
}

/** Whom the counter serves. */
function Person() {
  const shown = person.value!;
  const appointment = shown.time_start
    ? t("appointment", { start: minutes(shown.time_start), finish: minutes(shown.time_finish) })
    : t("ticket");
  return (
    <>
      {shown.person_name && <p class="person-name">{shown.person_name}</p>}
      <p class="facts">
        <span>{appointment}</span>
        {shown.room_name && <span>{shown.room_name}</span>}
        {shown.priority && <strong class="priority">{word.named(shown.priority)}</strong>}
        <span>{t("called", { at: minutes(shown.called_datetime) })}</span>
        {shown.recalls > 0 && <span>{t("recalls", { n: shown.recalls })}</span>}
        {shown.skips > 0 && <span>{t("skips", { n: shown.skips })}</span>}
      </p>
      {shown.comment && <p class="comment">{shown.comment}</p>}
      {shown.proposes_absent && <p class="marked">{t("proposes", { n: shown.skips })}</p>}
    </>
  );
}

function Waiting() {
  const waiting = queue.value?.waiting;
  const first = waiting?.slice(0, SHOWN);
  return (
    <section>
      <h2>{t("waiting", { n: waiting ? number(waiting.length) : "…" })}</h2>
      {waiting?.length === 0 && <p>{t("nobody")}</p>}
      {!!first?.length && (
        <TitledTable label={t("waiting", { n: number(waiting!.length) })} titles={[word("number"), word("priority"), word("period"), t("since")]}>
          {first.map((row) => (
            <tr key={`${row.queue_no} ${row.since}`}>
              <th scope="row">{row.queue_no}</th>
              <td>
                {row.priority && <strong class="priority">{word.named(row.priority)}</strong>}
                {row.skips > 0 && <> {t("skips", { n: row.skips })}</>}
              </td>
              <td>{minutes(row.period)}</td>
              <td>{dateTime(row.since, lang.value).slice(-5)}</td>
            </tr>
          ))}
        </TitledTable>
      )}
      {waiting && waiting.length > SHOWN && <p>{t("more", { n: number(waiting.length - SHOWN) })}</p>}
    </section>
  );
}

function OtherCounters({ own }: { own: number }) {
  const others = queue.value?.counters.filter(({ counter }) => counter !== own) ?? [];
  return (
    <section>
      <h2>{t("others")}</h2>
      {others.length ? (
        <ul class="counters">
          {others.map((each) => (
            <li key={each.counter}>
              {word("counter")} {each.counter}:{" "}
              {each.outcome ? t("done", { number: each.queue_no }) : <strong>{each.queue_no}</strong>}
            </li>
          ))}
        </ul>
      ) : (
        <p>{t("no_others")}</p>
      )}
    </section>
  );
}
