/** Session Initiation Protocol, RFC 3261, over UDP and TCP. */
import { CONVERSATION_TCP, CONVERSATION_UDP } from "../dissect/conversation.ts";
import { type Dissection, ONE_MORE_SEGMENT } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, frameNum, guid, none, str, u16, u32 } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { tcpHeuristics, tcpPorts, udpHeuristics, udpPorts } from "../dissect/tables.ts";
import { decodeText, escapeText } from "../dissect/text.ts";
import { data } from "./data.ts";
import { callMedia, mediaProtocol, textLines } from "./media.ts";
import { HEADERS, Q850_CAUSES, SHORT_FORMS, SIP_CAUSES } from "./names/sip.ts";
import { callIdField, presentCall } from "./sip-call.ts";

/** The fields of one kind of address. */
interface Address {
  readonly display: Field;
  readonly uri: Field;
  readonly user: Field | null;
  readonly host: Field;
  readonly port: Field;
  readonly parameter: Field | null;
}

/** "sip.to" with "SIP to address" and the like. */
function party(name: string, title: string, word: string, parameter: string): Address {
  return {
    display: str(`${name}.display.info`, `${title} display info`),
    uri: str(`${name}.addr`, `${title} ${word}`),
    user: str(
      `${name}.user`,
      `${title === "SIP to" || title === "SIP from" ? `${title} address` : title} User Part`,
    ),
    host: str(
      `${name}.host`,
      `${title === "SIP to" || title === "SIP from" ? `${title} address` : title} Host Part`,
    ),
    port: str(
      `${name}.port`,
      `${title === "SIP to" || title === "SIP from" ? `${title} address` : title} Host Port`,
    ),
    parameter: str(`${name}.param`, parameter),
  };
}

function hop(name: string, title: string): Address & { readonly user: Field } {
  return {
    display: str(`sip.${name}.display.info`, name === "Path" ? "Path URI" : `${title} display info`),
    uri: str(`sip.${name}.uri`, `${title} URI`),
    user: str(`sip.${name}.user`, `${title} Userinfo`),
    host: str(`sip.${name}.host`, `${title} Host Part`),
    port: str(`sip.${name}.port`, `${title} Host Port`),
    parameter: str(`sip.${name}.param`, `${title} URI parameter`),
  };
}

const REQUEST_URI: Address = {
  display: str("sip.r-uri.display.info", "Request-URI display info"),
  uri: str("sip.r-uri", "Request-URI"),
  user: str("sip.r-uri.user", "Request-URI User Part"),
  host: str("sip.r-uri.host", "Request-URI Host Part"),
  port: str("sip.r-uri.port", "Request-URI Host Port"),
  parameter: str("sip.r-uri.param", "Request URI parameter"),
};
const CONTACT: Address = {
  display: str("sip.contact.display.info", "SIP C-URI display info"),
  uri: str("sip.contact.uri", "Contact URI"),
  user: str("sip.contact.user", "Contact URI User Part"),
  host: str("sip.contact.host", "Contact URI Host Part"),
  port: str("sip.contact.port", "Contact URI Host Port"),
  parameter: str("sip.contact.param", "Contact URI parameter"),
};
const TO = party("sip.to", "SIP to", "address", "SIP To URI parameter");
const FROM = party("sip.from", "SIP from", "address", "SIP From URI parameter");
const ASSERTED = party("sip.pai", "SIP PAI", "Address", "SIP PAI URI parameter");
const MISSING = party("sip.pmiss", "SIP PMISS", "Address", "SIP PMISS URI parameter");
const PREFERRED = party("sip.ppi", "SIP PPI", "Address", "SIP PPI URI parameter");
const CONSENT = party("sip.tc", "SIP TC", "Address", "SIP TC URI parameter");
/** Headers with a list of addresses; their users are not told apart. */
const HOPS = {
  route: hop("Route", "Route"),
  "record-route": hop("Record-Route", "Record-Route"),
  "service-route": hop("Service-Route", "Service-Route"),
  path: hop("Path", "Path"),
};
const PARTIES: Readonly<Record<string, Address>> = {
  to: TO,
  from: FROM,
  "p-asserted-identity": ASSERTED,
  "p-preferred-identity": PREFERRED,
  "permission-missing": MISSING,
  "trigger-consent": CONSENT,
};

