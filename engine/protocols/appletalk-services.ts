/** What AppleTalk's datagrams carry: names, routes, zones, transactions (Inside AppleTalk, second edition). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, u8, u16, u32, uintStr } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { decodeText } from "../dissect/text.ts";
import { data } from "./data.ts";

const hex2 = (value: number): string => value.toString(16).toUpperCase().padStart(2, "0");

/** A string behind its length, in the Macintosh's own character set. */
function addString(d: Dissection, field: Field): void {
  const at = d.pos;
  const length = d.peek8() + 1;
  d.skip(length);
  if (d.building) d.add(field, at, length, decodeText(d.buf, at + 1, d.pos, "macintosh"));
}

const NBP_NAMES: Readonly<Record<number, string>> = {
  1: "broadcast request",
  2: "lookup",
  3: "reply",
  4: "forward request",
};

const n = {
  info: u8("nbp.info", "Info", { base: "HEX" }),
  op: u8("nbp.op", "Operation", { mask: 0xf0, names: NBP_NAMES }),
  count: u8("nbp.count", "Count", { mask: 0x0f }),
  tid: u8("nbp.tid", "Transaction ID"),
  net: u16("nbp.net", "Network"),
  node: u8("nbp.node", "Node"),
  port: u8("nbp.port", "Port"),
  enumerator: u8("nbp.enum", "Enumerator"),
  object: uintStr("nbp.object", "Object"),
  type: uintStr("nbp.type", "Type"),
  zone: uintStr("nbp.zone", "Zone"),
};

export const nbp = protocol({
  name: "nbp",
  title: "Name Binding Protocol",
  short: "NBP",
  fields: n,
  contained: true,
  dissect(d) {
    if (d.columns) d.setInfo("");
    const first = d.peek8();
    const count = first & 15;
    const op = NBP_NAMES[first >> 4];
    if (d.columns) d.setInfo(`Op: ${op ?? `Unknown (0x${(first >> 4).toString(16)})`}  Count: ${count}`);
    d.bitset(n.info, 1, [n.op, n.count]);
    if (d.labels) {
      const number = first.toString(16);
      d.relabel(
        `Info: 0x${number}  Operation: ${op ?? `Unknown (0x${(first >> 4).toString(16)})`}  Count: ${count}`,
      );
    }
    d.u8(n.tid);
    for (let i = 1; i <= count; i++) {
      d.openText(d.pos, 0, `Node ${i}`);
      d.u16(n.net);
      d.u8(n.node);
      d.u8(n.port);
      d.u8(n.enumerator);
      addString(d, n.object);
      addString(d, n.type);
      addString(d, n.zone);
      d.close(d.pos);
    }
  },
});

const RTMP_NAMES: Readonly<Record<number, string>> = {
  1: "Request",
  2: "Route Data Request (split horizon processed)",
  3: "Route Data Request (no split horizon processing)",
};

const r = {
  net: u16("rtmp.net", "Net"),
  nodeLength: u8("nbp.nodeid.length", "Node Length"),
  node: u8("nbp.nodeid", "Node"),
  node16: u16("nbp.nodeid", "Node"),
  tupleNet: u16("rtmp.tuple.net", "Net"),
  rangeStart: u16("rtmp.tuple.range_start", "Range Start"),
  rangeEnd: u16("rtmp.tuple.range_end", "Range End"),
  distance: u8("rtmp.tuple.dist", "Distance"),
  version: u8("rtmp.version", "Version", { base: "HEX" }),
  function: u8("rtmp.function", "Function", { names: RTMP_NAMES }),
};

/** Set by the datagram's header: its type is that of requests. */
let isRequest = false;

export function callRtmp(d: Dissection, request: boolean): void {
  isRequest = request;
  d.call(rtmp);
}

export const rtmp = protocol({
  name: "rtmp",
  title: "Routing Table Maintenance Protocol",
  short: "RTMP",
  fields: r,
  contained: true,
  dissect: dissectRtmp,
});

const RANGE = 0x80;
/** The version number that stands behind the first tuple. */
const VERSION = 0x82;

