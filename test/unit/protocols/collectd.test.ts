import { expect, test } from "vitest";
import { dissect } from "./harness.ts";
import { udpFrame } from "./udp-frames.ts";

const part = (type: string, content: string): string =>
  `${type}${(4 + content.length / 2).toString(16).padStart(4, "0")}${content}`;
const text = (type: string, words: string): string => part(type, `${Buffer.from(words).toString("hex")}00`);
const number = (value: bigint): string => value.toString(16).padStart(16, "0");
const show = (payload: string) => dissect(udpFrame(40000, 25826, payload));

const HOST = text("0000", "box");
const PLUGIN = text("0002", "cpu");

test("values, with all that was said before them", () => {
  const values = part("0006", `00020102${"000000000000f83f"}${"ffffffffffffffff"}`);
  const time = part("0008", number((1_600_000_000n << 30n) + (1n << 29n)));
  const {
    text: tree,
    info,
    protocol,
  } = show(HOST + time + part("0009", number(10n << 30n)) + PLUGIN + text("0004", "load") + values);
  expect(protocol).toBe("collectd");
  expect(info).toBe("Host=box,  1 value  for 1 plugin,  0 messages");
  expect(tree).toContain("collectd TIME_HR segment: Sep 13, 2020 12:26:40.500000000 UTC");
  expect(tree).toContain("collectd INTERVAL_HR segment: 10 seconds");
  expect(tree).toContain("collectd VALUES segment: 2 values");
  expect(tree).toContain("        Gauge value: 1.5");
  expect(tree).toContain("        Derive value: -1");
  expect(tree).toMatch(/\[Assembled metric\]\n {6}Host name: box\n {6}Plugin: cpu\n {6}Type: load\n/);
});

test("a message and its severity", () => {
  const { text: tree, info } = show(HOST + part("0101", number(4n)) + text("0100", "fine"));
  expect(tree).toContain("collectd SEVERITY segment: OKAY (4)");
  expect(tree).toContain("[Assembled notification]");
  expect(info).toBe("Host=box,  0 values for 0 plugins, 1 message");
});

test("what is signed or encrypted", () => {
  const signed = show(part("0200", `${"aa".repeat(32)}${"62"}`));
  expect(signed.fields.get("collectd.data.username")).toEqual(["b"]);
  const content = (length: string): string =>
    part("0210", `${length}6162${"11".repeat(16)}${"22".repeat(5)}`);
  expect(show(content("0002")).fields.get("collectd.data.encrypted")).toEqual(["2222222222"]);
  expect(show(content("00ff")).text).toContain("Invalid username length field for an encryption part.");
});

test("parts that are not right", () => {
  expect(show(`${HOST}0000`).text).toContain("Garbage at end of packet: Length = 2 <BAD>");
  expect(show("00000003").text).toContain("Bad part length: Is 3, expected at least 4");
  expect(show(part("0999", "616263")).info).toBe(
    "Host=(null),  0 values for 0 plugins, 0 messages, 1 unknown",
  );
  expect(show(part("0001", "00".repeat(9))).text).toContain("Invalid length field for an integer part.");
  const values = show(part("0006", `000300${"00".repeat(8)}`)).text;
  expect(values).toContain("collectd VALUES segment: 3 (1) values <BAD>");
  expect(show("0000006461").info).toContain("[Malformed Packet]");
});
