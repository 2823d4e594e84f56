/**
 * Hypertext Transfer Protocol version 1, RFC 9110 (semantics) and RFC 9112 (messages), and the Simple Service
 * Discovery Protocol, which sends its messages over UDP (UPnP Device Architecture 2.0 section 1).
 *
 * Pass one reads of a header what framing, linking and the media type need; the lines are added while building.
 */
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { CONVERSATION_TCP } from "../dissect/conversation.ts";
import { type Dissection, ONE_MORE_SEGMENT, UNTIL_END } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  frameNum,
  none,
  relTime,
  str,
  u16,
  u32,
  u64,
} from "../dissect/field.ts";
import { MARK_LINKED, MARK_REQUEST, MARK_RESPONSE } from "../dissect/frame-marks.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { tcpHeuristics, tcpPorts, udpPorts } from "../dissect/tables.ts";
import { decodeText, escapeText } from "../dissect/text.ts";
import { data } from "./data.ts";
import { callMedia, hasProtocolsWithin, infoOfMedia } from "./media.ts";
import { STATUS_CODES } from "./names/http.ts";

const f = {
  chat: none("http.chat", "Formatted text"),
  notification: bool("http.notification", "Notification"),
  response: bool("http.response", "Response"),
  request: bool("http.request", "Request"),
  responseNumber: u32("http.response_number", "Response number"),
  requestNumber: u32("http.request_number", "Request number"),
  authBasic: str("http.authbasic", "Credentials"),
  responseLine: str("http.response.line", "Response line"),
  requestLine: str("http.request.line", "Request line"),
  method: str("http.request.method", "Request Method"),
  uri: str("http.request.uri", "Request URI"),
  uriPath: str("http.request.uri.path", "Request URI Path"),
  uriQuery: str("http.request.uri.query", "Request URI Query"),
  uriParameter: str("http.request.uri.query.parameter", "Request URI Query Parameter"),
  requestVersion: str("http.request.version", "Request Version"),
  responseVersion: str("http.response.version", "Response Version"),
  fullUri: str("http.request.full_uri", "Full request URI"),
  code: u16("http.response.code", "Status Code"),
  codeText: str("http.response.code.desc", "Status Code Description"),
  phrase: str("http.response.phrase", "Response Phrase"),
  responseFor: str("http.response_for.uri", "Request URI"),
  authorization: str("http.authorization", "Authorization"),
  proxyAuthenticate: str("http.proxy_authenticate", "Proxy-Authenticate"),
  proxyConnectHost: str("http.proxy_connect_host", "Proxy-Connect-Hostname"),
  proxyConnectPort: u16("http.proxy_connect_port", "Proxy-Connect-Port"),
  proxyAuthorization: str("http.proxy_authorization", "Proxy-Authorization"),
  wwwAuthenticate: str("http.www_authenticate", "WWW-Authenticate"),
  contentType: str("http.content_type", "Content-Type"),
  contentLengthHeader: str("http.content_length_header", "Content-Length"),
  contentLength: u64("http.content_length", "Content length"),
  contentEncoding: str("http.content_encoding", "Content-Encoding"),
  transferEncoding: str("http.transfer_encoding", "Transfer-Encoding"),
  upgrade: str("http.upgrade", "Upgrade"),
  userAgent: str("http.user_agent", "User-Agent"),
  host: str("http.host", "Host"),
  connection: str("http.connection", "Connection"),
  cookie: str("http.cookie", "Cookie"),
  cookiePair: str("http.cookie_pair", "Cookie pair"),
  accept: str("http.accept", "Accept"),
  referer: str("http.referer", "Referer"),
  acceptLanguage: str("http.accept_language", "Accept-Language"),
  acceptEncoding: str("http.accept_encoding", "Accept Encoding"),
  date: str("http.date", "Date"),
  cacheControl: str("http.cache_control", "Cache-Control"),
  server: str("http.server", "Server"),
  location: str("http.location", "Location"),
  webSocketAccept: str("http.sec_websocket_accept", "Sec-WebSocket-Accept"),
  webSocketExtensions: str("http.sec_websocket_extensions", "Sec-WebSocket-Extensions"),
  webSocketKey: str("http.sec_websocket_key", "Sec-WebSocket-Key"),
  webSocketProtocol: str("http.sec_websocket_protocol", "Sec-WebSocket-Protocol"),
  webSocketVersion: str("http.sec_websocket_version", "Sec-WebSocket-Version"),
  setCookie: str("http.set_cookie", "Set-Cookie"),
  lastModified: str("http.last_modified", "Last-Modified"),
  forwardedFor: str("http.x_forwarded_for", "X-Forwarded-For"),
  http2Settings: str("http.http2_settings", "HTTP2-Settings"),
  requestIn: frameNum("http.request_in", "Request in frame"),
  responseIn: frameNum("http.response_in", "Response in frame"),
  nextRequestIn: frameNum("http.next_request_in", "Next request in frame"),
  nextResponseIn: frameNum("http.next_response_in", "Next response in frame"),
  prevRequestIn: frameNum("http.prev_request_in", "Prev request in frame"),
  prevResponseIn: frameNum("http.prev_response_in", "Prev response in frame"),
  time: relTime("http.time", "Time since request"),
  trailer: str("http.chunked_trailer_part", "trailer-part"),
  chunkBoundary: bytes("http.chunk_boundary", "Chunk boundary"),
  chunkSize: u32("http.chunk_size", "Chunk size"),
  chunkData: bytes("http.chunk_data", "Chunk data"),
  fileData: str("http.file_data", "File Data"),
  unknownHeader: str("http.unknown_header", "Unknown header"),
};

