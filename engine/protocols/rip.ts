/** Routing Information Protocol, RFC 1058 (version 1) and RFC 2453 (version 2), with RFC 2082's authentication. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, ipv4, nameOf, str, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatIpv4 } from "../dissect/text.ts";

const f = {
  command: u8("rip.command", "Command", {
    names: { 1: "Request", 2: "Response", 3: "Traceon", 4: "Traceoff", 5: "Vendor specific (Sun)" },
  }),
  version: u8("rip.version", "Version", { names: { 1: "RIPv1", 2: "RIPv2" } }),
  ip: ipv4("rip.ip", "IP Address"),
  netmask: ipv4("rip.netmask", "Netmask"),
  nextHop: ipv4("rip.next_hop", "Next Hop"),
  metric: u16("rip.metric", "Metric"),
  authType: u16("rip.auth.type", "Authentication type", {
    names: { 1: "IP Route", 2: "Simple Password", 3: "Keyed Message Digest" },
  }),
  authPasswd: str("rip.auth.passwd", "Password"),
  family: u16("rip.family", "Address Family", { names: { 0: "Unspecified", 2: "IP" } }),
  routeTag: u16("rip.route_tag", "Route Tag"),
  zeroPadding: str("rip.zero_padding", "Zero adding"),
  digestOffset: u16("rip.digest_offset", "Digest Offset"),
  keyId: u8("rip.key_id", "Key ID"),
  authDataLen: u8("rip.auth_data_len", "Auth Data Len"),
  seqNum: u32("rip.seq_num", "Seq num"),
  authenticationData: bytes("rip.authentication_data", "Authentication Data"),
};

const x = {
  family: expert("rip.unknown_address_family", "warning", "Protocol", "Unknown address family"),
};

export const rip = protocol({
  name: "rip",
  title: "Routing Information Protocol",
  short: "RIP",
  fields: f,
  experts: x,
  on: [[udpPorts, 520]],
  dissect,
});

const ENTRY = 20;
const UNSPECIFIED = 0;
const IP = 2;
const AUTHENTICATION = 0xffff;
const PASSWORD = 2;
const DIGEST = 3;

function dissect(d: Dissection): void {
  const command = d.peek8();
  const version = d.peek8(1);
  if (d.columns) {
    d.setProtocol(nameOf(f.version.names, version) ?? "RIP");
    d.setInfo(nameOf(f.command.names, command) ?? `Unknown command (${command})`);
  }
  d.u8(f.command);
  d.u8(f.version);
  // RFC 1388 had a routing domain where RFC 2453 has zero.
  d.skip(2);
  const first = d.pos;
  let trailer = 0;
  while (d.wireRemaining > trailer) {
    const at = d.pos;
    const family = d.peek16();
    if (family === UNSPECIFIED || family === IP) addEntry(d, version, family);
    else if (family === AUTHENTICATION) {
      if (at === first) trailer = addAuthentication(d, trailer);
    } else {
      if (d.labels) d.text(at, Math.min(ENTRY, d.end - at), `Unknown address family ${family}`);
      d.expert(x.family, `Unknown address family ${family}`);
    }
    d.need(at + ENTRY - d.pos);
    d.pos = Math.max(at + ENTRY, d.pos);
  }
}

function addEntry(d: Dissection, version: number, family: number): void {
  if (!d.building) {
    d.skip(ENTRY);
    return;
  }
  const metric = d.peek32(16);
  const what = family === IP ? `IP Address: ${formatIpv4(d.peek32(4))}` : "Address not specified";
  d.openText(d.pos, ENTRY, `${what}, Metric: ${metric}`);
  d.u16(f.family);
  if (version === 2) d.u16(f.routeTag);
  else d.skip(2);
  if (family === IP) d.ipv4(f.ip);
  else d.skip(4);
  if (version === 2) {
    d.ipv4(f.netmask);
    d.ipv4(f.nextHop);
  } else d.skip(8);
  d.add(f.metric, d.pos, 4, metric);
  d.skip(4);
  d.close();
}

/** RFC 2453 section 4.1 and RFC 2082. Returns the length of the digest behind the entries. */
function addAuthentication(d: Dissection, trailer: number): number {
  const type = d.peek16(2);
  const at = d.pos;
  if (d.labels)
    d.openText(at, ENTRY, `Authentication: ${nameOf(f.authType.names, type) ?? `Unknown (${type})`}`);
  d.skip(2);
  d.u16(f.authType);
  let length = trailer;
  if (type === PASSWORD) d.str(f.authPasswd, 16);
  else if (type === DIGEST) {
    const offset = d.u16(f.digestOffset);
    d.u8(f.keyId);
    length = d.u8(f.authDataLen);
    d.u32(f.seqNum);
    if (d.building) {
      d.add(f.zeroPadding, d.pos, 8, "");
      addDigest(d, at - 4 + offset);
    }
    d.skip(8);
  }
  if (d.labels) d.close();
  return length;
}

/** RFC 2082 knows MD5 only. */
const DIGEST_LENGTH = 16;

function addDigest(d: Dissection, at: number): void {
  if (at < d.pos || at + 4 + DIGEST_LENGTH > d.end) return;
  const behind = d.pos;
  d.openText(at, 4 + DIGEST_LENGTH, "Authentication Data Trailer");
  d.pos = at + 4;
  d.bytes(f.authenticationData, DIGEST_LENGTH);
  d.close();
  d.pos = behind;
}
