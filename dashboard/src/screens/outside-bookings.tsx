/** Everything that the system of another hospital has booked: count it, then cancel it. */
import { useState } from "preact/hooks";
import { OutsideBody } from "../api/limits";
import { longDate } from "../dates";
import { useForm } from "../form";
import { lang, words } from "../i18n";
import { api } from "../session";
import { TextField } from "../ui/field";
import { Form, Submit } from "../ui/form";
import { notify } from "../ui/notice";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";
import { word } from "../words";

const t = words({
  title: ["ยกเลิกนัดทั้งหมดที่หน่วยบริการอื่นจองไว้", "Cancel everything that another hospital has booked"],
  about: [
    "ปิดรับจองจากหน่วยบริการนั้นในกติกาด้านบนก่อน ระบบแจ้งผู้รับบริการทุกคน นัดที่จองเองในแอปไม่ถูกยกเลิก",
    "First stop that hospital in the rules above. Everybody is told. What people booked in the app stays.",
  ],
  code: ["รหัสหน่วยบริการที่จอง", "Code of the hospital that booked"],
  count: ["นับนัด", "Count"],
  counting: ["กำลังนับ…", "Counting…"],
  nothing: ["ไม่มีนัดที่หน่วยบริการนี้จองไว้", "This hospital has booked nothing."],
  found: ["นัดที่หน่วยบริการ {code} จองไว้ {n} นัด", "Booked by hospital {code}: {n}"],
  booked: ["จองไว้", "Booked"],
  accepted: ["รับนัดแล้ว", "Accepted"],
  without_id: ["ไม่มีเลขประจำตัวประชาชน", "Without a national id"],
  confirm: ["พิมพ์รหัสหน่วยบริการอีกครั้งเพื่อยืนยัน", "Type the hospital's code once more to confirm"],
  confirm_wrong: ["ไม่ตรงกับรหัสที่นับไว้", "Not the code that was counted"],
  do: ["ยกเลิกนัดทั้งหมด", "Cancel all of them"],
  at_work: ["กำลังยกเลิก", "Cancelling"],
  done: ["ยกเลิกนัดที่หน่วยบริการ {code} จองไว้แล้ว {n} นัด", "Cancelled {n} booked by hospital {code}"],
});

const PATH = "/api/dashboard/outside-bookings";

interface OutsideDay {
  date: string;
  appointments: number;
  accepted: number;
  without_id: number;
}

/** Call the action part by part until nothing is left; returns the days and how many were cancelled. */
async function run(action: "preview" | "cancel", hospital_code: string, onPart: (cancelled: number) => void) {
  const days: OutsideDay[] = [];
  let cancelled = 0;
  let first_date: string | undefined;
  do {
    const part = await api.post(PATH, { body: { hospital_code, action, ...(first_date ? { first_date } : {}) } });
    days.push(...part.days);
    cancelled += part.cancelled;
    onPart(cancelled);
    first_date = part.next_date;
  } while (first_date);
  return { days, cancelled };
}

export function OutsideBookings() {
  const [counted, setCounted] = useState<{ code: string; days: OutsideDay[] }>();
  const form = useForm({
    initial: { code: "" },
    check: ({ code }) => ({ code: /^\d{5}$/.test(code) ? undefined : word("five_digits") }),
    send: async ({ code }) => {
      setCounted(undefined);
      const { days } = await run("preview", code, () => undefined);
      setCounted({ code, days });
    },
  });
  return (
    <section aria-labelledby="outside-bookings">
      <h2 id="outside-bookings">{t("title")}</h2>
      <Form form={form} class="narrow" button={<Submit busy={form.busy} title={t("count")} working={t("counting")} />}>
        <p>{t("about")}</p>
        <TextField
          label={t("code")}
          value={form.values.code}
          onValue={(text) => {
            form.set({ code: text.trim() });
            setCounted(undefined);
          }}
          error={form.errors.code}
          limit={OutsideBody.hospital_code}
          input={{ inputMode: "numeric" }}
        />
      </Form>
      {counted &&
        (counted.days.length === 0 ? (
          <p role="status">{t("nothing")}</p>
        ) : (
          <CancelThem code={counted.code} days={counted.days} onDone={() => setCounted(undefined)} />
        ))}
    </section>
  );
}

function CancelThem({ code, days, onDone }: { code: string; days: OutsideDay[]; onDone: () => void }) {
  const [done, setDone] = useState(0);
  const all = days.reduce((sum, { appointments }) => sum + appointments, 0);
  const form = useForm({
    initial: { confirm: "" },
    check: ({ confirm }) => ({ confirm: confirm === code ? undefined : t("confirm_wrong") }),
    send: async () => {
      const { cancelled } = await run("cancel", code, setDone);
      notify(t.both("done", { code, n: cancelled }));
      onDone();
    },
  });
  return (
    <Form
      form={form}
      button={
        <button class="danger" aria-busy={form.busy} aria-disabled={form.busy}>
          {t("do")}
        </button>
      }
    >
      <Table
        caption={t("found", { code, n: all })}
        rows={days}
        rowKey={({ date }) => date}
        empty=""
        columns={[
          { title: word("date"), kind: "whole", cell: ({ date }) => longDate(date, lang.value) },
          { title: t("booked"), cell: ({ appointments }) => appointments },
          { title: t("accepted"), cell: ({ accepted }) => accepted },
          { title: t("without_id"), cell: ({ without_id }) => without_id },
        ]}
      />
      <TextField
        label={t("confirm")}
        value={form.values.confirm}
        onValue={(text) => form.set({ confirm: text.trim() })}
        error={form.errors.confirm}
        limit={OutsideBody.hospital_code}
        input={{ inputMode: "numeric" }}
      />
      {form.busy && <Progress label={t("at_work")} done={done} all={all} />}
    </Form>
  );
}