function dissectRtmp(d: Dissection): void {
  if (d.columns) d.setInfo("");
  if (isRequest) {
    const code = d.u8(r.function);
    if (d.columns) d.setInfo(RTMP_NAMES[code] ?? `Unknown function (${hex2(code)})`);
    return;
  }
  const net = d.u16(r.net);
  const length = d.u8(r.nodeLength);
  const node = length <= 8 ? d.u8(r.node) : d.u16(r.node16);
  if (d.columns) d.setInfo(`Net: ${net}  Node Len: ${length}  Node: ${node}`);
  if (d.peek16() === 0 && d.peek8(2) === VERSION) {
    d.skip(2);
    d.u8(r.version);
  }
  for (let i = 1; d.remaining > 0; i++) addTuple(d, i);
}

function addTuple(d: Dissection, number: number): void {
  const net = d.peek16();
  const distance = d.peek8(2);
  const isRange = (distance & RANGE) !== 0;
  const end = isRange ? d.peek16(3) : 0;
  const version = isRange && number === 1 && d.remaining > 5 && d.peek8(5) === VERSION;
  if (d.labels) {
    const text = isRange
      ? `Range Start: ${net}  Dist: ${distance & 0x7f}  Range End: ${end}${version ? "  Version: 0x82" : ""}`
      : `Net: ${net}  Dist: ${distance}`;
    d.openText(d.pos, isRange ? 6 : 3, `Tuple ${number}:  ${text}`);
  }
  d.u16(isRange ? r.rangeStart : r.tupleNet);
  d.add(r.distance, d.pos, 1, distance & 0x7f);
  d.skip(1);
  if (isRange) {
    d.u16(r.rangeEnd);
    if (version) d.u8(r.version);
    else d.skip(1);
  }
  d.close();
}

const ZIP_NAMES: Readonly<Record<number, string>> = {
  1: "Query",
  2: "Reply",
  5: "GetNetInfo request",
  6: "GetNetInfo reply",
  7: "notify",
  8: "Extended reply",
};
const ZIP_ATP_NAMES: Readonly<Record<number, string>> = {
  7: "GetMyZone",
  8: "GetZoneList",
  9: "GetLocalZones",
};

const z = {
  function: u8("zip.function", "Function", { names: ZIP_NAMES }),
  zero: bytes("zip.zero_value", "Pad (0)"),
  atpFunction: u8("zip.atp_function", "Function", { names: ZIP_ATP_NAMES }),
  start: u16("zip.start_index", "Start index"),
  networkCount: u8("zip.network_count", "Count"),
  network: u16("zip.network", "Network"),
  networkStart: u16("zip.network_start", "Network start"),
  networkEnd: u16("zip.network_end", "Network end"),
  flags: u8("zip.flags", "Flags", { base: "HEX", mask: 0xc0 }),
  invalid: bool("zip.flags.zone_invalid", "Zone invalid", { mask: 0x80 }),
  broadcast: bool("zip.flags.use_broadcast", "Use broadcast", { mask: 0x40 }),
  onlyOne: bool("zip.flags.only_one_zone", "Only one zone", { mask: 0x20 }),
  zone: uintStr("zip.zone_name", "Zone"),
  defaultZone: uintStr("zip.default_zone", "Default zone"),
  multicastLength: u8("zip.multicast_length", "Multicast length"),
  multicast: bytes("zip.multicast_address", "Multicast address"),
};
const ZIP_FLAGS = [z.invalid, z.broadcast, z.onlyOne] as const;

/** The transaction that asks, -1 for a datagram of its own. */
let transaction = -1;

export const zip = protocol({
  name: "zip",
  title: "Zone Information Protocol",
  short: "ZIP",
  fields: z,
  contained: true,
  dissect(d) {
    const tid = transaction;
    transaction = -1;
    if (d.columns) d.setInfo("");
    if (tid === -1) dissectZip(d);
    else dissectZipRequest(d, tid);
  },
});

const ZIP_INVALID = 0x80;

