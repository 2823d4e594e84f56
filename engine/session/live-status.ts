/** What the contract tells of a live capture, out of what the driver is told and tells. */
import type { CaptureOptions, InterfaceRate, LiveStatus, Notice } from "../api.ts";
import type {
  CaptureError,
  CaptureNotice,
  CaptureStats,
  SessionOptions,
  SeveralFiles,
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
    sources: options.interfaces.map((name) => ({
      name,
      filter: options.filter,
      promiscuous: options.promiscuous,
      ...(options.snapLen > 0 ? { snapLen: options.snapLen } : {}),
      bufferKiB: options.bufferMiB * 1024,
      extcap: options.extcap[name],
      monitor: options.monitor,
      readTimeoutMs: options.readTimeoutMs,
      precision: options.precision,
      immediate: options.immediate,
    })),
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

const bytesOf = (kilobytes: number | undefined): number | undefined =>
  kilobytes === undefined ? undefined : kilobytes * 1000;

/** The contract's several files as the driver wants them. */
function severalOf(
  several: NonNullable<CaptureOptions["output"]>["several"] | undefined,
): SeveralFiles | undefined {
  if (!several) return undefined;
  const { kilobytes, ...rest } = several;
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
      return { severity: "warning", message: message.includes(name) ? message : `${name}: ${message}` };
  }
}

/** Why a capture could not be started, naming the interface; what libpcap says of it does not. */
export function startProblem({ code, message, interface: name }: CaptureError): string {
  if (name === undefined) return message;
  if (code === "no-such-device") {
    return `There is no interface ${name} now: it was unplugged, removed or renamed. Choose one that is there.`;
  }
  return message.includes(name) ? message : `${name}: ${message}`;
}

/** Why a capture on these interfaces ended by itself. */
export function whyEnded(reason: string, interfaces: readonly string[]): string {
  const words = reason.replace(/\.$/, "").replace(/^The /, "the ");
  const kept = words.includes("are kept") ? "" : " The packets captured before are kept.";
  return `The capture on ${interfaces.join(", ")} ended: ${words}.${kept}`;
}