const x = {
  chat: expert("http.chat", "chat", "Sequence", "Formatted text"),
  lengthAndChunked: expert(
    "http.te_and_length",
    "warning",
    "Malformed",
    "The Content-Length and Transfer-Encoding header must not be set together",
  ),
  decompression: expert("http.decompression_failed", "warning", "Undecoded", "Decompression failed"),
  leadingCrlf: expert(
    "http.leading_crlf",
    "error",
    "Malformed",
    "Leading CRLF previous message in the stream may have extra CRLF",
  ),
  overTls: expert(
    "http.tls_port",
    "warning",
    "Security",
    "Unencrypted HTTP protocol detected over encrypted port, could indicate a dangerous misconfiguration.",
  ),
  badName: expert("http.bad_header_name", "warning", "Protocol", "Illegal characters found in header name"),
};

const HEADER_FIELDS: Readonly<Record<string, Field>> = {
  authorization: f.authorization,
  "proxy-authenticate": f.proxyAuthenticate,
  "proxy-authorization": f.proxyAuthorization,
  "www-authenticate": f.wwwAuthenticate,
  "content-type": f.contentType,
  "content-length": f.contentLengthHeader,
  "content-encoding": f.contentEncoding,
  "transfer-encoding": f.transferEncoding,
  upgrade: f.upgrade,
  "user-agent": f.userAgent,
  host: f.host,
  connection: f.connection,
  cookie: f.cookie,
  accept: f.accept,
  referer: f.referer,
  "accept-language": f.acceptLanguage,
  "accept-encoding": f.acceptEncoding,
  date: f.date,
  "cache-control": f.cacheControl,
  server: f.server,
  location: f.location,
  "sec-websocket-accept": f.webSocketAccept,
  "sec-websocket-extensions": f.webSocketExtensions,
  "sec-websocket-key": f.webSocketKey,
  "sec-websocket-protocol": f.webSocketProtocol,
  "sec-websocket-version": f.webSocketVersion,
  "set-cookie": f.setCookie,
  "last-modified": f.lastModified,
  "x-forwarded-for": f.forwardedFor,
  "http2-settings": f.http2Settings,
};

/** The field of a header line by its name, in letters of any case; undefined for those without one. */
function headerField(name: string): Field | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(HEADER_FIELDS, lower) ? HEADER_FIELDS[lower] : undefined;
}

const REQUEST_LINE_FIELDS = [f.method, f.uri, f.uriPath, f.uriQuery, f.uriParameter, f.requestVersion];
const STATUS_LINE_FIELDS = [f.responseVersion, f.code, f.codeText, f.phrase];
/** What tells of other messages of the conversation. */
const LINKED_FIELDS = [
  ...[f.requestNumber, f.responseNumber, f.responseFor, f.requestIn, f.responseIn, f.nextRequestIn],
  ...[f.nextResponseIn, f.prevRequestIn, f.prevResponseIn, f.time],
];

export const http = protocol({
  name: "http",
  title: "Hypertext Transfer Protocol",
  short: "HTTP",
  fields: f,
  experts: x,
  on: [[tcpPorts, 80, 631, 1900, 2710, 2869, 3128, 3132, 3689, 5985, 8080, 8088, 11371]],
  heuristicOn: [tcpHeuristics],
  test: looksLikeHttp,
  marks: [
    [
      MARK_REQUEST,
      [
        ...[...REQUEST_LINE_FIELDS, f.request, f.requestLine, f.fullUri, f.host, f.userAgent, f.referer],
        ...[f.cookie, f.cookiePair, f.accept, f.acceptLanguage, f.acceptEncoding],
      ],
    ],
    [MARK_RESPONSE, [...STATUS_LINE_FIELDS, f.response, f.responseLine]],
  ],
  linked: LINKED_FIELDS,
  dissect: dissectStream,
});

export const ssdp = protocol({
  name: "ssdp",
  title: "Simple Service Discovery Protocol",
  short: "SSDP",
  on: [[udpPorts, 1900]],
  dissect: (d) => {
    begin(d, ssdp);
    if (message(d, false) === NOT_HTTP) continuation(d);
  },
});

/** Longest header waited for; a longer one is shown as far as it came. */
const MAX_HEADER = 1 << 18;
/** Most bytes a body may have after decompression. */
const MAX_DECODED = 32 << 20;
/** Most bytes of a body kept as text in `http.file_data`. */
const MAX_FILE_TEXT = 1 << 20;
/** Requests of a conversation that are remembered for linking. */
const MAX_EXCHANGES = 1 << 16;

// ------------------------------------------------------------------ what is known of a conversation

/** A request and the response to it; either may be missing from the capture. */
class Exchange {
  readonly number: number;
  requestFrame = 0;
  requestSec = 0;
  requestNsec = 0;
  method = "";
  uri = "";
  responseFrame = 0;
  previous: Exchange | null;
  next: Exchange | null = null;
  constructor(number: number, previous: Exchange | null) {
    this.number = number;
    this.previous = previous;
  }
}

/** What follows the answer to a CONNECT request. */
interface Tunnel {
  readonly app: Protocol;
  /** Frame of the answer. */
  readonly since: number;
  readonly host: string;
  readonly port: number;
  /** Direction of the proxy's packets. */
  readonly proxy: 0 | 1;
}

class Conversing {
  last: Exchange | null = null;
  count = 0;
  /** Messages of the dissection at work, to tell a frame's findings apart. */
  serial = 0;
  messages = 0;
  tunnel: Tunnel | null = null;
  /** Frame of the first message; 0 before it. */
  since = 0;
}
const newConversing = (): Conversing => new Conversing();

// Dissections are numbered by each thread for itself.
stateClass(newConversing, (state) => Object.assign(new Conversing(), state, { serial: 0 }));
// Of the exchanges before only the neighbour is ever shown.
stateClass(
  () => new Exchange(0, null),
  (exchange) => {
    const { previous } = exchange;
    if (previous === null || previous.previous === null) return exchange;
    const copy = Object.assign(new Exchange(exchange.number, null), exchange);
    copy.previous = Object.assign(new Exchange(previous.number, null), previous, {
      previous: null,
      next: null,
    });
    return copy;
  },
);

