/** Cisco's Dynamic Trunk Protocol: US patent 6,445,715 and common practice. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, ether, expert, nameOf, str, u8, u16, type ValueNames } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { snapPids } from "../dissect/tables.ts";
import { escapeText, formatEther } from "../dissect/text.ts";

const TYPES: ValueNames = { 1: "Domain", 2: "Trunk Status", 3: "Trunk Type", 4: "Sender ID" };
const OPERATING: ValueNames = { 0: "Access", 1: "Trunk" };
const ADMINISTRATIVE: ValueNames = { 1: "On", 2: "Off", 3: "Desirable", 4: "Auto" };
const OPERATING_TYPES: ValueNames = { 1: "Native", 2: "ISL", 5: "802.1Q" };
const ADMINISTRATIVE_TYPES: ValueNames = { 0: "Negotiated", 1: "Native", 2: "ISL", 5: "802.1Q" };

const f = {
  version: u8("dtp.version", "Version"),
  type: u16("dtp.tlv_type", "Type", { base: "HEX", names: TYPES }),
  length: u16("dtp.tlv_len", "Length"),
  domain: str("dtp.domain", "Domain"),
  status: u8("dtp.tos", "Trunk Operating Status", { base: "HEX", mask: 0x80, names: OPERATING }),
  adminStatus: u8("dtp.tas", "Trunk Administrative Status", {
    base: "HEX",
    mask: 0x07,
    names: ADMINISTRATIVE,
  }),
  trunkType: u8("dtp.tot", "Trunk Operating Type", { base: "HEX", mask: 0xe0, names: OPERATING_TYPES }),
  adminType: u8("dtp.tat", "Trunk Administrative Type", {
    base: "HEX",
    mask: 0x07,
    names: ADMINISTRATIVE_TYPES,
  }),
  sender: ether("dtp.senderid", "Sender ID"),
  data: bytes("dtp.data", "Data"),
};

const x = {
  tooShort: expert(
    "dtp.tlv_len.too_short",
    "error",
    "Malformed",
    "Indicated length is less than the minimum length",
  ),
  invalid: expert(
    "dtp.tlv_len.invalid",
    "error",
    "Malformed",
    "Indicated length does not correspond to this record type",
  ),
};

export const dtp = protocol({
  name: "dtp",
  title: "Dynamic Trunk Protocol",
  short: "DTP",
  fields: f,
  experts: x,
  on: [[snapPids, 0x00_000c_2004]],
  dissect,
});

const DOMAIN = 1;
const STATUS = 2;
const TYPE = 3;
const SENDER = 4;

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("Dynamic Trunk Protocol");
  d.u8(f.version);
  if (!d.building) return;
  while (d.remaining > 0) {
    const at = d.pos;
    const type = d.peek16();
    const length = d.peek16(2);
    const name = nameOf(TYPES, type) ?? `Unknown TLV type: 0x${type.toString(16).padStart(2, "0")}`;
    d.openText(at, length, name);
    d.u16(f.type);
    d.u16(f.length);
    if (length < 4) {
      d.expert(x.tooShort);
      if (d.labels) d.close();
      break;
    }
    d.needAt(at, length);
    addValue(d, type, length - 4);
    if (d.labels) d.close(at + length);
    d.pos = at + length;
  }
}

function addValue(d: Dissection, type: number, length: number): void {
  const expected = type === SENDER ? 6 : type === STATUS || type === TYPE ? 1 : length;
  if (length !== expected) {
    d.expert(x.invalid);
    return;
  }
  if (type === DOMAIN) {
    const text = d.str(f.domain, length, "ascii");
    if (d.labels) d.appendLayer(`: ${escapeText(text)}`);
  } else if (type === STATUS) {
    addPair(d, `${nameOf(OPERATING, d.peek8() >> 7)}/${nameOf(ADMINISTRATIVE, d.peek8() & 7) ?? "Unknown"}`);
    d.bits(f.status, d.pos, 1);
    d.bits(f.adminStatus, d.pos, 1);
    if (d.labels) d.close();
  } else if (type === TYPE) {
    const operating = nameOf(OPERATING_TYPES, d.peek8() >> 5) ?? "Unknown";
    addPair(d, `${operating}/${nameOf(ADMINISTRATIVE_TYPES, d.peek8() & 7) ?? "Unknown"}`);
    d.bits(f.trunkType, d.pos, 1);
    d.bits(f.adminType, d.pos, 1);
    if (d.labels) d.close();
  } else if (type === SENDER) {
    if (d.labels) d.appendLayer(`: ${formatEther(d.peekBytes(6))}`);
    d.ether(f.sender);
  } else if (length > 0) d.bytes(f.data, length);
}

/** Opens the line of what runs and what is configured. */
function addPair(d: Dissection, names: string): void {
  const text = `${names} (0x${d.peek8().toString(16).padStart(2, "0")})`;
  if (d.labels) d.appendLayer(` (Operating/Administrative): ${text}`);
  d.openText(d.pos, 1, `Value: ${text}`);
}
