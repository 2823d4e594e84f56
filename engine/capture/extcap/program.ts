/** Asks extcap programs. They are anyone's: what they answer is bounded in size and time. */
import { type Program, runChild } from "../child.ts";
import type { CaptureError, Result } from "../driver.ts";

/** Bytes of an answer. */
const MOST_OUTPUT = 2 * 1024 * 1024;

/** How long a question may take, in milliseconds. */
export const QUESTION_MS = 15_000;

export interface ProgramAnswer {
  readonly output: string;
  readonly status: number;
  /** The end of what it wrote to standard error. */
  readonly complaint: string;
}

/** A program as it is started: with all that it starts, it ends. */
export const extcapProgram = (path: string): Program => ({
  title: `The program "${path}"`,
  command: path,
  args: [],
  group: true,
});

/** An error of a program that was to bring packets. */
export const sourceError = ({ message }: CaptureError): CaptureError => ({ code: "source", message });

/** Asks a program something and waits for its end. The error is one for the user. */
export async function ask(
  path: string,
  args: readonly string[],
  timeoutMs = QUESTION_MS,
): Promise<Result<ProgramAnswer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  const error = (why: string): CaptureError => ({ code: "source", message: `"${path}" ${why}.` });
  const run = await runChild(
    extcapProgram(path),
    args,
    (chunk) => {
      length += chunk.length;
      if (length > MOST_OUTPUT) return error(`answered "${args[0]}" with more than ${MOST_OUTPUT} bytes`);
      chunks.push(chunk);
      return null;
    },
    timeoutMs,
    error(`did not answer "${args[0]}" within ${timeoutMs / 1000} seconds`),
  );
  if (!run.ok) return { ok: false, error: sourceError(run.error) };
  const { status, complaint } = run.value;
  return {
    ok: true,
    value: { output: Buffer.concat(chunks).toString("utf8"), status: status ?? -1, complaint },
  };
}
