import { render } from "preact";
import { App } from "./app";
import { resume, watchIdle } from "./session";

resume();
watchIdle();
render(<App />, document.getElementById("app")!);
