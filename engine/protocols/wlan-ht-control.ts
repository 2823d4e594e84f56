/** The HT control field in its three variants: IEEE 802.11-2020 section 9.2.4.6, 802.11ax-2021 section 9.2.4.6a. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, expert, type Field, i32, u8, u16, u32 } from "../dissect/field.ts";

const f = {
  htc: u32("wlan.htc", "HT Control (+HTC)", { base: "HEX" }),
  vht: bool("wlan.htc.vht", "VHT", { mask: 0x1, bits: 32 }),
  he: bool("wlan.htc.he", "HE", { mask: 0x2, bits: 32 }),
  calPos: u32("wlan.htc.cal.pos", "Calibration Position", {
    mask: 0x30000,
    names: {
      0: "Not a calibration frame",
      1: "Calibration Start",
      2: "Sounding Response",
      3: "Sounding Complete",
    },
  }),
  calSeq: u32("wlan.htc.cal.seq", "Calibration Sequence Identifier", { mask: 0xc0000 }),
  reserved1: u32("wlan.htc.reserved1", "Reserved", { base: "HEX", mask: 0x300000 }),
  csiSteering: u32("wlan.htc.csi_steering", "CSI/Steering", {
    mask: 0xc00000,
    names: {
      0: "No feedback required",
      1: "CSI",
      2: "Non-compressed Beamforming Feedback Matrix",
      3: "Compressed Beamforming Feedback Matrix",
    },
  }),
  ndpAnnouncement: bool("wlan.htc.ndp_announcement", "NDP Announcement", {
    mask: 0x1000000,
    bits: 32,
    tf: ["NDP will follow", "No NDP will follow"],
  }),
  reserved2: u32("wlan.htc.reserved2", "Reserved", { base: "HEX", mask: 0x3e000000 }),
  acConstraint: bool("wlan.htc.ac_constraint", "AC Constraint", { mask: 0x40000000, bits: 32 }),
  rdgMorePpdu: bool("wlan.htc.rdg_more_ppdu", "RDG/More PPDU", { mask: 0x80000000, bits: 32 }),
  lac: u32("wlan.htc.lac", "Link Adaptation Control (LAC)", { base: "HEX", mask: 0xfffe }),
  lacTrq: bool("wlan.htc.lac.trq", "Training Request (TRQ)", {
    mask: 0x2,
    bits: 16,
    tf: ["Want sounding PPDU", "Don't want sounding PPDU"],
  }),
  lacMaiAseli: u16("wlan.htc.lac.mai.aseli", "Antenna Selection Indication (ASELI)", {
    base: "HEX",
    mask: 0x3c,
  }),
  lacMaiMrq: bool("wlan.htc.lac.mai.mrq", "MCS Request (MRQ)", {
    mask: 0x4,
    bits: 16,
    tf: ["MCS feedback requested", "No MCS feedback requested"],
  }),
  lacMaiMsi: u16("wlan.htc.lac.mai.msi", "MCS Request Sequence Identifier (MSI)", {
    base: "HEX",
    mask: 0x38,
  }),
  lacMaiReserved: u16("wlan.htc.lac.mai.reserved", "Reserved", { base: "HEX", mask: 0x38 }),
  lacMfsi: u16("wlan.htc.lac.mfsi", "MCS Feedback Sequence Identifier (MFSI)", { mask: 0x1c0 }),
  lacAselCommand: u16("wlan.htc.lac.asel.command", "Antenna Selection (ASEL) Command", {
    base: "HEX",
    mask: 0xe00,
    names: {
      0: "Transmit Antenna Selection Sounding Indication (TXASSI)",
      1: "Transmit Antenna Selection Sounding Request (TXASSR)",
      2: "Receive Antenna Selection Sounding Indication (RXASSI)",
      3: "Receive Antenna Selection Sounding Request (RXASSR)",
      4: "Sounding Label",
      5: "No feedback, ASEL training failure",
      6: "Transmit Antenna Selection Sounding Indication (TXASSI) requesting feedback of explicit CSI",
      7: "Reserved",
    },
  }),
  lacAselData: u16("wlan.htc.lac.asel.data", "Antenna Selection (ASEL) Data", { base: "HEX", mask: 0xf000 }),
  lacMfb: u16("wlan.htc.lac.mfb", "MCS Feedback (MFB)", { base: "HEX", mask: 0xfe00 }),
  numSts: u32("wlan.htc.num_sts", "NUM_STS", { mask: 0xe00 }),
  vhtMcs: u32("wlan.htc.vht_mcs", "VHT-MCS", { mask: 0xf000 }),
  bw: u32("wlan.htc.bw", "BW", {
    mask: 0x30000,
    names: { 0: "20 MHz", 1: "40 MHz", 2: "80 MHz", 3: "160 MHz and 80+80 MHz" },
  }),
  snr: i32("wlan.htc.snr", "SNR", { mask: 0xfc0000 }),
  mrq: bool("wlan.htc.mrq", "MRQ", { mask: 0x4, bits: 32 }),
  compressedMsi: u32("wlan.htc.compressed_msi", "Compressed MSI", { mask: 0x18 }),
  ppduStbcEncoded: bool("wlan.htc.ppdu_stbc_encoded", "PPDU was STBC encoded", { mask: 0x20, bits: 32 }),
  msi: u32("wlan.htc.msi", "MSI", { mask: 0x38 }),
  msiStbcReserved: u32("wlan.htc.msi_stbc_reserved", "Reserved", { base: "HEX", mask: 0x38 }),
  gidL: bool("wlan.htc.gid_l", "GID-L", { mask: 0x1c0, bits: 32 }),
  mfsi: bool("wlan.htc.mfsi", "MFSI", { mask: 0x1c0, bits: 32 }),
  mfb: u32("wlan.htc.mfb", "MFB", { base: "HEX", mask: 0xfffe00 }),
  gidH: u32("wlan.htc.gid_h", "GID-H", { mask: 0x7000000 }),
  codingType: u32("wlan.htc.coding_type", "Coding type", { mask: 0x8000000, names: { 0: "BCC", 1: "LDPC" } }),
  fbTxType: u32("wlan.htc.fb_tx_type", "FB Tx type", {
    mask: 0x10000000,
    names: { 0: "Not beamformed", 1: "Beamformed" },
  }),
  unsolicitedMfb: bool("wlan.htc.unsolicited_mfb", "Unsolicited MFB", { mask: 0x20000000, bits: 32 }),
  heAControlUmrsHeTbPpduLen: u32("wlan.htc.he.a_control.umrs.he_tb_ppdu_len", "HE TB PPDU Length", {
    mask: 0x1f,
  }),
  heAControlUmrsRuAllocation: u32("wlan.htc.he.a_control.umrs.ru_allocation", "RU Allocation", {
    mask: 0x1fe0,
  }),
  heAControlUmrsDlTxPower: u32("wlan.htc.he.a_control.umrs.dl_tx_power", "DL Tx Power", {
    base: "HEX",
    mask: 0x3e000,
  }),
  heAControlUmrsUlTargetRssi: u32("wlan.htc.he.a_control.umrs.ul_target_rssi", "UL Target RSSI", {
    base: "CUSTOM",
    mask: 0x7c0000,
    text: (value) => `${2 * value - 90}dBm`,
  }),
  heAControlUmrsUlMcs: u32("wlan.htc.he.a_control.umrs.ul_mcs", "UL MCS", { base: "HEX", mask: 0x1800000 }),
  heAControlUmrsReserved: u32("wlan.htc.he.a_control.umrs.reserved", "reserved", {
    base: "HEX",
    mask: 0x2000000,
  }),
  heAControlOmRxNss: u16("wlan.htc.he.a_control.om.rx_nss", "Rx NSS", { mask: 0x7 }),
  heAControlOmChannelWidth: u16("wlan.htc.he.a_control.om.channel_width", "Channel Width", { mask: 0x18 }),
  heAControlOmUlMuDisable: bool("wlan.htc.he.a_control.om.ul_mu_disable", "UL MU Disable", {
    mask: 0x20,
    bits: 16,
  }),
  heAControlOmTxNsts: u16("wlan.htc.he.a_control.om.tx_nsts", "Tx NSTS", { mask: 0x1c0 }),
  heAControlOmReserved: u16("wlan.htc.he.a_control.om.reserved", "Reserved", { base: "HEX", mask: 0xe00 }),
  heAControlHlaUnsolicitedMfb: bool("wlan.htc.he.a_control.hla.unsolicited_mfb", "Unsolicited MFB", {
    mask: 0x1,
    bits: 32,
  }),
  heAControlHlaMrq: bool("wlan.htc.he.a_control.hla.mrq", "MRQ", { mask: 0x2, bits: 32 }),
  heAControlHlaNss: u32("wlan.htc.he.a_control.hla.NSS", "NSS", { mask: 0x1c }),
  heAControlHlaHeMcs: u32("wlan.htc.he.a_control.hla.he_mcs", "HE-MCS", { mask: 0x1e0 }),
  heAControlHlaDcm: bool("wlan.htc.he.a_control.hla.dcm", "DCM", { mask: 0x200, bits: 32 }),
  heAControlHlaRu: u32("wlan.htc.he.a_control.hla.ru", "RU", { mask: 0x3fc00 }),
  heAControlHlaBw: u32("wlan.htc.he.a_control.hla.bw", "BW", { mask: 0xc0000 }),
  heAControlHlaMsiPpduType: u32("wlan.htc.he.a_control.hla.msi_ppdu_type", "MSI/PPDU Type", {
    mask: 0x700000,
  }),
  heAControlHlaTxBf: bool("wlan.htc.he.a_control.hla.tx_bf", "Tx BF", {
    mask: 0x800000,
    bits: 32,
    tf: ["beamformed PPDU", "non-beamformed PPDU"],
  }),
  heAControlHlaReserved: u32("wlan.htc.he.a_control.hla.reserved", "Reserved", {
    base: "HEX",
    mask: 0x3000000,
  }),
  heAControlBsrAciBitmap: u32("wlan.htc.he.a_control.bsr.aci_bitmap", "ACI Bitmap", {
    base: "HEX",
    mask: 0xf,
  }),
  heAControlBsrDeltaTid: u32("wlan.htc.he.a_control.bsr.delta_tid", "Delta TID", { base: "HEX", mask: 0x30 }),
  heAControlBsrAciHigh: u32("wlan.htc.he.a_control.bsr.aci_high", "ACI High", { base: "HEX", mask: 0xc0 }),
  heAControlBsrScalingFactor: u32("wlan.htc.he.a_control.bsr.scaling_factor", "Scaling Factor", {
    base: "HEX",
    mask: 0x300,
  }),
  heAControlBsrQueueSizeHigh: u32("wlan.htc.he.a_control.bsr.queue_size_high", "Queue Size High", {
    base: "HEX",
    mask: 0x3fc00,
  }),
  heAControlBsrQueueSizeAll: u32("wlan.htc.he.a_control.bsr.queue_size_all", "Queue Size All", {
    base: "HEX",
    mask: 0x3fc0000,
  }),
  heAControlUphUlPowerHeadroom: u8("wlan.htc.he.a_control.uph.ul_power_headroom", "UL Power Headroom", {
    mask: 0x1f,
  }),
  heAControlUphMinTransmitPowerFlag: bool(
    "wlan.htc.he.a_control.uph.min_transmit_power_flag",
    "Minimum Transmit Power Flag",
    { mask: 0x20 },
  ),
  heAControlUphReserved: u8("wlan.htc.he.a_control.uph.reserved", "Reserved", { base: "HEX", mask: 0xc0 }),
  heAControlBqrAvailChanBitmap: u16(
    "wlan.htc.he.a_control.bqr.avail_chan_bitmap",
    "Available Channel Bitmap",
    { base: "HEX" },
  ),
  heAControlBqrReserved: u16("wlan.htc.he.a_control.bqr.reserved", "Reserved", { base: "HEX" }),
  heAControlCciAcConstraint: bool("wlan.htc.he.a_control.cci.ac_constraint", "AC Constraint", {
    mask: 0x1,
    bits: 32,
  }),
  heAControlCciRdgMorePpdu: bool("wlan.htc.he.a_control.cci.rdg_more_ppdu", "RDG/More PPDU", {
    mask: 0x2,
    bits: 32,
  }),
  heAControlCciSrPpduIndic: bool("wlan.htc.he.a_control.cci.sr_ppdu_indic", "PSRT PPDU", {
    mask: 0x4,
    bits: 32,
  }),
  heAControlCciReserved: u32("wlan.htc.he.a_control.cci.reserved", "Reserved", { base: "HEX", mask: 0xf8 }),
  heAControlEhtOmRxNssExt: bool("wlan.htc.he.a_control.eht_om.rx_nss_ext", "Rx NSS Extension", {
    mask: 0x1,
    bits: 32,
  }),
  heAControlEhtOmChanWExt: bool("wlan.htc.he.a_control.eht_om.chan_w_ext", "Channel Width Extension", {
    mask: 0x2,
    bits: 32,
  }),
  heAControlEhtOmTxNstsExt: bool("wlan.htc.he.a_control.eht_om.tx_nsts_ext", "Tx NSTS Extension", {
    mask: 0x4,
    bits: 32,
  }),
  heAControlEhtOmReserved: u32("wlan.htc.he.a_control.eht_om.reserved", "Reserved", {
    base: "HEX",
    mask: 0x38,
  }),
  heAControlCtrlId: u32("wlan.htc.he.a_control.ctrl_id", "Control ID"),
  heAControlPadding: u32("wlan.htc.he.a_control.padding", "Padding", { base: "HEX", mask: 0xffffff }),
};
/** Fields of the protocol `wlan`. */
export const htControlFields = f;