const KEY_EXCHANGE = 16;

// The layer at work.
let layer: Protocol;
let conversing: Conversing | null = null;
let firstMessage = true;

function begin(d: Dissection, protocol: Protocol): void {
  layer = protocol;
  firstMessage = true;
  conversing = d.conversation !== null && !d.quoted ? d.conversation.state(protocol, newConversing) : null;
  if (conversing !== null && conversing.serial !== d.serial) {
    conversing.serial = d.serial;
    conversing.messages = 0;
  }
}

/** The exchange a message belongs to: made or completed when it is met first, recalled afterwards. */
function exchangeOf(d: Dissection, head: Head): Exchange | null {
  if (conversing === null || head.notification) return null;
  const key = KEY_EXCHANGE + conversing.messages++;
  if (!d.first) return d.recall<Exchange>(layer, key) ?? null;
  if (conversing.count >= MAX_EXCHANGES) return null;
  let exchange = conversing.last;
  if (exchange === null || head.request || exchange.responseFrame !== 0) {
    exchange = new Exchange(++conversing.count, conversing.last);
    if (conversing.last !== null) conversing.last.next = exchange;
    conversing.last = exchange;
  }
  if (head.request) {
    exchange.requestFrame = d.frame;
    exchange.requestSec = d.sec;
    exchange.requestNsec = d.nsec;
    exchange.method = head.method;
    exchange.uri = fullUri(d, head);
  } else exchange.responseFrame = d.frame;
  d.remember(layer, key, exchange);
  return exchange;
}

/** The exchange whose response is at the cursor, before `exchangeOf` takes it in; null when nothing was asked. */
function askedBy(d: Dissection): Exchange | null {
  if (conversing === null) return null;
  if (!d.first) return d.recall<Exchange>(layer, KEY_EXCHANGE + conversing.messages) ?? null;
  const { last } = conversing;
  return last !== null && last.responseFrame === 0 ? last : null;
}

// ------------------------------------------------------------------ messages

/** What pass one reads of a message's header; one object serves all messages. */
class Head {
  request = false;
  /** A request that announces an event (UPnP Device Architecture section 4.3): no answer is looked for. */
  notification = false;
  method = "";
  code = 0;
  /** First line without its end, and index behind that end. */
  lineEnd = 0;
  bodyAt = 0;
  uriStart = 0;
  uriEnd = 0;
  /** -1 without Content-Length. */
  length = -1;
  chunked = false;
  /** True with a header field that is listed with MARK_REQUEST. */
  forRequests = false;
  hostStart = 0;
  hostEnd = 0;
  typeStart = 0;
  typeEnd = 0;
  encodingStart = 0;
  encodingEnd = 0;
  upgradeStart = 0;
  upgradeEnd = 0;

  clear(): void {
    this.request = false;
    this.notification = false;
    this.method = "";
    this.code = 0;
    this.lineEnd = 0;
    this.bodyAt = 0;
    this.uriStart = 0;
    this.uriEnd = 0;
    this.length = -1;
    this.chunked = false;
    this.forRequests = false;
    this.hostStart = 0;
    this.hostEnd = 0;
    this.typeStart = 0;
    this.typeEnd = 0;
    this.encodingStart = 0;
    this.encodingEnd = 0;
    this.upgradeStart = 0;
    this.upgradeEnd = 0;
  }
}
const head = new Head();

const LF = 10;
const CR = 13;
const SPACE = 32;

/** The heuristic for other ports: a first line that begins or ends with the version. */
function looksLikeHttp(d: Dissection): boolean {
  const line = lineEnd(d, d.pos);
  if (line - d.pos < 8) return false;
  return isVersion(d, d.pos) || (isVersion(d, line - 8) && methodAt(d) !== "");
}

const VERSION = [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e];

/** "HTTP/1." at `at`, letters of either case. */
function isVersion(d: Dissection, at: number): boolean {
  if (at + 7 > d.end || at < d.pos) return false;
  for (let i = 0; i < 7; i++) {
    const c = d.buf[at + i];
    if (c !== VERSION[i] && (c ^ 0x20) !== VERSION[i]) return false;
  }
  return true;
}

/** Index of the end of the line at `at`, without CR and LF; `d.end` when there is none. */
function lineEnd(d: Dissection, at: number): number {
  const { buf, end } = d;
  let i = at;
  while (i < end && buf[i] !== LF) i++;
  return i > at && i < end && buf[i - 1] === CR ? i - 1 : i;
}

/** Index behind the line end at `at`. */
function behindLine(d: Dissection, at: number): number {
  let i = at;
  if (i < d.end && d.buf[i] === CR) i++;
  if (i < d.end && d.buf[i] === LF) i++;
  return i;
}

const DONE = 0;
const WAIT = 1;
const NOT_HTTP = 2;

function dissectStream(d: Dissection): void {
  begin(d, http);
  const tunnel = conversing === null ? null : conversing.tunnel;
  if (tunnel !== null && d.frame > tunnel.since) {
    dissectTunnelled(d, tunnel);
    return;
  }
  const offered = d.canDesegment;
  const first = d.pos;
  while (d.pos < d.end) {
    const start = d.pos;
    const outcome = message(d, offered);
    if (outcome === WAIT) return;
    if (outcome === NOT_HTTP) {
      if (start === first && !hasBegun(d)) d.withdraw(null);
      else continuation(d);
      return;
    }
    if (d.pos <= start) return;
  }
}

