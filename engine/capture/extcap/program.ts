/** Runs extcap programs. They are anyone's: what they answer is bounded in size and time. */
import { type ChildProcess, spawn } from "node:child_process";
import type { CaptureError, Result } from "../driver.ts";

/** Bytes of an answer, and of what is kept of complaints. */
const MOST_OUTPUT = 2 * 1024 * 1024;
const MOST_COMPLAINT = 2000;

/** How long a question may take, in milliseconds. */
export const QUESTION_MS = 15_000;

export interface ProgramAnswer {
  readonly output: string;
  readonly status: number;
  /** The end of what it wrote to standard error. */
  readonly complaint: string;
}

/** Ends a program together with what it has started. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended.
  }
}

/** Starts a program in a process group of its own; what it says on standard error is kept to its last lines. */
export function startProgram(
  path: string,
  args: readonly string[],
): { child: ChildProcess; complaint: () => string } {
  const child = spawn(path, [...args], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    windowsHide: true,
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-MOST_COMPLAINT);
  });
  return { child, complaint: () => printable(complaint) };
}

/** Without the bytes that would move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "").trim();
}

/** Why a program could not be started. */
export function startError(path: string, error: NodeJS.ErrnoException): CaptureError {
  const why = error.code === "EACCES" ? "it may not be run by this user" : error.message;
  return { code: "source", message: `"${path}" could not be started: ${why}.` };
}

/** Asks a program something and waits for its end. The error is one for the user. */
export function ask(
  path: string,
  args: readonly string[],
  timeoutMs = QUESTION_MS,
): Promise<Result<ProgramAnswer>> {
  return new Promise((resolve) => {
    const { child, complaint } = startProgram(path, args);
    const chunks: Buffer[] = [];
    let length = 0;
    let problem: string | null = null;
    const giveUp = (why: string): void => {
      problem ??= why;
      signalGroup(child, "SIGKILL");
    };
    const timer = setTimeout(
      () => giveUp(`did not answer "${args[0]}" within ${timeoutMs / 1000} seconds`),
      timeoutMs,
    );
    child.stdout?.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > MOST_OUTPUT) giveUp(`answered "${args[0]}" with more than ${MOST_OUTPUT} bytes`);
      else chunks.push(chunk);
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({ ok: false, error: startError(path, error) });
    });
    // Not "close": something it has started may hold its output open for ever.
    child.on("exit", () => setTimeout(() => child.stdout?.destroy(), 1000).unref());
    child.on("close", (code) => {
      clearTimeout(timer);
      if (problem !== null) {
        resolve({ ok: false, error: { code: "source", message: `"${path}" ${problem}.` } });
        return;
      }
      const output = Buffer.concat(chunks).toString("utf8");
      resolve({ ok: true, value: { output, status: code ?? -1, complaint: complaint() } });
    });
  });
}
