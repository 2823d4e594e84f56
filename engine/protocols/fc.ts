/** Fibre Channel (FC-FS): frames, behind their delimiters, over Ethernet (FC-BB-5) and in Cisco's Boardwalk frames. */
import { ADDRESS_TEXT } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, fcwwn, nameOf, u8, u16, u24, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { formatEther, formatHex } from "../dissect/text.ts";
import { CHECKSUM_STATUS_NAMES, checksumStatusText, crc32 } from "./checksum.ts";
import { data } from "./data.ts";
import { llc } from "./llc.ts";

const FRAME_NAMES: Readonly<Record<number, string>> = {
  0: "Unknown frame",
  1: "SW_ILS",
  2: "IP/FC",
  3: "FCP",
  4: "Basic Link Svc",
  5: "ELS",
  7: "FC_CT",
  8: "Link Data",
  9: "Video Data",
  10: "Link Ctl",
  12: "SBCCS",
  13: "OHMS(Cisco MDS)",
};
const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Basic Link Svc",
  1: "Ext Link Svc",
  4: "LLC_SNAP",
  5: "IP/FC",
  8: "FCP",
  32: "FC_CT",
  34: "SW_ILS",
  35: "AL",
  36: "SNMP",
  28: "SB-3(CU->Channel)",
  27: "SB-3(Channel->CU)",
};
const REASON_NAMES: Readonly<Record<number, string>> = {
  1: "Invalid Cmd Code",
  3: "Logical Error",
  5: "Logical Busy",
  7: "Protocol Error",
  9: "Unable to Perform Cmd",
  255: "Vendor Unique Error",
};
const DETAIL_NAMES: Readonly<Record<number, string>> = {
  1: "No Details",
  3: "Invalid OXID-RXID Combo",
  5: "Sequence Aborted",
};
const SOF_NAMES: Readonly<Record<number, string>> = {
  40: "SOFf",
  41: "SOFi4",
  45: "SOFi2",
  46: "SOFi3",
  49: "SOFn4",
  53: "SOFn2",
  54: "SOFn3",
  57: "SOFc4",
};
const EOF_NAMES: Readonly<Record<number, string>> = {
  65: "EOFn",
  66: "EOFt",
  68: "EOFrt",
  70: "EOFdt",
  73: "EOFni",
  78: "EOFdti",
  79: "EOFrti",
  80: "EOFa",
};
const DELIMITER_SOF_NAMES: Readonly<Record<number, string>> = {
  3165984535: "SOFc1 - SOF Connect Class 1 (Obsolete)",
  3166000983: "SOFi1 - SOF Initiate Class 1 (Obsolete)",
  3165992759: "SOFn1 - SOF Normal Class 1 (Obsolete)",
  3166000469: "SOFi2 - SOF Initiate Class 2",
  3165992245: "SOFn2 - SOF Normal Class 2",
  3166000726: "SOFi3 - SOF Initiate Class 3",
  3165992502: "SOFn3 - SOF Normal Class 3",
  3165985049: "SOFc4 - SOF Activate Class 4 (Obsolete)",
  3166001497: "SOFi4 - SOF Initiate Class 4 (Obsolete)",
  3165993273: "SOFn4 - SOF Normal Class 4 (Obsolete)",
  3166001240: "SOFf - SOF Fabric",
};
const DELIMITER_EOF_NAMES: Readonly<Record<number, string>> = {
  3163911541: "EOFt- - EOF Terminate",
  3166008693: "EOFt+ - EOF Terminate",
  3163919765: "EOFdt- - EOF Disconnect-Terminate-Class 1 (Obsolete)",
  3166016917: "EOFdt+ - EOF Disconnect-Terminate-Class 1 (Obsolete)",
  3163944437: "EOFa- - EOF Abort",
  3166041589: "EOFa+ - EOF Abort",
  3163936213: "EOFn- - EOF Normal",
  3166033365: "EOFn+ - EOF Normal",
  3163215317: "EOFni- - EOF Normal Invalid",
  3165312469: "EOFni+ - EOF Normal Invalid",
  3163198869: "EOFdti- - EOF Disconnect-Terminate-Invalid Class 1 (Obsolete)",
  3165296021: "EOFdti+ - EOF Disconnect-Terminate-Invalid Class 1 (Obsolete)",
  3163920793: "EOFrt- - EOF Remove-Terminate Class 4 (Obsolete)",
  3166017945: "EOFrt+ - EOF Remove-Terminate Class 4 (Obsolete)",
  3163199897: "EOFrti- - EOF Remove-Terminate Invalid Class 4 (Obsolete)",
  3165297049: "EOFrti+ - EOF Remove-Terminate Invalid Class 4 (Obsolete)",
};
const BOARDWALK_SOF_NAMES: Readonly<Record<number, string>> = {
  2: "SOFi1",
  4: "SOFi2",
  6: "SOFi3",
  3: "SOFn1",
  5: "SOFn2",
  7: "SOFn3",
  8: "SOFf",
};
const BOARDWALK_EOF_NAMES: Readonly<Record<number, string>> = { 2: "EOFdt", 4: "EOFa", 3: "EOFn", 1: "EOFt" };

