/** Ethernet frames over Bluetooth: Bluetooth Network Encapsulation Protocol 1.0. */
import { ADDRESS_ETHER } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, ether, expert, nameOf, none, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { l2capPsms } from "./btl2cap.ts";
import { callEthertype, ETHERTYPE_NAMES } from "./ethertype.ts";
import { UUIDS } from "./names/bluetooth.ts";

const TYPES: Readonly<Record<number, string>> = {
  0: "General Ethernet",
  1: "Control",
  2: "Compressed Ethernet",
  3: "Compressed Ethernet Source Only",
  4: "Compressed Ethernet Destination Only",
  127: "Reserved for 802.2 LLC Packets for IEEE 802.15.1 WG",
};
const CONTROLS: Readonly<Record<number, string>> = {
  0: "Command Not Understood",
  1: "Setup Connection Request",
  2: "Setup Connection Response",
  3: "Filter Net Type Set",
  4: "Filter Net Type Response",
  5: "Filter Multi Addr Set",
  6: "Filter Multi Addr Response",
};
const SETUP_RESULTS: Readonly<Record<number, string>> = {
  0: "Operation Successful",
  1: "Operation FAIL: Invalid Destination Service UUID",
  2: "Operation FAIL: Invalid Source Service UUID",
  3: "Operation FAIL: Invalid Service UUID Size",
  4: "Operation FAIL: Connection Not Allowed",
};
const NET_RESULTS: Readonly<Record<number, string>> = {
  0: "Operation Successful",
  1: "Unsupported Request",
  2: "Operation FAIL: Invalid Networking Protocol Type Range",
  3: "Operation FAIL: Too many filters",
  4: "Operation FAIL: Unable to fulfill request due to security reasons",
};
const MULTICAST_RESULTS: Readonly<Record<number, string>> = {
  ...NET_RESULTS,
  2: "Operation FAIL: Invalid Multicast Address",
};
const GROUP = ["Group address (multicast/broadcast)", "Individual address (unicast)"] as const;
const LOCAL = [
  "Locally administered address (this is NOT the factory default)",
  "Globally unique address (factory default)",
] as const;

