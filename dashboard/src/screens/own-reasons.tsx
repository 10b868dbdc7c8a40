/** The hospital's own reasons for cancelling and moving appointments: a list in order, in both languages. */
import { ReasonWords } from "../api/limits";
import type { OwnReasons as Own } from "../api/types";
import { westernDigits } from "../dates";
import { useForm } from "../form";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { useUnsaved } from "../route";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { TextField } from "../ui/field";
import { Form, Submit } from "../ui/form";
import { notify } from "../ui/notice";
import { word } from "../words";

const t = words({
  title: ["เหตุผลการยกเลิกและเลื่อนนัด", "Reasons for cancelling and moving"],
  about: [
    "เจ้า\u2060หน้าที่เลือกจากรายการนี้ ผู้รับบริการอ่านได้ในแอป หากไม่กำหนด ใช้รายการมาตรฐาน อย่าเขียนเรื่องสุขภาพ",
    "Staff choose from these; the person reads it in the app. If there are none, the usual ones are offered. Nothing about health.",
  ],
  th: ["เหตุผลที่ {n} ภาษาไทย", "Reason {n} in Thai"],
  en: ["เหตุผลที่ {n} ภาษาอังกฤษ", "Reason {n} in English"],
  up: ["เลื่อนเหตุผลที่ {n} ขึ้น", "Move reason {n} up"],
  both: ["ระบุทั้งสองภาษา หรือลบทั้งสองช่อง", "Fill in both languages, or neither"],
  save: ["บันทึกเหตุผล", "Save the reasons"],
  twice: ["มีเหตุผลนี้แล้ว", "Already in the list"],
  saved: ["บันทึกเหตุผลแล้ว", "The reasons were saved"],
});

const PATH = "/api/dashboard/reasons";
const MOST = 12;
type Row = Own["reasons"][number];

const filled = (rows: Row[]): Row[] =>
  rows.map(({ th, en }) => ({ th: th.trim(), en: en.trim() })).filter(({ th, en }) => th || en);

/** Texts that a reader takes for the same are the same here, as in the API. */
const comparable = (text: string): string =>
  westernDigits(text.normalize("NFKC")).toLowerCase().replaceAll("เเ", "แ").trim().replace(/\s+/g, " ");

/** What is wrong with a text of a row. An empty one is wrong only if `empty`: it may still be typed. */
const fault = (rows: Row[], row: Row, language: keyof Row, empty = true): string | undefined => {
  const text = row[language].trim();
  if (!text) return empty && filled([row])[0] ? t("both") : undefined;
  return language === "th" && rows.find(({ th }) => comparable(th) === comparable(text)) !== row ? t("twice") : undefined;
};

export function OwnReasons() {
  const { data, failure, reload } = useLoaded(() => api.get(PATH), []);
  return data ? <Reasons own={data} reload={reload} /> : <Failed failure={failure} again={reload} />;
}

function Reasons({ own, reload }: { own: Own; reload: () => Promise<void> }) {
  const form = useForm({
    initial: { rows: own.reasons },
    version: own.version,
    check: ({ rows }) => ({ rows: rows.map((row) => fault(rows, row, "th") ?? fault(rows, row, "en")).find(Boolean) }),
    body: ({ rows }) => filled(rows),
    send: async ({ rows }, version) => {
      const saved = await api.put(PATH, { body: { reasons: filled(rows), version } });
      notify(t.both("saved"));
      await reload();
      return saved.version;
    },
  });
  useUnsaved(form.changed);
  const { rows } = form.values;
  const set = (n: number, change: Partial<Row>) => {
    const to = [...rows];
    to[n] = { th: "", en: "", ...to[n], ...change };
    form.set({ rows: to });
  };
  const moveUp = (n: number) => {
    const to = [...rows];
    [to[n - 1], to[n]] = [to[n]!, to[n - 1]!];
    form.set({ rows: to });
    form.focus(`[data-row="${n - 1}"] button`); // it goes with the reason
  };
  return (
    <section aria-labelledby="own-reasons">
      <h2 id="own-reasons">{t("title")}</h2>
      <Form
        form={form}
        class="narrow"
        button={<Submit busy={form.busy} title={t("save")} working={word("saving")} />}
        compared={[
          {
            name: "reasons",
            title: t("title"),
            shows: (list) => (list as Row[]).map(({ th, en }) => `${th} / ${en}`).join(" · "),
          },
        ]}
        onTheirs={(theirs: Own) => {
          form.reset({ rows: theirs.reasons }, theirs.version);
          void reload();
        }}
      >
        <p>{t("about")}</p>
        {/* an empty row at the end adds a reason; emptying both fields removes one */}
        {[...rows, { th: "", en: "" }].slice(0, MOST).map((row, n) => (
          <div key={n} class="fields-row" data-row={n}>
            {(["th", "en"] as const).map((language) => (
              <TextField
                key={language}
                label={t(language, { n: n + 1 })}
                free
                value={row[language]}
                onValue={(text) => set(n, { [language]: text })}
                error={fault(rows, row, language, form.tried)}
                limit={ReasonWords[language]}
              />
            ))}
            {n < rows.length && (
              <button type="button" aria-label={t("up", { n: n + 1 })} aria-disabled={!n} onClick={() => n && moveUp(n)}>
                ↑
              </button>
            )}
          </div>
        ))}
      </Form>
    </section>
  );
}
