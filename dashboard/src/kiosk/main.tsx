import { render } from "preact";
import { stayAwake } from "../wake-lock";
import { App } from "./app";
import { readCards } from "./card-reader";
import { hospital, resume } from "./session";
import { arrive, stay, view } from "./state";
import { press } from "./keyboard-input";

resume();
stayAwake();

addEventListener("keydown", (event) => {
  const isForm = event.target instanceof HTMLInputElement;
  if (!hospital.value || isForm || event.ctrlKey || event.altKey || event.metaKey) return;
  stay();
  const code = press(event.key, event.timeStamp, view.value.kind === "keypad");
  if (!code) return;
  event.preventDefault(); // Enter would press the button that has the focus
  void arrive(code);
});

readCards((cid) => {
  if (hospital.value) void arrive(cid);
});

render(<App />, document.getElementById("app")!);
