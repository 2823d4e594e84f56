/** The frame itself: what the capture file says about it. Not a protocol on the wire. */
import type { Dissection, RecordFacts, Time } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  expert,
  type Field,
  type FieldOptions,
  i8,
  i64,
  relTime,
  SET_NOTSET,
  str,
  u16,
  u32,
  u64,
} from "../dissect/field.ts";
import type { Node } from "../dissect/node.ts";
import { protocol, protocols } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { encapsulations } from "./encapsulations.ts";

const error = (bit: number): FieldOptions => ({ mask: (1 << bit) >>> 0, bits: 32, tf: SET_NOTSET });

const bits = (value: number): string => `${value} bytes (${value * 8} bits)`;

const RECEPTION_TYPES = {
  0: "Not specified",
  1: "Unicast",
  2: "Multicast",
  3: "Broadcast",
  4: "Promiscuous",
  5: "Unknown",
  6: "Unknown",
  7: "Unknown",
};

/** Linux' linux/pkt_cls.h. */
const TC_ACTIONS = {
  [-1]: "TC_ACT_UNSPEC",
  0: "TC_ACT_OK",
  1: "TC_ACT_RECLASSIFY",
  2: "TC_ACT_SHOT",
  3: "TC_ACT_PIPE",
  4: "TC_ACT_STOLEN",
  5: "TC_ACT_QUEUED",
  6: "TC_ACT_REPEAT",
  7: "TC_ACT_REDIRECT",
  8: "TC_ACT_TRAP",
};

/** Linux' linux/bpf.h. */
const XDP_ACTIONS = { 0: "XDP_ABORTED", 1: "XDP_DROP", 2: "XDP_PASS", 3: "XDP_TX", 4: "XDP_REDIRECT" };

const f = {
  interface: u32("frame.interface_id", "Interface id"),
  interfaceName: str("frame.interface_name", "Interface name"),
  interfaceDescription: str("frame.interface_description", "Interface description"),
  comment: str("frame.comment", "Comment"),
  section: u32("frame.section_number", "Section number"),
  packetFlags: u32("frame.packet_flags", "Packet flags", { base: "HEX" }),
  flagsDirection: u32("frame.packet_flags_direction", "Direction", {
    base: "HEX",
    mask: 0x3,
    names: { 0: "Unknown", 1: "Inbound", 2: "Outbound", 3: "Unknown" },
  }),
  flagsReception: u32("frame.packet_flags_reception_type", "Reception type", {
    mask: 0x1c,
    names: RECEPTION_TYPES,
  }),
  flagsFcsLength: u32("frame.packet_flags_fcs_length", "FCS length", { mask: 0x1e0 }),
  flagsReserved: u32("frame.packet_flags_reserved", "Reserved", { mask: 0xfe00 }),
  flagsCrc: bool("frame.packet_flags_crc_error", "CRC error", error(24)),
  flagsTooLong: bool("frame.packet_flags_packet_too_error", "Packet too long error", error(25)),
  flagsTooShort: bool("frame.packet_flags_packet_too_short_error", "Packet too short error", error(26)),
  flagsGap: bool("frame.packet_flags_wrong_inter_frame_gap_error", "Wrong interframe gap error", error(27)),
  flagsUnaligned: bool("frame.packet_flags_unaligned_frame_error", "Unaligned frame error", error(28)),
  flagsDelimiter: bool(
    "frame.packet_flags_start_frame_delimiter_error",
    "Start frame delimiter error",
    error(29),
  ),
  flagsPreamble: bool("frame.packet_flags_preamble_error", "Preamble error", error(30)),
  flagsSymbol: bool("frame.packet_flags_symbol_error", "Symbol error", error(31)),
  queue: u32("frame.interface_queue", "Interface queue"),
  packetId: u64("frame.packet_id", "Packet id"),
  verdict: str("frame.verdict", "Verdict"),
  verdictHardware: bytes("frame.verdict.hw", "Hardware", { base: "SEP_SPACE" }),
  verdictTc: i64("frame.verdict.ebpf_tc", "eBPF TC", { names: TC_ACTIONS }),
  verdictXdp: i64("frame.verdict.ebpf_xdp", "eBPF XDP", { names: XDP_ACTIONS }),
  verdictUnknown: bytes("frame.verdict.unknown", "Unknown", { base: "SEP_SPACE" }),
  dropCount: u64("frame.drop_count", "Drop Count"),
  p2pDirection: i8("frame.p2p_dir", "Point-to-Point Direction", { names: { 0: "Sent", 1: "Received" } }),
  encapType: u16("frame.encap_type", "Encapsulation type", { names: encapsulations.names }),
  time: absTime("frame.time", "Arrival Time", { base: "LOCAL" }),
  offsetShift: relTime("frame.offset_shift", "Time shift for this packet"),
  timeEpoch: relTime("frame.time_epoch", "Epoch Time"),
  timeDelta: relTime("frame.time_delta", "Time delta from previous captured frame"),
  timeDeltaDisplayed: relTime("frame.time_delta_displayed", "Time delta from previous displayed frame"),
  timeRelative: relTime("frame.time_relative", "Time since reference or first frame"),
  number: u32("frame.number", "Frame Number"),
  len: u32("frame.len", "Frame Length", { base: "CUSTOM", text: bits }),
  capLen: u32("frame.cap_len", "Capture Length", { base: "CUSTOM", text: bits }),
  marked: bool("frame.marked", "Frame is marked"),
  ignored: bool("frame.ignored", "Frame is ignored"),
  protocols: str("frame.protocols", "Protocols in frame"),
};

