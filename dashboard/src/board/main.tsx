import { render } from "preact";
import { stayAwake } from "../wake-lock";
import { App } from "./app";
import { follow, shown } from "./document";
import { watchForNewCode } from "./reload";
import { newCalls, resumeSound, speak } from "./speech";

const token = location.hash.slice(1);
addEventListener("hashchange", () => location.reload());
stayAwake();
watchForNewCode();
resumeSound();
if (token) follow(token);
shown.subscribe((board) => board && speak(newCalls(board)));
render(<App hasToken={token !== ""} />, document.getElementById("app")!);