const x = {
  control: expert("wlan.htc.he.a_control.ctrl_id.invalid", "error", "Protocol", "Invalid control word"),
  rest: expert("wlan.htc.he.a_control.invalid", "error", "Protocol", "Invalid control word"),
};
export const htControlExperts = x;

/** HT control: IEEE 802.11-2020 section 9.2.4.6. */
export function addHtControl(d: Dissection): void {
  const at = d.pos;
  const value = d.peek32le();
  d.pos += 4;
  if (!d.building) return;
  d.open(f.htc, at, 4, value);
  d.bitsLe(f.vht, at, 4);
  if ((value & 1) === 0) addHt(d, at, value);
  else {
    d.bitsLe(f.he, at, 4);
    if (value & 2) addAggregate(d, at, value >>> 2);
    else addVht(d, at, value);
  }
  d.close();
}

const CALIBRATION = [f.calPos, f.calSeq, f.reserved1, f.csiSteering, f.ndpAnnouncement, f.reserved2];
const LAST = [f.acConstraint, f.rdgMorePpdu];
const ANTENNA_SELECTION = 14;
const REQUEST = 0x04;

function addHt(d: Dissection, at: number, value: number): void {
  d.bitsLe(f.lac, at, 4);
  d.openLast();
  d.bitsLe(f.lacTrq, at, 2);
  const isSelection = ((value >> 2) & 15) === ANTENNA_SELECTION;
  if (isSelection) d.bitsLe(f.lacMaiAseli, at, 2);
  else {
    d.bitsLe(f.lacMaiMrq, at, 2);
    d.bitsLe(value & REQUEST ? f.lacMaiMsi : f.lacMaiReserved, at, 2);
  }
  d.bitsLe(f.lacMfsi, at, 2);
  if (isSelection) {
    d.bitsLe(f.lacAselCommand, at, 2);
    d.bitsLe(f.lacAselData, at, 2);
  } else d.bitsLe(f.lacMfb, at, 2);
  d.close();
  for (const field of CALIBRATION) d.bitsLe(field, at, 4);
  for (const field of LAST) d.bitsLe(field, at, 4);
}

