/** Starts programs, Tapline's own and anyone's: what they complain of is kept, and their time is limited. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import type { CaptureError, Result } from "./driver.ts";

/** How to start a program. */
export interface Program {
  /** What to call it in messages. */
  readonly title: string;
  readonly command: string;
  /** Arguments before all others. */
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** User id to run as, for tests of missing privileges; default: this process's own. */
  readonly uid?: number | undefined;
  /** True to start it in a process group of its own, with which what it has started ends. */
  readonly group?: boolean;
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  /** What the program reads from descriptor 3; null when none was asked for. */
  readonly input: Writable | null;
  /** The end of what it has written to standard error, without what would move a terminal's cursor. */
  complaint(): string;
  /** Ends it, and its group where it has one. */
  signal(signal: NodeJS.Signals): void;
}

/** Characters kept of complaints. */
const MOST_COMPLAINT = 2000;

/**
 * Starts a program; a start that is refused at once (a zero byte in an argument) is a result too.
 * @param withInput true to give it a descriptor 3 to read from
 */
export function startChild(program: Program, args: readonly string[], withInput = false): Result<Started> {
  const { command, env, uid, group = false } = program;
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(command, [...program.args, ...args], {
      stdio: ["pipe", "pipe", "pipe", ...(withInput ? (["pipe"] as const) : [])],
      env: { ...process.env, ...env },
      windowsHide: true,
      detached: group,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    }) as ChildProcessWithoutNullStreams;
  } catch (error) {
    return {
      ok: false,
      error: { code: "usage", message: error instanceof Error ? error.message : String(error) },
    };
  }
  const input = withInput ? ((child.stdio as readonly unknown[])[3] as Writable) : null;
  // Writing to a process that has just ended fails; its end is told by its exit.
  for (const stream of [child.stdin, input]) stream?.on("error", () => {});
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-MOST_COMPLAINT);
  });
  return {
    ok: true,
    value: {
      child,
      input,
      complaint: () => complaint.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "").trim(),
      signal: (signal) => {
        if (!group) child.kill(signal);
        else if (child.pid !== undefined) signalGroup(child.pid, signal);
      },
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

/** The error of a program that could not be started. */
export function startError(program: Program, error: NodeJS.ErrnoException): CaptureError {
  if (error.code === "ENOENT") {
    return { code: "unavailable", message: `${program.title} is not there: ${program.command}` };
  }
  if (error.code === "EACCES" || error.code === "EPERM") {
    return { code: "permission", message: `You may not run ${program.title} (${program.command}).` };
  }
  return { code: "helper-failed", message: `${program.title} could not be started: ${error.message}` };
}

/** How a program ended. */
export interface Exit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly complaint: string;
}

/** Milliseconds after its end that a program's output may be held open by something it has started. */
const HELD_OPEN_MS = 1000;

/**
 * Runs a program to its end, without anything to read.
 * @param onOutput is given what it prints; an error that it returns ends the program
 * @param timeoutMs how long it may take
 * @param late the error when it takes longer
 */
export function runChild(
  program: Program,
  args: readonly string[],
  onOutput: (chunk: Buffer) => CaptureError | null,
  timeoutMs: number,
  late: CaptureError,
): Promise<Result<Exit>> {
  const started = startChild(program, args);
  if (!started.ok) return Promise.resolve(started);
  const { child, complaint, signal: end } = started.value;
  return new Promise((resolve) => {
    let error: CaptureError | null = null;
    const fail = (why: CaptureError | null): void => {
      if (why === null) return;
      error ??= why;
      end("SIGKILL");
    };
    const timer = setTimeout(() => fail(late), timeoutMs);
    child.stdin.end();
    child.stdout.on("data", (chunk: Buffer) => fail(onOutput(chunk)));
    child.on("error", (why: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({ ok: false, error: startError(program, why) });
    });
    child.on("exit", () => {
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, HELD_OPEN_MS).unref();
    });
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      resolve(error ? { ok: false, error } : { ok: true, value: { status, signal, complaint: complaint() } });
    });
  });
}
