/**
 * Real-time Transport Protocol, RFC 3550, with header extensions (RFC 8285) and as SRTP (RFC 3711), and the telephone
 * events it carries (RFC 4733).
 */
import type { Dissection } from "../dissect/dissection.ts";
import type { Facts } from "../dissect/expectations.ts";
import { bool, bytes, expert, frameNum, none, str, u8, u16, u32 } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { data } from "./data.ts";
import { EVENTS, PAYLOAD_TYPES, VERSIONS } from "./names/rtp.ts";
import { callIdField } from "./sip-call.ts";

const PROFILES = { 48862: "Unknown", 351: "ED137", 103: "ED137A" } as const;

const f = {
  version: u8("rtp.version", "Version", { mask: 0xc0, names: VERSIONS }),
  padding: bool("rtp.padding", "Padding", { mask: 0x20, bits: 8 }),
  extension: bool("rtp.ext", "Extension", { mask: 0x10, bits: 8 }),
  sourceCount: u8("rtp.cc", "Contributing source identifiers count", { mask: 0x0f }),
  marker: bool("rtp.marker", "Marker", { mask: 0x80, bits: 8 }),
  type: u8("rtp.p_type", "Payload type", { mask: 0x7f }),
  sequence: u16("rtp.seq", "Sequence number"),
  extended: u32("rtp.extseq", "Extended sequence number"),
  timestamp: u32("rtp.timestamp", "Timestamp"),
  ssrc: u32("rtp.ssrc", "Synchronization Source identifier", { base: "HEX_DEC" }),
  profile: u16("rtp.ext.profile", "Defined by profile", { base: "HEX_DEC", names: PROFILES }),
  extensionLength: u16("rtp.ext.len", "Extension length"),
  sources: none("rtp.csrc.items", "Contributing Source identifiers"),
  source: u32("rtp.csrc.item", "CSRC item", { base: "HEX_DEC" }),
  headerExtensions: none("rtp.hdr_exts", "Header extensions"),
  headerExtension: u32("rtp.hdr_ext", "Header extension", { base: "HEX_DEC" }),
  payload: bytes("rtp.payload", "Payload"),
  paddingData: bytes("rtp.padding.data", "Padding data"),
  paddingCount: u8("rtp.padding.count", "Padding count"),
  setup: str("rtp.setup", "Stream setup"),
  setupFrame: frameNum("rtp.setup-frame", "Setup frame"),
  setupMethod: str("rtp.setup-method", "Setup Method"),
  elementId: u8("rtp.ext.rfc5285.id", "Identifier"),
  elementLength: u8("rtp.ext.rfc5285.len", "Length"),
  elementBits: u8("rtp.ext.rfc5285.appbits", "Application Bits"),
  elementData: bytes("rtp.ext.rfc5285.data", "Extension Data"),
  encrypted: bytes("srtp.enc_payload", "SRTP Encrypted Payload"),
  authentication: bytes("srtp.auth_tag", "SRTP Auth Tag"),
};

const x = {
  paddingMissing: expert(
    "rtp.padding_missing",
    "warning",
    "Protocol",
    "Frame has padding, but not all the frame data was captured",
  ),
};

export const rtp: Protocol = protocol({
  name: "rtp",
  title: "Real-Time Transport Protocol",
  short: "RTP",
  fields: f,
  experts: x,
  linked: [f.extended, f.setup, f.setupFrame, f.setupMethod],
  dissect,
});

const e = {
  id: u8("rtpevent.event_id", "Event ID", { names: EVENTS }),
  end: bool("rtpevent.end_of_event", "End of Event", { mask: 0x80, bits: 8 }),
  reserved: bool("rtpevent.reserved", "Reserved", { mask: 0x40, bits: 8 }),
  volume: u8("rtpevent.volume", "Volume", { mask: 0x3f }),
  duration: u16("rtpevent.duration", "Event Duration"),
};

export const rtpEvent: Protocol = protocol({
  name: "rtpevent",
  title: "RFC 2833 RTP Event",
  short: "RTP EVENT",
  fields: e,
  contained: true,
  dissect: (d) => {
    const name = EVENTS[d.u8(e.id)] ?? "Unknown";
    const isEnd = d.peek8() >= 0x80;
    if (d.columns) d.setInfo(`Payload type=RTP Event, ${name}${isEnd ? " (end)" : ""}`);
    d.bits(e.end, d.pos, 1);
    d.bits(e.reserved, d.pos, 1);
    d.bits(e.volume, d.pos, 1);
    d.skip(1);
    d.u16(e.duration);
  },
});