const f = {
  messageHeader: str("sip.msg_hdr", "Message Header"),
  method: str("sip.Method", "Method"),
  requestLine: str("sip.Request-Line", "Request-Line"),
  statusCode: u32("sip.Status-Code", "Status-Code"),
  statusLine: str("sip.Status-Line", "Status-Line"),
  display: str("sip.display.info", "SIP Display info"),
  toTag: str("sip.to.tag", "SIP to tag"),
  fromTag: str("sip.from.tag", "SIP from tag"),
  tag: str("sip.tag", "SIP tag"),
  contactParameter: str("sip.contact.parameter", "Contact parameter"),
  resend: bool("sip.resend", "Resent Packet"),
  resendOf: frameNum("sip.resend-original", "Suspected resend of frame"),
  requestFrame: frameNum("sip.response-request", "Request Frame"),
  responseTime: u32("sip.response-time", "Response Time (ms)"),
  authentication: str("sip.auth", "Authentication"),
  scheme: str("sip.auth.scheme", "Authentication Scheme"),
  sequence: u32("sip.CSeq.seq", "Sequence Number"),
  sequenceMethod: str("sip.CSeq.method", "Method"),
  transport: str("sip.Via.transport", "Transport"),
  sentBy: str("sip.Via.sent-by.address", "Sent-by Address"),
  sentByPort: u16("sip.Via.sent-by.port", "Sent-by port"),
  accessType: str("sip.P-Access-Network-Info.access-type", "access-type"),
  cell: str("sip.P-Access-Network-Info.utran-cell-id-3gpp", "utran-cell-id-3gpp"),
  rackResponse: u32("sip.RAck.RSeq.seq", "RSeq Sequence Number"),
  rackSequence: u32("sip.RAck.CSeq.seq", "CSeq Sequence Number"),
  rackMethod: str("sip.RAck.CSeq.method", "CSeq Method"),
  reasonProtocols: str("sip.reason_protocols", "Reason protocols"),
  reasonQ850: u32("sip.reason_cause_q850", "Cause", { names: Q850_CAUSES }),
  reasonSip: u32("sip.reason_cause_sip", "Cause", { names: SIP_CAUSES }),
  reasonCause: u32("sip.reason_cause_other", "Cause"),
  reasonText: str("sip.reason_text", "Text"),
  body: none("sip.msg_body", "Message Body"),
  mechanism: str("sip.sec_mechanism", "[Security-mechanism]"),
  mechanismAlg: str("sip.sec_mechanism.alg", "alg"),
  mechanismEalg: str("sip.sec_mechanism.ealg", "ealg"),
  mechanismProt: str("sip.sec_mechanism.prot", "prot"),
  mechanismSpiC: u32("sip.sec_mechanism.spi_c", "spi-c", { base: "DEC_HEX" }),
  mechanismSpiS: u32("sip.sec_mechanism.spi_s", "spi-s", { base: "DEC_HEX" }),
  mechanismPortC: u16("sip.sec_mechanism.port_c", "port-c"),
  mechanismPortS: u16("sip.sec_mechanism.port_s", "port-s"),
  sessionId: bytes("sip.Session-ID.sess_id", "sess-id"),
  sessionLocal: guid("sip.Session-ID.local_uuid", "local-uuid"),
  sessionRemote: guid("sip.Session-ID.remote_uuid", "remote-uuid"),
  continuation: bytes("sip.continuation", "Continuation data"),
  icid: str("sip.icid_value", "icid-value"),
  icidAddress: str("sip.icid_gen_addr", "icid-gen-addr"),
  callId: callIdField,
};

/** Parameters of Via: RFC 3261 section 20.42 and its extensions. */
const VIA: Readonly<Record<string, Field>> = {
  branch: str("sip.Via.branch", "Branch"),
  maddr: str("sip.Via.maddr", "Maddr"),
  rport: str("sip.Via.rport", "RPort"),
  received: str("sip.Via.received", "Received"),
  ttl: str("sip.Via.ttl", "TTL"),
  comp: str("sip.Via.comp", "Comp"),
  "sigcomp-id": str("sip.Via.sigcomp-id", "Sigcomp identifier"),
};

/** Parameters of digest credentials and challenges: RFC 3261 section 20.7, RFC 7616. */
const AUTHENTICATION: Readonly<Record<string, Field>> = {
  response: str("sip.auth.digest.response", "Digest Authentication Response"),
  nc: str("sip.auth.nc", "Nonce Count"),
  username: str("sip.auth.username", "Username"),
  realm: str("sip.auth.realm", "Realm"),
  nonce: str("sip.auth.nonce", "Nonce Value"),
  algorithm: str("sip.auth.algorithm", "Algorithm"),
  opaque: str("sip.auth.opaque", "Opaque Value"),
  qop: str("sip.auth.qop", "QOP"),
  cnonce: str("sip.auth.cnonce", "CNonce Value"),
  uri: str("sip.auth.uri", "Authentication URI"),
  domain: str("sip.auth.domain", "Authentication Domain"),
  stale: str("sip.auth.stale", "Stale Flag"),
  auts: str("sip.auth.auts", "Authentication Token"),
  rspauth: str("sip.auth.rspauth", "Response auth"),
  nextnonce: str("sip.auth.nextnonce", "Next Nonce"),
  ik: str("sip.auth.ik", "Integrity Key"),
  ck: str("sip.auth.ck", "Cyphering Key"),
};
const CREDENTIALS = new Set([
  "authorization",
  "proxy-authorization",
  "proxy-authenticate",
  "www-authenticate",
  "authentication-info",
]);

const x = {
  unrecognized: expert("sip.unrecognized_header", "note", "Undecoded", "Unrecognised SIP header"),
  noColon: expert("sip.header_no_colon", "warning", "Malformed", "Header has no colon after the name"),
  notTerminated: expert(
    "sip.header_not_terminated",
    "warning",
    "Malformed",
    "Header not terminated by empty line (CRLF)",
  ),
};

const own = (list: Readonly<Record<string, Field>>, prefix: string): Record<string, Field> =>
  Object.fromEntries(Object.entries(list).map(([name, field]) => [prefix + name, field]));
