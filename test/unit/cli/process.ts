/** The built program in a process of its own, as from a shell; its output is gathered. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Words that start the program. */
export const PROGRAM: readonly string[] = [process.execPath, join(root, "dist/cli/tapline.js")];

export interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  out: string;
  err: string;
  /** The exit status; null when it was killed. */
  status: Promise<number | null>;
}

/**
 * Starts the program; its standard input stays open for the caller to write to and end.
 * @param limit milliseconds after which it is killed
 * @param via words before the program's own, as `ip netns exec NAME`
 */
export function startProgram(
  args: readonly string[],
  limit: number,
  env = process.env,
  via: readonly string[] = [],
): Run {
  const [command = "", ...rest] = [...via, ...PROGRAM, ...args];
  const child = spawn(command, rest, { cwd: root, stdio: ["pipe", "pipe", "pipe"], env });
  const timer = setTimeout(() => child.kill("SIGKILL"), limit);
  const run: Run = { child, out: "", err: "", status: Promise.resolve(null) };
  child.stdin.on("error", () => undefined);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    run.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    run.err += text;
  });
  run.status = new Promise((resolve) =>
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(code);
    }),
  );
  return run;
}
