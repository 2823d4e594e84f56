/** Bluetooth service discovery: Bluetooth Core Specification 5.3, volume 3 part B. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, i64, nameOf, none, str, u8, u16, u32, u64 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { formatHex } from "../dissect/text.ts";
import { l2capPsms } from "./btl2cap.ts";
import { PSMS, UUIDS } from "./names/bluetooth.ts";

const PDUS: Readonly<Record<number, string>> = {
  1: "Error Response",
  2: "Service Search Request",
  3: "Service Search Response",
  4: "Service Attribute Request",
  5: "Service Attribute Response",
  6: "Service Search Attribute Request",
  7: "Service Search Attribute Response",
};
const ERRORS: Readonly<Record<number, string>> = {
  1: "Invalid/Unsupported SDP Version",
  2: "Invalid Service Record Handle",
  3: "Invalid Request Syntax",
  4: "Invalid PDU Size",
  5: "Invalid Continuation State",
  6: "Insufficient Resources to Satisfy Request",
};
const TYPES: Readonly<Record<number, string>> = {
  0: "Nil",
  1: "Unsigned Integer",
  2: "Signed Twos-Complement Integer",
  3: "UUID",
  4: "Text string",
  5: "Boolean",
  6: "Sequence",
  7: "Alternative",
  8: "URL",
};
const SIZES: Readonly<Record<number, string>> = {
  0: "1 byte (0 bytes if Nil)",
  1: "2 bytes",
  2: "4 bytes",
  3: "8 bytes",
  4: "16 bytes",
  5: "uint8",
  6: "uint16",
  7: "uint32",
};
const ATTRIBUTES: Readonly<Record<number, string>> = {
  0: "Service Record Handle",
  1: "Service Class ID List",
  2: "Service Record State",
  3: "Service ID",
  4: "Protocol Descriptor List",
  5: "Browse Group List",
  6: "Language Base Attribute ID List",
  7: "Service Info Time To Live",
  8: "Service Availability",
  9: "Bluetooth Profile Descriptor List",
  10: "Documentation URL",
  11: "Client Executable URL",
  12: "Icon URL",
  13: "Additional Protocol Descriptor Lists",
  256: "Service Name",
  257: "Service Description",
  258: "Provider Name",
};
const CHARACTER_SETS: Readonly<Record<number, string>> = {
  3: "US-ASCII",
  4: "ISO-8859-1",
  106: "UTF-8",
  1000: "ISO-10646-UCS-2",
  1013: "UTF-16BE",
  1014: "UTF-16LE",
  1015: "UTF-16",
};

const f = {
  pdu: u8("btsdp.pdu", "PDU", { base: "HEX", names: PDUS }),
  tid: u16("btsdp.tid", "Transaction Id", { base: "HEX" }),
  length: u16("btsdp.len", "Parameter Length"),
  error: u16("btsdp.error_code", "Error Code", { base: "HEX", names: ERRORS }),
  total: u16("btsdp.ssr.total_count", "Total Service Record Count"),
  current: u16("btsdp.ssr.current_count", "Current Service Record Count"),
  handles: none("btsdp.service_record_handle_list", "Service Record Handle List"),
  handle: u32("btsdp.service_record_handle", "Service Record Handle", { base: "HEX" }),
  maxRecords: u16("btsdp.maximum_service_record_count", "Maximum Service Record Count"),
  maxBytes: u16("btsdp.maximum_attribute_byte_count", "Maximum Attribute Byte Count"),
  byteCount: u16("btsdp.attribute_list_byte_count", "Attribute List Byte Count"),
  pattern: none("btsdp.service_search_pattern", "Service Search Pattern"),
  idList: none("btsdp.attribute_id_list", "Attribute ID List"),
  range: u32("btsdp.attribute_range", "Attribute Range", { base: "HEX" }),
  rangeFrom: u16("btsdp.attribute_range.from", "Attribute Range From", { base: "HEX" }),
  rangeTo: u16("btsdp.attribute_range.to", "Attribute Range To", { base: "HEX" }),
  list: none("btsdp.attribute_list", "Attribute List"),
  lists: none("btsdp.attribute_lists", "Attribute Lists"),
  attribute: none("btsdp.service_attribute", "Service Attribute"),
  attributeId: none("btsdp.service_attribute.attribute", "Attribute"),
  attributeValue: none("btsdp.service_attribute.value", "Value"),
  id: u16("btsdp.service.attribute", "Attribute ID", { base: "HEX", names: ATTRIBUTES }),
  element: none("btsdp.data_element", "Data Element"),
  type: u8("btsdp.data_element.type", "Data Element Type", { mask: 0xf8, names: TYPES }),
  size: u8("btsdp.data_element.size", "Data Element Size", { mask: 0x07, names: SIZES }),
  varSize: u32("btsdp.data_element.var_size", "Data Element Var Size"),
  value: none("btsdp.data_element.value", "Data Value"),
  nil: none("btsdp.data_element.value.nil", "Value: Nil"),
  unsigned: u64("btsdp.data_element.value.unsigned_int", "Value: Unsigned Int", { base: "DEC_HEX" }),
  signed: i64("btsdp.data_element.value.signed_int", "Value: Signed Int"),
  boolean: bool("btsdp.data_element.value.boolean", "Value: Boolean"),
  text: str("btsdp.data_element.value.string", "Value: String"),
  url: str("btsdp.data_element.value.url", "Value: URL"),
  uuid16: u16("btsdp.data_element.value.uuid_16", "Value: UUID", { base: "HEX", names: UUIDS }),
  uuid32: u32("btsdp.data_element.value.uuid_32", "Value: UUID", { base: "HEX", names: UUIDS }),
  uuid128: bytes("btsdp.data_element.value.uuid_128", "Value: UUID"),
  custom: bytes("btsdp.data_element.value.custom_uuid", "Value: Custom UUID"),
  sequence: none("btsdp.data_element.value.sequence", "Value: Sequence"),
  alternative: none("btsdp.data_element.value.alternative", "Value: Alternative"),
  protocolItem: none("btsdp.protocol_item", "Protocol"),
  protocol: none("btsdp.protocol", "Protocol Entry"),
  psm: u16("btsdp.protocol.psm", "L2CAP PSM", { names: PSMS }),
  channel: u8("btsdp.protocol.channel", "RFCOMM Channel", { base: "DEC_HEX" }),
  version: u16("btsdp.protocol.version", "Protocol Version", { base: "HEX" }),
  profiles: none("btsdp.profile_descriptor_list", "Profile Descriptor List"),
  language: none("btsdp.lang", "Language"),
  languageCode: str("btsdp.lang.code", "Language Code"),
  encoding: u16("btsdp.lang.encoding", "Language Encoding", { names: CHARACTER_SETS }),
  attributeBase: u16("btsdp.lang.attribute_base", "Attribute Base", { base: "HEX" }),
  state: u32("btsdp.service_record_state", "Service Record State", { base: "HEX_DEC" }),
  timeToLive: u32("btsdp.service_info_time_to_live", "Service Info Time to Live", { base: "DEC_HEX" }),
  availability: u8("btsdp.service_availability", "Service Availability", { base: "HEX" }),
  documentation: str("btsdp.documentation_url", "Documentation URL"),
  executable: str("btsdp.service_client_executable_url", "Service Client Executable URL"),
  icon: str("btsdp.icon_url", "Icon URL"),
  serviceName: str("btsdp.service_name", "Service Name"),
  description: str("btsdp.service_description", "Service Description"),
  provider: str("btsdp.provider_name", "Provider Name"),
  fragment: none("btsdp.fragment", "Data Fragment"),
  continuation: none("btsdp.continuation_state", "Continuation State"),
  continuationLength: u16("btsdp.continuation_state.length", "Continuation State Length"),
  continuationValue: none("btsdp.continuation_state.value", "Continuation State Value"),
};

export const btsdp = protocol({
  name: "btsdp",
  title: "Bluetooth SDP Protocol",
  short: "SDP",
  fields: f,
  on: [[l2capPsms, 1]],
  dissect,
});

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;

function dissect(d: Dissection): void {
  const pdu = d.u8(f.pdu);
  d.u16(f.tid);
  const length = d.u16(f.length);
  d.limit(length);
  if (d.columns) d.addInfo(`${nameOf(PDUS, pdu) ?? "Unknown"} `);
  switch (pdu) {
    case 1:
      d.u16(f.error);
      break;
    case 2:
      if (d.columns) d.addInfo(": ");
      addPattern(d, " : ");
      d.u16(f.maxRecords);
      addContinuation(d);
      break;
    case 3:
      addHandles(d);
      break;
    case 4: {
      const handle = d.u32(f.handle);
      if (d.columns) d.addInfo(`: ${hex(handle, 8)} - `);
      d.u16(f.maxBytes);
      addIdList(d);
      addContinuation(d);
      break;
    }
    case 5:
    case 7:
      addAttributes(d, pdu === 7);
      break;
    case 6:
      if (d.columns) d.addInfo(": ");
      addPattern(d, ": ");
      if (d.columns) d.addInfo(": ");
      d.u16(f.maxBytes);
      addIdList(d);
      addContinuation(d);
      break;
  }
}

/** `yes (1234)`, with the length and the bytes below it; `no (00)`. */
function addContinuation(d: Dissection): void {
  const length = d.peek8();
  d.open(f.continuation, d.pos, 1 + length);
  if (d.labels)
    d.append(
      length === 0
        ? ": no (00)"
        : `: yes (${formatHex(d.peekBytes(Math.min(length, d.remaining - 1), 1), " ")})`,
    );
  if (length > 0) {
    d.add(f.continuationLength, d.pos, 1, length);
    d.add(f.continuationValue, d.pos + 1, Math.min(length, d.remaining - 1), null);
  }
  d.close();
  d.skip(1 + length);
}

