/** What the filter language knows of Wireshark's field types: which compare with which, and what each can do. */
import type { Field, FieldType } from "../dissect/field.ts";

/**
 * Types whose values can be compared with one another share a group; the group also says what a value is at run
 * time: numbers for "integer", "float", "boolean", "ipxnet" and "ipv4"; bigints (ns) for "time" and "duration";
 * text for "string"; bytes for all others.
 */
export type Group =
  | "integer"
  | "float"
  | "boolean"
  | "string"
  | "bytes"
  | "protocol"
  | "none"
  | "ipv4"
  | "ipv6"
  | "time"
  | "duration"
  | "eui64"
  | "ipxnet";

/** The type of an operand; `fields` are those whose value names its literals may use. */
export interface OperandType {
  readonly type: FieldType;
  readonly group: Group;
  readonly fields: readonly Field[];
}

export function groupOf(type: FieldType): Group {
  switch (type) {
    case "FT_NONE":
      return "none";
    case "FT_PROTOCOL":
      return "protocol";
    case "FT_BOOLEAN":
      return "boolean";
    case "FT_FLOAT":
    case "FT_DOUBLE":
      return "float";
    case "FT_ABSOLUTE_TIME":
      return "time";
    case "FT_RELATIVE_TIME":
      return "duration";
    case "FT_STRING":
    case "FT_STRINGZ":
    case "FT_UINT_STRING":
      return "string";
    case "FT_IPv4":
      return "ipv4";
    case "FT_IPv6":
      return "ipv6";
    case "FT_EUI64":
      return "eui64";
    case "FT_IPXNET":
      return "ipxnet";
    case "FT_BYTES":
    case "FT_UINT_BYTES":
    case "FT_ETHER":
    case "FT_GUID":
    case "FT_OID":
    case "FT_REL_OID":
    case "FT_AX25":
    case "FT_VINES":
    case "FT_FCWWN":
    case "FT_SYSTEM_ID":
      return "bytes";
    default:
      return "integer";
  }
}

export function typeOf(type: FieldType, fields: readonly Field[] = []): OperandType {
  return { type, group: groupOf(type), fields };
}

const NAMES: Readonly<Partial<Record<FieldType, string>>> = {
  FT_NONE: "label",
  FT_PROTOCOL: "protocol",
  FT_BOOLEAN: "true or false",
  FT_CHAR: "character",
  FT_FLOAT: "floating point number",
  FT_DOUBLE: "floating point number",
  FT_ABSOLUTE_TIME: "date and time",
  FT_RELATIVE_TIME: "time span",
  FT_STRING: "text",
  FT_STRINGZ: "text",
  FT_UINT_STRING: "text",
  FT_BYTES: "bytes",
  FT_UINT_BYTES: "bytes",
  FT_ETHER: "MAC address",
  FT_IPv4: "IPv4 address",
  FT_IPv6: "IPv6 address",
  FT_IPXNET: "IPX network number",
  FT_FRAMENUM: "frame number",
  FT_GUID: "GUID",
  FT_OID: "object identifier",
  FT_EUI64: "EUI-64 address",
  FT_AX25: "AX.25 address",
  FT_VINES: "VINES address",
  FT_FCWWN: "Fibre Channel name",
  FT_REL_OID: "relative object identifier",
  FT_SYSTEM_ID: "OSI system ID",
};

/** The type in words: "unsigned integer, 2 bytes". */
export function typeTitle(type: FieldType): string {
  const named = NAMES[type];
  if (named !== undefined) return named;
  const bytes = integerBits(type) / 8;
  const sign = isSigned(type) ? "signed" : "unsigned";
  return `${sign} integer, ${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
}

export function isSigned(type: FieldType): boolean {
  return type.startsWith("FT_INT");
}

/** Bits of an integer type; characters have 8, frame and network numbers 32. */
export function integerBits(type: FieldType): number {
  if (type === "FT_CHAR") return 8;
  return Number(/^FT_U?INT(\d+)$/.exec(type)?.[1] ?? 32);
}

export function canSlice({ type, group }: OperandType): boolean {
  if (type === "FT_GUID") return false;
  return (
    group === "bytes" ||
    group === "string" ||
    group === "protocol" ||
    group === "ipv4" ||
    group === "ipv6" ||
    group === "eui64"
  );
}

export function canContain({ type, group }: OperandType): boolean {
  if (group === "string" || group === "protocol" || group === "eui64") return true;
  return type !== "FT_GUID" && group === "bytes";
}

export function canMatch({ type, group }: OperandType): boolean {
  if (group === "string" || group === "protocol" || group === "eui64") return true;
  return type === "FT_BYTES" || type === "FT_ETHER" || type === "FT_AX25" || type === "FT_VINES";
}

export function canMask({ type, group }: OperandType): boolean {
  if (type === "FT_GUID" || type === "FT_OID" || type === "FT_REL_OID") return false;
  return ["integer", "ipxnet", "bytes", "ipv4", "ipv6", "eui64"].includes(group);
}

/** True when the type has the arithmetic operator (`-` with one operand included). */
export function canCompute({ group }: OperandType, operator: "+" | "-" | "*" | "/" | "%"): boolean {
  if (group === "integer") return true;
  if (group === "float") return operator !== "%";
  return group === "duration" && (operator === "+" || operator === "-");
}

/** True for fields whose values have names. */
export function hasValueNames({ fields }: OperandType): boolean {
  return fields.some((field) => field.names !== undefined || field.type === "FT_BOOLEAN");
}

/** Types that string() turns into text. */
export function canBeText({ type, group }: OperandType): boolean {
  if (["float", "ipv4", "ipv6", "eui64", "ipxnet"].includes(group)) return true;
  if (group === "integer") return type !== "FT_CHAR";
  return group === "bytes" && type !== "FT_BYTES" && type !== "FT_UINT_BYTES";
}