const x = {
  comment: expert("frame.comment.expert", "comment", "Comment", "Comment"),
  unknownLink: expert("frame.encap_type.unknown", "warning", "Undecoded", "Unknown link type"),
};

export const frame = protocol({
  name: "frame",
  title: "Frame",
  short: "Frame",
  fields: f,
  experts: x,
  dissect: dissectFrame,
});

const packetComments = protocol({
  name: "pkt_comment",
  title: "Packet comments",
  short: "Pkt_Comment",
  dissect: () => undefined,
});

const EPOCH: Time = { sec: 0, nsec: 0 };

/** Nanoseconds from `from` to `to`. */
function between(from: Time | null, to: Time): bigint {
  if (from === null) return 0n;
  return BigInt(to.sec - from.sec) * 1_000_000_000n + BigInt(to.nsec - from.nsec);
}

/**
 * Dissects a whole frame after `Dissection.begin`: the frame's own layer, then the link layer.
 * The frame's layer is not part of the protocol chain.
 */
export function dissectFrame(d: Dissection): void {
  const link = linkTypes.get(d.linkType);
  const remarkable = link === undefined || d.context.comments.length > 0;
  const chainNode =
    d.building && (remarkable || d.wantsOf(frame) || d.wantsOf(packetComments))
      ? addFrameFields(d, link === undefined)
      : null;
  d.call(link ?? data);
  if (link === undefined && d.columns) {
    d.setProtocol("Unknown");
    d.setInfo(`Link type ${d.linkType} is not known`);
  }
  if (chainNode !== null) chainNode.value = chainText(d);
}

function addFrameFields(d: Dissection, unknownLink: boolean): Node | null {
  const at = d.pos;
  if (d.context.comments.length > 0) addComments(d);
  d.open(frame.field, at, d.capLen);
  if (d.labels) {
    const onInterface =
      d.context.interfaceName === null ? "" : ` on interface ${d.context.interfaceName}, id ${d.iface}`;
    d.relabel(
      `Frame ${d.frame}: ${d.len} bytes on wire (${d.len * 8} bits), ${d.capLen} bytes captured (${d.capLen * 8} bits)${onInterface}${directionText(d.context.record)}`,
    );
  }
  const context = d.context;
  if (context.interfaceName !== null) {
    d.add(f.section, at, 0, context.section + 1);
    const name = context.interfaceName;
    d.open(f.interface, at, 0, d.iface);
    if (d.labels) d.append(` (${name})`);
    d.add(f.interfaceName, at, 0, name);
    if (context.interfaceDescription !== null) {
      d.add(f.interfaceDescription, at, 0, context.interfaceDescription);
    }
    d.close();
  }
  if (context.record !== null) addRecordFacts(d, context.record);
  d.add(f.encapType, at, 0, encapsulations.fromLinkType(d.linkType));
  if (unknownLink)
    d.expert(x.unknownLink, `Link type ${d.linkType} is not known; the bytes are shown as data`);
  const now = { sec: d.sec, nsec: d.nsec };
  if (d.wants(f.time)) d.add(f.time, at, 0, between(EPOCH, now));
  d.generated(f.offsetShift, at, 0, 0n);
  if (d.wants(f.timeEpoch)) d.add(f.timeEpoch, at, 0, between(EPOCH, now));
  addDifference(d, f.timeDelta, context.previous, now);
  addDifference(d, f.timeDeltaDisplayed, context.previousDisplayed, now);
  addDifference(d, f.timeRelative, context.first, now);
  d.add(f.number, at, 0, d.frame);
  d.add(f.len, at, 0, d.len);
  d.add(f.capLen, at, 0, d.capLen);
  if (context.record?.dropCount !== undefined) d.add(f.dropCount, at, 0, BigInt(context.record.dropCount));
  d.generated(f.marked, at, 0, 0);
  d.generated(f.ignored, at, 0, 0);
  const direction = pointToPoint(d);
  if (direction !== UNKNOWN) d.add(f.p2pDirection, at, 0, direction);
  const before = d.last;
  d.generated(f.protocols, at, 0, "");
  const chainNode = d.last === before ? null : d.last;
  d.close();
  return chainNode;
}