const UNSOLICITED = 0x2000_0000;
const FEEDBACK = [f.numSts, f.vhtMcs, f.bw, f.snr];

function addVht(d: Dissection, at: number, value: number): void {
  d.bitsLe(f.mrq, at, 4);
  const isUnsolicited = (value & UNSOLICITED) !== 0;
  if (isUnsolicited) {
    d.bitsLe(f.compressedMsi, at, 4);
    d.bitsLe(f.ppduStbcEncoded, at, 4);
  } else d.bitsLe(value & REQUEST ? f.msi : f.msiStbcReserved, at, 4);
  d.bitsLe(isUnsolicited ? f.gidL : f.mfsi, at, 4);
  d.bitsLe(f.mfb, at, 4);
  d.openLast();
  for (const field of FEEDBACK) d.bitsLe(field, at, 4);
  // A quarter of a decibel a step, from -10: the number is shown as it stands, with its sign.
  if (d.last !== null) d.last.value = ((value >> 18) << 26) >> 26;
  if (d.labels) d.relabel(`${dots(value, 18, 6)} = SNR: ${((value >> 18) << 26) >> 26}`);
  d.close();
  d.bitsLe(f.gidH, at, 4);
  for (const field of [f.codingType, f.fbTxType, f.unsolicitedMfb]) d.bitsLe(field, at, 4);
  for (const field of LAST) d.bitsLe(field, at, 4);
}

