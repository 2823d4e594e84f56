/** Cisco's Gateway Load Balancing Protocol, of which what is known comes from captures. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, ether, ipv4, ipv6, nameOf, none, str, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";

const f = {
  version: u8("glbp.version", "Version?"),
  unknown1: u8("glbp.unknown1", "Unknown1"),
  group: u16("glbp.group", "Group"),
  unknown2: bytes("glbp.unknown2", "Unknown2"),
  ownerid: ether("glbp.ownerid", "Owner ID"),
  tlv: none("glbp.tlv", "TLV"),
  type: u8("glbp.type", "Type", { names: { 1: "Hello", 2: "Request/Response?", 3: "Auth" } }),
  length: u8("glbp.length", "Length"),
  helloUnknown10: bytes("glbp.hello.unknown10", "Unknown1-0"),
  helloVgstate: u8("glbp.hello.vgstate", "VG state?", {
    names: { 4: "Listen", 8: "Speak", 16: "Standby", 32: "Active" },
  }),
  helloUnknown11: bytes("glbp.hello.unknown11", "Unknown1-1"),
  helloPriority: u8("glbp.hello.priority", "Priority"),
  helloUnknown12: bytes("glbp.hello.unknown12", "Unknown1-2"),
  helloHelloint: u32("glbp.hello.helloint", "Helloint"),
  helloHoldint: u32("glbp.hello.holdint", "Holdint"),
  helloRedirect: u16("glbp.hello.redirect", "Redirect"),
  helloTimeout: u16("glbp.hello.timeout", "Timeout"),
  helloUnknown13: bytes("glbp.hello.unknown13", "Unknown1-3"),
  helloAddrtype: u8("glbp.hello.addrtype", "Address type", { names: { 1: "IPv4", 2: "IPv6" } }),
  helloAddrlen: u8("glbp.hello.addrlen", "Address length"),
  helloVirtualipv4: ipv4("glbp.hello.virtualipv4", "Virtual IPv4"),
  helloVirtualipv6: ipv6("glbp.hello.virtualipv6", "Virtual IPv6"),
  helloVirtualunk: bytes("glbp.hello.virtualunk", "Virtual Unknown"),
  reqrespForwarder: u8("glbp.reqresp.forwarder", "Forwarder?"),
  reqrespVfstate: u8("glbp.reqresp.vfstate", "VF state?", { names: { 4: "Listen", 32: "Active" } }),
  reqrespUnknown21: bytes("glbp.reqresp.unknown21", "Unknown2-1"),
  reqrespPriority: u8("glbp.reqresp.priority", "Priority"),
  reqrespWeight: u8("glbp.reqresp.weight", "Weight"),
  reqrespUnknown22: bytes("glbp.reqresp.unknown22", "Unknown2-2"),
  reqrespVirtualmac: ether("glbp.reqresp.virtualmac", "Virtualmac"),
  authAuthtype: u8("glbp.auth.authtype", "Authtype", {
    names: { 0: "None", 1: "Plain text", 2: "MD5 string", 3: "MD5 chain" },
  }),
  authAuthlength: u8("glbp.auth.authlength", "Authlength"),
  authPlainpass: str("glbp.auth.plainpass", "Plain pass"),
  authMd5hash: bytes("glbp.auth.md5hash", "MD5-string hash"),
  authMd5chainindex: u32("glbp.auth.md5chainindex", "MD5-chain index"),
  authMd5chainhash: bytes("glbp.auth.md5chainhash", "MD5-chain hash"),
  authAuthunknown: bytes("glbp.auth.authunknown", "Unknown auth value"),
  unknownData: bytes("glbp.unknown.data", "Unknown TLV data"),
};

export const glbp = protocol({
  name: "glbp",
  title: "Gateway Load Balancing Protocol",
  short: "GLBP",
  fields: f,
  on: [[udpPorts, 3222]],
  dissect,
});

const VERSION = 1;
const HELLO = 1;
const FORWARDER = 2;
const AUTHENTICATION = 3;
const TLV_HEADER = 2;

function dissect(d: Dissection): void {
  if (d.peek8() !== VERSION) {
    d.unlist();
    if (d.columns) d.setProtocol("UDP");
    d.call(data);
    return;
  }
  const group = d.peek16(2);
  if (d.columns) d.setInfo(`G: ${group}`);
  d.u8(f.version);
  d.u8(f.unknown1);
  d.u16(f.group);
  d.bytes(f.unknown2, 2);
  d.ether(f.ownerid);
  while (d.remaining > 0) {
    const start = d.pos;
    const type = d.peek8();
    const length = d.peek8(1);
    if (length < TLV_HEADER) break;
    const name = nameOf(f.type.names, type) ?? String(type);
    if (d.columns) d.addInfo(`, ${name}`);
    d.open(f.tlv, start, length);
    if (d.labels) d.relabelParent(`TLV l=${length}, t=${name}`);
    d.u8(f.type);
    d.u8(f.length);
    addValue(d, type, length - TLV_HEADER);
    d.close();
    d.pos = start;
    d.skip(length);
  }
}

function addValue(d: Dissection, type: number, length: number): void {
  if (type === HELLO) addHello(d);
  else if (type === FORWARDER) {
    d.u8(f.reqrespForwarder);
    d.u8(f.reqrespVfstate);
    d.bytes(f.reqrespUnknown21, 1);
    d.u8(f.reqrespPriority);
    d.u8(f.reqrespWeight);
    d.bytes(f.reqrespUnknown22, 7);
    d.ether(f.reqrespVirtualmac);
  } else if (type === AUTHENTICATION) addAuthentication(d);
  else d.bytes(f.unknownData, length);
}

const IPV4 = 1;
const IPV6 = 2;

function addHello(d: Dissection): void {
  d.bytes(f.helloUnknown10, 1);
  d.u8(f.helloVgstate);
  d.bytes(f.helloUnknown11, 1);
  d.u8(f.helloPriority);
  d.bytes(f.helloUnknown12, 2);
  d.u32(f.helloHelloint);
  d.u32(f.helloHoldint);
  d.u16(f.helloRedirect);
  d.u16(f.helloTimeout);
  d.bytes(f.helloUnknown13, 2);
  const type = d.u8(f.helloAddrtype);
  const length = d.u8(f.helloAddrlen);
  // A known type of a wrong length is left out.
  if ((type === IPV4 && length !== 4) || (type === IPV6 && length !== 16)) return;
  if (type === IPV4) d.ipv4(f.helloVirtualipv4);
  else if (type === IPV6) d.ipv6(f.helloVirtualipv6);
  else d.bytes(f.helloVirtualunk, length);
  if (d.columns) d.addInfo(`, ${nameOf(f.helloAddrtype.names, type) ?? type}`);
}

const PLAIN = 1;
const MD5_STRING = 2;
const MD5_CHAIN = 3;

function addAuthentication(d: Dissection): void {
  const type = d.u8(f.authAuthtype);
  const length = d.u8(f.authAuthlength);
  if (type === PLAIN) d.str(f.authPlainpass, length);
  else if (type === MD5_STRING) d.bytes(f.authMd5hash, length);
  else if (type === MD5_CHAIN && length >= 4) {
    d.u32(f.authMd5chainindex);
    d.bytes(f.authMd5chainhash, length - 4);
  } else d.bytes(f.authAuthunknown, length);
}
