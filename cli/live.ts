/** `-i`: capturing. The driver writes a file; the file is read as it grows, as any capture file. */
import { join } from "node:path";
import {
  type CaptureDriver,
  CaptureSession,
  chooseDriver,
  type InterfaceInfo,
  type InterfaceList,
  linkTypeTitle,
  listCaptureInterfaces,
  type SessionSnapshot,
} from "../engine/capture/index.ts";
import { CaptureFileError } from "../engine/formats/types.ts";
import { dissectInOrder } from "../engine/sequential.ts";
import type { Arguments, SourceArgument } from "./arguments.ts";
import { complain, EXIT_DONE, type ExitStatus, RunError, UsageError } from "./errors.ts";
import { displayFilter } from "./filter.ts";
import type { Output } from "./output.ts";
import { saveFrames, Tail } from "./save.ts";
import { choosePrinter, Show } from "./show.ts";
import { Statistics } from "./statistics.ts";
import { temporaryFolder } from "./temporary.ts";

async function interfacesOf(driver: CaptureDriver): Promise<InterfaceList> {
  const found = await listCaptureInterfaces(driver);
  if (found.interfaces.length === 0 && found.problem !== null) {
    throw new RunError([found.problem.message, found.problem.fix].filter(Boolean).join(" "));
  }
  return found;
}

/** The driver to capture with. */
async function usableDriver(): Promise<CaptureDriver> {
  const { driver, error } = await chooseDriver();
  if (error !== null) throw new RunError(error.message);
  return driver;
}

/** `-D`: the interfaces, numbered as `-i` takes them. */
export async function listInterfaces(out: Output): Promise<ExitStatus> {
  const driver = await usableDriver();
  try {
    const { interfaces, problem } = await interfacesOf(driver);
    interfaces.forEach(({ name, description }, i) => {
      out.write(
        `${i + 1}. ${name}${description === "" || description === name ? "" : ` (${description})`}\n`,
      );
    });
    out.flush();
    if (problem !== null) complain([problem.message, problem.fix].filter(Boolean).join(" "));
    return EXIT_DONE;
  } finally {
    driver.close();
  }
}

/** `-L`: the link types of the interfaces asked for. */
export async function listLinkTypes(a: Arguments, out: Output): Promise<ExitStatus> {
  const driver = await usableDriver();
  try {
    const { interfaces } = await interfacesOf(driver);
    const names = a.sources.length > 0 ? a.sources.map(({ name }) => name) : [firstUsable(interfaces)];
    for (const given of names) {
      const name = find(interfaces, given)?.name;
      if (name === undefined) throw new RunError(`There is no interface "${given}"; -D lists them.`);
      const asked = await driver.listInterfaces(name);
      if (!asked.ok) throw captureError({ interface: name, ...asked.error });
      const opened = asked.value.find((each) => each.name === name)?.open;
      if (opened === undefined) throw new RunError(`The link types of ${name} cannot be told here.`);
      if (!opened.ok) throw captureError({ interface: name, ...opened.error });
      out.write(`Data link types of interface ${name} (use option -y to set):\n`);
      for (const { name: type, linkType, description } of opened.linkTypes) {
        out.write(`  ${type ?? linkType} (${description ?? linkTypeTitle(linkType)})\n`);
      }
    }
    out.flush();
    return EXIT_DONE;
  } finally {
    driver.close();
  }
}

function firstUsable(interfaces: readonly InterfaceInfo[]): string {
  const usable = interfaces.find(({ canCapture, kind }) => canCapture !== false && kind !== "loopback");
  const first = usable ?? interfaces[0];
  if (first === undefined) throw new RunError("There is no interface to capture on.");
  return first.name;
}

/** An interface by its name or its number in the list of `-D`. */
function find(interfaces: readonly InterfaceInfo[], text: string): InterfaceInfo | undefined {
  const named = interfaces.find(({ name }) => name === text);
  return named ?? (/^[1-9]\d*$/.test(text) ? interfaces[Number(text) - 1] : undefined);
}

async function resolveSources(driver: CaptureDriver, a: Arguments): Promise<SourceArgument[]> {
  const given = a.sources;
  if (given.length > 0 && given.every(({ name }) => !/^\d+$/.test(name))) return given;
  const { interfaces } = await interfacesOf(driver);
  if (given.length === 0) return [{ ...a.defaults, name: firstUsable(interfaces) }];
  return given.map((source) => ({ ...source, name: find(interfaces, source.name)?.name ?? source.name }));
}

/** Lets one side wait until the other has news. */
class Bell {
  #wake: (() => void) | null = null;
  #rung = false;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves when the bell was rung since the last wait. */
  async wait(): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = null;
    this.#rung = false;
  }
}

