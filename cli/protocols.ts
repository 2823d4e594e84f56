/** The protocols a run knows beside those of Tapline, and what it takes for which of them. */
import { join } from "node:path";
import { protocolNamed } from "../engine/dissect/protocol.ts";
import { dissectorTable } from "../engine/dissect/tables.ts";
import "../engine/protocols/index.ts";
import { protocolFilesIn } from "../engine/session/protocol-folder.ts";
import { stateFolder } from "../engine/session/stores.ts";
import type { Arguments } from "./arguments.ts";
import { complain, RunError, UsageError } from "./errors.ts";

/**
 * Reads the protocol files of the settings' folder and of the command line, and does what `-d` asks for. A broken file
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
  for (const { table, value, protocol } of a.decodeAs) {
    const found = protocolNamed(protocol);
    const known = dissectorTable(table);
    if (known === undefined) throw new UsageError(`-d knows no table "${table}".`);
    if (found === undefined) throw new UsageError(`-d knows no protocol "${protocol}".`);
    known.add(value, found);
  }
}
