/** Set-up of a hospital's queues: service points, the way through them, boards, and the rules of the day. */
import { useState } from "preact/hooks";
import { PointBody, VisitRulesBody } from "../api/limits";
import type { Department, Room, ServicePoint, VisitRules } from "../api/types";
import { useForm } from "../form";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { removeIfSure } from "../screens/removal";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { numberError, SelectField, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { notify } from "../ui/notice";
import { word as general } from "../words";
import { Boards } from "./boards";
import { Choices } from "../ui/choices";
import { TitledTable } from "./titled-table";
import { byWay, pointName, word } from "./words";

const t = words({
  title: ["ตั้งค่าจุดบริการ", "Set up service points"],
  steps: [
    "1) เพิ่มจุดบริการ เริ่มจากจุดสุดท้าย เช่น ห้องยา → ตรวจ → ซักประวัติ  2) ให้จุดแรกดูแลแผนกหรือห้อง ผู้มาถึงจะรอที่จุดนั้น  3) ตรวจกติกาด้านล่าง แล้วเริ่มเรียกคิวได้",
    "1) Add the points, the last one first, such as pharmacy, then examination, then screening. 2) Let the first one serve departments or rooms: who arrives waits there. 3) Check the rules below; then you can call.",
  ],
  no_department: [
    "ยังไม่มีแผนก เปิดแผนกและห้องตรวจที่ระบบนัดหมายก่อน",
    "There is no department yet. Open departments and rooms on the dashboard first.",
  ],
  add: ["เพิ่มจุดบริการ", "Add a service point"],
  window: ["จุดบริการ", "Service point"],
  empty: ["ยังไม่มีจุดบริการ", "No service point yet"],
  name: ["ชื่อจุดบริการ", "Name of the point"],
  name_hint: ["เช่น จุดซักประวัติ", "For example Screening"],
  name_en: ["ชื่อภาษาอังกฤษ", "Name in English"],
  serves: ["ดูแลแผนกและห้อง", "Serves"],
  departments: ["แผนกที่ดูแล (ทุกห้องของแผนก)", "Departments it serves (all their rooms)"],
  rooms: ["ห้องที่ดูแล (เฉพาะห้อง)", "Single rooms it serves"],
  next: ["จุดถัดไป", "Next point"],
  last: ["จุดสุดท้าย", "Last point"],
  sent_only: ["รับเฉพาะผู้ที่ส่งต่อมาและบัตรคิว", "only who is sent on, and tickets"],
  unserved: [
    "แผนกที่ยังไม่มีจุดบริการ: {names} ผู้มีนัดของแผนกเหล่านี้จะลงทะเบียนมาถึงไม่ได้",
    "Departments without a point: {names}. People with appointments there cannot arrive.",
  ],
  way: ["เส้นทางของผู้รับบริการ", "The people's way"],
  saved: ["บันทึก “{name}” แล้ว", "“{name}” was saved"],
  sure_text: ["ผู้ที่รออยู่ที่จุดนี้จะไม่มีใครเรียก ควรลบหลังเลิกงาน", "Nobody calls who still waits there; remove it after the day."],
  rules: ["กติกาของวันรับบริการ", "Rules for the day"],
  early: ["มาก่อนเวลาได้กี่นาที", "How many minutes early people may arrive"],
  late: ["สายกี่นาทีจึงไปต่อท้ายช่วงเวลา", "From how many minutes on somebody is late and waits behind the period"],
  ticket_code: ["อักษรนำหน้าเลขบัตรคิว", "What ticket numbers begin with"],
  his: ["แผนกที่เรียกคิวด้วยระบบของโรงพยาบาลเอง (HIS)", "Departments whose queue the hospital's own system (HIS) calls"],
  rules_saved: ["บันทึกกติกาแล้ว", "The rules were saved"],
  call: ["ไปเรียกคิว", "Go and call"],
});

const NO_NEXT = "";

export function Points() {
  const points = useLoaded(async () => byWay(await api.get("/api/dashboard/points")), []);
  const departments = useLoaded(() => api.get("/api/dashboard/departments"), []);
  const rooms = useLoaded(() => api.get("/api/dashboard/rooms"), []);
  const rules = useLoaded(() => api.get("/api/dashboard/visit-rules"), []);
  const [open, setOpen] = useState<{ point: ServicePoint | undefined } | undefined>();
  const all = [points, departments, rooms, rules];
  const failed = all.find(({ failure }) => failure);

  const remove = async (point: ServicePoint) => {
    const { point_id, version } = point;
    const request = { path: { point_id }, query: { version } };
    const remove = () => api.delete("/api/dashboard/points/{point_id}", request);
    if (await removeIfSure(pointName(point), t("sure_text"), remove)) await points.reload();
  };

  return (
    <>
      <h1>{t("title")}</h1>
      <p>{t("steps")}</p>
      <Failed failure={failed?.failure} again={() => void Promise.all(all.map(({ reload }) => reload()))} />
      {departments.data?.length === 0 && <p class="marked">{t("no_department")}</p>}
      {points.data && departments.data && rooms.data ? (
        <>
          <div class="toolbar">
            <button type="button" class="primary" onClick={() => setOpen({ point: undefined })}>
              {t("add")}
            </button>
            {points.data.length > 0 && (
              <a class="button" href="#/">
                {t("call")}
              </a>
            )}
          </div>
          <PointList
            points={points.data}
            departments={departments.data}
            rooms={rooms.data}
            onEdit={(point) => setOpen({ point })}
            onRemove={remove}
          />
          <Gaps points={points.data} departments={departments.data} rooms={rooms.data} rules={rules.data} />
          <Boards points={points.data} />
        </>
      ) : (
        !failed && <p class="loading">{word("loading")}</p>
      )}
      {rules.data && departments.data && (
        <Rules key={rules.data.version} rules={rules.data} departments={departments.data} onSaved={rules.reload} />
      )}
      {open && (
        <PointWindow
          point={open.point}
          points={points.data!}
          departments={departments.data!}
          rooms={rooms.data!}
          onClose={() => setOpen(undefined)}
          onSaved={points.reload}
        />
      )}
    </>
  );
}

interface Catalogue {
  points: ServicePoint[];
  departments: Department[];
  rooms: Room[];
}

const namesOf = (point: ServicePoint, { departments, rooms }: Omit<Catalogue, "points">): string => {
  const served = [
    ...departments.filter((each) => point.departments.includes(each.department_id)).map((each) => each.department_name),
    ...rooms.filter((each) => point.rooms.includes(each.room_id)).map((each) => each.room_name),
  ];
  return served.join(", ") || t("sent_only");
};

interface PointListProps extends Catalogue {
  onEdit: (point: ServicePoint) => void;
  onRemove: (point: ServicePoint) => void;
}

function PointList({ points, departments, rooms, onEdit, onRemove }: PointListProps) {
  const nameOf = (id: number) => {
    const point = points.find(({ point_id }) => point_id === id);
    return point ? pointName(point) : t("last");
  };
  if (!points.length) return <p>{t("empty")}</p>;
  return (
    <section>
      <TitledTable label={word("point")} titles={[word("point"), t("serves"), t("next"), general("task")]}>
        {points.map((point) => (
          <tr key={point.point_id}>
            <th scope="row">{pointName(point)}</th>
            <td>{namesOf(point, { departments, rooms })}</td>
            <td>{nameOf(point.next_point)}</td>
            <td>
              <button type="button" onClick={() => onEdit(point)}>
                {general("edit")} <span class="visually-hidden">{pointName(point)}</span>
              </button>
              <button type="button" onClick={() => onRemove(point)}>
                {general("remove")} <span class="visually-hidden">{pointName(point)}</span>
              </button>
            </td>
          </tr>
        ))}
      </TitledTable>
    </section>
  );
}

/** Departments of which nobody who arrives would have a place to wait. */
function Gaps({ points, departments, rooms, rules }: Catalogue & { rules: VisitRules | undefined }) {
  const isServed = ({ department_id }: Department) =>
    rules?.his_departments.includes(department_id) ||
    points.some((point) => point.departments.includes(department_id)) ||
    rooms
      .filter((room) => room.department_id === department_id)
      .every((room) => points.some((point) => point.rooms.includes(room.room_id)));
  const gaps = departments.filter((each) => !isServed(each)).map((each) => each.department_name);
  return points.length && gaps.length ? <p class="marked">{t("unserved", { names: gaps.join(", ") })}</p> : null;
}

const departmentOptions = (departments: Department[]) =>
  departments.map((each) => ({ id: each.department_id, name: each.department_name }));

interface PointWindowProps extends Catalogue {
  point: ServicePoint | undefined;
  onClose: () => void;
  onSaved: () => Promise<void>;
}

function PointWindow({ point, points, departments, rooms, onClose, onSaved }: PointWindowProps) {
  const others = points.filter(({ point_id }) => point_id !== point?.point_id);
  // Points are added from the last one back: a new one comes before the first of the way.
  const first = others.find(({ point_id }) => !others.some(({ next_point }) => next_point === point_id));
  const next = point ? point.next_point || NO_NEXT : (first?.point_id ?? NO_NEXT);
  const form = useForm({
    initial: {
      point_name: point?.point_name ?? "",
      point_name_en: point?.point_name_en ?? "",
      departments: point?.departments ?? [],
      rooms: point?.rooms ?? [],
      next_point: String(next),
    },
    version: point?.version,
    check: ({ point_name }) => ({ point_name: point_name.trim() ? undefined : general("required") }),
    send: async (values, version) => {
      const body = {
        ...values,
        point_name: values.point_name.trim(),
        point_name_en: values.point_name_en.trim(),
        next_point: Number(values.next_point) || undefined,
      };
      const saved = point
        ? await api.put("/api/dashboard/points/{point_id}", {
            path: { point_id: point.point_id },
            body: { ...body, version },
          })
        : await api.post("/api/dashboard/points", { body });
      onClose();
      notify(t.both("saved", { name: pointName(saved) }));
      await onSaved();
    },
  });
  const { values, set, errors } = form;
  const listed = (shown: unknown) => (shown as number[]).join(", ");
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={form.changed}>
      <Form
        form={form}
        compared={[
          { name: "point_name", title: t("name") },
          { name: "point_name_en", title: t("name_en") },
          { name: "departments", title: t("departments"), shows: listed },
          { name: "rooms", title: t("rooms"), shows: listed },
          { name: "next_point", title: t("next") },
        ]}
        onTheirs={() => {
          onClose();
          void onSaved();
        }}
      >
        <div class="fields-row">
          <TextField
            label={t("name")}
            hint={t("name_hint")}
            value={values.point_name}
            onValue={(point_name) => set({ point_name })}
            error={errors.point_name}
            limit={PointBody.point_name}
          />
          <TextField
            label={t("name_en")}
            optional
            value={values.point_name_en}
            onValue={(point_name_en) => set({ point_name_en })}
            error={errors.point_name_en}
            limit={PointBody.point_name_en}
          />
        </div>
        <Choices
          title={t("departments")}
          options={departmentOptions(departments)}
          chosen={values.departments}
          onChosen={(chosen) => set({ departments: chosen })}
        />
        <Choices
          title={t("rooms")}
          options={rooms.map((each) => ({ id: each.room_id, name: each.room_name }))}
          chosen={values.rooms}
          onChosen={(chosen) => set({ rooms: chosen })}
        />
        <SelectField
          label={t("next")}
          value={values.next_point}
          onValue={(next_point) => set({ next_point })}
          blank={t("last")}
          free
          options={others.map((each) => ({ value: each.point_id, text: pointName(each) }))}
        />
      </Form>
    </Dialog>
  );
}

