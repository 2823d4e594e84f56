/** The service specific connection oriented protocol of signalling over ATM (ITU-T Q.2110). */
import type { Dissection } from "../dissect/dissection.ts";
import { str, u8, u24 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { q2931 } from "./q2931.ts";

const TYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Begin",
  2: "Begin Acknowledge",
  3: "End",
  4: "End Acknowledge",
  5: "Resynchronization",
  6: "Resynchronization Acknowledge",
  7: "Begin Reject",
  8: "Sequenced Data",
  9: "Error Recovery",
  10: "Status Request",
  11: "Solicited Status Response",
  12: "Unsolicited Status Response",
  13: "Unnumbered Data",
  14: "Management Data",
  15: "Error Acknowledge",
};

const f = {
  type: u8("sscop.type", "PDU Type", { base: "HEX", mask: 0x0f, names: TYPE_NAMES }),
  sq: u8("sscop.sq", "N(SQ)"),
  mr: u24("sscop.mr", "N(MR)"),
  s: u24("sscop.s", "N(S)"),
  ps: u24("sscop.ps", "N(PS)"),
  r: u24("sscop.r", "N(R)"),
  statS: u24("sscop.stat.s", "N(S)"),
  pad: u8("sscop.pad_length", "Pad length"),
  source: str("sscop.source", "Source"),
};

export const sscop = protocol({
  name: "sscop",
  title: "SSCOP",
  short: "SSCOP",
  fields: f,
  contained: true,
  dissect,
});

const BEGIN = 1;
const BEGIN_ACKNOWLEDGE = 2;
const END = 3;
const RESYNCHRONIZATION = 5;
const RESYNCHRONIZATION_ACKNOWLEDGE = 6;
const BEGIN_REJECT = 7;
const SEQUENCED_DATA = 8;
const ERROR_RECOVERY = 9;
const STATUS_REQUEST = 10;
const SOLICITED_STATUS = 11;
const UNSOLICITED_STATUS = 12;
const UNNUMBERED_DATA = 13;
const ERROR_ACKNOWLEDGE = 15;

/** A PDU's numbers stand at its end, in a trailer; `at(n)` below is the place `n` bytes before it. */
function dissect(d: Dissection): void {
  const { end } = d;
  d.needAt(d.pos, d.wireRemaining);
  if (end - d.pos < 4) d.malformed();
  const type = d.buf[end - 4] & 0x0f;
  const pad = d.buf[end - 4] >> 6;
  if (d.columns) d.setInfo(TYPE_NAMES[type] ?? `Unknown PDU type (0x${type.toString(16).padStart(2, "0")})`);
  d.bits(f.type, end - 4, 1);
  const number = (field: typeof f.mr, before: number): void => {
    if (end - before < d.pos) d.malformed();
    if (d.building) d.add(field, end - before, 3, d.peek24(end - before - d.pos));
  };
  const padLength = (): void => d.add(f.pad, end - 4, 1, pad);
  switch (type) {
    case BEGIN:
    case RESYNCHRONIZATION:
    case ERROR_RECOVERY:
      if (end - 5 < d.pos) d.malformed();
      d.add(f.sq, end - 5, 1, d.buf[end - 5]);
      number(f.mr, 3);
      if (type !== ERROR_RECOVERY) padLength();
      break;
    case BEGIN_ACKNOWLEDGE:
    case RESYNCHRONIZATION_ACKNOWLEDGE:
    case ERROR_ACKNOWLEDGE:
      number(f.mr, 3);
      if (type === BEGIN_ACKNOWLEDGE) padLength();
      break;
    case END:
      d.add(f.source, end - 4, 1, (d.buf[end - 4] & 0x10) !== 0 ? "SSCOP" : "User");
      padLength();
      break;
    case BEGIN_REJECT:
    case UNNUMBERED_DATA:
      padLength();
      break;
    case STATUS_REQUEST:
      number(f.ps, 7);
      number(f.s, 3);
      break;
    case SOLICITED_STATUS:
      number(f.ps, 11);
      number(f.mr, 7);
      number(f.r, 3);
      addList(d, end - 12);
      break;
    case UNSOLICITED_STATUS:
      number(f.mr, 7);
      number(f.r, 3);
      addList(d, end - 8);
      break;
    case SEQUENCED_DATA:
      number(f.s, 3);
      padLength();
      if (end - 4 - pad > d.pos) {
        d.layerEnd(end);
        d.limit(end - 4 - pad - d.pos);
        d.call(q2931);
      }
      break;
  }
}

/** Numbers of PDUs that are missing, in pairs of the first and the one behind the last: four bytes each. */
function addList(d: Dissection, end: number): void {
  if (!d.building || end - d.pos < 4) return;
  d.openText(d.pos, end - d.pos, "SD List");
  for (let at = d.pos; at + 4 <= end; at += 4) d.add(f.statS, at + 1, 3, d.peek24(at + 1 - d.pos));
  d.close();
}