function addHandles(d: Dissection): void {
  d.u16(f.total);
  const count = d.u16(f.current);
  d.open(f.handles, d.pos, 4 * count);
  if (d.labels) d.append(` [count = ${count}]`);
  for (let i = 0; i < count; i++) d.u32(f.handle);
  d.close();
  addContinuation(d);
}

// ------------------------------------------------------------------ data elements, chapter 3

const NIL = 0;
const UNSIGNED = 1;
const SIGNED = 2;
const UUID = 3;
const TEXT = 4;
const BOOLEAN = 5;
const SEQUENCE = 6;
const ALTERNATIVE = 7;
const URL = 8;
const MAX_DEPTH = 12;

/** Where the value of the element at the cursor begins, and how long it is. */
function headerOf(d: Dissection, at: number): { type: number; head: number; length: number } {
  d.needAt(at, 1);
  const type = d.buf[at] >> 3;
  const size = d.buf[at] & 7;
  if (size < 5) return { type, head: 1, length: type === NIL && size === 0 ? 0 : 1 << size };
  const bytesOfLength = 1 << (size - 5);
  d.needAt(at + 1, bytesOfLength);
  let length = 0;
  for (let i = 0; i < bytesOfLength; i++) length = length * 256 + d.buf[at + 1 + i];
  return { type, head: 1 + bytesOfLength, length };
}

