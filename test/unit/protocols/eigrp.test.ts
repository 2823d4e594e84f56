import { expect, test } from "vitest";
import { dissect } from "./harness.ts";

const IP = "0200000000010200000000020800";

test("a hello with its coefficients and the release", () => {
  const hello = dissect(
    `${IP}4500003c00010000405800000a0000010a0000020205ed6a000000000000000000000000000000640001000c010001000000000f000400080c040200`,
  );
  expect(hello.chain).toBe("eth:ethertype:ip:eigrp");
  expect(hello.protocol).toBe("EIGRP");
  expect(hello.info).toBe("Hello");
  expect(hello.text).toContain("Checksum: 0xed6a [correct]");
  expect(hello.text).toContain("Virtual Router ID: 0 (Address-Family)");
  expect(hello.text).toContain("Software Version: EIGRP=12.4, TLV=2.0");
  expect(hello.text).toContain("EIGRP Release: 12.04");
});

test("routes of both families with wide metrics", () => {
  const update = dissect(
    `${IP}4500009100010000405800000a0000010a000002020151da000000000000000000000000000000640602002c00000001090909090000ff010005dc020000000f42400000009896800000000f00000000180a01020602003d00000002090909090000ff010005dc020000000f424000000098968000000000000000000000000000000000000000004020010db800000000`,
  );
  expect(update.info).toBe("Update");
  expect(update.text).toContain("Internal Route  =   10.1.2.0/24");
  expect(update.text).toContain("Internal Route  =   2001:db8::/64");
  expect(update.fields.get("eigrp.metric.delay")).toEqual(["1000000", "1000000"]);
});

test("a TLV shorter than its head ends the packet's dissection", () => {
  const corrupt = dissect(
    `${IP}4500002d00010000405800000a0000010a0000020205fb95000000000000000000000000000000640004000231`,
  );
  expect(corrupt.text).toContain("Corrupt TLV (Length field less than 4)");
  const cut = dissect(
    `${IP}4500002e00010000405800000a0000010a0000020205fb9500000000000000000000000000000064000400083132`,
  );
  expect(cut.info).toBe("Hello[Malformed Packet]");
});