const hex = { base: "HEX" } as const;
const flag = (name: string, title: string, mask: number, tf: readonly [string, string]): Field =>
  bool(`fc.fctl.${name}`, title, { mask, bits: 24, tf });

const f = {
  vft: u16("fc.vft", "VFT Header"),
  vftRctl: u8("fc.vft.rctl", "R_CTL", hex),
  vftVersion: u8("fc.vft.ver", "Version"),
  vftType: u8("fc.vft.type", "Type"),
  vftPriority: u8("fc.vft.pri", "Priority"),
  vftId: u16("fc.vft.vf_id", "VF_ID"),
  vftHops: u8("fc.vft.hop_ct", "HopCT"),
  rctl: u8("fc.r_ctl", "R_CTL", hex),
  frameType: u8("fc.ftype", "Frame type", { base: "HEX", names: FRAME_NAMES }),
  dst: bytes("fc.d_id", "Dest Addr", { base: "SEP_DOT" }),
  csCtl: u8("fc.cs_ctl", "CS_CTL", hex),
  src: bytes("fc.s_id", "Src Addr", { base: "SEP_DOT" }),
  address: bytes("fc.id", "Addr", { base: "SEP_DOT" }),
  type: u8("fc.type", "Type", { base: "HEX", names: TYPE_NAMES }),
  fctl: u24("fc.f_ctl", "F_CTL", hex),
  responder: flag("exchange_responder", "ExgRpd", 0x800000, ["Exchange Responder", "Exchange Originator"]),
  recipient: flag("seq_recipient", "SeqRec", 0x400000, ["Seq Recipient", "Seq Initiator"]),
  first: flag("exchange_first", "ExgFst", 0x200000, ["Exchg First", "NOT exchg first"]),
  last: flag("exchange_last", "ExgLst", 0x100000, ["Exchg Last", "NOT exchg last"]),
  seqLast: flag("seq_last", "SeqLst", 0x080000, ["Seq Last", "NOT seq last"]),
  priority: flag("priority", "Pri", 0x020000, ["Priority", "CS_CTL"]),
  initiative: flag("transfer_seq_initiative", "TSI", 0x010000, [
    "Transfer Seq Initiative",
    "NOT transfer seq initiative",
  ]),
  lastData: u24("fc.fctl.last_data_frame", "LDF", {
    base: "HEX",
    mask: 0x00c000,
    names: {
      0: "Last Data Frame - No Info",
      1: "Last Data Frame - Seq Imm",
      2: "Last Data Frame - Seq Soon",
      3: "Last Data Frame - Seq Delyd",
    },
  }),
  ack: u24("fc.fctl.ack_0_1", "A01", {
    base: "HEX",
    mask: 0x003000,
    names: { 0: "no ack required", 1: "ACK_1 Required", 2: "ACK_0 Required", 3: "ACK_0 Required" },
  }),
  retransmitted: flag("rexmitted_seq", "RetSeq", 0x000200, [
    "Retransmitted Sequence",
    "NOT retransmitted sequence",
  ]),
  abort: u24("fc.fctl.abts_ack", "AA", {
    base: "HEX",
    mask: 0x000030,
    names: { 0: "ABTS - Cont", 1: "ABTS - Abort", 2: "ABTS - Stop", 3: "ABTS - Imm Seq Retx" },
  }),
  relative: flag("rel_offset", "RelOff", 0x000008, ["Rel Offset SET", "rel offset NOT set"]),
  seqId: u8("fc.seq_id", "SEQ_ID", hex),
  dfCtl: u8("fc.df_ctl", "DF_CTL", hex),
  seqCount: u16("fc.seq_cnt", "SEQ_CNT"),
  oxId: u16("fc.ox_id", "OX_ID", hex),
  rxId: u16("fc.rx_id", "RX_ID", hex),
  parameter: u32("fc.parameter", "Parameter", hex),
  reassembled: bool("fc.reassembled", "Reassembled Frame"),
  offset: u32("fc.relative_offset", "Relative Offset"),
  netDst: fcwwn("fc.nethdr.da", "Network DA"),
  netSrc: fcwwn("fc.nethdr.sa", "Network SA"),
  valid: u8("fc.bls_seqidvld", "SEQID Valid", { base: "HEX", names: { 0: "No", 128: "Yes" } }),
  lastSeq: u8("fc.bls_lastseqid", "Last Valid SEQID", hex),
  oxid: u16("fc.bls_oxid", "OXID", hex),
  rxid: u16("fc.bls_rxid", "RXID", hex),
  low: u16("fc.bls_lseqcnt", "Low SEQCNT", hex),
  high: u16("fc.bls_hseqcnt", "High SEQCNT", hex),
  reason: u8("fc.bls_reason", "Reason", { base: "HEX", names: REASON_NAMES }),
  detail: u8("fc.bls_rjtdetail", "Reason Explanation", { base: "HEX", names: DETAIL_NAMES }),
  vendor: u8("fc.bls_vnduniq", "Vendor Unique Reason", hex),
};
const CONTROL = [
  f.responder,
  f.recipient,
  f.first,
  f.last,
  f.seqLast,
  f.priority,
  f.initiative,
  f.lastData,
  f.ack,
  f.retransmitted,
  f.abort,
  f.relative,
] as const;