/** Highest extended sequence number so far, by SSRC. */
class Streams {
  last = new Map<number, number>();
}
const makeStreams = (): Streams => new Streams();
stateClass(makeStreams);
const MAX_STREAMS = 256;
const KEY_EXTENDED = 0;

const FIXED_HEADER = 12;
const AUTHENTICATION_TAG = 10;

function dissect(d: Dissection): void {
  const start = d.pos;
  const first = d.peek8();
  const version = first >> 6;
  if (version !== 2) {
    if (d.columns) d.setInfo(`Unknown RTP version ${version}`);
    // STUN and DTLS share the port with RTP, RFC 7983.
    const other = sharing(d, first);
    if (other !== null) {
      d.unlist();
      d.call(other);
      return;
    }
    d.bits(f.version, start, 1);
    d.skip(1);
    d.pos = start;
    d.layerEnd(d.end);
    d.call(data);
    return;
  }
  const announcement = d.announcement;
  const facts = announcement?.app === rtp ? announcement.facts : null;
  const isSecure = facts?.secure === true;
  d.needAt(start, FIXED_HEADER);
  const type = d.peek8(1) & 0x7f;
  // Types below 96 mean the same for all (RFC 3551 section 6).
  const mapped = type < 96 ? null : nameIn(facts, type);
  const typeName = mapped ?? PAYLOAD_TYPES[type] ?? `Unknown (${type})`;
  if (d.columns) {
    if (isSecure) d.setProtocol("SRTP");
    const marker = d.peek8(1) >= 0x80 ? ", Mark" : "";
    const ssrc = d.peek32(8).toString(16).toUpperCase();
    d.setInfo(`PT=${typeName}, SSRC=0x${ssrc}, Seq=${d.peek16(2)}, Time=${d.peek32(4)}${marker}`);
  }
  if (d.building && facts !== null) addSetup(d, facts);
  d.bits(f.version, start, 1);
  const hasPadding = d.bits(f.padding, start, 1) === 1;
  const count = first & 0xf;
  header(d, start, type, typeName);
  if (count > 0) {
    d.open(f.sources, d.pos, 4 * count);
    if (d.labels) d.relabelParent(`Contributing Source identifiers (${count} items)`);
    for (let i = 0; i < count; i++) {
      const source = d.u32(f.source);
      if (d.labels) d.relabel(`CSRC item ${i}: 0x${source.toString(16).toUpperCase()}`);
    }
    d.close();
  }
  if ((first & 0x10) !== 0) extensions(d);
  if (isSecure) {
    secure(d);
    return;
  }
  let padding = 0;
  if (hasPadding && d.end === d.wireEnd && d.end > d.pos) padding = d.buf[d.end - 1];
  else if (hasPadding && d.end < d.wireEnd) d.expert(x.paddingMissing);
  const size = Math.max(0, d.remaining - padding);
  const app = size > 0 ? payloadProtocol(mapped, type) : null;
  const end = d.end;
  if (size > 0 && app === null) d.bytes(f.payload, size);
  else if (app !== null) {
    d.end = d.pos + size;
    d.wireEnd = d.end;
    d.layerEnd(end);
    d.call(app);
    d.pos += size;
    d.end = end;
    d.wireEnd = end;
  }
  if (padding > 0 && d.remaining > 0) {
    if (d.remaining > 1) d.bytes(f.paddingData, d.remaining - 1);
    d.u8(f.paddingCount);
  }
  d.pos = end;
}

function header(d: Dissection, start: number, type: number, typeName: string): void {
  d.bits(f.extension, start, 1);
  d.bits(f.sourceCount, start, 1);
  d.bits(f.marker, start + 1, 1);
  d.bits(f.type, start + 1, 1);
  if (d.labels) d.relabel(`Payload type: ${typeName} (${type})`);
  d.skip(2);
  const sequence = d.u16(f.sequence);
  const extended = extendedSequence(d, sequence, d.peek32(4));
  d.generated(f.extended, d.pos - 2, 2, extended);
  d.u32(f.timestamp);
  d.u32(f.ssrc);
}

