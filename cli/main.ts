/** What the command line asks for, done; and how it ends, said in one line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installationFolder } from "../engine/installation.ts";
import { type Arguments, helpText, parseArguments } from "./arguments.ts";
import {
  complain,
  EXIT_DONE,
  EXIT_ERROR,
  EXIT_USAGE,
  type ExitStatus,
  ReaderGone,
  RunError,
  UsageError,
} from "./errors.ts";
import type { Output } from "./output.ts";

function version(): string {
  const file = join(installationFolder(), "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/**
 * Runs the program.
 * @param argv the words behind the program's name
 * @returns the exit status; whatever went wrong has been told on stderr
 */
export function main(argv: readonly string[], out: Output): Promise<ExitStatus> {
  return run(argv, out).catch(explain);
}

async function run(argv: readonly string[], out: Output): Promise<ExitStatus> {
  if (argv[0] === "rpc") {
    const files = protocolFilesOf(argv.slice(1));
    const { serve } = await import("./rpc.ts");
    return serve(process.stdin, out, files);
  }
  return perform(parseArguments(argv), out);
}

/** The arguments of "tapline rpc". */
function protocolFilesOf(argv: readonly string[]): string[] {
  const files: string[] = [];
  for (let i = 0; i < argv.length; i += 2) {
    const file = argv.at(i + 1);
    if (argv[i] !== "--protocol-file")
      throw new UsageError(`"tapline rpc" takes no argument but --protocol-file, not "${argv[i]}".`);
    if (file === undefined) throw new UsageError("--protocol-file wants the path of a file.");
    files.push(file);
  }
  return files;
}

async function perform(a: Arguments, out: Output): Promise<ExitStatus> {
  if (a.command === "report" || a.command === "read" || a.command === "capture")
    await (await import("./protocols.ts")).prepareProtocols(a);
  switch (a.command) {
    case "help":
      out.write(helpText());
      out.flush();
      return EXIT_DONE;
    case "version":
      out.write(`Tapline ${version()}\n`);
      out.flush();
      return EXIT_DONE;
    case "report": {
      const { printReport } = await import("./report.ts");
      printReport(a.report, out);
      return EXIT_DONE;
    }
    case "list-interfaces":
      return (await import("./live.ts")).listInterfaces(out);
    case "list-link-types":
      return (await import("./live.ts")).listLinkTypes(a, out);
    case "list-time-stamp-types":
      return (await import("./live.ts")).listTimestampTypes(a, out);
    case "read":
      return (await import("./read.ts")).readFile(a, version(), out);
    default:
      return (await import("./live.ts")).capture(a, version(), out);
  }
}

/** Says what went wrong in one line; never a stack trace. */
export function explain(error: unknown): ExitStatus {
  if (error instanceof ReaderGone) return EXIT_DONE;
  if (error instanceof UsageError) {
    complain(`${error.message}\nTry "tapline -h" for help.`);
    return EXIT_USAGE;
  }
  if (error instanceof RunError) complain(error.message);
  else complain(`This is a mistake in Tapline itself: ${error instanceof Error ? error.message : error}`);
  return EXIT_ERROR;
}
