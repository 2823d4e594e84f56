/** Bodies of several parts, each with a header of its own: RFC 2046 section 5.1. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, type Field, str } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { decodeText, escapeText } from "../dissect/text.ts";
import { data } from "./data.ts";
import { callMedia, infoOfMedia, mediaParameter, presentMediaType } from "./media.ts";

const f = {
  type: str("mime_multipart.type", "Type"),
  part: str("mime_multipart.part", "Encapsulated multipart part"),
  description: str("mime_multipart.header.content-description", "Content-Description"),
  disposition: str("mime_multipart.header.content-disposition", "Content-Disposition"),
  encoding: str("mime_multipart.header.content-encoding", "Content-Encoding"),
  id: str("mime_multipart.header.content-id", "Content-Id"),
  language: str("mime_multipart.header.content-language", "Content-Language"),
  length: str("mime_multipart.header.content-length", "Content-Length"),
  transferEncoding: str("mime_multipart.header.content-transfer-encoding", "Content-Transfer-Encoding"),
  contentType: str("mime_multipart.header.content-type", "Content-Type"),
  original: str("mime_multipart.header.originalcontent", "OriginalContent"),
  firstBoundary: str("mime_multipart.first_boundary", "First boundary"),
  preamble: bytes("mime_multipart.preamble", "Preamble"),
  lastBoundary: str("mime_multipart.last_boundary", "Last boundary"),
  boundary: str("mime_multipart.boundary", "Boundary"),
  trailer: bytes("mime_multipart.trailer", "Trailer"),
};

const x = {
  parameter: expert(
    "mime_multipart.no_required_parameter",
    "error",
    "Protocol",
    "The multipart dissector could not find a required parameter.",
  ),
};

export const mimeMultipart = protocol({
  name: "mime_multipart",
  title: "MIME Multipart Media Encapsulation",
  short: "MIME multipart",
  fields: f,
  experts: x,
  quiet: true,
  contained: true,
  dissect,
});

/** Header fields by their names, and by their short forms (RFC 3261 section 7.3.3). */
const HEADERS: Readonly<Record<string, Field>> = {
  "content-description": f.description,
  "content-disposition": f.disposition,
  "content-encoding": f.encoding,
  e: f.encoding,
  "content-id": f.id,
  "content-language": f.language,
  "content-length": f.length,
  l: f.length,
  "content-transfer-encoding": f.transferEncoding,
  "content-type": f.contentType,
  c: f.contentType,
  originalcontent: f.original,
};

const MAX_PARTS = 2000;
const MAX_HEADERS = 200;
/** Multipart bodies inside each other. */
const MAX_DEPTH = 8;
let depth = 0;

const CR = 13;
const LF = 10;
const DASH = 0x2d;

/** A line that separates parts: where it begins, with the line end before it, and where the next begins. */
interface Boundary {
  readonly at: number;
  readonly next: number;
  readonly last: boolean;
}

function dissect(d: Dissection): void {
  const boundary = mediaParameter("boundary");
  if (boundary === "" || depth >= MAX_DEPTH) {
    if (boundary === "") {
      d.unlist();
      if (d.building) d.expert(x.parameter);
    }
    d.call(data);
    d.pos = d.end;
    return;
  }
  const type = presentMediaType();
  if (d.labels) {
    d.relabelLayer(`${mimeMultipart.title}, Type: ${escapeText(type)}, Boundary: "${escapeText(boundary)}"`);
  }
  d.generated(f.type, d.pos, 0, type);
  d.layerEnd(d.end);
  depth++;
  parts(d, new Uint8Array(Buffer.from(`--${boundary}`, "utf8")));
  depth--;
  d.pos = d.end;
}

function parts(d: Dissection, marker: Uint8Array): void {
  const { end } = d;
  let found = find(d, marker, d.pos, true);
  if (found === null) {
    d.callBelow(data);
    return;
  }
  const { at } = found;
  if (at > d.pos) d.bytes(f.preamble, at - d.pos);
  line(d, f.firstBoundary, found);
  for (let n = 0; n < MAX_PARTS && !found.last; n++) {
    const start: number = found.next;
    const next = find(d, marker, start, false);
    d.open(f.part, start, 0, "");
    if (next !== null) {
      d.pos = start;
      d.end = next.at;
      part(d);
      d.end = end;
    }
    d.close(next?.at ?? start);
    if (next === null) return;
    line(d, next.last ? f.lastBoundary : f.boundary, next);
    found = next;
  }
  if (found.last && found.next < end) {
    d.add(f.trailer, found.next, end - found.next, d.buf.subarray(found.next, end));
  }
}

