import { render } from "preact";
import { App } from "./app";
import { start } from "./session";
import { keepForOffline } from "./offline";

void keepForOffline();
void start();
render(<App />, document.getElementById("app")!);
