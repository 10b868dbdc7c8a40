/** The shell of the queue desk: sign-in, or its screens; the lock, notices, and whether the connection is lost. */
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { connection } from "../api/connection";
import { translate, words, type Bilingual } from "../i18n";
import { href, route } from "../route";
import { Lock, SignIn } from "../screens/sign-in";
import { caller, locked, may, signOut } from "../session";
import { Questions } from "../ui/dialog";
import { LanguageSwitch } from "../ui/language";
import { Notices } from "../ui/notice";
import { useShell } from "../ui/shell";
import { Arrivals } from "./arrivals";
import { Calling } from "./caller";
import { NotKnown } from "./not-known";
import { Points } from "./points";
import { Telephone } from "./telephone";

const t = words({
  product: ["คิวหน้าห้อง", "Queue desk"],
  menu: ["เมนู", "Menu"],
  skip: ["ข้ามไปเนื้อหา", "Skip to content"],
  dashboard: ["กลับไประบบนัดหมาย", "Back to the dashboard"],
  sign_out: ["ออกจากระบบ", "Sign out"],
  lost: [
    "ขาดการติดต่อกับระบบ กำลังลองใหม่… คำสั่งที่กดไว้จะส่งซ้ำเอง ไม่มีใครถูกเรียกสองครั้ง",
    "The connection is lost; trying again… What you pressed is sent again by itself; nobody is called twice.",
  ],
  no_role: [
    "บัญชีของท่านไม่มีสิทธิ์เรียกคิว ขอสิทธิ์ “เข้าถึงข้อมูล Dashboard Appointment” ได้จากผู้ดูแลรหัส Login ของหน่วยบริการ",
    "Your account may not call queues. Ask your hospital's login administrator for the role “Appointment dashboard”.",
  ],
  password: [
    "รหัสผ่านนี้ผู้ดูแลตั้งให้ กรุณาเปลี่ยนรหัสผ่านที่ระบบนัดหมายก่อน",
    "An administrator gave you this password. Please change it on the dashboard first.",
  ],
});

interface Screen {
  path: string;
  title: Bilingual;
  Content: ComponentType;
}

const SCREENS: Screen[] = [
  { path: "", title: { th: "เรียกคิว", en: "Call" }, Content: Calling },
  { path: "arrivals", title: { th: "ผู้มาถึง", en: "Arrivals" }, Content: Arrivals },
  { path: "not-known", title: { th: "ยังไม่ทราบผล", en: "Not known" }, Content: NotKnown },
  { path: "telephone", title: { th: "โทรยืนยัน", en: "Telephone" }, Content: Telephone },
  { path: "points", title: { th: "ตั้งค่าจุดบริการ", en: "Set up" }, Content: Points },
];

export function App() {
  useShell();
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
    </>
  );
}

function Desk() {
  const { name, hospital_name, mustChangePassword } = caller.value!;
  const { path } = route.value;
  const screen = SCREENS.find((each) => each.path === path) ?? SCREENS[0]!;
  const title = translate(screen.title);
  const refusal = mustChangePassword ? t("password") : may("APPOINTMENT_DASHBOARD") ? "" : t("no_role");
  useEffect(() => {
    document.title = `${title} · ${t("product")}`;
  }, [title]);
  return (
    <div class="desk" inert={locked.value !== undefined} data-locked={locked.value !== undefined}>
      <a class="skip" href="#screen" onClick={(event) => {
        event.preventDefault();
        document.getElementById("screen")?.focus();
      }}>
        {t("skip")}
      </a>
      <header class="top">
        <strong>{t("product")}</strong>
        <nav aria-label={t("menu")}>
          {SCREENS.map((each) => (
            <a key={each.path} href={href(each.path)} aria-current={each === screen ? "page" : undefined}>
              {translate(each.title)}
            </a>
          ))}
        </nav>
        <span class="who">
          {hospital_name} · {name}
        </span>
        <a href="/">{t("dashboard")}</a>
        <LanguageSwitch />
        <button type="button" onClick={signOut}>
          {t("sign_out")}
        </button>
      </header>
      <main id="screen" tabIndex={-1}>
        {refusal ? <p class="marked">{refusal}</p> : <screen.Content key={screen.path} />}
      </main>
    </div>
  );
}