/** Adds the element at the cursor, with what `contents` adds of its value, and moves on behind it. */
function addElement(d: Dissection, contents: (type: number, length: number) => void): void {
  const at = d.pos;
  const { type, head, length } = headerOf(d, at);
  const { end, wireEnd } = d;
  const stop = Math.min(at + head + length, end);
  d.open(f.element, at, stop - at);
  if (d.labels) {
    const size = d.buf[at] & 7;
    d.append(`: ${TYPES[type] ?? "Unknown"} ${SIZES[size]}${size >= 5 ? ` ${length} bytes` : ""}`);
  }
  d.bits(f.type, at, 1);
  d.bits(f.size, at, 1);
  if (head > 1) d.add(f.varSize, at + 1, head - 1, length);
  d.pos = at + head;
  d.open(f.value, d.pos, stop - d.pos);
  if (d.labels && length === 0) d.append(": MISSING");
  d.end = stop;
  d.wireEnd = Math.min(at + head + length, wireEnd);
  contents(type, length);
  d.end = end;
  d.wireEnd = wireEnd;
  d.close();
  d.close();
  d.pos = stop;
}

/** The bytes of a UUID of 128 bits that stand for the Bluetooth base. */
const BASE = "00001000800000805f9b34fb";

/** The 16 or 32 bits by which a UUID is named; -1 for one of its own. */
function uuidAt(d: Dissection, at: number, length: number): number {
  const b = d.buf;
  if (length === 2) return (b[at] << 8) | b[at + 1];
  const four = ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
  if (length === 4) return four;
  return length === 16 && formatHex(b.subarray(at + 4, at + 16)) === BASE ? four : -1;
}

const uuidName = (uuid: number): string => UUIDS[uuid] ?? "Unknown";

