/** After the day: the people of whom nobody has said whether they were served or absent. One key for each. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Booking } from "../api/types";
import { today, type IsoDate } from "../dates";
import { number, words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { api } from "../session";
import { DateField } from "../ui/field";
import { Failed } from "../ui/failed";
import { useKeys } from "./keys";
import { TitledTable } from "./titled-table";
import { minutes, word } from "./words";

const t = words({
  title: ["ผู้มีนัดที่ยังไม่ทราบผล", "People whose visit is not known"],
  what: [
    "ระบบไม่ตัดสินแทนว่าใครไม่มา ขอให้เจ้าหน้าที่บอกทีละคน",
    "The system marks nobody absent by itself: please say it for each person.",
  ],
  keys: [
    "แถวที่เน้น: Enter = รับบริการแล้ว · A = ไม่มา · ↑ ↓ = เลือกคน · U = แก้คนล่าสุด",
    "The marked row: Enter = served · A = absent · ↑ ↓ = choose · U = correct the last one",
  ],
  date: ["วันที่", "Date"],
  count: ["ยังไม่ทราบผล {n} คน", "{n} not known"],
  none: ["ทราบผลครบทุกคนแล้ว", "Everybody is known"],
  arrived: ["มาถึง {at}", "arrived {at}"],
  called: ["ถูกเรียก {at}", "called {at}"],
  never: ["ไม่ได้ลงทะเบียนมาถึง", "no arrival noted"],
  seen: ["ที่ทราบ", "What is known"],
  served: ["รับบริการแล้ว", "Served"],
  absent: ["ไม่มา", "Absent"],
  last: ["{number} · {outcome}", "{number} · {outcome}"],
  correct: ["แก้เป็น “{outcome}”", "Change to “{outcome}”"],
});

type Outcome = "served" | "absent";
const OTHER: Record<Outcome, Outcome> = { served: "absent", absent: "served" };

const seen = ({ arrived_datetime, called_datetime }: Booking): string =>
  (called_datetime && t("called", { at: minutes(called_datetime) })) ||
  (arrived_datetime && t("arrived", { at: minutes(arrived_datetime) })) ||
  t("never");

export function NotKnown() {
  const [date, setDate] = useState<IsoDate | undefined>(today());
  const [chosen, setChosen] = useState(0);
  const [last, setLast] = useState<{ row: Booking; outcome: Outcome }>();
  const frame = useRef<HTMLDivElement>(null);
  const list = useLoaded(
    () => api.get("/api/dashboard/visits/not-known", { query: { date: date! } }),
    [date],
    { when: date !== undefined },
  );
  const { failure, run } = useAction();
  const rows = list.data ?? [];
  const at = Math.min(chosen, rows.length - 1);

  const say = (row: Booking | undefined, outcome: Outcome) =>
    row &&
    run(async () => {
      await api.post("/api/dashboard/visits/outcome", { body: { slip_code: row.slip_code, outcome } });
      setLast({ row, outcome });
      list.change((now) => now.filter(({ slip_code }) => slip_code !== row.slip_code));
      frame.current?.focus();
    });
  const correct = () => last && say(last.row, OTHER[last.outcome]);

  useKeys((key) => {
    switch (key) {
      case "Enter":
        void say(rows[at], "served");
        return true;
      case "KeyA":
        void say(rows[at], "absent");
        return true;
      case "KeyU":
        void correct();
        return true;
      case "ArrowDown":
        setChosen(Math.min(at + 1, rows.length - 1));
        return true;
      case "ArrowUp":
        setChosen(Math.max(at - 1, 0));
        return true;
    }
    return false;
  });
  useLayoutEffect(() => frame.current?.focus(), [list.data === undefined]);
  useLayoutEffect(() => frame.current?.querySelector(".chosen")?.scrollIntoView({ block: "nearest" }), [at]);

  return (
    <>
      <h1>{t("title")}</h1>
      <p>{t("what")}</p>
      <div class="toolbar">
        <DateField
          label={t("date")}
          value={date}
          max={today()}
          onValue={(day) => {
            setDate(day);
            setChosen(0);
            setLast(undefined);
          }}
        />
      </div>
      <Failed failure={failure ?? list.failure} again={list.failure && list.reload} />
      {last && (
        <p class="marked" role="status">
          {t("last", { number: last.row.queue_no, outcome: t(last.outcome) })}{" "}
          <button type="button" onClick={correct}>
            {t("correct", { outcome: t(OTHER[last.outcome]) })} <kbd>U</kbd>
          </button>
        </p>
      )}
      {list.data === undefined && list.loading && <p class="loading">{word("loading")}</p>}
      {list.data && (
        <section>
          <h2>{rows.length ? t("count", { n: number(rows.length) }) : t("none")}</h2>
          {rows.length > 0 && (
            <>
              <p>{t("keys")}</p>
              <TitledTable frame={frame} label={t("title")} titles={[word("number"), word("name"), word("period"), word("room"), t("seen"), `${t("served")} / ${t("absent")}`]}>
                {rows.map((row, index) => (
                  <tr
                    key={row.slip_code}
                    class={index === at ? "chosen" : undefined}
                    aria-current={index === at ? "true" : undefined}
                    onClick={() => setChosen(index)}
                  >
                    <th scope="row">{row.queue_no}</th>
                    <td>{row.person_name}</td>
                    <td>{minutes(row.time_start)}</td>
                    <td>{row.room_name}</td>
                    <td>{seen(row)}</td>
                    <td>
                      <button type="button" onClick={() => say(row, "served")}>
                        {t("served")} <span class="visually-hidden">{row.queue_no}</span>
                      </button>
                      <button type="button" onClick={() => say(row, "absent")}>
                        {t("absent")} <span class="visually-hidden">{row.queue_no}</span>
                      </button>
                    </td>
                  </tr>
                ))}
              </TitledTable>
            </>
          )}
        </section>
      )}
    </>
  );
}
