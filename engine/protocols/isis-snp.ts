/** IS-IS sequence numbers PDUs, complete and partial: ISO 10589 sections 9.10 to 9.13. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, type Expert, expert, type Field, str, systemId, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { formatSystemId } from "../dissect/text.ts";
import { checksumStatusText } from "./checksum.ts";
import {
  addAuthentication,
  addInstance,
  addTlvs,
  headerLength,
  ISIS_HEADER,
  idLength,
  isisTypes,
  type Tlv,
  type TlvFamily,
} from "./isis-tlv.ts";
import { addExpertLine, addOsiChecksum } from "./osi.ts";

const f = {
  pduLength: u16("isis.csnp.pdu_length", "PDU length"),
  sourceId: systemId("isis.csnp.source_id", "Source-ID"),
  sourceCircuit: bytes("isis.csnp.source_circuit", "Source-ID-Circuit"),
  startLspId: systemId("isis.csnp.start_lsp_id", "Start LSP-ID"),
  endLspId: systemId("isis.csnp.end_lsp_id", "End LSP-ID"),
  lspId: systemId("isis.csnp.lsp_id", "LSP-ID"),
  lspSeqNum: u32("isis.csnp.lsp_seq_num", "LSP Sequence Number", { base: "HEX" }),
  lspRemainLife: u16("isis.csnp.lsp_remain_life", "Remaining Lifetime"),
  lspChecksum: u16("isis.csnp.lsp_checksum", "LSP checksum", { base: "HEX" }),
  checksum: u16("isis.csnp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("isis.csnp.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    text: checksumStatusText,
  }),
  clvType: u8("isis.csnp.clv.type", "Type"),
  clvLength: u8("isis.csnp.clv.length", "Length"),
  ipAuthentication: str("isis.csnp.ip_authentication", "IP Authentication"),
  authentication: bytes("isis.csnp.authentication", "Authentication"),
  iid: u16("isis.csnp.iid", "Instance Identifier"),
  supportedItid: u16("isis.csnp.supported_itid", "Supported ITID"),
};

const partial = {
  pduLength: u16("isis.psnp.pdu_length", "PDU length"),
  sourceId: systemId("isis.psnp.source_id", "Source-ID"),
  sourceCircuit: bytes("isis.psnp.source_circuit", "Source-ID-Circuit"),
  clvType: u8("isis.psnp.clv.type", "Type"),
  clvLength: u8("isis.psnp.clv.length", "Length"),
};

const x = {
  shortPdu: expert("isis.csnp.short_pdu", "error", "Malformed", "PDU length less than header length"),
  longPdu: expert("isis.csnp.long_pdu", "error", "Malformed", "PDU length greater than packet length"),
  checksum: expert("isis.csnp.bad_checksum", "error", "Checksum", "Bad checksum"),
  short: expert("isis.csnp.short_clv", "error", "Malformed", "Short packet"),
  authentication: expert(
    "isis.csnp.authentication.unknown",
    "warning",
    "Protocol",
    "Unknown authentication type",
  ),
  unknown: expert("isis.csnp.clv.unknown", "note", "Undecoded", "Unknown option"),
};

const partialExperts = {
  shortPdu: expert("isis.psnp.short_pdu", "error", "Malformed", "PDU length less than header length"),
  longPdu: expert("isis.psnp.long_pdu", "error", "Malformed", "PDU length greater than packet length"),
  short: expert("isis.psnp.short_clv", "error", "Malformed", "Short CLV"),
  unknown: expert("isis.psnp.clv.unknown", "note", "Undecoded", "Unknown option"),
};

export const isisCsnp = protocol({
  name: "isis.csnp",
  title: "ISO 10589 ISIS Complete Sequence Numbers Protocol Data Unit",
  short: "ISIS CSNP",
  fields: f,
  experts: x,
  on: [[isisTypes, 24, 25]],
  dissect: dissectComplete,
});

export const isisPsnp = protocol({
  name: "isis.psnp",
  title: "ISO 10589 ISIS Partial Sequence Numbers Protocol Data Unit",
  short: "ISIS PSNP",
  fields: partial,
  experts: partialExperts,
  on: [[isisTypes, 26, 27]],
  dissect: dissectPartial,
});

function dissectComplete(d: Dissection): void {
  const start = d.pos - ISIS_HEADER;
  const id = idLength(d, start);
  const options = addLength(d, f.pduLength, start, x.shortPdu, x.longPdu);
  addSource(d, f.sourceId, f.sourceCircuit, id);
  d.bytes(f.startLspId, id + 2);
  if (d.columns) d.addInfo(`, Start LSP-ID: ${formatSystemId(d.peekBytes(id + 2, -id - 2))}`);
  d.bytes(f.endLspId, id + 2);
  if (d.columns) d.addInfo(`, End LSP-ID: ${formatSystemId(d.peekBytes(id + 2, -id - 2))}`);
  if (options >= 0) addTlvs(d, options, COMPLETE, start);
}

function dissectPartial(d: Dissection): void {
  const start = d.pos - ISIS_HEADER;
  const options = addLength(d, partial.pduLength, start, partialExperts.shortPdu, partialExperts.longPdu);
  addSource(d, partial.sourceId, partial.sourceCircuit, idLength(d, start));
  if (options >= 0) addTlvs(d, options, PARTIAL, start);
}

/** Returns the length of the options; negative when the PDU is shorter than its header. */
function addLength(d: Dissection, field: Field, start: number, short: Expert, long: Expert): number {
  const length = d.u16(field);
  const header = headerLength(d, start);
  if (length < header) d.expert(short);
  else if (length > d.wireEnd - start) d.expert(long);
  return length - header;
}

