/** What stands behind MPLS labels that name a pseudowire: RFC 4385 (associated channel) and RFC 4448 (Ethernet). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, u8, u16 } from "../dissect/field.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ethernet } from "./ethernet.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const CHANNEL_TYPE_NAMES: Readonly<Record<number, string>> = {
  28: "mpls_pwac_types",
  0: "Reserved",
  1: "Management Communication Channel (MCC)",
  2: "Signaling Communication Channel (SCC)",
  7: "BFD Control, PW-ACH-encapsulated (BFD Without IP/UDP Headers)",
  10: "MPLS Direct Loss Measurement (DLM)",
  11: "MPLS Inferred Loss Measurement (ILM)",
  12: "MPLS Delay Measurement (DM)",
  13: "MPLS Direct Loss and Delay Measurement (DLM+DM)",
  14: "MPLS Inferred Loss and Delay Measurement (ILM+DM)",
  33: "IPv4 packet",
  34: "MPLS-TP CC message",
  35: "MPLS-TP CV message",
  36: "Protection State Coordination Protocol (PSC)",
  37: "On-Demand CV",
  38: "LI",
  39: "Pseudo-Wire OAM",
  40: "MAC Withdraw OAM Msg",
  87: "IPv6 packet",
  88: "Fault OAM",
  32760: "Reserved for Experimental Use",
  32761: "Reserved for Experimental Use",
  32762: "Reserved for Experimental Use",
  32763: "Reserved for Experimental Use",
  32764: "Reserved for Experimental Use",
  32765: "Reserved for Experimental Use",
  32766: "Reserved for Experimental Use",
  32767: "Reserved for Experimental Use",
  35074: "MPLS-TP OAM",
};

const a = {
  ver: u8("pwach.ver", "Channel Version", { mask: 0xf }),
  res: u8("pwach.res", "Reserved", { base: "HEX" }),
  channelType: u16("pwach.channel_type", "Channel Type", { base: "HEX", names: CHANNEL_TYPE_NAMES }),
};
const c = {
  pweth: bool("pweth", "PW (ethernet)"),
  cw: bool("pweth.cw", "PW Control Word (ethernet)"),
  cwSequenceNumber: u16("pweth.cw.sequence_number", "PW sequence number (ethernet)"),
};

/** Set by the label stack: the channel of a section or path, not of a pseudowire (RFC 5586). */
let generic = false;

export function callGenericChannel(d: Dissection): void {
  generic = true;
  d.call(pwach);
  generic = false;
}

const CHANNELS: Readonly<Record<number, string>> = { 7: "bfd", 33: "ip", 87: "ipv6", 35074: "cfm" };

export const pwach = protocol({
  name: "pwach",
  title: "PW Associated Channel Header",
  short: "PW",
  fields: a,
  dissect(d) {
    if (d.labels && generic) d.relabelLayer("Generic Associated Channel Header");
    d.bits(a.ver, d.pos, 1);
    d.skip(1);
    d.u8(a.res);
    const channel = d.u16(a.channelType);
    if (d.columns) d.setInfo(CHANNEL_TYPE_NAMES[channel] ?? `Unknown (0x${channel.toString(16)})`);
    d.call(protocolNamed(CHANNELS[channel] ?? "data") ?? data);
  },
});

export const pwEthernetNoControlWord = protocol({
  name: "pwethnocw",
  title: "Ethernet PW (no CW)",
  short: "Ethernet PW (no CW)",
  invisible: true,
  dissect: (d) => {
    d.call(ethernet);
  },
});

export const pwEthernetControlWord = protocol({
  name: "pwethcw",
  title: "PW Ethernet Control Word",
  short: "PW Ethernet Control Word",
  fields: c,
  dissect(d) {
    d.skip(2);
    d.u16(c.cwSequenceNumber);
    if (d.labels) d.relabel(`Sequence Number: ${d.peek16(-2)}`);
    d.call(ethernet);
  },
});

/** With or without a control word, by what looks like an Ethernet header. */
export const pwEthernetHeuristic = protocol({
  name: "pwethheuristic",
  title: "Ethernet PW (CW heuristic)",
  short: "Ethernet PW (CW heuristic)",
  invisible: true,
  dissect(d) {
    const hasControlWord = !looksLikeEthernet(d, 0) && d.peek16() === 0 && looksLikeEthernet(d, CONTROL_WORD);
    d.hidden(hasControlWord ? c.cw : c.pweth, d.pos, 0, 1);
    d.call(hasControlWord ? pwEthernetControlWord : pwEthernetNoControlWord);
  },
});

const CONTROL_WORD = 4;
const ADDRESSES = 12;

/** True when a known Ethertype, or a length that fits, follows two addresses. */
function looksLikeEthernet(d: Dissection, ahead: number): boolean {
  if (d.remaining < ahead + ADDRESSES + 2) return false;
  const type = d.peek16(ahead + ADDRESSES);
  return type > 1500
    ? ETHERTYPE_NAMES[type] !== undefined
    : type > 0 && type <= d.wireRemaining - ahead - ADDRESSES - 2;
}

/** What the first four bits of a packet behind a label stack say of it (RFC 4928). */
export function behindLabels(first: number): Protocol | undefined {
  switch (first >> 4) {
    case 0:
      return pwEthernetHeuristic;
    case 1:
      return pwach;
    case 4:
      return ethertypes.get(0x0800);
    case 6:
      return ethertypes.get(0x86dd);
    default:
      return undefined;
  }
}
