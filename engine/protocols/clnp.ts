/** Connectionless network protocol, ISO 8473, with reassembly of segmented units (section 6.8). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, frameNum, none, u8, u16, u32, YES_NO } from "../dissect/field.ts";
import type { Datagram } from "../dissect/fragments.ts";
import { protocol } from "../dissect/protocol.ts";
import { formatHex } from "../dissect/text.ts";
import { checksumStatusText } from "./checksum.ts";
import { cotp } from "./cotp.ts";
import { data } from "./data.ts";
import { NLPIDS } from "./names/osi.ts";
import { addOsiChecksum, addOsiOptions, formatNsap, osiIncluded } from "./osi.ts";
import { callReassembled, pieceHere } from "./reassembly.ts";

const segments = {
  fragments: none("clnp.segments", "CLNP Segments"),
  fragment: frameNum("clnp.segment", "CLNP Segment"),
  overlap: bool("clnp.segment.overlap", "Segment overlap"),
  conflict: bool("clnp.segment.overlap.conflict", "Conflicting data in segment overlap"),
  multipleTails: bool("clnp.segment.multipletails", "Multiple tail segments found"),
  tooLong: bool("clnp.segment.toolongsegment", "Segment too long"),
  error: frameNum("clnp.segment.error", "Reassembly error"),
  count: u32("clnp.segment.count", "Segment count"),
  reassembledIn: frameNum("clnp.reassembled_in", "Reassembled CLNP in frame"),
  reassembledLength: u32("clnp.reassembled.length", "Reassembled CLNP length"),
};

const f = {
  ...segments,
  nlpi: u8("clnp.nlpi", "Network Layer Protocol Identifier", { base: "HEX", names: NLPIDS }),
  len: u8("clnp.len", "HDR Length"),
  version: u8("clnp.version", "Version"),
  ttl: u8("clnp.ttl", "Holding Time"),
  type: u8("clnp.type", "PDU Type"),
  cnfSegmentation: bool("clnp.cnf.segmentation", "Segmentation permitted", { mask: 0x80, tf: YES_NO }),
  cnfMoreSegments: bool("clnp.cnf.more_segments", "More segments", { mask: 0x40, tf: YES_NO }),
  cnfReportError: bool("clnp.cnf.report_error", "Report error if PDU discarded", { mask: 0x20, tf: YES_NO }),
  cnfType: u8("clnp.cnf.type", "Type", {
    mask: 0x1f,
    names: { 28: "Data", 29: "Multicast Data", 1: "Error Report", 30: "Echo Request", 31: "Echo Response" },
  }),
  pduLen: u16("clnp.pdu.len", "PDU length"),
  dataUnitIdentifier: u16("clnp.data_unit_identifier", "Data unit identifier"),
  segmentOffset: u16("clnp.segment_offset", "Segment offset"),
  totalLength: u16("clnp.total_length", "Total length"),
  checksum: u16("clnp.checksum", "Checksum"),
  checksumStatus: u8("clnp.checksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
  dsapLen: u8("clnp.dsap.len", "DAL"),
  dsap: bytes("clnp.dsap", "DA"),
  ssapLen: u8("clnp.ssap.len", "SAL"),
  ssap: bytes("clnp.ssap", "SA"),
};

const x = {
  length: expert("clnp.len.bad", "error", "Malformed", "Header length value bad"),
  checksum: expert("clnp.bad_checksum", "error", "Checksum", "Bad checksum"),
};

export const clnp = protocol({
  name: "clnp",
  title: "ISO 8473/X.233 CLNP ConnectionLess Network Protocol",
  short: "CLNP",
  fields: f,
  experts: x,
  on: [[osiIncluded, 0x00, 0x81]],
  dissect,
});

const CHECKSUM = { checksum: f.checksum, status: f.checksumStatus, bad: x.checksum, digits: 0 };
const FIXED = 9;
const ERROR_REPORT = 1;
const DATA = 28;
const SHORT_TYPES: Readonly<Record<number, string>> = { 1: "ER", 28: "DT", 29: "MD", 30: "ERQ", 31: "ERP" };

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.peek8() === 0) {
    // The inactive subset of section 8: no header but the identifier.
    d.u8(f.nlpi);
    if (d.labels) d.relabel("Inactive subset");
    d.call(data);
    return;
  }
  const length = d.peek8(1);
  if (d.remaining >= 3 && d.peek8(2) !== 1) {
    d.call(data);
    return;
  }
  d.u8(f.nlpi);
  d.u8(f.len);
  if (length < FIXED) {
    d.expert(x.length, `Header length value < minimum length ${FIXED}`);
    return;
  }
  d.u8(f.version);
  const life = d.u8(f.ttl);
  if (d.labels) d.relabel(`Holding Time : ${life} (${Math.floor(life / 2)}.${(life % 2) * 5} secs)`);
  const flags = d.peek8();
  const type = flags & 0x1f;
  addType(d, flags, type);
  const pduLength = d.u16(f.pduLen);
  if (pduLength < length) {
    d.expert(x.length, `PDU length < header length ${length}`);
    return;
  }
  addOsiChecksum(d, CHECKSUM, start, start + length, d.peek16() !== 0);
  d.limit(pduLength - FIXED);
  const addressesAt = d.pos;
  addAddress(d, f.dsapLen, f.dsap);
  const selector = d.pos > addressesAt + 1 ? d.buf[d.pos - 1] : 0;
  addAddress(d, f.ssapLen, f.ssap);
  const addressesEnd = d.pos;
  let offset = 0;
  let id = 0;
  if (flags & 0x80) {
    id = d.u16(f.dataUnitIdentifier);
    offset = d.u16(f.segmentOffset);
    const total = d.u16(f.totalLength);
    if (total < pduLength) {
      d.expert(x.length, `Total length < segment length ${pduLength}`);
      return;
    }
  }
  const isSegment = offset !== 0 || (flags & (0x80 | 0x40)) === (0x80 | 0x40);
  addOsiOptions(d, start + length - d.pos);
  d.need(start + length - d.pos);
  d.pos = start + length;
  const whole = isSegment
    ? reassembled(d, d.buf.subarray(addressesAt, addressesEnd), offset, id, (flags & 0x40) !== 0)
    : null;
  if (whole !== null) {
    const next = (inner: Dissection): void => handOver(inner, type, selector);
    if (callReassembled(d, segments, "CLNP", whole, next)) return;
  }
  if (isSegment) {
    if (d.columns) d.setInfo(`Fragmented ${d.info}(off=${offset})`);
    if (d.remaining > 0) d.call(data);
  } else if (d.remaining > 0) handOver(d, type, selector);
}

/** The unit that is whole with this segment, whose data is at the cursor; null when it is not. */
function reassembled(
  d: Dissection,
  addresses: Uint8Array,
  offset: number,
  id: number,
  more: boolean,
): Datagram | null {
  const length = d.wireRemaining;
  if (d.remaining !== length || length === 0) return null;
  const key = `clnp,${formatHex(addresses)},${id}`;
  const datagram = d.datagram(key);
  if (datagram === undefined) return null;
  if (d.memory.indexing) d.memory.fragments.add(key, datagram, pieceHere(d, offset, length, more));
  if (datagram.reassembledIn === d.frame) return datagram;
  if (datagram.reassembledIn !== 0) d.generated(f.reassembledIn, d.pos, 0, datagram.reassembledIn);
  return null;
}

