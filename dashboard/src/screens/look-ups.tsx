/** The people whose data an account was shown: newest first, older ones on request. Ids are masked. */
import { useEffect, useState } from "preact/hooks";
import type { LookUp } from "../api/types";
import { dateTime } from "../dates";
import { lang, words } from "../i18n";
import { useAction } from "../load";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { Table } from "../ui/table";
import { word } from "../words";
import type { AccountPath } from "./account-details";

const t = words({
  caption: ["บุคคลที่บัญชีนี้ได้ดูข้อมูล รวมรายชั่วโมง", "People whose data this account was shown, by the hour"],
  empty: ["ยังไม่ได้ดูข้อมูลของใคร", "Nobody yet"],
  how: ["อย่างไร", "How"],
  by_id: ["ค้นหาด้วยเลขบัตร", "asked for by id"],
  own: ["อยู่ในรายการของหน่วยงาน", "on the hospital's own list"],
});

export function LookUps({ path }: { path: AccountPath }) {
  const [rows, setRows] = useState<LookUp[] | undefined>();
  const [next, setNext] = useState("");
  const { busy, failure, run } = useAction();
  const load = (after: string) =>
    run(async () => {
      const url = "/api/accounts/hospitals/{hospital_code}/accounts/{login}/look-ups";
      const page = await api.get(url, { path, query: { after } });
      setRows((now) => [...(after ? (now ?? []) : []), ...page.look_ups]);
      setNext(page.next);
    });
  useEffect(() => void load(""), []);
  return (
    <>
      <Failed failure={failure} again={() => void load(next)} />
      <Table
        caption={t("caption")}
        rows={rows}
        failed={failure}
        perPage={Infinity}
        rowKey={(row) => row.look_up_id}
        empty={t("empty")}
        columns={[
          { title: word("when"), kind: "whole", cell: (row) => dateTime(row.at, lang.value) },
          { title: word("cid"), kind: "whole", cell: (row) => row.cid_masked },
          { title: word("what_done"), cell: (row) => row.action[lang.value === "th" ? "thai" : "english"] },
          { title: t("how"), cell: (row) => t(row.by_id ? "by_id" : "own") },
        ]}
      />
      {next && (
        <div class="actions">
          <button type="button" aria-busy={busy} aria-disabled={busy} onClick={() => void load(next)}>
            {word("show_older")}
          </button>
        </div>
      )}
    </>
  );
}