/** Captures until a condition, Ctrl+C or an error ends it. */
export async function capture(a: Arguments, version: string, out: Output): Promise<ExitStatus> {
  const printer = choosePrinter(a, version, "-");
  const filter = await displayFilter(a.displayFilter);
  const statistics = await Promise.all(a.statistics.map((each) => Statistics.of(each)));
  const driver = await usableDriver();
  const folder = temporaryFolder();
  const session = new CaptureSession({ driver, spoolDir: folder.path });
  const stop = (): void => void session.stop();
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  try {
    const sources = await resolveSources(driver, a);
    return await run(
      a,
      sources,
      session,
      new Show(out, a, printer, filter, statistics),
      printer !== null,
      out,
      folder.path,
    );
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop).off("SIGHUP", stop);
    await session.stop();
    driver.close();
    folder.remove();
  }
}

async function run(
  a: Arguments,
  sources: readonly SourceArgument[],
  session: CaptureSession,
  show: Show,
  prints: boolean,
  out: Output,
  folder: string,
): Promise<ExitStatus> {
  const bell = new Bell();
  const counts = !a.quiet && !prints && process.stderr.isTTY === true;
  session.on((event) => {
    if (event.type === "notice") complain(event.notice.message);
    if (event.type === "stats" && counts) process.stderr.write(`\r${event.stats.packets} `);
    bell.ring();
  });
  process.stderr.write(`Capturing on ${sources.map(({ name }) => `'${name}'`).join(" and ")}\n`);

  // A file of the driver's own format is written by the driver itself; others are made of it at the end.
  const direct = a.write !== undefined && a.write !== "-" && a.fileType === "pcapng";
  const file = direct ? a.write : a.write === undefined ? undefined : join(folder, "capture.pcapng");
  const outcome = await session.start({
    sources: sources.map(({ bufferMiB, ...source }) => ({
      ...source,
      bufferKiB: bufferMiB === undefined ? undefined : bufferMiB * 1024,
    })),
    file,
    stopAfter: {
      seconds: a.stopAfter.seconds,
      packets: leastOf(a.count, a.stopAfter.packets),
      bytes: a.stopAfter.kilobytes === undefined ? undefined : a.stopAfter.kilobytes * 1000,
    },
  });
  if (outcome.state === "failed" && session.snapshot().file === null) throw captureError(outcome.error);

  const ended = (): boolean => session.snapshot().state === "idle";
  const path = session.snapshot().file;
  if (path !== null) {
    if (prints) await printLive(path, show, bell, ended, out);
    else if (a.write === "-" && a.fileType === "pcapng") await stream(path, session, bell, out);
    else while (!ended()) await bell.wait();
    if (a.write !== undefined && a.fileType !== "pcapng")
      await saveFrames(path, a.write, a.fileType, "all", out);
  }
  const snapshot = session.snapshot();
  report(snapshot, counts);
  if (snapshot.error !== null) throw captureError(snapshot.error);
  return EXIT_DONE;
}

const leastOf = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

function captureError(error: { code: string; message: string; interface?: string | undefined }): Error {
  if (error.code === "usage") return new UsageError(error.message);
  const name = error.interface;
  const on = name === undefined ? "" : ` on ${name}`;
  if (error.code === "filter")
    return new RunError(`The capture filter cannot be used${on}: ${error.message}`);
  const told = name === undefined || error.message.includes(name);
  return new RunError(told ? error.message : `${name}: ${error.message}`);
}

/** Prints packets as they come, until the capture has ended and its file is read to the end. */
async function printLive(
  path: string,
  show: Show,
  bell: Bell,
  ended: () => boolean,
  out: Output,
): Promise<void> {
  let last = false;
  const follow = async (): Promise<boolean> => {
    out.flush();
    if (last) return false;
    if (!ended()) await bell.wait();
    // Whatever was written before the end was told is read once more.
    last = ended();
    return true;
  };
  show.begin();
  try {
    const { mode, columns, wanted } = show;
    const read = await dissectInOrder(path, { mode, columns, wanted, follow }, (d, growing) =>
      show.frame(d, growing) ? "displayed" : true,
    );
    read.close();
  } catch (error) {
    if (error instanceof CaptureFileError) throw new RunError(error.message);
    throw error;
  }
  show.end();
}

/** Hands the capture's bytes on as they come: only whole blocks while it runs. */
async function stream(path: string, session: CaptureSession, bell: Bell, out: Output): Promise<void> {
  const tail = new Tail(path);
  try {
    for (;;) {
      const { state, stats } = session.snapshot();
      tail.copyTo(out, state === "idle" ? Number.POSITIVE_INFINITY : stats.fileBytes);
      if (state === "idle") return;
      await bell.wait();
    }
  } finally {
    tail.close();
  }
}

/** `5 packets captured`, and what was lost. */
function report({ stats }: SessionSnapshot, counts: boolean): void {
  const packets = (count: number): string => `${count} packet${count === 1 ? "" : "s"}`;
  process.stderr.write(`${counts ? "\r" : ""}${packets(stats.packets)} captured\n`);
  const { kernelDropped, interfaceDropped } = stats;
  if (kernelDropped) process.stderr.write(`${packets(kernelDropped)} dropped by the kernel\n`);
  if (interfaceDropped) process.stderr.write(`${packets(interfaceDropped)} dropped by the interface\n`);
}
