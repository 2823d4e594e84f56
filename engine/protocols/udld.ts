/** Cisco's Unidirectional Link Detection, RFC 5171. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, type Field, nameOf, str, u8, u16, type ValueNames } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { snapPids } from "../dissect/tables.ts";
import { escapeText } from "../dissect/text.ts";
import { data } from "./data.ts";

const OPCODES: ValueNames = { 0: "Reserved", 1: "Probe", 2: "Echo", 3: "Flush" };
const TYPES: ValueNames = {
  1: "Device ID",
  2: "Port ID",
  3: "Echo",
  4: "Message interval",
  5: "Timeout interval",
  6: "Device name",
  7: "Sequence number",
};

const f = {
  version: u8("udld.version", "Version", { mask: 0xe0 }),
  opcode: u8("udld.opcode", "Opcode", { mask: 0x1f, names: OPCODES }),
  flags: u8("udld.flags", "Flags"),
  timeout: u8("udld.flags.rt", "Recommended timeout", { base: "HEX", mask: 0x01 }),
  resynch: u8("udld.flags.rsy", "ReSynch", { base: "HEX", mask: 0x02 }),
  checksum: u16("udld.checksum", "Checksum", { base: "HEX" }),
  type: u16("udld.tlv.type", "Type", { base: "HEX", names: TYPES }),
  length: u16("udld.tlv.len", "Length"),
  device: str("udld.device_id", "Device ID"),
  port: str("udld.sent_through_interface", "Sent through Interface"),
  data: bytes("udld.data", "Data"),
};

const x = {
  length: expert("udld.tlv.len.invalid", "warning", "Protocol", "TLV with invalid length (< 4)"),
};

export const udld = protocol({
  name: "udld",
  title: "Unidirectional Link Detection",
  short: "UDLD",
  fields: f,
  experts: x,
  on: [[snapPids, 0x00_000c_0111]],
  dissect,
});

const TLV_HEADER = 4;
const DEVICE = 1;
const PORT = 2;

/** RFC 5171 section 4. */
function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("");
  d.bits(f.version, d.pos, 1);
  d.bits(f.opcode, d.pos, 1);
  d.skip(1);
  d.bitset(f.flags, 1, [f.timeout, f.resynch]);
  d.u16(f.checksum);
  while (d.remaining > 0) {
    const at = d.pos;
    const type = d.peek16();
    const length = d.peek16(2);
    const isShort = length < TLV_HEADER;
    d.openText(at, length, isShort ? `TLV with invalid length ${length} (< 4)` : tlvText(type, length));
    d.u16(f.type);
    d.u16(f.length);
    if (isShort) {
      d.expert(x.length);
      if (d.labels) d.close();
      break;
    }
    d.needAt(at, length);
    if (type === DEVICE) addString(d, f.device, length, "Device ID");
    else if (type === PORT) addString(d, f.port, length, "Port ID");
    else if (length > TLV_HEADER) d.bytes(f.data, length - TLV_HEADER);
    if (d.labels) d.close(at + length);
    d.pos = at + length;
  }
  if (d.remaining > 0) d.callBelow(data);
}

function tlvText(type: number, length: number): string {
  if (type === DEVICE || type === PORT) return nameOf(TYPES, type)!;
  const name = nameOf(TYPES, type) ?? `Unknown (0x${type.toString(16).padStart(4, "0")})`;
  return `Type: ${name}, length: ${length}`;
}

function addString(d: Dissection, field: Field, length: number, title: string): void {
  const text = escapeText(d.str(field, length - TLV_HEADER, "ascii"));
  if (d.labels) d.appendParent(`: ${text}`);
  if (d.columns) d.addInfo(`${title}: ${text}  `);
}
