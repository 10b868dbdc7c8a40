/** Who was shown the person's data: hospital, what it was, when; newest first, older ones on request. */
import { useEffect, useState } from "preact/hooks";
import { dateTime } from "../dates";
import { lang, words } from "../i18n";
import { useAction } from "../load";
import { go } from "../route";
import { Failed } from "../ui/failed";
import { Heading } from "./heading";
import { Icon } from "./icon";
import { phone } from "./session";
import type { Access } from "./calls";

const t = words({
  title: ["ใครดูข้อมูลของฉัน", "Who saw my data"],
  text: [
    "แต่ละรายการคือการดูข้อมูลของท่านภายใน 1 ชั่วโมง หากมีหน่วยบริการที่ท่านไม่รู้จัก โปรดสอบถามหน่วยบริการนั้น",
    "Each line is what was seen of you within an hour. If you do not know a hospital in it, ask that hospital.",
  ],
  none: ["ยังไม่มีใครดูข้อมูลของท่าน", "Nobody has seen your data yet"],
  own: ["ท่านเอง ผ่านแอปหมอพร้อม", "Yourself, in the Mor Prom app"],
  older: ["แสดงรายการก่อนหน้า", "Show older ones"],
  back: ["นัดของฉัน", "My appointments"],
});

export function Accesses() {
  const [accesses, setAccesses] = useState<Access[] | undefined>();
  const [next, setNext] = useState("");
  const { busy, failure, run } = useAction();
  const load = (after: string) =>
    run(async () => {
      const page = await phone.get("accesses", { after });
      setAccesses((now) => [...(after ? (now ?? []) : []), ...page.accesses]);
      setNext(page.next);
    });
  useEffect(() => void load(""), []);
  return (
    <>
      <button type="button" class="back" onClick={() => go("")}>
        <Icon name="back" /> {t("back")}
      </button>
      <Heading>{t("title")}</Heading>
      <p>{t("text")}</p>
      <Failed failure={failure} again={() => void load(next)} />
      {accesses?.length === 0 && <p class="card">{t("none")}</p>}
      <ul class="accesses">
        {accesses?.map((access) => (
          <li class="card" key={`${access.at} ${access.hospital_code} ${access.action.action}`}>
            <b>{access.by_app ? t("own") : <span lang="th">{access.hospital_name}</span>}</b>
            <br />
            {access.action[lang.value === "th" ? "thai" : "english"]}
            <br />
            <small>{dateTime(access.at, lang.value)}</small>
          </li>
        ))}
      </ul>
      {next && (
        <button type="button" class="wide" disabled={busy} onClick={() => void load(next)}>
          {t("older")}
        </button>
      )}
    </>
  );
}
