/** Virtual Router Redundancy Protocol, RFC 3768 (version 2) and RFC 5798 (version 3). */
import { ADDRESS_IPV6 } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, ipv4, ipv6, str, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import { checksumStatusText, onesSum, rightChecksum } from "./checksum.ts";

const f = {
  typever: u8("vrrp.typever", "VRRP message version and type"),
  version: u8("vrrp.version", "VRRP protocol version", { mask: 0xf0 }),
  type: u8("vrrp.type", "VRRP packet type", { mask: 0xf, names: { 1: "Advertisement" } }),
  virtRtrId: u8("vrrp.virt_rtr_id", "Virtual Rtr ID"),
  prio: u8("vrrp.prio", "Priority"),
  addrCount: u8("vrrp.addr_count", "Addr Count"),
  checksum: u16("vrrp.checksum", "Checksum", { base: "HEX" }),
  authType: u8("vrrp.auth_type", "Auth Type", {
    names: {
      0: "No Authentication",
      1: "Simple Text Authentication [RFC 2338] / Reserved [RFC 3768]",
      2: "IP Authentication Header [RFC 2338] / Reserved [RFC 3768]",
      254: "Cisco VRRP MD5 authentication",
    },
  }),
  adverInt: u8("vrrp.adver_int", "Adver Int"),
  reservedMbz: u8("vrrp.reserved_mbz", "Reserved", { mask: 0xf0 }),
  shortAdverInt: u16("vrrp.short_adver_int", "Adver Int", { mask: 0xfff }),
  ipAddr: ipv4("vrrp.ip_addr", "IP Address"),
  ipv6Addr: ipv6("vrrp.ipv6_addr", "IPv6 Address"),
  authString: str("vrrp.auth_string", "Authentication String"),
  md5AuthData: bytes("vrrp.md5_auth_data", "MD5 Authentication Data"),
  checksumStatus: u8("vrrp.checksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
};

const x = {
  checksum: expert("vrrp.checksum_bad.expert", "error", "Checksum", "Bad checksum"),
};

const VRRP = 112;

export const vrrp = protocol({
  name: "vrrp",
  title: "Virtual Router Redundancy Protocol",
  short: "VRRP",
  fields: f,
  experts: x,
  on: [[ipProtocols, VRRP]],
  dissect,
});

const SIMPLE_PASSWORD = 1;
const MD5 = 254;

function dissect(d: Dissection): void {
  const start = d.pos;
  const version = d.peek8() >> 4;
  const type = d.peek8() & 0x0f;
  const sixth = d.memory.addresses.kind(d.srcId) === ADDRESS_IPV6;
  const typeName = type === 1 ? "Advertisement" : "Unknown";
  if (d.columns) d.setInfo(`Announcement (v${version})`);
  d.open(f.typever, start, 1, d.peek8());
  if (d.labels) d.relabelParent(`Version ${version}, Packet type ${type} (${typeName})`);
  d.bits(f.version, start, 1);
  d.bits(f.type, start, 1);
  d.close();
  d.skip(1);
  d.u8(f.virtRtrId);
  const priority = d.u8(f.prio);
  if (d.labels) d.relabel(`Priority: ${priority} (${PRIORITIES[priority] ?? "Non-default backup priority"})`);
  const count = d.u8(f.addrCount);
  let authentication = 0;
  if (version === 3) {
    d.bits(f.reservedMbz, d.pos, 1);
    d.bits(f.shortAdverInt, d.pos, 2);
    d.skip(2);
  } else {
    authentication = d.u8(f.authType);
    d.u8(f.adverInt);
  }
  addChecksum(d, start, version, sixth);
  for (let i = 0; i < count; i++) {
    if (sixth) d.ipv6(f.ipv6Addr);
    else d.ipv4(f.ipAddr);
  }
  if (authentication === SIMPLE_PASSWORD) d.str(f.authString, 8);
  else if (authentication === MD5) d.bytes(f.md5AuthData, 16);
}

const PRIORITIES: Readonly<Record<number, string>> = {
  0: "Current Master has stopped participating in VRRP",
  100: "Default priority for a backup VRRP router",
  255: "This VRRP router owns the virtual router's IP address(es)",
};

function addChecksum(d: Dissection, start: number, version: number, sixth: boolean): void {
  const at = d.pos;
  const found = d.u16(f.checksum);
  if (!d.building) return;
  if (d.end < d.wireEnd) {
    if (d.labels) d.relabel(`Checksum: 0x${hex(found)} [unverified]`);
    d.generated(f.checksumStatus, at, 0, 2);
    return;
  }
  const sum = onesSum(d.buf, start, d.end, version === 3 || sixth ? pseudoHeader(d, d.end - start) : 0);
  const right = sum === 0xffff;
  if (d.labels) {
    const should = right ? "[correct]" : `incorrect, should be 0x${hex(rightChecksum(sum, found))}`;
    d.relabel(`Checksum: 0x${hex(found)} ${should}`);
  }
  if (!right) d.expert(x.checksum, `Bad checksum [should be 0x${hex(rightChecksum(sum, found))}]`);
  d.generated(f.checksumStatus, at, 0, right ? 1 : 0);
}

const hex = (value: number): string => value.toString(16).padStart(4, "0");

function pseudoHeader(d: Dissection, length: number): number {
  const { addresses } = d.memory;
  let sum = VRRP + length;
  for (const id of [d.srcId, d.dstId]) {
    const bytes = addresses.bytes(id);
    sum = onesSum(bytes, 0, bytes.length, sum);
  }
  return sum;
}
