/** Manual 3.3, figures 22–27: one announcement, its text and its targets. */
import { useRef, useState } from "preact/hooks";
import { failureOf } from "../api/failure";
import type { Announcement } from "../api/shapes";
import { useDraft } from "../draft";
import { words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { choose, go, href, route } from "../route";
import { api } from "../session";
import { Conflict } from "../ui/conflict";
import { ask } from "../ui/dialog";
import { Check, Field, TextField } from "../ui/field";
import { Failed, fieldFault, tell, tellFailure } from "../ui/notice";
import { SaveButton } from "../ui/save";
import { Tabs } from "../ui/tabs";
import { word } from "../words";
import { MessageTargets } from "./message-targets";

const t = words({
  back: ["‹ กลับไปรายการ", "‹ Back to the list"],
  tabs: ["ข้อมูลการประชาสัมพันธ์", "Announcement"],
  text: ["ข้อความ", "Text"],
  targets: ["กลุ่มเป้าหมาย", "Targets"],
  app: ["ส่งพร้อม App", "Send in the Mor Prom app"],
  line: ["ส่งพร้อม Line", "Send in LINE"],
  channel: ["เลือกอย่างน้อยหนึ่งช่องทาง", "Choose at least one channel"],
  title: ["หัวข้อเรื่อง", "Subject"],
  content: ["เนื้อหา", "Text"],
  like: [
    "เช่น วันที่นัด แผนก ห้องตรวจ เวลาที่นัดหมาย หน่วยให้บริการที่นัดหมาย",
    "for example date, department, room, time and hospital of the appointment",
  ],
  saved: ["บันทึกแล้ว", "Saved"],
  first: ["บันทึกข้อความก่อน แล้วจึงเพิ่มกลุ่มเป้าหมาย", "Save the text first, then add the targets"],
  sure: ["ลบข้อความนี้หรือไม่", "Remove this announcement?"],
  sure_text: ["ข้อความและกลุ่มเป้าหมายจะหายไป", "Its text and its targets will be gone."],
  locked: ["ส่งแล้ว จึงแก้ไขข้อความไม่ได้", "It was sent, so its text can no longer be changed."],
});

interface Draft {
  title: string;
  content: string;
  app: boolean;
  line: boolean;
}

const NEW: Draft = { title: "", content: "", app: true, line: true };

export default function Message() {
  const { id, tab = "text" } = route.value.params;
  const found = useLoaded(() => api.get<Announcement>(`/api/messages/${id}`), [id], { every: 2, when: Boolean(id) });
  const message = id ? found.data : undefined;
  return (
    <>
      <p class="crumbs">
        <a href={href("messages")}>{t("back")}</a>
      </p>
      <Failed failure={found.failure} again={found.reload} />
      <Tabs
        label={t("tabs")}
        open={tab}
        onOpen={(chosen) => choose({ tab: chosen })}
        tabs={[
          { key: "text", title: t("text") },
          { key: "targets", title: t("targets") },
        ]}
      >
        {id && !message && !found.failure && <p class="loading">{word("loading")}</p>}
        {tab === "text" && (!id || message) && (
          <Text key={id} message={message} onChanged={found.reload} />
        )}
        {tab === "targets" && !id && <p class="pick">{t("first")}</p>}
        {tab === "targets" && message && (
          <MessageTargets message={message} onChanged={(now) => found.change(() => now)} reload={found.reload} />
        )}
      </Tabs>
    </>
  );
}

const body = ({ title, content, app, line }: Draft): Draft => ({
  title: title.trim(),
  content: content.trim(),
  app,
  line,
});

function Text({ message, onChanged }: { message: Announcement | undefined; onChanged: () => Promise<void> }) {
  const { values, version, set, saved, take } = useDraft<Draft>(message ?? NEW, message?.version ?? 0, body);
  const [tried, setTried] = useState(false);
  const { busy, failure, run, setFailure } = useAction();
  // the same text sent again, after a lost answer, is the same request
  const request = useRef({ text: "", request_id: "" });

  const errors: Partial<Record<string, string>> = tried
    ? {
        title: values.title.trim() ? fieldFault(failure, "title") : word("required"),
        content: values.content.trim() ? fieldFault(failure, "content") : word("required"),
      }
    : {};
  const fits = values.title.trim() && values.content.trim() && (values.app || values.line);
  const draft = !message || message.state === "draft";

  const save = async (version: number) => {
    setTried(true);
    if (!fits) return;
    await run(async () => {
      if (message) {
        const path = `/api/messages/${message.message_id}`;
        saved(values, (await api.put<Announcement>(path, { ...body(values), version })).version);
        await onChanged();
        tell(t.both("saved"));
      } else {
        const text = JSON.stringify(body(values));
        if (text !== request.current.text) request.current = { text, request_id: crypto.randomUUID() };
        const { request_id } = request.current;
        const made = await api.post<Announcement>("/api/messages", { ...body(values), request_id });
        saved(values, made.version);
        tell(t.both("saved"));
        go("message", { id: made.message_id, tab: "targets" });
      }
    });
  };
  const remove = async () => {
    const yes = await ask({ title: t("sure"), text: t("sure_text"), yes: word("remove"), no: word("cancel"), danger: true });
    if (!yes) return;
    try {
      await api.remove(`/api/messages/${message!.message_id}`);
      go("messages");
    } catch (caught) {
      tellFailure(failureOf(caught));
    }
  };
  return (
    <form
      class="narrow"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save(version);
      }}
    >
      {!draft && <p>{t("locked")}</p>}
      <div class="checks">
        <Check label={t("app")} checked={values.app} disabled={!draft} onChecked={(app) => set({ app })} />
        <Check label={t("line")} checked={values.line} disabled={!draft} onChecked={(line) => set({ line })} />
      </div>
      {tried && !values.app && !values.line && (
        <p class="error" role="alert">
          {t("channel")}
        </p>
      )}
      <TextField
        label={t("title")}
        value={values.title}
        onValue={(title) => set({ title })}
        error={errors.title}
        input={{ maxLength: 200 }}
      />
      <Field label={t("content")} hint={t("like")} error={errors.content}>
        {(control) => (
          <textarea
            {...control}
            rows={10}
            maxLength={16_000}
            readOnly={!draft}
            value={values.content}
            onInput={(event) => set({ content: event.currentTarget.value })}
          />
        )}
      </Field>
      {failure?.code === "EditConflict" ? (
        <Conflict
          failure={failure}
          fields={[
            { name: "title", title: t("title") },
            { name: "content", title: t("content") },
          ]}
          onMine={save}
          onTheirs={async () => {
            const theirs = failure.detail.theirs as Announcement;
            take(theirs, theirs.version);
            setFailure(undefined);
            await onChanged();
          }}
        />
      ) : (
        <Failed failure={failure} />
      )}
      {draft && (
        <div class="actions">
          <SaveButton busy={busy} />
          {message && (
            <button type="button" onClick={remove}>
              {word("remove")}
            </button>
          )}
        </div>
      )}
    </form>
  );
}
