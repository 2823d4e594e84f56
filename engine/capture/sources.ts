/** One driver for everything: interfaces of this machine, pipes, and programs that capture from elsewhere (extcap). */
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type {
  CaptureCallbacks,
  CaptureDriver,
  CaptureHandle,
  CaptureSource,
  DriverInterface,
  FilterCheck,
  FilterRequest,
  Result,
  StartOptions,
} from "./driver.ts";
import { NO_STATS } from "./driver.ts";
import { startExtcap } from "./extcap/capture.ts";
import type { ExtcapCatalog, ExtcapInterface } from "./extcap/catalog.ts";
import { dltToLinkType } from "./linktypes.ts";
import { isPipe, startPipe } from "./pipe/pipe.ts";

/** Adds pipes and the programs of `extcap` to a driver of local interfaces. */
export function createSourcesDriver(local: CaptureDriver, extcap: ExtcapCatalog): CaptureDriver {
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
      const names = options.sources.map(({ name }) => name);
      if (names.some(isPipe)) return startPipe(options, callbacks);
      const foreign = options.sources.filter(
        (source) => source.extcap !== undefined || !isLocal(source.name),
      );
      if (foreign.length === 0) return local.start(options, callbacks);
      return startForeign(local, extcap, foreign, options, callbacks);
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

/** Finds out who captures on an interface that the system does not name, and lets it begin. */
function startForeign(
  local: CaptureDriver,
  extcap: ExtcapCatalog,
  foreign: readonly CaptureSource[],
  options: StartOptions,
  callbacks: CaptureCallbacks,
): CaptureHandle {
  let inner: CaptureHandle | null = null;
  let stopped = false;
  /** Who captures may take a while to be found out; a stop does not wait for it. */
  const giveUp = (): void => {
    if (stopped) return;
    stopped = true;
    setImmediate(() => callbacks.onEnd({ reason: "stopped", error: null, stats: NO_STATS, started: false }));
  };
  const begin = async (): Promise<void> => {
    const found = await Promise.all(foreign.map(({ name }) => extcap.find(name)));
    const offered = found.find((each) => each !== undefined);
    if (stopped) return;
    if (offered !== undefined) inner = startExtcap(extcap, offered, options, callbacks);
    else inner = local.start(options, callbacks);
  };
  void begin();
  return {
    get pid() {
      return inner?.pid;
    },
    get waits() {
      return inner?.waits ?? false;
    },
    stop() {
      if (inner === null) giveUp();
      else inner.stop();
    },
    kill() {
      if (inner === null) giveUp();
      else inner.kill();
    },
  };
}
