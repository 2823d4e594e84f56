/** SCSI commands, their data and their status, as carriers hand them over: SPC-4 and SBC-3. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  type Field,
  frameNum,
  nameOf,
  relTime,
  str,
  u8,
  u16,
  u24,
  u32,
  u64,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import {
  DEVICE_TYPES,
  FORMATS,
  MODE_PAGES,
  OPCODES,
  PAGE_CONTROLS,
  POWER_CONDITIONS,
  QUALIFIERS,
  SELECT_REPORTS,
  SENSE_CODES,
  SENSE_KEYS,
  SENSE_TYPES,
  SERVICE_ACTIONS,
  STATUS,
  TARGET_GROUPS,
  VERSIONS,
  VITAL_PAGES,
} from "./names/scsi.ts";

const IS = (what: string, is: string, not: string): readonly [string, string] => [`${what} ${is}`, not];
const supported = (upper: string, lower: string): readonly [string, string] =>
  IS(upper, "is SUPPORTED", `${lower} is NOT supported`);

const f = {
  lun: u16("scsi.lun", "LUN", { base: "HEX" }),
  commandSet: u8("scsi.inquiry.devtype", "Command Set", { base: "HEX", names: DEVICE_TYPES }),
  opcode: u8("scsi_sbc.opcode", "Opcode", { base: "HEX", names: OPCODES }),
  knownOpcode: u8("scsi_sbc.opcode", "SBC Opcode", { base: "HEX", names: OPCODES }),
  otherOpcode: u8("scsi.spc.opcode", "SPC-2 Opcode", { base: "HEX" }),
  request: frameNum("scsi.request_frame", "Request in"),
  response: frameNum("scsi.response_frame", "Response in"),
  time: relTime("scsi.time", "Time from request"),
  status: u8("scsi.status", "Status", { base: "HEX", names: STATUS }),
  control: u8("scsi.cdb.control", "Control", { base: "HEX" }),
  vendor: u8("scsi.cdb.control.vendorspecific", "Vendor specific", { base: "HEX", mask: 0xc0 }),
  reserved: u8("scsi.cdb.control.reserved", "Reserved", { base: "HEX", mask: 0x38 }),
  naca: bool("scsi.cdb.control.naca", "NACA", {
    mask: 0x04,
    tf: ["Normal ACA is set", "Normal ACA is not set"],
  }),
  obsolete1: u8("scsi.cdb.control.obs1", "Obsolete", { base: "HEX", mask: 0x02 }),
  obsolete2: u8("scsi.cdb.control.obs2", "Obsolete", { base: "HEX", mask: 0x01 }),
  inquiryControl: u8("scsi.cdb.inq.control", "Control", { base: "HEX" }),
  inquiryVendor: u8("scsi.inquiry.control.vendorspecific", "Vendor specific", { base: "HEX", mask: 0xc0 }),
  inquiryReserved: u8("scsi.inquiry.control.reserved", "Reserved", { base: "HEX", mask: 0x38 }),
  inquiryNaca: bool("scsi.inquiry.control.naca", "NACA", {
    mask: 0x04,
    tf: ["Normal ACA is set", "Normal ACA is not set"],
  }),
  inquiryObsolete1: u8("scsi.inquiry.control.obs1", "Obsolete", { base: "HEX", mask: 0x02 }),
  inquiryObsolete2: u8("scsi.inquiry.control.obs2", "Obsolete", { base: "HEX", mask: 0x01 }),
  inquiryFlags: u8("scsi.inquiry.flags", "Inquiry Flags", { base: "HEX" }),
  page: u8("scsi.inquiry.evpd.pagecode", "EVPD Page Code", { base: "HEX", names: VITAL_PAGES }),
  pageLength: u8("scsi.inquiry.evpd.pagelength", "Page Length"),
  supportedPage: u8("scsi.inquiry.evpd.supported_page", "Supported Page", {
    base: "HEX",
    names: VITAL_PAGES,
  }),
  serial: str("scsi.inquiry.evpd.product_serial_number", "Product Serial Number"),
  allocation8: u8("scsi.cdb.alloclen", "Allocation Length"),
  allocation16: u16("scsi.cdb.alloclen16", "Allocation Length"),
  allocation32: u32("scsi.cdb.alloclen32", "Allocation Length"),
  sbcAllocation32: u32("scsi_sbc.alloclen32", "Allocation Length"),
  parameters8: u8("scsi.cdb.paramlen", "Parameter Length"),
  parameters16: u16("scsi.cdb.paramlen16", "Parameter Length"),
  readFlags: u8("scsi_sbc.read.flags", "Flags", { base: "HEX" }),
  readProtect: u8("scsi_sbc.rdprotect", "RDPROTECT", { base: "HEX", mask: 0xe0 }),
  writeProtect: u8("scsi_sbc.wrprotect", "WRPROTECT", { base: "HEX", mask: 0xe0 }),
  verifyProtect: u8("scsi_sbc.vrprotect", "VRPROTECT", { base: "HEX", mask: 0xe0 }),
  dpo: bool("scsi_sbc.dpo", "DPO", {
    mask: 0x10,
    tf: ["Disable Page Out (don't cache this data)", "Disable page out is DISABLED (cache this data)"],
  }),
  fua: bool("scsi_sbc.fua", "FUA", {
    mask: 0x08,
    tf: ["Read from the medium, not cache", "Read from cache if possible"],
  }),
  fuaNv: bool("scsi_sbc.fua_nv", "FUA_NV", {
    mask: 0x02,
    tf: ["Read from volatile cache is NOT permitted", "Read from volatile or non-volatile cache permitted"],
  }),
  byteCheck: bool("scsi_sbc.bytchk", "BYTCHK", { mask: 0x02 }),
  group: u8("scsi_sbc.group", "Group", { base: "HEX", mask: 0x1f }),
  lba6: u24("scsi_sbc.rdwr6.lba", "Logical Block Address (LBA)", { mask: 0x0fffff }),
  length6: u8("scsi_sbc.rdwr6.xferlen", "Transfer Length"),
  lba10: u32("scsi_sbc.rdwr10.lba", "Logical Block Address (LBA)"),
  length10: u16("scsi_sbc.rdwr10.xferlen", "Transfer Length"),
  length12: u32("scsi_sbc.rdwr12.xferlen", "Transfer Length"),
  lba16: bytes("scsi_sbc.rdwr16.lba", "Logical Block Address (LBA)"),
  verifyFlags: u8("scsi_sbc.verify_flags", "Flags", { base: "HEX" }),
  verifyLba: u32("scsi_sbc.verify.lba", "LBA"),
  verifyLength: u16("scsi_sbc.verify.vlen", "Verification Length"),
  syncFlags: u8("scsi_sbc.synccache.flags", "Flags", { base: "HEX" }),
  syncNv: bool("scsi_sbc.synccache.sync_nv", "SYNC_NV", { mask: 0x04 }),
  syncImmediate: bool("scsi_sbc.synccache.immediate", "Immediate", { mask: 0x02 }),
  startFlags: u8("scsi_sbc.ssu.immed_flags", "Immed flags", { base: "HEX" }),
  startImmediate: bool("scsi_sbc.ssu.immediate", "Immediate", { mask: 0x01 }),
  powerFlags: u8("scsi_sbc.ssu.pwr_flags", "Pwr flags", { base: "HEX" }),
  power: u8("scsi_sbc.ssu.pwr", "Power Conditions", { base: "HEX", mask: 0xf0, names: POWER_CONDITIONS }),
  loej: bool("scsi_sbc.ssu.loej", "LOEJ", { mask: 0x02 }),
  start: bool("scsi_sbc.ssu.start", "Start", { mask: 0x01 }),
  preventFlags: u8("scsi.prevent_allow.flags", "Prevent Allow Flags", { base: "HEX" }),
  prevent: bool("scsi.prevent_allow.prevent", "PREVENT", { mask: 0x01 }),
  modeFlags: u8("scsi.mode.flags", "Mode Sense Flags", { base: "HEX" }),
  pageControl: u8("scsi.mode.pc", "Page Control", { mask: 0xc0, names: PAGE_CONTROLS }),
  modePage: u8("scsi.mode.spc.pagecode", "SPC-2 Page Code", { base: "HEX", mask: 0x3f, names: MODE_PAGES }),
  modeLength8: u8("scsi.cdb.mode.mode_data_length", "Mode Data Length"),
  modeLength16: u16("scsi.cdb.mode.mode_data_length", "Mode Data Length"),
  medium: u8("scsi.cdb.mode.medium_type", "Medium Type", { base: "HEX" }),
  deviceParameter: u8("scsi.cdb.mode.device_specific_parameter", "Device-Specific Parameter", {
    base: "HEX",
  }),
  longLba: u8("scsi.cdb.mode.longlba", "LongLBA", { mask: 0x01 }),
  blockDescriptors8: u8("scsi.cdb.mode.block_descriptor_length", "Block Descriptor Length"),
  blockDescriptors16: u16("scsi.cdb.mode.block_descriptor_length", "Block Descriptor Length"),
  serviceAction: u8("scsi_sbc.sa", "Service Action", { base: "HEX", mask: 0x1f, names: SERVICE_ACTIONS }),
  selectReport: u8("scsi.spc.select_report", "Select Report", { base: "HEX", names: SELECT_REPORTS }),
  lunList: u32("scsi.reportluns.lun_list_length", "LUN List Length"),
  returnedLba: u32("scsi_sbc.returned_lba", "LBA"),
  blockSize: u32("scsi_sbc.blocksize", "Block size in bytes"),
  lba64: u64("scsi_sbc.lba64_add", "Logical Block Address"),
  protection: bool("scsi_sbc.prot_en", "PROT_EN", { mask: 0x01 }),
  protectionExponent: u8("scsi_sbc.p_i_exponent", "P_I_EXPONENT", { mask: 0xf0 }),
  blocksExponent: u8("scsi_sbc.lbppbe", "LOGICAL_BLOCKS_PER_PHYSICAL_BLOCK_EXPONENT", { mask: 0x0f }),
  lbpme: bool("scsi_sbc.lbpme", "LBPME (logical block provisioning management enabled) / TPE", {
    mask: 0x80,
  }),
  lbprz: bool("scsi_sbc.lbprz", "LBPRZ (logical block provisioning read zeros) / TPRZ", { mask: 0x40 }),
  lowest: u16("scsi_sbc.lalba", "LOWEST_ALIGNED_LBA", { mask: 0x3fff }),
  senseType: u8("scsi.sns.errtype", "SNS Error Type", { base: "HEX", mask: 0x7f, names: SENSE_TYPES }),
  senseValid: u8("scsi.sns.valid", "Valid"),
  filemark: bool("scsi.sns.filemark", "Filemark", { mask: 0x80 }),
  eom: bool("scsi.sns.eom", "EOM", { mask: 0x40 }),
  ili: bool("scsi.sns.ili", "ILI", { mask: 0x20 }),
  senseKey: u8("scsi.sns.key", "Sense Key", { base: "HEX", mask: 0x0f, names: SENSE_KEYS }),
  senseInfo: u32("scsi.sns.info", "Sense Info", { base: "HEX" }),
  senseLength: u8("scsi.sns.addlen", "Additional Sense Length"),
  senseCommand: bytes("scsi.sns.command_specific_information", "Command-Specific Information"),
  senseCode: u16("scsi.sns.ascascq", "Additional Sense Code+Qualifier", { base: "HEX", names: SENSE_CODES }),
  asc: u8("scsi.sns.asc", "Additional Sense Code", { base: "HEX" }),
  ascq: u8("scsi.sns.ascq", "Additional Sense Code Qualifier", { base: "HEX" }),
  fru: u8("scsi.sns.fru", "Field Replaceable Unit Code", { base: "HEX" }),
  sksv: bool("scsi.sns.sksv", "SKSV", { mask: 0x80 }),
  senseSpecific: u24("scsi.sns.sks_info", "Sense Key Specific", { base: "HEX", mask: 0x7fffff }),
  peripheral: u8("scsi.inquiry.peripheral", "Peripheral", { base: "HEX" }),
  qualifier: u8("scsi.inquiry.qualifier", "Qualifier", { base: "HEX", mask: 0xe0, names: QUALIFIERS }),
  deviceType: u8("scsi.inquiry.devtype", "Device Type", { base: "HEX", mask: 0x1f, names: DEVICE_TYPES }),
  removableFlags: u8("scsi.inquiry.rmbflags", "Inquiry RMB Flags", { base: "HEX" }),
  removable: bool("scsi.inquiry.removable", "Removable", {
    mask: 0x80,
    tf: ["This is a REMOVABLE device", "This device is NOT removable"],
  }),
  version: u8("scsi.inquiry.version", "Version", { base: "HEX", names: VERSIONS }),
  acaFlags: u8("scsi.inquiry.acaflags", "Inquiry ACA Flags", { base: "HEX" }),
  normAca: bool("scsi.inquiry.normaca", "NormACA", { mask: 0x20, tf: supported("NormACA", "Normaca") }),
  hierarchical: bool("scsi.inquiry.hisup", "HiSup", {
    mask: 0x10,
    tf: supported("Hierarchical Addressing Mode", "Hierarchical addressing mode"),
  }),
  format: u8("scsi.inquiry.rdf", "Response Data Format", { mask: 0x0f, names: FORMATS }),
  additional: u8("scsi.inquiry.add_len", "Additional Length"),
  sccsFlags: u8("scsi.inquiry.sccsflags", "Inquiry SCCS Flags", { base: "HEX" }),
  sccs: bool("scsi.inquiry.sccs", "SCCS", { mask: 0x80, tf: supported("SCC", "Scc") }),
  acc: bool("scsi.inquiry.acc", "ACC", {
    mask: 0x40,
    tf: IS("Access Control Coordinator", "is SUPPORTED", "Access control coordinator NOT supported"),
  }),
  tpgs: u8("scsi.inquiry.tpgs", "TPGS", { mask: 0x30, names: TARGET_GROUPS }),
  thirdParty: bool("scsi.inquiry.tpc", "3PC", {
    mask: 0x08,
    tf: supported("Third Party Copy", "Third party copy"),
  }),
  protect: bool("scsi.inquiry.protect", "Protect", {
    mask: 0x01,
    tf: IS("Protection Information", "is SUPPORTED", "Protection information NOT supported"),
  }),
  bqueFlags: u8("scsi.inquiry.bqueflags", "Inquiry BQue Flags", { base: "HEX" }),
  bque: bool("scsi.inquiry.bque", "BQue", { mask: 0x80, tf: supported("BQUE", "Bque") }),
  enclosure: bool("scsi.inquiry.encserv", "EncServ", {
    mask: 0x40,
    tf: supported("Enclosed Services", "Enclosed services"),
  }),
  multiport: bool("scsi.inquiry.multip", "MultiP", {
    mask: 0x10,
    tf: ["This is a MULTIPORT device", "This is NOT a multiport device"],
  }),
  queueFlags: u8("scsi.inquiry.reladrflags", "Inquiry RelAdr Flags", { base: "HEX" }),
  queue: bool("scsi.inquiry.cmdque", "CmdQue", {
    mask: 0x02,
    tf: supported("Command queuing", "Command queuing"),
  }),
  vendorId: str("scsi.inquiry.vendor_id", "Vendor Id"),
  productId: str("scsi.inquiry.product_id", "Product Id"),
  revision: str("scsi.inquiry.product_rev", "Product Revision Level"),
};

export const scsi = protocol({
  name: "scsi",
  title: "SCSI",
  short: "SCSI",
  fields: f,
  quiet: true,
  dissect: dissectScsi,
});

/** A command that a unit works on. */
export interface ScsiTask {
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
  readonly lun: number;
  readonly opcode: number;
  /** Byte 2 of an inquiry that asks for vital product data, the service action of others; -1 for none. */
  readonly detail: number;
  /** Bytes that are to come, and whether to the host. */
  readonly length: number;
  readonly toHost: boolean;
}