/** The sequence number with the times it went round; a stream begins in the first round but for numbers near 65535. */
function extendedSequence(d: Dissection, sequence: number, ssrc: number): number {
  const { conversation } = d;
  if (conversation === null) return sequence < 0x8000 ? sequence + 0x10000 : sequence;
  if (!d.first) return d.recall<number>(rtp, KEY_EXTENDED) ?? sequence;
  const { last } = conversation.state(rtp, makeStreams);
  const before = last.get(ssrc);
  let extended = sequence;
  if (before !== undefined) extended = before + (((sequence - before + 0x8000) & 0xffff) - 0x8000);
  else if (sequence < 0x8000) extended += 0x10000;
  if (before === undefined && last.size >= MAX_STREAMS) last.clear();
  last.set(ssrc, extended);
  if (d.keep) d.remember(rtp, KEY_EXTENDED, extended);
  return extended;
}

function addSetup(d: Dissection, facts: Facts): void {
  const { frame, method, call } = facts;
  d.open(f.setup, d.pos, 0, "", GENERATED);
  if (d.labels) d.relabelParent(`Stream setup by ${method} (frame ${frame})`);
  d.generated(f.setupFrame, d.pos, 0, Number(frame));
  d.generated(f.setupMethod, d.pos, 0, String(method));
  if (call !== undefined && call !== "") d.generated(callIdField, d.pos, 0, String(call));
  d.close();
}

/** Name of a payload type in what the stream was announced with: "96=opus 101=telephone-event". */
function nameIn(facts: Facts | null, type: number): string | null {
  const types = facts?.types;
  if (typeof types !== "string" || types === "") return null;
  const key = `${type}=`;
  for (const one of types.split(" ")) if (one.startsWith(key)) return one.slice(key.length);
  return null;
}

function sharing(d: Dissection, first: number): Protocol | null {
  const name = first < 4 ? "stun" : first >= 20 && first < 64 ? "dtls" : null;
  const found = name === null ? undefined : protocolNamed(name);
  return found !== undefined && (found.test === undefined || d.probe(found)) ? found : null;
}

/** Payload types that carry telephone events where nothing else was announced. */
function payloadProtocol(mapped: string | null, type: number): Protocol | null {
  if (mapped !== null) return mapped.toLowerCase() === "telephone-event" ? rtpEvent : null;
  return type === 100 || type === 101 ? rtpEvent : null;
}

const ONE_BYTE = 0xbede;
const TWO_BYTES = 0x1000;

function extensions(d: Dissection): void {
  const profile = d.u16(f.profile);
  if (d.labels) d.relabel(`Defined by profile: Unknown (0x${profile.toString(16).padStart(4, "0")})`);
  const length = 4 * d.u16(f.extensionLength);
  if (length === 0) return;
  d.need(length);
  const end = d.pos + length;
  d.open(f.headerExtensions, d.pos, length);
  if (profile === ONE_BYTE || (profile & 0xfff0) === TWO_BYTES) elements(d, profile, end);
  else while (d.pos < end) d.u32(f.headerExtension);
  d.close();
  d.pos = end;
}

/** RFC 8285 section 4.2 and 4.3. */
function elements(d: Dissection, profile: number, end: number): void {
  const isShort = profile === ONE_BYTE;
  while (d.pos < end) {
    const at = d.pos;
    const id = isShort ? d.peek8() >> 4 : d.peek8();
    if (id === 0) {
      let stop = at;
      while (stop < end && d.buf[stop] === 0) stop++;
      d.bytes(f.paddingData, stop - at);
      continue;
    }
    if (isShort && id === 15) return;
    const length = isShort ? (d.peek8() & 0xf) + 1 : d.peek8(1);
    const size = (isShort ? 1 : 2) + length;
    if (d.labels) d.openText(at, size, `RFC 5285 Header Extension (${isShort ? "One" : "Two"}-Byte Header)`);
    if (!isShort) d.add(f.elementBits, at, 1, profile & 0xf);
    d.add(f.elementId, at, 1, id);
    d.add(f.elementLength, at + (isShort ? 0 : 1), 1, length);
    d.skip(isShort ? 1 : 2);
    if (length > 0) d.bytes(f.elementData, length);
    if (d.labels) d.close();
  }
}

function secure(d: Dissection): void {
  const size = d.remaining - AUTHENTICATION_TAG;
  if (size > 0) {
    d.bytes(f.encrypted, size);
    d.bytes(f.authentication, AUTHENTICATION_TAG);
  }
  d.pos = d.end;
}
