/** Real Time Streaming Protocol version 1, RFC 2326, with the packets it carries between its messages (section 10.12). */
import { CONVERSATION_UDP } from "../dissect/conversation.ts";
import { type Dissection, ONE_MORE_SEGMENT } from "../dissect/dissection.ts";
import { bytes, str, u8, u16, u32 } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { tcpPorts } from "../dissect/tables.ts";
import { decodeText, escapeText } from "../dissect/text.ts";
import { callMedia, mediaProtocol, textLines } from "./media.ts";
import { rtcp } from "./rtcp.ts";
import { rtp } from "./rtp.ts";

const f = {
  request: str("rtsp.request", "Request"),
  response: str("rtsp.response", "Response"),
  method: str("rtsp.method", "Method"),
  contentType: str("rtsp.content-type", "Content-type"),
  contentLength: u32("rtsp.content-length", "Content-length"),
  url: str("rtsp.url", "URL"),
  status: u32("rtsp.status", "Status"),
  session: str("rtsp.session", "Session"),
  transport: str("rtsp.transport", "Transport"),
  magic: u8("rtsp.magic", "Magic", { base: "HEX" }),
  channel: u8("rtsp.channel", "Channel", { base: "HEX" }),
  length: u16("rtsp.length", "Length"),
  data: bytes("rtsp.data", "Data"),
};

export const rtsp: Protocol = protocol({
  name: "rtsp",
  title: "Real Time Streaming Protocol",
  short: "RTSP",
  fields: f,
  contained: true,
  on: [[tcpPorts, 554, 7236, 8554]],
  dissect,
});

const METHODS = new Set(
  "DESCRIBE ANNOUNCE GET_PARAMETER OPTIONS PAUSE PLAY RECORD REDIRECT SETUP SET_PARAMETER TEARDOWN".split(
    " ",
  ),
);

/** What the channels between the messages carry. */
class Channels {
  /** Channel → true for RTCP, false for RTP. */
  kinds = new Map<number, boolean>();
}
const makeChannels = (): Channels => new Channels();
stateClass(makeChannels);
const KEY_CHANNEL = 0;

const LF = 10;
const CR = 13;
const DOLLAR = 0x24;
const INTERLEAVED_HEADER = 4;
/** Longest header waited for. */
const MAX_HEADER = 1 << 16;

function dissect(d: Dissection): void {
  const { pos: first, end, wireEnd, canDesegment } = d;
  d.canDesegment = false;
  if (d.columns) d.setInfo("");
  while (d.pos < end) {
    const start = d.pos;
    const size = d.buf[start] === DOLLAR ? interleavedSize(d) : messageSize(d, canDesegment);
    if (size < 0 || (canDesegment && start + size > wireEnd)) {
      if (canDesegment) {
        d.wantMore(start, size < 0 ? ONE_MORE_SEGMENT : start + size - wireEnd);
        break;
      }
    }
    d.sizedPdu(size < 0 ? end - start : size, d.buf[start] === DOLLAR ? interleaved : message, start > first);
  }
  d.canDesegment = canDesegment;
}

const interleavedSize = (d: Dissection): number =>
  d.remaining < INTERLEAVED_HEADER ? -1 : INTERLEAVED_HEADER + d.peek16(2);

function interleaved(d: Dissection): void {
  const start = d.pos;
  d.u8(f.magic);
  const channel = d.u8(f.channel);
  const length = d.u16(f.length);
  const text = `Interleaved channel 0x${channel.toString(16).padStart(2, "0")}, ${length} bytes`;
  if (d.labels)
    d.relabelLayer(
      `RTSP Interleaved Frame, Channel: 0x${channel.toString(16).padStart(2, "0")}, ${length} bytes`,
    );
  const key = KEY_CHANNEL + start - d.base;
  let isControl: boolean | undefined;
  if (d.first) {
    isControl = d.conversation?.state(rtsp, makeChannels).kinds.get(channel);
    if (d.keep && isControl !== undefined) d.remember(rtsp, key, isControl);
  } else isControl = d.recall<boolean>(rtsp, key);
  if (d.columns) separate(d);
  if (isControl === undefined) {
    if (d.columns) d.addInfo(text);
    if (d.remaining > 0) d.bytes(f.data, d.remaining);
    return;
  }
  d.fenceInfo();
  d.layerEnd(d.pos);
  if (d.remaining > 0) d.call(isControl ? rtcp : rtp);
  d.pos = d.end;
}

/** What follows in the info column is apart from what is there. */
function separate(d: Dissection): void {
  if (d.info !== "" && d.columns) {
    d.addInfo(", ");
    d.fenceInfo();
  }
}

/** Index of the end of the line at `at`, and behind it. */
function lineAt(d: Dissection, at: number): { end: number; next: number } {
  let end = d.buf.indexOf(LF, at);
  if (end === -1 || end >= d.end) return { end: d.end, next: d.end };
  const next = end + 1;
  if (end > at && d.buf[end - 1] === CR) end--;
  return { end, next };
}

