/**
 * The browser face: the same window, served on loopback.
 *
 *   node dist/server/main.js [--port N] [--protocol-file FILE] [FILE]
 */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeHost } from "../engine/session/host.ts";
import { problemLine } from "../engine/session/protocol-files.ts";
import { serve } from "./serve.ts";

function fail(message: string): never {
  console.error(`tapline: ${message}`);
  process.exit(2);
}

function options(): { port: number; file: string | null; protocolFiles: string[] } {
  try {
    const { values, positionals } = parseArgs({
      options: {
        port: { type: "string", default: "0" },
        "protocol-file": { type: "string", multiple: true, default: [] },
      },
      allowPositionals: true,
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      fail(`--port takes a number from 0 to 65535, not "${values.port}".`);
    if (positionals.length > 1) fail(`only one capture can be opened; "${positionals[1]}" is one too many.`);
    const file = positionals[0] === undefined ? null : resolve(positionals[0]);
    return { port, file, protocolFiles: values["protocol-file"] };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const { port, file, protocolFiles } = options();
if (file !== null && statSync(file, { throwIfNoEntry: false }) === undefined)
  fail(`there is no file "${file}".`);

try {
  const host = makeHost("browser", protocolFiles);
  for (const each of host.protocols.list().files)
    for (const problem of each.problems) console.error(`tapline: ${problemLine(each, problem)}`);
  const server = await serve({ host, port, file });
  let ending = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, async () => {
      if (ending) process.exit(1);
      ending = true;
      for (const spool of await server.close()) {
        console.log(`Packets that were not saved are kept in ${spool}`);
      }
      process.exit(0);
    });
  }
  // Last: whoever reads this line may end the process at once.
  console.log(`Tapline is at ${server.url}`);
} catch (error) {
  if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
    fail(
      `port ${port} is in use, perhaps by another Tapline; choose another with --port, or leave it out for a free one.`,
    );
  }
  fail(error instanceof Error ? error.message : String(error));
}
