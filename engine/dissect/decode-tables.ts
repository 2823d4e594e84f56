/** The tables in which a user may say what a value stands for ("decode as"), under Wireshark's names. */

export interface DecodeTable {
  readonly title: string;
  /** Largest value. */
  readonly most: number;
  /** Hexadecimal digits its values are shown with; 0 for decimal numbers. */
  readonly digits: number;
}

export const DECODE_TABLES = {
  ethertype: { title: "Ethertype", most: 0xffff, digits: 4 },
  "ip.proto": { title: "IP protocol", most: 255, digits: 0 },
  "llc.dsap": { title: "LLC SAP", most: 255, digits: 2 },
  "ppp.protocol": { title: "PPP protocol", most: 0xffff, digits: 4 },
  "sctp.port": { title: "SCTP port", most: 0xffff, digits: 0 },
  "sctp.ppi": { title: "SCTP payload protocol identifier", most: 0xffff_ffff, digits: 0 },
  "tcp.port": { title: "TCP port", most: 0xffff, digits: 0 },
  "udp.port": { title: "UDP port", most: 0xffff, digits: 0 },
} as const satisfies Readonly<Record<string, DecodeTable>>;

export type DecodeTableName = keyof typeof DECODE_TABLES;
export const DECODE_TABLE_NAMES = Object.keys(DECODE_TABLES) as [DecodeTableName, ...DecodeTableName[]];

export function isDecodeTable(name: string): name is DecodeTableName {
  return Object.hasOwn(DECODE_TABLES, name);
}

/** The name that leaves a value's bytes undissected. */
export const DECODE_NONE = "none";

/** What has this value in the table is this protocol (its filter name), or "none". */
export interface DecodeAsEntry {
  readonly table: DecodeTableName;
  readonly value: number;
  readonly protocol: string;
}