/** The UUID that the element at `at` holds, by its name. */
function nameAt(d: Dissection, at: number): string {
  const { type, head, length } = headerOf(d, at);
  if (type !== UUID || at + head + length > d.end) return "Unknown";
  return uuidName(uuidAt(d, at + head, length));
}

function addUuid(d: Dissection, length: number): void {
  const uuid = uuidAt(d, d.pos, length);
  if (length === 2) d.u16(f.uuid16);
  else if (length === 4) d.u32(f.uuid32);
  else {
    d.bytes(uuid >= 0 ? f.uuid128 : f.custom, length);
    if (d.labels) d.append(` (${uuidName(uuid)})`);
  }
}

function unsignedHere(d: Dissection, length: number): bigint {
  let value = 0n;
  for (let i = 0; i < length && i < 8; i++) value = (value << 8n) | BigInt(d.peek8(i));
  return value;
}

/** A value of which nothing more is known; returns its text. */
function addPlain(d: Dissection, type: number, length: number, depth = 0): string {
  const at = d.pos;
  switch (type) {
    case NIL:
      d.add(f.nil, at, 0, null);
      return "Nil ";
    case UNSIGNED: {
      const value = unsignedHere(d, length);
      d.add(f.unsigned, at, length, value);
      return `${value} `;
    }
    case SIGNED: {
      const value = BigInt.asIntN(8 * Math.min(length, 8), unsignedHere(d, length));
      d.add(f.signed, at, length, value);
      return `${value} `;
    }
    case UUID: {
      const uuid = uuidAt(d, at, length);
      addUuid(d, length);
      return `: ${uuidName(uuid)}`;
    }
    case BOOLEAN:
      d.add(f.boolean, at, 1, d.peek8() === 0 ? 0 : 1);
      return d.peek8() === 0 ? "false " : "true ";
    case TEXT:
    case URL:
      return `${type === URL ? "URL " : ""}"${d.str(type === URL ? f.url : f.text, length)}" `;
    case SEQUENCE:
    case ALTERNATIVE: {
      if (depth > MAX_DEPTH) return "";
      d.open(type === SEQUENCE ? f.sequence : f.alternative, at, length);
      let text = "{ ";
      while (d.remaining > 0)
        addElement(d, (inner, size) => (text += `${addPlain(d, inner, size, depth + 1)} `));
      d.close();
      return `${text}} `;
    }
    default:
      return "";
  }
}

// ------------------------------------------------------------------ requests

function addPattern(d: Dissection, separator: string): void {
  const at = d.pos;
  const { head, length } = headerOf(d, at);
  d.open(f.pattern, at, head + length);
  const names: string[] = [];
  addElement(d, () => {
    while (d.remaining > 0)
      addElement(d, (type, size) => {
        if (type === UUID) names.push(uuidName(uuidAt(d, d.pos, size)));
        addPlain(d, type, size);
      });
  });
  if (d.labels) d.appendParent(`${separator}${names.join(": ")}`);
  d.close();
  if (d.columns) d.addInfo(names.join(": "));
}

function addIdList(d: Dissection): void {
  const { head, length } = headerOf(d, d.pos);
  d.open(f.idList, d.pos, head + length);
  addElement(d, () => {
    while (d.remaining > 0) addIdOrRange(d);
  });
  d.close();
}

function addIdOrRange(d: Dissection): void {
  const { head, length } = headerOf(d, d.pos);
  if (length !== 2) {
    addElement(d, () => addRange(d));
    return;
  }
  const id = d.peek16(head);
  const name = ATTRIBUTES[id] ?? "Unknown";
  d.open(f.attributeId, d.pos, head + length);
  if (d.labels) d.relabel(`Attribute ID: ${name} `);
  addElement(d, () => d.u16(f.id));
  d.close();
  if (d.columns) d.addInfo(`[${name} ${hex(id, 4)}] `);
}

function addRange(d: Dissection): void {
  if (d.remaining < 4) return;
  const from = d.peek16();
  const to = d.peek16(2);
  d.open(f.range, d.pos, 4, d.peek32());
  d.u16(f.rangeFrom);
  d.u16(f.rangeTo);
  d.close();
  if (d.columns) d.addInfo(`Attribute Range (${hex(from, 4)} - ${hex(to, 4)}) `);
}

// ------------------------------------------------------------------ answers