export const fc = protocol({
  name: "fc",
  title: "Fibre Channel",
  short: "FC",
  fields: f,
  contained: true,
  on: [[linkTypes, 224]],
  dissect,
});

/** What an information category's upper four bits say. */
const GROUPS: Readonly<Record<number, string>> = {
  0: "Device_Data",
  2: "Extended Link Services",
  3: "FC-4 Link_Data",
  4: "Video_Data",
  8: "Basic Link Services",
  12: "Link_Control Frame",
};
const CATEGORIES = [
  "Uncategorized Data",
  "Solicited Data",
  "Unsolicited Control",
  "Solicited Control",
  "Solicited Data",
  "Data Descriptor",
  "Unsolicited Command",
  "Command Status",
] as const;
const EXTENDED: Readonly<Record<number, string>> = { 1: "Solicited Data", 2: "Request", 3: "Reply" };
const BASIC: Readonly<Record<number, string>> = {
  0: "NOP",
  1: "ABTS",
  2: "RMC",
  4: "BA_ACC",
  5: "BA_RJT",
  6: "PRMT",
};
const LINK_CONTROL = [
  "ACK1",
  "ACK0",
  "P_RJT",
  "F_RJT",
  "P_BSY",
  "F_BSY (Data frame)",
  "F_BSY (Link Ctl)",
  "LCR",
  "NTY",
  "END",
] as const;
const DETAILS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  0: CATEGORIES,
  2: EXTENDED,
  3: CATEGORIES,
  4: CATEGORIES,
  8: BASIC,
  12: LINK_CONTROL,
};

