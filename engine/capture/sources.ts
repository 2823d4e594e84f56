/** One driver for everything: interfaces of this machine, pipes, and programs that capture from elsewhere (extcap). */
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type {
  CaptureCallbacks,
  CaptureDriver,
  CaptureError,
  CaptureHandle,
  CaptureSource,
  DriverInterface,
  EndReason,
  FilterCheck,
  FilterRequest,
  Result,
  StartOptions,
} from "./driver.ts";
import { NO_STATS } from "./driver.ts";
import { extcapSource } from "./extcap/capture.ts";
import type { ExtcapCatalog, ExtcapInterface } from "./extcap/catalog.ts";
import { dltToLinkType } from "./linktypes.ts";
import { isPipe, pipeSource } from "./pipe/pipe.ts";
import { type StreamSource, startStreams } from "./pipe/streams.ts";

/**
 * Adds pipes and the programs of `extcap` to a driver of local interfaces.
 * @param streams writes what comes from pipes and programs alone; the driver of local interfaces what comes with theirs
 */
export function createSourcesDriver(
  local: CaptureDriver,
  extcap: ExtcapCatalog,
  streams: CaptureDriver = local,
): CaptureDriver {
  return {
    name: local.name,
    caveats: local.caveats,
    extcap,
    available: () => local.available(),
    async listInterfaces(only?: string): Promise<Result<readonly DriverInterface[]>> {
      const offered = only === undefined || isLocal(only) ? undefined : await extcap.find(only);
      return offered === undefined ? local.listInterfaces(only) : listExtcap(extcap, offered);
    },
    async checkFilter(request: FilterRequest): Promise<FilterCheck> {
      const { interface: name, filter } = request;
      if (name !== undefined && isPipe(name))
        return { state: "error", message: "What comes through a pipe has been captured already." };
      const offered = name === undefined || isLocal(name) ? undefined : extcap.known(name);
      if (offered === undefined) return local.checkFilter(request);
      const problem = await extcap.filterProblem(offered, filter);
      if (!problem.ok) return { state: "unchecked", message: problem.error.message };
      if (problem.value !== null) return { state: "error", message: problem.value };
      return { state: "ok", instructions: null, dump: null };
    },
    start(options: StartOptions, callbacks: CaptureCallbacks): CaptureHandle {
      if (options.sources.every(({ name, extcap: values }) => values === undefined && isLocal(name)))
        return local.start(options, callbacks);
      return startFound(local, streams, extcap, options, callbacks);
    },
    close: () => local.close(),
  };
}

/** True for an interface that the system itself names. */
function isLocal(name: string): boolean {
  if (name === "any" || name === "." || name === "..") return name === "any";
  if (existsSync(join("/sys/class/net", name))) return true;
  return Object.hasOwn(networkInterfaces(), name);
}

async function listExtcap(
  extcap: ExtcapCatalog,
  offered: ExtcapInterface,
): Promise<Result<readonly DriverInterface[]>> {
  const dlts = await extcap.dlts(offered);
  if (!dlts.ok) return dlts;
  const linkTypes = dlts.value.map(({ dlt, name, display }) => ({
    dlt,
    linkType: dltToLinkType(dlt),
    name,
    description: display,
  }));
  const { name, display } = offered;
  return {
    ok: true,
    value: [
      {
        name,
        description: display,
        up: null,
        running: null,
        loopback: false,
        wireless: null,
        connection: "not-applicable",
        addresses: [],
        open: { ok: true, canMonitor: false, linkTypes, timestampTypes: [] },
      },
    ],
  };
}

/** Finds out who captures from each of the sources, and lets it begin. */
function startFound(
  local: CaptureDriver,
  streams: CaptureDriver,
  extcap: ExtcapCatalog,
  options: StartOptions,
  callbacks: CaptureCallbacks,
): CaptureHandle {
  let inner: CaptureHandle | null = null;
  let stopped = false;
  const giveUp = (reason: EndReason, error: CaptureError | null): void => {
    if (stopped) return;
    stopped = true;
    setImmediate(() => callbacks.onEnd({ reason, error, stats: NO_STATS, started: false }));
  };
  const find = async (source: CaptureSource): Promise<StreamSource | null> => {
    const { name, filter } = source;
    if (isPipe(name)) return pipeSource(name, filter);
    if (source.extcap === undefined && isLocal(name)) return null;
    const offered = await extcap.find(name);
    return offered === undefined ? null : extcapSource(extcap, offered, source);
  };
  const begin = async (): Promise<void> => {
    const pipes = options.sources.map(({ name }) => name).filter(isPipe);
    const twice = pipes.find((name, i) => pipes.indexOf(name) !== i);
    if (twice !== undefined) {
      const message = `"${twice}" is named twice, but what comes through a pipe can be read only once.`;
      giveUp("error", { code: "usage", message });
      return;
    }
    const found = await Promise.all(options.sources.map(find));
    if (stopped) return;
    if (found.every((source) => source === null)) inner = local.start(options, callbacks);
    else inner = startStreams(found.includes(null) ? local : streams, options, found, callbacks);
  };
  void begin();
  return {
    get pid() {
      return inner?.pid;
    },
    get waits() {
      return inner === null || inner.waits === true;
    },
    get messages() {
      return inner?.messages;
    },
    stop() {
      if (inner === null) giveUp("stopped", null);
      else inner.stop();
    },
    kill() {
      if (inner === null) giveUp("stopped", null);
      else inner.kill();
    },
  };
}
