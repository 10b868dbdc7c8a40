/** Arrivals and tickets at the desk: by the code of a slip or the national id, typed or scanned. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ArrivalBody } from "../api/limits";
import type { Arrival, ServicePoint, Ticket } from "../api/types";
import { words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { SelectField, TextField } from "../ui/field";
import { byWay, minutes, pointName, PRIORITIES, word } from "./words";

const t = words({
  title: ["ผู้มาถึง และบัตรคิว", "Arrivals and tickets"],
  code: ["รหัสใบนัด หรือเลขบัตรประชาชน", "Code of the slip, or national id"],
  hint: ["ยิงบาร์โค้ด หรือพิมพ์แล้วกด Enter", "Scan it, or type it and press Enter"],
  hint_keys: [
    "กด D มาที่ช่องนี้ · Esc กลับไปเรียกคิว",
    "D comes to this field; Esc goes back to calling",
  ],
  arrive: ["ลงทะเบียนมาถึง", "Note the arrival"],
  ticket: ["ออกบัตรคิว (ไม่มีนัด)", "Draw a ticket (no appointment)"],
  arrived: ["มาถึงแล้ว ให้รอที่ {point}", "Has arrived; waits at {point}"],
  again: ["ลงทะเบียนไว้ก่อนแล้ว ให้รอที่ {point}", "Had arrived before; waits at {point}"],
  his: ["มาถึงแล้ว โรงพยาบาลเรียกคิวด้วยระบบของตนเอง", "Has arrived; the hospital's own system calls them"],
  ticket_point: ["บัตรคิวสำหรับจุดบริการ", "Tickets are for"],
  drawn: ["บัตรคิวใหม่ ให้รอที่ {point}", "New ticket; waits at {point}"],
});

type Done = { kind: "arrival"; shown: Arrival } | { kind: "ticket"; shown: Ticket };

interface ArrivalDeskProps {
  /** Where tickets are drawn for. None, and no tickets, if the hospital's own system leads all its queues. */
  point: ServicePoint | undefined;
  onArrived?: () => void;
  focused?: boolean;
}

export function ArrivalDesk({ point, onArrived, focused = false }: ArrivalDeskProps) {
  const [code, setCode] = useState("");
  const [priority, setPriority] = useState<(typeof PRIORITIES)[number] | "">("");
  const [done, setDone] = useState<Done>();
  const { busy, failure, run } = useAction();
  const form = useRef<HTMLFormElement>(null);
  /** The ticket that is being asked for: the same id again if no answer came. */
  const ticket = useRef<string | undefined>(undefined);
  const focus = () => form.current?.querySelector("input")?.focus();
  useLayoutEffect(() => {
    if (focused) focus();
  }, []);

  const finish = (now: Done) => {
    setDone(now);
    setCode("");
    setPriority("");
    focus();
    onArrived?.();
  };
  const arrive = () =>
    run(async () => {
      setDone(undefined);
      const shown = await api.post("/api/dashboard/arrivals", { body: { code, priority } });
      finish({ kind: "arrival", shown });
    }).then((succeeded) => succeeded || form.current?.querySelector("input")?.select());
  const draw = () =>
    run(async () => {
      setDone(undefined);
      ticket.current ??= crypto.randomUUID();
      const body = { point_id: point!.point_id, ticket_id: ticket.current, priority };
      const shown = await api.post("/api/dashboard/tickets", { body });
      ticket.current = undefined;
      finish({ kind: "ticket", shown });
    });

  return (
    <section aria-labelledby="arrivals">
      <h2 id="arrivals" class={focused ? "visually-hidden" : undefined}>
        {t("title")}
      </h2>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim()) void arrive();
        }}
      >
        <div class="desk-form">
          <TextField
            label={t("code")}
            hint={focused ? t("hint") : `${t("hint")} · ${t("hint_keys")}`}
            free
            value={code}
            onValue={setCode}
            limit={ArrivalBody.code}
            input={{ autocapitalize: "none", spellcheck: false }}
          />
          <SelectField
            label={word("priority")}
            free
            value={priority}
            onValue={(value) => setPriority(value as typeof priority)}
            blank={word("no_priority")}
            options={PRIORITIES.map((each) => ({ value: each, text: word(each) }))}
          />
        </div>
        <Failed failure={failure} />
        <div role="status">{done && <Result done={done} />}</div>
        <div class="actions">
          <button class="primary" aria-busy={busy} aria-disabled={busy}>
            {t("arrive")}
          </button>
          {point && (
            <button type="button" aria-busy={busy} aria-disabled={busy} onClick={draw}>
              {t("ticket")}
            </button>
          )}
        </div>
      </form>
    </section>
  );
}

function Result({ done }: { done: Done }) {
  const { shown } = done;
  const where = { point: pointName(shown) };
  let text = t("drawn", where);
  if (done.kind === "arrival") {
    text = t(done.shown.again ? "again" : "arrived", where);
    if (!shown.point_id) text = t("his");
  }
  return (
    <div class="arrived">
      <strong>{shown.queue_no}</strong>
      <p>{text}</p>
      {done.kind === "arrival" && (
        <p>
          {done.shown.room_name} · {minutes(done.shown.time_start)}–{minutes(done.shown.time_finish)}
        </p>
      )}
    </div>
  );
}

/** A desk that only notes arrivals, without a counter. */
export function Arrivals() {
  const points = useLoaded(async () => byWay(await api.get("/api/dashboard/points")), []);
  const [chosen, setChosen] = useState("");
  const point = points.data?.find(({ point_id }) => String(point_id) === chosen) ?? points.data?.[0];
  return (
    <div class="arrivals">
      <h1>{t("title")}</h1>
      <Failed failure={points.failure} again={points.reload} />
      {!points.data && points.loading && <p class="loading">{word("loading")}</p>}
      {points.data && <ArrivalDesk point={point} focused />}
      {point && (
        <SelectField
          label={t("ticket_point")}
          value={point.point_id}
          onValue={setChosen}
          options={points.data!.map((each) => ({ value: each.point_id, text: pointName(each) }))}
        />
      )}
    </div>
  );
}
