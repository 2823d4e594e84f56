/** RPKI to Router Protocol, RFC 8210 and RFC 6810. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, ipv4, ipv6, nameOf, none, str, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpPorts } from "../dissect/tables.ts";
import { dissectPdus } from "./tcp-stream.ts";
import { dissectPublicKeyInfo } from "./x509.ts";

const f = {
  version: u8("rpki-rtr.version", "Version"),
  pduType: u8("rpki-rtr.pdu_type", "PDU Type", {
    names: {
      0: "Serial Notify",
      1: "Serial Query",
      2: "Reset Query",
      3: "Cache Response",
      4: "IPv4 Prefix",
      6: "IPv6 Prefix",
      7: "End of Data",
      8: "Cache Reset",
      9: "Router Key",
      10: "Error Report",
    },
  }),
  reserved: bytes("rpki-rtr.reserved", "Reserved"),
  sessionId: u16("rpki-rtr.session_id", "Session ID"),
  length: u32("rpki-rtr.length", "Length"),
  serialNumber: u32("rpki-rtr.serial_number", "Serial Number"),
  flags: u8("rpki-rtr.flags", "Flags", { base: "HEX" }),
  flagsAw: bool("rpki-rtr.flags.aw", "Flag AW", { mask: 0x1, tf: ["Announcement", "Withdrawal"] }),
  flagsRk: bool("rpki-rtr.flags.rk", "Flag Router Key", {
    mask: 0x1,
    tf: ["New Router Key", "Delete Router Key"],
  }),
  prefixLength: u8("rpki-rtr.prefix_length", "Prefix Length"),
  maxLength: u8("rpki-rtr.max_length", "Max length"),
  ipv4Prefix: ipv4("rpki-rtr.ipv4_prefix", "IPv4 Prefix"),
  ipv6Prefix: ipv6("rpki-rtr.ipv6_prefix", "IPv6 Prefix"),
  asNumber: u32("rpki-rtr.as_number", "AS Number"),
  errorCode: u16("rpki-rtr.error_code", "Error Code", {
    names: {
      0: "Corrupt Data",
      1: "Internal Error",
      2: "No Data Available",
      3: "Invalid Request",
      4: "Unsupported Protocol Version",
      5: "Unsupported PDU Type",
      6: "Withdrawal of Unknown Record",
      7: "Duplicate Announcement Received",
      8: "Unexpected Protocol Version",
    },
  }),
  lengthPdu: u32("rpki-rtr.length_pdu", "Length of Encapsulated PDU"),
  errorPdu: bytes("rpki-rtr.error_pdu", "Erroneous PDU"),
  lengthText: u32("rpki-rtr.length_text", "Length of text"),
  errorText: str("rpki-rtr.error_text", "Erroneous Text"),
  refreshInterval: u32("rpki-rtr.refresh_interval", "Refresh Interval"),
  retryInterval: u32("rpki-rtr.retry_interval", "Retry Interval"),
  expireInterval: u32("rpki-rtr.expire_interval", "Expire Interval"),
  subjectKeyIdentifier: bytes("rpki-rtr.subject_key_identifier", "Subject Key Identifier"),
  subjectPublicKeyInfo: none("rpki-rtr.subject_public_key_info", "Subject Public Key Info"),
};

const x = {
  length: expert("rpkirtr.bad_length", "error", "Malformed", "Invalid length field"),
  version: expert(
    "rpkirtr.router_key.wrong_version",
    "error",
    "Malformed",
    "Wrong version for Router Key type",
  ),
};

export const rpkirtr = protocol({
  name: "rpkirtr",
  title: "RPKI-Router Protocol",
  short: "RPKI-Router Protocol",
  fields: f,
  experts: x,
  on: [[tcpPorts, 323]],
  dissect,
});

const HEADER = 8;
const SERIAL_NOTIFY = 0;
const SERIAL_QUERY = 1;
const RESET_QUERY = 2;
const CACHE_RESPONSE = 3;
const IPV4_PREFIX = 4;
const IPV6_PREFIX = 6;
const END_OF_DATA = 7;
const CACHE_RESET = 8;
const ROUTER_KEY = 9;
const ERROR_REPORT = 10;

function dissect(d: Dissection): void {
  if (d.columns) {
    d.setProtocol("RPKI-RTR");
    d.setInfo("");
  }
  dissectPdus(
    d,
    HEADER,
    (inner) => inner.peek32(4),
    (inner) => {
      const first = inner.pos;
      while (inner.remaining > 0) {
        if (inner.pos !== first) inner.openBeside(rpkirtr);
        dissectPdu(inner);
      }
    },
  );
}

function dissectPdu(d: Dissection): void {
  const version = d.peek8();
  const type = d.peek8(1);
  const name = nameOf(f.pduType.names, type);
  if (d.columns) d.addInfo(name ?? `Unknown (${type})`, ", ");
  if (d.labels) d.relabelParent(`${rpkirtr.title} (${name ?? `Unknown ${type}`})`);
  d.u8(f.version);
  d.u8(f.pduType);
  switch (type) {
    case SERIAL_NOTIFY:
    case SERIAL_QUERY:
      d.u16(f.sessionId);
      d.u32(f.length);
      d.u32(f.serialNumber);
      return;
    case CACHE_RESPONSE:
      d.u16(f.sessionId);
      d.u32(f.length);
      return;
    case RESET_QUERY:
    case CACHE_RESET:
      d.bytes(f.reserved, 2);
      d.u32(f.length);
      return;
    case IPV4_PREFIX:
    case IPV6_PREFIX:
      d.bytes(f.reserved, 2);
      d.u32(f.length);
      d.bitset(f.flags, 1, [f.flagsAw]);
      d.u8(f.prefixLength);
      d.u8(f.maxLength);
      d.bytes(f.reserved, 1);
      if (type === IPV4_PREFIX) d.ipv4(f.ipv4Prefix);
      else d.ipv6(f.ipv6Prefix);
      d.u32(f.asNumber);
      return;
    case END_OF_DATA:
      d.u16(f.sessionId);
      d.u32(f.length);
      d.u32(f.serialNumber);
      if (version < 1) return;
      d.u32(f.refreshInterval);
      d.u32(f.retryInterval);
      d.u32(f.expireInterval);
      return;
    case ROUTER_KEY:
      addRouterKey(d, version);
      return;
    case ERROR_REPORT: {
      d.u16(f.errorCode);
      d.u32(f.length);
      const encapsulated = d.u32(f.lengthPdu);
      d.bytes(f.errorPdu, encapsulated);
      const text = d.u32(f.lengthText);
      d.str(f.errorText, text);
      return;
    }
    default: {
      // As in Wireshark, which takes what stands behind the type for a length: mostly the session, or nothing.
      const length = d.peek32();
      if (length > d.remaining) d.expert(x.length);
      d.skip(Math.min(length, d.remaining));
    }
  }
}

const KEY_IDENTIFIER = 20;

/** RFC 8210 section 5.10: not in version 0. */
function addRouterKey(d: Dissection, version: number): void {
  if (version < 1) {
    d.expert(x.version);
    return;
  }
  d.bitset(f.flags, 1, [f.flagsRk]);
  d.add(f.reserved, d.pos, 2, d.peekBytes(2));
  d.skip(1);
  d.u32(f.length);
  d.bytes(f.subjectKeyIdentifier, KEY_IDENTIFIER);
  d.u32(f.asNumber);
  d.open(f.subjectPublicKeyInfo, d.pos, d.remaining);
  if (d.building) dissectPublicKeyInfo(d, d.pos, d.end);
  d.close();
  d.pos = d.end;
}
