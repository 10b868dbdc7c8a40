import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { IsoDate } from "../dates";
import { useForm } from "../form";
import { DateField } from "./field";
import { Form } from "./form";

let page: HTMLElement;
let sent: (IsoDate | undefined)[];
beforeEach(() => {
  page = document.body.appendChild(document.createElement("div"));
  sent = [];
});
afterEach(() => {
  render(null, page);
  page.remove();
});

/** A form with a date that may be missing, as it is stored. */
function Born({ stored }: { stored: IsoDate | undefined }) {
  const form = useForm({
    initial: { birth: stored },
    check: () => ({}),
    send: async ({ birth }) => void sent.push(birth),
  });
  return (
    <Form form={form}>
      <DateField label="Born" optional birth {...form.field("birth")} />
      <input class="next" />
    </Form>
  );
}

const show = (stored?: IsoDate) => act(() => render(<Born stored={stored} />, page));
const input = () => page.querySelector<HTMLInputElement>(".date-typed input")!;
const month = () => page.querySelector<HTMLDialogElement>("dialog");
const press = (on: Element, key: string, more: KeyboardEventInit = {}) =>
  act(() => void on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more })));
const type = (text: string) =>
  act(() => {
    input().value = text;
    input().dispatchEvent(new Event("input", { bubbles: true }));
  });
const send = () =>
  act(() => void page.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
const drawn = () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
/** The month is loaded when it is opened. */
async function opened() {
  await act(async () => void (await import("./date-picker")));
  await act(drawn);
}

it.each([undefined, "1990-02-15"])("a date that cannot be read is not sent as no date; stored is %s", async (stored) => {
  await show(stored);
  await type("31/02/2533");
  await press(input(), "Enter");
  await send();
  expect(sent).toEqual([]);
  expect(input().getAttribute("aria-invalid")).toBe("true");
  page.querySelector<HTMLElement>(".next")!.focus();
  await send();
  await act(drawn);
  expect(document.activeElement).toBe(input());

  await type("");
  await send();
  expect(sent).toEqual([undefined]);
});

it("opens the month by its button", async () => {
  await show();
  const opener = page.querySelector("button")!;
  opener.focus();
  await act(() => opener.click());
  await opened();
  expect(month()!.open).toBe(true);
});

it("does not open the month again on the repeats of the Enter that chose a day", async () => {
  await show("1990-02-15");
  const opener = page.querySelector("button")!;
  const isIgnored = (on: Element, repeat: boolean) =>
    !on.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", repeat, bubbles: true, cancelable: true }));
  expect([isIgnored(opener, true), isIgnored(opener, false)]).toEqual([true, false]);
  opener.focus();
  await act(() => opener.click());
  await opened();
  const day = month()!.querySelector('[data-date="1990-02-15"]')!;
  expect([isIgnored(day, true), isIgnored(day, false)]).toEqual([true, false]);
});

it("opens the month again after the system has closed it", async () => {
  await show();
  const opener = page.querySelector("button")!;
  opener.focus();
  await act(() => opener.click());
  await opened();
  await act(() => month()!.close());
  await act(drawn);
  expect(month()).toBeNull();
  await act(() => opener.click());
  expect(month()!.open).toBe(true);
});

it("opens no month that comes when the user has gone on to another field", async () => {
  vi.resetModules(); // the month is not loaded yet
  const { DateField } = await import("./field");
  await act(() =>
    render(
      <>
        <DateField label="Born" birth value={undefined} onValue={() => undefined} />
        <input class="next" />
      </>,
      page,
    ),
  );
  const next = page.querySelector<HTMLElement>(".next")!;
  page.querySelector("button")!.focus();
  page.querySelector("button")!.click();
  next.focus();
  await opened();
  expect(month()).toBeNull();
  expect(document.activeElement).toBe(next);
});