const FRAME_UNKNOWN = 0;
const FRAME_SW_ILS = 1;
const FRAME_IP = 2;
const FRAME_FCP = 3;
const FRAME_BASIC = 4;
const FRAME_ELS = 5;
const FRAME_CT = 7;
const FRAME_LINK_DATA = 8;
const FRAME_VIDEO = 9;
const FRAME_LINK_CONTROL = 10;
const FRAME_SBCCS = 12;
const FRAME_OHMS = 13;
/** Frame types of device data, by the header's type. */
const DEVICE_DATA: Readonly<Record<number, number>> = {
  5: FRAME_IP,
  8: FRAME_FCP,
  27: FRAME_SBCCS,
  28: FRAME_SBCCS,
  32: FRAME_CT,
  34: FRAME_SW_ILS,
};
const TYPE_BASIC = 0;
const TYPE_EXTENDED = 1;
const TYPE_FCP = 8;

function frameType(rctl: number, type: number): number {
  switch (rctl >> 4) {
    case 0:
      return DEVICE_DATA[type] ?? FRAME_UNKNOWN;
    case 2:
      if (rctl === 0x22 || rctl === 0x23) return FRAME_ELS;
      return type === TYPE_EXTENDED ? FRAME_OHMS : FRAME_UNKNOWN;
    case 3:
      return type === TYPE_FCP ? FRAME_FCP : FRAME_LINK_DATA;
    case 4:
      return FRAME_VIDEO;
    case 8:
      return type === TYPE_BASIC ? FRAME_BASIC : FRAME_UNKNOWN;
    case 12:
      return FRAME_LINK_CONTROL;
    default:
      return FRAME_UNKNOWN;
  }
}

const HEADER = 24;
const VFT = 0x50;
const ENCAPSULATED = 0x52;
const ABORT = 0x81;
const ACCEPT = 0x84;
const REJECT = 0x85;
const SEQUENCE_LAST = 0x080000;
const RELATIVE_OFFSET = 0x08;
/** Optional headers behind the header. */
const NETWORK_HEADER = 0x20;

/** True while the layer around a frame says itself that the sequence ends with it. */
let sequenceEnds = false;
/** The same of a sequence that begins. */
let sequenceBegins = false;

const hexText = (value: number): string => `0x${value.toString(16)}`;

