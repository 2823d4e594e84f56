/** Lines that are not any protocol's: plain text, malformed and cut-short marks, expert information. */
import { expert, Field, none, str, u32 } from "./field.ts";
import { protocol } from "./protocol.ts";

/** The field of lines that are text only. */
export const TEXT = new Field("", "", "FT_NONE");

const nothing = (): void => undefined;

export const malformedExpert = expert(
  "_ws.malformed.expert",
  "error",
  "Malformed",
  "Malformed Packet (Exception occurred)",
);

export const malformed = protocol({
  name: "_ws.malformed",
  title: "Malformed Packet",
  short: "Malformed packet",
  experts: { malformedExpert },
  dissect: nothing,
}).field;

export const shortFrame = protocol({
  name: "_ws.short",
  title: "Short Frame",
  short: "Short frame",
  dissect: nothing,
}).field;

export const unreassembledExpert = expert(
  "_ws.unreassembled.expert",
  "note",
  "Reassemble",
  "Unreassembled fragment (change preferences to enable reassembly)",
);

export const unreassembled = protocol({
  name: "_ws.unreassembled",
  title: "Unreassembled Fragmented Packet",
  short: "Unreassembled fragmented packet",
  experts: { unreassembledExpert },
  dissect: nothing,
}).field;

export const strayCharacters = expert(
  "_ws.string.trailing_stray_characters",
  "warning",
  "Undecoded",
  "Trailing stray characters",
);

protocol({
  name: "_ws.string",
  title: "Packet contains strings with trailing stray characters",
  short: "String",
  experts: { strayCharacters },
  dissect: nothing,
});

/** Severity codes; labels show the name alone. */
const SEVERITIES: Readonly<Record<number, string>> = {
  1048576: "Comment",
  2097152: "Chat",
  4194304: "Note",
  6291456: "Warning",
  8388608: "Error",
};

const GROUPS: Readonly<Record<number, string>> = {
  16777216: "Checksum",
  33554432: "Sequence",
  50331648: "Response",
  67108864: "Request",
  83886080: "Undecoded",
  100663296: "Reassemble",
  117440512: "Malformed",
  134217728: "Debug",
  150994944: "Protocol",
  167772160: "Security",
  184549376: "Comment",
  201326592: "Decryption",
  218103808: "Assumption",
  234881024: "Deprecated",
  251658240: "Receive",
  268435456: "Interface",
};

const SEVERITY_CODES = codesOf(SEVERITIES);
const GROUP_CODES = codesOf(GROUPS);

/** The parts of every expert line (`_ws.expert`). */
export const expertFields = {
  expert: none("_ws.expert", "Expert Info"),
  message: str("_ws.expert.message", "Message"),
  group: u32("_ws.expert.group", "Group", { base: "CUSTOM", names: GROUPS, text: (code) => GROUPS[code] }),
  severity: u32("_ws.expert.severity", "Severity level", {
    base: "CUSTOM",
    names: SEVERITIES,
    text: (code) => SEVERITIES[code],
  }),
} as const;

protocol({
  name: "_ws.expert.info",
  title: "Expert Info",
  short: "Expert",
  fields: expertFields,
  dissect: nothing,
});

export const severityCode = (severity: string): number => SEVERITY_CODES[severity];
export const groupCode = (group: string): number => GROUP_CODES[group.toLowerCase()];

function codesOf(names: Readonly<Record<number, string>>): Record<string, number> {
  return Object.fromEntries(Object.entries(names).map(([code, name]) => [name.toLowerCase(), Number(code)]));
}
