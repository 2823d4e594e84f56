/**
 * Runs a capturing program and turns its messages into driver callbacks. Both drivers stand on this.
 */
import type { z } from "zod";
import { type Program, runChild, startChild, startError } from "./child.ts";
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

const streams = ({ sources }: StartOptions): boolean => sources.some(({ streamed }) => streamed);

/** Arguments of the subcommand `capture` for these options. */
export function captureArguments(options: StartOptions): string[] {
  const args = ["capture"];
  for (const source of options.sources) {
    args.push("-i", source.name);
    if (source.streamed) args.push("--streamed");
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
  if (streams(options)) args.push("--stream", "3");
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
  let lastError: CaptureError | null = null;
  let ended: Omit<CaptureEnd, "started"> | null = null;

  let taken = 0;
  let last = 0;

  const finish = (end: Omit<CaptureEnd, "started">) => {
    if (over) return;
    over = true;
    callbacks.onEnd({ ...end, started });
  };

  const begun = startChild(program, captureArguments(options), streams(options));
  if (!begun.ok) {
    setImmediate(() => finish({ reason: "error", error: begun.error, stats }));
    return {
      stop() {},
      kill() {},
      pid: undefined,
      messages: () => ({ taken: 0, waiting: 0, quiet: null }),
    };
  }
  const { child, complaint, input } = begun.value;

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
  child.on("error", (error: NodeJS.ErrnoException) => {
    // Without a process no "close" follows.
    if (child.pid === undefined) finish({ reason: "error", error: startError(program, error), stats });
  });
  child.on("close", (code, signal) => {
    if (lastError !== null) finish({ reason: "error", error: lastError, stats });
    else if (ended !== null) finish(ended);
    else {
      const how = signal ? `was killed by ${signal}` : `ended with status ${code}`;
      const said = complaint();
      const why = said ? `: ${said}` : "";
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
    input: input ?? undefined,
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
export async function runToEnd<T>(
  program: Program,
  args: readonly string[],
  schema: z.ZodType<T>,
  onMessage: (message: T) => void,
  timeoutMs: number,
): Promise<Result<number>> {
  let bad: CaptureError | null = null;
  const parse = lineParser(schema, onMessage, (reason) => {
    bad = badProtocol(program.title, reason);
  });
  const late: CaptureError = {
    code: "helper-failed",
    message: `${program.title} did not answer within ${timeoutMs} ms.`,
  };
  const onOutput = (chunk: Buffer): CaptureError | null => {
    parse(chunk);
    return bad;
  };
  const run = await runChild(program, args, onOutput, timeoutMs, late);
  if (!run.ok) return run;
  const { status, signal, complaint } = run.value;
  if (status !== null && status <= 2) return { ok: true, value: status };
  const message = `${program.title} ended with ${signal ?? `status ${status}`}: ${complaint}`;
  return { ok: false, error: { code: "helper-failed", message } };
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