/** `.... 1011`: bits of a word of 32. */
function dots(value: number, shift: number, count: number): string {
  let text = "";
  for (let bit = 31; bit >= 0; bit--) {
    text += bit >= shift && bit < shift + count ? (value >>> bit) & 1 : ".";
    if (bit % 4 === 0 && bit > 0) text += " ";
  }
  return text;
}

interface Control {
  readonly title: string;
  readonly bits: number;
  readonly fields: readonly Field[];
}
const control = (title: string, bits: number, fields: readonly Field[]): Control => ({ title, bits, fields });

/** By their number: 802.11ax-2021 table 9-22a. */
const CONTROLS: Readonly<Record<number, Control>> = {
  0: control("UMRS Control", 26, [
    f.heAControlUmrsHeTbPpduLen,
    f.heAControlUmrsRuAllocation,
    f.heAControlUmrsDlTxPower,
    f.heAControlUmrsUlTargetRssi,
    f.heAControlUmrsUlMcs,
    f.heAControlUmrsReserved,
  ]),
  1: control("OM Control", 12, [
    f.heAControlOmRxNss,
    f.heAControlOmChannelWidth,
    f.heAControlOmUlMuDisable,
    f.heAControlOmTxNsts,
    f.heAControlOmReserved,
  ]),
  2: control("HLA Control", 26, [
    f.heAControlHlaUnsolicitedMfb,
    f.heAControlHlaMrq,
    f.heAControlHlaNss,
    f.heAControlHlaHeMcs,
    f.heAControlHlaDcm,
    f.heAControlHlaRu,
    f.heAControlHlaBw,
    f.heAControlHlaMsiPpduType,
    f.heAControlHlaTxBf,
    f.heAControlHlaReserved,
  ]),
  3: control("Buffer Status Report", 26, [
    f.heAControlBsrAciBitmap,
    f.heAControlBsrDeltaTid,
    f.heAControlBsrAciHigh,
    f.heAControlBsrScalingFactor,
    f.heAControlBsrQueueSizeHigh,
    f.heAControlBsrQueueSizeAll,
  ]),
  4: control("UPH Control", 8, [
    f.heAControlUphUlPowerHeadroom,
    f.heAControlUphMinTransmitPowerFlag,
    f.heAControlUphReserved,
  ]),
  5: control("BQR Control", 10, [f.heAControlBqrAvailChanBitmap, f.heAControlBqrReserved]),
  6: control("Command and status", 8, [
    f.heAControlCciAcConstraint,
    f.heAControlCciRdgMorePpdu,
    f.heAControlCciSrPpduIndic,
    f.heAControlCciReserved,
  ]),
  7: control("EHT operating mode", 6, [
    f.heAControlEhtOmRxNssExt,
    f.heAControlEhtOmChanWExt,
    f.heAControlEhtOmTxNstsExt,
    f.heAControlEhtOmReserved,
  ]),
};
const NAMES: Readonly<Record<number, string>> = {
  0: "Triggered response scheduling",
  1: "Operating mode",
  2: "HE link adaptation",
  3: "Buffer status report",
  4: "UL power headroom",
  5: "Bandwidth query report",
  6: "Command Control Indication",
  7: "EHT operating mode",
};
const ALL = 30;

