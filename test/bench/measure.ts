/** One run: a program opens a capture and answers everything that is measured; and two programs compared. */
import { CHANGED_CLAUSE } from "./filters.ts";
import type { Filtered, Subject } from "./subject.ts";

/** An answer to a filter and its time when asked once more; or why there is none. */
export type Answer = (Filtered & { readonly again: number }) | { readonly refused: string };

/** The first capture of a program that was started just before. Milliseconds, and bytes at their peak. */
export interface Start {
  readonly open: number;
  readonly firstRows: number;
  readonly memory: number | null;
  /** Processor time of all threads, the program's start included. */
  readonly processor: number | null;
}

/** Times in milliseconds, memory in bytes. */
export interface Measurement {
  readonly frames: number;
  /** The first capture, right after the program's start. */
  readonly start: Start;
  /** The first capture of a program that had nothing to do for some seconds; of sharkd the same as at its start. */
  readonly open: number;
  /** The capture opened once more by the same program, at the end; null when it was not measured. */
  readonly openAgain: number | null;
  readonly firstRows: number;
  readonly middleRows: number;
  readonly frame: number;
  readonly frameAgain: number;
  readonly answers: ReadonlyMap<string, Answer>;
  /** A filter one of whose clauses was asked before; null when it was not measured. */
  readonly changedClause: number | null;
  /** Peak resident memory after opening, and after everything. */
  readonly memory: number | null;
  readonly memoryAtEnd: number | null;
  /** Processor time of all threads for all filters. */
  readonly filtersProcessor: number | null;
}

/**
 * Measures how a program that was started just now opens its first capture.
 * @throws Error when the capture cannot be opened or the program ends
 */
export async function measureStart(subject: Subject, path: string): Promise<Start> {
  const { ms: open, firstRows } = await subject.open(path);
  return { open, firstRows, memory: subject.peakMemory(), processor: subject.processorTime() };
}

/**
 * Measures a program.
 * @param subject one that opened no capture yet
 * @param start what `measureStart` found; null to take the first opening for it
 * @param asked display filters
 * @param more false to leave the filter with a changed clause out
 * @param step told what was done, in words
 * @throws Error when the capture cannot be opened or the program ends
 */
export async function measure(
  subject: Subject,
  start: Start | null,
  path: string,
  asked: readonly string[],
  more = asked.length > 0,
  step: (words: string) => void = () => {},
): Promise<Measurement> {
  const { ms: open, frames, firstRows } = await subject.open(path);
  step(`opened in ${(open / 1000).toFixed(1)} s`);
  const memory = subject.peakMemory();
  const processor = subject.processorTime();
  const middleRows = await subject.middleRows(frames);
  step(`60 rows from the middle in ${middleRows.toFixed(0)} ms`);
  const middle = Math.max(1, Math.floor(frames / 2));
  const frame = await subject.frame(middle);
  const frameAgain = await subject.frame(middle);
  const answers = new Map<string, Answer>();
  const before = subject.processorTime();
  for (const expression of asked) {
    const answer = await answerOf(subject, expression);
    answers.set(expression, answer);
    step(`${expression}: ${"ms" in answer ? `${(answer.ms / 1000).toFixed(2)} s` : answer.refused}`);
  }
  let changedClause: number | null = null;
  if (more) {
    await subject.filter(CHANGED_CLAUSE[0]);
    changedClause = (await subject.filter(CHANGED_CLAUSE[1])).ms;
  }
  const after = subject.processorTime();
  const memoryAtEnd = subject.peakMemory();
  const openAgain = more ? (await subject.open(path)).ms : null;
  return {
    frames,
    start: start ?? { open, firstRows, memory, processor },
    open,
    openAgain,
    firstRows,
    middleRows,
    frame,
    frameAgain,
    answers,
    changedClause,
    memory,
    memoryAtEnd,
    filtersProcessor: before === null || after === null || !more ? null : after - before,
  };
}

async function answerOf(subject: Subject, expression: string): Promise<Answer> {
  try {
    const first = await subject.filter(expression);
    const again = await subject.filter(expression);
    return { ...first, again: again.ms };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

/** A filter on which two programs disagree, in words. */
export interface Difference {
  readonly expression: string;
  readonly words: string;
}

/** Frame numbers that are told of a difference. */
const TOLD = 8;

/**
 * Compares what two programs answered; those that differ are asked which frames they mean.
 * @param ours,theirs still running, with the capture open
 */
export async function differences(
  ours: Subject,
  theirs: Subject,
  our: Measurement,
  their: Measurement,
): Promise<Difference[]> {
  const found: Difference[] = [];
  if (our.frames !== their.frames) {
    const words = `${ours.name} counts ${our.frames} frames, ${theirs.name} ${their.frames}`;
    found.push({ expression: "(all frames)", words });
  }
  for (const [expression, theirAnswer] of their.answers) {
    const ourAnswer = our.answers.get(expression) ?? { refused: "it was not asked" };
    for (const [{ name }, answer] of [[ours, ourAnswer] as const, [theirs, theirAnswer] as const]) {
      if ("refused" in answer)
        found.push({ expression, words: `${name} does not answer: ${answer.refused}` });
    }
    if ("refused" in ourAnswer || "refused" in theirAnswer || ourAnswer.count === theirAnswer.count) continue;
    const ourFrames = await ours.matching(expression);
    const theirFrames = await theirs.matching(expression);
    const words =
      `${ours.name} finds ${ourAnswer.count}, ${theirs.name} ${theirAnswer.count}` +
      only(ours.name, ourFrames, theirFrames) +
      only(theirs.name, theirFrames, ourFrames);
    found.push({ expression, words });
  }
  return found;
}

/** "; only X: 1, 2, 3 … (17)", nothing when there is no such frame. */
function only(name: string, these: readonly number[], those: readonly number[]): string {
  const known = new Set(those);
  const rest = these.filter((number) => !known.has(number));
  if (rest.length === 0) return "";
  const more = rest.length > TOLD ? ` … (${rest.length})` : "";
  return `; only ${name}: ${rest.slice(0, TOLD).join(", ")}${more}`;
}