function dissectZip(d: Dissection): void {
  const code = d.u8(z.function);
  if (d.columns) d.setInfo(ZIP_NAMES[code] ?? `Unknown ZIP function (${hex2(code)})`);
  switch (code) {
    case 1: {
      const count = d.u8(z.networkCount);
      d.openLast();
      for (let i = 0; i < count; i++) d.u16(z.network);
      d.close();
      break;
    }
    case 2:
    case 8: {
      const count = d.u8(z.networkCount);
      d.openLast();
      for (let i = 0; i < count; i++) {
        d.openText(d.pos, 0, `Zone for network: ${d.peek16()}`);
        d.u16(z.network);
        addString(d, z.zone);
        d.close(d.pos);
      }
      d.close();
      break;
    }
    case 5:
      d.bytes(z.zero, 1);
      d.bytes(z.zero, 4);
      addString(d, z.zone);
      break;
    case 6: {
      const flags = d.peek8();
      addZipFlags(d);
      d.u16(z.networkStart);
      d.u16(z.networkEnd);
      addString(d, z.zone);
      addMulticast(d);
      if ((flags & ZIP_INVALID) !== 0) addString(d, z.defaultZone);
      break;
    }
    case 7:
      addZipFlags(d);
      d.bytes(z.zero, 4);
      addString(d, z.zone);
      addMulticast(d);
      addString(d, z.zone);
      break;
  }
}

function addZipFlags(d: Dissection): void {
  const flags = d.peek8();
  d.bitset(z.flags, 1, ZIP_FLAGS);
  if (!d.labels) return;
  for (const field of ZIP_FLAGS) if ((flags & field.mask) !== 0) d.append(`, ${field.title}`);
}

function addMulticast(d: Dissection): void {
  const length = d.u8(z.multicastLength);
  d.bytes(z.multicast, length);
}

function dissectZipRequest(d: Dissection, tid: number): void {
  const code = d.u8(z.atpFunction);
  if (d.columns) d.setInfo(`Function: ${ZIP_ATP_NAMES[code] ?? `Unknown (${code})`}  tid ${tid}`);
  d.bytes(z.zero, 1);
  d.u16(z.start);
}

const ATP_NAMES: Readonly<Record<number, string>> = { 1: "REQuest", 2: "RESPonse", 3: "RELease" };
const TIMER_NAMES: Readonly<Record<number, string>> = {
  0: "30 seconds",
  1: "1 minute",
  2: "2 minutes",
  3: "4 minutes",
  4: "8 minutes",
};

const a = {
  control: u8("atp.ctrlinfo", "Control info", { base: "HEX" }),
  function: u8("atp.function", "Function", { mask: 0xc0, names: ATP_NAMES }),
  once: bool("atp.xo", "XO", { mask: 0x20 }),
  last: bool("atp.eom", "EOM", { mask: 0x10 }),
  status: bool("atp.sts", "STS", { mask: 0x08 }),
  timer: u8("atp.treltimer", "TRel timer", { mask: 0x07, names: TIMER_NAMES }),
  bitmap: u8("atp.bitmap", "Bitmap", { base: "HEX" }),
  tid: u16("atp.tid", "TID"),
  user: u32("atp.user_bytes", "User bytes", { base: "HEX" }),
};
const CONTROL = [a.function, a.once, a.last, a.status] as const;
const CONTROL_ONCE = [...CONTROL, a.timer] as const;

/** The datagram's socket that is asked. */
let socket = 0;

export function callAtp(d: Dissection, toSocket: number): void {
  socket = toSocket;
  d.call(atp);
}

export const atp = protocol({
  name: "atp",
  title: "AppleTalk Transaction Protocol packet",
  short: "ATP",
  fields: a,
  contained: true,
  dissect: dissectAtp,
});

const RESPONSE = 2;
const RELEASE = 3;
const REQUEST = 1;
const ONCE = 0x20;
const ZONE_SOCKET = 6;

function dissectAtp(d: Dissection): void {
  const to = socket;
  if (d.columns) d.setInfo("");
  const control = d.peek8();
  const bitmap = d.peek8(1);
  const tid = d.peek16(2);
  const code = control >> 6;
  if (d.columns) d.setInfo(`${ATP_NAMES[code] ?? `Unknown (0x0${code})`} transaction ${tid}`);
  d.bitset(a.control, 1, code === REQUEST && (control & ONCE) !== 0 ? CONTROL_ONCE : CONTROL);
  d.u8(a.bitmap);
  if (d.labels && code < RESPONSE) d.append(`  ${bitCount(bitmap)} packet(s) max`);
  d.u16(a.tid);
  if (code === RELEASE) {
    d.u32(a.user);
    return;
  }
  if (d.remaining === 0) return;
  if (code < RESPONSE && to === ZONE_SOCKET) {
    transaction = tid;
    d.call(zip);
    transaction = -1;
  } else d.call(data);
}

function bitCount(value: number): number {
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count++;
  return count;
}