interface RulesProps {
  rules: VisitRules;
  departments: Department[];
  onSaved: () => Promise<void>;
}

function Rules({ rules, departments, onSaved }: RulesProps) {
  const { early_minutes, late_minutes } = VisitRulesBody;
  const form = useForm({
    initial: {
      early_minutes: String(rules.early_minutes),
      late_minutes: String(rules.late_minutes),
      ticket_code: rules.ticket_code,
      his_departments: rules.his_departments,
    },
    version: rules.version,
    check: (values) => ({
      early_minutes: numberError(values.early_minutes, early_minutes),
      late_minutes: numberError(values.late_minutes, late_minutes),
      ticket_code: values.ticket_code.trim() ? undefined : general("required"),
    }),
    send: async (values, version) => {
      const saved = await api.put("/api/dashboard/visit-rules", {
        body: {
          early_minutes: Number(values.early_minutes),
          late_minutes: Number(values.late_minutes),
          ticket_code: values.ticket_code.trim(),
          his_departments: values.his_departments,
          version,
        },
      });
      notify(t.both("rules_saved"));
      await onSaved();
      return saved.version;
    },
  });
  const { values, set, errors } = form;
  return (
    <section class="narrow" aria-labelledby="rules">
      <h2 id="rules">{t("rules")}</h2>
      <Form
        form={form}
        compared={[
          { name: "early_minutes", title: t("early") },
          { name: "late_minutes", title: t("late") },
          { name: "ticket_code", title: t("ticket_code") },
        ]}
        onTheirs={() => void onSaved()}
      >
        <TextField
          label={t("early")}
          value={values.early_minutes}
          onValue={(typed) => set({ early_minutes: typed })}
          error={errors.early_minutes}
          limit={early_minutes}
        />
        <TextField
          label={t("late")}
          value={values.late_minutes}
          onValue={(typed) => set({ late_minutes: typed })}
          error={errors.late_minutes}
          limit={late_minutes}
        />
        <TextField
          label={t("ticket_code")}
          value={values.ticket_code}
          onValue={(typed) => set({ ticket_code: typed })}
          error={errors.ticket_code}
          limit={VisitRulesBody.ticket_code}
        />
        <Choices
          title={t("his")}
          options={departmentOptions(departments)}
          chosen={values.his_departments}
          onChosen={(chosen) => set({ his_departments: chosen })}
        />
      </Form>
    </section>
  );
}
