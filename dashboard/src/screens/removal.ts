/** The removal of a record of the hospital's own, with a question before it. */
import { failureOf } from "../api/failure";
import { words } from "../i18n";
import { ask } from "../ui/dialog";
import { notify, notifyFailure } from "../ui/notice";
import { word } from "../words";

const t = words({
  sure: ["ลบ “{name}” หรือไม่", "Remove “{name}”?"],
  removed: ["ลบ “{name}” แล้ว", "“{name}” was removed"],
});

/** Ask, remove, and say that it is done or why it is not. `text`: what follows from it. False if the answer is no. */
export async function removeIfSure(name: string, text: string, send: () => Promise<unknown>): Promise<boolean> {
  const yes = await ask({ title: t("sure", { name }), text, yes: word("remove"), no: word("cancel"), danger: true });
  if (!yes) return false;
  try {
    await send();
    notify(t.both("removed", { name }));
  } catch (caught) {
    notifyFailure(failureOf(caught));
  }
  return true;
}
