/**
 * File Transfer Protocol: the control connection, RFC 959 with the extensions of RFC 2428 (EPRT, EPSV) and RFC 4217
 * (AUTH TLS), and the data connections it sets up.
 */
import { ADDRESS_IPV4, ADDRESS_IPV6 } from "../dissect/address.ts";
import { CONVERSATION_TCP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import type { Facts } from "../dissect/expectations.ts";
import { bool, expert, frameNum, ipv4, ipv6, str, u8, u16, u32 } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { tcpPorts } from "../dissect/tables.ts";
import { decodeText, escapeText } from "../dissect/text.ts";
import { parseIpv4, parseIpv6 } from "./address-text.ts";
import { callMedia } from "./media.ts";
import { RESPONSE_CODES } from "./names/ftp.ts";
import { startTls } from "./tls.ts";

const f = {
  workingDirectory: str("ftp.current-working-directory", "Current working directory"),
  response: bool("ftp.response", "Response"),
  request: bool("ftp.request", "Request"),
  command: str("ftp.request.command", "Request command"),
  argument: str("ftp.request.arg", "Request arg"),
  code: u32("ftp.response.code", "Response code", { names: RESPONSE_CODES }),
  responseArgument: str("ftp.response.arg", "Response arg"),
  passiveIp: ipv4("ftp.passive.ip", "Passive IP address"),
  passivePort: u16("ftp.passive.port", "Passive port"),
  passiveNat: bool("ftp.passive.nat", "Passive IP NAT"),
  activeIp: ipv4("ftp.active.cip", "Active IP address"),
  activePort: u16("ftp.active.port", "Active port"),
  activeNat: bool("ftp.active.nat", "Active IP NAT"),
  eprtFamily: u8("ftp.eprt.af", "Extended active address family", { names: { 1: "IPv4", 2: "IPv6" } }),
  eprtIp: ipv4("ftp.eprt.ip", "Extended active IP address"),
  eprtIpv6: ipv6("ftp.eprt.ipv6", "Extended active IPv6 address"),
  eprtPort: u16("ftp.eprt.port", "Extended active port"),
  epsvIp: ipv4("ftp.epsv.ip", "Extended passive IPv4 address"),
  epsvIpv6: ipv6("ftp.epsv.ipv6", "Extended passive IPv6 address"),
  epsvPort: u16("ftp.epsv.port", "Extended passive port"),
};

const EPRT_FORM = "EPRT arguments must have the form: |<family>|<addr>|<port>|";
const EPSV_FORM = "EPSV arguments must have the form (|||<port>|)";

const x = {
  eprt: expert("ftp.eprt.args_invalid", "warning", "Malformed", EPRT_FORM),
  epsv: expert("ftp.epsv.args_invalid", "warning", "Malformed", EPSV_FORM),
  code: expert("ftp.response.code.invalid", "warning", "Malformed", "Invalid response code"),
  directory: expert("ftp.response.pwd.invalid", "error", "Malformed", "Invalid PWD response"),
};

const df = {
  setupFrame: frameNum("ftp-data.setup-frame", "Setup frame"),
  setupMethod: str("ftp-data.setup-method", "Setup method"),
  command: str("ftp-data.command", "Command"),
  commandFrame: frameNum("ftp-data.command-frame", "Command frame"),
  workingDirectory: str("ftp-data.current-working-directory", "Current working directory"),
};

const SERVER_PORT = 21;

export const ftp: Protocol = protocol({
  name: "ftp",
  title: "File Transfer Protocol (FTP)",
  short: "FTP",
  fields: f,
  experts: x,
  linked: [f.workingDirectory],
  on: [[tcpPorts, SERVER_PORT]],
  dissect,
});

export const ftpData: Protocol = protocol({
  name: "ftp-data",
  title: "FTP Data",
  short: "FTP-DATA",
  fields: df,
  linked: Object.values(df),
  on: [[tcpPorts, 20]],
  dissect: dissectData,
});

/** What a control connection is about. */
class Session {
  directory = "";
  /** The request at work. */
  command = "";
  argument = "";
  /** The data connection set up last: its announced end and how; empty method for none. */
  method = "";
  setupFrame = 0;
  addressKind = 0;
  address: Uint8Array = new Uint8Array(0);
  port = 0;
  setupDirectory = "";
  /** True when the command it is for was seen. */
  commanded = false;
}
const makeSession = (): Session => new Session();
stateClass(makeSession);

const KEY_DIRECTORY = 0;
const LF = 10;
const CR = 13;

function dissect(d: Dissection): void {
  const start = d.pos;
  const isRequest = d.dstPort === SERVER_PORT;
  const session = d.conversation?.state(ftp, makeSession) ?? makeSession();
  const end = lineEnd(d, start);
  const line = decodeText(d.buf, start, end, "utf-8");
  if (d.columns) d.setInfo(`${isRequest ? "Request" : "Response"}: ${escapeText(line)}`);
  d.hidden(f.request, start, 0, isRequest ? 1 : 0);
  d.hidden(f.response, start, 0, isRequest ? 0 : 1);
  const next = behind(d, end);
  if (d.labels) d.openText(start, next - start, escapeText(decodeText(d.buf, start, next, "utf-8")));
  if (isRequest) dissectRequest(d, session, start, end);
  else dissectResponse(d, session, start, end);
  if (d.labels) d.close();
  d.pos = next;
  while (d.pos < d.end) {
    const after = behind(d, lineEnd(d, d.pos));
    if (d.labels) d.text(d.pos, after - d.pos, escapeText(decodeText(d.buf, d.pos, after, "utf-8")));
    d.pos = after;
  }
  let { directory } = session;
  if (d.first) {
    if (d.keep) d.remember(ftp, KEY_DIRECTORY, directory);
  } else directory = d.recall<string>(ftp, KEY_DIRECTORY) ?? directory;
  if (d.building) d.addBehind(f.workingDirectory, start, 0, directory, GENERATED);
}

function lineEnd(d: Dissection, at: number): number {
  let end = d.buf.indexOf(LF, at);
  if (end === -1 || end >= d.end) return d.end;
  if (end > at && d.buf[end - 1] === CR) end--;
  return end;
}

function behind(d: Dissection, end: number): number {
  let at = end;
  if (at < d.end && d.buf[at] === CR) at++;
  if (at < d.end && d.buf[at] === LF) at++;
  return at;
}

function dissectRequest(d: Dissection, session: Session, start: number, end: number): void {
  let at = start;
  while (at < end && d.buf[at] !== 0x20) at++;
  const command = decodeText(d.buf, start, at, "utf-8");
  if (at > start) d.add(f.command, start, at - start, command);
  while (at < end && d.buf[at] === 0x20) at++;
  const argument = decodeText(d.buf, at, end, "utf-8");
  if (end > at) d.add(f.argument, at, end - at, argument);
  if (d.first) {
    session.command = command;
    session.argument = argument;
    if (session.method !== "" && !session.commanded) {
      session.commanded = true;
      announce(d, session, end > start ? decodeText(d.buf, start, end, "utf-8") : "");
    }
  }
  if (command === "PORT") dissectPort(d, session, at, argument);
  else if (command === "EPRT") dissectEprt(d, session, at, end, argument);
}

function dissectResponse(d: Dissection, session: Session, start: number, end: number): void {
  const hasCode =
    end - start >= 3 && isDigit(d.buf[start]) && isDigit(d.buf[start + 1]) && isDigit(d.buf[start + 2]);
  const at = hasCode ? Math.min(start + 4, end) : start;
  const argument = decodeText(d.buf, at, end, "utf-8");
  let code = 0;
  if (hasCode) {
    code = Number(decodeText(d.buf, start, start + 3, "ascii"));
    d.add(f.code, start, 3, code);
    const directory = code === 257 ? quoted(argument) : null;
    if (code === 257 && directory === null) d.expert(x.directory);
    if (d.first) follow(d, session, code, directory);
  }
  if (end > at) d.add(f.responseArgument, at, end - at, argument);
  if (code === 227) dissectPasv(d, session, at, argument);
  else if (code === 229) dissectEpsv(d, session, at, end, argument);
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** What a response says of the session. */
function follow(d: Dissection, session: Session, code: number, directory: string | null): void {
  if (directory !== null) session.directory = directory;
  if (code === 250 && session.command === "CWD")
    session.directory = joined(session.directory, session.argument);
  else if (code === 250 && session.command === "CDUP") session.directory = joined(session.directory, "..");
  else if (code === 234 && session.command === "AUTH" && session.argument === "TLS") startTls(d, null);
}

/** RFC 959 appendix II: a path in quotation marks, those within doubled; null for none. */
function quoted(text: string): string | null {
  const match = /"((?:[^"]|"")*)"/.exec(text);
  return match === null ? null : match[1].replaceAll('""', '"');
}

