/** All test files run in one process, in any order: nothing that a test leaves behind may reach the next file. */
import { afterEach } from "vitest";
import { setLanguage } from "./i18n";
import { caller } from "./session";

afterEach(() => {
  caller.value = undefined;
  setLanguage("th");
  globalThis.sessionStorage?.clear();
  globalThis.localStorage?.clear();
});
