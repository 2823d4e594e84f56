import type { DecodeAs, FrameDetail } from "../../engine/api.ts";
import { findField } from "./tree.ts";

export type DecodeTable = DecodeAs["table"];
export interface DecodePlace {
  table: DecodeTable;
  value: number;
}

const FIELDS: readonly (readonly [table: DecodeTable, fields: readonly string[]])[] = [
  ["tcp.port", ["tcp.srcport", "tcp.dstport"]],
  ["udp.port", ["udp.srcport", "udp.dstport"]],
  ["sctp.port", ["sctp.srcport", "sctp.dstport"]],
  ["ip.proto", ["ip.proto", "ipv6.nxt"]],
  ["ethertype", ["eth.type", "sll.etype"]],
];

/** A number as a filter writes it: `443`, `0x0800`; null for what is none. */
export function readNumber(text: string): number | null {
  return /^(0x[0-9a-f]+|\d+)$/i.test(text.trim()) ? Number(text.trim()) : null;
}

/** Tables and values through which a packet's protocols were found, ports first, the lower port before the higher. */
export function decodePlaces(frame: FrameDetail | null): DecodePlace[] {
  if (frame === null) return [];
  return FIELDS.flatMap(([table, names]) => {
    const values = names.flatMap((name) => {
      const value = /(0x[0-9a-f]+|\d+)$/i.exec(findField(frame.tree, name)?.filter ?? "")?.[0];
      return value === undefined ? [] : [Number(value)];
    });
    return [...new Set(values)].sort((a, b) => a - b).map((value) => ({ table, value }));
  });
}

/** The value as the table's values are written. */
export const valueText = (value: number, digits: number): string =>
  digits === 0 ? String(value) : `0x${value.toString(16).padStart(digits, "0")}`;
