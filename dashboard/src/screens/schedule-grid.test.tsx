import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import type { Department, Period, Room, Schedule } from "../api/types";
import { ScheduleDetails } from "./schedule-details";
import { ScheduleGrid } from "./schedule-grid";

const period = { period_id: 1, time_start: "08:00:00", time_finish: "08:59:59" } as Period;
const room = { room_id: 1, room_name: "Room 1", department_id: 1 } as Room;
const opened = { ...period, ...room, schedule_id: 7, state: "open", capacity: 2, available_count: 2 } as unknown as Schedule;

it("keeps the focus in the cell whose schedule has just been opened", async () => {
  const page = document.body.appendChild(document.createElement("div"));
  const draw = (schedules: Schedule[]) =>
    act(() =>
      render(
        <ScheduleGrid
          schedules={schedules}
          departments={[] as Department[]}
          rooms={[room]}
          periods={[period]}
          onOpen={() => undefined}
          onAdd={() => undefined}
        />,
        page,
      ),
    );
  await draw([]);
  const button = page.querySelector("button")!;
  button.focus();
  await draw([opened]);
  expect(button.textContent).toContain("2/2");
  expect(document.activeElement).toBe(button);
  page.remove();
});

it("tells whoever may only read that a schedule is closed, not that it is open online", async () => {
  const page = document.createElement("div");
  const lines = () => [...page.querySelectorAll("dd")].map(({ textContent }) => textContent);
  await act(() => render(<ScheduleDetails schedule={{ ...opened, online: true }} />, page));
  expect(lines().at(-1)).toBe("เปิด");
  await act(() => render(<ScheduleDetails schedule={{ ...opened, online: true, state: "closed" }} />, page));
  expect(lines().at(-1)).toBe("ปิดแล้ว");
});