const addresses = { r: REQUEST_URI, c: CONTACT, ...PARTIES, ...HOPS };

export const sip: Protocol = protocol({
  name: "sip",
  title: "Session Initiation Protocol",
  short: "SIP",
  fields: {
    ...f,
    ...own(HEADERS, "header."),
    ...own(VIA, "via."),
    ...own(AUTHENTICATION, "auth."),
    ...Object.fromEntries(
      Object.entries(addresses).flatMap(([name, list]) =>
        Object.entries(list).flatMap(([part, field]) =>
          field === null ? [] : [[`${name}.${part}`, field as Field]],
        ),
      ),
    ),
  },
  experts: x,
  linked: [f.resend, f.resendOf, f.requestFrame, f.responseTime],
  on: [
    [udpPorts, 5060],
    [tcpPorts, 5060],
  ],
  heuristicOn: [udpHeuristics, tcpHeuristics],
  test: looksLikeSip,
  dissect,
});

const METHODS = new Set(
  (
    "ACK BYE CANCEL DO INFO INVITE MESSAGE NOTIFY OPTIONS PRACK QAUTH REFER REGISTER SPRACK SUBSCRIBE UPDATE " +
    "PUBLISH"
  ).split(" "),
);

const LF = 10;
const CR = 13;

/** The first line of a message, or null when it is none. */
interface FirstLine {
  readonly text: string;
  readonly end: number;
  readonly next: number;
  readonly isRequest: boolean;
  readonly method: string;
  readonly code: number;
}

/** RFC 3261 section 7.1 and 7.2: "METHOD uri SIP/2.0" or "SIP/2.0 code phrase". */
function firstLine(d: Dissection, at: number): FirstLine | null {
  const { end, next } = lineAt(d, at);
  if (end - at < 9 || end - at > 10_000) return null;
  const text = decodeText(d.buf, at, end, "utf-8");
  const status = /^SIP\/2\.0 (\d{3}) /.exec(text);
  if (status !== null) return { text, end, next, isRequest: false, method: "", code: Number(status[1]) };
  const request = /^([^\s:]+) ([^\s:]+:\S*) SIP\/2\.0\s*$/.exec(text);
  if (request === null) return null;
  return { text, end, next, isRequest: true, method: request[1], code: 0 };
}

function lineAt(d: Dissection, at: number): { end: number; next: number } {
  let end = d.buf.indexOf(LF, at);
  if (end === -1 || end >= d.end) return { end: d.end, next: d.end };
  const next = end + 1;
  if (end > at && d.buf[end - 1] === CR) end--;
  return { end, next };
}

function looksLikeSip(d: Dissection): boolean {
  // Letters first: what else is on the port need not be read as text.
  if (d.remaining < 15) return false;
  const c = d.peek8();
  if (c < 0x41 || c > 0x7a) return false;
  return firstLine(d, d.pos) !== null;
}

/** Longest header waited for. */
const MAX_HEADER = 1 << 16;
const MAX_HEADERS = 1000;

function dissect(d: Dissection): void {
  if (d.conversation?.kind === CONVERSATION_UDP || !d.canDesegment) {
    if (d.conversation?.kind === CONVERSATION_TCP) {
      dissectStream(d);
      return;
    }
    const line = firstLine(d, d.pos);
    if (line === null) {
      d.unlist();
      d.chainLength--;
      if (d.columns) d.setProtocol("UDP");
      d.call(data);
      return;
    }
    if (d.columns) d.setInfo("");
    message(d, line);
    return;
  }
  dissectStream(d);
}

function dissectStream(d: Dissection): void {
  const { pos: first, end, wireEnd, canDesegment } = d;
  if (isBlank(d)) {
    d.unlist();
    d.chainLength--;
    if (d.columns) d.setProtocol("TCP");
    return;
  }
  d.canDesegment = false;
  if (d.columns) d.setInfo("");
  for (;;) {
    const start = d.pos;
    if (start >= end) break;
    if (d.buf[start] === CR || d.buf[start] === LF) {
      // Blank lines before a message, as keep-alives (RFC 5626 section 3.5.1).
      let at = start;
      while (at < end && (d.buf[at] === CR || d.buf[at] === LF)) at++;
      d.pos = at;
      if (at < end) continue;
      break;
    }
    const line = firstLine(d, start);
    if (line === null) {
      if (
        canDesegment &&
        lineAt(d, start).next === end &&
        d.buf[end - 1] !== LF &&
        end - start < 200 &&
        couldBegin(d)
      ) {
        d.wantMore(start, ONE_MORE_SEGMENT);
        break;
      }
      if (d.columns) d.setInfo("Continuation");
      if (d.building) d.add(f.continuation, start, end - start, d.buf.subarray(start, end));
      d.pos = end;
      break;
    }
    const bodyAt = headerEnd(d, line.next);
    if (bodyAt < 0 && canDesegment && end - start < MAX_HEADER) {
      d.wantMore(start, ONE_MORE_SEGMENT);
      break;
    }
    const length = bodyAt < 0 ? 0 : contentLength(d, line.next, bodyAt);
    const stop = bodyAt < 0 ? end : bodyAt + length;
    if (canDesegment && stop > wireEnd) {
      d.wantMore(start, stop - wireEnd);
      break;
    }
    d.sizedPdu(stop - start, (one) => message(one, line), start > first);
  }
  d.canDesegment = canDesegment;
}

