import type { Failure } from "../api/failure";
import { words } from "../i18n";

const t = words({
  title: ["มีผู้แก้ไขรายการนี้ไปก่อนแล้ว", "Someone else changed this in the meantime"],
  what: ["ข้อมูล", "Field"],
  yours: ["ของท่าน", "Yours"],
  theirs: ["ที่บันทึกไว้แล้ว", "Already saved"],
  mine: ["บันทึกทับด้วยข้อมูลของท่าน", "Save yours over it"],
  take: ["ใช้ค่าที่บันทึกไว้", "Take the saved one"],
});

type Values = Record<string, unknown>;

interface ConflictProps {
  failure: Failure;
  /** Fields to compare, and how each is called. */
  fields: { name: string; title: string; shows?: (value: unknown) => string }[];
  onMine: (theirVersion: number) => void;
  onTheirs: () => void;
}

/** Two people edited the same thing: both values, and the choice. */
export function Conflict({ failure, fields, onMine, onTheirs }: ConflictProps) {
  if (failure.code !== "EditConflict") return null;
  const yours = (failure.detail.yours ?? {}) as Values;
  const theirs = (failure.detail.theirs ?? {}) as Values;
  const differing = fields.filter(({ name }) => name in yours && JSON.stringify(yours[name]) !== JSON.stringify(theirs[name]));
  return (
    <div class="failed conflict" role="alert">
      <table>
        <caption>{t("title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("what")}</th>
            <th scope="col">{t("yours")}</th>
            <th scope="col">{t("theirs")}</th>
          </tr>
        </thead>
        <tbody>
          {differing.map(({ name, title, shows = String }) => (
            <tr key={name}>
              <th scope="row">{title}</th>
              <td>{shows(yours[name])}</td>
              <td>{shows(theirs[name])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="actions">
        <button type="button" onClick={() => onMine(Number(theirs.version))}>
          {t("mine")}
        </button>
        <button type="button" onClick={onTheirs}>
          {t("take")}
        </button>
      </div>
    </div>
  );
}
