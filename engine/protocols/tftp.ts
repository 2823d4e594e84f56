/** Trivial File Transfer Protocol, RFC 1350, with options (RFC 2347, 2348, 2349, 7440). */
import { CONVERSATION_UDP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, frameNum, strz, u16, u32 } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { udpHeuristics, udpPorts } from "../dissect/tables.ts";
import { decodeText, escapeText } from "../dissect/text.ts";
import { data } from "./data.ts";

const OPCODES: Readonly<Record<number, string>> = {
  1: "Read Request",
  2: "Write Request",
  3: "Data Packet",
  4: "Acknowledgement",
  5: "Error Code",
  6: "Option Acknowledgement",
  255: "Information (MSDP)",
};
const ERRORS: Readonly<Record<number, string>> = {
  0: "Not defined",
  1: "File not found",
  2: "Access violation",
  3: "Disk full or allocation exceeded",
  4: "Illegal TFTP Operation",
  5: "Unknown transfer ID",
  6: "File already exists",
  7: "No such user",
  8: "Option negotiation failed",
};

const f = {
  opcode: u16("tftp.opcode", "Opcode", { names: OPCODES }),
  sourceFile: strz("tftp.source_file", "Source File"),
  destinationFile: strz("tftp.destination_file", "Destination File"),
  requestFrame: frameNum("tftp.request_frame", "Request frame"),
  type: strz("tftp.type", "Type"),
  block: u16("tftp.block", "Block"),
  fullBlock: u32("tftp.block.full", "Full Block Number"),
  nextWindow: u16("tftp.nextwindowsize", "Next Window Size"),
  errorCode: u16("tftp.error.code", "Error code", { names: ERRORS }),
  errorMessage: strz("tftp.error.message", "Error message"),
  optionName: strz("tftp.option.name", "Option name"),
  optionValue: strz("tftp.option.value", "Option value"),
  data: bytes("tftp.data", "Data"),
};

const x = {
  error: expert("tftp.error", "warning", "Response", "TFTP ERROR packet"),
  probe: expert("tftp.likely_tsize_probe", "chat", "Request", "Likely transfer size (tsize) probe"),
  blockSize: expert("tftp.blocksize_range", "warning", "Response", "TFTP blocksize out of range"),
  wrap: expert("tftp.block.wrap", "note", "Sequence", "TFTP block number is about to wrap"),
  windowSize: expert("tftp.windowsize_range", "warning", "Response", "TFTP windowsize out of range"),
  windowChange: expert("tftp.windowsize.change", "chat", "Sequence", "TFTP window size is changing"),
  microsoftWindow: expert(
    "tftp.msftwindow.unrecognized",
    "warning",
    "Response",
    "Unrecognized msftwindow option",
  ),
};

const REQUEST_PORT = 69;

export const tftp: Protocol = protocol({
  name: "tftp",
  title: "Trivial File Transfer Protocol",
  short: "TFTP",
  fields: f,
  experts: x,
  on: [[udpPorts, REQUEST_PORT]],
  heuristicOn: [udpHeuristics],
  test: isRequest,
  dissect,
});

const RRQ = 1;
const WRQ = 2;
const DATA = 3;
const ACK = 4;
const ERROR = 5;
const OACK = 6;
const DEFAULT_BLOCK_SIZE = 512;

/** What the transfer at hand is about. */
class Transfer {
  requestFrame = 0;
  request = 0;
  file = "";
  blockSize = DEFAULT_BLOCK_SIZE;
  windowSize = 1;
  probing = false;
  lastBlock = 0;
}
const makeTransfer = (): Transfer => new Transfer();
stateClass(makeTransfer);

const KEY_TRANSFER = 0;
const MODES = new Set(["netascii", "octet", "mail"]);

/** A request with a printable file name and a mode that exists. */
function isRequest(d: Dissection): boolean {
  if (d.remaining < 10) return false;
  const opcode = d.peek16();
  if (opcode !== RRQ && opcode !== WRQ) return false;
  const name = d.pos + 2;
  const stop = d.buf.indexOf(0, name);
  if (stop <= name || stop >= d.end) return false;
  for (let at = name; at < stop; at++) if (d.buf[at] < 0x20 || d.buf[at] > 0x7e) return false;
  const last = d.buf.indexOf(0, stop + 1);
  if (last === -1 || last >= d.end) return false;
  return MODES.has(decodeText(d.buf, stop + 1, last, "ascii").toLowerCase());
}

function dissect(d: Dissection): void {
  const start = d.pos;
  const opcode = d.u16(f.opcode);
  if (d.columns)
    d.setInfo(OPCODES[opcode] ?? `Unknown TFTP request (0x${opcode.toString(16).padStart(4, "0")})`);
  if (opcode === RRQ || opcode === WRQ) {
    dissectRequest(d, opcode);
    return;
  }
  const transfer = transferOf(d);
  if (transfer.requestFrame !== 0 && d.building) {
    d.generated(f.destinationFile, start, 0, transfer.file);
    d.generated(f.requestFrame, start, 0, transfer.requestFrame);
    if (d.labels) d.relabel(`${OPCODES[transfer.request]} in frame ${transfer.requestFrame}`);
  }
  if (opcode === DATA || opcode === ACK) dissectBlock(d, opcode, transfer);
  else if (opcode === ERROR) dissectError(d, transfer);
  else if (opcode === OACK) dissectOptions(d, opcode, transfer);
  else if (d.remaining > 0) {
    if (d.building) {
      d.add(f.data, d.pos, d.remaining, d.buf.subarray(d.pos, d.end));
      if (d.labels) d.relabel(`Data (${d.remaining} bytes)`);
    }
    d.pos = d.end;
  }
  if (d.first && d.conversation !== null) {
    const state = d.conversation.state(tftp, makeTransfer);
    Object.assign(state, transfer);
  }
}

