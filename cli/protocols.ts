/** The protocols a run knows beside those of Tapline, and what it takes for which of them. */
import { join } from "node:path";
import { decodeChoices, setDecodeAs } from "../engine/custom/decode-as.ts";
import {
  DECODE_NONE,
  DECODE_TABLE_NAMES,
  DECODE_TABLES,
  type DecodeAsEntry,
  isDecodeTable,
} from "../engine/dissect/decode-tables.ts";
import { setPreferences } from "../engine/dissect/preferences.ts";
import "../engine/protocols/index.ts";
import { protocolFilesIn } from "../engine/session/protocol-folder.ts";
import { stateFolder } from "../engine/session/stores.ts";
import type { Arguments, DecodeAs } from "./arguments.ts";
import { complain, RunError, UsageError } from "./errors.ts";

/**
 * Reads the protocol files of the settings' folder and of the command line, and does what `-d` and `-o` ask for. A broken file
 * of the folder is complained of.
 * @throws RunError when a file of the command line is broken, UsageError when `-d` names what is not there
 */
export async function prepareProtocols(a: Arguments): Promise<void> {
  const folder = join(stateFolder(), "protocols");
  if (a.protocolFiles.length > 0 || protocolFilesIn(folder).length > 0) {
    const { ProtocolFiles, problemLine } = await import("../engine/session/protocol-files.ts");
    const { files } = new ProtocolFiles(folder, a.protocolFiles).list();
    const broken = files.filter(({ problems }) => problems.length > 0);
    const lines = broken.map((file) => file.problems.map((problem) => problemLine(file, problem)));
    const asked = broken.findIndex((_, i) => files.indexOf(broken[i]) < new Set(a.protocolFiles).size);
    if (asked !== -1) throw new RunError(lines[asked].join("\n"));
    for (const line of lines.flat()) complain(line);
  }
  setPreferences(a.preferences);
  setDecodeAs(a.decodeAs.flatMap(entriesOf));
}

/** @throws UsageError naming what is allowed */
function entriesOf({ table, from, to, protocol }: DecodeAs): DecodeAsEntry[] {
  if (!isDecodeTable(table))
    throw new UsageError(`-d knows no table "${table}"; it knows ${DECODE_TABLE_NAMES.join(", ")}.`);
  const { most } = DECODE_TABLES[table];
  if (to > most) throw new UsageError(`-d: ${table} has numbers up to ${most}, not ${to}.`);
  if (to - from >= MOST_VALUES)
    throw new UsageError(`-d takes up to ${MOST_VALUES} numbers at once, not ${to - from + 1}.`);
  const choices = decodeChoices(table).map(({ name }) => name);
  if (protocol !== DECODE_NONE && protocol !== "data" && !choices.includes(protocol))
    throw new UsageError(
      `-d ${table} knows no protocol "${protocol}"; it knows ${choices.join(", ")}, and ${DECODE_NONE}.`,
    );
  return Array.from({ length: to - from + 1 }, (_, i) => ({ table, value: from + i, protocol }));
}
const MOST_VALUES = 65_536;