export const PHASE_COMMAND = 0;
export const PHASE_DATA = 1;
export const PHASE_STATUS = 2;
/** What the carrier hands over, set before it calls `scsi`; the unit's type is -1 while no inquiry was answered. */
export const scsiPhase = { phase: PHASE_COMMAND, task: null as ScsiTask | null, status: 0, type: -1 };

const opcodeText = (opcode: number): string =>
  nameOf(OPCODES, opcode) ?? `0x${opcode.toString(16).padStart(2, "0")}`;

/** The phase that `scsiPhase` tells of, at the cursor. */
export function dissectScsi(d: Dissection): void {
  const { phase, task, type } = scsiPhase;
  if (task === null) return;
  const lunText = `0x${task.lun.toString(16).padStart(2, "0")}`;
  const name = opcodeText(task.opcode);
  const isKnown = OPCODES[task.opcode] !== undefined;
  const direction = task.toHost ? "Response" : "Request";
  if (d.columns) {
    if (phase === PHASE_DATA)
      d.setInfo(`SCSI: Data ${task.toHost ? "In" : "Out"} LUN: ${lunText} (${name} ${direction} Data) `);
    else if (phase === PHASE_STATUS) {
      const status = nameOf(STATUS, scsiPhase.status) ?? "Unknown";
      d.setInfo(`SCSI: Response LUN: ${lunText} (${isKnown ? name : `CDB:${name}`}) (${status})`);
    } else d.setInfo(isKnown ? `SCSI: ${name} LUN: ${lunText} ` : `SCSI Command: ${name} LUN:${lunText} `);
  }
  if (d.labels) {
    if (phase === PHASE_DATA)
      d.relabelParent(`SCSI Payload (${isKnown ? name : `CDB:${name}`} ${direction} Data)`);
    else d.relabelParent(phase === PHASE_STATUS ? `SCSI Response (${name})` : `SCSI CDB ${name}`);
  }
  d.generated(f.lun, d.pos, 0, task.lun);
  addCommandSet(d, type);
  if (phase === PHASE_COMMAND) {
    dissectCommand(d, task.opcode);
    return;
  }
  d.generated(f.knownOpcode, d.pos, 0, task.opcode);
  d.generated(f.request, d.pos, 0, task.frame);
  if (phase === PHASE_STATUS) {
    d.generated(f.time, d.pos, 0, BigInt(d.sec - task.sec) * 1_000_000_000n + BigInt(d.nsec - task.nsec));
    d.generated(f.status, d.pos, 0, scsiPhase.status);
  } else dissectData(d, task);
}

