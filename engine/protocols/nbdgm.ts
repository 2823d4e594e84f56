/** NetBIOS Datagram Service, RFC 1002 section 4.4. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, type Field, ipv4, str, u8, u16, YES_NO } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { kindText, readName } from "./netbios-name.ts";

const TYPES: Readonly<Record<number, string>> = {
  16: "Direct_unique datagram",
  17: "Direct_group datagram",
  18: "Broadcast datagram",
  19: "Datagram error",
  20: "Datagram query request",
  21: "Datagram positive query response",
  22: "Datagram negative query response",
};

const f = {
  type: u8("nbdgm.type", "Message Type", { names: TYPES }),
  flags: u8("nbdgm.flags", "Flags", { base: "HEX" }),
  more: bool("nbdgm.next", "More fragments follow", { mask: 0x01, tf: YES_NO }),
  first: bool("nbdgm.first", "This is first fragment", { mask: 0x02, tf: YES_NO }),
  node: u8("nbdgm.node_type", "Node Type", {
    mask: 0x0c,
    names: { 0: "B node", 1: "P node", 2: "M node", 3: "NBDD" },
  }),
  id: u16("nbdgm.dgram_id", "Datagram ID", { base: "HEX" }),
  sourceIp: ipv4("nbdgm.src.ip", "Source IP"),
  sourcePort: u16("nbdgm.src.port", "Source Port"),
  length: u16("nbdgm.dgram_len", "Datagram length"),
  offset: u16("nbdgm.pkt_offset", "Packet offset"),
  error: u8("nbdgm.error_code", "Error code", {
    base: "HEX",
    names: {
      130: "Destination name not present",
      131: "Invalid source name format",
      132: "Invalid destination name format",
    },
  }),
  source: str("nbdgm.source_name", "Source name"),
  destination: str("nbdgm.destination_name", "Destination name"),
};

export const nbdgm = protocol({
  name: "nbdgm",
  title: "NetBIOS Datagram Service",
  short: "NBDS",
  fields: f,
  contained: true,
  on: [[udpPorts, 138]],
  dissect,
});

const DIRECT_UNIQUE = 0x10;
const BROADCAST = 0x12;
const ERROR = 0x13;
const QUERY_REQUEST = 0x14;
const NEGATIVE_RESPONSE = 0x16;
const FLAGS = [f.more, f.first, f.node] as const;

function dissect(d: Dissection): void {
  const type = d.peek8();
  if (d.columns) d.setInfo(TYPES[type] ?? `Unknown message type (0x${type.toString(16).padStart(2, "0")})`);
  d.u8(f.type);
  addFlags(d, f.flags, 1, FLAGS);
  d.u16(f.id);
  d.ipv4(f.sourceIp);
  d.u16(f.sourcePort);
  if (type >= DIRECT_UNIQUE && type <= BROADCAST) {
    d.u16(f.length);
    if (d.labels) d.append(" bytes");
    d.u16(f.offset);
    if (d.labels) d.append(" bytes");
    addEncodedName(d, f.source);
    addEncodedName(d, f.destination);
    if (d.remaining > 0) d.call(data);
  } else if (type === ERROR) d.u8(f.error);
  else if (type >= QUERY_REQUEST && type <= NEGATIVE_RESPONSE) addEncodedName(d, f.destination);
}

/** Reads a name in the encoding of RFC 1001 section 14.1 and adds it as `field`. */
export function addEncodedName(d: Dissection, field: Field): string {
  const start = d.pos;
  const name = readName(d, start);
  if (d.building) {
    d.add(field, start, d.pos - start, name);
    if (d.labels) d.append(kindText());
  }
  return name;
}