function dissect(d: Dissection): void {
  const ends = sequenceEnds;
  const begins = sequenceBegins;
  sequenceEnds = false;
  sequenceBegins = false;
  if (d.columns) d.setInfo("");
  d.needAt(d.pos, 1);
  if (d.buf[d.pos] === VFT) addVirtualFabric(d);
  else if (d.buf[d.pos] === ENCAPSULATED) d.skip(8);
  const start = d.pos;
  if (d.remaining < HEADER) d.unlist();
  d.need(9);
  const rctl = d.buf[start];
  const type = d.buf[start + 8];
  setAddress(d, start + 1, false);
  setAddress(d, start + 5, true);
  d.need(HEADER);
  const kind = frameType(rctl, type);
  const group = GROUPS[rctl >> 4] ?? hexText(rctl & 0xf0);
  const isOther = rctl >> 4 === 2 && type !== TYPE_EXTENDED;
  const detail = isOther ? hexText(rctl & 15) : (DETAILS[rctl >> 4]?.[rctl & 15] ?? hexText(rctl & 15));
  if (d.columns) {
    let text = FRAME_NAMES[kind];
    if (kind === FRAME_LINK_CONTROL) text += `, ${LINK_CONTROL[rctl & 15] ?? `LCTL ${hexText(rctl & 15)}`}`;
    d.setInfo(text);
  }
  d.u8(f.rctl);
  if (d.labels) d.relabel(`R_CTL: ${hexText(rctl)}(${group}/${detail})`);
  d.hidden(f.frameType, start, 1, kind);
  d.bytes(f.dst, 3);
  d.u8(f.csCtl);
  d.bytes(f.src, 3);
  if (d.building) {
    d.hidden(f.address, start + 1, 3, d.buf.subarray(start + 1, start + 4));
    d.hidden(f.address, start + 5, 3, d.buf.subarray(start + 5, start + 8));
  }
  d.u8(f.type);
  const control = d.bitset(f.fctl, 3, CONTROL);
  if (d.labels) d.append(controlText(control));
  d.u8(f.seqId);
  const optional = d.u8(f.dfCtl);
  const count = d.u16(f.seqCount);
  d.u16(f.oxId);
  d.u16(f.rxId);
  if ((control & RELATIVE_OFFSET) !== 0 && (kind === FRAME_FCP || kind === FRAME_SW_ILS)) d.u32(f.offset);
  else {
    const parameter = d.u32(f.parameter);
    if (d.labels && kind === FRAME_BASIC && rctl === ABORT) {
      d.relabel(`Parameter: ${hexText(parameter)}(Abort ${parameter === 1 ? "Sequence" : "Exchange"})`);
    }
  }
  if ((optional & NETWORK_HEADER) !== 0) {
    addName(d, f.netDst);
    addName(d, f.netSrc);
  }
  const whole = ends || (control & SEQUENCE_LAST) !== 0;
  if (!whole || count !== 0) d.hidden(f.reassembled, start, 0, 0);
  if (kind === FRAME_LINK_CONTROL) return;
  if (!whole && d.columns) d.addInfo(" (Fragmented)");
  if (kind === FRAME_BASIC) dissectBasic(d, rctl);
  else if (d.remaining > 0) d.call(kind === FRAME_IP && whole && (begins || count === 0) ? llc : data);
}

function setAddress(d: Dissection, at: number, source: boolean): void {
  const text = new TextEncoder().encode(formatHex(d.buf.subarray(at, at + 3), "."));
  if (source) d.setSource(ADDRESS_TEXT, text, 0, text.length);
  else d.setDestination(ADDRESS_TEXT, text, 0, text.length);
}

/** The virtual fabric tagging header in front of the header, FC-FS-3 section 12. */
function addVirtualFabric(d: Dissection): void {
  const at = d.pos;
  const word = d.peek32();
  const hops = d.peek8(4);
  const fabric = (word >> 1) & 0xfff;
  const priority = (word >> 13) & 7;
  d.open(f.vft, at, 8, fabric);
  if (d.labels) d.relabel(`VFT Header: VF_ID ${fabric} Pri ${priority} Hop Count ${hops}`);
  d.add(f.vftRctl, at, 1, word >>> 24);
  d.add(f.vftVersion, at + 1, 1, (word >> 22) & 3);
  d.add(f.vftType, at + 1, 1, (word >> 18) & 15);
  d.add(f.vftPriority, at + 2, 1, priority);
  d.add(f.vftId, at + 2, 2, fabric);
  d.add(f.vftHops, at + 4, 1, hops);
  d.close();
  d.skip(8);
}

/** Every bit of the frame control, in words. */
function controlText(control: number): string {
  let text = "";
  for (const field of CONTROL) {
    const value = (control & field.mask) >>> field.shift;
    const words = field.type === "FT_BOOLEAN" ? field.tf[value === 0 ? 1 : 0] : nameOf(field.names, value);
    text += `, ${field.title}: ${words}`;
  }
  return text;
}

/** A world wide name; of one that holds a MAC address, its maker first. */
function addName(d: Dissection, field: Field): void {
  d.bytes(field, 8);
  if (!d.labels) return;
  const name = d.buf.subarray(d.pos - 8, d.pos);
  const text = formatEther(name);
  const maker = makerOf(name);
  d.relabel(`${field.title}: ${maker === null ? text : `${formatHex(maker, ":")} (${text})`}`);
}