/** Aggregate control: numbered parts, one behind the other, until one is 0 or there is no room. */
function addAggregate(d: Dissection, at: number, all: number): void {
  d.openText(at, 4, d.labels ? `Aggregate Control: 0x${all.toString(16)}` : "");
  let done = 0;
  let rest = all;
  while (done + 8 <= ALL) {
    const id = rest & 15;
    if (done > 0 && rest === 0) break;
    const found = CONTROLS[id];
    d.add(f.heAControlCtrlId, at + (done >> 3), 1, id);
    if (d.labels) d.relabel(`Control ID: ${id}: ${NAMES[id] ?? `Reserved (${id})`}`);
    rest >>>= 4;
    done += 4;
    if (found === undefined || done + found.bits > ALL) {
      d.last = d.parent;
      d.expert(x.control);
      d.close();
      return;
    }
    addControl(d, at, rest & (2 ** found.bits - 1), found);
    rest >>>= found.bits;
    done += found.bits;
  }
  if (done < ALL - 4) {
    d.openText(at, 4, d.labels ? `Padding: 0x${rest.toString(16)}` : "");
    d.add(f.heAControlPadding, at, 4, rest);
    d.close();
  } else if (rest !== 0) {
    d.last = d.parent;
    d.expert(x.rest);
  }
  d.close();
}

function addControl(d: Dissection, at: number, value: number, { title, bits, fields }: Control): void {
  d.openText(
    at,
    4,
    d.labels ? `${title}: 0x${value.toString(16).padStart(Math.ceil(bits / 8) * 2, "0")}` : "",
  );
  for (const field of fields)
    d.add(field, at, 4, field.mask === 0 ? value : (value & field.mask) >>> field.shift);
  d.close();
}