/** True when the conversation had a message before, so that what is none is part of a body. */
function hasBegun(d: Dissection): boolean {
  return conversing === null || (conversing.since !== 0 && conversing.since < d.frame);
}

function dissectTunnelled(d: Dissection, tunnel: Tunnel): void {
  if (d.building) {
    d.generated(f.proxyConnectHost, d.pos, 0, tunnel.host);
    d.generated(f.proxyConnectPort, d.pos, 0, tunnel.port);
  }
  d.layerEnd(d.pos);
  // What is in the tunnel goes by the port at its far end.
  const { srcPort, dstPort } = d;
  if (d.direction === tunnel.proxy) d.srcPort = tunnel.port;
  else d.dstPort = tunnel.port;
  d.callThrough(tunnel.app);
  d.srcPort = srcPort;
  d.dstPort = dstPort;
}

/** Bytes of a body whose header was not seen. */
function continuation(d: Dissection): void {
  if (d.columns) d.setInfo("Continuation");
  if (d.building) fileData(d, d.pos, d.buf.subarray(d.pos, d.end));
  d.layerEnd(d.end);
  d.call(data);
  d.pos = d.end;
}

/** Methods of RFC 9110, of WebDAV (RFC 4918 and others) and of UPnP. */
const METHODS = new Set(
  (
    "GET POST PUT HEAD DELETE OPTIONS TRACE CONNECT PATCH LINK UNLINK PROPFIND PROPPATCH MKCOL COPY MOVE LOCK " +
    "UNLOCK POLL BCOPY BMOVE SEARCH BDELETE BPROPFIND BPROPPATCH LABEL MERGE REPORT UPDATE CHECKIN CHECKOUT " +
    "UNCHECKOUT MKACTIVITY MKWORKSPACE VERSION-CONTROL BASELINE-CONTROL NOTIFY SUBSCRIBE UNSUBSCRIBE ICY " +
    "M-SEARCH CCM_POST RPC_CONNECT RPC_IN_DATA RPC_OUT_DATA GENA RPC SOURCE PURGE ACL REBIND BIND UNBIND"
  ).split(" "),
);
const LONGEST_METHOD = 16;

/** The request's method at the cursor, or "". */
function methodAt(d: Dissection): string {
  const { buf, pos } = d;
  const stop = Math.min(d.end, pos + LONGEST_METHOD + 1);
  let i = pos;
  while (i < stop && buf[i] !== SPACE && buf[i] !== CR && buf[i] !== LF) {
    const c = buf[i];
    if (!((c >= 0x41 && c <= 0x5a) || c === 0x2d || c === 0x5f)) return "";
    i++;
  }
  if (i === stop || i === pos) return "";
  const method = decodeText(buf, pos, i, "ascii");
  return METHODS.has(method) ? method : "";
}

/** One message at the cursor. */
function message(d: Dissection, offered: boolean): number {
  const from = d.pos;
  head.clear();
  let start = from;
  if (!isMessage(d)) {
    // An empty line before a message is passed over (RFC 9112 section 2.2).
    d.pos = behindLine(d, from);
    if (d.pos === from || !isMessage(d)) {
      d.pos = from;
      return NOT_HTTP;
    }
    start = d.pos;
  }
  head.notification = head.method === "NOTIFY";
  if (!readHead(d, start)) {
    if (offered && d.end - from < MAX_HEADER) {
      if (head.lineEnd < d.end && d.columns) messageInfo(d, start);
      d.wantMore(from, ONE_MORE_SEGMENT);
      return WAIT;
    }
    head.bodyAt = d.end;
  }
  let bodyEnd = head.bodyAt;
  const body = bodyKind(d);
  if (body !== NO_BODY) {
    const missing = missingBytes(d, body);
    if (missing !== 0 && offered) {
      if (d.columns) messageInfo(d, start);
      d.wantMore(from, missing);
      return WAIT;
    }
    bodyEnd =
      body === CHUNKED ? chunksEnd : body === SIZED ? Math.min(d.end, head.bodyAt + head.length) : d.end;
  }
  if (d.first && conversing !== null && conversing.since === 0) conversing.since = d.frame;
  if (d.building) {
    if (start > from) {
      d.text(from, 0, x.leadingCrlf.message);
      d.expert(x.leadingCrlf);
    }
    if (d.wantsSome(OVER_TLS) && isOverTls(d)) {
      d.last = d.parent;
      d.expert(x.overTls);
    }
  }
  d.marks |= head.request ? MARK_REQUEST : MARK_RESPONSE;
  if (head.forRequests) d.marks |= MARK_REQUEST;
  const exchange = exchangeOf(d, head);
  if (d.building || d.columns) addMessage(d, start, exchange);
  d.pos = head.bodyAt;
  if (!head.request && (exchange?.method === "CONNECT" || head.code === 101)) switchProtocol(d, exchange);
  if (bodyEnd > head.bodyAt) addBody(d, bodyEnd, body === CHUNKED);
  d.pos = bodyEnd;
  return DONE;
}

/** Whether a message begins at the cursor; of a request the method is noted. */
function isMessage(d: Dissection): boolean {
  head.request = !(isVersion(d, d.pos) || isIcy(d));
  if (!head.request) return true;
  head.method = methodAt(d);
  return head.method !== "";
}

const ICY = [0x49, 0x43, 0x59, SPACE];

/** The status line of a SHOUTcast server. */
const isIcy = (d: Dissection): boolean => d.end - d.pos > 4 && ICY.every((c, i) => d.buf[d.pos + i] === c);

const OVER_TLS = [x.overTls.field];

/** True on a port of TLS. */
function isOverTls(d: Dissection): boolean {
  if (layer !== http || d.conversation?.kind !== CONVERSATION_TCP) return false;
  const tls = protocolNamed("tls");
  return tcpPorts.get(d.srcPort) === tls || tcpPorts.get(d.dstPort) === tls;
}

