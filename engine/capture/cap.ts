/**
 * The capture driver over the npm package `cap` 0.2.1, for systems where the helper is not built (Windows with
 * Npcap) and the process may capture itself.
 *
 * The package runs in a process of its own (`native/cap-capture.mjs`, where the reasons are) and writes the same
 * pcapng file as the helper.
 */
import type { Program } from "./child.ts";
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
import { findNative } from "./helper.ts";
import { listWith, runToEnd, startCapture } from "./process.ts";
import { compileMessage } from "./protocol.ts";

const CAVEATS: readonly string[] = [
  "Times are the moments at which Tapline received each packet, not the kernel's time stamps; under load they are late.",
  "The interface is always captured from in promiscuous mode.",
  "Packets that the kernel drops cannot be counted.",
  "Packets longer than 65,535 bytes are cut, and their full length is not known.",
];

export interface CapOptions {
  /** Command that starts the capturing process elsewhere, such as `["ip", "netns", "exec", NAME]`. */
  readonly via?: readonly string[];
}

/** Makes the driver; whether the package is installed shows in `available()` and in every answer. */
export function createCapDriver(options: CapOptions = {}): CaptureDriver {
  const script = findNative("cap-capture.mjs") ?? "cap-capture.mjs (missing)";
  const [command, ...args] = [...(options.via ?? []), process.execPath, script];
  const program: Program = {
    title: "The cap package",
    command: command ?? process.execPath,
    args,
    // Under Electron the executable is Electron's; this makes it run the script as Node would.
    env: { ELECTRON_RUN_AS_NODE: "1" },
  };
  return {
    name: "cap",
    caveats: CAVEATS,
    async available(): Promise<Result<{ version: string }>> {
      const list = await listWith(program);
      return list.ok ? { ok: true, value: { version: "cap 0.2" } } : list;
    },
    listInterfaces(only?: string): Promise<Result<readonly DriverInterface[]>> {
      return listWith(program, only);
    },
    checkFilter(request: FilterRequest): Promise<FilterCheck> {
      return checkFilter(program, request);
    },
    start(start: StartOptions, callbacks: CaptureCallbacks): CaptureHandle {
      return startCapture(program, start, explainAbort(program, start, callbacks), CAVEATS);
    },
    close() {},
  };
}

async function checkFilter(program: Program, request: FilterRequest): Promise<FilterCheck> {
  if (request.interface === undefined) {
    return {
      state: "unchecked",
      message: "With the cap package a filter is checked on the chosen interface.",
    };
  }
  let check: FilterCheck = { state: "unchecked", message: "The filter could not be checked." };
  const run = await runToEnd(
    program,
    ["compile", "-i", request.interface, "-f", request.filter],
    compileMessage,
    (message) => {
      if (message.type === "error") check = { state: "unchecked", message: message.message };
      if (message.type !== "compiled") return;
      check = message.ok
        ? { state: "ok", instructions: null, dump: null }
        : { state: "error", message: message.message ?? "The filter is not valid." };
    },
    5_000,
  );
  return run.ok ? check : { state: "unchecked", message: run.error.message };
}

/**
 * The package aborts its process when the interface goes down or away. Finds out which it was, so that the user
 * reads that instead of a signal's name.
 */
function explainAbort(program: Program, start: StartOptions, callbacks: CaptureCallbacks): CaptureCallbacks {
  return {
    ...callbacks,
    async onEnd(end) {
      if (end.reason !== "killed" || !end.error?.message.includes("SIGABRT")) return callbacks.onEnd(end);
      const list = await listWith(program);
      const gone =
        list.ok && start.sources.find(({ name }) => !list.value.some((each) => each.name === name));
      if (gone) {
        const message = "The interface was removed while capturing";
        return callbacks.onEnd({
          ...end,
          reason: "error",
          error: { code: "interface-gone", message, interface: gone.name },
        });
      }
      const message = "The interface went down while capturing; the cap package cannot go on from there";
      return callbacks.onEnd({ ...end, reason: "error", error: { code: "capture-failed", message } });
    },
  };
}