function addSource(d: Dissection, field: Field, circuit: Field, id: number): void {
  d.bytes(field, id);
  if (d.columns) d.addInfo(`, Source-ID: ${formatSystemId(d.peekBytes(id + 1, -id))}`);
  d.bytes(circuit, 1);
}

/** LSP entries, code 9. */
function addEntries(short: Expert): Tlv[1] {
  return (d, length, start) => {
    const id = idLength(d, start);
    const size = id + 10;
    for (let left = length; left > 0; left -= size) {
      if (left < size) {
        addExpertLine(d, short, d.pos, d.remaining, `Short SNP header entry (${left} vs ${size})`);
        return;
      }
      d.openText(d.pos, size, "LSP Entry");
      const at = d.pos;
      d.need(size);
      d.pos = at + id + 4;
      d.u32(f.lspSeqNum);
      d.pos = at;
      d.u16(f.lspRemainLife);
      d.pos = at + id + 8;
      d.u16(f.lspChecksum);
      if (d.labels) d.close();
      d.pos = at + 2;
      d.bytes(f.lspId, id + 2);
      d.pos = at + size;
    }
  };
}

const CHECKSUM = { checksum: f.checksum, status: f.checksumStatus, bad: x.checksum, digits: 4 };

/** RFC 3358. */
function addChecksum(short: Expert): Tlv[1] {
  return (d, length, start) => {
    if (length !== 2) {
      const text = `incorrect checksum length (${length}), should be (2)`;
      addExpertLine(d, short, d.pos, length, text);
      return;
    }
    const at = start + ISIS_HEADER;
    const pdu = (d.buf[at] << 8) | d.buf[at + 1];
    addOsiChecksum(d, CHECKSUM, start, start + pdu, d.peek16() !== 0);
  };
}

function addIpAuthentication(d: Dissection, length: number): void {
  if (length > 0) d.str(f.ipAuthentication, length, "ascii");
}

const options = (short: Expert): Readonly<Record<number, Tlv>> => ({
  7: ["Instance Identifier", (d, n) => addInstance(d, n, f.iid, f.supportedItid, short)],
  9: ["LSP entries", addEntries(short)],
  10: ["Authentication", (d, n) => addAuthentication(d, n, f.authentication, x.authentication)],
  12: ["Checksum", addChecksum(short)],
  133: ["IP Authentication", addIpAuthentication],
});

const COMPLETE: TlvFamily = {
  type: f.clvType,
  length: f.clvLength,
  short: x.short,
  unknown: x.unknown,
  tlvs: options(x.short),
};
const PARTIAL: TlvFamily = {
  type: partial.clvType,
  length: partial.clvLength,
  short: partialExperts.short,
  unknown: partialExperts.unknown,
  tlvs: options(x.short),
};
