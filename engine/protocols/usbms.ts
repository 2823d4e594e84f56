/** USB mass storage: the bulk-only transport, revision 1.0; SCSI itself is not dissected. */
import type { Dissection } from "../dissect/dissection.ts";
import { nameOf, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import {
  dissectScsi,
  PHASE_COMMAND,
  PHASE_DATA,
  PHASE_STATUS,
  type ScsiTask,
  scsi,
  scsiPhase,
} from "./scsi.ts";
import { controlTransfer, usbBulkHeuristics, usbClasses, usbControlClasses } from "./usb.ts";

const STATUS: Readonly<Record<number, string>> = {
  0: "Command Passed",
  1: "Command Failed",
  2: "Phase Error",
};
const REQUESTS: Readonly<Record<number, string>> = { 254: "GET MAX LUN", 255: "RESET" };

const f = {
  commandSignature: u32("usbms.dCBWSignature", "Signature", { base: "HEX" }),
  tag: u32("usbms.dCBWTag", "Tag", { base: "HEX" }),
  dataLength: u32("usbms.dCBWDataTransferLength", "DataTransferLength"),
  flags: u8("usbms.dCBWFlags", "Flags", { base: "HEX" }),
  target: u8("usbms.dCBWTarget", "Target", { base: "HEX_DEC", mask: 0x70 }),
  lun: u8("usbms.dCBWLUN", "LUN", { base: "HEX", mask: 0x0f }),
  commandLength: u8("usbms.dCBWCBLength", "CDB Length", { base: "HEX", mask: 0x1f }),
  statusSignature: u32("usbms.dCSWSignature", "Signature", { base: "HEX" }),
  residue: u32("usbms.dCSWDataResidue", "DataResidue"),
  status: u8("usbms.dCSWStatus", "Status", { base: "HEX", names: STATUS }),
  request: u8("usbms.setup.bRequest", "bRequest", { base: "HEX", names: REQUESTS }),
  value: u16("usbms.setup.wValue", "wValue", { base: "HEX" }),
  index: u16("usbms.setup.wIndex", "wIndex"),
  length: u16("usbms.setup.wLength", "wLength"),
  maxLun: u8("usbms.setup.maxlun", "Max LUN"),
};

export const usbMassStorage = protocol({
  name: "usbms",
  title: "USB Mass Storage",
  short: "USBMS",
  fields: f,
  heuristicOn: [usbBulkHeuristics],
  test: (d) => isCommand(d) || isStatus(d),
  dissect,
});

/** The step of the chain by which an interface's class leads here. */
export const usbMassStorageClass = protocol({
  name: "usbmsclass",
  title: "USB Mass Storage",
  short: "USBMS",
  on: [
    [usbClasses, 8],
    [usbControlClasses, 8],
  ],
  test: () => {
    const name = REQUESTS[controlTransfer.request];
    controlTransfer.name = name ?? "";
    controlTransfer.suffix = "";
    controlTransfer.dissectsAnswer = controlTransfer.request === GET_MAX_LUN;
    return name !== undefined;
  },
  invisible: true,
  dissect: (d) => {
    d.call(usbMassStorage);
  },
});

const COMMAND = 0x43425355;
const COMMAND_LENGTH = 31;
const RESPONSE = 0x53425355;
const RESPONSE_LENGTH = 13;
const GET_MAX_LUN = 0xfe;

const isCommand = (d: Dissection): boolean => d.wireRemaining === COMMAND_LENGTH && d.peek32le() === COMMAND;
const isStatus = (d: Dissection): boolean => d.wireRemaining === RESPONSE_LENGTH && d.peek32le() === RESPONSE;

function dissect(d: Dissection): void {
  if (controlTransfer.serial === d.serial) {
    dissectRequest(d);
    return;
  }
  if (d.columns) d.setInfo("");
  if (isCommand(d)) {
    d.u32le(f.commandSignature);
    d.u32le(f.tag);
    d.u32le(f.dataLength);
    d.u8(f.flags);
    d.bits(f.target, d.pos, 1);
    d.bits(f.lun, d.pos, 1);
    d.pos++;
    const cdbLength = d.bits(f.commandLength, d.pos, 1);
    d.pos++;
    callCommand(d, cdbLength);
  } else if (isStatus(d)) {
    d.u32le(f.statusSignature);
    d.u32le(f.tag);
    d.u32le(f.residue);
    const status = d.u8(f.status);
    callOn(d, PHASE_STATUS, status === 0 ? GOOD : CHECK_CONDITION);
  } else callOn(d, PHASE_DATA, 0);
}

// ------------------------------------------------------------------ SCSI inside

const GOOD = 0x00;
const CHECK_CONDITION = 0x02;
const INQUIRY = 0x12;
const SERVICE_ACTION_IN = 0x9e;
const KEY_TASK = 0;

/** The command that a device works on; there is one at a time. */
interface Work {
  task: ScsiTask | null;
  /** Type of the unit, -1 while it did not say. */
  type: number;
}
const makeWork = (): Work => ({ task: null, type: -1 });
interface Found {
  readonly task: ScsiTask;
  readonly type: number;
}

function callCommand(d: Dissection, length: number): void {
  if (length === 0 || length > 16 || length > d.remaining) return;
  const opcode = d.peek8();
  const second = d.peek8(1);
  const isInquiry = opcode === INQUIRY && (second & 1) === 1;
  const detail = isInquiry ? d.peek8(2) : opcode === SERVICE_ACTION_IN ? second & 0x1f : -1;
  const work = d.conversation?.state(usbMassStorage, makeWork);
  if (d.first && work !== undefined)
    work.task = {
      frame: d.frame,
      sec: d.sec,
      nsec: d.nsec,
      lun: d.peek8(-2) & 15,
      opcode,
      detail,
      length: d.peek32le(-7),
      toHost: (d.peek8(-3) & 0x80) !== 0,
    };
  const { end, wireEnd } = d;
  d.limit(length);
  callOn(d, PHASE_COMMAND, 0);
  d.end = end;
  d.wireEnd = wireEnd;
}

function callOn(d: Dissection, phase: number, status: number): void {
  const work = d.first ? d.conversation?.state(usbMassStorage, makeWork) : undefined;
  let found: Found | undefined;
  if (d.first) {
    if (work === undefined || work.task === null) return;
    found = { task: work.task, type: work.type };
    d.remember(usbMassStorage, KEY_TASK, found);
  } else found = d.recall<Found>(usbMassStorage, KEY_TASK);
  if (found === undefined || (phase === PHASE_DATA && found.task.length === 0)) return;
  const isInquiryData = phase === PHASE_DATA && found.task.opcode === INQUIRY && found.task.detail < 0;
  if (work !== undefined && isInquiryData && d.remaining > 0) work.type = d.peek8() & 0x1f;
  scsiPhase.phase = phase;
  scsiPhase.task = found.task;
  scsiPhase.status = status;
  scsiPhase.type = found.type;
  if (phase === PHASE_DATA) d.layerEnd(d.pos);
  d.openBeside(scsi);
  dissectScsi(d);
  d.close(d.pos);
}

function dissectRequest(d: Dissection): void {
  const { request, isRequest } = controlTransfer;
  if (d.columns) d.setInfo(`${nameOf(REQUESTS, request)} ${isRequest ? "Request" : "Response"}`);
  if (isRequest) {
    d.u8(f.request);
    d.u16le(f.value);
    d.u16le(f.index);
    d.u16le(f.length);
  } else if (request === GET_MAX_LUN && d.remaining > 0) d.u8(f.maxLun);
}
