/** What is wrong with a display filter, where, and what to do about it. */

/** The only thing that reading a display filter throws. Positions are UTF-16 indexes into the filter's text. */
export class FilterError extends Error {
  readonly start: number;
  /** Behind the last character in question; equal to `start` when something is missing there. */
  readonly end: number;
  /** What to do: corrections, the nearest names. */
  readonly hints: readonly string[];

  constructor(message: string, start: number, end: number, hints: readonly string[] = []) {
    super(message);
    this.name = "FilterError";
    this.start = start;
    this.end = end;
    this.hints = hints;
  }
}

/** Something legal that is likely not what was meant. */
export interface FilterWarning {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly hints: readonly string[];
}
