/**
 * The one interface behind which captures happen: the helper on libpcap, or the npm package `cap`.
 *
 * A driver writes packets to a pcapng file, never into memory, and reports counts. Nothing here throws on what the
 * system or the user does wrong: every failure is a `CaptureError` in a result or in `onEnd`.
 */

import type { Writable } from "node:stream";
import type { ExtcapCatalog } from "./extcap/catalog.ts";

/** What went wrong, by kind. The user interface decides by `code` and shows `message`. */
export const CAPTURE_ERROR_CODES = [
  /** The process may not capture; `capability` names what is missing where that is known. */
  "permission",
  "no-such-device",
  "not-up",
  /** The capture filter does not compile; the message is libpcap's own. */
  "filter",
  "link-type",
  "timestamp-type",
  "monitor-unsupported",
  "direction",
  "disk-full",
  /** The file cannot be created or written, for another reason than a full disk. */
  "output",
  /** The interface was removed while capturing. */
  "interface-gone",
  /** What comes through a pipe is no capture, or the program that was to bring it failed. */
  "source",
  /** The capturing process was killed or crashed; what it wrote is kept. */
  "helper-killed",
  /** The capturing process did not answer in time, or spoke something else than the protocol. */
  "helper-failed",
  /** No driver: the helper is not built, the package is not installed. */
  "unavailable",
  /** The request itself is wrong: no interface, impossible value, a capture is running already. */
  "usage",
  "busy",
  "privileges",
  "capture-failed",
] as const;
export type CaptureErrorCode = (typeof CAPTURE_ERROR_CODES)[number];

export interface CaptureError {
  readonly code: CaptureErrorCode;
  /** One sentence for the user; libpcap's own words where it spoke. */
  readonly message: string;
  readonly interface?: string | undefined;
  /** The Linux capability that is missing, "cap_net_raw" or "cap_net_admin". */
  readonly capability?: string | undefined;
}

/** One interface to capture from. What is left out takes the driver's default. */
export interface CaptureSource {
  readonly name: string;
  /** libpcap filter expression; empty or absent for everything. */
  readonly filter?: string | undefined;
  /** Bytes kept of each packet, 1 to 262,144 (default). */
  readonly snapLen?: number | undefined;
  /** Default true. */
  readonly promiscuous?: boolean | undefined;
  readonly monitor?: boolean | undefined;
  /** Kernel buffer in KiB, default 16,384. */
  readonly bufferKiB?: number | undefined;
  /** DLT name without its prefix, as libpcap names it ("EN10MB", "LINUX_SLL2"). */
  readonly linkType?: string | undefined;
  /** libpcap's name of a time stamp type ("host", "adapter"). */
  readonly timestampType?: string | undefined;
  readonly direction?: "in" | "out" | "inout" | undefined;
  /** Options of a program that captures (extcap), by their names ("--remote-host"). */
  readonly extcap?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds the system may gather packets before it hands them over, 1 to 2,000, default 40. */
  readonly readTimeoutMs?: number | undefined;
  /** What time stamps count, default "ns" where the system has it. */
  readonly precision?: "ns" | "us" | undefined;
  /** Hand each packet over as it comes: less delay for more processor time. */
  readonly immediate?: boolean | undefined;
  /** Its packets come as pcapng blocks through the handle's `input`: somebody else captures them. */
  readonly streamed?: boolean | undefined;
}

/** When a capture ends by itself: at whichever is reached first. */
export interface StopConditions {
  readonly seconds?: number | undefined;
  readonly packets?: number | undefined;
  /** Size of the file in bytes, rounded up to 1,000; not together with several files. */
  readonly bytes?: number | undefined;
  /** Files written; only together with several files. */
  readonly files?: number | undefined;
}

/**
 * When the next of several files is begun: at whichever is reached first, of which one at least must be given.
 * The files are named NAME_00001_YYYYMMDDHHMMSS.EXT after the file asked for, and each is complete in itself.
 */
export interface SeveralFiles {
  /** No file becomes larger, in bytes rounded up to 1,000, unless one packet alone is. */
  readonly bytes?: number | undefined;
  readonly packets?: number | undefined;
  /** How long a file is written. */
  readonly seconds?: number | undefined;
  /** Files are begun at the multiples of this on the wall clock (3,600: at full hours UTC). */
  readonly intervalSeconds?: number | undefined;
  /** Files kept, 1 to 100,000: then the oldest is removed before a new one is begun. Default: all. */
  readonly keep?: number | undefined;
}

