/** The frame itself: what the capture file says about it. Not a protocol on the wire. */
import type { Dissection, Time } from "../dissect/dissection.ts";
import { absTime, bool, expert, type Field, relTime, str, u16, u32 } from "../dissect/field.ts";
import type { Node } from "../dissect/node.ts";
import { protocol, protocols } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { encapsulations } from "./encapsulations.ts";

const bits = (value: number): string => `${value} bytes (${value * 8} bits)`;

const f = {
  interface: u32("frame.interface_id", "Interface id"),
  interfaceName: str("frame.interface_name", "Interface name"),
  interfaceDescription: str("frame.interface_description", "Interface description"),
  comment: str("frame.comment", "Comment"),
  section: u32("frame.section_number", "Section number"),
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
      d.context.interfaceName === null
        ? ""
        : ` on interface ${d.context.interfaceName === "" ? "unknown" : d.context.interfaceName}, id ${d.iface}`;
    d.relabel(
      `Frame ${d.frame}: ${d.len} bytes on wire (${d.len * 8} bits), ${d.capLen} bytes captured (${d.capLen * 8} bits)${onInterface}`,
    );
  }
  const context = d.context;
  if (context.interfaceName !== null) {
    d.add(f.section, at, 0, context.section + 1);
    const name = context.interfaceName === "" ? "unknown" : context.interfaceName;
    d.open(f.interface, at, 0, d.iface);
    if (d.labels) d.append(` (${name})`);
    d.add(f.interfaceName, at, 0, name);
    if (context.interfaceDescription !== null) {
      d.add(f.interfaceDescription, at, 0, context.interfaceDescription);
    }
    d.close();
  }
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
  d.generated(f.marked, at, 0, 0);
  d.generated(f.ignored, at, 0, 0);
  const before = d.last;
  d.generated(f.protocols, at, 0, "");
  const chainNode = d.last === before ? null : d.last;
  d.close();
  return chainNode;
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