function addCommandSet(d: Dissection, type: number): void {
  const shown = Math.max(type, 0);
  d.add(f.commandSet, d.pos, 0, shown, GENERATED);
  if (!d.labels) return;
  const name = nameOf(DEVICE_TYPES, shown) ?? "Unknown Device";
  const hex = shown.toString(16).padStart(2, "0");
  d.relabel(`Command Set:${name} (0x${hex}) ${type < 0 ? "(Using default commandset)" : ""}`);
}

// ------------------------------------------------------------------ command descriptor blocks

const CONTROL = [f.vendor, f.reserved, f.naca, f.obsolete1, f.obsolete2] as const;
const INQUIRY_CONTROL = [
  f.inquiryVendor,
  f.inquiryReserved,
  f.inquiryNaca,
  f.inquiryObsolete1,
  f.inquiryObsolete2,
] as const;
const READ = [f.readProtect, f.dpo, f.fua, f.fuaNv] as const;
const WRITE = [f.writeProtect, f.dpo, f.fua, f.fuaNv] as const;
const VERIFY = [f.verifyProtect, f.dpo, f.byteCheck] as const;

const control = (d: Dissection): void => {
  d.bitset(f.control, 1, CONTROL);
};
/** A field that is one byte's bits, and moves on. */
const bits = (d: Dissection, field: Field): number => {
  const value = d.bits(field, d.pos, 1);
  d.skip(1);
  return value;
};
const hex8 = (value: number): string => value.toString(16).padStart(8, "0");

