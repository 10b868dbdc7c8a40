/** Manual 3.3, figures 23–27: who gets an announcement, sending it, and who has read it. */
import { useEffect, useState } from "preact/hooks";
import type { Announcement, AnnouncementShown, Delivery, Recipient, RecipientPage } from "../api/types";
import { csv, download } from "../csv";
import { dateTime } from "../dates";
import { lang, number, words } from "../i18n";
import { useAction, useLatestAction, useLoaded } from "../load";
import { api } from "../session";
import { ask } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { SelectField } from "../ui/field";
import { notify, notifyRepeat } from "../ui/notice";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";
import { CheckMark } from "../ui/check-mark";
import { word } from "../words";
import { alreadySent, ConfirmSending } from "./message-confirm";
import { Reach } from "./message-reach";
import { AddFromSources } from "./message-sources";
import { UploadTargets } from "./message-upload";
import { stateOf, stateWord } from "./messages";

const t = words({
  upload: ["Upload กลุ่มเป้าหมาย", "Upload targets"],
  add: ["เพิ่มจากการจองหรือ White list", "Add from bookings or the white list"],
  clear: ["ล้างกลุ่มเป้าหมาย", "Empty the list"],
  clear_sure: ["ล้างกลุ่มเป้าหมายทั้งหมดหรือไม่", "Empty the whole target list?"],
  clear_text: ["ต้องเพิ่มกลุ่มเป้าหมายใหม่ก่อนส่ง", "Targets must be added again before sending."],
  send: ["ส่งเข้าระบบพร้อม", "Send to Mor Prom"],
  sending: ["เริ่มส่งแล้ว", "Sending has begun"],
  stop: ["หยุดส่ง", "Stop sending"],
  resume: ["ส่งต่อ", "Go on sending"],
  take_back: ["ยกเลิกการตั้งเวลา", "Take back"],
  progress: ["กำลังส่ง", "Being sent"],
  counts: ["สรุปการส่ง", "Deliveries"],
  channel: ["ช่องทาง", "Channel"],
  app: ["แอปหมอพร้อม", "Mor Prom app"],
  line: ["LINE", "LINE"],
  people: ["เป้าหมาย", "Targets"],
  read_people: ["ยืนยันการรับแล้ว {read} จาก {targets} คน", "{read} of {targets} have confirmed"],
  caption: ["กลุ่มเป้าหมาย", "Targets"],
  empty: ["ยังไม่มีกลุ่มเป้าหมาย โปรดเพิ่มก่อนส่ง", "No targets yet. Add some before sending."],
  empty_filter: ["ไม่มีรายชื่อในสถานะนี้", "Nobody is in this state"],
  confirmed: ["ยืนยันการรับ", "Confirmed"],
  confirmed_at: ["วันที่/เวลา ยืนยัน", "Confirmed at"],
  yes: ["ยืนยันแล้ว", "confirmed"],
  no: ["ยังไม่ยืนยัน", "not yet"],
  filter: ["แสดงเฉพาะ", "Show only"],
  reading: ["กำลังรวบรวมรายชื่อ", "Collecting the list"],
});

const pressed = words({
  send: ["ส่งโดย {login}", "Sent by {login}"],
  schedule: ["ตั้งเวลาส่งโดย {login}", "Scheduled by {login}"],
  take_back: ["ยกเลิกการตั้งเวลาโดย {login}", "Taken back by {login}"],
  stop: ["หยุดส่งโดย {login}", "Stopped by {login}"],
  resume: ["ส่งต่อโดย {login}", "Sent on by {login}"],
});

const delivery = words({
  queued: ["รอส่ง", "waiting"],
  sent: ["ส่งแล้ว", "sent"],
  failed: ["ส่งไม่ได้", "failed"],
  read: ["อ่านแล้ว", "read"],
  unsent: ["ยังไม่ได้สั่งส่ง", "not sent off yet"],
});

const reasons = words({
  not_linked: ["ยังไม่ได้เชื่อมบัญชี LINE", "no LINE account linked"],
  unknown_to_provider: ["ไม่พบในระบบหมอพร้อม", "not known to Mor Prom"],
  refused_by_provider: ["ผู้ให้บริการไม่รับ", "refused by the provider"],
  outcome_unknown: ["ไม่ทราบผล จึงไม่ส่งซ้ำ", "outcome unknown, so not sent again"],
  opted_out: ["ไม่ประสงค์รับประกาศ", "wants no announcements"],
  day_limit: ["ได้รับประกาศครบจำนวนของวันนี้แล้ว", "got as many today as one hospital may send"],
});

function deliveryText({ state, reason }: Delivery | { state: ""; reason: "" } = { state: "", reason: "" }): string {
  return reason ? `${delivery.named(state)} (${reasons.named(reason)})` : delivery.named(state);
}

