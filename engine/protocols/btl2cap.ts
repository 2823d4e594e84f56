/** Bluetooth logical link control: Bluetooth Core Specification 5.3, volume 3 part A. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, nameOf, none, u8, u16 } from "../dissect/field.ts";
import { DissectorTable, protocol } from "../dissect/protocol.ts";
import {
  CHANNELS,
  CONNECTION_RESULTS,
  CONNECTION_STATUS,
  INFORMATION_RESULTS,
  INFORMATION_TYPES,
  PSMS,
  REJECT_REASONS,
  SIGNALS,
} from "./names/bluetooth.ts";

/** Protocols on fixed channels. */
export const l2capChannels = new DissectorTable("btl2cap.cid", "L2CAP CID");

const f = {
  length: u16("btl2cap.length", "Length"),
  cid: u16("btl2cap.cid", "CID", { base: "HEX", names: CHANNELS }),
  payload: bytes("btl2cap.payload", "Payload"),
  command: none("btl2cap.command", "Command"),
  code: u8("btl2cap.cmd_code", "Command Code", { base: "HEX", names: SIGNALS }),
  ident: u8("btl2cap.cmd_ident", "Command Identifier", { base: "HEX" }),
  commandLength: u16("btl2cap.cmd_length", "Command Length"),
  psm: u16("btl2cap.psm", "PSM", { base: "HEX", names: PSMS }),
  scid: u16("btl2cap.scid", "Source CID", { base: "HEX", names: CHANNELS }),
  dcid: u16("btl2cap.dcid", "Destination CID", { base: "HEX", names: CHANNELS }),
  result: u16("btl2cap.result", "Result", { base: "HEX", names: CONNECTION_RESULTS }),
  status: u16("btl2cap.status", "Status", { base: "HEX", names: CONNECTION_STATUS }),
  reason: u16("btl2cap.rej_reason", "Reason", { base: "HEX", names: REJECT_REASONS }),
  infoType: u16("btl2cap.info_type", "Information Type", { base: "HEX", names: INFORMATION_TYPES }),
  infoResult: u16("btl2cap.info_result", "Result", { base: "HEX", names: INFORMATION_RESULTS }),
  moveResult: u16("btl2cap.move_result", "Move Result", {
    base: "HEX",
    names: { 0: "Accepted", 1: "Rejected" },
  }),
  minInterval: u16("btl2cap.min_interval", "Min. Interval"),
  maxInterval: u16("btl2cap.max_interval", "Max. Interval"),
  latency: u16("btl2cap.slave_latency", "Slave Latency", { unit: " LL Connection Events" }),
  timeout: u16("btl2cap.timeout_multiplier", "Timeout Multiplier"),
};

export const btl2cap = protocol({
  name: "btl2cap",
  title: "Bluetooth L2CAP Protocol",
  short: "L2CAP",
  fields: f,
  dissect,
});

const SIGNALING = 1;
const LE_SIGNALING = 5;

function dissect(d: Dissection): void {
  const length = d.u16le(f.length);
  const cid = d.u16le(f.cid);
  d.limit(length);
  if (cid === SIGNALING || cid === LE_SIGNALING) {
    while (d.remaining > 0) dissectCommand(d);
    return;
  }
  const next = l2capChannels.get(cid);
  if (next !== undefined) {
    d.call(next);
    return;
  }
  if (d.columns) d.addInfo("Connection oriented channel");
  if (d.remaining > 0) d.bytes(f.payload, d.remaining);
}

/** Signaling packets, section 4. */
function dissectCommand(d: Dissection): void {
  const at = d.pos;
  const code = d.peek8();
  const length = d.peek16le(2);
  const name = nameOf(SIGNALS, code) ?? "Unknown";
  d.open(f.command, at, 4 + length);
  if (d.labels) d.append(`: ${name}`);
  if (d.columns) d.addInfo(name);
  d.u8(f.code);
  d.u8(f.ident);
  d.u16le(f.commandLength);
  const { end, wireEnd } = d;
  const stop = d.pos + length;
  d.limit(length);
  dissectBody(d, code);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = stop;
  d.close();
}

const hex = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;

function dissectBody(d: Dissection, code: number): void {
  switch (code) {
    case 0x01:
      d.u16le(f.reason);
      break;
    case 0x02: {
      const psm = d.u16le(f.psm);
      const scid = d.u16le(f.scid);
      if (d.columns) d.addInfo(` (${nameOf(PSMS, psm) ?? "Unknown"}, SCID: ${hex(scid)})`);
      break;
    }
    case 0x03: {
      const dcid = d.u16le(f.dcid);
      const scid = d.u16le(f.scid);
      const result = d.u16le(f.result);
      d.u16le(f.status);
      if (d.columns) {
        const text = result === 0 ? "Success" : (nameOf(CONNECTION_RESULTS, result) ?? "Unknown");
        d.addInfo(` - ${text} (SCID: ${hex(scid)}, DCID: ${hex(dcid)})`);
      }
      break;
    }
    case 0x04: {
      const dcid = d.u16le(f.dcid);
      if (d.columns) d.addInfo(` (DCID: ${hex(dcid)})`);
      break;
    }
    case 0x05: {
      const scid = d.u16le(f.scid);
      if (d.columns) d.addInfo(` - Success (SCID: ${hex(scid)})`);
      break;
    }
    case 0x06:
    case 0x07:
      d.u16le(f.dcid);
      d.u16le(f.scid);
      break;
    case 0x0a: {
      const type = d.u16le(f.infoType);
      if (d.columns) d.addInfo(` (${nameOf(INFORMATION_TYPES, type) ?? "Unknown"})`);
      break;
    }
    case 0x0b: {
      const type = d.u16le(f.infoType);
      const result = d.u16le(f.infoResult);
      if (d.columns) {
        const names = [nameOf(INFORMATION_TYPES, type), nameOf(INFORMATION_RESULTS, result)];
        d.addInfo(` (${names.map((name) => name ?? "Unknown").join(", ")})`);
      }
      break;
    }
    case 0x12:
      for (const field of [f.minInterval, f.maxInterval]) {
        const value = d.u16le(field);
        d.append(` (${value * 1.25} msec)`);
      }
      d.u16le(f.latency);
      d.append(` (${d.u16le(f.timeout) / 100} sec)`);
      break;
    case 0x13: {
      const result = d.u16le(f.moveResult);
      if (d.columns) d.addInfo(` (${result === 0 ? "Accepted" : "Rejected"})`);
      break;
    }
    default:
      break;
  }
}
