/** What the contract tells of a live capture, out of what the driver is told and tells. */
import type { CaptureOptions, InterfaceOptions, InterfaceRate, LiveStatus, Notice } from "../api.ts";
import {
  type CaptureError,
  type CaptureNotice,
  type CaptureStats,
  namedMessage,
  type SessionOptions,
  type SeveralFiles,
} from "../capture/index.ts";

/** Before the first capture. */
export const NO_LIVE: LiveStatus = {
  phase: "idle",
  interfaces: [],
  options: null,
  packets: 0,
  received: null,
  droppedByKernel: null,
  droppedByInterface: null,
  bytes: 0,
  elapsed: 0,
  rates: [],
  drops: null,
  paused: false,
  files: null,
  error: null,
  caveats: [],
};

/**
 * What a capture is started with.
 * @param file absolute path of the file to write; undefined for a spool
 */
export function startOf(options: CaptureOptions, file: string | undefined): SessionOptions {
  const { stopAfter } = options;
  return {
    sources: options.interfaces.map((name) => {
      const own = readingOf(options, name);
      return {
        name,
        filter: own.filter,
        promiscuous: own.promiscuous,
        ...(own.snapLen > 0 ? { snapLen: own.snapLen } : {}),
        bufferKiB: own.bufferMiB * 1024,
        extcap: options.extcap[name],
        monitor: own.monitor,
        linkType: own.linkType,
        timestampType: own.timestampType,
        direction: own.direction,
        readTimeoutMs: own.readTimeoutMs,
        precision: own.precision,
        immediate: own.immediate,
      };
    }),
    stopAfter: {
      seconds: stopAfter.seconds,
      packets: stopAfter.packets,
      bytes: bytesOf(stopAfter.kilobytes),
      files: stopAfter.files,
    },
    file,
    several: severalOf(options.output?.several),
  };
}

/** How packets are taken from one of the interfaces. */
function readingOf(
  { filter, promiscuous, snapLen, bufferMiB, perInterface, ...rest }: CaptureOptions,
  name: string,
): Pick<CaptureOptions, "filter" | "promiscuous" | "snapLen" | "bufferMiB"> & InterfaceOptions {
  const { monitor, direction, readTimeoutMs, precision, immediate } = rest;
  const all = {
    filter,
    promiscuous,
    snapLen,
    bufferMiB,
    monitor,
    direction,
    readTimeoutMs,
    precision,
    immediate,
  };
  const own = Object.entries(perInterface[name] ?? {}).filter(([, value]) => value !== undefined);
  return { ...all, ...Object.fromEntries(own) };
}

/** Interfaces whose own options are kept. */
const INTERFACES_KEPT = 64;

/** Options as they are offered again: with what was kept of interfaces and programs that are not used now. */
export function keptOptions(before: Partial<CaptureOptions>, now: CaptureOptions): CaptureOptions {
  const others = Object.entries(before.perInterface ?? {}).filter(([name]) => !now.interfaces.includes(name));
  const own = Object.entries(now.perInterface).filter(([, options]) => Object.keys(options).length > 0);
  return {
    ...now,
    extcap: { ...before.extcap, ...now.extcap },
    perInterface: Object.fromEntries([...others, ...own].slice(-INTERFACES_KEPT)),
  };
}

/** The smallest buffer and snapshot length that any of the interfaces is read with; null where they are not known. */
export function tightest(
  options: Partial<CaptureOptions>,
  interfaces: readonly string[],
): { bufferMiB: number | null; snapLen: number | null } {
  const { perInterface = {}, ...all } = options;
  const values = (key: "bufferMiB" | "snapLen"): number[] =>
    (interfaces.length > 0 ? interfaces : [""])
      .map((name) => perInterface[name]?.[key] ?? all[key])
      .filter((value) => value !== undefined);
  const buffers = values("bufferMiB");
  const lengths = values("snapLen");
  const cut = lengths.filter((length) => length > 0);
  return {
    bufferMiB: buffers.length > 0 ? Math.min(...buffers) : null,
    snapLen: cut.length > 0 ? Math.min(...cut) : (lengths[0] ?? null),
  };
}

const bytesOf = (kilobytes: number | undefined): number | undefined =>
  kilobytes === undefined ? undefined : kilobytes * 1000;

/** The contract's several files as the driver wants them. */
function severalOf(
  several: NonNullable<CaptureOptions["output"]>["several"] | undefined,
): SeveralFiles | undefined {
  if (!several) return undefined;
  const { kilobytes, compress: _, ...rest } = several;
  return { bytes: bytesOf(kilobytes), ...rest };
}

/** Packets lost so far, and when the first was noticed. */
export function dropsOf(stats: CaptureStats, before: LiveStatus["drops"]): LiveStatus["drops"] {
  const count = (stats.kernelDropped ?? 0) + (stats.interfaceDropped ?? 0);
  if (count === 0) return before;
  return { count, since: before?.since ?? new Date().toISOString() };
}

/** Rates of the interfaces between two counts. */
export function ratesOf(
  stats: CaptureStats,
  before: CaptureStats,
  known: readonly InterfaceRate[],
): Pick<LiveStatus, "rates"> {
  const seconds = (stats.elapsedMs - before.elapsedMs) / 1000;
  const rates = stats.interfaces.map(({ id, name, packets, bytes, kernelDropped, interfaceDropped }, i) => {
    const last = before.interfaces.find((each) => each.id === id);
    const per = (now: number, then: number, old: number | undefined): number =>
      seconds > 0 ? Math.max(0, now - then) / seconds : (old ?? 0);
    const counts = kernelDropped !== null || interfaceDropped !== null;
    return {
      name,
      packets,
      packetsPerSecond: per(packets, last?.packets ?? 0, known[i]?.packetsPerSecond),
      bytesPerSecond: per(bytes, last?.bytes ?? 0, known[i]?.bytesPerSecond),
      dropped: counts ? (kernelDropped ?? 0) + (interfaceDropped ?? 0) : null,
    };
  });
  return { rates };
}

/** What a driver tells while it captures, with the name of the interface that it is about. */
export function noticeOf({ code, message, interface: name }: CaptureNotice): Notice {
  if (name === undefined) return { severity: "warning", message };
  const about = `interface ${name}`;
  switch (code) {
    case "interface-down":
      return {
        severity: "warning",
        message: `${name} was set down; capturing goes on when it is up.`,
        about,
      };
    case "interface-up":
      return { severity: "note", message: `${name} is up again.`, about };
    case "interface-gone":
      return { severity: "warning", message: `${name} disappeared; the others are captured on.`, about };
    default:
      return { severity: "warning", message: namedMessage(message, name) };
  }
}

/** Why a capture could not be started, naming the interface; what libpcap says of it does not. */
export function startProblem({ code, message, interface: name }: CaptureError): string {
  if (name === undefined) return message;
  if (code === "no-such-device") {
    return `There is no interface ${name} now: it was unplugged, removed or renamed. Choose one that is there.`;
  }
  return namedMessage(message, name);
}

/** Why a capture on these interfaces ended by itself. */
export function whyEnded(reason: string, interfaces: readonly string[]): string {
  const words = reason.replace(/\.$/, "").replace(/^The /, "the ");
  const kept = words.includes("are kept") ? "" : " The packets captured before are kept.";
  return `The capture on ${interfaces.join(", ")} ended: ${words}.${kept}`;
}