function dissectCommand(d: Dissection, opcode: number): void {
  if (OPCODES[opcode] === undefined) {
    d.u8(f.otherOpcode);
    if (d.labels) d.relabel(`SPC-2 Opcode: Unknown (0x${opcode.toString(16).padStart(2, "0")})`);
    return;
  }
  d.u8(f.opcode);
  switch (opcode) {
    case 0x00:
      d.skip(4);
      control(d);
      break;
    case 0x03:
      d.skip(3);
      d.u8(f.allocation8);
      control(d);
      break;
    case 0x08:
    case 0x0a: {
      const lba = d.peek24() & 0x1fffff;
      d.bits(f.lba6, d.pos, 3);
      d.skip(3);
      const length = d.u8(f.length6);
      if (d.columns) d.addInfo(`(LBA: 0x${lba.toString(16).padStart(6, "0")}, Len: ${length})`);
      control(d);
      break;
    }
    case 0x12:
      dissectInquiry(d);
      break;
    case 0x15:
    case 0x55:
      d.skip(opcode === 0x15 ? 3 : 6);
      if (opcode === 0x15) d.u8(f.parameters8);
      else d.u16(f.parameters16);
      control(d);
      break;
    case 0x1a:
    case 0x5a:
      dissectModeSense(d, opcode === 0x5a);
      break;
    case 0x1b:
      addFlags(d, f.startFlags, 1, [f.startImmediate]);
      d.skip(2);
      addFlags(d, f.powerFlags, 1, [f.power, f.loej, f.start]);
      control(d);
      break;
    case 0x1e: {
      d.skip(3);
      const flags = addFlags(d, f.preventFlags, 1, [f.prevent]);
      if (d.columns) d.addInfo(flags & 1 ? " PREVENT" : " ALLOW");
      control(d);
      break;
    }
    case 0x25:
      d.skip(8);
      control(d);
      break;
    case 0x28:
    case 0x2a:
    case 0x2e:
    case 0x88:
    case 0x8a:
    case 0xa8:
    case 0xaa:
      dissectTransfer(d, opcode);
      break;
    case 0x2f:
      addFlags(d, f.verifyFlags, 1, VERIFY);
      addLbaInfo(d, d.u32(f.verifyLba), d.peek16(1));
      bits(d, f.group);
      d.u16(f.verifyLength);
      control(d);
      break;
    case 0x35:
      addFlags(d, f.syncFlags, 1, [f.syncNv, f.syncImmediate]);
      addLbaInfo(d, d.u32(f.lba10), d.peek16(1));
      bits(d, f.group);
      d.u16(f.length10);
      control(d);
      break;
    case 0x9e: {
      const action = bits(d, f.serviceAction);
      if (d.columns && action === 0x10) d.addInfo(" READCAPACITY16");
      d.skip(8);
      d.u32(f.sbcAllocation32);
      d.skip(1);
      control(d);
      break;
    }
    case 0xa0:
      d.skip(1);
      d.u8(f.selectReport);
      d.skip(3);
      d.u32(f.allocation32);
      d.skip(1);
      control(d);
      break;
  }
}

