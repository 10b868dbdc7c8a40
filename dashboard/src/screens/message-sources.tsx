/** Targets from what the hospital keeps: its bookings, or its white list. */
import { useState } from "preact/hooks";
import type { Announcement, AnnouncementShown } from "../api/types";
import { addDays, today, type IsoDate } from "../dates";
import { useForm } from "../form";
import { number, words } from "../i18n";
import { useLoaded } from "../load";
import { api, may } from "../session";
import { Dialog } from "../ui/dialog";
import { Check, Choices, DateField, SelectField } from "../ui/field";
import { Form, Submit } from "../ui/form";
import { Progress } from "../ui/progress";
import { word } from "../words";

const t = words({
  window: ["เพิ่มจากการจองหรือ White list", "Add from bookings or the white list"],
  from: ["เพิ่มจาก", "Add"],
  bookings: ["ผู้ที่มีนัดในช่วงวันที่", "people with an appointment in these days"],
  white_list: ["ทุกคนใน White list", "everybody on the white list"],
  first: ["ตั้งแต่วันที่", "From"],
  last: ["ถึงวันที่", "To"],
  states: ["เฉพาะนัดที่", "Only appointments that are"],
  booked: ["ยังไม่รับนัด", "not accepted"],
  accepted: ["รับนัดแล้ว", "accepted"],
  confirmed: ["ผู้รับบริการยืนยันแล้ว", "confirmed by the person"],
  all: ["ไม่เลือก = ทุกสถานะ", "none chosen = all"],
  working: ["กำลังรวบรวมรายชื่อ", "Collecting the people"],
  done: ["เพิ่มแล้ว {matched} คน เป็นเป้าหมายอยู่แล้วหรือซ้ำ {duplicate}", "{matched} people added, {duplicate} repeats left out"],
});

const STATES = ["booked", "accepted", "confirmed"] as const;

interface Values {
  source: "bookings" | "white-list";
  date_start: IsoDate | undefined;
  date_finish: IsoDate | undefined;
  department_id: string;
  states: (typeof STATES)[number][];
}

interface Props {
  message: AnnouncementShown;
  onChanged: (changed: Announcement) => void;
  onClose: () => void;
}

export function AddFromSources({ message, onChanged, onClose }: Props) {
  const [started, setStarted] = useState(false);
  const mayBook = may("APPOINTMENT_DASHBOARD");
  const departments = useLoaded(() => api.get("/api/dashboard/departments"), [], { when: mayBook });
  const form = useForm<Values>({
    initial: {
      source: mayBook ? "bookings" : "white-list",
      date_start: addDays(today(), 1),
      date_finish: addDays(today(), 7),
      department_id: "",
      states: [],
    },
    check: ({ source, date_start, date_finish }) => ({
      date_start: source === "white-list" || date_start ? undefined : word("required"),
      date_finish: source === "white-list" || date_finish ? undefined : word("required"),
    }),
    send: async ({ source, department_id, date_start, date_finish, states }) => {
      const path = { message_id: message.message_id };
      const body = {
        date_start: date_start!,
        date_finish: date_finish!,
        department_id: Number(department_id) || undefined,
        states,
      };
      onChanged(
        source === "bookings"
          ? await api.post("/api/messages/{message_id}/targets/bookings", { path, body })
          : await api.post("/api/messages/{message_id}/targets/white-list", { path }),
      );
      setStarted(true);
      return undefined;
    },
  });
  const { values, set, field } = form;
  const { state, matched, duplicate, bytes_done, bytes_total } = message.upload;
  return (
    <Dialog title={t("window")} onClose={onClose}>
      {!started && (
        <Form form={form} failure={departments.failure} button={<Submit busy={form.busy} title={word("add")} />}>
          <Choices
            legend={t("from")}
            name="source"
            value={values.source}
            onValue={(source) => set({ source })}
            options={[
              ...(mayBook ? [{ value: "bookings" as const, text: t("bookings") }] : []),
              { value: "white-list" as const, text: t("white_list") },
            ]}
          />
          {values.source === "bookings" && (
            <>
              <DateField label={t("first")} {...field("date_start")} />
              <DateField label={t("last")} {...field("date_finish")} />
              <SelectField
                label={word("department")}
                {...field("department_id")}
                free
                blank={word("all_departments")}
                options={(departments.data ?? []).map((each) => ({ value: each.department_id, text: each.department_name }))}
              />
              <fieldset class="line">
                <legend>{t("states")}</legend>
                {STATES.map((each) => (
                  <Check
                    key={each}
                    label={t(each)}
                    checked={values.states.includes(each)}
                    onChecked={(on) => set({ states: STATES.filter((one) => (one === each ? on : values.states.includes(one))) })}
                  />
                ))}
                <p class="hint">{t("all")}</p>
              </fieldset>
            </>
          )}
        </Form>
      )}
      {started && state === "matching" && <Progress label={t("working")} done={bytes_done} all={bytes_total} />}
      {started && state !== "matching" && (
        <p role="status">
          <strong>{t("done", { matched: number(matched), duplicate: number(duplicate) })}</strong>
        </p>
      )}
    </Dialog>
  );
}