/** The maker's number in a name given out under the rules of IEEE: formats 1, 2 and 5. */
function makerOf(name: Uint8Array): Uint8Array | null {
  const authority = name[0] >> 4;
  if (authority === 1 || authority === 2) return name.subarray(2, 5);
  if (authority !== 5) return null;
  return Uint8Array.from([0, 1, 2], (n) => ((name[n] << 4) | (name[n + 1] >> 4)) & 0xff);
}

function dissectBasic(d: Dissection, rctl: number): void {
  if (rctl !== ABORT && rctl !== ACCEPT && rctl !== REJECT) return;
  if (d.columns) {
    d.setProtocol("BLS");
    d.setInfo(rctl === ABORT ? "ABTS" : rctl === ACCEPT ? "BA_ACC" : "BA_RJT");
  }
  if (rctl === ABORT) return;
  d.beside();
  d.openText(d.pos, d.end - d.pos, "Basic Link Svc");
  if (rctl === ACCEPT) {
    d.u8(f.valid);
    d.u8(f.lastSeq);
    d.skip(2);
    d.u16(f.oxid);
    d.u16(f.rxid);
    d.u16(f.low);
    d.u16(f.high);
  } else {
    d.skip(1);
    d.u8(f.reason);
    d.u8(f.detail);
    d.u8(f.vendor);
  }
  d.close();
}

const o = {
  version: u32("fcoe.ver", "Version"),
  sof: u8("fcoe.sof", "SOF", { base: "HEX", names: SOF_NAMES }),
  crc: u32("fcoe.crc", "CRC", hex),
  crcStatus: u8("fcoe.crc.status", "CRC Status", {
    base: "CUSTOM",
    names: CHECKSUM_STATUS_NAMES,
    text: checksumStatusText,
  }),
  eof: u8("fcoe.eof", "EOF", { base: "HEX", names: EOF_NAMES }),
};
const ox = { bad: expert("fcoe.crc.bad", "error", "Checksum", "Bad checksum") };

export const fcoe = protocol({
  name: "fcoe",
  title: "Fibre Channel over Ethernet",
  short: "FCoE",
  fields: o,
  experts: ox,
  contained: true,
  on: [[ethertypes, 0x8906]],
  dissect: dissectFcoe,
});

const FCOE_HEADER = 14;
/** CRC, end of frame, three bytes of nothing. */
const FCOE_TRAILER = 8;
/** Ends of frame that end a sequence. */
const EOF_TERMINATE = 0x42;

function dissectFcoe(d: Dissection): void {
  const start = d.pos;
  d.need(FCOE_HEADER + FCOE_TRAILER);
  const length = d.wireRemaining - FCOE_HEADER - FCOE_TRAILER;
  const crcAt = start + FCOE_HEADER + length;
  const sof = d.buf[start + 13];
  const captured = crcAt + 5 <= d.end;
  const eof = captured ? d.buf[crcAt + 4] : -1;
  const crc = captured ? d.peekUint(4, crcAt - start) : 0;
  const right = captured && d.building ? swapped(crc32(d.buf, start + FCOE_HEADER, crcAt)) : crc;
  if (d.labels) {
    const eofText = captured ? (EOF_NAMES[eof] ?? hexText(eof)) : "none";
    const bad = right === crc ? "" : " [bad FC CRC]";
    const invalid = length % 4 === 0 ? "" : " [invalid length]";
    d.relabelLayer(`FCoE (${SOF_NAMES[sof] ?? hexText(sof)}/${eofText}) ${length} bytes${bad}${invalid}`);
  }
  d.add(o.version, start, 1, d.buf[start] >> 4);
  d.add(o.sof, start + 13, 1, sof);
  if (captured) {
    addCrc(d, o.crc, o.crcStatus, ox.bad, crcAt, crc, right);
    d.add(o.eof, crcAt + 4, 1, eof);
  }
  d.layerEnd(start + FCOE_HEADER);
  d.pos = start + FCOE_HEADER;
  d.limit(length);
  sequenceEnds = eof === EOF_TERMINATE;
  sequenceBegins = SOF_NAMES[sof]?.startsWith("SOFi") ?? false;
  d.call(fc);
  sequenceEnds = false;
  d.payloadEnd = -1;
}