/** The transfer as it stands before the present packet; a copy to learn into. */
function transferOf(d: Dissection): Transfer {
  const copy = new Transfer();
  if (!d.first) return Object.assign(copy, d.recall<Transfer>(tftp, KEY_TRANSFER));
  const { conversation } = d;
  if (conversation === null) return copy;
  Object.assign(copy, conversation.state(tftp, makeTransfer));
  const announcement = d.announcement;
  const facts = announcement?.app === tftp ? announcement.facts : null;
  if (facts !== null && facts.frame !== copy.requestFrame) {
    copy.requestFrame = Number(facts.frame);
    copy.request = Number(facts.request);
    copy.file = String(facts.file);
    copy.probing = facts.probing === true;
    copy.blockSize = DEFAULT_BLOCK_SIZE;
    copy.windowSize = 1;
    copy.lastBlock = 0;
  }
  if (d.keep) d.remember(tftp, KEY_TRANSFER, Object.assign(new Transfer(), copy));
  return copy;
}

function dissectRequest(d: Dissection, opcode: number): void {
  const file = d.strz(opcode === RRQ ? f.sourceFile : f.destinationFile);
  if (d.columns) d.addInfo(`, File: ${escapeText(file)}`);
  const type = d.strz(f.type);
  if (d.columns) d.addInfo(`, Transfer type: ${escapeText(type)}`);
  const transfer = new Transfer();
  dissectOptions(d, opcode, transfer);
  if (!d.first) return;
  const facts = { frame: d.frame, request: opcode, file, probing: transfer.probing };
  d.expect(CONVERSATION_UDP, d.srcPort, tftp, undefined, facts);
}

function dissectOptions(d: Dissection, opcode: number, transfer: Transfer): void {
  while (d.remaining > 0) {
    const start = d.pos;
    const nameEnd = stringEnd(d, start);
    const valueEnd = stringEnd(d, nameEnd);
    const name = decodeText(d.buf, start, nameEnd - 1, "utf-8");
    const value = decodeText(d.buf, nameEnd, valueEnd - 1, "utf-8");
    if (d.labels) d.openText(start, valueEnd - start, `Option: ${escapeText(name)} = ${escapeText(value)}`);
    d.add(f.optionName, start, nameEnd - start, name);
    d.add(f.optionValue, nameEnd, valueEnd - nameEnd, value);
    d.close();
    d.pos = valueEnd;
    if (d.columns) d.addInfo(`, ${escapeText(name)}=${escapeText(value)}`);
    dissectOption(d, opcode, transfer, name.toLowerCase(), value);
  }
}

function dissectOption(d: Dissection, opcode: number, transfer: Transfer, name: string, value: string): void {
  const number = Number.parseInt(value, 10) || 0;
  if (name === "blksize" && opcode === OACK) {
    if (number < 8 || number > 65464) d.expert(x.blockSize);
    else transfer.blockSize = number;
  } else if (name === "windowsize") {
    if (number < 1 || number > 65535) d.expert(x.windowSize);
    else if (opcode === OACK) transfer.windowSize = number;
  } else if (name === "msftwindow") {
    const isKnown = opcode === OACK ? value === "27182" : value === "31416";
    if (!isKnown) d.expert(x.microsoftWindow);
  } else if (name === "tsize" && opcode === RRQ && value === "0") transfer.probing = true;
}

/** Behind the NUL of the string at `at`. */
function stringEnd(d: Dissection, at: number): number {
  const stop = at < d.end ? d.buf.indexOf(0, at) : -1;
  if (stop === -1 || stop >= d.end) d.needAt(d.end, 1);
  return stop + 1;
}

function dissectBlock(d: Dissection, opcode: number, transfer: Transfer): void {
  const at = d.pos;
  const block = d.u16(f.block);
  // The number goes round; the block meant is the one nearest to the last.
  const full = Math.max(
    block,
    transfer.lastBlock + (((block - transfer.lastBlock + 0x8000) & 0xffff) - 0x8000),
  );
  transfer.lastBlock = full;
  const isShort = opcode === DATA && d.remaining < transfer.blockSize;
  if (opcode === DATA && block === 0xffff && !isShort) d.expert(x.wrap);
  d.generated(f.fullBlock, at, 0, full);
  if (d.columns) d.addInfo(`, Block: ${full}${isShort ? " (last)" : ""}`);
  if (opcode === DATA) {
    if (d.remaining > 0) d.call(data);
    return;
  }
  if (d.remaining > 1) {
    const window = d.u16(f.nextWindow);
    if (window !== transfer.windowSize) d.expert(x.windowChange);
    transfer.windowSize = window;
  }
}

/** Error code for an end that is no fault: the size was all that was wanted. */
const NOT_DEFINED = 0;

function dissectError(d: Dissection, transfer: Transfer): void {
  const code = d.u16(f.errorCode);
  const message = d.strz(f.errorMessage);
  if (d.columns) d.addInfo(`, Code: ${ERRORS[code] ?? `Unknown (${code})`}, Message: ${escapeText(message)}`);
  d.last = d.parent;
  if (transfer.probing && code === NOT_DEFINED && transfer.lastBlock === 0) d.expert(x.probe);
  else d.expert(x.error);
}
