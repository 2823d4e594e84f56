/**
 * Runs a capturing program and turns its messages into driver callbacks. Both drivers stand on this.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { z } from "zod";
import type {
  CaptureCallbacks,
  CaptureEnd,
  CaptureError,
  CaptureHandle,
  CaptureStats,
  DriverInterface,
  Result,
  StartOptions,
} from "./driver.ts";
import { NO_STATS } from "./driver.ts";
import {
  badProtocol,
  captureMessage,
  lineParser,
  listMessage,
  PROTOCOL,
  toDriverInterface,
  toStats,
} from "./protocol.ts";

/** How to start a capturing program. */
export interface Program {
  /** What to call it in messages. */
  readonly title: string;
  readonly command: string;
  /** Arguments before the subcommand. */
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** User id to run as, for tests of missing privileges; default: this process's own. */
  readonly uid?: number | undefined;
}

/** Starts the program; a start that is refused at once (a zero byte in an argument) is a result too. */
export function spawnProgram(
  program: Program,
  args: readonly string[],
): Result<ChildProcessWithoutNullStreams> {
  try {
    const child = spawn(program.command, [...program.args, ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...program.env },
      windowsHide: true,
      ...(program.uid === undefined ? {} : { uid: program.uid, gid: program.uid }),
    });
    // Writing to a process that has just ended fails; its end is told by its exit.
    child.stdin.on("error", () => {});
    return { ok: true, value: child };
  } catch (error) {
    return { ok: false, error: { code: "usage", message: errorText(error) } };
  }
}

/** The error of a program that could not be started. */
export function spawnError(program: Program, error: NodeJS.ErrnoException): CaptureError {
  if (error.code === "ENOENT") {
    return { code: "unavailable", message: `${program.title} is not there: ${program.command}` };
  }
  if (error.code === "EACCES" || error.code === "EPERM") {
    return { code: "permission", message: `You may not run ${program.title} (${program.command}).` };
  }
  return { code: "helper-failed", message: `${program.title} could not be started: ${error.message}` };
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Arguments of the subcommand `capture` for these options. */
export function captureArguments(options: StartOptions): string[] {
  const args = ["capture"];
  for (const source of options.sources) {
    args.push("-i", source.name);
    if (source.filter) args.push("-f", source.filter);
    if (source.snapLen !== undefined) args.push("-s", String(source.snapLen));
    if (source.promiscuous === false) args.push("-p");
    if (source.monitor) args.push("--monitor");
    if (source.bufferKiB !== undefined) args.push("-B", String(source.bufferKiB));
    if (source.linkType) args.push("-y", source.linkType);
    if (source.timestampType) args.push("--timestamp-type", source.timestampType);
    if (source.direction) args.push("--direction", source.direction);
    if (source.readTimeoutMs !== undefined) args.push("--timeout", String(source.readTimeoutMs));
    if (source.precision) args.push("--precision", source.precision);
    if (source.immediate) args.push("--immediate");
  }
  args.push("-w", options.file);
  if (options.exclusive) args.push("--exclusive");
  const stop = options.stopAfter;
  if (stop?.seconds !== undefined) args.push("-a", `duration:${stop.seconds}`);
  if (stop?.packets !== undefined) args.push("-a", `packets:${stop.packets}`);
  if (stop?.bytes !== undefined) args.push("-a", `filesize:${Math.ceil(stop.bytes / 1000)}`);
  if (stop?.files !== undefined) args.push("-a", `files:${stop.files}`);
  const several = options.several;
  if (several?.bytes !== undefined) args.push("-b", `filesize:${Math.ceil(several.bytes / 1000)}`);
  if (several?.packets !== undefined) args.push("-b", `packets:${several.packets}`);
  if (several?.seconds !== undefined) args.push("-b", `duration:${several.seconds}`);
  if (several?.intervalSeconds !== undefined) args.push("-b", `interval:${several.intervalSeconds}`);
  if (several?.keep !== undefined) args.push("-b", `files:${several.keep}`);
  return args;
}

/** Text kept of what a program says on standard error, for the message when it dies. */
const STDERR_KEPT = 2000;

/**
 * Starts a capture with `program` and reports to `callbacks` as `CaptureCallbacks` promises.
 * `caveats` are passed on with `onStarted`.
 */
export function startCapture(
  program: Program,
  options: StartOptions,
  callbacks: CaptureCallbacks,
  caveats: readonly string[],
): CaptureHandle {
  let stats: CaptureStats = NO_STATS;
  let started = false;
  let over = false;
  let killed = false;
  let stderr = "";
  let lastError: CaptureError | null = null;
  let ended: Omit<CaptureEnd, "started"> | null = null;

  let taken = 0;
  let last = 0;

  const finish = (end: Omit<CaptureEnd, "started">) => {
    if (over) return;
    over = true;
    callbacks.onEnd({ ...end, started });
  };

  const spawned = spawnProgram(program, captureArguments(options));
  if (!spawned.ok) {
    setImmediate(() => finish({ reason: "error", error: spawned.error, stats }));
    return {
      stop() {},
      kill() {},
      pid: undefined,
      messages: () => ({ taken: 0, waiting: 0, quiet: null }),
    };
  }
  const child = spawned.value;

  const fail = (error: CaptureError) => {
    lastError ??= error;
    child.kill("SIGKILL");
  };

  const feed = lineParser(
    captureMessage,
    (message) => {
      taken++;
      last = performance.now();
      if (over) return;
      switch (message.type) {
        case "hello":
          if (message.protocol !== PROTOCOL)
            fail(badProtocol(program.title, `version ${message.protocol}, not ${PROTOCOL}`));
          break;
        case "started":
          started = true;
          callbacks.onStarted({ file: message.file, interfaces: message.interfaces, caveats });
          break;
        case "file": {
          const { path, packets, bytes, closed, removed } = message;
          const state = removed ? "removed" : closed ? "closed" : "begun";
          if (state === "begun") stats = { ...stats, fileBytes: bytes, filePackets: packets };
          callbacks.onFile?.({ path, packets, bytes, state });
          break;
        }
        case "data":
          stats = { ...stats, fileBytes: message.fileBytes, filePackets: message.filePackets };
          callbacks.onData({ fileBytes: message.fileBytes, filePackets: message.filePackets });
          break;
        case "stats":
          stats = toStats(message);
          callbacks.onStats(stats);
          break;
        case "notice":
          callbacks.onNotice({ code: message.code, message: message.message, interface: message.interface });
          break;
        case "error": {
          const { type: _, ...error } = message;
          lastError ??= error;
          break;
        }
        case "end":
          stats = toStats(message);
          ended = { reason: message.reason, error: message.error ?? null, stats };
          break;
      }
    },
    (reason) => fail(badProtocol(program.title, reason)),
  );

  child.stdout.on("data", feed);
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT);
  });
  child.on("error", (error: NodeJS.ErrnoException) => {
    // Without a process no "close" follows.
    if (child.pid === undefined) finish({ reason: "error", error: spawnError(program, error), stats });
  });
  child.on("close", (code, signal) => {
    if (lastError !== null) finish({ reason: "error", error: lastError, stats });
    else if (ended !== null) finish(ended);
    else {
      const how = signal ? `was killed by ${signal}` : `ended with status ${code}`;
      const why = stderr.trim() ? `: ${stderr.trim()}` : "";
      const kept = started ? " The packets it had written are kept." : "";
      finish({
        reason: "killed",
        error: { code: "helper-killed", message: `${program.title} ${how}${why}.${kept}` },
        stats,
      });
    }
  });

  return {
    pid: child.pid,
    messages: () => ({
      taken,
      waiting: child.stdout.readableLength,
      quiet: taken > 0 ? performance.now() - last : null,
    }),
    stop() {
      if (!over && !killed && child.stdin.writable) child.stdin.write("stop\n");
    },
    kill() {
      killed = true;
      if (!over) child.kill("SIGKILL");
    },
  };
}