/** The selector that by custom is the transport protocol's. */
const TRANSPORT = 0x21;

function handOver(d: Dissection, type: number, selector: number): void {
  if (type === ERROR_REPORT) {
    d.openText(d.pos, d.remaining, "Discarded PDU");
    d.callQuoted(clnp);
    if (d.labels) d.close();
  } else if (type === DATA && selector === TRANSPORT && cotp.refuses?.(d) !== true) d.call(cotp);
  else d.call(data);
}

const FLAGS = [f.cnfSegmentation, f.cnfMoreSegments, f.cnfReportError, f.cnfType];

function addType(d: Dissection, flags: number, type: number): void {
  const name = SHORT_TYPES[type] ?? `Unknown (0x${type.toString(16).padStart(2, "0")})`;
  const letters = `${flags & 0x80 ? "S " : ""}${flags & 0x40 ? "M " : ""}${flags & 0x20 ? "E " : ""}`;
  d.bitset(f.type, 1, FLAGS);
  if (d.labels) d.relabel(`PDU Type     : 0x${flags.toString(16).padStart(2, "0")} (${letters}${name})`);
  if (d.columns) d.setInfo(`${name} NPDU ${letters}`);
}

function addAddress(d: Dissection, lengthField: Field, field: Field): void {
  const n = d.u8(lengthField);
  d.bytes(field, n);
  if (d.labels) d.relabel(`${field.title}: ${formatNsap(d.buf.subarray(d.pos - n, d.pos))}`);
}
