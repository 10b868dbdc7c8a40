import { render } from "preact";
import { resume, watchIdle } from "../session";
import { App } from "./app";

resume();
watchIdle();
render(<App />, document.getElementById("app")!);