function addLbaInfo(d: Dissection, lba: number, length: number): void {
  if (d.columns) d.addInfo(`(LBA: 0x${hex8(lba)}, Len: ${length})`);
}

function dissectTransfer(d: Dissection, opcode: number): void {
  const isWrite = (opcode & 0x0f) === 0x0a || opcode === 0x2e;
  addFlags(d, f.readFlags, 1, isWrite ? WRITE : READ);
  if (opcode >= 0xa0) {
    addLbaInfo(d, d.u32(f.lba10), d.peek32());
    d.u32(f.length12);
    bits(d, f.group);
  } else if (opcode >= 0x80) {
    const lba = d.peek64();
    d.bytes(f.lba16, 8);
    const length = d.u32(f.length12);
    if (d.columns) d.addInfo(`(LBA: ${lba}, Len: ${length})`);
    bits(d, f.group);
  } else {
    addLbaInfo(d, d.u32(f.lba10), d.peek16(1));
    bits(d, f.group);
    d.u16(f.length10);
  }
  control(d);
}

function dissectInquiry(d: Dissection): void {
  const flags = d.u8(f.inquiryFlags);
  if (d.labels) d.relabel(`CMDT = ${(flags >> 1) & 1}, EVPD = ${flags & 1}`);
  if (flags & 1) {
    const page = d.u8(f.page);
    if (d.columns) d.addInfo(` ${nameOf(VITAL_PAGES, page) ?? "Unknown"}`);
  } else d.skip(1);
  d.u16(f.allocation16);
  d.bitset(f.inquiryControl, 1, INQUIRY_CONTROL);
}

