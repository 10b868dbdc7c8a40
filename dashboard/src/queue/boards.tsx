/** Set-up of a hospital's boards: the televisions that show who is called. */
import { useState } from "preact/hooks";
import { failureOf } from "../api/failure";
import { BoardBody } from "../api/limits";
import type { Board, ServicePoint } from "../api/types";
import { useForm } from "../form";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { removeIfSure } from "../screens/removal";
import { api } from "../session";
import { ask, Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { notify, notifyFailure } from "../ui/notice";
import { word as general } from "../words";
import { Choices } from "../ui/choices";
import { TitledTable } from "./titled-table";
import { pointName, word } from "./words";

const t = words({
  title: ["จอเรียกคิว", "Boards"],
  what: [
    "เปิดที่อยู่ของจอบนโทรทัศน์หน้าจุดบริการ จอแสดงเลขคิวและช่องที่เรียก ไม่แสดงชื่อ ผู้ที่มีที่อยู่เปิดดูได้โดยไม่ต้องเข้าสู่ระบบ",
    "Open a board's address on the television. It shows the numbers that are called and their counters, no names. Who has the address needs no login.",
  ],
  empty: [
    "ยังไม่มีจอเรียกคิว กด “เพิ่มจอ” ตั้งชื่อ แล้วเลือกจุดบริการที่จะแสดง",
    "No board yet. Press “Add a board”, name it, and tick the service points that it shows.",
  ],
  points_first: ["เพิ่มจุดบริการก่อน แล้วจึงเพิ่มจอ", "Add a service point first, then a board."],
  add: ["เพิ่มจอ", "Add a board"],
  window: ["จอเรียกคิว", "Board"],
  name: ["ชื่อจอ", "Name of the board"],
  name_hint: ["เช่น จอหน้าห้องตรวจ", "For example Examination hall"],
  points: ["จุดบริการที่แสดง", "Service points it shows"],
  choose: ["เลือกอย่างน้อยหนึ่งจุด", "Tick at least one"],
  no_point: ["ไม่มีจุดบริการแล้ว กดแก้ไขเพื่อเลือกใหม่", "Its points were removed; edit it to choose others"],
  address: ["ที่อยู่", "Address"],
  open: ["เปิดจอ", "Open the board"],
  new_tab: ["(แท็บใหม่)", "(new tab)"],
  renew: ["ออกที่อยู่ใหม่", "New address"],
  saved: ["บันทึก “{name}” แล้ว", "“{name}” was saved"],
  renewed: ["“{name}” มีที่อยู่ใหม่แล้ว เปิดบนโทรทัศน์อีกครั้ง", "“{name}” has a new address. Open it on the television."],
  sure_renew: ["ออกที่อยู่ใหม่ของ “{name}” หรือไม่", "A new address for “{name}”?"],
  sure_renew_text: [
    "จอที่เปิดด้วยที่อยู่เดิมจะหยุดแสดงคิว ต้องเปิดที่อยู่ใหม่บนทุกจอ",
    "Screens with the old address stop. Open the new one on each of them.",
  ],
  sure_remove_text: ["จอที่เปิดอยู่จะหยุดแสดงคิว", "Screens that show this board stop."],
});

const addressOf = ({ token }: Board): string => `${location.origin}/board/#${token}`;

export function Boards({ points }: { points: ServicePoint[] }) {
  const boards = useLoaded(() => api.get("/api/dashboard/boards"), []);
  const [open, setOpen] = useState<{ board: Board | undefined } | undefined>();

  const renew = async ({ board_id, board_name: name, version }: Board) => {
    const sure = { title: t("sure_renew", { name }), text: t("sure_renew_text"), yes: t("renew"), no: general("cancel") };
    if (!(await ask({ ...sure, danger: true }))) return;
    try {
      await api.post("/api/dashboard/boards/{board_id}/token", { path: { board_id }, body: { version } });
      notify(t.both("renewed", { name }));
    } catch (caught) {
      notifyFailure(failureOf(caught));
    }
    await boards.reload();
  };
  const remove = async ({ board_id, board_name: name, version }: Board) => {
    const request = { path: { board_id }, query: { version } };
    const remove = () => api.delete("/api/dashboard/boards/{board_id}", request);
    if (await removeIfSure(name, t("sure_remove_text"), remove)) await boards.reload();
  };

  return (
    <section>
      <h2 id="boards">{t("title")}</h2>
      <p>{t("what")}</p>
      <Failed failure={boards.failure} again={boards.reload} />
      {!boards.data && !boards.failure && <p class="loading">{word("loading")}</p>}
      {boards.data && (
        <>
          {points.length > 0 && (
            <div class="toolbar">
              <button type="button" onClick={() => setOpen({ board: undefined })}>
                {t("add")}
              </button>
            </div>
          )}
          {boards.data.length > 0 ? (
            <BoardList
              boards={boards.data}
              points={points}
              onEdit={(board) => setOpen({ board })}
              onRenew={renew}
              onRemove={remove}
            />
          ) : (
            <p>{points.length ? t("empty") : t("points_first")}</p>
          )}
        </>
      )}
      {open && (
        <BoardWindow board={open.board} points={points} onClose={() => setOpen(undefined)} onSaved={boards.reload} />
      )}
    </section>
  );
}

interface BoardListProps {
  boards: Board[];
  points: ServicePoint[];
  onEdit: (board: Board) => void;
  onRenew: (board: Board) => void;
  onRemove: (board: Board) => void;
}

function BoardList({ boards, points, onEdit, onRenew, onRemove }: BoardListProps) {
  const shown = (board: Board) => points.filter(({ point_id }) => board.points.includes(point_id)).map(pointName);
  return (
    <TitledTable label={t("title")} titles={[t("name"), t("points"), t("address"), general("task")]}>
      {boards.map((board) => {
        const name = <span class="visually-hidden">{board.board_name}</span>;
        return (
          <tr key={board.board_id}>
            <th scope="row">{board.board_name}</th>
            <td>{shown(board).join(", ") || t("no_point")}</td>
            <td>
              <input
                type="text"
                readOnly
                aria-label={`${t("address")} ${board.board_name}`}
                value={addressOf(board)}
                onFocus={({ currentTarget }) => currentTarget.select()}
              />
            </td>
            <td>
              <a class="button" href={addressOf(board)} target="_blank" rel="noopener">
                {t("open")}{" "}
                <span class="visually-hidden">
                  {board.board_name} {t("new_tab")}
                </span>
              </a>
              <button type="button" onClick={() => onEdit(board)}>
                {general("edit")} {name}
              </button>
              <button type="button" onClick={() => onRenew(board)}>
                {t("renew")} {name}
              </button>
              <button type="button" onClick={() => onRemove(board)}>
                {general("remove")} {name}
              </button>
            </td>
          </tr>
        );
      })}
    </TitledTable>
  );
}

interface BoardWindowProps {
  board: Board | undefined;
  points: ServicePoint[];
  onClose: () => void;
  onSaved: () => Promise<void>;
}

function BoardWindow({ board, points, onClose, onSaved }: BoardWindowProps) {
  const options = points.map((each) => ({ id: each.point_id, name: pointName(each) }));
  const form = useForm({
    initial: {
      board_name: board?.board_name ?? "",
      // A point that was removed cannot be shown, nor sent again.
      points: board?.points.filter((number) => options.some(({ id }) => id === number)) ?? [],
    },
    version: board?.version,
    check: (values) => ({
      board_name: values.board_name.trim() ? undefined : general("required"),
      points: values.points.length ? undefined : t("choose"),
    }),
    send: async (values, version) => {
      const body = { board_name: values.board_name.trim(), points: values.points };
      const saved = board
        ? await api.put("/api/dashboard/boards/{board_id}", {
            path: { board_id: board.board_id },
            body: { ...body, version },
          })
        : await api.post("/api/dashboard/boards", { body });
      onClose();
      notify(t.both("saved", { name: saved.board_name }));
      await onSaved();
    },
  });
  const named = (shown: unknown) =>
    (shown as number[]).map((number) => options.find(({ id }) => id === number)?.name ?? number).join(", ");
  const { values, set, errors } = form;
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={form.changed}>
      <Form
        form={form}
        compared={[
          { name: "board_name", title: t("name") },
          { name: "points", title: t("points"), shows: named },
        ]}
        onTheirs={() => {
          onClose();
          void onSaved();
        }}
      >
        <TextField label={t("name")} hint={t("name_hint")} {...form.field("board_name")} limit={BoardBody.board_name} />
        <Choices
          title={t("points")}
          options={options}
          chosen={values.points}
          onChosen={(chosen) => set({ points: chosen })}
          error={errors.points}
        />
      </Form>
    </Dialog>
  );
}
