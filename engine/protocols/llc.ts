/** Logical link control, IEEE 802.2, and the subnetwork access protocol, IEEE 802 section 10.3. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, type Field, SET_NOTSET, u8, u16, u24 } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, linkTypes, llcSaps, snapPids } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { addHdlcControl, hdlcControlText } from "./hdlc-control.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";
import {
  APPLE_AWDL_NAMES,
  APPLE_NAMES,
  BLUETOOTH_NAMES,
  CIMETRICS_NAMES,
  CISCO_NAMES,
  COMMAND_NAMES,
  EXTREME_NAMES,
  FORCE10_NAMES,
  FOUNDRY_NAMES,
  FRAME_TYPE_NAMES,
  HPTEAM_NAMES,
  IANA_NAMES,
  NORTEL_NAMES,
  RESPONSE_NAMES,
  SAP_NAMES,
  SUPERVISORY_NAMES,
  WLCCP_NAMES,
} from "./names/llc.ts";

const sapName = (sap: number): string | undefined => SAP_NAMES[sap] ?? SAP_NAMES[sap & 0xfe];
const sapText = (value: number): string => sapName(value << 1) ?? "Unknown";

const f = {
  dsap: u8("llc.dsap", "DSAP", { base: "HEX", names: SAP_NAMES }),
  dsapSap: u8("llc.dsap.sap", "SAP", { base: "CUSTOM", mask: 0xfe, text: sapText }),
  dsapIg: bool("llc.dsap.ig", "IG Bit", { mask: 0x01, tf: ["Group", "Individual"] }),
  ssap: u8("llc.ssap", "SSAP", { base: "HEX", names: SAP_NAMES }),
  ssapSap: u8("llc.ssap.sap", "SAP", { base: "CUSTOM", mask: 0xfe, text: sapText }),
  ssapCr: bool("llc.ssap.cr", "CR Bit", { mask: 0x01, tf: ["Response", "Command"] }),
  control: u16("llc.control", "Control", { base: "HEX" }),
  receive: u16("llc.control.n_r", "N(R)", { mask: 0xfe00 }),
  send: u16("llc.control.n_s", "N(S)", { mask: 0x00fe }),
  poll: bool("llc.control.p", "Poll", { mask: 0x0100, bits: 16, tf: SET_NOTSET }),
  final: bool("llc.control.f", "Final", { mask: 0x0100, bits: 16, tf: SET_NOTSET }),
  poll8: bool("llc.control.p", "Poll", { mask: 0x10, tf: SET_NOTSET }),
  final8: bool("llc.control.f", "Final", { mask: 0x10, tf: SET_NOTSET }),
  supervisory: u16("llc.control.s_ftype", "Supervisory frame type", {
    base: "HEX",
    mask: 0x000c,
    names: SUPERVISORY_NAMES,
  }),
  command: u8("llc.control.u_modifier_cmd", "Command", { base: "HEX", mask: 0xec, names: COMMAND_NAMES }),
  response: u8("llc.control.u_modifier_resp", "Response", { base: "HEX", mask: 0xec, names: RESPONSE_NAMES }),
  frameI: u16("llc.control.ftype", "Frame type", { base: "HEX", mask: 0x0001, names: FRAME_TYPE_NAMES }),
  frameS: u16("llc.control.ftype", "Frame type", { base: "HEX", mask: 0x0003, names: FRAME_TYPE_NAMES }),
  frameU: u8("llc.control.ftype", "Frame type", { base: "HEX", mask: 0x03, names: FRAME_TYPE_NAMES }),
  type: u16("llc.type", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  oui: u24("llc.oui", "Organization Code", { base: "OUI" }),
  pid: u16("llc.pid", "Protocol ID", { base: "HEX" }),
  extreme: u16("llc.extreme_pid", "PID", { base: "HEX", names: EXTREME_NAMES }),
  hpteam: u16("llc.hpteam_pid", "PID", { base: "HEX", names: HPTEAM_NAMES }),
  foundry: u16("llc.foundry_pid", "PID", { base: "HEX", names: FOUNDRY_NAMES }),
  cisco: u16("llc.cisco_pid", "PID", { base: "HEX", names: CISCO_NAMES }),
  apple: u16("llc.apple_atalk_pid", "PID", { base: "HEX", names: APPLE_NAMES }),
  awdl: u16("llc.apple_awdl_pid", "PID", { base: "HEX", names: APPLE_AWDL_NAMES }),
  wlccp: u16("llc.wlccp_pid", "PID", { base: "HEX", names: WLCCP_NAMES }),
  bluetooth: u16("llc.bluetooth_pid", "PID", { base: "HEX", names: BLUETOOTH_NAMES }),
  cimetrics: u16("llc.cimetrics_pid", "PID", { base: "HEX", names: CIMETRICS_NAMES }),
  iana: u16("llc.iana_pid", "PID", { base: "HEX", names: IANA_NAMES }),
  nortel: u16("llc.nortel_pid", "PID", { base: "HEX", names: NORTEL_NAMES }),
  force10: u16("llc.force10_pid", "PID", { base: "HEX", names: FORCE10_NAMES }),
};

export const llc = protocol({
  name: "llc",
  title: "Logical-Link Control",
  short: "LLC",
  fields: f,
  on: [[linkTypes, 11, 100]],
  dissect,
});

const OUI_ETHERNET = 0x000000;
const OUI_CISCO_90 = 0x0000f8;
const OUI_BRIDGED = 0x0080c2;
/** Organisations whose protocol ids have names of their own. */
const ORGANISATIONS: Readonly<Record<number, { name: string; pid: Field }>> = {
  12: { name: "Cisco Systems, Inc", pid: f.cisco },
  94: { name: "ICANN, IANA Department", pid: f.iana },
  129: { name: "Nortel Networks", pid: f.nortel },
  1118: { name: "Compaq (HP)", pid: f.hpteam },
  4128: { name: "Cimetrics Technology, Inc", pid: f.cimetrics },
  6130: { name: "Apple, Inc.", pid: f.awdl },
  6488: { name: "Bluetooth SIG, Inc.", pid: f.bluetooth },
  16534: { name: "Cisco Systems, Inc", pid: f.wlccp },
  57387: { name: "Extreme Networks, Inc", pid: f.extreme },
  57474: { name: "Brocade Communications Systems LLC", pid: f.foundry },
  59393: { name: "Dell Inc.", pid: f.force10 },
  524295: { name: "Apple, Inc.", pid: f.apple },
};
const OUI_NAMES: Readonly<Record<number, string>> = {
  0: "Officially Xerox, but 0:0:0:0:0:0 is more common",
  248: "Digital Equipment Corporation",
  32962: "IEEE",
};
const ouiName = (oui: number): string => ORGANISATIONS[oui]?.name ?? OUI_NAMES[oui] ?? "Unknown";

