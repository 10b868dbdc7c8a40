import { expect, it } from "vitest";
import { idIn } from "./card-reader";

it.each([
  [{ pid: "1101700230708", titleName: "นาย" }],
  [{ cid: "1-1017-00230-70-8" }],
  [{ citizenId: 1101700230708 }],
])("takes the id of %o", (answer) => {
  expect(idIn(answer)).toBe("1101700230708");
});

it.each([[undefined], [null], ["1101700230708"], [[]], [{}], [{ pid: "" }], [{ pid: "1101700230709" }], [{ pid: {} }]])(
  "takes nothing of %o",
  (answer) => {
    expect(idIn(answer)).toBeUndefined();
  },
);