const FLAGS = [
  ...[f.flagsDirection, f.flagsReception, f.flagsFcsLength, f.flagsReserved, f.flagsCrc, f.flagsTooLong],
  ...[f.flagsTooShort, f.flagsGap, f.flagsUnaligned, f.flagsDelimiter, f.flagsPreamble, f.flagsSymbol],
];

const INBOUND = 1;
const OUTBOUND = 2;

/** Which way a packet went, as epb_flags says it. */
function directionText(record: RecordFacts | null): string {
  const direction = (record?.flags ?? 0) & 3;
  return direction === INBOUND ? " (inbound)" : direction === OUTBOUND ? " (outbound)" : "";
}

/** What the options of a packet's block say (pcapng 4.3). */
function addRecordFacts(d: Dissection, record: RecordFacts): void {
  const at = d.pos;
  const { flags, verdicts } = record;
  if (flags !== undefined) {
    d.open(f.packetFlags, at, 0, flags);
    for (const field of FLAGS) {
      const value = ((flags & field.mask) >>> 0) >>> field.shift;
      d.add(field, at, 0, value);
    }
    d.close();
  }
  if (record.queue !== undefined) d.add(f.queue, at, 0, record.queue);
  if (record.packetId !== undefined) d.add(f.packetId, at, 0, record.packetId);
  if (verdicts.length === 0) return;
  d.open(f.verdict, at, 0, "");
  for (const { type, value } of verdicts) {
    const kind = VERDICTS[type] ?? "Unknown";
    d.appendParent(`, ${kind} (${type})`);
    if (typeof value === "bigint") d.add(type === 1 ? f.verdictTc : f.verdictXdp, at, 0, value);
    else d.add(type === 0 ? f.verdictHardware : f.verdictUnknown, at, 0, value);
  }
  d.close();
}

const VERDICTS: readonly string[] = ["Hardware", "eBPF_TC", "eBPF_XDP"];

const UNKNOWN = -1;
const SENT = 0;
const RECEIVED = 1;
const LINKTYPE_BLUETOOTH_HCI_DIRECTION = 201;
const LINKTYPE_PPP_DIRECTION = 204;

/** Which way a packet went, as its block or the pseudo-header before it says. */
function pointToPoint(d: Dissection): number {
  const direction = (d.context.record?.flags ?? 0) & 3;
  if (direction === INBOUND) return RECEIVED;
  if (direction === OUTBOUND) return SENT;
  if (d.linkType === LINKTYPE_BLUETOOTH_HCI_DIRECTION && d.remaining >= 4) {
    return (d.peek8(3) & 1) === 1 ? RECEIVED : SENT;
  }
  if (d.linkType === LINKTYPE_PPP_DIRECTION && d.remaining >= 1) return d.peek8() === 0 ? RECEIVED : SENT;
  return UNKNOWN;
}

function addDifference(d: Dissection, field: Field, from: Time | null, to: Time): void {
  if (d.wants(field)) d.generated(field, d.pos, 0, between(from, to));
}

/** Packet comments stand before the frame's own layer. */
function addComments(d: Dissection): void {
  d.open(packetComments.field, d.pos, 0);
  for (const comment of d.context.comments) {
    d.add(f.comment, d.pos, 0, comment);
    if (d.labels) d.relabel(comment);
    d.expert(x.comment, comment);
  }
  d.close();
}

/** `eth:ethertype:ip:tcp` */
export function chainText(d: Dissection): string {
  let text = "";
  for (let i = 0; i < d.chainLength; i++) text += (i > 0 ? ":" : "") + protocols[d.chain[i]].name;
  return text;
}
