/** Slow protocols of IEEE 802.3 annex 57A: link aggregation control and the marker protocol, IEEE 802.1AX-2014. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  expert,
  Field,
  str,
  u8,
  u16,
  u32,
  type ValueNames,
  YES_NO,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { DissectorTable, protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { formatEther } from "../dissect/text.ts";
import { data } from "./data.ts";

const SUBTYPES: ValueNames = {
  1: "LACP",
  2: "Marker Protocol",
  3: "OAM",
  10: "Organization Specific Slow Protocol",
};
const LACP_TLVS: ValueNames = {
  0: "Terminator",
  1: "Actor Information",
  2: "Partner Information",
  3: "Collector Information",
};
const MARKER_TLVS: ValueNames = {
  0: "Marker Terminator",
  1: "Marker Information",
  2: "Marker Response Information",
};

const slowFields = {
  subtype: u8("slow.subtype", "Slow Protocols subtype", { base: "HEX", names: SUBTYPES }),
};

/** Protocols by their slow protocol subtype. */
export const slowSubtypes = new DissectorTable("slow.subtype", "Slow protocols subtype");

export const slow = protocol({
  name: "slow",
  title: "Slow Protocols",
  short: "Slow Protocols",
  fields: slowFields,
  on: [[ethertypes, 0x8809]],
  dissect(d) {
    const subtype = d.u8(slowFields.subtype);
    if (d.columns) d.setInfo(`Subtype = ${subtype}`);
    d.call(slowSubtypes.get(subtype) ?? data);
  },
});

/** The fields of one end of the link. */
interface Side {
  readonly title: string;
  readonly priority: Field;
  readonly system: Field;
  readonly key: Field;
  readonly portPriority: Field;
  readonly port: Field;
  readonly state: Field;
  readonly bits: readonly Field[];
  readonly stateText: Field;
  readonly reserved: Field;
}
function side(name: string, title: string, systemTitle: string): Side {
  const prefix = `lacp.${name}`;
  const bit = (part: string, text: string, mask: number, tf: readonly [string, string]): Field =>
    bool(`${prefix}.state.${part}`, text, { mask, tf });
  return {
    title: title.toUpperCase(),
    priority: u16(`${prefix}.sys_priority`, `${title} System Priority`),
    system: ether(`${prefix}.sysid`, systemTitle),
    key: u16(`${prefix}.key`, `${title} Key`),
    portPriority: u16(`${prefix}.port_priority`, `${title} Port Priority`),
    port: u16(`${prefix}.port`, `${title} Port`),
    state: u8(`${prefix}.state`, `${title} State`, { base: "HEX" }),
    bits: [
      bit("activity", "LACP Activity", 0x01, ["Active", "Passive"]),
      bit("timeout", "LACP Timeout", 0x02, ["Short Timeout", "Long Timeout"]),
      bit("aggregation", "Aggregation", 0x04, ["Aggregatable", "Individual"]),
      bit("synchronization", "Synchronization", 0x08, ["In Sync", "Out of Sync"]),
      bit("collecting", "Collecting", 0x10, ["Enabled", "Disabled"]),
      bit("distributing", "Distributing", 0x20, ["Enabled", "Disabled"]),
      bit("defaulted", "Defaulted", 0x40, YES_NO),
      bit("expired", "Expired", 0x80, YES_NO),
    ],
    stateText: str(`${prefix}.state_str`, `${title} State Flags`),
    reserved: bytes(`${prefix}.reserved`, "Reserved"),
  };
}
const ACTOR = side("actor", "Actor", "Actor System ID");
const PARTNER = side("partner", "Partner", "Partner System");
const fieldsOf = (which: Side): Record<string, Field> =>
  Object.fromEntries(
    Object.values(which)
      .flat()
      .filter((value) => value instanceof Field)
      .map((field) => [field.name, field]),
  );

const f = {
  version: u8("lacp.version", "LACP Version", { base: "HEX" }),
  type: u8("lacp.tlv_type", "TLV Type", { base: "HEX", names: LACP_TLVS }),
  length: u8("lacp.tlv_length", "TLV Length", { base: "HEX" }),
  ...fieldsOf(ACTOR),
  ...fieldsOf(PARTNER),
  maxDelay: u16("lacp.collector.max_delay", "Collector Max Delay"),
  collectorReserved: bytes("lacp.coll_reserved", "Reserved"),
  pad: bytes("lacp.pad", "Pad"),
};
const x = {
  type: expert("lacp.wrong_tlv_type", "error", "Malformed", "TLV is not expected type"),
  length: expert("lacp.wrong_tlv_length", "error", "Malformed", "TLV is not expected length"),
};

export const lacp = protocol({
  name: "lacp",
  title: "Link Aggregation Control Protocol",
  short: "Link Aggregation Control Protocol",
  fields: f,
  experts: x,
  on: [[slowSubtypes, 1]],
  dissect: dissectLacp,
});