const f = {
  extended: bool("btbnep.extension_flag", "Extension Flag", { mask: 0x80 }),
  type: u8("btbnep.bnep_type", "BNEP Type", { base: "HEX", mask: 0x7f, names: TYPES }),
  control: u8("btbnep.control_type", "Control Type", { base: "HEX", names: CONTROLS }),
  extensionType: u8("btbnep.extension_type", "Extension Type", {
    base: "HEX",
    names: { 0: "Extension Control" },
  }),
  extensionLength: u16("btbnep.extension_length", "Extension Length"),
  unknown: u8("btbnep.unknown_control_type", "Unknown Control Type", { base: "HEX", names: CONTROLS }),
  uuidSize: u8("btbnep.uuid_size", "UIDD Size"),
  destinationService: none("btbnep.destination_service_uuid", "Destination Service UUID"),
  sourceService: none("btbnep.source_service_uuid", "Source Service UUID"),
  setupResult: u16("btbnep.setup_connection_response_message", "Response Message", {
    base: "HEX",
    names: SETUP_RESULTS,
  }),
  netResult: u16("btbnep.filter_net_type_response_message", "Response Message", {
    base: "HEX",
    names: NET_RESULTS,
  }),
  multicastResult: u16("btbnep.filter_multi_addr_response_message", "Response Message", {
    base: "HEX",
    names: MULTICAST_RESULTS,
  }),
  listLength: u16("btbnep.list_length", "List Length"),
  typeStart: u16("btbnep.network_type_start", "Network Protocol Type Range Start", {
    base: "HEX",
    names: ETHERTYPE_NAMES,
  }),
  typeEnd: u16("btbnep.network_type_end", "Network Protocol Type Range End", {
    base: "HEX",
    names: ETHERTYPE_NAMES,
  }),
  multicastStart: ether("btbnep.multicast_address_start", "Multicast Address Start"),
  multicastEnd: ether("btbnep.multicast_address_end", "Multicast Address End"),
  destination: ether("btbnep.dst", "Destination"),
  source: ether("btbnep.src", "Source"),
  address: ether("btbnep.addr", "Address"),
  local: bool("btbnep.lg", "LG bit", { bits: 24, mask: 0x020000, tf: LOCAL }),
  group: bool("btbnep.ig", "IG bit", { bits: 24, mask: 0x010000, tf: GROUP }),
  protocol: u16("btbnep.type", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  length: u16("btbnep.len", "Length"),
};

const x = {
  group: expert(
    "btbnep.src.not_group_address",
    "warning",
    "Protocol",
    "Source MAC must not be a group address: IEEE 802.3-2002, Section 3.2.3(b)",
  ),
};

export const btbnep = protocol({
  name: "btbnep",
  title: "Bluetooth BNEP Protocol",
  short: "BNEP",
  fields: f,
  experts: x,
  on: [[l2capPsms, 15]],
  dissect,
});

const GENERAL = 0;
const CONTROL = 1;
const SOURCE_ONLY = 3;
const DESTINATION_ONLY = 4;
const LAST_TYPE = 4;
const MAX_LENGTH = 1500;

function dissect(d: Dissection): void {
  let extended = d.bits(f.extended, d.pos, 1) === 1;
  const type = d.bits(f.type, d.pos, 1);
  d.skip(1);
  if (d.columns) d.addInfo(nameOf(TYPES, type) ?? "Unknown type");
  let ethertype = -1;
  if (type === CONTROL) dissectControl(d);
  else if (type <= LAST_TYPE) {
    if (type === GENERAL || type === DESTINATION_ONLY) {
      d.setDestination(ADDRESS_ETHER, d.buf, d.pos, 6);
      addAddress(d, false);
    }
    if (type === GENERAL || type === SOURCE_ONLY) {
      d.setSource(ADDRESS_ETHER, d.buf, d.pos, 6);
      addAddress(d, true);
    }
    ethertype = d.peek16();
    d.u16(ethertype > MAX_LENGTH ? f.protocol : f.length);
    if (d.columns) d.addInfo(` - Type: ${nameOf(ETHERTYPE_NAMES, ethertype) ?? "Unknown"}`);
  }
  while (extended && d.remaining >= 2) {
    extended = d.bits(f.extended, d.pos, 1) === 1;
    d.u8(f.extensionType);
    const length = d.u8(f.extensionLength);
    const stop = Math.min(d.pos + length, d.end);
    if (length > 0) dissectControl(d);
    d.pos = stop;
  }
  if (ethertype > MAX_LENGTH && d.remaining > 0) callEthertype(d, ethertype);
}

function addAddress(d: Dissection, isSource: boolean): void {
  const at = d.pos;
  const group = d.peek8() & 1;
  d.ether(isSource ? f.source : f.destination);
  d.openLast();
  if (isSource && group === 1) {
    d.close();
    d.expert(x.group);
    d.openLast();
  }
  d.pos = at;
  d.ether(f.address);
  d.bits(f.local, at, 3);
  d.bits(f.group, at, 3);
  d.close();
}

function dissectControl(d: Dissection): void {
  const type = d.u8(f.control);
  if (d.columns) d.addInfo(` - ${nameOf(CONTROLS, type) ?? "Unknown type"}`);
  switch (type) {
    case 0:
      d.u8(f.unknown);
      break;
    case 1:
      addServices(d);
      break;
    case 2: {
      const result = d.u16(f.setupResult);
      if (d.columns) d.addInfo(` - ${nameOf(SETUP_RESULTS, result) ?? "Unknown"}`);
      break;
    }
    case 3:
    case 5: {
      const length = d.u16(f.listLength);
      const stop = Math.min(d.pos + length, d.end);
      while (d.pos < stop) {
        if (type === 3) {
          d.u16(f.typeStart);
          d.u16(f.typeEnd);
        } else {
          d.ether(f.multicastStart);
          d.ether(f.multicastEnd);
        }
      }
      break;
    }
    case 4:
    case 6: {
      const result = d.u16(type === 4 ? f.netResult : f.multicastResult);
      if (d.columns)
        d.addInfo(` - ${nameOf(type === 4 ? NET_RESULTS : MULTICAST_RESULTS, result) ?? "Unknown"}`);
      break;
    }
  }
}

/** Both services by UUIDs of one size. */
function addServices(d: Dissection): void {
  const size = d.u8(f.uuidSize);
  d.need(2 * size);
  const names = [0, size].map((ahead) => {
    const short = size === 2 ? d.peek16(ahead) : d.peek16(ahead + 2);
    return (size === 2 || size === 4 ? UUIDS[short] : undefined) ?? "Unknown";
  });
  d.add(f.destinationService, d.pos, size, null);
  if (d.labels) d.append(` (${names[0]})`);
  d.skip(size);
  d.add(f.sourceService, d.pos, size, null);
  if (d.labels) d.append(` (${names[1]})`);
  d.skip(size);
  if (d.columns) d.addInfo(` - dst: <${names[0]}>, src: <${names[1]}>`);
}