/** Nothing but line ends: keeps the connection alive. */
function isBlank(d: Dissection): boolean {
  for (let at = d.pos; at < d.end; at++) if (d.buf[at] !== CR && d.buf[at] !== LF) return false;
  return true;
}

/** Whether what is there of a first line could become one. */
function couldBegin(d: Dissection): boolean {
  const text = decodeText(d.buf, d.pos, d.end, "utf-8");
  return "SIP/2.0 ".startsWith(text) || text.startsWith("SIP/2.0 ") || METHODS.has(text.split(" ")[0]);
}

/** Index behind the empty line, or -1. */
function headerEnd(d: Dissection, from: number): number {
  for (let at = from; at < d.end; ) {
    const { end, next } = lineAt(d, at);
    if (next === d.end && d.buf[d.end - 1] !== LF) return -1;
    if (end === at) return next;
    at = next;
  }
  return -1;
}

function contentLength(d: Dissection, from: number, to: number): number {
  const match = /^(?:content-length|l)[ \t]*:[ \t]*(\d+)/im.exec(decodeText(d.buf, from, to, "latin1"));
  return match === null ? 0 : Math.min(Number(match[1]), 1 << 24);
}

// ------------------------------------------------------------------ what is known of a conversation

/** The last request of a call in one direction, and the last message of its newest transaction. */
class Exchange {
  sequence = -1;
  method = "";
  frame = 0;
  sec = 0;
  nsec = 0;
  lastSequence = -1;
  lastMethod = "";
  /** Of the last message: 0 for a request. */
  lastCode = 0;
  lastFrame = 0;
}
stateClass(() => new Exchange());

class Calls {
  /** By call and direction. */
  byId = new Map<string, Exchange>();
}
const makeCalls = (): Calls => new Calls();
stateClass(makeCalls);
const MAX_CALLS = 5000;

/** What other messages say of the present one. */
class Findings {
  resendOf = 0;
  requestFrame = 0;
  milliseconds = 0;
}
const KEY_FINDINGS = 0;

/** What a message's header says that matters for all of it. */
class Head {
  callId = "";
  sequence = -1;
  method = "";
  length = -1;
  type = "";
  contacts = 0;
  removed = 0;
  star = false;
  expiresZero = false;
}

function findingsOf(d: Dissection, line: FirstLine, head: Head, at: number): Findings {
  const key = KEY_FINDINGS + at - d.base;
  if (!d.first) return d.recall<Findings>(sip, key) ?? new Findings();
  const findings = new Findings();
  const { conversation } = d;
  if (conversation === null || head.callId === "") return findings;
  const { byId } = conversation.state(sip, makeCalls);
  if (byId.size > MAX_CALLS) byId.clear();
  const mine = exchange(byId, `${d.direction}${head.callId}`);
  // TCP sends again by itself.
  if (conversation.kind === CONVERSATION_UDP) findings.resendOf = resendOf(d, mine, line, head);
  if (line.isRequest) {
    if (head.method === "ACK") {
      if (mine.method === "INVITE" && mine.sequence === head.sequence) answers(d, findings, mine);
    } else if (findings.resendOf === 0) {
      mine.frame = d.frame;
      mine.sequence = head.sequence;
      mine.method = head.method;
      mine.sec = d.sec;
      mine.nsec = d.nsec;
    }
  } else {
    const theirs = exchange(byId, `${1 - d.direction}${head.callId}`);
    if (theirs.frame !== 0 && theirs.sequence === head.sequence) answers(d, findings, theirs);
  }
  if (d.keep) d.remember(sip, key, findings);
  return findings;
}

/** The frame that the message was in before; 0 when it is new. */
function resendOf(d: Dissection, mine: Exchange, line: FirstLine, head: Head): number {
  const isNewer = mine.lastFrame === 0 || head.sequence > mine.lastSequence;
  if (!isNewer) {
    if (mine.lastSequence !== head.sequence || mine.lastMethod !== head.method) return 0;
    // RFC 3261 section 13.3.1.1: a server may say again and again that it is at work.
    if (mine.lastCode === line.code) return line.code >= 100 && line.code < 200 ? 0 : mine.lastFrame;
  }
  mine.lastFrame = d.frame;
  mine.lastSequence = head.sequence;
  mine.lastMethod = head.method;
  mine.lastCode = line.code;
  return 0;
}

function answers(d: Dissection, findings: Findings, request: Exchange): void {
  findings.requestFrame = request.frame;
  findings.milliseconds = since(d, request.sec, request.nsec);
}

function exchange(byId: Map<string, Exchange>, key: string): Exchange {
  let found = byId.get(key);
  if (found === undefined) {
    found = new Exchange();
    byId.set(key, found);
  }
  return found;
}

/** Milliseconds between two times, each part cut on its own as Wireshark does. */
function since(d: Dissection, sec: number, nsec: number): number {
  return ((d.sec - sec) * 1000 + Math.trunc((d.nsec - nsec) / 1_000_000)) >>> 0;
}

