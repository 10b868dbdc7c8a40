/** Manual 3.3, figures 22–27: one announcement, its text and its targets. */
import { useRef } from "preact/hooks";
import { failureOf } from "../api/failure";
import { NewDraft } from "../api/limits";
import type { Announcement, AnnouncementShown } from "../api/types";
import { useForm } from "../form";
import { words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { choose, go, href, route, useUnsaved } from "../route";
import { api, caller } from "../session";
import { ask } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Check, Field, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { notify, notifyFailure } from "../ui/notice";
import { Tabs } from "../ui/tabs";
import { word } from "../words";
import { MessageTargets } from "./message-targets";
import { stateOf } from "./messages";

const t = words({
  back: ["‹ กลับไปรายการ", "‹ Back to the list"],
  tabs: ["ข้อมูลการประชาสัมพันธ์", "Announcement"],
  text: ["ข้อความ", "Text"],
  targets: ["กลุ่มเป้าหมาย", "Targets"],
  app: ["ส่งพร้อม App", "Send in the Mor Prom app"],
  line: ["ส่งพร้อม Line", "Send in LINE"],
  channel: ["เลือกอย่างน้อยหนึ่งช่องทาง", "Choose at least one channel"],
  content: ["เนื้อหา", "Text"],
  like: [
    "เช่น วันที่นัด แผนก ห้องตรวจ เวลาที่นัดหมาย หน่วยให้บริการที่นัดหมาย",
    "for example date, department, room, time and hospital of the appointment",
  ],
  sender: ["ผู้รับเห็นข้างบนข้อความ: จาก {name} ({code})", "People see above the text: จาก {name} ({code})"],
  first: ["บันทึกข้อความก่อน แล้วจึงเพิ่มกลุ่มเป้าหมาย", "Save the text first, then add the targets"],
  sure: ["ลบข้อความนี้หรือไม่", "Remove this announcement?"],
  sure_text: ["ข้อความและกลุ่มเป้าหมายจะหายไป", "Its text and its targets will be gone."],
  copy: ["ทำสำเนา", "Duplicate"],
  copied: [
    "ทำสำเนาเป็นร่างแล้ว ยังไม่มีกลุ่มเป้าหมาย",
    "A draft with the same text and channels was made. It has no targets yet.",
  ],
  locked: ["ส่งแล้ว จึงแก้ไขข้อความไม่ได้", "It was sent, so its text can no longer be changed."],
});

interface Draft {
  title: string;
  content: string;
  app: boolean;
  line: boolean;
}

const MESSAGE = "/api/messages/{message_id}";
const NEW: Draft = { title: "", content: "", app: true, line: true };

export default function Message() {
  const { id, tab = "text" } = route.value.params;
  const loaded = useLoaded(() => api.get(MESSAGE, { path: { message_id: Number(id) } }), [id], {
    every: 2,
    when: Boolean(id),
  });
  const message = id ? loaded.data : undefined;
  return (
    <>
      <p class="crumbs">
        <a href={href("messages")}>{t("back")}</a>
      </p>
      <Failed failure={loaded.failure} again={loaded.reload} />
      <Tabs
        label={t("tabs")}
        open={tab}
        onOpen={(chosen) => choose({ tab: chosen })}
        tabs={[
          { key: "text", title: t("text") },
          { key: "targets", title: t("targets") },
        ]}
      >
        {id && !message && !loaded.failure && <p class="loading">{word("loading")}</p>}
        {tab === "text" && (!id || message) && (
          <Text key={id} message={message} onChanged={loaded.reload} />
        )}
        {tab === "targets" && !id && <p class="pick">{t("first")}</p>}
        {tab === "targets" && message && (
          <MessageTargets message={message} onChanged={(changed) => loaded.change((now) => ({ ...now, ...changed }))} reload={loaded.reload} />
        )}
      </Tabs>
    </>
  );
}

const body = ({ title, content, app, line }: Draft): Draft => ({
  title: title.trim(),
  content,
  app,
  line,
});

function Text({ message, onChanged }: { message: AnnouncementShown | undefined; onChanged: () => Promise<void> }) {
  // The same text sent again, after a lost answer, is the same request.
  const request = useRef({ text: "", request_id: "" });
  const form = useForm<Draft>({
    initial: message ?? NEW,
    version: message?.version,
    body,
    check: ({ title, content, app, line }) => ({
      title: title.trim() ? undefined : word("required"),
      content: content.trim() ? undefined : word("required"),
      app: app || line ? undefined : t("channel"),
    }),
    send: async (values, version) => {
      if (message) {
        const path = { message_id: message.message_id };
        const saved = await api.put(MESSAGE, { path, body: { ...body(values), version } });
        await onChanged();
        notify(word.both("saved"));
        return saved.version;
      }
      const text = JSON.stringify(body(values));
      if (text !== request.current.text) request.current = { text, request_id: crypto.randomUUID() };
      const { request_id } = request.current;
      const made = await api.post("/api/messages", { body: { ...body(values), request_id } });
      notify(word.both("saved"));
      go("message", { id: made.message_id, tab: "targets" });
      return made.version;
    },
  });
  const { values, set, errors } = form;
  const draft = !message || message.state === "draft";
  useUnsaved(form.changed);

  const copying = useAction();
  const copyId = useRef(crypto.randomUUID());
  const copy = () =>
    copying.run(async () => {
      const made = await api.post("/api/messages", { body: { ...body(message!), request_id: copyId.current } });
      copyId.current = crypto.randomUUID();
      go("message", { id: made.message_id });
      notify(t.both("copied"));
    });
  const remove = async () => {
    const yes = await ask({ title: t("sure"), text: t("sure_text"), yes: word("remove"), no: word("cancel"), danger: true });
    if (!yes) return;
    try {
      await api.delete(MESSAGE, { path: { message_id: message!.message_id } });
      go("messages");
    } catch (caught) {
      notifyFailure(failureOf(caught));
    }
  };
  return (
    <Form
      form={form}
      class="narrow"
      compared={[
        { name: "title", title: word("subject") },
        { name: "content", title: t("content") },
      ]}
      onTheirs={(theirs: Announcement) => {
        form.reset(theirs, theirs.version);
        void onChanged();
      }}
      button={draft ? undefined : null}
      failure={copying.failure}
      actions={
        message && (
          <>
            <button type="button" aria-busy={copying.busy} aria-disabled={copying.busy} onClick={copy}>
              {t("copy")}
            </button>
            {draft && (
              <button type="button" onClick={remove}>
                {word("remove")}
              </button>
            )}
          </>
        )
      }
    >
      {!draft && <p>{message.state === "scheduled" ? stateOf(message) : t("locked")}</p>}
      <div class="checks">
        <Check label={t("app")} checked={values.app} disabled={!draft} onChecked={(app) => set({ app })} />
        <Check label={t("line")} checked={values.line} disabled={!draft} onChecked={(line) => set({ line })} />
      </div>
      {errors.app && (
        <p class="error" role="alert">
          {errors.app}
        </p>
      )}
      {caller.value && (
        <p class="hint">{t("sender", { name: caller.value.hospital_name, code: caller.value.hospital_code })}</p>
      )}
      <TextField
        label={word("subject")}
        {...form.field("title")}
        limit={NewDraft.title}
      />
      <Field label={t("content")} hint={t("like")} error={errors.content}>
        {(control) => (
          <textarea
            {...control}
            rows={10}
            maxLength={NewDraft.content}
            readOnly={!draft}
            value={values.content}
            onInput={(event) => set({ content: event.currentTarget.value })}
          />
        )}
      </Field>
    </Form>
  );
}
