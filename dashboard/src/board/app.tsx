/** The board: who is called to which counter, in type that is read from the last row of chairs. */
import { useEffect } from "preact/hooks";
import { now } from "../clock";
import { isThai, lang, setLanguage, words } from "../i18n";
import { signal, useSignals } from "../signal";
import { type BoardDocument, checkedAt, isGone, type Point, shown } from "./document";
import { canSpeak, isOn, isSilenced, toggle } from "./speech";

const t = words({
  board: ["จอเรียกคิว", "Calling board"],
  number: ["หมายเลข", "Number"],
  counter: ["ช่อง", "Counter"],
  recent: ["เรียกไปแล้ว", "Called before"],
  waiting: ["รอ {n} คิว", "{n} waiting"],
  nobody: ["ยังไม่มีการเรียกคิว", "Nobody is called yet"],
  sound_on: ["เปิดเสียงเรียก", "Switch the sound on"],
  sound_off: ["ปิดเสียงเรียก", "Switch the sound off"],
  silenced: ["เสียงยังไม่ดัง กดที่นี่หนึ่งครั้งเพื่อให้มีเสียง", "No sound yet: press here once to hear it"],
  full_screen: ["เต็มจอ", "Full screen"],
  age: [
    "เครือข่ายขัดข้อง ข้อมูลนี้เมื่อ {age} ที่แล้ว กรุณาฟังเจ้าหน้าที่เรียก",
    "The network is down. This is {age} old; please listen to the staff.",
  ],
  seconds: ["{n} วินาที", "{n} s"],
  minutes: ["{n} นาที", "{n} min"],
  loading: ["กำลังเปิดจอเรียกคิว", "Opening the board"],
  gone: ["ที่อยู่ของจอนี้ใช้ไม่ได้แล้ว", "This board's address is not valid any more"],
  gone_what: [
    "ขอที่อยู่ใหม่จากเจ้าหน้าที่ที่ดูแลจุดบริการ แล้วเปิดบนจอนี้",
    "Ask the staff who keep the service points for the new address, and open it on this screen.",
  ],
});

const OLD_MS = 15_000;
const NEW_MS = 20_000;
/** So many calls have a tile; the others are in the list of those called before. */
const MOST_TILES = 12;
const MOST_RECENT = 6;

/** Changes every second, for the time of day and the age. */
const second = signal(0);
setInterval(() => second.value++, 1_000);

const bangkok = (): string => new Date(now() + 7 * 3_600_000).toISOString();

export function App({ hasToken }: { hasToken: boolean }) {
  useSignals();
  useEffect(() => {
    document.documentElement.lang = lang.value;
  }, [lang.value]);
  const board = shown.value;
  return (
    <>
      <Heading board={board} />
      <Age />
      <main>
        {!hasToken || isGone.value ? (
          <div class="message" role="alert">
            <h2>{t("gone")}</h2>
            <p>{t("gone_what")}</p>
          </div>
        ) : board ? (
          <Calls board={board} />
        ) : (
          <p class="message">{t("loading")}</p>
        )}
      </main>
      <Footer />
    </>
  );
}

const named = ({ name, name_en }: Point): string => (isThai() ? name : name_en || name);

function Heading({ board }: { board: BoardDocument | undefined }) {
  void second.value;
  const isToday = board?.day === bangkok().slice(0, 10); // who waited yesterday waits no more
  return (
    <header>
      <h1 class="hidden">{t("board")}</h1>
      <ul>
        {board?.points.map((point) => (
          <li key={point.point_id}>
            <b>{named(point)}</b> <span>{t("waiting", { n: isToday ? point.waiting : 0 })}</span>
          </li>
        ))}
      </ul>
      <time>{bangkok().slice(11, 16)}</time>
    </header>
  );
}

function Age() {
  void second.value;
  const age = Date.now() - checkedAt.value;
  if (age <= OLD_MS) return null;
  const seconds = Math.round(age / 1_000);
  const text = seconds < 120 ? t("seconds", { n: seconds }) : t("minutes", { n: Math.round(seconds / 60) });
  return (
    <section class="age" aria-label={t("board")}>
      {t("age", { age: text })}
    </section>
  );
}

interface Tile {
  key: string;
  number: string;
  counter: number;
  point: Point;
  called_at: string;
  recalls: number;
}

function Calls({ board }: { board: BoardDocument }) {
  void second.value;
  const present = bangkok();
  if (board.day !== present.slice(0, 10)) return <p class="message">{t("nobody")}</p>;
  const tiles: Tile[] = board.points
    .flatMap((point) =>
      point.counters
        .filter(({ number }) => number)
        .map((call) => ({ key: `${point.point_id} ${call.counter} ${call.called_at}`, point, ...call })),
    )
    .sort((one, other) => other.called_at.localeCompare(one.called_at))
    .slice(0, MOST_TILES);
  const keys = new Set(tiles.map(({ key }) => key));
  const recent = board.recent
    .filter((call) => !keys.has(`${call.point_id} ${call.counter} ${call.called_at}`))
    .slice(0, MOST_RECENT);
  const hasSeveral = board.points.length > 1;
  const newest = tiles[0];
  const isNew = newest && Date.parse(`${present.slice(0, 19)}Z`) - Date.parse(`${newest.called_at}Z`) < NEW_MS;
  return (
    <>
      {tiles.length === 0 && <p class="message">{t("nobody")}</p>}
      <ol class={`tiles ${size(tiles.length)}`} aria-live="polite">
        {tiles.map((tile, place) => (
          // A number that is called again is drawn anew, so that it catches the eye again.
          <li key={`${tile.key} ${tile.recalls}`} class={place === 0 ? (isNew ? "newest new" : "newest") : ""}>
            {hasSeveral && <span class="point">{named(tile.point)}</span>}
            <span class="label">{t("number")}</span>
            <b class="number">{tile.number}</b>
            <span class="counter">
              {t("counter")} <b>{tile.counter}</b>
            </span>
          </li>
        ))}
      </ol>
      {recent.length > 0 && (
        <aside>
          <h2>{t("recent")}</h2>
          <ol>
            {recent.map((call) => (
              <li key={`${call.point_id} ${call.counter} ${call.called_at}`}>
                <b>{call.number}</b>
                <span>
                  {t("counter")} {call.counter}
                </span>
              </li>
            ))}
          </ol>
        </aside>
      )}
    </>
  );
}

const size = (tiles: number): string => (tiles <= 1 ? "one" : tiles <= 4 ? "few" : "many");

function Footer() {
  return (
    <footer>
      {canSpeak && (
        <button type="button" class={isSilenced.value ? "silenced" : ""} onClick={toggle}>
          {t(isSilenced.value ? "silenced" : isOn.value ? "sound_off" : "sound_on")}
        </button>
      )}
      <button type="button" onClick={() => void document.documentElement.requestFullscreen?.()}>
        {t("full_screen")}
      </button>
      <button type="button" lang={isThai() ? "en" : "th"} onClick={() => setLanguage(isThai() ? "en" : "th")}>
        {isThai() ? "English" : "ไทย"}
      </button>
    </footer>
  );
}