// ------------------------------------------------------------------ messages

/** One header, folded lines and all. */
interface Header {
  readonly at: number;
  /** Behind the name, the value without blanks before it, its end and the line's. */
  readonly nameEnd: number;
  readonly valueAt: number;
  readonly valueEnd: number;
  readonly next: number;
  /** Lower case and long; empty without a colon. */
  readonly name: string;
  readonly value: string;
}

function message(d: Dissection, line: FirstLine): void {
  const start = d.pos;
  const headers: Header[] = [];
  const head = new Head();
  let at = line.next;
  let isTerminated = false;
  while (at < d.end && headers.length < MAX_HEADERS) {
    const { end, next } = lineAt(d, at);
    if (end === at) {
      at = next;
      isTerminated = true;
      break;
    }
    const header = headerAt(d, at);
    headers.push(header);
    note(head, header);
    at = header.next;
  }
  const bodyAt = at;
  const isCut = !isTerminated && headers.length > 0 && d.buf[d.end - 1] !== LF;
  const { id, again } = presentCall;
  presentCall.id = head.callId;
  const findings = isCut ? new Findings() : findingsOf(d, line, head, start);
  presentCall.again = findings.resendOf !== 0;
  if (d.columns) info(d, line, head, isCut);
  if (d.building) {
    if (d.labels && !isCut) {
      const word = line.isRequest ? line.method : String(line.code);
      d.relabelLayer(`${sip.title} (${word})`);
    }
    addFirstLine(d, line, start, findings, isCut);
    addHeaders(d, headers, line.next, bodyAt, isTerminated, isCut);
  }
  d.pos = bodyAt;
  if (isCut) d.needAt(d.end, 1);
  let size = d.end - bodyAt;
  if (head.length >= 0) size = Math.min(size, head.length);
  if (size > 0) {
    const { end, wireEnd } = d;
    d.open(f.body, bodyAt, size);
    d.end = bodyAt + size;
    d.wireEnd = Math.min(wireEnd, d.end);
    d.layerEnd(d.end);
    d.underParent(() => body(d, head));
    d.end = end;
    d.wireEnd = wireEnd;
    d.close();
    d.pos = bodyAt + size;
  }
  presentCall.id = id;
  presentCall.again = again;
}

function body(d: Dissection, head: Head): void {
  const type = head.type.split(";")[0].trim();
  if (d.columns && mediaProtocol(type.toLowerCase()) === textLines) d.addInfo(` (${type})`);
  callMedia(d, type, null);
}

function headerAt(d: Dissection, at: number): Header {
  let { end, next } = lineAt(d, at);
  while (next < d.end && (d.buf[next] === 0x20 || d.buf[next] === 9)) ({ end, next } = lineAt(d, next));
  let colon = d.buf.indexOf(0x3a, at);
  if (colon === -1 || colon >= end) colon = -1;
  if (colon === -1) return { at, nameEnd: end, valueAt: end, valueEnd: end, next, name: "", value: "" };
  const name = decodeText(d.buf, at, colon, "utf-8").trim().toLowerCase();
  let valueAt = colon + 1;
  while (valueAt < end && (d.buf[valueAt] === 0x20 || d.buf[valueAt] === 9)) valueAt++;
  const value = decodeText(d.buf, valueAt, end, "utf-8");
  const long = Object.hasOwn(SHORT_FORMS, name) ? SHORT_FORMS[name] : name;
  return { at, nameEnd: colon, valueAt, valueEnd: end, next, name: long, value };
}

function note(head: Head, { name, value }: Header): void {
  switch (name) {
    case "call-id":
      head.callId = value.trimEnd();
      break;
    case "cseq": {
      const match = /^(\d+)\s+(\S+)/.exec(value);
      if (match !== null) {
        head.sequence = Number(match[1]);
        head.method = match[2];
      }
      break;
    }
    case "content-length":
      if (/^\d+/.test(value)) head.length = Number.parseInt(value, 10);
      break;
    case "content-type":
      head.type = value;
      break;
    case "expires":
      head.expiresZero = /^0+\s*$/.test(value);
      break;
    case "contact":
      if (value.trim() === "*") head.star = true;
      else {
        for (const one of splitList(value, 0)) {
          head.contacts++;
          if (/;\s*expires\s*=\s*0+\s*(?:;|$)/i.test(one.text)) head.removed++;
        }
      }
      break;
    default:
  }
}

/** RFC 3261 section 10: how many bindings a REGISTER or its answer is about. */
function bindings(line: FirstLine, head: Head): string {
  const isRegister = line.isRequest ? line.method === "REGISTER" : head.method === "REGISTER";
  if (!isRegister) return "";
  const many = (count: number): string => `${count} binding${count === 1 ? "" : "s"}`;
  if (!line.isRequest) return line.code > 199 && line.code < 300 ? `  (${many(head.contacts)})` : "";
  if (head.star && head.expiresZero) return "  (remove all bindings)";
  if (head.contacts === 0) return "  (fetch bindings)";
  if (head.expiresZero) return `  (remove ${many(head.contacts)})`;
  if (head.removed === head.contacts) return `  (remove ${many(head.removed)})`;
  if (head.removed > 0) return `  (add ${many(head.contacts - head.removed)}, remove ${many(head.removed)})`;
  return `  (${many(head.contacts)})`;
}

