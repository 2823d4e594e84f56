/** What Linux's Bluetooth monitor tells: LINKTYPE_BLUETOOTH_LINUX_MONITOR, four bytes in front of each packet. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, ether, nameOf, none, str, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { bluetoothTransports, bthciCommand, bthciEvent, bthciSco } from "./bluetooth.ts";
import { bthciAcl } from "./bthci-acl.ts";

const OPCODES: Readonly<Record<number, string>> = {
  0: "New Index",
  1: "Delete Index",
  2: "HCI Command Packet",
  3: "HCI Event Packet",
  4: "ACL Tx Packet",
  5: "ACL Rx Packet",
  6: "SCO Tx Packet",
  7: "SCO Rx Packet",
  8: "Open Index",
  9: "Close Index",
  10: "Index Info",
  11: "Vendor Diagnostic",
  12: "System Note",
  13: "User Logging",
  14: "Control Open",
  15: "Control Close",
  16: "Control Command",
  17: "Control Event",
};

const f = {
  adapter: u16("hci_mon.adapter_id", "Adapter ID"),
  opcode: u16("hci_mon.opcode", "Opcode", { names: OPCODES }),
  bus: u8("hci_mon.bus", "Bus", { base: "HEX", names: { 0: "BR/EDR", 1: "AMP" } }),
  type: u8("hci_mon.type", "Type", {
    base: "HEX",
    names: { 0: "Virtual", 1: "USB", 2: "PC Card", 3: "UART", 4: "RS232", 5: "PCI", 6: "SDIO" },
  }),
  address: ether("hci_mon.bd_addr", "BD_ADDR"),
  name: str("hci_mon.adapter_name", "Adapter Name"),
  manufacturer: u16("hci_mon.manufacturer", "Manufacturer", { base: "HEX" }),
  note: str("hci_mon.system_note", "System Note"),
  priority: u8("hci_mon.priority", "Priority"),
  identLength: u8("hci_mon.ident_length", "Ident Length"),
  ident: str("hci_mon.ident", "Ident"),
  cookie: u32("hci_mon.cookie", "Cookie", { base: "HEX" }),
  format: u16("hci_mon.format", "Format", { base: "HEX", names: { 0: "Rqw", 1: "User", 2: "Control" } }),
  version: u8("hci_mon.version", "Version"),
  revision: u16("hci_mon.version_minor", "Revision"),
  flags: u32("hci_mon.flags", "Flags", { base: "HEX" }),
  trusted: bool("hci_mon.flags.trusted_socket", "Trusted Socket", { mask: 0x1, bits: 32 }),
  commandLength: u8("hci_mon.command_length", "Command Length"),
  command: str("hci_mon.command", "Command"),
  event: u16("hci_mon.event", "Event", { base: "HEX" }),
  unknown: none("hci_mon.unknown_data", "Unknown data"),
};

export const hciMon = protocol({
  name: "hci_mon",
  title: "Bluetooth Linux Monitor Transport",
  short: "HCI_MON",
  fields: f,
  on: [[bluetoothTransports, 254]],
  dissect,
});

const NEW_INDEX = 0;
const DELETE_INDEX = 1;

function dissect(d: Dissection): void {
  const at = d.pos;
  // The four bytes in front are no part of the packet.
  const adapter = (d.buf[at - 4] << 8) | d.buf[at - 3];
  const opcode = (d.buf[at - 2] << 8) | d.buf[at - 1];
  d.generated(f.adapter, at, 0, adapter);
  d.generated(f.opcode, at, 0, opcode);
  if (d.columns) {
    const isInfo = opcode === NEW_INDEX || opcode === DELETE_INDEX;
    const way = isInfo ? "Info" : (opcode & 1) === 0 ? "Sent" : "Rcvd";
    d.setInfo(
      opcode >= 2 && opcode <= 7
        ? `${way} `
        : `${way} Adapter Id: ${adapter}, Opcode: ${nameOf(OPCODES, opcode) ?? "Unknown"}`,
    );
  }
  switch (opcode) {
    case NEW_INDEX:
      d.u8(f.bus);
      d.u8(f.type);
      addDevice(d);
      d.str(f.name, d.remaining);
      break;
    case 2:
      d.call(bthciCommand);
      return;
    case 3:
      d.call(bthciEvent);
      return;
    case 4:
    case 5:
      d.call(bthciAcl);
      return;
    case 6:
    case 7:
      d.call(bthciSco);
      return;
    case 10:
      addDevice(d);
      d.u16le(f.manufacturer);
      break;
    case 12:
      d.str(f.note, d.remaining);
      break;
    case 13: {
      d.u8(f.priority);
      const length = d.u8(f.identLength);
      d.str(f.ident, length);
      break;
    }
    case 14:
      addOpening(d);
      break;
    case 15:
      d.u32le(f.cookie);
      break;
    case 16:
      d.u32le(f.cookie);
      d.u16le(f.opcode);
      break;
    case 17:
      d.u32le(f.cookie);
      d.u16le(f.event);
      break;
  }
  if (d.remaining > 0) d.add(f.unknown, d.pos, d.remaining, null);
  d.pos = d.end;
}

function addDevice(d: Dissection): void {
  d.add(f.address, d.pos, 6, Uint8Array.from(d.peekBytes(6)).reverse());
  d.skip(6);
}

/** A program opens a socket of the management interface. */
function addOpening(d: Dissection): void {
  d.u32le(f.cookie);
  d.u16le(f.format);
  d.u8(f.version);
  d.u16le(f.revision);
  d.bitsetLe(f.flags, 4, [f.trusted]);
  const length = d.u8(f.commandLength);
  d.str(f.command, length);
}