/** Bytes of the message at the cursor; -1 when its header goes on. What is none lasts to the end. */
function messageSize(d: Dissection, mayWait: boolean): number {
  const start = d.pos;
  if (!isFirstLine(textOf(d, start))) return d.end - start;
  let length = 0;
  for (let at = start; at < d.end; ) {
    const { end, next } = lineAt(d, at);
    if (end === at) return next - start + length;
    const match = /^content-length\s*:\s*(\d+)/i.exec(decodeText(d.buf, at, end, "latin1"));
    if (match !== null) length = Math.min(Number(match[1]), 1 << 24);
    at = next;
  }
  return mayWait && d.end - start < MAX_HEADER ? -1 : d.end - start;
}

const textOf = (d: Dissection, at: number): string => decodeText(d.buf, at, lineAt(d, at).end, "utf-8");

const isFirstLine = (line: string): boolean =>
  /^RTSP\/\d/.test(line) || (/ RTSP\/\d/.test(line) && METHODS.has(line.split(" ")[0]));

function message(d: Dissection): void {
  const start = d.pos;
  const { end, next } = lineAt(d, start);
  const line = decodeText(d.buf, start, end, "utf-8");
  const isReply = /^RTSP\/\d/.test(line);
  if (!isFirstLine(line)) {
    continuation(d);
    return;
  }
  if (d.columns) {
    separate(d);
    d.addInfo(isReply ? `Reply: ${escapeText(line)}` : escapeText(line));
  }
  // The field's value has its line end as it is shown.
  const shown = d.building ? escapeText(decodeText(d.buf, start, next, "utf-8")) : "";
  d.open(isReply ? f.response : f.request, start, next - start, shown);
  if (d.labels) d.relabelParent(`${isReply ? "Response" : "Request"}: ${shown}`);
  const [first, second = ""] = line.split(" ");
  const secondAt = start + first.length + 1;
  if (!isReply) {
    d.add(f.method, start, first.length, first);
    d.add(f.url, secondAt, second.length, second);
  } else if (/^\d+$/.test(second)) d.add(f.status, secondAt, second.length, Number(second) >>> 0);
  d.close();
  let at = next;
  let type = "";
  while (at < d.end) {
    const one = lineAt(d, at);
    const text = decodeText(d.buf, at, one.end, "utf-8");
    const colon = text.indexOf(":");
    const name = colon === -1 ? "" : text.slice(0, colon).trim().toLowerCase();
    const value = text.slice(colon + 1).trim();
    if (name === "content-type") type = value;
    if (d.first && isReply && name === "transport") setUp(d, value);
    header(d, at, one.end, one.next, name, value);
    at = one.next;
    if (text === "") break;
  }
  d.pos = at;
  if (d.remaining === 0) return;
  const media = type.split(";")[0].trim();
  if (d.columns && mediaProtocol(media.toLowerCase()) === textLines) d.addInfo(` (${media})`);
  d.layerEnd(d.end);
  d.underParent(() => callMedia(d, media, null));
  d.pos = d.end;
}

function header(d: Dissection, at: number, end: number, next: number, name: string, value: string): void {
  if (name === "content-length" && /^\d+$/.test(value))
    d.add(f.contentLength, at, end - at, Number(value) >>> 0);
  else if (name === "content-type") d.add(f.contentType, at, end - at, value);
  else if (name === "session") d.add(f.session, at, end - at, value);
  else if (name === "transport") d.add(f.transport, at, end - at, value);
  else if (d.labels) d.text(at, next - at, escapeText(decodeText(d.buf, at, next, "utf-8")));
}

/** Bytes of a message whose beginning was not seen. */
function continuation(d: Dissection): void {
  if (d.columns) {
    separate(d);
    d.addInfo("Continuation");
  }
  const end = d.end;
  const size = end - d.pos;
  let at = d.pos;
  let blank = -1;
  while (at < end && blank === -1) {
    const one = lineAt(d, at);
    if (one.end === at) blank = one.next;
    at = one.next;
  }
  if (d.building && blank === -1) {
    d.add(f.data, d.pos, size, d.buf.subarray(d.pos, end));
    if (d.labels) d.relabel(`Data (${size} bytes)`);
  }
  for (at = d.pos; d.labels && at < blank; ) {
    const { next } = lineAt(d, at);
    d.text(at, next - at, escapeText(decodeText(d.buf, at, next, "utf-8")));
    at = next;
  }
  d.pos = end;
}

/** RFC 2326 section 12.39: where the packets will go. */
function setUp(d: Dissection, transport: string): void {
  const inside = /interleaved=(\d+)(?:-(\d+))?/i.exec(transport);
  if (inside !== null) {
    const kinds = d.conversation?.state(rtsp, makeChannels).kinds;
    if (kinds === undefined || Number(inside[1]) > 255) return;
    kinds.set(Number(inside[1]), false);
    if (inside[2] !== undefined && Number(inside[2]) <= 255) kinds.set(Number(inside[2]), true);
    return;
  }
  const ports = /client_port=(\d+)(?:-(\d+))?/i.exec(transport);
  if (ports === null || !/^RTP\/AVP/i.test(transport)) return;
  const { addresses } = d.memory;
  const client = { kind: addresses.kind(d.dstId), bytes: addresses.bytes(d.dstId).slice() };
  const facts = { frame: d.frame, method: "RTSP" };
  const [media, control] = [Number(ports[1]), Number(ports[2] ?? 0)];
  if (media > 0 && media <= 0xffff) d.expect(CONVERSATION_UDP, media, rtp, client, facts);
  if (control > 0 && control <= 0xffff) d.expect(CONVERSATION_UDP, control, rtcp, client, facts);
}
