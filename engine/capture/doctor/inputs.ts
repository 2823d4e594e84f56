/** What the rules of the capture doctor judge: read once, by `gather`; in tests written by hand. */
import type { CaptureOptions, DoctorEvidence, DoctorFinding } from "../../api.ts";
import type { InterfaceInfo } from "../interfaces.ts";
import type { LiveReadings } from "./watch.ts";

export interface DoctorInputs {
  readonly platform: NodeJS.Platform;
  readonly driver: "helper" | "cap";
  /** Path of the helper, null when it is not built. */
  readonly helper: string | null;
  readonly uid: number;
  readonly user: string;
  /** Whether the helper may be executed by this user. */
  readonly executable: boolean;
  /** Path → text of the files that were there; paths as they are on the system. */
  readonly files: ReadonlyMap<string, string>;
  /** Path of a folder → names in it. */
  readonly folders: ReadonlyMap<string, readonly string[]>;
  /** Command line → what it printed, for those that ran. */
  readonly commands: ReadonlyMap<string, string>;
  readonly interfaces: readonly InterfaceInfo[];
  /** Why interfaces cannot be listed; empty when they can. */
  readonly listProblem: string;
  /** The interfaces looked at closely, all of them present. */
  readonly chosen: readonly string[];
  /** Those asked for that are not there. */
  readonly absent: readonly string[];
  /** The host asked about, its addresses, and why it has none. */
  readonly host: string;
  readonly addresses: readonly string[];
  readonly hostProblem: string;
  readonly options: Pick<CaptureOptions, "bufferMiB" | "snapLen">;
  /** Where captures are written, and whether the user chose it, with the bytes that are free there and in all. */
  readonly spool: {
    readonly folder: string;
    readonly chosen: boolean;
    readonly free: number;
    readonly size: number;
  } | null;
  /** Counters of the running capture, or of the last one while it is shown. */
  readonly live: LiveReadings | null;
}

/** A rule: what it finds, and what it would have needed to know and does not. */
export type Rule = (inputs: DoctorInputs) => {
  readonly findings: readonly DoctorFinding[];
  readonly unknown?: readonly string[];
};

/** A finding with what most of them leave empty. */
export function finding(
  given: Pick<DoctorFinding, "id" | "topic" | "severity" | "title" | "explanation"> & Partial<DoctorFinding>,
): DoctorFinding {
  return { interface: "", evidence: [], fixes: [], change: null, ...given };
}

/** Folder of a network interface in /sys. */
export const sysOf = (name: string): string => `/sys/class/net/${name}`;

/** The text of a file without the white space around it; empty when it was not there. */
export function fileText(inputs: Pick<DoctorInputs, "files">, path: string): string {
  return inputs.files.get(path)?.trim() ?? "";
}

/** A file that holds one number; null when it does not. */
export function fileNumber(inputs: Pick<DoctorInputs, "files">, path: string): number | null {
  const text = fileText(inputs, path);
  return /^-?\d+$/.test(text) ? Number(text) : null;
}

/** The lines of a text that match, as evidence. */
export function linesOf(source: string, text: string, matches: (line: string, index: number) => boolean) {
  const found: DoctorEvidence[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (matches(line, index)) found.push({ source, line: index + 1, text: line.trim() });
  }
  return found;
}

/** A file of one line as evidence. */
export function oneLine(inputs: Pick<DoctorInputs, "files">, path: string): DoctorEvidence[] {
  const text = fileText(inputs, path);
  return text === "" ? [] : [{ source: path, line: 1, text }];
}

/** One of the capture's own counters as evidence. */
export const counted = (text: string): DoctorEvidence => ({ source: "capture", line: null, text });

/** A number with separators, as the window shows it. */
export const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

/** Bytes in words. */
export function size(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** What Linux says of an interface. */
export function interfaceOf(inputs: DoctorInputs, name: string): InterfaceInfo | undefined {
  return inputs.interfaces.find((each) => each.name === name);
}

/** The mount that holds a path: its file system type and the line of /proc/self/mountinfo. */
export function mountOf(
  inputs: Pick<DoctorInputs, "files">,
  path: string,
): { type: string; source: string; point: string; evidence: DoctorEvidence } | null {
  const file = "/proc/self/mountinfo";
  let best: { type: string; source: string; point: string; evidence: DoctorEvidence } | null = null;
  for (const [index, text] of (inputs.files.get(file) ?? "").split("\n").entries()) {
    const [before, after] = text.split(" - ");
    const point = before
      ?.split(" ")[4]
      ?.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
    if (point === undefined || after === undefined) continue;
    const inside = path === point || path.startsWith(point === "/" ? "/" : `${point}/`);
    if (!inside || (best !== null && point.length < best.point.length)) continue;
    const [type = "", source = ""] = after.split(" ");
    best = { type, source, point, evidence: { source: file, line: index + 1, text } };
  }
  return best;
}