/** Reads the first line and of the header what framing and linking need. False when its end is not there. */
function readHead(d: Dissection, start: number): boolean {
  const { buf } = d;
  head.lineEnd = lineEnd(d, start);
  if (head.request) {
    head.uriStart = Math.min(start + head.method.length + 1, head.lineEnd);
    const blank = buf.indexOf(SPACE, head.uriStart);
    head.uriEnd = blank === -1 || blank > head.lineEnd ? head.lineEnd : blank;
  } else {
    let i = start;
    while (i < head.lineEnd && buf[i] !== SPACE) i++;
    head.code = digits(buf, i + 1, Math.min(i + 4, head.lineEnd));
  }
  let at = behindLine(d, head.lineEnd);
  while (at < d.end) {
    const end = lineEnd(d, at);
    const next = behindLine(d, end);
    if (next === end) return false;
    if (end === at) {
      head.bodyAt = next;
      return true;
    }
    readHeaderLine(d, at, end);
    if (!head.request && REQUEST_HEADERS.has(buf[at])) head.forRequests ||= isForRequests(d, at, end);
    at = next;
  }
  return false;
}

const lower = (c: number): number => (c >= 0x41 && c <= 0x5a ? c | 0x20 : c);

/** True when the name at `at` is `name` (lower case) and a colon follows. */
function named(buf: Uint8Array, at: number, end: number, name: string): boolean {
  if (at + name.length >= end || buf[at + name.length] !== 0x3a) return false;
  for (let i = 0; i < name.length; i++) if (lower(buf[at + i]) !== name.charCodeAt(i)) return false;
  return true;
}

function readHeaderLine(d: Dissection, at: number, end: number): void {
  const { buf } = d;
  let value: number;
  switch (lower(buf[at])) {
    case 0x63: // c
      if (named(buf, at, end, "content-length")) {
        value = skipSpace(buf, at + 15, end);
        const n = digits(buf, value, end);
        if (n >= 0) head.length = n;
      } else if (named(buf, at, end, "content-type")) {
        head.typeStart = skipSpace(buf, at + 13, end);
        head.typeEnd = end;
      } else if (named(buf, at, end, "content-encoding")) {
        head.encodingStart = skipSpace(buf, at + 17, end);
        head.encodingEnd = end;
      }
      break;
    case 0x74: // t
      if (named(buf, at, end, "transfer-encoding")) {
        head.chunked = decodeText(buf, at + 18, end, "latin1")
          .toLowerCase()
          .includes("chunked");
      }
      break;
    case 0x68: // h
      if (named(buf, at, end, "host")) {
        head.hostStart = skipSpace(buf, at + 5, end);
        head.hostEnd = end;
      }
      break;
    case 0x75: // u
      if (named(buf, at, end, "upgrade")) {
        head.upgradeStart = skipSpace(buf, at + 8, end);
        head.upgradeEnd = end;
      }
      break;
  }
}

/** First bytes of the names of header fields that are listed with MARK_REQUEST. */
const REQUEST_HEADERS = new Set(Array.from("hHuUrRcCaA", (letter) => letter.charCodeAt(0)));

/** True when a response's header line is one that only requests should have. */
function isForRequests(d: Dissection, at: number, end: number): boolean {
  const [name] = decodeText(d.buf, at, end, "latin1").split(":", 1);
  return headerField(name)?.mark === MARK_REQUEST;
}

function skipSpace(buf: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && (buf[i] === SPACE || buf[i] === 9)) i++;
  return i;
}

/** The decimal number at `at`; -1 for none. Anything beyond 2^53 is no length. */
function digits(buf: Uint8Array, at: number, end: number): number {
  let value = 0;
  let i = at;
  while (i < end && buf[i] >= 0x30 && buf[i] <= 0x39) value = value * 10 + buf[i++] - 0x30;
  return i === at || value > Number.MAX_SAFE_INTEGER ? -1 : value;
}

const NO_BODY = 0;
const SIZED = 1;
const CHUNKED = 2;
const TO_END = 3;

/** RFC 9112 section 6.3: what ends the body. */
function bodyKind(d: Dissection): number {
  if (!head.request) {
    const { code } = head;
    if ((code >= 100 && code < 200) || code === 204 || code === 304) return NO_BODY;
    const asked = askedBy(d);
    if (asked !== null) {
      if (asked.method === "HEAD" || (asked.method === "CONNECT" && code >= 200 && code < 300)) {
        d.marks |= MARK_LINKED;
        return NO_BODY;
      }
    }
  }
  if (head.chunked) return CHUNKED;
  if (head.length >= 0) return head.length === 0 ? NO_BODY : SIZED;
  return head.request ? NO_BODY : TO_END;
}

/** Bytes still to come of the body, or ONE_MORE_SEGMENT, UNTIL_END; 0 when it is whole. */
function missingBytes(d: Dissection, body: number): number {
  if (body === CHUNKED) return walkChunks(d, head.bodyAt);
  if (body === SIZED) return Math.max(0, head.length - (d.wireEnd - head.bodyAt));
  // Without a length the sender's close ends the body.
  return d.streamEnds ? 0 : UNTIL_END;
}

let chunksEnd = 0;

/** Finds the end of a chunked body (RFC 9112 section 7.1) and says what is missing of it. */
function walkChunks(d: Dissection, from: number): number {
  const { buf } = d;
  let at = from;
  for (;;) {
    const end = lineEnd(d, at);
    const next = behindLine(d, end);
    chunksEnd = d.end;
    if (next === end || next === at) return ONE_MORE_SEGMENT;
    const size = hexNumber(buf, at, end);
    if (size < 0) return 0;
    if (size === 0) {
      let trailer = next;
      for (;;) {
        const stop = lineEnd(d, trailer);
        const behind = behindLine(d, stop);
        if (behind === stop) return ONE_MORE_SEGMENT;
        if (stop === trailer) {
          chunksEnd = behind;
          return 0;
        }
        trailer = behind;
      }
    }
    at = next + size + 2;
    if (at > d.end) return Math.min(at - d.end, UNTIL_END - 1);
  }
}

