/** The part of the capture options that says where packets are written, as a form and as the engine takes it. */
import type { CaptureOptions } from "../../engine/api.ts";

type Output = NonNullable<CaptureOptions["output"]>;

/** What stands in the form; numbers as they were typed. */
export interface OutputForm {
  target: "spool" | "file" | "several";
  file: string;
  overwrite: boolean;
  megabytes: string;
  seconds: string;
  packets: string;
  interval: string;
  keep: string;
  /** Whether complete ones of several files are compressed. */
  compress: "none" | "gzip";
}

/** The bounds of the form's numbers; those of size are in megabytes (1,000,000 bytes). */
export const OUTPUT_BOUNDS = {
  megabytes: { min: 0.001, max: 1e9, whole: false, range: "0.001 or more" },
  seconds: { min: 0.001, max: 1e9, whole: false, range: "above 0" },
  packets: { min: 1, max: 1e12, whole: true, range: "1 or more" },
  interval: { min: 1, max: 1e9, whole: true, range: "whole seconds" },
  keep: { min: 1, max: 100_000, whole: true, range: "1 to 100,000" },
} as const;
/** How a file of several is named in the end: with a number and the time in place of `#`. */
export function nameInRing(name: string, compress: OutputForm["compress"]): string {
  const plain = compress === "gzip" ? name.replace(/(?<=.)\.gz$/i, "") : name;
  const ending = /\.[^.]+$/.exec(plain)?.[0] ?? "";
  const stem = plain.slice(0, plain.length - ending.length);
  return `${stem}_00001_YYYYMMDDHHMMSS${ending}${compress === "gzip" ? ".gz" : ""}`;
}

export type OutputNumber = keyof typeof OUTPUT_BOUNDS;

const text = (value: number | undefined): string => (value === undefined ? "" : String(value));

/** The form for the options used last; a file that was written then is not overwritten unasked. */
export function outputForm(options: Partial<CaptureOptions>): OutputForm {
  const output = options.output ?? null;
  const several = output?.several ?? null;
  const kilobytes = several?.kilobytes;
  return {
    target: output === null ? "spool" : several === null ? "file" : "several",
    file: output?.file ?? "",
    overwrite: false,
    megabytes: several === null ? "100" : text(kilobytes === undefined ? undefined : kilobytes / 1000),
    seconds: text(several?.seconds),
    packets: text(several?.packets),
    interval: text(several?.intervalSeconds),
    keep: several === null ? "10" : text(several.keep),
    compress: several?.compress ?? "none",
  };
}

/**
 * What the engine is asked for.
 * @param numbers the form's numbers: undefined for those left out, null for those that are none
 * @returns null when the form is not complete, with the reason for the user
 */
export function outputOf(
  form: OutputForm,
  numbers: Record<OutputNumber, number | undefined | null>,
): { output: Output | null; problem: null } | { output: null; problem: string } {
  if (form.target === "spool") return { output: null, problem: null };
  const file = form.file.trim();
  if (file === "") return { output: null, problem: "Name the file" };
  if (form.target === "file") {
    return { output: { file, overwrite: form.overwrite, several: null }, problem: null };
  }
  const { megabytes, seconds, packets, interval, keep } = numbers;
  if (megabytes === null || seconds === null || packets === null || interval === null || keep === null)
    return { output: null, problem: "A number is out of bounds" };
  if ((megabytes ?? seconds ?? packets ?? interval) === undefined)
    return { output: null, problem: "Say when the next file is begun" };
  const several = {
    ...(megabytes === undefined ? {} : { kilobytes: Math.max(1, Math.round(megabytes * 1000)) }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(packets === undefined ? {} : { packets }),
    ...(interval === undefined ? {} : { intervalSeconds: interval }),
    ...(keep === undefined ? {} : { keep }),
    compress: form.compress,
  };
  return { output: { file, overwrite: false, several }, problem: null };
}

/** The options to start with once more: a file of its own is not written a second time. */
export function againOptions(options: Partial<CaptureOptions>): Partial<CaptureOptions> {
  if (!options.output || options.output.several) return options;
  return { ...options, output: null };
}
