/** Captures from a pipe: standard input, or a FIFO that another program writes a capture into. */
import { closeSync, constants, fstatSync, openSync, statSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { pause } from "../../turns.ts";
import { SourceError, type StreamSource } from "./streams.ts";

/** Milliseconds between two looks whether somebody writes into a FIFO. */
const LOOK_AGAIN = 250;

/** True when this names no interface but a pipe: "-" for standard input, or a path. */
export function isPipe(name: string): boolean {
  return name === "-" || name.includes("/");
}

/** What a pipe is called at the beginning of a sentence. */
const titleOf = (name: string): string => (name === "-" ? "Standard input" : `"${name}"`);

/**
 * The pipe of this name as a source. It may take as long as it takes until somebody writes.
 * @param filter a capture filter, which a pipe cannot have
 * @param input the stream to read for "-"; default this process's standard input
 */
export function pipeSource(
  name: string,
  filter: string | undefined,
  input: () => Readable = () => process.stdin,
): StreamSource {
  const opener = new AbortController();
  return {
    name,
    title: titleOf(name),
    caveat: "Packets come through a pipe as its writer captured them; the writer alone knows what it lost.",
    async open() {
      if (filter)
        throw new SourceError({
          code: "filter",
          message: "What comes through a pipe has been captured already: use a display filter instead.",
        });
      if (name === "-") return input();
      try {
        return await openFifo(name, opener.signal);
      } catch (error) {
        throw new SourceError({ code: "no-such-device", message: (error as Error).message });
      }
    },
    stop() {
      opener.abort();
      return false;
    },
    kill: () => opener.abort(),
    finish: async () => null,
  };
}

/** Why a path cannot be captured from; null when it is a FIFO. */
export function fifoProblem(path: string): string | null {
  if (process.platform === "win32")
    return `"${path}" cannot be read: named pipes need another system than Windows.`;
  try {
    const stat = statSync(path);
    if (stat.isFIFO()) return null;
    if (stat.isFile())
      return `"${path}" is a file, not a pipe: open it (-r), and follow it as it grows (--follow).`;
    return `"${path}" is not a pipe (FIFO) that could be captured from.`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR")
      return `There is no pipe "${path}"; "mkfifo ${path}" makes one.`;
    return `"${path}" cannot be looked at: ${message}.`;
  }
}

/**
 * Opens a FIFO without blocking and waits until something comes.
 * Rejects with an Error for the user when it cannot be opened; resolves null when `signal` ended it.
 */
export async function openFifo(path: string, signal?: AbortSignal): Promise<Readable | null> {
  const problem = fifoProblem(path);
  if (problem !== null) throw new Error(problem);
  for (;;) {
    const stream = fifoStream(path);
    const state = await firstNews(stream, signal);
    if (state === "data") return stream;
    stream.destroy();
    if (state === "aborted") return null;
    // Some systems tell the end of a FIFO that nobody has opened to write yet.
    await pause(LOOK_AGAIN);
    if (signal?.aborted) return null;
  }
}

/**
 * The read end of a FIFO as a stream that ends when its last writer has gone.
 * @throws Error for the user when it cannot be opened
 */
export function fifoStream(path: string): Socket {
  let fd = -1;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    // Between the look and the opening it may have become something else.
    if (!fstatSync(fd).isFIFO()) throw new Error("it is not a pipe any more");
    return new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    if (fd >= 0) closeSync(fd);
    throw new Error(`"${path}" cannot be opened: ${(error as Error).message}.`);
  }
}

/** Waits until a stream has something to read, ends, or is given up; errors are told to who reads it. */
function firstNews(stream: Readable, signal?: AbortSignal): Promise<"data" | "end" | "aborted"> {
  return new Promise((resolve) => {
    const tell = (state: "data" | "end" | "aborted"): void => {
      stream.off("readable", onReadable).off("error", onError);
      signal?.removeEventListener("abort", onAbort);
      resolve(state);
    };
    // "readable" is told at the end, too; there is nothing to read then.
    const onReadable = (): void => tell(stream.readableLength > 0 ? "data" : "end");
    const onError = (): void => tell("data");
    const onAbort = (): void => tell("aborted");
    if (signal?.aborted) return resolve("aborted");
    stream.on("readable", onReadable).on("error", onError);
    signal?.addEventListener("abort", onAbort);
  });
}
