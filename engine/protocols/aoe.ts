/** ATA over Ethernet, the specification of Coraid (AoEr11). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, frameNum, relTime, u8, u16, u32, u64 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { data } from "./data.ts";

const CMD_NAMES: Readonly<Record<number, string>> = {
  0: "Issue ATA Command",
  1: "Query Config Information",
};
const ERROR_NAMES: Readonly<Record<number, string>> = {
  1: "Unrecognized command code",
  2: "Bad argument parameter",
  3: "Device unavailable",
  4: "Config string present",
  5: "Unsupported version",
};
const ATA_CMD_NAMES: Readonly<Record<number, string>> = {
  0: "NOP",
  8: "Atapi soft reset",
  16: "Recalibrate",
  32: "Read sectors (with retry)",
  33: "Read sectors (no retry)",
  34: "Read long (with retry)",
  35: "Read long (no retry)",
  36: "Read ext",
  48: "Write sectors (with retry)",
  49: "Write sectors (no retry)",
  50: "Write long (with retry)",
  51: "Write long (no retry)",
  52: "Write ext",
  60: "Write verify",
  64: "Read verify sectors (with retry)",
  65: "Read verify sectors (no retry)",
  80: "Format track",
  112: "Seek",
  144: "Execute device diagnostics",
  145: "Initialize device parameters",
  146: "Download microcode",
  148: "Standy immediate",
  149: "Idle immediate",
  150: "Standby",
  151: "Idle",
  152: "Check power mode",
  153: "Sleep",
  160: "Atapi packet",
  161: "Atapi identify device",
  162: "Atapi service",
  176: "Smart",
  196: "Read multiple",
  197: "Write multiple",
  198: "Set multiple mode",
  200: "Read dma (with retry)",
  201: "Read dma (no retry)",
  202: "Write dma (with retry)",
  203: "Write dma (no retry)",
  222: "Door lock",
  223: "Door unlock",
  224: "Standy immediate",
  225: "Idle immediate",
  226: "Standby",
  227: "Idle",
  228: "Read buffer",
  229: "Check power mode",
  230: "Sleep",
  232: "Write buffer",
  236: "Identify Device",
  237: "Media eject",
  238: "Identify device dma",
  239: "Set features",
  241: "Security set password",
  242: "Security unlock",
  243: "Security erase prepare",
  244: "Security erase unit",
  245: "Security freeze",
  246: "Security disable password",
};

const f = {
  cmd: u8("aoe.cmd", "Command", { names: CMD_NAMES }),
  version: u8("aoe.version", "Version"),
  error: u8("aoe.error", "Error", { names: ERROR_NAMES }),
  errFeature: u8("aoe.err_feature", "Err/Feature", { base: "HEX" }),
  sectorCount: u8("aoe.sector_count", "Sector Count"),
  response: bool("aoe.response", "Response flag", { mask: 0x8, tf: ["Response", "Request"] }),
  flagsError: bool("aoe.flags_error", "Error flag", { mask: 0x4, tf: ["Error", "No error"] }),
  major: u16("aoe.major", "Major", { base: "HEX" }),
  minor: u8("aoe.minor", "Minor", { base: "HEX" }),
  ataCmd: u8("aoe.ata.cmd", "ATA Cmd", { base: "HEX", names: ATA_CMD_NAMES }),
  ataStatus: u8("aoe.ata.status", "ATA Status", { base: "HEX" }),
  tag: u32("aoe.tag", "Tag", { base: "HEX" }),
  aflagsE: bool("aoe.aflags.e", "E", { mask: 0x40, tf: ["LBA48 extended command", "Normal command"] }),
  aflagsD: bool("aoe.aflags.d", "D", { mask: 0x10 }),
  aflagsA: bool("aoe.aflags.a", "A", { mask: 0x2, tf: ["ASYNCHRONOUS Write", "synchronous write"] }),
  aflagsW: bool("aoe.aflags.w", "W", { mask: 0x1, tf: ["WRITE to the device", "No write to device"] }),
  lba: u64("aoe.lba", "Lba", { base: "HEX" }),
  responseIn: frameNum("aoe.response_in", "Response In"),
  responseTo: frameNum("aoe.response_to", "Response To"),
  time: relTime("aoe.time", "Time from request"),
};

export const aoe = protocol({
  name: "aoe",
  title: "ATAoverEthernet",
  short: "AoE",
  fields: f,
  on: [[ethertypes, 0x88a2]],
  dissect,
});

const RESPONSE = 0x08;
const FAILED = 0x04;
const ISSUE = 0;
const MOST_REQUESTS = 4096;

/** Requests by their tag and unit, for the answers to find. */
interface Request {
  readonly frame: number;
  readonly time: bigint;
  readonly command: number;
}
interface Requests {
  readonly open: Map<string, Request>;
  readonly answers: Map<number, { request: Request } | { response: number }>;
}
const makeRequests = (): Requests => ({ open: new Map(), answers: new Map() });