function info(d: Dissection, line: FirstLine, head: Head, isCut: boolean): void {
  let text: string;
  if (line.isRequest) {
    const unknown = METHODS.has(line.method) ? "Request" : "Unknown request";
    text = `${unknown}: ${escapeText(line.text.replace(/ SIP\/2\.0\s*$/, ""))}`;
  } else {
    text = `Status: ${escapeText(line.text.slice("SIP/2.0 ".length))}`;
    if (line.code === 200 && head.method !== "") text += ` (${escapeText(head.method)})`;
  }
  d.addInfo(isCut ? text : `${text}${bindings(line, head)} | `);
}

function addFirstLine(
  d: Dissection,
  line: FirstLine,
  start: number,
  findings: Findings,
  isCut: boolean,
): void {
  const { text, end, next, isRequest, method } = line;
  d.open(isRequest ? f.requestLine : f.statusLine, start, next - start, text);
  if (isRequest) {
    d.add(f.method, start, method.length, method);
    const uriAt = start + method.length + 1;
    const uri = text.slice(method.length + 1).replace(/ SIP\/2\.0\s*$/, "");
    addUri(d, uri, uriAt, { ...REQUEST_URI, parameter: null });
  } else d.add(f.statusCode, start + "SIP/2.0 ".length, 3, line.code);
  if (!isCut) {
    d.generated(f.resend, start, 0, findings.resendOf === 0 ? 0 : 1);
    if (findings.resendOf !== 0) d.generated(f.resendOf, start, 0, findings.resendOf);
    if (findings.requestFrame !== 0) {
      d.generated(f.requestFrame, start, 0, findings.requestFrame);
      d.generated(f.responseTime, start, 0, findings.milliseconds);
    }
  }
  d.close();
  d.pos = end;
}

function addHeaders(
  d: Dissection,
  headers: readonly Header[],
  from: number,
  to: number,
  isTerminated: boolean,
  isCut: boolean,
): void {
  // Its value is all that follows the first line.
  const all = d.wants(f.messageHeader) ? decodeText(d.buf, from, d.end, "utf-8") : "";
  d.open(f.messageHeader, from, to - from, all);
  if (d.labels) d.relabelParent("Message Header");
  for (const header of headers) addHeader(d, header);
  if (!isTerminated && !isCut) {
    d.text(to, 0, x.notTerminated.message);
    d.expert(x.notTerminated);
  }
  d.close();
}

function addHeader(d: Dissection, header: Header): void {
  const { at, next, name, value, valueAt, valueEnd } = header;
  if (name === "" && header.nameEnd === valueEnd) {
    d.last = d.parent;
    d.expert(x.noColon);
    return;
  }
  const label = d.labels ? escapeText(decodeText(d.buf, at, valueEnd, "utf-8")) : "";
  const field = Object.hasOwn(HEADERS, name) ? (HEADERS as Readonly<Record<string, Field>>)[name] : null;
  if (field === null) {
    if (d.labels) d.openText(at, next - at, label);
    d.last = d.parent;
    d.expert(x.unrecognized, `Unrecognised SIP header (${name})`);
    if (d.labels) d.close();
    return;
  }
  const isNumber = field.type === "FT_UINT32";
  d.open(field, at, next - at, isNumber ? Number.parseInt(value, 10) >>> 0 : value);
  if (d.labels) d.relabelParent(label);
  if (CREDENTIALS.has(name)) d.hidden(f.authentication, at, next - at, decodeText(d.buf, at, next, "utf-8"));
  addParts(d, name, value, valueAt);
  d.close();
  if (name === "call-id") d.generated(f.callId, at, next - at, value.trimEnd());
}

function addParts(d: Dissection, name: string, value: string, at: number): void {
  if (name === "via") {
    for (const one of splitList(value, at)) via(d, one.text, one.at);
  } else if (name === "contact") {
    if (value.trim() !== "*") for (const one of splitList(value, at)) contact(d, one.text, one.at);
  } else if (Object.hasOwn(PARTIES, name)) {
    const rest = addAddress(d, splitList(value, at)[0]?.text ?? "", at, PARTIES[name]);
    if (name === "to") addTag(d, rest, f.toTag);
    else if (name === "from") addTag(d, rest, f.fromTag);
  } else if (Object.hasOwn(HOPS, name)) {
    const fields: Address = { ...HOPS[name as keyof typeof HOPS], user: null };
    for (const one of splitList(value, at)) addAddress(d, one.text, one.at, fields);
  } else if (name === "cseq") sequence(d, value, at, [f.sequence, f.sequenceMethod]);
  else if (name === "rack") sequence(d, value, at, [f.rackResponse, f.rackSequence, f.rackMethod]);
  else if (CREDENTIALS.has(name)) credentials(d, name, value, at);
  else if (name === "reason") reason(d, value, at);
  else if (name === "p-access-network-info") accessNetwork(d, value, at);
  else if (name === "p-charging-vector") chargingVector(d, value, at);
  else if (name.startsWith("security-"))
    for (const one of splitList(value, at)) mechanism(d, one.text, one.at);
  else if (name === "session-id") sessionId(d, value, at);
}

