/** The calling list: who has not confirmed an appointment, with telephone numbers, and what came of each call. */
import { useState } from "preact/hooks";
import type { ReleasedRow, WorklistRow } from "../api/types";
import { addDays, dateTime, isOver, today, type IsoDate } from "../dates";
import { lang, number, words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { api } from "../session";
import { ask } from "../ui/dialog";
import { Check, DateField } from "../ui/field";
import { Failed } from "../ui/failed";
import { notify } from "../ui/notice";
import { word as general } from "../words";
import { TitledTable } from "./titled-table";
import { minutes, word } from "./words";

const t = words({
  title: ["โทรยืนยันนัด", "Telephone to confirm"],
  what: [
    "ผู้มีนัดที่ยังไม่ได้ยืนยัน ระบบบันทึกว่าใครเปิดดูหมายเลขโทรศัพท์ และยกเลิกนัดที่ไม่ยืนยันเฉพาะแผนกที่ตั้งไว้",
    "People who have not confirmed. Who looked at the telephone numbers is recorded. The system cancels only in departments that want it.",
  ],
  deadline: ["เลยกำหนดยืนยันแล้ว", "Past the deadline"],
  confirm_by: ["ให้ยืนยันภายใน {at}", "Asked to confirm by {at}"],
  only_late: ["เฉพาะคนที่เลยกำหนดยืนยัน", "Only who is past the deadline"],
  released: ["ระบบยกเลิก เพราะไม่ยืนยัน ({n})", "Cancelled by the system: not confirmed ({n})"],
  released_text: ["คืนนัดเดิมได้ขณะที่คิวยังว่าง ระบบจะแจ้งเจ้าตัว", "A place can be given back while it is free; the person is told."],
  give_back: ["คืนนัด", "Give back"],
  taken: ["คิวนี้ไม่ว่างแล้ว", "No longer free"],
  gave_back: ["คืนนัด {number} ให้ {name} แล้ว", "{number} was given back to {name}"],
  date: ["วันที่นัด", "Day of the appointment"],
  count: ["ยังไม่ยืนยัน {n} คน · ยังต้องโทร {left} คน", "{n} not confirmed · {left} still to be telephoned"],
  none: ["ทุกคนยืนยันแล้ว หรือไม่มีนัดในวันนี้", "Everybody has confirmed, or nobody has an appointment that day."],
  only_left: ["เฉพาะคนที่ยังต้องโทร", "Only who is still to be telephoned"],
  telephone: ["โทรศัพท์", "Telephone"],
  no_telephone: ["ไม่มีหมายเลข", "no number"],
  outcome: ["ผลการโทร", "Outcome"],
  will_come: ["จะมา", "Will come"],
  no_answer: ["ไม่รับสาย", "No answer"],
  wrong_number: ["เบอร์ผิด", "Wrong number"],
  will_not_come: ["ไม่มา ยกเลิกนัด", "Will not come: cancel"],
  noted: ["{outcome} · {who} · {at}", "{outcome} · {who} · {at}"],
  sure: ["ยกเลิกนัด {number} ของ {name} หรือไม่", "Cancel {number} of {name}?"],
  sure_text: ["ที่ว่างจะเปิดให้ผู้อื่นจอง และระบบจะแจ้งเจ้าตัว", "The place is free for others, and the person is told."],
  cancel: ["ยกเลิกนัด", "Cancel the appointment"],
});

const OUTCOMES = ["will_come", "no_answer", "wrong_number"] as const;
type Outcome = (typeof OUTCOMES)[number];

/** Who has not confirmed on a day, by time; all pages of the list. */
async function unconfirmed(date: IsoDate): Promise<WorklistRow[]> {
  const rows: WorklistRow[] = [];
  for (let after = "", first = true; first || after; first = false) {
    const page = await api.get("/api/dashboard/worklist", { query: { date, contact: true, after } });
    rows.push(...page.appointments.filter(({ confirmed }) => !confirmed));
    after = page.next;
  }
  return rows.sort((one, other) => (one.time_start + one.queue_no < other.time_start + other.queue_no ? -1 : 1));
}

const isLate = ({ confirm_by_datetime }: WorklistRow): boolean => isOver(confirm_by_datetime);

const isLeft = ({ call_outcome }: WorklistRow): boolean => !call_outcome || call_outcome === "no_answer";

export function Telephone() {
  const [date, setDate] = useState<IsoDate | undefined>(addDays(today(), 1));
  const [onlyLeft, setOnlyLeft] = useState(false);
  const [onlyLate, setOnlyLate] = useState(false);
  const list = useLoaded(() => unconfirmed(date!), [date], { when: date !== undefined });
  const { failure, run } = useAction();
  const all = list.data ?? [];
  const rows = all.filter((row) => (!onlyLeft || isLeft(row)) && (!onlyLate || isLate(row)));

  const placeOf = ({ schedule_id, place }: WorklistRow) => ({ schedule_id, place });
  const put = (row: WorklistRow, now: WorklistRow | undefined) =>
    list.change((rows) => rows.flatMap((each) => (each !== row ? [each] : now ? [now] : [])));
  const note = async (row: WorklistRow, call_outcome: Outcome) => {
    const done = await run(async () => {
      const noted = await api.post("/api/dashboard/appointments/{schedule_id}/{place}/call-outcome", {
        path: placeOf(row),
        body: { version: row.version, call_outcome },
      });
      put(row, { ...noted, telephone: row.telephone });
    });
    if (!done) await list.reload();
  };
  const cancel = async (row: WorklistRow) => {
    const title = t("sure", { number: row.queue_no, name: row.person_name });
    if (!(await ask({ title, text: t("sure_text"), yes: t("cancel"), no: general("cancel"), danger: true }))) return;
    const done = await run(async () => {
      await api.post("/api/dashboard/appointments/{schedule_id}/{place}/cancel", {
        path: placeOf(row),
        body: { version: row.version },
      });
      put(row, undefined);
    });
    if (!done) await list.reload();
  };

  return (
    <>
      <h1>{t("title")}</h1>
      <p>{t("what")}</p>
      <div class="toolbar">
        <DateField label={t("date")} value={date} onValue={setDate} />
        <Check label={t("only_left")} checked={onlyLeft} onChecked={setOnlyLeft} />
        {all.some(isLate) && <Check label={t("only_late")} checked={onlyLate} onChecked={setOnlyLate} />}
      </div>
      <Failed failure={failure ?? list.failure} again={list.failure && list.reload} />
      {list.data === undefined && list.loading && <p class="loading">{word("loading")}</p>}
      {list.data && (
        <section>
          <h2>{all.length ? t("count", { n: number(all.length), left: number(all.filter(isLeft).length) }) : t("none")}</h2>
          {rows.length > 0 && (
            <TitledTable
              label={t("title")}
              titles={[word("number"), word("name"), t("telephone"), word("period"), word("room"), t("outcome")]}
            >
              {rows.map((row) => (
                <tr key={row.slip_code}>
                  <th scope="row">{row.queue_no}</th>
                  <td>{row.person_name}</td>
                  <td class="telephone">{row.telephone || t("no_telephone")}</td>
                  <td>{minutes(row.time_start)}</td>
                  <td>{row.room_name}</td>
                  <td>
                    {row.confirm_by_datetime && (
                      <p class={isLate(row) ? "marked" : "noted"}>
                        {isLate(row) ? t("deadline") : t("confirm_by", { at: dateTime(row.confirm_by_datetime, lang.value) })}
                      </p>
                    )}
                    {row.call_outcome && (
                      <p class="noted">
                        {t("noted", {
                          outcome: t.named(row.call_outcome),
                          who: row.call_outcome_by ?? "",
                          at: dateTime(row.call_outcome_datetime ?? "", lang.value).slice(-5),
                        })}
                      </p>
                    )}
                    {OUTCOMES.map((outcome) => (
                      <button
                        key={outcome}
                        type="button"
                        aria-pressed={row.call_outcome === outcome}
                        onClick={() => note(row, outcome)}
                      >
                        {t(outcome)} <span class="visually-hidden">{row.queue_no}</span>
                      </button>
                    ))}
                    <button type="button" onClick={() => cancel(row)}>
                      {t("will_not_come")} <span class="visually-hidden">{row.queue_no}</span>
                    </button>
                  </td>
                </tr>
              ))}
            </TitledTable>
          )}
        </section>
      )}
      {date && <Released date={date} onGivenBack={list.reload} />}
    </>
  );
}

/** Whose place the system has released on a day; each can be given back while it is free. */
function Released({ date, onGivenBack }: { date: IsoDate; onGivenBack: () => Promise<void> }) {
  const list = useLoaded(() => api.get("/api/dashboard/appointments/released", { query: { date } }), [date]);
  const { busy, failure, run } = useAction();
  const giveBack = async ({ schedule_id, place, version, queue_no, person_name }: ReleasedRow) => {
    await run(async () => {
      await api.post("/api/dashboard/appointments/{schedule_id}/{place}/give-back", {
        path: { schedule_id, place },
        body: { version },
      });
      notify(t.both("gave_back", { number: queue_no, name: person_name }));
    });
    await Promise.all([list.reload(), onGivenBack()]);
  };
  if (!list.data?.length && !failure) return <Failed failure={list.failure} again={list.reload} />;
  return (
    <section aria-labelledby="released">
      <h2 id="released">{t("released", { n: number(list.data?.length ?? 0) })}</h2>
      <p>{t("released_text")}</p>
      <Failed failure={failure} />
      <ul class="released">
        {list.data?.map((row) => (
          <li key={row.slip_code}>
            <b>{row.queue_no}</b> {row.person_name} · {minutes(row.time_start)} · {row.room_name}{" "}
            {row.place_free ? (
              <button type="button" disabled={busy} onClick={() => giveBack(row)}>
                {t("give_back")} <span class="visually-hidden">{row.queue_no}</span>
              </button>
            ) : (
              <small>{t("taken")}</small>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