/** Where a change of directory leads. */
function joined(from: string, change: string): string {
  if (change.startsWith("/")) return change;
  const isAbsolute = from.startsWith("/");
  const steps: string[] = [];
  for (const step of `${from}/${change}`.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return (isAbsolute ? "/" : "") + steps.join("/");
}

interface Endpoint {
  /** Where the text of the address and of the port stand. */
  readonly at: number;
  readonly length: number;
  readonly portAt: number;
  readonly portLength: number;
  readonly address: number;
  readonly port: number;
}

/** `h1,h2,h3,h4,p1,p2` somewhere in the text at `at`. */
function endpointIn(at: number, text: string): Endpoint | null {
  const match = /(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)/.exec(text);
  if (match === null) return null;
  const [h1, h2, h3, h4, p1, p2] = match.slice(1).map(Number);
  const length = match.slice(1, 5).join(",").length;
  return {
    at: at + match.index,
    length,
    portAt: at + match.index + length + 1,
    portLength: match[5].length + match[6].length + 1,
    address: (((h1 & 0xff) << 24) | ((h2 & 0xff) << 16) | ((h3 & 0xff) << 8) | (h4 & 0xff)) >>> 0,
    port: (((p1 & 0xff) << 8) + p2) & 0xffff,
  };
}

const ipv4Bytes = (address: number): Uint8Array =>
  Uint8Array.of(address >>> 24, (address >>> 16) & 0xff, (address >>> 8) & 0xff, address & 0xff);

/** True when the packet's source has another IPv4 address than the one in it. */
function differs(d: Dissection, address: Uint8Array): boolean {
  const { addresses } = d.memory;
  if (addresses.kind(d.srcId) !== ADDRESS_IPV4) return false;
  const own = addresses.bytes(d.srcId);
  return address.some((byte, i) => byte !== own[i]);
}

function dissectPort(d: Dissection, session: Session, at: number, argument: string): void {
  const found = endpointIn(at, argument);
  if (found === null) return;
  const address = ipv4Bytes(found.address);
  d.add(f.activeIp, found.at, found.length, found.address);
  d.add(f.activePort, found.portAt, found.portLength, found.port);
  if (d.building && differs(d, address)) d.add(f.activeNat, found.at, found.length, 1);
  setUp(d, session, "PORT", ADDRESS_IPV4, address, found.port);
}

function dissectPasv(d: Dissection, session: Session, at: number, argument: string): void {
  const found = endpointIn(at, argument);
  if (found === null) return;
  const address = ipv4Bytes(found.address);
  d.add(f.passiveIp, found.at, found.length, found.address);
  d.add(f.passivePort, found.portAt, found.portLength, found.port);
  if (d.building && differs(d, address)) d.add(f.passiveNat, found.at, found.length, 1);
  setUp(d, session, "PASV", ADDRESS_IPV4, address, found.port);
}

/** RFC 2428 section 2. */
function dissectEprt(d: Dissection, session: Session, at: number, end: number, argument: string): void {
  const delimiter = argument.charAt(0);
  const parts = delimiter === "" ? [] : argument.split(delimiter);
  const [, family, host, port] = parts;
  const address = family === "1" ? parseIpv4(host) : family === "2" ? parseIpv6(host ?? "") : null;
  const number = /^\d+$/.test(port ?? "") ? Number(port) : 0;
  if (parts.length < 5 || address === null || number === 0 || number > 0xffff) {
    if (d.labels) d.text(at, end - at, EPRT_FORM);
    if (d.building) d.expert(x.eprt);
    return;
  }
  const hostAt = at + family.length + 2;
  const isIpv4 = address.length === 4;
  d.add(f.eprtFamily, at + 1, family.length, Number(family));
  if (isIpv4) d.add(f.eprtIp, hostAt, host.length, new DataView(address.buffer).getUint32(0));
  else d.add(f.eprtIpv6, hostAt, host.length, address);
  d.add(f.eprtPort, hostAt + host.length + 1, port.length, number);
  setUp(d, session, "EPRT", isIpv4 ? ADDRESS_IPV4 : ADDRESS_IPV6, address, number);
}

/** RFC 2428 section 3: the address is the one the response comes from. */
function dissectEpsv(d: Dissection, session: Session, at: number, end: number, argument: string): void {
  const match = /\((\D)\1*(\d+)\1/.exec(argument);
  if (match === null || Number(match[2]) > 0xffff) {
    if (d.labels) d.text(at, end - at, EPSV_FORM);
    if (d.building) d.expert(x.epsv);
    return;
  }
  const { addresses } = d.memory;
  const kind = addresses.kind(d.srcId);
  const address = addresses.bytes(d.srcId).slice();
  const port = Number(match[2]);
  if (kind === ADDRESS_IPV4) d.generated(f.epsvIp, at, 0, new DataView(address.buffer).getUint32(0));
  else if (kind === ADDRESS_IPV6) d.generated(f.epsvIpv6, at, 0, address);
  d.add(f.epsvPort, at + match.index + match[0].length - match[2].length - 1, match[2].length, port);
  setUp(d, session, "EPASV", kind, address, port);
}

/** A data connection will be made to this end. */
function setUp(
  d: Dissection,
  session: Session,
  method: string,
  kind: number,
  address: Uint8Array,
  port: number,
): void {
  if (!d.first) return;
  session.method = method;
  session.setupFrame = d.frame;
  session.addressKind = kind;
  session.address = address;
  session.port = port;
  session.setupDirectory = session.directory;
  session.commanded = false;
  announce(d, session, "");
}

function announce(d: Dissection, session: Session, command: string): void {
  const facts: Record<string, string | number> = {
    frame: session.setupFrame,
    method: session.method,
    directory: session.setupDirectory,
  };
  if (command !== "") {
    facts.command = command;
    facts.commandFrame = d.frame;
  }
  const { addressKind: kind, address: bytes, port } = session;
  d.expect(CONVERSATION_TCP, port, ftpData, { kind, bytes }, facts);
}

// ------------------------------------------------------------------ data connections

function dissectData(d: Dissection): void {
  const { pos: start, end } = d;
  const size = end - start;
  const announcement = d.building || d.columns ? d.announcement : null;
  const facts: Facts = (announcement?.app === ftpData ? announcement.facts : null) ?? {};
  const { method, directory, command, commandFrame } = facts;
  if (d.columns) {
    d.setInfo(`FTP Data: ${size} bytes`);
    if (method !== undefined) d.addInfo(` (${method})`);
    if (command !== undefined) d.addInfo(` (${escapeText(String(command))})`);
  }
  if (d.labels) d.relabelLayer(`FTP Data (${size} bytes data)`);
  d.layerEnd(end);
  if (d.building) {
    d.addBehind(
      df.setupFrame,
      start,
      0,
      facts.frame === undefined ? firstFrame(d) : Number(facts.frame),
      GENERATED,
    );
    if (method !== undefined) d.addBehind(df.setupMethod, start, 0, method as string, GENERATED);
    if (command !== undefined) {
      d.addBehind(df.command, start, 0, command as string, GENERATED);
      d.addBehind(df.commandFrame, start, 0, commandFrame as number);
    }
    if (directory !== undefined) d.addBehind(df.workingDirectory, start, 0, directory as string, GENERATED);
  }
  if (isText(d)) callMedia(d, "text/plain", null);
  d.pos = end;
}

/** Where a data connection begins that nothing announced. */
function firstFrame(d: Dissection): number {
  return d.conversation?.firstFrame ?? d.frame;
}

/** Nothing but printable ASCII and white space. */
function isText(d: Dissection): boolean {
  const { buf, end } = d;
  for (let at = d.pos; at < end; at++) {
    const byte = buf[at];
    if (byte > 0x7e || (byte < 0x20 && (byte < 9 || byte > 13))) return false;
  }
  return true;
}