const swapped = (value: number): number =>
  ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;

const GOOD = 1;
const BAD = 0;

function addCrc(
  d: Dissection,
  field: Field,
  status: Field,
  bad: typeof ox.bad,
  at: number,
  crc: number,
  right: number,
): void {
  d.add(field, at, 4, crc);
  if (crc !== right) {
    const text = `should be 0x${right.toString(16).padStart(8, "0")}`;
    if (d.labels) d.append(` incorrect, ${text}`);
    d.expert(bad, `Bad checksum [${text}]`);
  } else d.append(" [correct]");
  d.generated(status, at, 0, crc === right ? GOOD : BAD);
}

const s = {
  sof: u32("fc.sof", "SOF", { base: "HEX", names: DELIMITER_SOF_NAMES }),
  crc: u32("fc.crc", "CRC", hex),
  crcStatus: u8("fc.crc.status", "CRC Status", {
    base: "CUSTOM",
    names: CHECKSUM_STATUS_NAMES,
    text: checksumStatusText,
  }),
  eof: u32("fc.eof", "EOF", { base: "HEX", names: DELIMITER_EOF_NAMES }),
};
const sx = { bad: expert("fc.crc.bad", "error", "Checksum", "Bad checksum") };

/** Frames with the transmission words around them, LINKTYPE_FC_2_WITH_FRAME_DELIMS. */
export const fcDelimiters = protocol({
  name: "fcsof",
  title: "Fibre Channel Delimiters",
  short: "FCSoF",
  fields: s,
  experts: sx,
  contained: true,
  on: [[linkTypes, 225]],
  dissect(d) {
    const start = d.pos;
    const length = d.wireRemaining - 12;
    d.need(length + 12);
    const crcAt = start + 4 + length;
    const sof = d.peek32();
    const crc = d.peek32(4 + length);
    const eof = d.peek32(8 + length);
    const right = d.building ? swapped(crc32(d.buf, start + 4, crcAt)) : crc;
    if (d.labels) {
      const name = (names: Readonly<Record<number, string>>, value: number): string =>
        names[value] ?? `0x${value.toString(16)}`;
      d.relabelLayer(
        `Fibre Channel Delimiter: SOF: ${name(DELIMITER_SOF_NAMES, sof)} EOF: ${name(DELIMITER_EOF_NAMES, eof)}`,
      );
    }
    d.add(s.sof, start, 4, sof);
    addCrc(d, s.crc, s.crcStatus, sx.bad, crcAt, crc, right);
    d.add(s.eof, crcAt + 4, 4, eof);
    d.skip(4);
    d.limit(length);
    sequenceBegins = DELIMITER_SOF_NAMES[sof]?.startsWith("SOFi") ?? false;
    sequenceEnds = DELIMITER_EOF_NAMES[eof]?.startsWith("EOFt") ?? false;
    d.call(fc);
    sequenceEnds = false;
  },
});

const i = {
  dst: fcwwn("ipfc.nh.da", "Network DA"),
  src: fcwwn("ipfc.nh.sa", "Network SA"),
};

/** IP over Fibre Channel, RFC 4338: the network header alone. */
export const ipfc = protocol({
  name: "ipfc",
  title: "IP Over FC",
  short: "IPFC",
  fields: i,
  contained: true,
  on: [[linkTypes, 122]],
  dissect(d) {
    if (d.columns) d.setInfo("IP over Fibre Channel");
    if (d.labels) d.relabelLayer("IP Over FC Network_Header");
    addName(d, i.dst);
    addName(d, i.src);
    d.call(llc);
  },
});

