import type { Failure } from "../api/failure";
import { words } from "../i18n";
import { Failed } from "./failed";

const t = words({
  title: ["มีผู้แก้ไขรายการนี้ไปก่อนแล้ว", "Someone else changed this in the meantime"],
  what: ["ข้อมูล", "Field"],
  yours: ["ของท่าน", "Yours"],
  theirs: ["ที่บันทึกไว้แล้ว", "Already saved"],
  mine: ["บันทึกทับด้วยข้อมูลของท่าน", "Save yours over it"],
  take: ["ใช้ค่าที่บันทึกไว้", "Take the saved one"],
});

type Values = Record<string, unknown>;

/** A field to compare, its title, and its value in words. */
export interface Compared {
  name: string;
  title: string;
  shows?: (value: unknown) => string;
}

interface ConflictProps {
  failure: Failure | undefined;
  compared?: Compared[];
  onMine: (theirs: { version: number }) => void;
  onTheirs?: (theirs: never) => void;
}

/** A value that is not known is null in what was sent, and "" or null in what is stored. */
const text = (value: unknown): string => String(value ?? "");

/** A failure; of two people's edits both values, and the choice between them. */
export function Conflict({ failure, compared, onMine, onTheirs }: ConflictProps) {
  if (!compared || failure?.code !== "EditConflict") return <Failed failure={failure} />;
  const yours = (failure.detail.yours ?? {}) as Values;
  const theirs = failure.detail.theirs as Values & { version: number };
  const differing = compared.filter(({ name }) => name in yours && JSON.stringify(yours[name] ?? "") !== JSON.stringify(theirs[name] ?? ""));
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
          {differing.map(({ name, title, shows = text }) => (
            <tr key={name}>
              <th scope="row">{title}</th>
              <td>{shows(yours[name])}</td>
              <td>{shows(theirs[name])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="actions">
        <button type="button" onClick={() => onMine(theirs)}>
          {t("mine")}
        </button>
        <button type="button" onClick={() => onTheirs?.(theirs as never)}>
          {t("take")}
        </button>
      </div>
    </div>
  );
}