function line(d: Dissection, field: Field, { at, next }: Boundary): void {
  if (d.building) d.add(field, at, next - at, decodeText(d.buf, at, next, "utf-8"));
}

/** The next line from `from` on that begins with the marker. */
function find(d: Dissection, marker: Uint8Array, from: number, first: boolean): Boundary | null {
  const { buf, end } = d;
  for (let at = from; at + marker.length <= end; at++) {
    const dash = buf.indexOf(DASH, at);
    if (dash === -1 || dash + marker.length > end) return null;
    at = dash;
    if (!marker.every((byte, i) => buf[dash + i] === byte)) continue;
    if (dash > from && buf[dash - 1] !== LF) continue;
    if (dash === from && !first) continue;
    let begin = dash;
    if (!first) begin -= dash - 2 >= from && buf[dash - 2] === CR ? 2 : 1;
    let next = dash + marker.length;
    const last = next + 2 <= end && buf[next] === DASH && buf[next + 1] === DASH;
    if (last) next += 2;
    while (next < end && (buf[next] === 0x20 || buf[next] === 9)) next++;
    const behind = behindLineEnd(d, next);
    if (behind === next && next < end) continue;
    return { at: begin, next: behind, last };
  }
  return null;
}

function behindLineEnd(d: Dissection, at: number): number {
  const { buf, end } = d;
  if (at + 1 < end && buf[at] === CR && buf[at + 1] === LF) return at + 2;
  return at < end && buf[at] === LF ? at + 1 : at;
}

/** A part from the cursor to the layer's end. */
function part(d: Dissection): void {
  const { pos: start, end, buf } = d;
  let type = "";
  let at = start;
  let body = start;
  for (let n = 0; n < MAX_HEADERS && at < end; n++) {
    let stop = lineStop(d, at);
    while (stop + 1 < end && (buf[stop + 1] === 0x20 || buf[stop + 1] === 9)) stop = lineStop(d, stop + 1);
    if (stop >= end) break;
    const text = decodeText(buf, at, stop, "utf-8");
    const colon = text.indexOf(":");
    if (colon < 1 || /[^!-~]/.test(text.slice(0, colon))) break;
    const next = behindLineEnd(d, stop + 1);
    const done = next > stop + 1;
    type = header(d, at, next, text, colon) ?? type;
    at = next;
    if (done) {
      body = next;
      break;
    }
  }
  d.pos = body;
  if (body >= end) return;
  d.underParent(() => {
    if (type === "") d.call(data);
    else {
      const semicolon = type.search(/[;\s]/);
      const bare = semicolon === -1 ? type : type.slice(0, semicolon);
      callMedia(d, bare, null, semicolon === -1 ? "" : type.slice(semicolon));
      if (d.columns) d.addInfo(infoOfMedia(bare));
    }
  });
}

/** Index of the line feed that ends the line at `at`; the layer's end when there is none. */
function lineStop(d: Dissection, at: number): number {
  const feed = d.buf.indexOf(LF, at);
  return feed === -1 || feed >= d.end ? d.end : feed;
}

/** One header line; the content type when it tells it. */
function header(d: Dissection, at: number, next: number, text: string, colon: number): string | null {
  const name = text.slice(0, colon).toLowerCase();
  const field = Object.hasOwn(HEADERS, name) ? HEADERS[name] : undefined;
  const value = text.slice(colon + 1).trim();
  const shown = d.labels ? escapeText(decodeText(d.buf, at, next, "utf-8")) : "";
  if (field === undefined) d.text(at, next - at, shown);
  else if (d.building) {
    // Blanks outside of quotes do not count.
    d.add(field, at, next - at, value.replace(/("[^"]*")|\s+/g, "$1"));
    if (d.labels) d.relabel(`${field.title}: ${shown.replace(/^[^:]*:\s*/, "")}`);
  }
  if (field !== f.contentType) return null;
  if (d.labels) d.appendParent(` (${escapeText(value.replace(/[;\s].*$/s, ""))})`);
  return value.replace(/\r?\n[ \t]+/g, " ");
}