/**
 * Runs a subcommand to its end and gives every message to `onMessage`.
 * The result is an error when the program cannot be run, breaks the protocol or takes longer than `timeoutMs`.
 */
export function runToEnd<T>(
  program: Program,
  args: readonly string[],
  schema: z.ZodType<T>,
  onMessage: (message: T) => void,
  timeoutMs: number,
): Promise<Result<number>> {
  const spawned = spawnProgram(program, args);
  if (!spawned.ok) return Promise.resolve(spawned);
  const child = spawned.value;
  return new Promise((resolve) => {
    let error: CaptureError | null = null;
    let stderr = "";
    const fail = (why: CaptureError) => {
      error ??= why;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(
      () =>
        fail({ code: "helper-failed", message: `${program.title} did not answer within ${timeoutMs} ms.` }),
      timeoutMs,
    );
    child.stdout.on(
      "data",
      lineParser(schema, onMessage, (reason) => fail(badProtocol(program.title, reason))),
    );
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT);
    });
    child.on("error", (why: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({ ok: false, error: spawnError(program, why) });
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (error) resolve({ ok: false, error });
      else if (code === null || code > 2) {
        const message = `${program.title} ended with ${signal ?? `status ${code}`}: ${stderr.trim()}`;
        resolve({ ok: false, error: { code: "helper-failed", message } });
      } else resolve({ ok: true, value: code });
    });
    child.stdin.end();
  });
}

/** Runs the subcommand `list`. */
export async function listWith(program: Program, only?: string): Promise<Result<readonly DriverInterface[]>> {
  const interfaces: DriverInterface[] = [];
  let error: CaptureError | null = null;
  const run = await runToEnd(
    program,
    only === undefined ? ["list"] : ["list", "-i", only],
    listMessage,
    (message) => {
      if (message.type === "interface") interfaces.push(toDriverInterface(message));
      else if (message.type === "hello" && message.protocol !== PROTOCOL)
        error = badProtocol(program.title, `version ${message.protocol}, not ${PROTOCOL}`);
      else if (message.type === "error") {
        const { type: _, ...rest } = message;
        error = rest;
      }
    },
    15_000,
  );
  if (!run.ok) return run;
  if (error) return { ok: false, error };
  return { ok: true, value: interfaces };
}
