/** The schedules of a day as a grid: a row for each room, a column for each period, and what each is like in words. */
import { useRef, useState } from "preact/hooks";
import type { Department, Period, Room, Schedule } from "../api/types";
import { timeSpan } from "../dates";
import { lang, words } from "../i18n";
import { Filter, matchesFilter } from "../ui/table";
import { word } from "../words";

const t = words({
  caption: ["ผังห้องตรวจและช่วงเวลา", "Rooms by period"],
  keys: ["ใช้ปุ่มลูกศรเดินในผัง กด Enter เพื่อเปิด", "Arrow keys walk the grid; Enter opens."],
  free_of: ["ว่าง {free}/{places}", "{free}/{places} free"],
  full: ["เต็ม {places}", "full, {places}"],
  held: ["ปิด · {n} คน", "closed · {n} booked"],
  none: ["ไม่มีห้องตรวจ", "No room"],
});

/** More rooms than these have a field to filter them. */
const FEW_ROOMS = 12;

interface GridProps {
  schedules: Schedule[];
  departments: Department[];
  rooms: Room[];
  periods: Period[];
  /** Open what can be done with a schedule. */
  onOpen: (schedule: Schedule) => void;
  /** Open a schedule where there is none; nothing if that is not this person's work. */
  onAdd?: (room: Room, period: Period) => void;
}

type Times = Pick<Period, "time_start" | "time_finish">;
const timesOf = ({ time_start, time_finish }: Times): string => `${time_start} ${time_finish}`;

export function ScheduleGrid({ schedules, departments, rooms, periods, onOpen, onAdd }: GridProps) {
  const [typed, setTyped] = useState("");
  /** The cell that Tab reaches, as its row and column. */
  const [reached, reach] = useState<readonly [number, number]>([0, 0]);
  const body = useRef<HTMLTableSectionElement>(null);
  const columns = [...new Map([...periods, ...schedules].map((each) => [timesOf(each), each as Times])).values()].sort(
    (a, b) => timesOf(a).localeCompare(timesOf(b)),
  );
  const departmentOf = (room: Room) =>
    departments.find(({ department_id }) => department_id === room.department_id)?.department_name ?? "";
  const listed = rooms.filter((room) => matchesFilter(`${room.room_name} ${departmentOf(room)}`, typed));
  const at = new Map<string, Schedule[]>();
  for (const schedule of schedules) {
    const cell = `${schedule.room_id} ${timesOf(schedule)}`;
    at.set(cell, [...(at.get(cell) ?? []), schedule]);
  }

  const periodOf = (column: Times) => periods.find((each) => timesOf(each) === timesOf(column));
  const canPress = (row: number, x: number): boolean => {
    const [room, column] = [listed[row], columns[x]];
    if (!room || !column) return false;
    return at.has(`${room.room_id} ${timesOf(column)}`) || Boolean(onAdd && periodOf(column));
  };
  const cells = listed.flatMap((_, row) => columns.map((_, x) => [row, x] as const));
  const [tabRow, tabColumn] = canPress(...reached) ? reached : (cells.find((cell) => canPress(...cell)) ?? [0, 0]);

  const move = (event: KeyboardEvent, row: number, column: number) => {
    const steps: Record<string, [number, number]> = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
    }; // prettier-ignore
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const [down, right] = step;
    // over cells without anything to press
    for (let y = row + down, x = column + right; listed[y] && columns[x]; y += down, x += right) {
      if (!canPress(y, x)) continue;
      const button = body.current!.rows[y]!.cells[x + 1]!.querySelector("button")!;
      button.focus();
      return button.scrollIntoView({ block: "nearest", inline: "nearest" }); // clear of the heads that stay
    }
  };

  return (
    <>
      {rooms.length > FEW_ROOMS && <Filter typed={typed} onTyped={setTyped} />}
      <p class="hint">{t("keys")}</p>
      <div class="table-frame long" role="region" aria-label={t("caption")} tabIndex={0}>
        <table class="grid">
          <caption>{t("caption")}</caption>
          <thead>
            <tr>
              <th scope="col">{word("room")}</th>
              {columns.map((column) => (
                <th key={timesOf(column)} scope="col">
                  {timeSpan(column.time_start, column.time_finish, lang.value)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {listed.map((room, row) => (
              <tr key={room.room_id}>
                <th scope="row" class="name">
                  {room.room_name} <small>{departmentOf(room)}</small>
                </th>
                {columns.map((column, x) => {
                  const cell = at.get(`${room.room_id} ${timesOf(column)}`) ?? [];
                  const period = periodOf(column);
                  const canAdd = onAdd && period && cell.every(({ state }) => state !== "open");
                  const shown = canAdd ? [...cell, undefined] : cell;
                  const where = `${room.room_name} ${timeSpan(column.time_start, column.time_finish, lang.value)}`;
                  const common = {
                    type: "button" as const,
                    tabIndex: row === tabRow && x === tabColumn ? 0 : -1,
                    onFocus: () => reach([row, x]),
                    onKeyDown: (event: KeyboardEvent) => move(event, row, x),
                  };
                  return (
                    <td key={timesOf(column)}>
                      {shown.map((schedule, n) => (
                        <button
                          {...common}
                          key={n} // the button that opens a schedule becomes the schedule's, and keeps the focus
                          class={`slot ${schedule ? lookOf(schedule) : "unopened"}`}
                          onClick={() => (schedule ? onOpen(schedule) : onAdd!(room, period!))}
                        >
                          {schedule ? says(schedule) : <span aria-hidden="true">+</span>}{" "}
                          <span class="visually-hidden">{schedule ? where : `${word("add")} ${where}`}</span>
                        </button>
                      ))}
                    </td>
                  );
                })}
              </tr>
            ))}
            {!listed.length && (
              <tr class="empty">
                <td colSpan={columns.length + 1}>{t("none")}</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}

const lookOf = ({ state, available_count }: Schedule): string =>
  state !== "open" ? "shut" : available_count ? "" : "full";

function says({ state, capacity, available_count }: Schedule): string {
  const held = capacity - available_count;
  if (state !== "open") return held ? t("held", { n: held }) : word("closed");
  return available_count ? t("free_of", { free: available_count, places: capacity }) : t("full", { places: capacity });
}
