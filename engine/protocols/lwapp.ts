/** Lightweight access point protocol: RFC 5412, as Cisco's access points and controllers speak it over UDP. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, ether, type Field, SET_NOTSET, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, linkTypes, udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { callCarriedWlan } from "./wlan.ts";

const CONTROL_TYPES: Readonly<Record<number, string>> = {
  1: "DISCOVERY_REQUEST",
  2: "DISCOVERY_REPLY",
  3: "JOIN_REQUEST",
  4: "JOIN_REPLY",
  5: "HANDOFF_REQUEST",
  6: "HANDOFF_REPLY",
  7: "HANDOFF_COMMAND",
  8: "HANDOFF_RESPONSE",
  9: "HANDOFF_CONFIRM",
  10: "CONFIGURE_REQUEST",
  11: "CONFIGURE_RESPONSE",
  12: "CONFIGURE_COMMAND",
  13: "CONFIGURE_COMMAND_RES",
  14: "STATISTICS_INFO",
  15: "STATISTICS_INFO_RES",
  16: "CHANGE_STATE_EVENT",
  17: "CHANGE_STATE_EVENT_RES",
  18: "RRM_CONTROL_REQ",
  19: "RRM_CONTROL_RES",
  20: "RRM_DATA_REQ",
  21: "RRM_DATA_RES",
  22: "ECHO_REQUEST",
  23: "ECHO_RESPONSE",
  24: "IMAGE_DATA",
  25: "IMAGE_DATA_RES",
  26: "RESET_REQ",
  27: "RESET_RES",
  28: "I_AM_UP_REQ",
  29: "I_AM_UP_RES",
  30: "KEY_UPDATE_REQ",
  31: "KEY_UPDATE_RES",
  32: "PRIMARY_DISCOVERY_REQ",
  33: "PRIMARY_DISCOVERY_RES",
  34: "DATA_TRANSFER",
  35: "DATA_TRANSFER_RES",
  36: "RESET_REQ_CLEAR_CONFIG",
};

const f = {
  apIdentity: ether("lwapp.apid", "AP Identity"),
  version: u8("lwapp.version", "Version"),
  slot: u8("lwapp.slotId", "slotId"),
  flags: u8("lwapp.flags", "Flags", { base: "HEX" }),
  type: bool("lwapp.flags.type", "Type", { mask: 0x04, tf: ["LWAPP Control Packet", "Encapsulated 80211"] }),
  fragment: bool("lwapp.flags.fragment", "Fragment", { mask: 0x02, tf: SET_NOTSET }),
  fragmentType: bool("lwapp.flags.fragmentType", "Fragment Type", { mask: 0x01, tf: SET_NOTSET }),
  fragmentId: u8("lwapp.fragmentId", "Fragment Id", { base: "HEX" }),
  length: u16("lwapp.Length", "Length"),
  rssi: u8("lwapp.rssi", "RSSI", { base: "HEX" }),
  snr: u8("lwapp.snr", "SNR", { base: "HEX" }),
  controlType: u8("lwapp.control.type", "Control Type", { names: CONTROL_TYPES }),
  controlSequence: u8("lwapp.control.seqno", "Control Sequence Number"),
  controlLength: u16("lwapp.control.length", "Control Length"),
};

export const lwapp = protocol({
  name: "lwapp",
  title: "LWAPP Encapsulated Packet",
  short: "LWAPP",
  fields: f,
  on: [
    [udpPorts, 12222, 12223],
    [ethertypes, 0x88bb, 0xbbbb],
  ],
  dissect,
});

/** A whole Ethernet frame in LWAPP's layer 3 mode. */
export const lwappL3 = protocol({
  name: "lwapp-l3",
  title: "LWAPP Layer 3 Packet",
  short: "LWAPP-L3",
  on: [[udpPorts, 12220]],
  dissect: (d) => {
    d.call(linkTypes.get(1) ?? data);
  },
});

/** The access point names itself in control packets it sends; the controller's data port is 12222. */
const CONTROL_PORT = 12223;
const CONTROL = 0x04;
const FLAGS: readonly Field[] = [f.type, f.fragment, f.fragmentType];

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("");
  if (d.dstPort === CONTROL_PORT) d.ether(f.apIdentity);
  const at = d.pos;
  const first = d.peek8();
  d.add(f.version, at, 1, first >> 6);
  d.add(f.slot, at, 1, (first >> 3) & 7);
  const flags = first & 7;
  d.open(f.flags, at, 1, first & 0x3f);
  for (const field of FLAGS) {
    if (d.labels && flags & field.mask) d.appendParent(`, ${field.title}`);
    d.bits(field, at, 1);
  }
  d.close();
  d.pos = at + 1;
  d.u8(f.fragmentId);
  d.u16(f.length);
  d.u8(f.rssi);
  d.u8(f.snr);
  if ((flags & CONTROL) === 0) {
    if (d.columns) d.addInfo("Encapsulated 802.11");
    callCarriedWlan(d, false);
    return;
  }
  d.openBeside(lwappControl);
  const type = d.u8(f.controlType);
  if (d.columns) d.addInfo(`CNTL ${CONTROL_TYPES[type] ?? "Bad Type: 0x"}`);
  d.u8(f.controlSequence);
  d.u16(f.controlLength);
  d.close(d.pos);
  if (d.remaining > 0) d.call(data);
}

const lwappControl = protocol({
  name: "lwapp-cntl",
  title: "LWAPP Control Message",
  short: "LWAPP-CNTL",
  dissect: (d) => {
    d.call(data);
  },
});
