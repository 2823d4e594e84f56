/**
 * The capture driver over `native/tapline-capture`, the small C program on libpcap that alone has privileges.
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Program, startChild } from "./child.ts";
import type {
  CaptureCallbacks,
  CaptureDriver,
  CaptureHandle,
  DriverInterface,
  FilterCheck,
  FilterRequest,
  Result,
  StartOptions,
} from "./driver.ts";
import { listWith, runToEnd, startCapture } from "./process.ts";
import { compileMessage, lineParser } from "./protocol.ts";

/** Environment variable that names another helper than the one found beside the engine. */
export const HELPER_VARIABLE = "TAPLINE_CAPTURE_HELPER";

/**
 * Finds a file of the `native` folder from where this module lies, in the sources as well as bundled:
 * the nearest folder upwards that holds it. Inside an Electron archive the unpacked copy is meant, since a file
 * in an archive cannot be executed. Returns null when there is none.
 */
export function findNative(name: string): string | null {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, "native", name).replace(/app\.asar(?=[\\/])/, "app.asar.unpacked");
    if (existsSync(path)) return path;
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}

/** Path of the helper: what TAPLINE_CAPTURE_HELPER says, else the built one; null when it is not built. */
export function helperPath(): string | null {
  return process.env[HELPER_VARIABLE] || findNative(join("build", "tapline-capture"));
}

/** How long a filter may take to compile: it waits for the name service when a host is named in it. */
const CHECK_TIMEOUT_MS = 2_000;

export interface HelperOptions {
  /** Path of the helper; default `helperPath()`. */
  readonly path?: string;
  /** Command that starts the helper elsewhere, such as `["ip", "netns", "exec", NAME]`. */
  readonly via?: readonly string[];
  /** User id to run it as, for tests. */
  readonly uid?: number;
}

/** Makes the driver; whether the helper is there shows in `available()` and in every answer. */
export function createHelperDriver(options: HelperOptions = {}): CaptureDriver {
  const path = options.path ?? helperPath() ?? "tapline-capture (not built: npm run build)";
  const [command, ...args] = [...(options.via ?? []), path];
  const program: Program = {
    title: "The capture helper",
    command: command ?? path,
    args,
    uid: options.uid,
  };
  const checker = new FilterChecker(program);
  return {
    name: "helper",
    caveats: [],
    async available(): Promise<Result<{ version: string }>> {
      let version = "";
      const run = await runToEnd(
        program,
        ["compile"],
        compileMessage,
        (message) => {
          if (message.type === "hello") version = `${message.version}, ${message.libpcap}`;
        },
        5_000,
      );
      return run.ok ? { ok: true, value: { version } } : run;
    },
    listInterfaces(only?: string): Promise<Result<readonly DriverInterface[]>> {
      return listWith(program, only);
    },
    checkFilter(request: FilterRequest): Promise<FilterCheck> {
      return checker.check(request);
    },
    start(start: StartOptions, callbacks: CaptureCallbacks): CaptureHandle {
      return startCapture(program, start, callbacks, []);
    },
    close() {
      checker.close();
    },
  };
}

interface PendingCheck {
  readonly id: number;
  readonly request: FilterRequest;
  readonly resolve: (check: FilterCheck) => void;
}

/**
 * Keeps one `compile` process and asks it; the process answers in the order of asking. When an answer does not come
 * in time (a name service that hangs), the process is replaced, and the requests behind it go to the new one.
 */
class FilterChecker {
  private readonly program: Program;
  private child: ChildProcessWithoutNullStreams | null = null;
  private pending: PendingCheck[] = [];
  private timer: NodeJS.Timeout | null = null;
  private nextId = 1;

  constructor(program: Program) {
    this.program = program;
  }

  check(request: FilterRequest): Promise<FilterCheck> {
    return new Promise((resolve) => {
      const check: PendingCheck = { id: this.nextId++, request, resolve };
      this.pending.push(check);
      if (this.child === null) this.connect();
      else this.send(check);
      this.watch();
    });
  }

  close(): void {
    this.disconnect();
    this.answerAll("The capture driver was closed.");
  }

  private connect(): void {
    const spawned = startChild(this.program, ["compile"]);
    if (!spawned.ok) {
      this.answerAll(spawned.error.message);
      return;
    }
    const { child } = spawned.value;
    this.child = child;
    const lost = (message: string) => {
      if (this.child !== child) return;
      this.disconnect();
      this.answerAll(message);
    };
    child.stdout.on(
      "data",
      lineParser(
        compileMessage,
        (message) => {
          if (message.type === "compiled" && this.child === child) this.answer(message);
        },
        (reason) => lost(`The capture helper cannot be understood: ${reason}`),
      ),
    );
    child.on("error", (error) => lost(`The capture helper could not be started: ${error.message}`));
    child.on("close", () => lost("The capture helper ended before it answered."));
    for (const check of this.pending) this.send(check);
  }

  private send(check: PendingCheck): void {
    const { filter, linkType, snapLen, dump } = check.request;
    this.child?.stdin.write(
      `${JSON.stringify({ id: check.id, filter, linktype: linkType, snaplen: snapLen, dump })}\n`,
    );
  }

  private answer(message: {
    id: number;
    ok: boolean;
    message?: string | undefined;
    instructions?: number | undefined;
    dump?: string[] | undefined;
  }): void {
    const index = this.pending.findIndex((check) => check.id === message.id);
    if (index < 0) return;
    const [check] = this.pending.splice(index, 1);
    this.watch();
    check?.resolve(
      message.ok
        ? { state: "ok", instructions: message.instructions ?? null, dump: message.dump ?? null }
        : { state: "error", message: message.message ?? "The filter is not valid." },
    );
  }

  private answerAll(message: string): void {
    const waiting = this.pending;
    this.pending = [];
    this.watch();
    for (const check of waiting) check.resolve({ state: "unchecked", message });
  }

  /** Starts the clock for the oldest request, or stops it when nothing is asked. */
  private watch(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const oldest = this.pending[0];
    if (!oldest) return;
    this.timer = setTimeout(() => {
      this.disconnect();
      this.pending.shift();
      oldest.resolve({
        state: "unchecked",
        message: "The filter could not be checked in time; a host name in it may not resolve.",
      });
      if (this.pending.length > 0) this.connect();
      this.watch();
    }, CHECK_TIMEOUT_MS);
  }

  private disconnect(): void {
    const child = this.child;
    this.child = null;
    child?.kill("SIGKILL");
  }
}