const SNAP = 0xaa;
const UI = 0x03;
const XID = 0xaf;
const TEST = 0xe3;

function dissect(d: Dissection): void {
  const dsap = d.bitset(f.dsap, 1, DSAP_BITS);
  const ssap = d.bitset(f.ssap, 1, SSAP_BITS);
  const first = d.peek8();
  const unnumbered = (first & 3) === 3;
  const control = unnumbered ? first : d.peek16le();
  const isResponse = (ssap & 1) === 1;
  const text = d.building || d.columns ? hdlcControlText(control, isResponse) : "";
  addHdlcControl(d, f, control, isResponse);
  const snap = dsap === SNAP && (ssap & 0xfe) === SNAP;
  if (d.columns) {
    const name = (sap: number): string => sapName(sap) ?? `0x${hex(sap & 0xfe, 2)}`;
    const saps = `DSAP ${name(dsap)} ${dsap & 1 ? "Group" : "Individual"}, SSAP ${name(ssap & 0xfe)} ${isResponse ? "Response" : "Command"}`;
    d.setInfo(snap ? text : `${text}; ${saps}`);
  }
  if (snap) dissectSnap(d, text);
  else dissectPayload(d, dsap, control, unnumbered);
}

const DSAP_BITS = [f.dsapSap, f.dsapIg] as const;
const SSAP_BITS = [f.ssapSap, f.ssapCr] as const;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

function dissectSnap(d: Dissection, text: string): void {
  const oui = d.peek24();
  const pid = d.peek16(3);
  d.u24(f.oui);
  if (d.columns) {
    d.setInfo(
      `${text}; SNAP, OUI 0x${hex(oui, 6).toUpperCase()} (${ouiName(oui)}), PID 0x${hex(pid, 4).toUpperCase()}`,
    );
  }
  if (d.labels) {
    const bytes = `${hex(oui >> 16, 2)}:${hex((oui >> 8) & 255, 2)}:${hex(oui & 255, 2)}`;
    d.relabel(`Organization Code: ${bytes} (${ouiName(oui)})`);
  }
  if (oui === OUI_ETHERNET || (oui === OUI_CISCO_90 && ethertypes.get(pid) !== undefined)) {
    d.u16(f.type);
    d.call(ethertypes.get(pid) ?? data);
    return;
  }
  d.u16(oui === OUI_BRIDGED ? f.pid : (ORGANISATIONS[oui]?.pid ?? f.pid));
  // Bridged Ethernet whose frame check sequence was kept: RFC 2427 section 4.2.
  d.call(snapPids.get(oui * 0x1_0000 + pid) ?? data);
}

function dissectPayload(d: Dissection, dsap: number, control: number, unnumbered: boolean): void {
  if (d.remaining === 0) return;
  const kind = control & 0xef;
  const carriesData = unnumbered ? kind === UI || kind === XID || kind === TEST : (control & 1) === 0;
  const isTest = unnumbered && kind === TEST;
  if (unnumbered && kind === XID) {
    d.call(protocolNamed("basicxid") ?? data);
    return;
  }
  d.call(carriesData && !isTest ? (llcSaps.get(dsap & 0xfe) ?? data) : data);
}