const MESSAGE = "/api/messages/{message_id}";

interface Props {
  message: AnnouncementShown;
  onChanged: (changed: Announcement) => void;
  reload: () => Promise<void>;
}

export function MessageTargets({ message, onChanged, reload }: Props) {
  const [uploading, setUploading] = useState(false);
  const [adding, setAdding] = useState(false);
  // What is shown in the dialog stays as it was when it opened, whatever others change, and this version is sent.
  const [confirming, setConfirming] = useState<Announcement>();
  const { busy, failure, run, setFailure } = useAction();
  const path = { message_id: message.message_id };
  const draft = message.state === "draft";
  const act = (action: "stop" | "resume") =>
    run(async () => onChanged(await api.post(`${MESSAGE}/${action}`, { path })));

  const { version } = message;
  const takeBack = () => run(async () => onChanged(await api.post(`${MESSAGE}/take-back`, { path, body: { version } })));

  const send = (at?: { date: string; time: string }) =>
    run(async () => {
      const sent = at
        ? await api.post(`${MESSAGE}/schedule`, { path, body: { version: confirming!.version, ...at } })
        : await api.post(`${MESSAGE}/send`, { path, query: { version: confirming!.version } });
      setConfirming(undefined);
      onChanged(sent);
      if (at) notify(stateWord.both("scheduled"));
      else if (sent.history.filter(({ action }) => action === "send").length > 1) notifyRepeat(alreadySent);
      else notify(t.both("sending"));
    });
  const clear = async () => {
    const yes = await ask({ title: t("clear_sure"), text: t("clear_text"), yes: t("clear"), no: word("cancel"), danger: true });
    if (yes) await run(async () => onChanged(await api.delete(`${MESSAGE}/targets`, { path })));
  };
  return (
    <>
      <div class="toolbar">
        {draft && (
          <>
            <button type="button" class={message.targets ? undefined : "primary"} onClick={() => setUploading(true)}>
              {t("upload")}
            </button>
            <button type="button" onClick={() => setAdding(true)}>
              {t("add")}
            </button>
            <button
              type="button"
              class={message.targets ? "primary" : undefined}
              disabled={!message.targets || message.upload.state === "matching"}
              onClick={() => {
                setFailure(undefined);
                setConfirming(message);
              }}
            >
              {t("send")}
            </button>
            {message.targets > 0 && (
              <button type="button" onClick={clear}>
                {t("clear")}
              </button>
            )}
          </>
        )}
        {message.state === "scheduled" && (
          <button type="button" aria-busy={busy} aria-disabled={busy} onClick={takeBack}>
            {t("take_back")}
          </button>
        )}
        {message.state === "sending" && (
          <button type="button" aria-busy={busy} aria-disabled={busy} onClick={() => act("stop")}>
            {t("stop")}
          </button>
        )}
        {message.state === "stopped" && (
          <button type="button" class="primary" aria-busy={busy} aria-disabled={busy} onClick={() => act("resume")}>
            {t("resume")}
          </button>
        )}
      </div>
      {confirming ? (
        <ConfirmSending
          {...{ message: { ...confirming, state: message.state, send_at: message.send_at }, busy, failure }}
          onSend={send}
          onClose={() => setConfirming(undefined)}
        />
      ) : (
        <Failed failure={failure} />
      )}
      {message.upload.state === "matching" && (
        <Progress label={t("reading")} done={message.upload.bytes_done} all={message.upload.bytes_total} />
      )}
      {!draft && <Counts message={message} />}
      <Recipients message={message} />
      {adding && <AddFromSources {...{ message, onChanged }} onClose={() => setAdding(false)} />}
      {uploading && (
        <UploadTargets message={message} onChanged={reload} onClose={() => setUploading(false)} />
      )}
    </>
  );
}

function Counts({ message }: { message: AnnouncementShown }) {
  const ways = Object.entries(message.counts);
  const waiting = ways.reduce((sum, [, count]) => sum + count.queued, 0);
  return (
    <section aria-label={t("counts")}>
      <p role="status">
        <strong>{stateOf(message)}</strong> ·{" "}
        {t("read_people", { read: number(message.read), targets: number(message.targets) })}
      </p>
      {Boolean(message.history?.length) && (
        <ul>
          {message.history!.map((entry) => (
            <li key={entry.at}>
              {pressed(entry.action as "send", { login: entry.login })} · {dateTime(entry.at, lang.value)}
            </li>
          ))}
        </ul>
      )}
      {message.state === "sending" && (
        <Progress
          label={t("progress")}
          done={message.targets * ways.length - waiting}
          all={message.targets * ways.length}
        />
      )}
      <Reach message={message} />
      <Table
        caption={t("channel")}
        rows={ways}
        rowKey={([way]) => way}
        empty=""
        columns={[
          { title: t("channel"), cell: ([way]) => (way === "app" ? t("app") : t("line")) },
          { title: t("people"), kind: "figure", cell: () => number(message.targets) },
          { title: delivery("queued"), kind: "figure", cell: ([, count]) => number(count.queued) },
          { title: delivery("sent"), kind: "figure", cell: ([, count]) => number(count.sent) },
          { title: delivery("failed"), kind: "figure", cell: ([, count]) => number(count.failed) },
        ]}
      />
    </section>
  );
}

