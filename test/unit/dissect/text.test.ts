import { describe, expect, test } from "vitest";
import { str } from "../../../engine/dissect/field.ts";
import { bareLabel } from "../../../engine/dissect/format.ts";
import { Node } from "../../../engine/dissect/node.ts";
import {
  decodeText,
  escapeText,
  formatAbsTime,
  formatG,
  formatGuid,
  formatIpv4,
  formatIpv6,
  formatOid,
  formatSeconds,
} from "../../../engine/dissect/text.ts";

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replace(/[^0-9a-f]/gi, ""), "hex"));

describe("addresses", () => {
  test.each([
    ["00000000000000000000000000000000", "::"],
    ["00000000000000000000000000000001", "::1"],
    ["20010db8000000000000000000000001", "2001:db8::1"],
    ["20010db8000000010000000000000001", "2001:db8:0:1::1"],
    ["20010db8000100010001000100010000", "2001:db8:1:1:1:1:1:0"],
    ["00010000000000020000000000000003", "1:0:0:2::3"],
    ["00000000000000000000ffffc0000201", "::ffff:192.0.2.1"],
    ["fe80000000000000020000fffe00000a", "fe80::200:ff:fe00:a"],
  ])("%s is %s (RFC 5952)", (hex, text) => {
    expect(formatIpv6(bytes(hex))).toBe(text);
  });

  test("IPv4 is dotted decimal", () => {
    expect(formatIpv4(0xc00002ff)).toBe("192.0.2.255");
  });
});

test("a GUID keeps its groups", () => {
  expect(formatGuid(bytes("00112233445566778899aabbccddeeff"))).toBe("00112233-4455-6677-8899-aabbccddeeff");
});

test.each([
  ["2a864886f70d010101", "1.2.840.113549.1.1.1"],
  ["550403", "2.5.4.3"],
  ["883703", "2.999.3"],
])("the object identifier %s is %s (X.690 8.19)", (hex, text) => {
  expect(formatOid(bytes(hex))).toBe(text);
});

describe("times", () => {
  test("are shown with nine digits and UTC", () => {
    expect(formatAbsTime(1_767_323_045, 6, true)).toBe("Jan  2, 2026 03:04:05.000000006 UTC");
  });
  test("beyond the calendar are not representable", () => {
    expect(formatAbsTime(1e18, 0, true)).toBe("Not representable");
  });
  test.each([
    [0n, 9, "0.000000000"],
    [-1_500_000_000n, 6, "-1.500000"],
    [1_234_567_890n, 0, "1"],
  ])("differences: %s with %s digits", (ns, digits, text) => {
    expect(formatSeconds(ns, digits)).toBe(text);
  });
});

test.each([
  [0, "0"],
  [0.5, "0.5"],
  [1e21, "1e+21"],
  [0.00001, "1e-05"],
  [123456, "123456"],
  [1234567, "1.23457e+06"],
  [Number.NaN, "nan"],
])("%s in %%g is %s", (value, text) => {
  expect(formatG(value, 6)).toBe(text);
});

describe("text", () => {
  test("ends at a NUL", () => {
    expect(decodeText(bytes("6162006364"), 0, 5, "utf-8")).toBe("ab");
  });
  test("that is not valid becomes replacement characters", () => {
    expect(decodeText(bytes("61ff62"), 0, 3, "utf-8")).toBe("a\ufffdb");
    expect(decodeText(bytes("61ff62"), 0, 3, "ascii")).toBe("a\ufffdb");
  });
  test("in UTF-16 of either byte order", () => {
    expect(decodeText(bytes("00610062"), 0, 4, "utf-16be")).toBe("ab");
    expect(decodeText(bytes("61006200"), 0, 4, "utf-16le")).toBe("ab");
  });
  test("is escaped onto one line", () => {
    expect(escapeText("a\r\n\t\\b\x01é")).toBe("a\\r\\n\\t\\b\\001é");
  });
});

describe("lines of 240 bytes and more", () => {
  const field = str("toy.long", "Long");
  const line = (value: string, suffix = ""): string => {
    const node = new Node(field, 0, 0, 0, value, 0, 0, null);
    node.suffix = suffix;
    return bareLabel(node);
  };
  test("are cut and marked behind the title", () => {
    const text = line("x".repeat(500));
    expect(text.startsWith("Long [truncated]: xxx")).toBe(true);
    expect(text).toMatch(/^Long \[truncated\]: x+$/);
    expect(Buffer.byteLength(text)).toBeLessThan(240);
  });
  test("are cut between characters", () => {
    expect(line("é".repeat(300))).toMatch(/^Long \[truncated\]: é+$/);
  });
  test("shorter ones stay whole", () => {
    expect(line("x".repeat(200), " (suffix)")).toBe(`Long: ${"x".repeat(200)} (suffix)`);
  });
});
