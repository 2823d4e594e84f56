import { expect, test } from "vitest";
import { dissect } from "./harness.ts";
import { udpFrame } from "./udp-frames.ts";

const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, "0");
const text = (words: string): string => hex(words.length, 2) + Buffer.from(words).toString("hex");
const message = (type: number, body: string, flags = 0): string =>
  `02${hex(type, 1)}${hex(16 + body.length / 2, 3)}${hex(flags, 2)}0000001234${text("en")}${body}`;
const show = (payload: string) => dissect(udpFrame(40000, 427, payload));

const AUTH = `0002${hex(24, 2)}5f5e1000${text("spi")}${"41".repeat(11)}`;
const url = (auths: string): string => `00012c${text("service:x://h")}${auths}`;

test("a request", () => {
  const {
    info,
    text: tree,
    fields,
  } = show(
    message(1, text("10.0.0.1") + text("service:printer") + text("DEFAULT") + text("") + text(""), 0x2000),
  );
  expect(info).toBe("Service Request, V2 XID - 4660");
  expect(tree).toContain("Flags: 0x2000, Multicast requested");
  expect(fields.get("srvloc.srvreq.srvtypelist")).toEqual(["service:printer"]);
  expect(fields.has("srvloc.srvreq.predicate")).toBe(false);
});

test("a reply with URLs, of which one is signed", () => {
  const { fields } = show(message(2, `00000002${url(`01${AUTH}`)}${url("00")}`));
  expect(fields.get("srvloc.url.url")).toEqual(["service:x://h", "service:x://h"]);
  expect(fields.get("srvloc.authblkv2.timestamp")).toEqual(["Sep 13, 2020 12:26:40.000000000 UTC"]);
});

test("a registration and its attributes", () => {
  const { text: tree } = show(
    message(3, `${url("00")}${text("service:x")}${text("DEFAULT")}${text("(a=1,2),b")}00`),
  );
  expect(tree).toContain("Attribute List: (a=1,2),b\n    Item 1: (a=1,2)\n    Item 2: b\n");
});

test("the other messages", () => {
  expect(show(message(4, `${text("DEFAULT")}${url("00")}${text("tag")}`)).text).toContain("Tag List: tag");
  const asked = text("") + text("service:x://h") + text("DEFAULT") + text("t") + text("s");
  expect(show(message(6, asked)).text).toContain("Service URL: service:x://h");
  expect(show(message(7, `0000${text("(a=1)")}00`)).text).toContain("Item 1: (a=1)");
  const directory = `00005f5e1000${text("u")}${text("D")}${text("(a=1)")}${text("")}01${AUTH}`;
  expect(show(message(8, directory)).text).toContain("SLP SPI: spi");
  expect(show(message(9, `${text("")}ffff${text("D")}`)).text).toContain("(All Naming Authorities): 65535");
  expect(show(message(10, `0000${text("service:a")}`)).text).toContain("Service Type List: service:a");
  expect(show(message(11, `${text("u")}${text("D")}${text("(a=1)")}00`)).text).toContain("Auths: 0");
});

test("errors, and what is unknown or cut short", () => {
  expect(show(message(5, "000a")).text).toContain("Error: The DA (or SA) is too sick to respond");
  expect(show(message(5, "004d")).text).toContain("Error: Unknown SRVLOC Error (0x4d)");
  const strange = show(message(12, "7878"));
  expect(strange.info).toBe("Unknown Function (12), V2 XID - 4660");
  expect(strange.text).toContain("Unknown Function Type: 12");
  expect(show(message(10, "0002")).info).toContain("[Malformed Packet]");
  expect(show(message(3, `${url(`01${AUTH.slice(0, 20)}`)}`)).info).toContain("[Malformed Packet]");
});

test("the header of version 1", () => {
  const { info, text: tree } = show("01010010800065 6e00031234 6162".replaceAll(" ", ""));
  expect(tree).toContain("Overflow: Message will not fit in datagram");
  expect(info).toBe("Service Request, V1 Transaction ID - 4660");
});