const ACTOR_TLV = 1;
const PARTNER_TLV = 2;
const COLLECTOR_TLV = 3;
const TERMINATOR_TLV = 0;
const SIDE_LENGTH = 20;
const COLLECTOR_LENGTH = 16;
/** Padding of a LACPDU behind its terminator. */
const PAD = 50;

/** IEEE 802.1AX section 6.4.2.3. */
function dissectLacp(d: Dissection): void {
  if (d.columns) {
    d.setProtocol("LACP");
    d.setInfo("Link Aggregation Control Protocol");
  }
  const version = d.u8(f.version);
  if (!d.building && !d.columns) return;
  const actor = addSide(d, ACTOR_TLV, ACTOR);
  const partner = addSide(d, PARTNER_TLV, PARTNER);
  if (d.columns) d.setInfo(`v${version} ${actor} ${partner}`);
  addTlvHeader(d, COLLECTOR_TLV, COLLECTOR_LENGTH);
  d.u16(f.maxDelay);
  d.bytes(f.collectorReserved, 12);
  addTlvHeader(d, TERMINATOR_TLV, 0);
  if (d.remaining > 0) d.bytes(f.pad, Math.min(PAD, d.remaining));
  if (d.pos < d.wireEnd) d.payloadEnd = d.pos;
}

function addTlvHeader(d: Dissection, type: number, length: number): void {
  const foundType = d.u8(f.type);
  if (foundType !== type) d.expert(x.type);
  const foundLength = d.u8(f.length);
  if (foundLength !== length) d.expert(x.length);
}

/** Adds what is said of one end of the link; returns it in short for the info text. */
function addSide(d: Dissection, type: number, which: Side): string {
  addTlvHeader(d, type, SIDE_LENGTH);
  d.u16(which.priority);
  const at = d.pos;
  d.ether(which.system);
  const key = d.u16(which.key);
  d.u16(which.portPriority);
  const port = d.u16(which.port);
  const text = stateText(addFlags(d, which.state, 1, which.bits));
  d.generated(which.stateText, d.pos - 1, 1, text);
  d.bytes(which.reserved, 3);
  return `${which.title} ${formatEther(d.buf.subarray(at, at + 6))} P: ${port} K: ${key} ${text}`;
}

const STATE_LETTERS = "EFDCSGSA";

/** One letter a bit, the highest first: expired, defaulted, distributing, … */
function stateText(state: number): string {
  let text = "";
  for (let bit = 7; bit >= 0; bit--) text += state & (1 << bit) ? STATE_LETTERS[7 - bit] : "*";
  return text;
}

const marker = {
  version: u8("marker.version", "Version Number", { base: "HEX" }),
  type: u8("marker.tlvType", "TLV Type", { base: "HEX", names: MARKER_TLVS }),
  length: u8("marker.tlvLen", "TLV Length", { base: "HEX" }),
  port: u16("marker.requesterPort", "Requester Port"),
  system: ether("marker.requesterSystem", "Requester System"),
  transaction: u32("marker.requesterTransId", "Requester Transaction ID"),
  pad: u16("marker.requesterPad", "Requester Pad"),
  reserved: bytes("marker.reserved", "Reserved"),
};
const markerExperts = {
  pad: expert("marker.wrong_pad_value", "warning", "Protocol", "pad value is not 0"),
};

export const markerProtocol = protocol({
  name: "marker",
  title: "Marker Protocol",
  short: "Marker",
  fields: marker,
  experts: markerExperts,
  on: [[slowSubtypes, 2]],
  dissect: dissectMarker,
});

/** Bytes behind the terminator of a marker PDU. */
const MARKER_RESERVED = 90;
const MARKER_NAMES: Readonly<Record<number, string>> = { 1: "Information", 2: "Response" };

/** IEEE 802.1AX section 6.5.3.3. */
function dissectMarker(d: Dissection): void {
  d.u8(marker.version);
  const type = d.u8(marker.type);
  d.u8(marker.length);
  const port = d.u16(marker.port);
  d.ether(marker.system);
  const system = formatEther(d.buf.subarray(d.pos - 6, d.pos));
  const transaction = d.u32(marker.transaction);
  if (d.columns) {
    d.setInfo(`${MARKER_NAMES[type] ?? "Unknown"} SysId=${system}, P=${port}, TId=${transaction}`);
  }
  if (d.u16(marker.pad) !== 0) d.expert(markerExperts.pad);
  d.u8(marker.type);
  d.u8(marker.length);
  if (d.remaining > 0) d.bytes(marker.reserved, Math.min(MARKER_RESERVED, d.remaining));
  if (d.pos < d.wireEnd) d.payloadEnd = d.pos;
}