interface Part {
  readonly text: string;
  readonly at: number;
}

/** The members of a list, at commas outside of quotes and angle brackets, without blanks around them. */
function splitList(value: string, at: number, separator = ","): Part[] {
  const parts: Part[] = [];
  let from = 0;
  let isQuoted = false;
  let depth = 0;
  for (let i = 0; i <= value.length; i++) {
    const c = value[i];
    if (c === "\\" && isQuoted) i++;
    else if (c === '"') isQuoted = !isQuoted;
    else if (!isQuoted && c === "<") depth++;
    else if (!isQuoted && c === ">") depth = Math.max(0, depth - 1);
    if (i >= value.length || (c === separator && !isQuoted && depth === 0)) {
      const text = value.slice(from, i);
      const blanks = text.length - text.trimStart().length;
      if (text.trim() !== "") parts.push({ text: text.trim(), at: at + from + blanks });
      from = i + 1;
    }
  }
  return parts;
}

/** Adds a name with an address (RFC 3261 section 20.10); what is behind it with its place. */
function addAddress(d: Dissection, text: string, at: number, fields: Address): Part {
  const match = /^((?:"(?:[^"\\]|\\.)*"|[^"<]*?)\s*)<([^>]*)>?/s.exec(text);
  if (match === null) {
    const end = text.search(/[;\s]/);
    const uri = end === -1 ? text : text.slice(0, end);
    addUri(d, uri, at, fields);
    return { text: text.slice(uri.length), at: at + uri.length };
  }
  const display = match[1].startsWith('"') ? match[1].trimEnd() : match[1];
  if (display !== "") {
    d.add(fields.display, at, display.length, display);
    d.hidden(f.display, at, display.length, display);
  }
  addUri(d, match[2], at + match[1].length + 1, fields);
  return { text: text.slice(match[0].length), at: at + match[0].length };
}

function addUri(d: Dissection, uri: string, at: number, fields: Address): void {
  d.open(fields.uri, at, uri.length, uri);
  const match = /^sips?:(?:([^@]*)@)?(\[[^\]]*\]|[^:;?]*)(?::([^;?]*))?/i.exec(uri);
  if (match !== null) {
    const [whole, user, host, port] = match;
    let place = at + uri.indexOf(":") + 1;
    if (user !== undefined) {
      if (fields.user !== null && user !== "") d.add(fields.user, place, user.length, user);
      place += user.length + 1;
    }
    if (host !== "") d.add(fields.host, place, host.length, host);
    place += host.length + 1;
    if (port !== undefined) d.add(fields.port, place, port.length, port);
    if (fields.parameter !== null && uri[whole.length] === ";") {
      const from = whole.length + 1;
      const stop = uri.indexOf("?", from);
      let partAt = at + from;
      for (const part of uri.slice(from, stop === -1 ? undefined : stop).split(";")) {
        d.add(fields.parameter, partAt, part.length, part);
        partAt += part.length + 1;
      }
    }
  }
  d.close();
}

function addTag(d: Dissection, rest: Part, field: Field): void {
  const match = /;\s*tag\s*=\s*([^;\s]+)/i.exec(rest.text);
  if (match === null) return;
  const at = rest.at + match.index + match[0].length - match[1].length;
  d.add(field, at, match[1].length, match[1]);
  d.hidden(f.tag, at, match[1].length, match[1]);
}

function contact(d: Dissection, text: string, at: number): void {
  const rest = addAddress(d, text, at, CONTACT);
  for (const part of splitList(rest.text, rest.at, ";"))
    d.add(f.contactParameter, part.at, part.text.length, part.text);
}

/** RFC 3261 section 20.42. */
function via(d: Dissection, text: string, at: number): void {
  const [first, ...parameters] = splitList(text, at, ";");
  const match = /^SIP\s*\/\s*2\.0\s*\/\s*(\S+)\s+(\[[^\]]*\]|[^:\s]+)?(?:\s*:\s*(\d+))?/i.exec(
    first?.text ?? "",
  );
  if (match === null) return;
  const [whole, transport, sent = "", port] = match;
  const transportAt = first.text.indexOf(transport, "SIP/2.0".length);
  d.add(f.transport, first.at + transportAt, transport.length, transport);
  const sentAt = first.text.indexOf(sent, transportAt + transport.length);
  const address = sent.startsWith("[") ? sent.slice(1, -1) : sent;
  if (address !== "")
    d.add(f.sentBy, first.at + sentAt + (sent === address ? 0 : 1), address.length, address);
  if (port !== undefined)
    d.add(f.sentByPort, first.at + whole.length - port.length, port.length, Number(port) & 0xffff);
  for (const part of parameters) {
    const equals = part.text.indexOf("=");
    const name = (equals === -1 ? part.text : part.text.slice(0, equals)).trim().toLowerCase();
    const field = Object.hasOwn(VIA, name) ? VIA[name] : null;
    if (field === null) d.text(part.at, part.text.length, escapeText(part.text));
    else {
      const value = equals === -1 ? part.text : part.text.slice(equals + 1).trimStart();
      d.add(field, part.at + part.text.length - value.length, value.length, value);
    }
  }
}

