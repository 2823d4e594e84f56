/** `-G`: what this build knows, in tshark's tab-separated lines. */
import { type Field, isInteger, RangeNames } from "../engine/dissect/field.ts";
import { protocols } from "../engine/dissect/protocol.ts";
import "../engine/protocols/index.ts";
import type { Report } from "./arguments.ts";
import type { Output } from "./output.ts";

export function printReport(report: Report, out: Output): void {
  for (const { title, short, name, fields } of protocols) {
    if (report === "protocols") out.write(`${title}\t${short}\t${name}\n`);
    if (report === "fields") {
      out.write(`P\t${title}\t${name}\n`);
      for (const field of fields) out.write(fieldLine(field));
    }
    if (report === "values") for (const field of fields) out.write(valueLines(field));
  }
  out.flush();
}

/** `F	Destination	eth.dst	FT_ETHER	eth		0x0	` */
function fieldLine(field: Field): string {
  const base = isInteger(field.type)
    ? `BASE_${field.base}`
    : field.type !== "FT_BOOLEAN"
      ? ""
      : field.mask64 === 0n
        ? "0"
        : String(field.bits);
  const mask = `0x${field.mask64.toString(16)}`;
  return `F\t${field.title}\t${field.name}\t${field.type}\t${field.protocol}\t${base}\t${mask}\t${field.blurb}\n`;
}

/** `V	udp.checksum.status	1	Good`, `R` for ranges and `T` for what a boolean is called. */
function valueLines(field: Field): string {
  const hex = (value: number): string => `0x${value.toString(16)}`;
  if (field.type === "FT_BOOLEAN") return `T\t${field.name}\t${field.tf[0]}\t${field.tf[1]}\n`;
  if (field.names === undefined) return "";
  if (field.names instanceof RangeNames) {
    return field.names.ranges
      .map(([first, last, name]) => `R\t${field.name}\t${hex(first)}\t${hex(last)}\t${name}\n`)
      .join("");
  }
  const number = field.base.includes("HEX") ? hex : String;
  return Object.entries(field.names)
    .map(([value, name]) => `V\t${field.name}\t${number(Number(value))}\t${name}\n`)
    .join("");
}
