/** The shell: sign-in, or menu and screen; the lock, notices, and whether the connection is lost. */
import type { ComponentType } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { connection, connectionLost } from "./api/connection";
import { isWrong, offset } from "./clock";
import { translate, words } from "./i18n";
import { loadScreens, mayOpen, menu, offered, screenAt, type Screen } from "./menu";
import { href, route } from "./route";
import { FindButton, FindWindow } from "./screens/find-button";
import { Lock, SignIn } from "./screens/sign-in";
import { caller, locked, may, signOut } from "./session";
import { Questions } from "./ui/dialog";
import { Failed } from "./ui/failed";
import { LanguageSwitch } from "./ui/language";
import { Notices, notifyFailure } from "./ui/notice";
import { Printed } from "./ui/printed";
import { useShell } from "./ui/shell";
import { word } from "./words";

const t = words({
  product: ["MOPH Appointment Center", "MOPH Appointment Center"],
  menu: ["เมนู", "Menu"],
  skip: ["ข้ามไปเนื้อหา", "Skip to content"],
  queue: ["คิวหน้าห้อง", "Queue desk"],
  sign_out: ["ออกจากระบบ", "Sign out"],
  lost: [
    "ขาดการติดต่อกับระบบ กำลังลองใหม่… สิ่งที่กรอกไว้ยังอยู่ ใช้งานต่อได้เมื่อข้อความนี้หายไป",
    "The connection is lost; trying again… What you entered is kept. Go on when this message is gone.",
  ],
  clock: [
    "นาฬิกาของเครื่องนี้ไม่ตรง ระบบจึงใช้เวลาของศูนย์แทน กรุณาตั้งวันและเวลาของเครื่องให้ตรง",
    "The clock of this PC is wrong, so the system's time is used. Please set the date and time of the PC.",
  ],
  no_screen: ["ไม่มีหน้านี้", "There is no such page"],
  no_role: [
    "บัญชีของท่านไม่มีสิทธิ์เปิดหน้านี้ ขอสิทธิ์ได้จากผู้ดูแลรหัส Login ของหน่วยบริการ",
    "Your account may not open this page. Ask your hospital's login administrator for the role.",
  ],
  not_loaded: [
    "เปิดหน้านี้ไม่สำเร็จ อาจมีรุ่นใหม่ของระบบหรือเครือข่ายขัดข้อง",
    "This page could not be opened: there may be a new version, or the network failed.",
  ],
});

const WARNED_KEY = "clock_warned";

export function App() {
  useShell();
  useEffect(() => {
    if (!isWrong() || sessionStorage.getItem(WARNED_KEY)) return;
    sessionStorage.setItem(WARNED_KEY, "yes");
    notifyFailure({ message: t.both("clock") }, true);
  }, [offset.value]);
  return (
    <>
      {connection.value === "lost" && (
        <div class="connection" role="alert">
          {t("lost")}
        </div>
      )}
      {caller.value ? <Desk /> : <SignIn />}
      {locked.value && <Lock />}
      <Questions />
      <Notices />
      <Printed />
    </>
  );
}

function Desk() {
  const { path } = route.value;
  const [menuOpen, setMenuOpen] = useState(false);
  useEffect(() => setMenuOpen(false), [path]);
  const { name, hospital_name, hospital_code, mustChangePassword } = caller.value!;
  const mayFind = !mustChangePassword && may("APPOINTMENT_DASHBOARD");
  return (
    <div class="desk" inert={locked.value !== undefined} data-locked={locked.value !== undefined}>
      <a class="skip" href="#screen" onClick={(event) => {
        event.preventDefault();
        document.getElementById("screen")?.focus();
      }}>
        {t("skip")}
      </a>
      <header class="top">
        <button
          type="button"
          class="menu-button"
          hidden={mustChangePassword}
          aria-expanded={menuOpen}
          aria-controls="menu"
          onClick={() => setMenuOpen(!menuOpen)}
        >
          {t("menu")}
        </button>
        <strong class="product">{t("product")}</strong>
        <span class="place">
          {hospital_name} <small>({hospital_code})</small>
        </span>
        {mayFind && <FindButton />}
        <span class="person">{name}</span>
        <LanguageSwitch />
        <button type="button" onClick={signOut}>
          {t("sign_out")}
        </button>
      </header>
      {!mustChangePassword && <Menu open={menuOpen} path={path} />}
      <main id="screen" tabIndex={-1}>
        <Opened path={mustChangePassword ? "password" : path} />
      </main>
      {mayFind && <FindWindow />}
    </div>
  );
}

function Menu({ open, path }: { open: boolean; path: string }) {
  return (
    <nav id="menu" class={open ? "menu open" : "menu"} aria-label={t("menu")}>
      {menu.map((section) => {
        const listed = offered(section);
        if (!listed.length) return null;
        return (
          <section key={section.title.en}>
            <h2>{translate(section.title)}</h2>
            <ul>
              {listed.map((screen) => (
                <li key={screen.path}>
                  <a href={href(screen.path)} aria-current={screen.path === path ? "page" : undefined}>
                    {translate(screen.title)}
                  </a>
                </li>
              ))}
              {section === menu[0] && may("APPOINTMENT_DASHBOARD") && (
                <li>
                  <a href="/queue/">{t("queue")}</a>
                </li>
              )}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}

function Opened({ path }: { path: string }) {
  const screen = screenAt(path);
  if (!screen) return <h1>{t("no_screen")}</h1>;
  if (!mayOpen(screen))
    return (
      <>
        <h1>{translate(screen.title)}</h1>
        <p>{t("no_role")}</p>
      </>
    );
  return <Loading key={screen.path} screen={screen} />;
}

/** Whether the screens could not be loaded. The browser does not request them again for this page. */
let failed = false;
const isFirst = (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined)?.type !== "reload";

function Loading({ screen }: { screen: Screen }) {
  const [Content, setContent] = useState<{ it: ComponentType } | "failed" | undefined>();
  const heading = useRef<HTMLHeadingElement>(null);
  const title = translate(screen.title);
  useLayoutEffect(() => {
    heading.current?.focus();
    loadScreens().then(
      (screens) => setContent({ it: screens[screen.path] }),
      () => {
        setContent("failed");
        // By itself once: if that does not help, when another screen is opened, or with the button.
        if (failed || isFirst) void connectionLost().then(() => location.reload());
        failed = true;
      },
    );
  }, [screen]);
  useEffect(() => {
    document.title = `${title} · ${t("product")}`;
  }, [title]);
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {Content === undefined && <p class="loading">{word("loading")}</p>}
      {Content === "failed" && (
        <Failed failure={{ message: t.both("not_loaded") }} again={() => location.reload()} />
      )}
      {typeof Content === "object" && <Content.it />}
    </>
  );
}