function hexNumber(buf: Uint8Array, at: number, end: number): number {
  let value = 0;
  let i = skipSpace(buf, at, end);
  const first = i;
  for (; i < end && i < first + 9; i++) {
    const c = lower(buf[i]);
    const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : c >= 0x61 && c <= 0x66 ? c - 0x57 : -1;
    if (digit < 0) break;
    value = value * 16 + digit;
  }
  return i === first || value > 0x7fff_ffff ? -1 : value;
}

/** A tunnel was opened or another protocol agreed on: what follows is not HTTP. */
function switchProtocol(d: Dissection, exchange: Exchange | null): void {
  const { conversation } = d;
  if (!d.first || conversation === null || layer !== http) return;
  if (exchange?.method === "CONNECT" && head.code >= 200 && head.code < 300) {
    const [, host, digits] = /^(.*?)(?::(\d{1,5}))?$/s.exec(exchange.uri)!;
    const port = Number(digits ?? 0);
    const app = tcpPorts.get(port) ?? data;
    conversing!.tunnel = { app: app === http ? data : app, since: d.frame, host, port, proxy: d.direction };
  } else if (head.code === 101) {
    const upgrade = decodeText(d.buf, head.upgradeStart, head.upgradeEnd, "ascii").trim().toLowerCase();
    conversation.app =
      protocolNamed(upgrade === "h2c" ? "http2" : upgrade === "websocket" ? "websocket" : "data") ?? data;
  }
}

// ------------------------------------------------------------------ the tree

const text = (d: Dissection, at: number, end: number): string => decodeText(d.buf, at, end, "utf-8");

/** Text with the NULs in it, for a label. */
function wholeText(d: Dissection, at: number, end: number): string {
  const parts: string[] = [];
  const line = d.buf.subarray(at, end);
  let start = 0;
  for (let nul = line.indexOf(0); nul !== -1; nul = line.indexOf(0, start)) {
    parts.push(text(d, at + start, at + nul));
    start = nul + 1;
  }
  parts.push(text(d, at + start, end));
  return parts.join("\0");
}