function addAttributes(d: Dissection, isSearch: boolean): void {
  const count = d.u16(f.byteCount);
  const at = d.pos;
  const stop = Math.min(at + count, d.end);
  const isWhole = stop < d.end && d.buf[stop] === 0;
  const { end, wireEnd } = d;
  if (!isWhole) {
    d.add(f.fragment, at, stop - at, null);
    if (d.columns) d.addInfo("(fragment)");
  } else {
    d.end = stop;
    d.wireEnd = stop;
    if (isSearch) addLists(d);
    else addList(d);
    d.end = end;
    d.wireEnd = wireEnd;
  }
  d.pos = stop;
  if (d.remaining > 0) addContinuation(d);
}

function addLists(d: Dissection): void {
  d.open(f.lists, d.pos, d.remaining);
  let count = 0;
  addElement(d, () => {
    while (d.remaining > 0) {
      addList(d);
      count++;
    }
  });
  if (d.labels) d.appendParent(` [count = ${String(count).padStart(2)}]`);
  d.close();
}

const CLASSES = 1;

function addList(d: Dissection): void {
  const { head, length } = headerOf(d, d.pos);
  d.open(f.list, d.pos, head + length);
  let count = 0;
  let classes = "";
  addElement(d, () => {
    while (d.remaining > 0) {
      const before = d.pos;
      const { id, text } = addAttribute(d);
      if (id === CLASSES) classes = text.split(" -> ")[0];
      count++;
      if (d.pos <= before) d.malformed();
    }
  });
  if (d.labels)
    d.appendParent(` [count = ${String(count).padStart(2)}]${classes === "" ? "" : ` (${classes})`}`);
  d.close();
}

function addAttribute(d: Dissection): { id: number; text: string } {
  const at = d.pos;
  const header = headerOf(d, at);
  const id = d.peek16(header.head);
  const name = ATTRIBUTES[id] ?? "Unknown";
  const second = headerOf(d, at + header.head + header.length);
  const whole = header.head + header.length + second.head + second.length;
  d.open(f.attribute, at, whole);
  const parent = d.parent;
  d.open(f.attributeId, at, header.head + header.length);
  if (d.labels) d.relabel(`Attribute ID: ${name}`);
  addElement(d, () => d.add(f.id, d.pos, 2, id));
  d.close();
  d.open(f.attributeValue, d.pos, second.head + second.length);
  let text = "";
  addElement(d, (type, length) => (text = addValue(d, id, type, length)));
  d.close();
  d.close();
  if (d.labels && parent !== null)
    parent.label = `Service Attribute: ${name} (0x${id.toString(16)}), value = ${text}`;
  return { id, text };
}

const TEXTS: Readonly<Record<number, Field>> = {
  10: f.documentation,
  11: f.executable,
  12: f.icon,
  256: f.serviceName,
  257: f.description,
  258: f.provider,
};

/** The value of an attribute, section 5.1; returns its text. */
function addValue(d: Dissection, id: number, type: number, length: number): string {
  const text = TEXTS[id];
  if (text !== undefined && (type === TEXT || type === URL)) return d.str(text, length);
  if (type === UNSIGNED) return addNumber(d, id, length);
  if (type === UUID && id === 3) {
    const name = uuidName(uuidAt(d, d.pos, length));
    addUuid(d, length);
    return name;
  }
  if (type !== SEQUENCE) return addPlain(d, type, length);
  switch (id) {
    case CLASSES:
      return addUuids(d).join(" -> ");
    case 4:
      return addProtocols(d);
    case 5:
      return addUuids(d).join(", ");
    case 6:
      return addLanguages(d);
    case 9:
      return addProfiles(d);
    case 13: {
      let list = "";
      while (d.remaining > 0) addElement(d, () => (list += `[${addProtocols(d)}] `));
      return list;
    }
    default:
      return addPlain(d, type, length);
  }
}

function addNumber(d: Dissection, id: number, length: number): string {
  if (length === 4 && (id === 0 || id === 2)) {
    const value = d.u32(id === 0 ? f.handle : f.state);
    return `${hex(value, 8)} (${value})`;
  }
  if (length === 4 && id === 7) {
    const value = d.u32(f.timeToLive);
    return `${value} (${hex(value, 8)})`;
  }
  if (length === 1 && id === 8) {
    const value = d.u8(f.availability);
    return `${hex(value, 2)} (${value})`;
  }
  return addPlain(d, UNSIGNED, length);
}