function dissect(d: Dissection): void {
  const start = d.pos;
  const version = d.peek8() >> 4;
  if (d.columns) d.setInfo("");
  d.add(f.version, start, 1, version);
  if (version !== 1) return;
  const flags = d.peek8() & 0x0f;
  const isResponse = (flags & RESPONSE) !== 0;
  d.openText(start, 1, `Flags: ${isResponse ? "Response" : "Request"}${flags & FAILED ? ", Error" : ""}`);
  d.bits(f.response, start, 1);
  d.bits(f.flagsError, start, 1);
  if (d.labels) d.close();
  d.skip(1);
  if (flags & FAILED) d.u8(f.error);
  else d.skip(1);
  d.u16(f.major);
  d.u8(f.minor);
  const command = d.u8(f.cmd);
  const tag = d.u32(f.tag);
  if (d.columns) {
    d.setInfo(
      `${CMD_NAMES[command] ?? `Unknown command<${command}>`} ${isResponse ? "Response" : "Request"}`,
    );
  }
  if (command === ISSUE) dissectAta(d, isResponse, tag);
}

function dissectAta(d: Dissection, isResponse: boolean, tag: number): void {
  const at = d.pos;
  const flags = d.peek8();
  const command = d.peek8(3);
  const requests = d.memory.state(aoe, makeRequests);
  const now = BigInt(d.sec) * 1_000_000_000n + BigInt(d.nsec);
  const key = `${isResponse ? d.dstId : d.srcId}/${isResponse ? d.srcId : d.dstId}/${tag}`;
  if (d.first && !d.quoted) {
    if (!isResponse) {
      if (requests.open.size >= MOST_REQUESTS) requests.open.clear();
      requests.open.set(key, { frame: d.frame, time: now, command });
    } else {
      const request = requests.open.get(key);
      if (request !== undefined && !requests.answers.has(d.frame)) {
        requests.answers.set(d.frame, { request });
        requests.answers.set(request.frame, { response: d.frame });
      }
    }
  }
  const known = requests.answers.get(d.frame);
  const request = known !== undefined && "request" in known ? known.request : undefined;
  d.bits(f.aflagsE, at, 1);
  if (flags & 0x40) d.bits(f.aflagsD, at, 1);
  if (flags & 0x01) d.bits(f.aflagsA, at, 1);
  d.bits(f.aflagsW, at, 1);
  d.skip(1);
  d.u8(f.errFeature);
  d.u8(f.sectorCount);
  if (isResponse) {
    d.u8(f.ataStatus);
    if (request !== undefined) {
      d.generated(f.ataCmd, at, 0, request.command);
      if (d.columns)
        d.addInfo(
          ` ATA:${ATA_CMD_NAMES[request.command] ?? `Unknown (0x${request.command.toString(16).padStart(2, "0")})`}`,
        );
    }
  } else {
    d.u8(f.ataCmd);
    if (d.columns)
      d.addInfo(` ATA:${ATA_CMD_NAMES[command] ?? `Unknown (0x${command.toString(16).padStart(2, "0")})`}`);
  }
  addLba(d);
  d.skip(2);
  if (known !== undefined && "response" in known) d.generated(f.responseIn, at, 0, known.response);
  if (request !== undefined) {
    d.generated(f.responseTo, at, 0, request.frame);
    d.generated(f.time, at, 0, now - request.time);
  }
  if (d.remaining > 0) d.call(data);
}

/** Six bytes, the lowest first. */
function addLba(d: Dissection): void {
  d.add(f.lba, d.pos, 6, BigInt(d.peekUintLe(6)));
  d.skip(6);
}