/** `http://host/path` as the request means it. */
function fullUri(d: Dissection, h: Head): string {
  const uri = text(d, h.uriStart, h.uriEnd);
  if (h.method === "CONNECT" || /^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return uri;
  const host = text(d, h.hostStart, h.hostEnd).trim();
  return host === "" ? "" : `http://${host}${uri}`;
}

function messageInfo(d: Dissection, start: number): void {
  const line = `${escapeText(text(d, start, head.lineEnd))} `;
  if (firstMessage) d.setInfo(line);
  else d.addInfo(line, ", ");
  firstMessage = false;
}

function addMessage(d: Dissection, start: number, exchange: Exchange | null): void {
  if (d.columns) messageInfo(d, start);
  if (!d.building) return;
  if (d.wantsSome(FIRST_LINE_FIELDS)) firstLine(d, start);
  if (d.wantsSome(HEADER_LINE_FIELDS)) headerLines(d);
  if (d.wantsSome(LINK_FIELDS)) links(d, start, exchange);
}

const FIRST_LINE_FIELDS = [f.chat, x.chat.field, ...REQUEST_LINE_FIELDS, ...STATUS_LINE_FIELDS];
const HEADER_LINE_FIELDS = [
  ...Object.values(HEADER_FIELDS),
  ...[f.requestLine, f.responseLine, f.unknownHeader],
  ...[x.badName.field, f.contentLength, f.authBasic, f.cookiePair],
];
const LINK_FIELDS = [...LINKED_FIELDS, f.fullUri, f.notification, f.request, f.response];

function headerLines(d: Dissection): void {
  let at = behindLine(d, head.lineEnd);
  while (at < head.bodyAt) {
    const end = lineEnd(d, at);
    let next = behindLine(d, end);
    if (end === at) {
      d.text(at, next - at, next - at === 2 ? "\\r\\n" : "\\n");
      break;
    }
    // RFC 9112 section 5.2: a line that begins with a blank continues the one before.
    while (next < head.bodyAt && (d.buf[next] === SPACE || d.buf[next] === 9))
      next = behindLine(d, lineEnd(d, next));
    headerLine(d, at, next);
    at = next;
  }
}

function firstLine(d: Dissection, start: number): void {
  const { buf } = d;
  const next = behindLine(d, head.lineEnd);
  const line = d.wantsMessages ? escapeText(text(d, start, next)) : "";
  d.openText(start, next - start, line);
  d.last = d.parent;
  d.expert(x.chat, line);
  if (head.request) {
    d.add(f.method, start, head.method.length, head.method);
    requestUri(d);
    const version = skipSpace(buf, head.uriEnd, head.lineEnd);
    if (version < head.lineEnd) {
      d.add(f.requestVersion, version, head.lineEnd - version, text(d, version, head.lineEnd));
    }
  } else {
    let i = start;
    while (i < head.lineEnd && buf[i] !== SPACE) i++;
    d.add(f.responseVersion, start, i - start, text(d, start, i));
    if (i < head.lineEnd) {
      const codeEnd = Math.min(i + 4, head.lineEnd);
      d.add(f.code, i + 1, codeEnd - i - 1, Math.max(0, head.code));
      const name = STATUS_CODES[head.code] ?? `Unknown (${head.code})`;
      d.generated(f.codeText, i + 1, codeEnd - i - 1, name);
      if (codeEnd + 1 < head.lineEnd) {
        d.add(f.phrase, codeEnd + 1, head.lineEnd - codeEnd - 1, text(d, codeEnd + 1, head.lineEnd));
      }
    }
  }
  d.close();
}

function requestUri(d: Dissection): void {
  const uri = text(d, head.uriStart, head.uriEnd);
  const question = uri.indexOf("?");
  d.open(f.uri, head.uriStart, head.uriEnd - head.uriStart, uri);
  if (question !== -1) {
    const query = uri.slice(question + 1);
    let at = head.uriStart;
    d.add(f.uriPath, at, question, uri.slice(0, question));
    at += question + 1;
    d.open(f.uriQuery, at, head.uriEnd - at, query);
    if (query !== "") {
      for (const parameter of query.split("&")) {
        d.add(f.uriParameter, at, parameter.length, parameter);
        at += parameter.length + 1;
      }
    }
    d.close();
  }
  d.close();
}

function headerLine(d: Dissection, at: number, next: number): void {
  const line = text(d, at, next);
  const field = head.request ? f.requestLine : f.responseLine;
  const label = d.labels ? escapeText(wholeText(d, at, next)) : "";
  const colon = line.indexOf(":");
  const name = colon === -1 ? "" : line.slice(0, colon);
  const known = headerField(name);
  if (known === undefined) {
    if (head.notification) d.add(f.unknownHeader, at, next - at, escapeText(line));
    else d.add(field, at, next - at, line);
    if (d.labels) d.relabel(label);
    if (name !== "" && /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(name)) d.expert(x.badName);
    return;
  }
  const value = line
    .slice(colon + 1)
    .replace(/^[ \t]+/, "")
    .replace(/[\r\n]+$/, "");
  d.open(known, at, next - at, value);
  if (d.labels) d.relabelParent(label);
  if (known === f.contentLengthHeader && /^\d+/.test(value)) {
    d.generated(f.contentLength, at, next - at, BigInt.asUintN(64, BigInt(/^\d+/.exec(value)![0])));
  } else if (known === f.transferEncoding && head.chunked && head.length >= 0) {
    d.last = d.parent;
    d.expert(x.lengthAndChunked);
  } else if (known === f.authorization || known === f.proxyAuthorization) credentials(d, at, next, value);
  else if (known === f.cookie) cookies(d, at + colon + 1, value);
  d.close();
  if (head.notification) return;
  d.hidden(field, at, next - at, line);
  if (d.labels) d.relabel(label);
}

/** RFC 7617: user name and password in base 64. */
function credentials(d: Dissection, at: number, next: number, value: string): void {
  const basic = /^basic[ \t]+([A-Za-z0-9+/=]+)/i.exec(value);
  if (basic !== null) d.add(f.authBasic, at, next - at, Buffer.from(basic[1], "base64").toString("utf8"));
}

function cookies(d: Dissection, from: number, value: string): void {
  let at = from;
  for (const pair of value.split(";")) {
    const trimmed = pair.trim();
    if (trimmed !== "") d.add(f.cookiePair, at, pair.length, trimmed);
    at += pair.length + 1;
  }
}

/** Where the other messages of the exchange and its neighbours are, as far as known by now. */
function links(d: Dissection, start: number, e: Exchange | null): void {
  const total = conversing?.count ?? 1;
  if (head.request) {
    const uri = fullUri(d, head);
    if (uri !== "") d.generated(f.fullUri, start, 0, uri);
  }
  if (head.notification) {
    d.add(f.notification, start, 0, 1, 3);
    return;
  }
  d.add(head.request ? f.request : f.response, start, 0, 1, 3);
  if (e === null) return;
  d.generated(head.request ? f.requestNumber : f.responseNumber, start, 0, e.number);
  if (d.labels) d.relabel(`HTTP ${head.request ? "request" : "response"} ${e.number}/${total}`);
  if (head.request) {
    if (e.previous !== null && e.previous.requestFrame !== 0) {
      d.generated(f.prevRequestIn, start, 0, e.previous.requestFrame);
    }
    if (e.responseFrame !== 0) d.generated(f.responseIn, start, 0, e.responseFrame);
    if (e.next !== null && e.next.requestFrame !== 0)
      d.generated(f.nextRequestIn, start, 0, e.next.requestFrame);
    return;
  }
  if (e.requestFrame !== 0) {
    const ns = BigInt(d.sec - e.requestSec) * 1_000_000_000n + BigInt(d.nsec - e.requestNsec);
    d.generated(f.time, start, 0, ns);
  }
  if (e.previous !== null) {
    if (e.previous.requestFrame !== 0) d.generated(f.prevRequestIn, start, 0, e.previous.requestFrame);
    if (e.previous.responseFrame !== 0) d.generated(f.prevResponseIn, start, 0, e.previous.responseFrame);
  }
  if (e.requestFrame !== 0) d.generated(f.requestIn, start, 0, e.requestFrame);
  if (e.next !== null) {
    if (e.next.requestFrame !== 0) d.generated(f.nextRequestIn, start, 0, e.next.requestFrame);
    if (e.next.responseFrame !== 0) d.generated(f.nextResponseIn, start, 0, e.next.responseFrame);
  }
  if (e.uri !== "") d.generated(f.responseFor, start, 0, e.uri);
}

// ------------------------------------------------------------------ bodies

/** The body at the cursor: taken out of its chunks, decompressed, and handed to the protocol of its media type. */
function addBody(d: Dissection, bodyEnd: number, chunked: boolean): void {
  let type = text(d, head.typeStart, head.typeEnd);
  const semicolon = type.search(/[;\s]/);
  const parameters = semicolon === -1 ? "" : type.slice(semicolon);
  if (semicolon !== -1) type = type.slice(0, semicolon);
  const { end, wireEnd } = d;
  let source: { name: string; bytes: Uint8Array } | null = null;
  const encoding = text(d, head.encodingStart, head.encodingEnd).trim().toLowerCase();
  const encoded = encoding !== "" && encoding !== "identity";
  // A body that cannot be decompressed is data, whatever its type.
  const decoding = d.building || encoded || hasProtocolsWithin(type);
  if (decoding) {
    let body = d.buf.subarray(head.bodyAt, bodyEnd);
    if (chunked) {
      body = dechunk(d, bodyEnd);
      source = { name: `De-chunked entity body (${body.length} bytes)`, bytes: body };
    }
    if (encoded && body.length > 0) {
      const decoded = decode(encoding, body);
      if (decoded === null) {
        d.text(
          head.bodyAt,
          bodyEnd - head.bodyAt,
          `Content-encoded entity body (${encoding}): ${body.length} bytes`,
        );
        if (KNOWN_CODINGS.has(encoding)) d.expert(x.decompression);
        type = "";
      } else {
        d.text(
          head.bodyAt,
          bodyEnd - head.bodyAt,
          `Content-encoded entity body (${encoding}): ${body.length} bytes -> ${decoded.length} bytes`,
        );
        source = { name: `Uncompressed entity body (${decoded.length} bytes)`, bytes: decoded };
        body = decoded;
      }
    }
    if (d.building && body.length > 0) fileData(d, head.bodyAt, body);
  }
  d.pos = head.bodyAt;
  if (!decoding && chunked) {
    // The chunks are not looked at, but for whether they hold anything.
    if (beginsWithChunk(d, bodyEnd)) d.pos = bodyEnd;
    else source = { name: "", bytes: NOTHING };
  }
  d.end = bodyEnd;
  d.wireEnd = Math.min(wireEnd, Math.max(bodyEnd, d.end));
  d.layerEnd(bodyEnd);
  if (source === null || source.bytes.length > 0) callMedia(d, type, source, parameters);
  if (d.columns) d.addInfo(infoOfMedia(type));
  d.end = end;
  d.wireEnd = wireEnd;
}

const NOTHING = new Uint8Array(0);

/** Whether the body's first chunk holds anything. */
function beginsWithChunk(d: Dissection, bodyEnd: number): boolean {
  const { end } = d;
  d.end = bodyEnd;
  const stop = lineEnd(d, head.bodyAt);
  const next = behindLine(d, stop);
  d.end = end;
  return hexNumber(d.buf, head.bodyAt, stop) > 0 && next < bodyEnd;
}

function fileData(d: Dissection, at: number, body: Uint8Array): void {
  const shown = body.length > MAX_FILE_TEXT ? body.subarray(0, MAX_FILE_TEXT) : body;
  d.add(f.fileData, at, Math.min(body.length, d.end - at), decodeText(shown, 0, shown.length, "utf-8"));
  if (d.labels) d.relabel(`File Data: ${body.length} byte${body.length === 1 ? "" : "s"}`);
}

/** Adds the chunks and returns their contents. */
function dechunk(d: Dissection, bodyEnd: number): Uint8Array {
  const { buf, end } = d;
  const parts: Uint8Array[] = [];
  let at = head.bodyAt;
  d.end = bodyEnd;
  d.openText(at, bodyEnd - at, `HTTP chunked ${head.request ? "request" : "response"}`);
  while (at < bodyEnd) {
    const stop = lineEnd(d, at);
    const next = behindLine(d, stop);
    const size = hexNumber(buf, at, stop);
    if (size < 0) break;
    if (size === 0) {
      d.openText(at, next - at, "End of chunked encoding");
      chunkSize(d, at, next, 0);
      d.close();
      trailers(d, next, bodyEnd);
      break;
    }
    const dataEnd = Math.min(next + size, bodyEnd);
    const boundary = Math.min(dataEnd + 2, bodyEnd);
    const contents = buf.subarray(next, dataEnd);
    parts.push(contents);
    d.openText(at, boundary - at, `Data chunk (${size} octets)`);
    chunkSize(d, at, next, size);
    d.add(f.chunkData, next, contents.length, contents);
    if (boundary > dataEnd)
      d.add(f.chunkBoundary, dataEnd, boundary - dataEnd, buf.subarray(dataEnd, boundary));
    d.close();
    if (boundary <= at) break;
    at = boundary;
  }
  d.close();
  d.end = end;
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

function chunkSize(d: Dissection, at: number, next: number, size: number): void {
  d.add(f.chunkSize, at, next - at, size);
  if (d.labels) d.relabel(`Chunk size: ${size} octet${size === 1 ? "" : "s"}`);
}

function trailers(d: Dissection, from: number, end: number): void {
  let at = from;
  while (at < end) {
    const stop = lineEnd(d, at);
    const next = behindLine(d, stop);
    if (stop === at) {
      d.text(at, next - at, "\\r\\n");
      return;
    }
    d.add(f.trailer, at, next - at, text(d, at, next));
    if (next <= at) return;
    at = next;
  }
}

const KNOWN_CODINGS = new Set(["gzip", "x-gzip", "deflate", "x-deflate", "br"]);

/** The contents of a compressed body, at most `MAX_DECODED` bytes; null when it cannot be decompressed. */
function decode(coding: string, body: Uint8Array): Uint8Array | null {
  // What was cut by the capture is decompressed as far as it goes.
  const options = { maxOutputLength: MAX_DECODED, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    if (coding === "gzip" || coding === "x-gzip") return gunzipSync(body, options);
    if (coding === "deflate" || coding === "x-deflate") {
      try {
        return inflateSync(body, options);
      } catch {
        return inflateRawSync(body, options);
      }
    }
    if (coding === "br") return brotliDecompressSync(body, { maxOutputLength: MAX_DECODED });
    return null;
  } catch {
    return null;
  }
}
