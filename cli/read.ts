/** `-r`: reading a capture file. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { noticeText } from "../engine/formats/notice.ts";
import type { OpenCapture } from "../engine/formats/open.ts";
import { CaptureFileError } from "../engine/formats/types.ts";
import { dissectInOrder } from "../engine/sequential.ts";
import type { Arguments } from "./arguments.ts";
import { complain, EXIT_DONE, EXIT_ERROR, type ExitStatus, RunError } from "./errors.ts";
import { displayFilter } from "./filter.ts";
import type { Output } from "./output.ts";
import { saveFrames } from "./save.ts";
import { choosePrinter, Show } from "./show.ts";
import { Statistics } from "./statistics.ts";
import { clearLeftovers, temporaryFolder } from "./temporary.ts";

/** Reads, filters, prints and writes as the command line asks. */
export async function readFile(a: Arguments, version: string, out: Output): Promise<ExitStatus> {
  const named = a.read ?? "";
  const printer = choosePrinter(a, version, named);
  const filter = await displayFilter(a.displayFilter);
  const statistics = await Promise.all(a.statistics.map((each) => Statistics.of(each)));
  if (named === "-") clearLeftovers();
  const folder = named === "-" ? temporaryFolder() : null;
  try {
    const path = folder === null ? named : spoolInput(join(folder.path, "stdin"));
    const show = new Show(out, a, printer, filter, statistics);
    const frames: number[] = [];
    const capture = await dissect(path, a, show, frames);
    try {
      show.end();
      const problems = capture.notices().filter(({ severity }) => severity !== "note");
      for (const notice of problems) {
        complain(`${named === "-" ? "Standard input" : named}: ${noticeText(notice, show.seen)}`);
      }
      if (a.write !== undefined) {
        // Everything chosen is saved as it is, with all that stands beside the packets.
        const whole = filter === null && (a.count === undefined || show.seen < a.count);
        await saveFrames(path, a.write, a.fileType, whole ? "all" : frames, out);
      }
      return problems.some(({ severity }) => severity === "error") ? EXIT_ERROR : EXIT_DONE;
    } finally {
      capture.close();
    }
  } finally {
    folder?.remove();
  }
}

async function dissect(path: string, a: Arguments, show: Show, frames: number[]): Promise<OpenCapture> {
  const last = a.count ?? Number.POSITIVE_INFINITY;
  const { mode, columns, wanted } = show;
  try {
    return await dissectInOrder(path, { mode, columns, wanted, twoPass: a.twoPass }, (d, capture) => {
      show.begin();
      const displayed = show.frame(d, capture);
      if (displayed && a.write !== undefined) frames.push(d.frame);
      if (d.frame >= last) return false;
      return displayed ? "displayed" : true;
    }).then((capture) => {
      show.begin();
      return capture;
    });
  } catch (error) {
    if (!(error instanceof CaptureFileError)) throw error;
    throw new RunError(a.read === "-" ? error.message.replace(`"${path}"`, "Standard input") : error.message);
  }
}

/** Copies standard input to a file, since captures are read by place. */
function spoolInput(path: string): string {
  const fd = openSync(path, "wx", 0o600);
  const buffer = new Uint8Array(256 * 1024);
  try {
    for (;;) {
      const got = readInput(buffer);
      if (got === 0) return path;
      for (let done = 0; done < got; ) done += writeSync(fd, buffer, done, got - done);
    }
  } catch (error) {
    throw new RunError(`Standard input cannot be read: ${(error as Error).message}.`);
  } finally {
    closeSync(fd);
  }
}

const waiter = new Int32Array(new SharedArrayBuffer(4));

function readInput(buffer: Uint8Array): number {
  for (;;) {
    try {
      return readSync(0, buffer);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(waiter, 0, 0, 10);
    }
  }
}
