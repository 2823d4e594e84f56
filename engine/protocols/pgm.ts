/** Pragmatic General Multicast, RFC 3208, with the congestion control of PGMCC. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  ipv4,
  ipv6,
  nameOf,
  u8,
  u16,
  u32,
  YES_NO,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import { formatHex } from "../dissect/text.ts";
import { checksumStatusText, onesSum, rightChecksum } from "./checksum.ts";
import { data } from "./data.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";
import { HDR_TYPE, OPTION } from "./names/pgm.ts";

const f = {
  hdrSport: u16("pgm.hdr.sport", "Source Port"),
  hdrDport: u16("pgm.hdr.dport", "Destination Port"),
  port: u16("pgm.port", "Port"),
  hdrType: u8("pgm.hdr.type", "Type", { base: "HEX", names: HDR_TYPE }),
  hdrOpts: u8("pgm.hdr.opts", "Options", { base: "HEX" }),
  hdrOptsOpt: bool("pgm.hdr.opts.opt", "Options", { mask: 0x1, tf: ["Present", "Not Present"] }),
  hdrOptsNetsig: bool("pgm.hdr.opts.netsig", "Network Significant Options", {
    mask: 0x2,
    tf: ["Present", "Not Present"],
  }),
  hdrOptsVarlen: bool("pgm.hdr.opts.varlen", "Variable length Parity Packet Option", {
    mask: 0x40,
    tf: ["Present", "Not Present"],
  }),
  hdrOptsParity: bool("pgm.hdr.opts.parity", "Parity", { mask: 0x80, tf: ["Present", "Not Present"] }),
  hdrCksum: u16("pgm.hdr.cksum", "Checksum", { base: "HEX" }),
  hdrGsi: bytes("pgm.hdr.gsi", "Global Source Identifier"),
  hdrTsdulen: u16("pgm.hdr.tsdulen", "Transport Service Data Unit Length"),
  spmSqn: u32("pgm.spm.sqn", "Sequence number", { base: "HEX" }),
  spmTrail: u32("pgm.spm.trail", "Trailing Edge Sequence Number", { base: "HEX" }),
  spmLead: u32("pgm.spm.lead", "Leading Edge Sequence Number", { base: "HEX" }),
  spmPathafi: u16("pgm.spm.pathafi", "Path NLA AFI", { names: ADDRESS_FAMILIES }),
  spmRes: u16("pgm.spm.res", "Reserved", { base: "HEX" }),
  spmPathIpv4: ipv4("pgm.spm.path.ipv4", "Path NLA"),
  spmPathIpv6: ipv6("pgm.spm.path.ipv6", "Path NLA"),
  nakSqn: u32("pgm.nak.sqn", "Requested Sequence Number", { base: "HEX" }),
  nakSrcafi: u16("pgm.nak.srcafi", "Source NLA AFI", { names: ADDRESS_FAMILIES }),
  nakSrcres: u16("pgm.nak.srcres", "Reserved", { base: "HEX" }),
  nakSrcIpv4: ipv4("pgm.nak.src.ipv4", "Source NLA"),
  nakSrcIpv6: ipv6("pgm.nak.src.ipv6", "Source NLA"),
  nakGrpafi: u16("pgm.nak.grpafi", "Multicast Group AFI", { names: ADDRESS_FAMILIES }),
  nakGrpres: u16("pgm.nak.grpres", "Reserved", { base: "HEX" }),
  nakGrpIpv4: ipv4("pgm.nak.grp.ipv4", "Multicast Group NLA"),
  nakGrpIpv6: ipv6("pgm.nak.grp.ipv6", "Multicast Group NLA"),
  pollSqn: u32("pgm.poll.sqn", "Sequence Number", { base: "HEX" }),
  pollRound: u16("pgm.poll.round", "Round"),
  pollSubtype: u16("pgm.poll.subtype", "Subtype", { base: "HEX", names: { 0: "General", 1: "DLR" } }),
  pollPathafi: u16("pgm.poll.pathafi", "Path NLA AFI", { names: ADDRESS_FAMILIES }),
  pollRes: u16("pgm.poll.res", "Reserved", { base: "HEX" }),
  pollPathIpv4: ipv4("pgm.poll.path.ipv4", "Path NLA"),
  pollPathIpv6: ipv6("pgm.poll.path.ipv6", "Path NLA"),
  pollBackoffIvl: u32("pgm.poll.backoff_ivl", "Back-off Interval"),
  pollRandStr: u32("pgm.poll.rand_str", "Random String", { base: "HEX" }),
  pollMatchingBmask: u32("pgm.poll.matching_bmask", "Matching Bitmask", { base: "HEX" }),
  polrSqn: u32("pgm.polr.sqn", "Sequence Number", { base: "HEX" }),
  polrRound: u16("pgm.polr.round", "Round"),
  polrRes: u16("pgm.polr.res", "Reserved", { base: "HEX" }),
  ackMaxsqn: u32("pgm.ack.maxsqn", "Maximum Received Sequence Number", { base: "HEX" }),
  ackBitmap: u32("pgm.ack.bitmap", "Packet Bitmap", { base: "HEX" }),
  optsType: u8("pgm.opts.type", "Type", { base: "HEX", names: OPTION }),
  optsLen: u8("pgm.opts.len", "Length"),
  optsTlen: u16("pgm.opts.tlen", "Total Length"),
  genoptsEnd: bool("pgm.genopts.end", "Option end", { mask: 0x80, tf: YES_NO }),
  genoptsType: u8("pgm.genopts.type", "Type", { base: "HEX", mask: 0x7f, names: OPTION }),
  genoptsLen: u8("pgm.genopts.len", "Length"),
  genoptsOpx: u8("pgm.genopts.opx", "Option Extensibility Bits", {
    base: "HEX",
    names: { 0: "Ignore", 1: "Inval", 16: "DisCard" },
  }),
  optsParityPrmOp: u8("pgm.opts.parity_prm.op", "Parity Parameters", { base: "HEX" }),
  optsParityPrmPrmGrp: u32("pgm.opts.parity_prm.prm_grp", "Transmission Group Size", { base: "HEX" }),
  optsJoinRes: u8("pgm.opts.join.res", "Reserved", { base: "HEX" }),
  optsJoinMinJoin: u32("pgm.opts.join.min_join", "Minimum Sequence Number", { base: "HEX" }),
  optsNakOp: u8("pgm.opts.nak.op", "Reserved", { base: "HEX" }),
  optsNakList: bytes("pgm.opts.nak.list", "List"),
  optsCcdataRes: u8("pgm.opts.ccdata.res", "Reserved"),
  optsCcdataTstamp: u16("pgm.opts.ccdata.tstamp", "Time Stamp", { base: "HEX" }),
  optsCcdataAfi: u16("pgm.opts.ccdata.afi", "Acker AFI", { names: ADDRESS_FAMILIES }),
  optsCcdataRes2: u16("pgm.opts.ccdata.res2", "Reserved"),
  optsCcdataAckerIpv4: ipv4("pgm.opts.ccdata.acker.ipv4", "Acker"),
  optsCcdataAckerIpv6: ipv6("pgm.opts.ccdata.acker.ipv6", "Acker"),
  optsCcdataLossrate: u16("pgm.opts.ccdata.lossrate", "Loss Rate", { base: "HEX" }),
  optsNakBoIvlRes: u8("pgm.opts.nak_bo_ivl.res", "Reserved", { base: "HEX" }),
  optsNakBoIvlBoIvl: u32("pgm.opts.nak_bo_ivl.bo_ivl", "Back-off Interval"),
  optsNakBoIvlBoIvlSqn: u32("pgm.opts.nak_bo_ivl.bo_ivl_sqn", "Back-off Interval Sequence Number", {
    base: "HEX",
  }),
  optsNakBoRngRes: u8("pgm.opts.nak_bo_rng.res", "Reserved", { base: "HEX" }),
  optsNakBoRngMinBoIvl: u32("pgm.opts.nak_bo_rng.min_bo_ivl", "Min Back-off Interval"),
  optsNakBoRngMaxBoIvl: u32("pgm.opts.nak_bo_rng.max_bo_ivl", "Max Back-off Interval"),
  optsRedirectRes: u8("pgm.opts.redirect.res", "Reserved"),
  optsRedirectAfi: u16("pgm.opts.redirect.afi", "DLR AFI", { names: ADDRESS_FAMILIES }),
  optsRedirectRes2: u16("pgm.opts.redirect.res2", "Reserved", { base: "HEX" }),
  optsRedirectDlrIpv4: ipv4("pgm.opts.redirect.dlr.ipv4", "DLR"),
  optsRedirectDlrIpv6: ipv6("pgm.opts.redirect.dlr.ipv6", "DLR"),
  optsFragmentRes: u8("pgm.opts.fragment.res", "Reserved", { base: "HEX" }),
  optsFragmentFirstSqn: u32("pgm.opts.fragment.first_sqn", "First Sequence Number", { base: "HEX" }),
  optsFragmentFragmentOffset: u32("pgm.opts.fragment.fragment_offset", "Fragment Offset"),
  optsFragmentTotalLength: u32("pgm.opts.fragment.total_length", "Total Length"),
  checksumStatus: u8("pgm.hdr.cksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
};

const x = {
  type: expert("pgm.opts.type.invalid", "warning", "Protocol", "Invalid option"),
  total: expert("pgm.opts.tlen.invalid", "warning", "Protocol", "Total Length invalid"),
  length: expert("pgm.genopts.len.invalid", "warning", "Protocol", "Option length invalid"),
  address: expert("pgm.address_format_invalid", "warning", "Protocol", "Can't handle this address format"),
  checksum: expert("pgm.bad_checksum", "error", "Checksum", "Bad checksum"),
};

export const pgm = protocol({
  name: "pgm",
  title: "Pragmatic General Multicast",
  short: "PGM",
  fields: f,
  experts: x,
  on: [[ipProtocols, 113]],
  dissect,
});

const HEADER = 16;
const MIN_LENGTH = 18;
const SPM = 0x00;
const POLL = 0x01;
const POLR = 0x02;
const ODATA = 0x04;
const RDATA = 0x05;
const NAK = 0x08;
const NNAK = 0x09;
const NCF = 0x0a;
const ACK = 0x0d;
const OPTIONS_PRESENT = 0x01;

/** Lengths of what follows the header before addresses and options. */
const FIXED: Readonly<Record<number, number>> = {
  [SPM]: 20,
  [POLL]: 12,
  [POLR]: 8,
  [ODATA]: 8,
  [RDATA]: 8,
  [NAK]: 8,
  [NNAK]: 8,
  [NCF]: 8,
  [ACK]: 8,
};