const b = {
  sof: u8("brdwlk.sof", "SOF", { base: "HEX", mask: 0xf0, names: BOARDWALK_SOF_NAMES }),
  drop: bool("brdwlk.drop", "Packet Dropped"),
  vsan: u16("brdwlk.vsan", "VSAN", { mask: 0x0fff }),
  count: u16("brdwlk.pktcnt", "Packet Count"),
  error: u8("brdwlk.error", "Error", hex),
  length: u32("brdwlk.plen", "Original Packet Length"),
  lengthPresent: bool("brdwlk.error.plp", "Packet Length Present", {
    mask: 0x01,
    tf: ["Packet Length is PRESENT", "Packet length is NOT present"],
  }),
  empty: bool("brdwlk.error.ef", "Empty Frame", {
    mask: 0x02,
    tf: ["This is an Empty Frame", "Frame is NOT empty"],
  }),
  noData: bool("brdwlk.error.nd", "No Data", {
    mask: 0x04,
    tf: ["This Frame has NO Data", "This frame carries data"],
  }),
  truncated: bool("brdwlk.error.tr", "Truncated", {
    mask: 0x08,
    tf: ["This frame is TRUNCATED", "This frame is NOT truncated"],
  }),
  badCrc: bool("brdwlk.error.crc", "CRC", {
    mask: 0x10,
    tf: ["This Frame has a BAD FC CRC", "This frame has a valid crc"],
  }),
  full: bool("brdwlk.error.ff", "Fifo Full", { mask: 0x20, tf: ["Fifo is Full", "Fifo is NOT full"] }),
  jumbo: bool("brdwlk.error.jumbo", "Jumbo FC Frame", {
    mask: 0x40,
    tf: ["This is a JUMBO FC Frame", "This is a NORMAL FC Frame"],
  }),
  control: bool("brdwlk.error.ctrl", "Ctrl Char Inside Frame", {
    mask: 0x80,
    tf: ["Ctrl Characters inside the frame", "No ctrl chars inside the frame"],
  }),
  eof: u8("brdwlk.eof", "EOF", { base: "HEX", mask: 0x0f, names: BOARDWALK_EOF_NAMES }),
};
const ERRORS = [
  b.lengthPresent,
  b.empty,
  b.noData,
  b.truncated,
  b.badCrc,
  b.full,
  b.jumbo,
  b.control,
] as const;

/** What a Cisco MDS switch's port analyzer makes of mirrored frames. */
export const boardwalk = protocol({
  name: "brdwlk",
  title: "Boardwalk",
  short: "Boardwalk",
  fields: b,
  contained: true,
  on: [[ethertypes, 0x88ae, 0xabcd]],
  dissect: dissectBoardwalk,
});

/** Packet count, errors, end of frame: four bytes at the end. */
const BOARDWALK_TRAILER = 4;
const CRC = 4;
const LENGTH_PRESENT = 0x01;
const BOARDWALK_EOF_TERMINATE = 1;

function dissectBoardwalk(d: Dissection): void {
  const start = d.pos;
  d.bits(b.sof, start, 1);
  d.bits(b.vsan, start, 2);
  d.skip(2);
  const { end, wireEnd } = d;
  let trailer = BOARDWALK_TRAILER;
  let eof = -1;
  const at = wireEnd - BOARDWALK_TRAILER;
  if (wireEnd <= end && at >= d.pos) {
    d.pos = at;
    d.u16(b.count);
    d.hidden(b.drop, at, 0, 0);
    const errors = d.bitset(b.error, 1, ERRORS);
    eof = d.bits(b.eof, d.pos, 1);
    if ((errors & LENGTH_PRESENT) !== 0 && at - 4 >= start + 2) {
      trailer += 4;
      d.add(b.length, at - 4, 4, d.peekUint(4, at - 4 - d.pos));
    }
    d.pos = start + 2;
  }
  d.layerEnd(start + 2);
  d.limit(Math.max(0, wireEnd - start - 2 - trailer - CRC));
  sequenceEnds = eof === BOARDWALK_EOF_TERMINATE;
  d.call(fc);
  sequenceEnds = false;
  d.payloadEnd = -1;
}