export interface StartOptions {
  readonly sources: readonly CaptureSource[];
  /** File to write, pcapng, created with mode 0600. */
  readonly file: string;
  /** Refuse when the file exists already (default false: overwrite). */
  readonly exclusive?: boolean | undefined;
  readonly stopAfter?: StopConditions | undefined;
  /** Write several files, one after the other. */
  readonly several?: SeveralFiles | undefined;
}

/** Counters of one interface of a running capture. Unknown counters are null, never 0. */
export interface InterfaceStats {
  /** Index of the interface in the file. */
  readonly id: number;
  readonly name: string;
  /** Packets and their captured bytes written or about to be written. */
  readonly packets: number;
  readonly bytes: number;
  /** Packets the kernel saw that pass the filter, dropped ones included; Linux counts a loopback's twice. */
  readonly received: number | null;
  /** Dropped because the kernel's buffer was full. */
  readonly kernelDropped: number | null;
  /** Dropped by the interface or its driver. */
  readonly interfaceDropped: number | null;
}

export interface CaptureStats {
  /** Milliseconds since capturing began. */
  readonly elapsedMs: number;
  readonly packets: number;
  readonly bytes: number;
  /** Length in bytes of the part of the file being written that holds whole blocks only, and the packets in it. */
  readonly fileBytes: number;
  readonly filePackets: number;
  /** Sums over the interfaces; null as soon as one is unknown. */
  readonly received: number | null;
  readonly kernelDropped: number | null;
  readonly interfaceDropped: number | null;
  readonly interfaces: readonly InterfaceStats[];
}

export const NO_STATS: CaptureStats = {
  elapsedMs: 0,
  packets: 0,
  bytes: 0,
  fileBytes: 0,
  filePackets: 0,
  received: null,
  kernelDropped: null,
  interfaceDropped: null,
  interfaces: [],
};

/** How an interface was opened. */
export interface StartedInterface {
  readonly id: number;
  readonly name: string;
  /** LINKTYPE_ value in the file. */
  readonly linkType: number;
  readonly snapLen: number;
  readonly promiscuous: boolean;
  readonly monitor: boolean;
  readonly precision: "ns" | "us" | "ms";
  readonly bufferKiB: number;
  readonly filter: string;
}

export interface CaptureStarted {
  readonly file: string;
  readonly interfaces: readonly StartedInterface[];
  /** What this driver cannot do as asked, in sentences for the user ("Times are receive times …"). */
  readonly caveats: readonly string[];
}

/** Something worth telling that does not end the capture ("interface-down", "interface-up", …). */
export interface CaptureNotice {
  readonly code: string;
  readonly message: string;
  readonly interface?: string | undefined;
}

/** What is said of an interface, with its name in front where the words do not have it. */
export const namedMessage = (message: string, name: string): string =>
  message.includes(name) ? message : `${name}: ${message}`;

/** What became of a file: it was begun, it is complete, or it was removed because it was the oldest of a ring. */
export interface CaptureFileEvent {
  readonly path: string;
  readonly packets: number;
  readonly bytes: number;
  readonly state: "begun" | "closed" | "removed";
}

export type EndReason =
  | "stopped"
  | "duration"
  | "packets"
  | "filesize"
  | "files"
  | "signal"
  | "parent-gone"
  | "error"
  /** A pipe was closed by its writer. */
  | "source-ended"
  /** The process was killed without a word. */
  | "killed";

export interface CaptureEnd {
  readonly reason: EndReason;
  readonly error: CaptureError | null;
  /** The last counters known. */
  readonly stats: CaptureStats;
  /** True when `onStarted` was called before: there is a file. */
  readonly started: boolean;
}

/** How a running capture reports. `onEnd` comes exactly once and last; nothing is called before `start` returned. */
export interface CaptureCallbacks {
  readonly onStarted: (started: CaptureStarted) => void;
  /** A file was begun, closed or removed; with several files, what is told then is of the file begun last. */
  readonly onFile?: (file: CaptureFileEvent) => void;
  /** The file grew: at least these bytes hold whole blocks. At most about 25 times a second. */
  readonly onData: (data: { readonly fileBytes: number; readonly filePackets: number }) => void;
  /** Twice a second. */
  readonly onStats: (stats: CaptureStats) => void;
  readonly onNotice: (notice: CaptureNotice) => void;
  readonly onEnd: (end: CaptureEnd) => void;
}

