/** User Datagram Protocol, RFC 768. */
import { CONVERSATION_UDP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, relTime, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols, udpHeuristics, udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";

const f = {
  srcPort: u16("udp.srcport", "Source Port", { base: "PT_UDP" }),
  dstPort: u16("udp.dstport", "Destination Port", { base: "PT_UDP" }),
  port: u16("udp.port", "Source or Destination Port", { base: "PT_UDP" }),
  length: u16("udp.length", "Length"),
  checksum: u16("udp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("udp.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    names: { 0: "Bad", 1: "Good", 2: "Unverified", 3: "Not present" },
    text: (value) => ["Bad", "Good", "Unverified", "Not present"][value],
  }),
  stream: u32("udp.stream", "Stream index"),
  timeRelative: relTime("udp.time_relative", "Time since first frame"),
  timeDelta: relTime("udp.time_delta", "Time since previous frame"),
  payload: bytes("udp.payload", "Payload"),
};

export const udp = protocol({
  name: "udp",
  title: "User Datagram Protocol",
  short: "UDP",
  fields: f,
  on: [[ipProtocols, 17]],
  dissect,
});

function dissect(d: Dissection): void {
  const start = d.pos;
  const srcPort = d.u16(f.srcPort);
  const dstPort = d.u16(f.dstPort);
  d.hidden(f.port, start, 2, srcPort);
  d.hidden(f.port, start + 2, 2, dstPort);
  const length = d.u16(f.length);
  d.u16(f.checksum);
  d.srcPort = srcPort;
  d.dstPort = dstPort;
  if (length >= 8) d.limit(length - 8);
  if (d.columns) d.setInfo(`${srcPort} → ${dstPort} Len=${length - 8}`);
  if (d.labels) d.relabelLayer(`User Datagram Protocol, Src Port: ${srcPort}, Dst Port: ${dstPort}`);
  d.converse(CONVERSATION_UDP, srcPort, dstPort);
  d.generated(f.stream, start, 0, d.streamNumber);
  if (d.building) d.add(f.payload, d.pos, d.remaining, d.buf.subarray(d.pos, d.end));
  d.call(
    udpPorts.get(Math.min(srcPort, dstPort)) ??
      udpPorts.get(Math.max(srcPort, dstPort)) ??
      udpHeuristics.find(d) ??
      data,
  );
}
