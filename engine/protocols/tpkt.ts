/** TPKT, ISO transport services on top of TCP: RFC 1006 section 6, RFC 2126. */
import { type Dissection, ONE_MORE_SEGMENT } from "../dissect/dissection.ts";
import { bytes, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpHeuristics, tcpPorts } from "../dissect/tables.ts";
import { cotp } from "./cotp.ts";
import { data } from "./data.ts";

const f = {
  version: u8("tpkt.version", "Version"),
  reserved: u8("tpkt.reserved", "Reserved"),
  length: u16("tpkt.length", "Length"),
  continuation: bytes("tpkt.continuation_data", "Continuation data"),
};

export const tpkt = protocol({
  name: "tpkt",
  title: "TPKT - ISO on TCP - RFC1006",
  short: "TPKT",
  fields: f,
  linked: [],
  contained: true,
  on: [[tcpPorts, 102]],
  heuristicOn: [tcpHeuristics],
  test: beginsConnection,
  dissect,
});

const VERSION = 3;
const HEADER = 4;
/** The shortest TPDU that opens or confirms a connection. */
const CONNECTION = 7;

/** A whole packet with a request for a connection, or its confirmation, in it: what a port alone does not say. */
function beginsConnection(d: Dissection): boolean {
  if (d.remaining < HEADER + CONNECTION || d.peek8() !== VERSION || d.peek8(1) !== 0) return false;
  const code = d.peek8(5) & 0xf0;
  return (
    d.peek16(2) === d.wireRemaining &&
    d.peek8(4) < d.wireRemaining - HEADER &&
    (code === 0xe0 || code === 0xd0)
  );
}

function dissect(d: Dissection): void {
  const { end, wireEnd, canDesegment } = d;
  if (d.columns) d.setInfo("");
  const first = d.pos;
  d.canDesegment = false;
  while (d.pos < end) {
    const start = d.pos;
    const there = wireEnd - start;
    if (d.buf[start] !== VERSION) {
      d.onePdu(addContinuation, start > first);
      break;
    }
    if (there < HEADER) {
      if (canDesegment) d.wantMore(start, ONE_MORE_SEGMENT);
      else d.onePdu(addContinuation, start > first);
      break;
    }
    if (end - start < HEADER) {
      d.onePdu(dissectPacket, start > first);
      break;
    }
    const size = d.peek16(2);
    if (size < HEADER) {
      d.onePdu(addContinuation, start > first);
      break;
    }
    if (canDesegment && there < size) {
      d.wantMore(start, size - there);
      break;
    }
    d.sizedPdu(size, dissectPacket, start > first);
  }
  d.canDesegment = canDesegment;
}

function addContinuation(d: Dissection): void {
  if (d.columns) d.setInfo("Continuation");
  d.bytes(f.continuation, d.remaining);
}

function dissectPacket(d: Dissection): void {
  d.need(HEADER);
  if (d.labels) d.relabelLayer(`TPKT, Version: ${VERSION}, Length: ${d.peek16(2)}`);
  d.u8(f.version);
  d.u8(f.reserved);
  d.u16(f.length);
  if (d.wireRemaining === 0) return;
  d.call(cotp.refuses?.(d) === true ? data : cotp);
}