function Recipients({ message }: { message: Announcement }) {
  const [state, setState] = useState("");
  const [later, setLater] = useState<RecipientPage>();
  const { failure, run } = useAction();
  const further = useLatestAction();
  const [collected, setCollected] = useState<number>();
  const path = { message_id: message.message_id };
  const page = (after?: RecipientPage) =>
    api.get(`${MESSAGE}/recipients`, {
      path,
      query: { state: state || undefined, batch: after?.next_batch, place: after?.next_place },
    });
  /** Nothing of a draft waits to be sent, nor of what is scheduled. */
  const said = (of: Delivery | undefined) =>
    /draft|scheduled/.test(message.state) && of?.state === "queued" ? delivery("unsent") : deliveryText(of);
  const progress = [message.targets, message.read, JSON.stringify(message.counts)];
  const first = useLoaded(() => page(), [path, state, ...progress]);
  const [shown, setShown] = useState<RecipientPage>();
  // while counts change, the list is shown until the new one is loaded
  useEffect(() => {
    if (first.data) setShown(first.data);
  }, [first.data]);
  useEffect(() => {
    further.forget(); // its answer is of the earlier filter
    setLater(undefined);
    setShown(undefined);
  }, [message.message_id, state]);
  const next = later ?? shown;

  const more = () =>
    further.run(async (isLatest) => {
      const following = await page(next!);
      if (isLatest()) setLater({ ...following, recipients: [...(later?.recipients ?? []), ...following.recipients] });
    });
  const save = () =>
    run(async () => {
      const all: Recipient[] = [];
      setCollected(0);
      try {
        let at = await page();
        all.push(...at.recipients);
        while (at.next_batch) {
          at = await page(at);
          all.push(...at.recipients);
          setCollected(all.length);
        }
      } finally {
        setCollected(undefined);
      }
      const head = [word("cid_short"), word("person_name"), t("app"), t("line"), t("confirmed"), t("confirmed_at")];
      const rows = all.map((recipient) => [
        recipient.cid,
        recipient.name,
        said(recipient.deliveries.app),
        said(recipient.deliveries.line),
        recipient.read_at ? t("yes") : t("no"),
        recipient.read_at,
      ]);
      download(`announcement-${message.message_id}.csv`, csv([head, ...rows]));
    });
  const rows = shown && [...shown.recipients, ...(later?.recipients ?? [])];
  return (
    <>
      <div class="toolbar">
        <SelectField
          label={t("filter")}
          value={state}
          onValue={setState}
          blank={word("all")}
          options={(["queued", "sent", "failed", "read"] as const).map((state) => ({ value: state, text: said({ state, reason: "" }) }))}
        />
        <button type="button" disabled={!message.targets} onClick={save}>
          {word("export")}
        </button>
      </div>
      {collected !== undefined && <Progress label={t("reading")} done={collected} all={message.targets} />}
      <Failed failure={first.failure ?? further.failure ?? failure} again={first.reload} />
      <Table
        caption={t("caption")}
        numbered
        rows={rows}
        failed={first.failure}
        perPage={Infinity}
        rowKey={(recipient) => `${recipient.batch}-${recipient.place}`}
        empty={state ? t("empty_filter") : t("empty")}
        columns={[
          { title: word("cid_short"), cell: (recipient) => <span class="cid">{recipient.cid}</span> },
          { title: word("person_name"), cell: (recipient) => recipient.name },
          ...(message.app ? [{ title: t("app"), cell: (recipient: Recipient) => said(recipient.deliveries.app) }] : []),
          ...(message.line ? [{ title: t("line"), cell: (recipient: Recipient) => said(recipient.deliveries.line) }] : []),
          { title: t("confirmed"), kind: "mark", cell: (recipient) => (recipient.read_at ? <CheckMark says={t("yes")} /> : <Minus />) },
          { title: t("confirmed_at"), cell: (recipient) => (recipient.read_at ? dateTime(recipient.read_at, lang.value) : "") },
        ]}
      />
      {next && next.next_batch > 0 && (
        <p>
          <button type="button" onClick={more}>
            {word("show_more")}
          </button>
        </p>
      )}
    </>
  );
}

/** The manual's red minus: not confirmed yet. */
function Minus() {
  return (
    <span class="tick cross">
      <span aria-hidden="true">−</span>
      <span class="visually-hidden">{t("no")}</span>
    </span>
  );
}