function dissectModeSense(d: Dissection, isLong: boolean): void {
  const flags = d.u8(f.modeFlags);
  const dbd = (flags >> 3) & 1;
  if (d.labels) d.relabel(isLong ? `LLBAA = ${(flags >> 4) & 1}, DBD = ${dbd}` : `DBD = ${dbd}`);
  d.bits(f.pageControl, d.pos, 1);
  bits(d, f.modePage);
  d.skip(isLong ? 4 : 1);
  if (isLong) d.u16(f.allocation16);
  else d.u8(f.allocation8);
  control(d);
}

// ------------------------------------------------------------------ data

const SERIAL_PAGE = 0x80;

function dissectData(d: Dissection, task: ScsiTask): void {
  if (!task.toHost) return;
  switch (task.opcode) {
    case 0x03:
      addSense(d);
      break;
    case 0x12:
      if (task.detail >= 0) addVitalPage(d);
      else addInquiryData(d);
      break;
    case 0x1a:
      d.u8(f.modeLength8);
      d.u8(f.medium);
      d.u8(f.deviceParameter);
      d.u8(f.blockDescriptors8);
      break;
    case 0x5a:
      d.u16(f.modeLength16);
      d.u8(f.medium);
      d.u8(f.deviceParameter);
      d.bits(f.longLba, d.pos, 1);
      d.skip(2);
      d.u16(f.blockDescriptors16);
      break;
    case 0x25: {
      const lba = d.u32(f.returnedLba);
      if (d.labels) d.append(` (${Math.floor((lba * d.peek32()) / 0x100000)} MB)`);
      d.u32(f.blockSize);
      break;
    }
    case 0x9e:
      if (task.detail === 0x10) addLongCapacity(d);
      break;
    case 0xa0:
      d.u32(f.lunList);
      break;
  }
}

