/** How a run ends: statuses, and the two errors that carry a line for the user. */

export const EXIT_DONE = 0;
export const EXIT_USAGE = 1;
export const EXIT_ERROR = 2;
export type ExitStatus = typeof EXIT_DONE | typeof EXIT_USAGE | typeof EXIT_ERROR;

/** The command line itself is wrong; the message says what about it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The run cannot go on; the message says what happened and what to do. */
export class RunError extends Error {
  override readonly name = "RunError";
}

/** Standard output's reader has gone: the run ends quietly. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/** Writes one line to stderr; a closed stderr is nothing to tell anyone about. */
export function complain(message: string): void {
  process.stderr.write(`tapline: ${message}\n`);
}