function addUuids(d: Dissection): string[] {
  const names: string[] = [];
  while (d.remaining > 0)
    addElement(d, (type, length) => {
      if (type === UUID) names.push(uuidName(uuidAt(d, d.pos, length)));
      addPlain(d, type, length);
    });
  return names;
}

const L2CAP = 0x0100;
const RFCOMM = 0x0003;

/** Protocols from the lowest up, each a sequence of its UUID and its parameters. */
function addProtocols(d: Dissection): string {
  const texts: string[] = [];
  while (d.remaining > 0) {
    const at = d.pos;
    const { head, length } = headerOf(d, at);
    d.open(f.protocolItem, at, head + length);
    const item = d.parent;
    let shown = "";
    let entry = "";
    addElement(d, () => {
      const uuidHead = headerOf(d, d.pos);
      const uuid = uuidAt(d, d.pos + uuidHead.head, uuidHead.length);
      const name = nameAt(d, d.pos);
      let short = name;
      shown = entry = name;
      d.open(f.protocol, d.pos, d.remaining);
      const node = d.parent;
      addElement(d, (type, size) => addPlain(d, type, size));
      while (d.remaining > 0)
        addElement(d, (type, size) => {
          if (type === UNSIGNED && uuid === L2CAP && size === 2) {
            const psm = d.u16(f.psm);
            short = `${name}:${psm}`;
            shown = entry = `${name}, PSM: ${psm}`;
          } else if (type === UNSIGNED && uuid === RFCOMM && size === 1) {
            const channel = d.u8(f.channel);
            short = `${name}:${channel}`;
            shown = entry = `${name}, RFCOMM Channel: ${channel}`;
          } else if (type === UNSIGNED && size === 2) {
            const version = d.u16(f.version);
            const dotted = `${version >> 8}.${version & 0xff}`;
            short = `${name} (${dotted})`;
            shown = `${name}, Version ${dotted}`;
            entry = `${name}, Version 0x${version.toString(16).padStart(3, "0")}`;
          } else addPlain(d, type, size);
        });
      d.close();
      if (d.labels && node !== null) node.label = `Protocol Entry: ${entry}`;
      texts.push(short);
    });
    d.close();
    if (d.labels && item !== null) item.label = `Protocol #${texts.length}: ${shown}`;
  }
  return texts.join(" -> ");
}

function addProfiles(d: Dissection): string {
  const texts: string[] = [];
  while (d.remaining > 0)
    addElement(d, () => {
      if (d.remaining === 0) return;
      const name = nameAt(d, d.pos);
      let version = "";
      d.open(f.profiles, d.pos, d.remaining);
      const node = d.parent;
      addElement(d, (type, length) => addPlain(d, type, length));
      if (d.remaining > 0)
        addElement(d, (type, length) => {
          if (type === UNSIGNED && length === 2) {
            const value = d.u16(f.version);
            version = `${value >> 8}.${value & 0xff}`;
          } else addPlain(d, type, length);
        });
      d.close();
      texts.push(`${name} ${version}`);
      if (d.labels && node !== null)
        node.label = `Profile Descriptor List #${texts.length}: ${name}, Version ${version}`;
    });
  return texts.join(", ");
}

/** Triples of language, character set, and the first attribute of its texts. */
function addLanguages(d: Dissection): string {
  const texts: string[] = [];
  while (d.remaining >= 9) {
    d.open(f.language, d.pos, 9);
    const node = d.parent;
    const parts: string[] = [];
    for (const [field, title] of LANGUAGE)
      addElement(d, (type, length) => {
        if (type !== UNSIGNED || length !== 2) {
          addPlain(d, type, length);
          return;
        }
        const value = d.peek16();
        if (field === f.languageCode) parts.push(`${title}: ${d.str(field, 2)}`);
        else {
          d.u16(field);
          const name = field === f.encoding ? (CHARACTER_SETS[value] ?? "Unknown") : hex(value, 4);
          parts.push(`${title}: ${name}`);
        }
      });
    d.close();
    texts.push(`(${parts.join(", ")})`);
    if (d.labels && node !== null) node.label = `Language #${texts.length}: ${parts.join(", ")}`;
  }
  return texts.join(", ");
}

const LANGUAGE = [
  [f.languageCode, "Lang"],
  [f.encoding, "Encoding"],
  [f.attributeBase, "Attribute Base"],
] as const;