function dissect(d: Dissection): void {
  if (d.remaining < MIN_LENGTH) {
    d.unlist();
    if (d.columns) {
      d.setProtocol("IPv4");
      d.setInfo("PGM (113)");
    }
    d.call(data);
    return;
  }
  const type = d.peek8(4);
  const name = nameOf(f.hdrType.names, type);
  if (d.columns) d.setInfo("");
  d.need(HEADER + 4);
  if (name === undefined) {
    d.unlist();
    d.skip(d.remaining);
    return;
  }
  const gsi = formatHex(d.peekBytes(6, 8));
  const poll = type === POLL ? d.peek16(HEADER + 6) : 0;
  if (d.columns) {
    const first = d.peek32(HEADER).toString(16);
    const size = type === ODATA || type === RDATA ? ` tsdulen ${d.peek16(14)}` : "";
    d.setInfo(`${name.padEnd(5)} sqn 0x${first} gsi ${gsi}${size}`);
    if (type === POLL) {
      d.addInfo(` subtype ${nameOf(f.pollSubtype.names, poll) ?? `Unknown (0x${hex(poll, 2)})`}`);
    }
  }
  if (d.labels) {
    d.appendLayer(`: Type ${name} Src Port ${d.peek16()}, Dst Port ${d.peek16(2)}, GSI ${gsi}`);
  }
  addHeader(d);
  addBody(d, type, name);
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

function addHeader(d: Dissection): void {
  const start = d.pos;
  d.hidden(f.port, start, 2, d.peek16());
  d.hidden(f.port, start + 2, 2, d.peek16(2));
  d.u16(f.hdrSport);
  d.u16(f.hdrDport);
  d.u8(f.hdrType);
  const options = d.peek8();
  d.open(f.hdrOpts, d.pos, 1, options);
  if (d.labels) {
    const names: string[] = [];
    if (options & 0x01) names.push("Present");
    if (options & 0x02) names.push("NetSig");
    if (options & 0x40) names.push("VarLen");
    if (options & 0x80) names.push("Parity");
    d.relabel(`Options: ${names.join(",")} (0x${options.toString(16)})`);
  }
  d.bits(f.hdrOptsOpt, d.pos, 1);
  d.bits(f.hdrOptsNetsig, d.pos, 1);
  d.bits(f.hdrOptsVarlen, d.pos, 1);
  d.bits(f.hdrOptsParity, d.pos, 1);
  d.close();
  d.skip(1);
  addChecksum(d, start);
  d.bytes(f.hdrGsi, 6);
  d.u16(f.hdrTsdulen);
}

function addChecksum(d: Dissection, start: number): void {
  const found = d.peek16();
  const at = d.pos;
  if (found === 0 || d.quoted || d.fragment || d.end < d.wireEnd) {
    d.u16(f.hdrCksum);
    if (found !== 0) d.append(" [unverified]");
    else if (d.labels) d.relabel("Checksum: [missing]");
    d.generated(f.checksumStatus, at, found === 0 ? 2 : 0, found === 0 ? 3 : 2);
    return;
  }
  // Wireshark 4.0 shows the first byte of a verified checksum as if it were the status.
  d.add(f.checksumStatus, at, 1, found >> 8);
  d.skip(2);
  if (!d.building) return;
  const sum = onesSum(d.buf, start, d.end);
  if (sum === 0xffff) d.append(" [correct]");
  else {
    const right = `0x${hex(rightChecksum(sum, found), 4)}`;
    d.append(` incorrect, should be ${right}`);
    d.expert(x.checksum, `Bad checksum [should be ${right}]`);
  }
  d.generated(f.checksumStatus, at, 0, sum === 0xffff ? 1 : 0);
}

function addBody(d: Dissection, type: number, name: string): void {
  const hasOptions = (d.peek8(5 - HEADER) & OPTIONS_PRESENT) !== 0;
  d.openText(d.pos, FIXED[type], `${name} Packet`);
  switch (type) {
    case SPM:
      d.u32(f.spmSqn);
      d.u32(f.spmTrail);
      d.u32(f.spmLead);
      addAddress(d, SPM_ADDRESS);
      break;
    case POLL:
      d.u32(f.pollSqn);
      d.u16(f.pollRound);
      d.u16(f.pollSubtype);
      addAddress(d, POLL_ADDRESS);
      d.u32(f.pollBackoffIvl);
      d.u32(f.pollRandStr);
      d.u32(f.pollMatchingBmask);
      break;
    case POLR:
      d.u32(f.polrSqn);
      d.u16(f.polrRound);
      d.u16(f.polrRes);
      break;
    case ODATA:
    case RDATA:
      d.u32(f.spmSqn);
      d.u32(f.spmTrail);
      break;
    case NAK:
    case NNAK:
    case NCF:
      d.u32(f.nakSqn);
      addAddress(d, SOURCE_ADDRESS);
      addAddress(d, GROUP_ADDRESS);
      break;
    case ACK:
      d.u32(f.ackMaxsqn);
      d.u32(f.ackBitmap);
      break;
  }
  if (hasOptions) addOptions(d, name);
  d.close();
  if ((type === ODATA || type === RDATA) && d.remaining > 0) {
    d.layerEnd(d.pos);
    d.call(data);
  }
}

interface AddressFields {
  readonly family: Field;
  readonly reserved: Field;
  readonly ipv4: Field;
  readonly ipv6: Field;
}
const SPM_ADDRESS: AddressFields = {
  family: f.spmPathafi,
  reserved: f.spmRes,
  ipv4: f.spmPathIpv4,
  ipv6: f.spmPathIpv6,
};
const POLL_ADDRESS: AddressFields = {
  family: f.pollPathafi,
  reserved: f.pollRes,
  ipv4: f.pollPathIpv4,
  ipv6: f.pollPathIpv6,
};
const SOURCE_ADDRESS: AddressFields = {
  family: f.nakSrcafi,
  reserved: f.nakSrcres,
  ipv4: f.nakSrcIpv4,
  ipv6: f.nakSrcIpv6,
};
const GROUP_ADDRESS: AddressFields = {
  family: f.nakGrpafi,
  reserved: f.nakGrpres,
  ipv4: f.nakGrpIpv4,
  ipv6: f.nakGrpIpv6,
};
const REDIRECT_ADDRESS: AddressFields = {
  family: f.optsRedirectAfi,
  reserved: f.optsRedirectRes2,
  ipv4: f.optsRedirectDlrIpv4,
  ipv6: f.optsRedirectDlrIpv6,
};
const ACKER_ADDRESS: AddressFields = {
  family: f.optsCcdataAfi,
  reserved: f.optsCcdataRes2,
  ipv4: f.optsCcdataAckerIpv4,
  ipv6: f.optsCcdataAckerIpv6,
};
const LOSS_ADDRESS: AddressFields = { ...ACKER_ADDRESS, reserved: f.optsCcdataLossrate };

const IPV4 = 1;
const IPV6 = 2;

/** A family, two bytes of another field and the address. */
function addAddress(d: Dissection, fields: AddressFields): void {
  const family = d.u16(fields.family);
  if (family !== IPV4 && family !== IPV6) d.expert(x.address);
  d.u16(fields.reserved);
  if (family === IPV4) d.ipv4(fields.ipv4);
  else if (family === IPV6) d.ipv6(fields.ipv6);
}

const LENGTH = 0x00;
const OPTION_HEADER = 4;
const END = 0x80;

function addOptions(d: Dissection, name: string): void {
  const start = d.pos;
  const type = d.peek8();
  if (type !== LENGTH) {
    d.openText(start, OPTION_HEADER, `${name} Options`);
    d.u8(f.optsType);
    const found = nameOf(f.optsType.names, type) ?? `Unknown (0x${hex(type, 2)})`;
    d.expert(x.type, `${name} Options - initial option is ${found}, should be Length`);
    d.close();
    return;
  }
  const total = d.peek16(2);
  const title = `${name} Options (Total Length ${total}`;
  d.openText(start, total, `${title})`);
  d.u8(f.optsType);
  d.u8(f.optsLen);
  d.u16(f.optsTlen);
  if (total < OPTION_HEADER) {
    d.expert(x.total, `${title} - invalid, must be >= 4)`);
    d.close();
    return;
  }
  let rest = total - OPTION_HEADER;
  while (rest > 0) {
    if (rest < OPTION_HEADER) {
      // Said of the total length, not of the option before.
      d.expert(x.total, "Remaining total options length doesn't have enough for an options header");
      break;
    }
    const at = d.pos;
    const kind = d.peek8();
    const length = d.peek8(1);
    d.openText(
      at,
      length,
      `Option: ${nameOf(f.genoptsType.names, kind & ~END) ?? `Unknown (0x${hex(kind & ~END, 2)})`}, Length: ${length}`,
    );
    if (length < OPTION_HEADER) {
      d.close();
      d.expert(x.length, `Length ${length} invalid, must be >= 4`);
      break;
    }
    if (length > rest) {
      d.close();
      d.expert(x.length, `Length ${length} > remaining total options length`);
      break;
    }
    addOption(d, kind & ~END, length);
    d.close();
    d.pos = at;
    d.skip(length);
    rest -= length;
    if (kind & END) break;
  }
  d.close();
}

const FRAGMENT = 0x01;
const NAK_LIST = 0x02;
const JOIN = 0x03;
const NAK_INTERVAL = 0x04;
const NAK_RANGE = 0x05;
const REDIRECT = 0x07;
const PARITY_PARAMETERS = 0x08;
const PARITY_GROUP = 0x09;
const CC_DATA = 0x12;
const CC_FEEDBACK = 0x13;

/** Shortest lengths. */
const MINIMUM: Readonly<Record<number, number>> = {
  [FRAGMENT]: 16,
  [NAK_LIST]: 4,
  [JOIN]: 8,
  [NAK_INTERVAL]: 12,
  [NAK_RANGE]: 12,
  [REDIRECT]: 12,
  [PARITY_PARAMETERS]: 8,
  [PARITY_GROUP]: 8,
  [CC_DATA]: 16,
  [CC_FEEDBACK]: 16,
};

function addOption(d: Dissection, kind: number, length: number): void {
  const least = MINIMUM[kind];
  if (least === undefined) return;
  d.bits(f.genoptsEnd, d.pos, 1);
  d.bits(f.genoptsType, d.pos, 1);
  d.skip(1);
  d.u8(f.genoptsLen);
  if (length < least) {
    if (d.labels) d.relabel(`Length: ${length} (bogus, must be >= ${least})`);
    return;
  }
  d.u8(f.genoptsOpx);
  switch (kind) {
    case FRAGMENT:
      d.u8(f.optsFragmentRes);
      d.u32(f.optsFragmentFirstSqn);
      d.u32(f.optsFragmentFragmentOffset);
      d.u32(f.optsFragmentTotalLength);
      break;
    case NAK_LIST:
      d.u8(f.optsNakOp);
      addNakList(d, length - OPTION_HEADER);
      break;
    case JOIN:
      d.u8(f.optsJoinRes);
      d.u32(f.optsJoinMinJoin);
      break;
    case NAK_INTERVAL:
      d.u8(f.optsNakBoIvlRes);
      d.u32(f.optsNakBoIvlBoIvl);
      d.u32(f.optsNakBoIvlBoIvlSqn);
      break;
    case NAK_RANGE:
      d.u8(f.optsNakBoRngRes);
      d.u32(f.optsNakBoRngMinBoIvl);
      d.u32(f.optsNakBoRngMaxBoIvl);
      break;
    case REDIRECT:
      d.u8(f.optsRedirectRes);
      addAddress(d, REDIRECT_ADDRESS);
      break;
    case PARITY_PARAMETERS: {
      const op = d.u8(f.optsParityPrmOp);
      if (d.labels) {
        const names: string[] = [];
        if (op & 2) names.push("Pro-active");
        if (op & 1) names.push("On-demand");
        d.relabel(`Parity Parameters: ${names.join(",")} (0x${op.toString(16)})`);
      }
      d.u32(f.optsParityPrmPrmGrp);
      break;
    }
    case PARITY_GROUP: {
      const op = d.u8(f.optsParityPrmOp);
      if (d.labels) d.relabel(`Reserved: 0x${hex(op, 2)}`);
      d.u32(f.optsParityPrmPrmGrp);
      break;
    }
    default:
      d.u8(f.optsCcdataRes);
      addTimestamp(d);
      addAddress(d, kind === CC_DATA ? ACKER_ADDRESS : LOSS_ADDRESS);
  }
}

function addNakList(d: Dissection, length: number): void {
  const count = Math.trunc(length / 4);
  if (count === 0) return;
  let text = "";
  for (let i = 0; i < count; i++) text += `0x${d.peek32(4 * i).toString(16)} `;
  const bytes = new TextEncoder().encode(text);
  d.add(f.optsNakList, d.pos, length, bytes);
  if (d.labels) d.relabel(`List(${count}): ${text}`);
}

/** Four bytes, of which the value holds the lower two. */
function addTimestamp(d: Dissection): void {
  const stamp = d.peek32();
  d.add(f.optsCcdataTstamp, d.pos, 4, stamp & 0xffff);
  if (d.labels) d.relabel(`Time Stamp: 0x${hex(stamp, 8)}`);
  d.skip(4);
}
