import { expect, test } from "vitest";
import { dissect } from "./harness.ts";

const IP = "0200000000010200000000020800";

test("a prefix takes the bytes it leaves out from the one before", () => {
  const update = dissect(
    `${IP}4500005000010000401100000a0000010a0000021a281a28003c00002a020030040600000001019008120280400006400001000020010db80000000108120200800806400001006000000000aabbccdd`,
  );
  expect(update.info).toBe("Babel hello update update");
  expect(update.text).toContain("Prefix: 2001:db8:0:1::/64");
  expect(update.text).toContain("Prefix: 2001:db8:0:1::aabb:ccdd/128");
});

test("what does not begin with the magic number is not Babel's", () => {
  const other = dissect(`${IP}4500002000010000401100000a0000010a0000021a281a28000c00002b020000`);
  expect(other.fields.has("babel.version")).toBe(false);
});
