/** Ad hoc On-demand Distance Vector routing, RFC 3561, with the IPv6 messages of its drafts. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  expert,
  type Field,
  ipv4,
  ipv6,
  nameOf,
  SET_NOTSET,
  u8,
  u16,
  u32,
  u64,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { TYPE } from "./names/aodv.ts";

const f = {
  type: u8("aodv.type", "Type", { names: TYPE }),
  flags: u16("aodv.flags", "Flags"),
  flagsRreqJoin: bool("aodv.flags.rreq_join", "RREQ Join", { mask: 0x8000, bits: 16, tf: SET_NOTSET }),
  flagsRreqRepair: bool("aodv.flags.rreq_repair", "RREQ Repair", { mask: 0x4000, bits: 16, tf: SET_NOTSET }),
  flagsRreqGratuitous: bool("aodv.flags.rreq_gratuitous", "RREQ Gratuitous RREP", {
    mask: 0x2000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  flagsRreqDestinationonly: bool("aodv.flags.rreq_destinationonly", "RREQ Destination only", {
    mask: 0x1000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  flagsRreqUnknown: bool("aodv.flags.rreq_unknown", "RREQ Unknown Sequence Number", {
    mask: 0x800,
    bits: 16,
    tf: SET_NOTSET,
  }),
  flagsRrepRepair: bool("aodv.flags.rrep_repair", "RREP Repair", { mask: 0x8000, bits: 16, tf: SET_NOTSET }),
  flagsRrepAck: bool("aodv.flags.rrep_ack", "RREP Acknowledgement", {
    mask: 0x4000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  flagsRerrNodelete: bool("aodv.flags.rerr_nodelete", "RERR No Delete", {
    mask: 0x8000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  prefixSz: u8("aodv.prefix_sz", "Prefix Size"),
  hopcount: u8("aodv.hopcount", "Hop Count"),
  rreqId: u32("aodv.rreq_id", "RREQ Id"),
  destIp: ipv4("aodv.dest_ip", "Destination IP"),
  destIpv6: ipv6("aodv.dest_ipv6", "Destination IPv6"),
  destSeqno: u32("aodv.dest_seqno", "Destination Sequence Number"),
  origIp: ipv4("aodv.orig_ip", "Originator IP"),
  origIpv6: ipv6("aodv.orig_ipv6", "Originator IPv6"),
  origSeqno: u32("aodv.orig_seqno", "Originator Sequence Number"),
  lifetime: u32("aodv.lifetime", "Lifetime"),
  destcount: u8("aodv.destcount", "Destination Count"),
  unreachDestIp: ipv4("aodv.unreach_dest_ip", "Unreachable Destination IP"),
  unreachDestIpv6: ipv6("aodv.unreach_dest_ipv6", "Unreachable Destination IPv6"),
  extType: u8("aodv.ext_type", "Extension Type", {
    names: { 1: "None", 2: "Hello Interval", 3: "Timestamp" },
  }),
  extLength: u8("aodv.ext_length", "Extension Length"),
  helloInterval: u32("aodv.hello_interval", "Hello Interval"),
  timestamp: u64("aodv.timestamp", "Timestamp"),
};

const x = {
  length: expert("aodv.ext_length.invalid", "error", "Malformed", "Invalid option length"),
  type: expert("aodv.ext_type.unknown", "warning", "Protocol", "Unknown AODV Packet Type"),
};

export const aodv = protocol({
  name: "aodv",
  title: "Ad hoc On-demand Distance Vector Routing Protocol",
  short: "AODV",
  fields: f,
  experts: x,
  on: [[udpPorts, 654]],
  dissect,
});

const REQUEST = [1, 16];
const REPLY = [2, 17];
const ERROR = [3, 18];
const IPV6 = [16, 17, 18, 19];
/** Of the drafts' IPv6 messages: sequence numbers come before the addresses. */
const DRAFT = 20;

function dissect(d: Dissection): void {
  const type = d.peek8();
  const name = nameOf(TYPE, type) ?? "Unknown AODV Packet Type (%u)".replace("%u", String(type));
  if (d.columns) d.setInfo(name);
  if (d.labels) d.appendLayer(`, ${name}`);
  d.u8(f.type);
  const v6 = IPV6.includes(type);
  if (REQUEST.includes(type)) addRequest(d, v6);
  else if (REPLY.includes(type)) addReply(d, v6);
  else if (ERROR.includes(type)) addError(d, v6);
  else if (type === 4 || type === 19 || type >= DRAFT) return;
  else {
    d.expert(x.type);
    return;
  }
}

function text(d: Dissection, v6: boolean): string {
  return v6 ? formatIpv6(d.peekBytes(16, -16)) : formatIpv4(d.peek32(-4));
}