function sequence(d: Dissection, value: string, at: number, fields: readonly Field[]): void {
  const pattern = /\S+/g;
  for (const field of fields) {
    const match = pattern.exec(value);
    if (match === null) return;
    const isNumber = field.type === "FT_UINT32";
    d.add(
      field,
      at + match.index,
      match[0].length,
      isNumber ? Number.parseInt(match[0], 10) >>> 0 : match[0],
    );
  }
}

function credentials(d: Dissection, name: string, value: string, at: number): void {
  let from = 0;
  if (name !== "authentication-info") {
    const match = /^(\S+)\s*/.exec(value);
    if (match === null) return;
    d.add(f.scheme, at, match[1].length, match[1]);
    from = match[0].length;
  }
  for (const part of splitList(value.slice(from), at + from)) {
    const equals = part.text.indexOf("=");
    if (equals < 0) continue;
    const key = part.text.slice(0, equals).trim().toLowerCase();
    const field = Object.hasOwn(AUTHENTICATION, key) ? AUTHENTICATION[key] : null;
    const text = part.text.slice(equals + 1).trimStart();
    if (field === null) d.text(part.at, part.text.length, escapeText(part.text));
    else d.add(field, part.at + part.text.length - text.length, text.length, text);
  }
}

/** RFC 3326. */
function reason(d: Dissection, value: string, at: number): void {
  const semicolon = value.indexOf(";");
  const name = semicolon === -1 ? value : value.slice(0, semicolon);
  d.add(f.reasonProtocols, at, name.length, name);
  if (semicolon === -1) return;
  for (const part of splitList(value.slice(semicolon), at + semicolon, ";")) {
    const match = /^(cause|text)\s*=\s*"?([^"]*)"?$/i.exec(part.text);
    if (match === null) continue;
    const place = part.at + part.text.indexOf(match[2], match[1].length);
    if (match[1].toLowerCase() === "text") d.add(f.reasonText, place, match[2].length, match[2]);
    else {
      const field = /^q\.850$/i.test(name) ? f.reasonQ850 : /^sip$/i.test(name) ? f.reasonSip : f.reasonCause;
      d.add(field, place, match[2].length, Number.parseInt(match[2], 10) >>> 0);
    }
  }
}

function accessNetwork(d: Dissection, value: string, at: number): void {
  const [type, ...more] = splitList(value, at, ";");
  if (type === undefined) return;
  d.add(f.accessType, type.at, type.text.length, type.text);
  for (const part of more) {
    const match = /^utran-cell-id-3gpp\s*=\s*(.*)$/.exec(part.text);
    if (match !== null)
      d.add(f.cell, part.at + part.text.length - match[1].length, match[1].length, match[1]);
  }
}

function chargingVector(d: Dissection, value: string, at: number): void {
  for (const part of splitList(value, at, ";")) {
    const match = /^(icid-value|icid-gen-addr)\s*=\s*"?([^"]*)"?$/.exec(part.text);
    if (match === null) d.text(part.at, part.text.length, escapeText(part.text));
    else {
      const field = match[1] === "icid-value" ? f.icid : f.icidAddress;
      d.add(field, part.at + part.text.indexOf(match[2], match[1].length), match[2].length, match[2]);
    }
  }
}

const MECHANISM: Readonly<Record<string, Field>> = {
  alg: f.mechanismAlg,
  ealg: f.mechanismEalg,
  prot: f.mechanismProt,
  "spi-c": f.mechanismSpiC,
  "spi-s": f.mechanismSpiS,
  "port-c": f.mechanismPortC,
  "port-s": f.mechanismPortS,
};

/** RFC 3329. */
function mechanism(d: Dissection, text: string, at: number): void {
  const [name, ...parameters] = splitList(text, at, ";");
  d.add(f.mechanism, name.at, name.text.length, name.text);
  for (const part of parameters) {
    const equals = part.text.indexOf("=");
    const key = part.text.slice(0, equals).trim().toLowerCase();
    const value = part.text.slice(equals + 1).trimStart();
    const place = part.at + part.text.length - value.length;
    const field = equals > 0 && Object.hasOwn(MECHANISM, key) ? MECHANISM[key] : null;
    if (field === null) d.text(part.at, part.text.length, escapeText(part.text));
    else if (field.type === "FT_STRING") d.add(field, place, value.length, value);
    else d.add(field, place, value.length, Number.parseInt(value, 10) >>> 0);
  }
}

/** RFC 7989. */
function sessionId(d: Dissection, value: string, at: number): void {
  const match = /^([0-9a-f]{32})(?:\s*;\s*remote\s*=\s*([0-9a-f]{32}))?/i.exec(value);
  if (match === null) return;
  const local = new Uint8Array(Buffer.from(match[1], "hex"));
  d.hidden(f.sessionId, at, 32, local);
  d.add(f.sessionLocal, at, 32, local);
  if (match[2] === undefined) return;
  const remote = new Uint8Array(Buffer.from(match[2], "hex"));
  d.add(f.sessionRemote, at + match[0].length - 32, 32, remote);
}
