import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { RequestFailed } from "./api/failure";
import { useForm } from "./form";

const REFUSED = { status: 400, code: "InvalidRequest", message: { th: "ผิด", en: "Wrong" }, detail: {} };

interface Props {
  name?: string;
  version?: number;
  send?: (name: string, version: number) => Promise<number | void>;
}

let form: ReturnType<typeof useForm<{ name: string }>>;
let page: HTMLElement;
beforeEach(() => void (page = document.createElement("div")));

function Screen({ name = "", version = 1, send = async () => {} }: Props) {
  form = useForm({
    initial: { name },
    version,
    body: ({ name }) => name.trim(),
    check: ({ name }) => ({ name: name.trim() ? undefined : "required" }),
    send: ({ name }, version) => send(name, version),
  });
  return (
    <form {...form.props}>
      <input aria-invalid={Boolean(form.errors.name)} />
    </form>
  );
}

const show = (props: Props = {}) => act(() => render(<Screen {...props} />, page));
const type = (name: string) => act(() => form.set({ name }));
const save = (theirs?: { version: number }) => act(async () => void (await form.save(theirs)));

it("shows errors from the first attempt to save on, and sends nothing", async () => {
  const sent: string[] = [];
  await show({ version: 0, send: async (name) => void sent.push(name) });
  await type(" ");
  expect(form.errors.name).toBeUndefined();
  await save();
  expect(form.errors.name).toBe("required");
  expect(sent).toEqual([]);
});

it("shows the error of an edited field of a stored record at once", async () => {
  await show({ name: "a", version: 1 });
  expect(form.errors.name).toBeUndefined();
  await type("");
  expect(form.errors.name).toBe("required");
});

it("shows an error of the API until the field is changed", async () => {
  const refuse = async () => {
    throw new RequestFailed({ ...REFUSED, fields: { name: "too long" } });
  };
  await show({ name: "a", send: refuse });
  await save();
  expect(form.errors.name).toBe("ผิด");
  await type("b");
  expect(form.errors.name).toBeUndefined();
});

it("follows a newer version of the record while it has no change of its own", async () => {
  await show({ name: "a", version: 1 });
  await type("a "); // sent, it would be the same
  await show({ name: "b", version: 2 });
  expect(form.values.name).toBe("b");
  expect(form.changed).toBe(false);
});

it("keeps what was typed, and the version that it began with, so that saving reports the conflict", async () => {
  const versions: number[] = [];
  const send = async (_: string, version: number) => void versions.push(version);
  await show({ name: "a", version: 1, send });
  await type("mine");
  await show({ name: "b", version: 2, send });
  expect(form.values.name).toBe("mine");
  await save();
  await save({ version: 2 }); // saved over the other person's record
  expect(versions).toEqual([1, 2]);
});

it("is unchanged once it was saved, at the version that was stored", async () => {
  const versions: number[] = [];
  const send = async (_: string, version: number) => versions.push(version) + 7;
  await show({ name: "a", version: 1, send });
  await type("b");
  expect(form.changed).toBe(true);
  await save();
  expect(form.changed).toBe(false);
  await type("c");
  await save();
  expect(versions).toEqual([1, 8]);
});