function addLongCapacity(d: Dissection): void {
  const lba = d.u64(f.lba64);
  if (d.labels) d.append(` (${(lba * BigInt(d.peek32())) / 0x100000n} MB)`);
  d.u32(f.blockSize);
  bits(d, f.protection);
  d.bits(f.protectionExponent, d.pos, 1);
  bits(d, f.blocksExponent);
  d.bits(f.lbpme, d.pos, 1);
  d.bits(f.lbprz, d.pos, 1);
  d.bits(f.lowest, d.pos, 2);
  d.skip(2);
}

/** Sense data of fixed format, SPC-4 section 4.5.3. */
function addSense(d: Dissection): void {
  d.bits(f.senseType, d.pos, 1);
  d.u8(f.senseValid);
  d.skip(1);
  for (const field of [f.filemark, f.eom, f.ili, f.senseKey]) d.bits(field, d.pos, 1);
  d.skip(1);
  d.u32(f.senseInfo);
  d.u8(f.senseLength);
  d.bytes(f.senseCommand, 4);
  d.u16(f.senseCode);
  d.hidden(f.asc, d.pos - 2, 1, d.peek8(-2));
  d.hidden(f.ascq, d.pos - 1, 1, d.peek8(-1));
  d.u8(f.fru);
  d.bits(f.sksv, d.pos, 1);
  d.bits(f.senseSpecific, d.pos, 3);
  d.skip(3);
}

function addVitalPage(d: Dissection): void {
  const page = d.peek8(1);
  const length = d.peek8(3);
  d.openText(d.pos, 4 + length, `Page Code: ${nameOf(VITAL_PAGES, page) ?? "Unknown"}`);
  d.bits(f.qualifier, d.pos, 1);
  bits(d, f.deviceType);
  d.u8(f.page);
  d.skip(1);
  d.u8(f.pageLength);
  if (page === 0) for (let i = 0; i < length && d.remaining > 0; i++) d.u8(f.supportedPage);
  if (page === SERIAL_PAGE && length > 0) d.str(f.serial, Math.min(length, d.remaining));
  d.close();
}

/** Standard inquiry data, SPC-4 section 6.6.2. */
function addInquiryData(d: Dissection): void {
  addFlags(d, f.peripheral, 1, [f.qualifier, f.deviceType]);
  addFlags(d, f.removableFlags, 1, [f.removable]);
  d.u8(f.version);
  addFlags(d, f.acaFlags, 1, [f.normAca, f.hierarchical, f.format]);
  d.u8(f.additional);
  addFlags(d, f.sccsFlags, 1, [f.sccs, f.acc, f.tpgs, f.thirdParty, f.protect]);
  addFlags(d, f.bqueFlags, 1, [f.bque, f.enclosure, f.multiport]);
  addFlags(d, f.queueFlags, 1, [f.queue]);
  d.str(f.vendorId, 8);
  d.str(f.productId, 16);
  d.str(f.revision, 4);
}
