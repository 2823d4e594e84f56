/** The control field of HDLC, ISO/IEC 13239 section 5.3, as LLC (IEEE 802.2) and frame relay (Q.922) have it; AX.25 has its names. */
import type { Dissection } from "../dissect/dissection.ts";
import type { Field } from "../dissect/field.ts";

/** The fields of a control field; those of unnumbered frames are of one byte, the others of two. */
export interface HdlcControlFields {
  readonly control: Field;
  readonly receive: Field;
  readonly send: Field;
  readonly poll: Field;
  readonly final: Field;
  readonly poll8: Field;
  readonly final8: Field;
  readonly supervisory: Field;
  readonly command: Field;
  readonly response: Field;
  readonly frameI: Field;
  readonly frameS: Field;
  readonly frameU: Field;
}

const SUPERVISORY_SHORT = ["RR", "RNR", "REJ", "SREJ"] as const;
/** Short names of unnumbered frames by the whole control byte without its poll/final bit. */
const COMMANDS_SHORT: Readonly<Record<number, string>> = {
  3: "UI",
  7: "SIM",
  15: "SARM",
  35: "UP",
  47: "SABM",
  67: "DISC",
  79: "SARME",
  99: "UA",
  111: "SABME",
  131: "SNRM",
  135: "FRMR",
  143: "RSET",
  175: "XID",
  199: "CFGR",
  207: "SNRME",
  227: "TEST",
  239: "BCN",
};
const RESPONSES_SHORT: Readonly<Record<number, string>> = { ...COMMANDS_SHORT, 7: "RIM", 15: "DM", 67: "RD" };

/** The control field at the cursor: one byte of an unnumbered frame, else two, the first of which is the low one. */
export function peekHdlcControl(d: Dissection): number {
  return isUnnumbered(d.peek8()) ? d.peek8() : d.peek16le();
}

export const isUnnumbered = (control: number): boolean => (control & 3) === 3;

/** `SABME`, of an unnumbered frame's control byte. */
export function unnumberedFunction(control: number, isResponse: boolean): string {
  const names = isResponse ? RESPONSES_SHORT : COMMANDS_SHORT;
  return names[control & 0xef] ?? "Unknown";
}

/** `RR`, of a supervisory frame's control field: its first byte tells. */
export const supervisoryFunction = (control: number): string => SUPERVISORY_SHORT[(control >> 2) & 3];

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** `S P, func=RR, N(R)=0` */
export function hdlcControlText(control: number, isResponse: boolean): string {
  const unnumbered = isUnnumbered(control);
  const set = unnumbered ? (control & 0x10) !== 0 : (control & 0x0100) !== 0;
  const mark = set ? (isResponse ? " F" : " P") : "";
  if (unnumbered) return `U${mark}, func=${unnumberedFunction(control, isResponse)}`;
  const received = control >> 9;
  if (control & 1) return `S${mark}, func=${supervisoryFunction(control)}, N(R)=${received}`;
  return `I${mark}, N(R)=${received}, N(S)=${(control >> 1) & 0x7f}`;
}

/**
 * Adds the control field at the cursor and moves on behind it.
 * @param shown what the field's value is; `control` unless the field is narrower
 */
export function addHdlcControl(
  d: Dissection,
  f: HdlcControlFields,
  control: number,
  isResponse: boolean,
  shown = control,
): void {
  const at = d.pos;
  const unnumbered = isUnnumbered(control);
  const length = unnumbered ? 1 : 2;
  d.skip(length);
  if (!d.building) return;
  d.open(f.control, at, length, shown);
  if (d.labels) {
    const text = hdlcControlText(control, isResponse);
    d.relabel(`Control field: ${text} (0x${hex(control, length * 2).toUpperCase()})`);
  }
  if (unnumbered) {
    if (control & 0x10) d.bits(isResponse ? f.final8 : f.poll8, at, 1);
    d.bits(isResponse ? f.response : f.command, at, 1);
    d.bits(f.frameU, at, 1);
  } else {
    d.bitsLe(f.receive, at, 2);
    if ((control & 1) === 0) d.bitsLe(f.send, at, 2);
    if (control & 0x0100) d.bitsLe(isResponse ? f.final : f.poll, at, 2);
    if (control & 1) {
      d.bitsLe(f.supervisory, at, 2);
      d.bitsLe(f.frameS, at, 2);
    } else d.bitsLe(f.frameI, at, 2);
  }
  d.close();
}
