/** NetBIOS Session Service, RFC 1002 section 4.3, and its framing of SMB directly over TCP. */
import { type Dissection, ONE_MORE_SEGMENT } from "../dissect/dissection.ts";
import { bool, bytes, ipv4, str, u8, u16, u24 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { addEncodedName } from "./nbdgm.ts";

const TYPES: Readonly<Record<number, string>> = {
  0: "Session message",
  129: "Session request",
  130: "Positive session response",
  131: "Negative session response",
  132: "Retarget session response",
  133: "Session keep-alive",
};
const ERRORS: Readonly<Record<number, string>> = {
  128: "Not listening on called name",
  129: "Not listening for calling name",
  130: "Called name not present",
  131: "Called name present, but insufficient resources",
  143: "Unspecified error",
};

const f = {
  type: u8("nbss.type", "Message Type", { base: "HEX", names: TYPES }),
  flags: u8("nbss.flags", "Flags", { base: "HEX" }),
  extend: bool("nbss.flags.e", "Extend", { mask: 0x01, tf: ["Add 65536 to length", "Add 0 to length"] }),
  length: u24("nbss.length", "Length"),
  error: u8("nbss.error_code", "Error code", { base: "HEX", names: ERRORS }),
  retargetIp: ipv4("nbss.retarget_ip_address", "Retarget IP address"),
  retargetPort: u16("nbss.retarget_port", "Retarget port"),
  continuation: bytes("nbss.continuation_data", "Continuation data"),
  called: str("nbss.called_name", "Called name"),
  calling: str("nbss.calling_name", "Calling name"),
};

export const nbss = protocol({
  name: "nbss",
  title: "NetBIOS Session Service",
  short: "NBSS",
  fields: f,
  linked: [],
  contained: true,
  on: [[tcpPorts, 139, 445]],
  dissect,
});

const HEADER = 4;
const MESSAGE = 0x00;
const REQUEST = 0x81;
const POSITIVE = 0x82;
const NEGATIVE = 0x83;
const RETARGET = 0x84;
const KEEP_ALIVE = 0x85;
const EXTEND = 0x01;
const LONGEST_NAMES = 256;

function dissect(d: Dissection): void {
  const { end, wireEnd, canDesegment } = d;
  if (d.columns) d.setInfo("");
  if (!begins(d)) {
    if (d.columns) d.setInfo("NBSS Continuation Message");
    d.bytes(f.continuation, d.remaining);
    return;
  }
  const first = d.pos;
  d.canDesegment = false;
  while (d.pos < end) {
    const start = d.pos;
    const there = wireEnd - start;
    if (canDesegment && there < HEADER) {
      d.wantMore(start, ONE_MORE_SEGMENT);
      break;
    }
    if (end - start < HEADER) {
      d.onePdu(dissectMessage, start > first);
      break;
    }
    const size = HEADER + lengthAt(d);
    if (d.columns) d.setInfo(typeText(d.peek8()));
    if (canDesegment && there < size) {
      d.wantMore(start, size - there);
      break;
    }
    d.sizedPdu(size, dissectMessage, start > first);
  }
  d.canDesegment = canDesegment;
}

const typeText = (type: number): string => TYPES[type] ?? `Unknown (${type.toString(16).padStart(2, "0")})`;

/** True when the message at the cursor is SMB, which has no flags and takes their octet for its length, too. */
function isSmb(d: Dissection): boolean {
  if (d.remaining < HEADER + 4) return false;
  const { buf, pos } = d;
  return buf[pos] === MESSAGE && buf[pos + 5] === 0x53 && buf[pos + 6] === 0x4d && buf[pos + 7] === 0x42;
}

/** The length of the message at the cursor: 17 bits, or 24. */
function lengthAt(d: Dissection): number {
  return isSmb(d) ? d.peek24(1) : ((d.peek8(1) & EXTEND) << 16) | d.peek16(2);
}

/** Whether a message can begin at the cursor; else a piece of an earlier one is here. */
function begins(d: Dissection): boolean {
  if (d.remaining < HEADER) return false;
  if (isSmb(d)) return true;
  const flags = d.peek8(1);
  const length = lengthAt(d);
  switch (d.peek8()) {
    case MESSAGE:
      return (flags & ~EXTEND) === 0 && length > 0;
    case REQUEST:
      return flags === 0 && length >= 2 && length <= LONGEST_NAMES;
    case NEGATIVE:
      return flags === 0 && length === 1;
    case RETARGET:
      return flags === 0 && length === 6;
    case POSITIVE:
    case KEEP_ALIVE:
      return flags === 0 && length === 0;
    default:
      return false;
  }
}

function dissectMessage(d: Dissection): void {
  const smb = isSmb(d);
  const length = lengthAt(d);
  const type = d.u8(f.type);
  const at = d.pos;
  if (!smb) d.bitset(f.flags, 1, [f.extend]);
  d.pos = at;
  d.skip(3);
  d.add(f.length, at, 3, length);
  switch (type) {
    case MESSAGE:
      if (d.remaining > 0) d.call(data);
      return;
    case REQUEST: {
      const called = addEncodedName(d, f.called);
      const calling = addEncodedName(d, f.calling);
      if (d.columns) d.addInfo(`, to ${called} from ${calling}`);
      return;
    }
    case NEGATIVE: {
      const error = d.u8(f.error);
      if (d.columns) d.addInfo(`, ${ERRORS[error] ?? `Unknown (${error.toString(16)})`}`);
      return;
    }
    case RETARGET:
      d.ipv4(f.retargetIp);
      d.u16(f.retargetPort);
      return;
    default:
  }
}