/** How the messages of a capturing process come through. */
export interface CaptureMessages {
  /** Messages taken so far. */
  readonly taken: number;
  /** Bytes that have come and wait to be taken. */
  readonly waiting: number;
  /** Milliseconds since the last one; null before the first. */
  readonly quiet: number | null;
}

export interface CaptureHandle {
  /** Asks for the orderly end. May be called at any time and repeatedly; the answer is `onEnd`. */
  stop(): void;
  /** Ends the capturing process at once; `onEnd` follows with what is known. */
  kill(): void;
  /** Process id of the capturing process, for diagnostics. */
  readonly pid: number | undefined;
  /**
   * With sources that are `streamed`: takes their blocks, whole ones. With one source alone these are a capture, its
   * section header first. With several, or beside others, they are the blocks of one section without its header, in
   * this machine's byte order; the first are the interface descriptions of the streamed sources, in their order, whose
   * numbers are their places among the sources; interfaces that are described later are numbered behind them all.
   */
  readonly input?: Writable | undefined;
  /** True when it may take any time until packets come: somebody else begins to write them. */
  readonly waits?: boolean;
  /** How its messages come through; left out where that is not known. */
  readonly messages?: () => CaptureMessages;
}

export interface DriverAddress {
  readonly family: "ipv4" | "ipv6" | "mac";
  readonly address: string;
  /** Length of the network prefix in bits. */
  readonly prefix?: number | undefined;
  readonly broadcast?: string | undefined;
  readonly peer?: string | undefined;
}

export interface DriverLinkType {
  /** DLT_ value of this system and LINKTYPE_ value of files. */
  readonly dlt: number;
  readonly linkType: number;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}

/** An interface as libpcap knows it. */
export interface DriverInterface {
  readonly name: string;
  readonly description?: string | undefined;
  readonly up: boolean | null;
  readonly running: boolean | null;
  readonly loopback: boolean;
  readonly wireless: boolean | null;
  readonly connection: "unknown" | "connected" | "disconnected" | "not-applicable";
  readonly addresses: readonly DriverAddress[];
  /** Whether it could be opened just now; absent when that was not tried. */
  readonly open?:
    | {
        readonly ok: true;
        readonly canMonitor: boolean;
        readonly linkTypes: readonly DriverLinkType[];
        readonly timestampTypes: readonly string[];
      }
    | { readonly ok: false; readonly error: CaptureError }
    | undefined;
}

export interface FilterRequest {
  readonly filter: string;
  /** LINKTYPE_ or DLT_ value to compile for, default 1 (Ethernet). */
  readonly linkType?: number | undefined;
  /** The interface it is meant for; the `cap` driver can only compile on an interface. */
  readonly interface?: string | undefined;
  readonly snapLen?: number | undefined;
  /** Also answer the BPF program as text. */
  readonly dump?: boolean | undefined;
}

export type FilterCheck =
  | { readonly state: "ok"; readonly instructions: number | null; readonly dump: readonly string[] | null }
  /** `message` is libpcap's own. */
  | { readonly state: "error"; readonly message: string }
  /** It could not be checked now (`message` says why), or a newer request took its place. */
  | { readonly state: "unchecked"; readonly message: string };

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: CaptureError };

export interface CaptureDriver {
  readonly name: "helper" | "cap";
  /** The programs that capture from elsewhere; absent when the driver knows of none. */
  readonly extcap?: ExtcapCatalog;
  /** What this driver can never do, in sentences for the user. */
  readonly caveats: readonly string[];
  /** Whether the driver is there at all (built, installed); says nothing about permission. */
  available(): Promise<Result<{ readonly version: string }>>;
  /** Every interface with its state, or `only` one of them. */
  listInterfaces(only?: string): Promise<Result<readonly DriverInterface[]>>;
  checkFilter(request: FilterRequest): Promise<FilterCheck>;
  /** Begins a capture; whatever happens is told by the callbacks. */
  start(options: StartOptions, callbacks: CaptureCallbacks): CaptureHandle;
  /** Ends background processes of the driver (not captures). */
  close(): void;
}