const REQUEST_FLAGS = [
  f.flagsRreqJoin,
  f.flagsRreqRepair,
  f.flagsRreqGratuitous,
  f.flagsRreqDestinationonly,
  f.flagsRreqUnknown,
];
const REQUEST_LETTERS = ["J", "R", "G", "D", "U"];
const REPLY_FLAGS = [f.flagsRrepRepair, f.flagsRrepAck];
const REPLY_LETTERS = ["R", "A"];
const ERROR_FLAGS = [f.flagsRerrNodelete];

function addFlagLetters(d: Dissection, fields: readonly Field[], letters: readonly string[]): void {
  const at = d.pos;
  const value = d.peek16();
  d.add(f.flags, at, 2, value);
  d.openLast();
  for (const field of fields) d.bits(field, at, 2);
  if (d.labels) {
    d.close();
    for (let i = 0; i < fields.length; i++) if (value & fields[i].mask) d.append(` ${letters[i]}`);
  }
}

/** RFC 3561 section 5.1. */
function addRequest(d: Dissection, v6: boolean): void {
  addFlagLetters(d, REQUEST_FLAGS, REQUEST_LETTERS);
  d.skip(2);
  const hops = d.u8(f.hopcount);
  const id = d.u32(f.rreqId);
  let destination = "";
  let originator = "";
  let number = 0;
  let own = 0;
  if (v6) {
    number = d.u32(f.destSeqno);
    d.ipv6(f.destIpv6);
    destination = d.labels || d.columns ? text(d, true) : "";
    own = d.u32(f.origSeqno);
    d.ipv6(f.origIpv6);
  } else {
    d.ipv4(f.destIp);
    destination = d.labels || d.columns ? text(d, false) : "";
    number = d.u32(f.destSeqno);
    d.ipv4(f.origIp);
  }
  originator = d.labels || d.columns ? text(d, v6) : "";
  if (!v6) own = d.u32(f.origSeqno);
  if (d.labels) d.appendLayer(`, Dest IP: ${destination}, Orig IP: ${originator}`);
  if (d.columns) {
    d.addInfo(`, D: ${destination}, O: ${originator} Id=${id} Hcnt=${hops} DSN=${number} OSN=${own}`, "");
  }
  addExtensions(d);
}

/** RFC 3561 section 5.2. */
function addReply(d: Dissection, v6: boolean): void {
  addFlagLetters(d, REPLY_FLAGS, REPLY_LETTERS);
  d.skip(1);
  const prefix = d.peek8() & (v6 ? 0x7f : 0x1f);
  d.add(f.prefixSz, d.pos, 1, prefix);
  d.skip(1);
  const hops = d.u8(f.hopcount);
  let number = 0;
  if (v6) number = d.u32(f.destSeqno);
  if (v6) d.ipv6(f.destIpv6);
  else d.ipv4(f.destIp);
  const destination = d.labels || d.columns ? text(d, v6) : "";
  if (!v6) number = d.u32(f.destSeqno);
  if (v6) d.ipv6(f.origIpv6);
  else d.ipv4(f.origIp);
  const originator = d.labels || d.columns ? text(d, v6) : "";
  const life = d.u32(f.lifetime);
  if (d.labels) d.appendLayer(`, Dest IP: ${destination}, Orig IP: ${originator}, Lifetime=${life}`);
  if (d.columns) {
    d.addInfo(`, D: ${destination}, O: ${originator} Hcnt=${hops} DSN=${number} Lifetime=${life}`, "");
  }
  addExtensions(d);
}

/** RFC 3561 section 5.3. */
function addError(d: Dissection, v6: boolean): void {
  addFlagLetters(d, ERROR_FLAGS, ["N"]);
  d.skip(2);
  const count = d.u8(f.destcount);
  if (d.columns) d.addInfo(`, Dest Count=${count}`, "");
  d.openText(d.pos, count * (v6 ? 20 : 8), "Unreachable Destinations");
  for (let i = 0; i < count; i++) {
    if (v6) {
      d.u32(f.destSeqno);
      d.ipv6(f.unreachDestIpv6);
    } else {
      d.ipv4(f.unreachDestIp);
      d.u32(f.destSeqno);
    }
  }
  if (d.labels) d.close();
}

/** RFC 3561 section 9. */
function addExtensions(d: Dissection): void {
  while (d.remaining > 0) {
    const at = d.pos;
    const type = d.peek8();
    const length = d.peek8(1);
    d.openText(at, length + 2, "Extensions");
    d.u8(f.extType);
    d.u8(f.extLength);
    if (length === 0) {
      d.expert(x.length);
      if (d.labels) d.close();
      return;
    }
    if (type === 2) d.u32(f.helloInterval);
    else if (type === 3) d.u64(f.timestamp);
    if (d.labels) d.close();
    d.pos = at + 2;
    d.skip(length);
  }
}
