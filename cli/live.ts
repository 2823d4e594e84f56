/** `-i`: capturing. The driver writes a file; the file is read as it grows, as any capture file. */
import { closeSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { isatty } from "node:tty";
import {
  type CaptureDriver,
  type CaptureFileEvent,
  CaptureSession,
  type CaptureSource,
  chooseDriver,
  type DriverInterface,
  FileCompressor,
  type InterfaceInfo,
  type InterfaceList,
  isPipe,
  linkTypeTitle,
  listCaptureInterfaces,
  namedMessage,
  type SessionSnapshot,
  type SeveralFiles,
} from "../engine/capture/index.ts";
import { type OpenCapture, openCapture } from "../engine/formats/open.ts";
import { CaptureFileError } from "../engine/formats/types.ts";
import { dissectInOrder } from "../engine/sequential.ts";
import { stateFolder } from "../engine/session/stores.ts";
import { type Arguments, printsPackets, type SeveralArgument, type SourceArgument } from "./arguments.ts";
import { complain, EXIT_DONE, type ExitStatus, ReaderGone, RunError, UsageError } from "./errors.ts";
import { withExtcap } from "./extcap.ts";
import { displayFilter } from "./filter.ts";
import { Output } from "./output.ts";
import { LiveSave } from "./save.ts";
import { choosePrinter, Show } from "./show.ts";
import { Statistics } from "./statistics.ts";
import { clearLeftovers, temporaryFolder } from "./temporary.ts";

async function interfacesOf(driver: CaptureDriver): Promise<InterfaceList> {
  // Their numbers have to mean the same the next time, and to dumpcap.
  const found = await listCaptureInterfaces(driver, { order: "system" });
  if (found.interfaces.length === 0 && found.problem !== null) {
    throw new RunError([found.problem.message, found.problem.fix].filter(Boolean).join(" "));
  }
  return found;
}

/** The driver, which may not be able to capture on interfaces of the system. */
const anyDriver = (): ReturnType<typeof chooseDriver> => chooseDriver(join(stateFolder(), "extcap"));

/** The driver to capture with: interfaces of the system need one of its own, pipes and programs do not. */
async function usableDriver(sources: readonly SourceArgument[]): Promise<CaptureDriver> {
  const { driver, error } = await anyDriver();
  if (error === null) return driver;
  const foreign = await Promise.all(sources.map(({ name }) => isPipe(name) || driver.extcap?.find(name)));
  if (foreign.length === 0 || foreign.some((each) => !each)) throw new RunError(error.message);
  return driver;
}

/** `-D`: the interfaces, numbered as `-i` takes them. */
export async function listInterfaces(out: Output): Promise<ExitStatus> {
  const { driver } = await anyDriver();
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

/** What an interface that could be opened offers. */
type Opened = Extract<NonNullable<DriverInterface["open"]>, { readonly ok: true }>;

/** Opens the interfaces asked for, the first usable one if none was, and prints what they offer. */
async function listOffers(
  a: Arguments,
  out: Output,
  what: string,
  lines: (name: string, opened: Opened) => readonly string[],
): Promise<ExitStatus> {
  const { driver } = await anyDriver();
  try {
    const { interfaces } = await interfacesOf(driver);
    const names = a.sources.length > 0 ? a.sources.map(({ name }) => name) : [firstUsable(interfaces)];
    for (const given of names) {
      const name = find(interfaces, given)?.name;
      if (name === undefined) throw new RunError(`There is no interface "${given}"; -D lists them.`);
      const asked = await driver.listInterfaces(name);
      if (!asked.ok) throw captureError({ interface: name, ...asked.error });
      const opened = asked.value.find((each) => each.name === name)?.open;
      if (opened === undefined) throw new RunError(`The ${what} types of ${name} cannot be told here.`);
      if (!opened.ok) throw captureError({ interface: name, ...opened.error });
      out.write(
        lines(name, opened)
          .map((line) => `${line}\n`)
          .join(""),
      );
    }
    out.flush();
    return EXIT_DONE;
  } finally {
    driver.close();
  }
}

/** `-L`: the link types of the interfaces asked for. */
export const listLinkTypes = (a: Arguments, out: Output): Promise<ExitStatus> =>
  listOffers(a, out, "link", (name, { linkTypes }) => [
    `Data link types of interface ${name} (use option -y to set):`,
    ...linkTypes.map(
      ({ name: type, linkType, description }) =>
        `  ${type ?? linkType} (${description ?? linkTypeTitle(linkType)})`,
    ),
  ]);

/** `--list-time-stamp-types`: what can stamp the packets of the interfaces asked for. */
export const listTimestampTypes = (a: Arguments, out: Output): Promise<ExitStatus> =>
  listOffers(a, out, "time stamp", (name, { timestampTypes }) => [
    `Time stamp types of interface ${name} (use option --time-stamp-type to set):`,
    ...(timestampTypes.length > 0 ? timestampTypes : ["none can be chosen"]).map((type) => `  ${type}`),
  ]);

function firstUsable(interfaces: readonly InterfaceInfo[]): string {
  const local = interfaces.filter(({ extcap }) => extcap === null);
  const usable = local.find(({ canCapture, kind }) => canCapture !== false && kind !== "loopback");
  const first = usable ?? local[0];
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
  // Pipes and names stand for themselves.
  if (given.length > 0 && given.every(({ name }) => !/^\d+$/.test(name))) return given;
  const { interfaces } = await interfacesOf(driver);
  if (given.length === 0) return [{ ...a.defaults, name: firstUsable(interfaces) }];
  return given.map((source) => ({ ...source, name: find(interfaces, source.name)?.name ?? source.name }));
}

/** Name of the file that is captured into when it is not the one asked for. */
const SPOOL = "capture.pcapng";

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
  if (a.several !== null) refusePipe(a.write ?? "");
  if (a.sources.some(({ name }) => name === "-") && isatty(0))
    throw new UsageError("-i - reads a capture from standard input, which is a terminal here.");
  const finished = new FinishedFiles(a, out);
  const driver = await usableDriver(a.sources);
  for (const path of clearLeftovers()) {
    complain(
      `A run that was killed left its packets in ${path}: save them with -r and -w, then remove the folder.`,
    );
  }
  const folder = temporaryFolder(a.write === undefined ? null : SPOOL);
  const session = new CaptureSession({ driver, spoolDir: folder.path });
  const stop = (): void => void session.stop();
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  try {
    const sources = await withExtcap(driver, await resolveSources(driver, a), a.extcap);
    const show = new Show(out, a, printer, filter, statistics);
    return await run(a, sources, session, show, finished, out, folder.path);
  } finally {
    await session.stop();
    await finished.settled();
    process.off("SIGINT", stop).off("SIGTERM", stop).off("SIGHUP", stop);
    driver.close();
    folder.remove();
  }
}

function refusePipe(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile())
    throw new UsageError(`Several files (-b) cannot be named after "${path}", which is no regular file.`);
}

/** What is done with a file that the capture has finished: it is compressed, and its name is told. */
class FinishedFiles {
  readonly #compressor: FileCompressor | null;
  readonly #names: Output | null;
  readonly #fd: number | null;

  /** @throws RunError when the file for the names cannot be written */
  constructor(a: Arguments, out: Output) {
    this.#compressor = a.compress
      ? new FileCompressor(
          ({ path }) => this.#tell(path),
          (message) => complain(message),
        )
      : null;
    const target = a.several?.printName;
    this.#fd = target === undefined || /^(-|stdout|stderr)$/.test(target) ? null : openNames(target);
    if (target === undefined) this.#names = null;
    else if (target === "stderr") this.#names = new Output(2);
    else this.#names = this.#fd === null ? out : new Output(this.#fd);
  }

  closed(path: string): void {
    if (this.#compressor !== null) this.#compressor.add(path);
    else this.#tell(path);
  }

  removed(path: string): void {
    this.#compressor?.remove(path);
  }

  /** Resolves when everything handed over is done. */
  async settled(): Promise<void> {
    await this.#compressor?.settled();
    if (this.#fd !== null) closeSync(this.#fd);
  }

  #tell(path: string): void {
    this.#names?.write(`${path}\n`);
    this.#names?.flush();
  }
}

function openNames(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw new RunError(`The names of the files cannot be written: ${(error as Error).message}.`);
  }
}

async function run(
  a: Arguments,
  sources: readonly (SourceArgument & Pick<CaptureSource, "extcap">)[],
  session: CaptureSession,
  show: Show,
  finished: FinishedFiles,
  out: Output,
  folder: string,
): Promise<ExitStatus> {
  // A file of the driver's own format is written by the driver itself; others are made of it as it grows.
  const filtered = a.write !== undefined && a.displayFilter !== "";
  const direct = a.write !== undefined && a.write !== "-" && a.fileType === "pcapng" && !filtered;
  const target = a.compress ? a.write?.replace(/\.gz$/i, "") : a.write;
  const file = direct ? target : a.write === undefined ? undefined : join(folder, SPOOL);
  // Files are looked into as they come when packets are printed, counted or chosen.
  const dissects = show.dissects || filtered;

  const bell = new Bell();
  const counts = !a.quiet && !printsPackets(a) && process.stderr.isTTY === true;
  const begun: string[] = [];
  const removed = new Set<string>();
  const onFile = ({ path, state }: CaptureFileEvent): void => {
    if (state === "begun") {
      begun.push(path);
      const name = direct ? path : begun.length === 1 ? a.write : undefined;
      if (name !== undefined) process.stderr.write(`${counts ? "\r" : ""}File: ${name}\n`);
    }
    if (!direct) return;
    // A file that is still to be read is handed on afterwards.
    if (state === "closed" && !dissects) finished.closed(path);
    if (state === "removed") {
      removed.add(path);
      finished.removed(path);
    }
  };
  session.on((event) => {
    if (event.type === "notice") complain(event.notice.message);
    if (event.type === "stats" && counts) process.stderr.write(`\rPackets: ${event.stats.packets} `);
    if (event.type === "file") onFile(event.file);
    bell.ring();
  });
  process.stderr.write(
    `Capturing on ${sources.map(({ name }) => `'${name === "-" ? "Standard input" : name}'`).join(" and ")}\n`,
  );

  const outcome = await session.start({
    sources: sources.map(({ bufferMiB, ...source }) => ({
      ...source,
      bufferKiB: bufferMiB === undefined ? undefined : bufferMiB * 1024,
    })),
    file,
    stopAfter: {
      seconds: a.stopAfter.seconds,
      packets: leastOf(a.count, a.stopAfter.packets),
      bytes: bytesOf(a.stopAfter.kilobytes),
      files: a.stopAfter.files,
    },
    several: a.several === null ? undefined : severalFiles(a.several),
  });
  if (outcome.state === "failed" && session.snapshot().file === null) throw captureError(outcome.error);

  const ended = (): boolean => session.snapshot().state === "idle";
  const path = session.snapshot().file;
  let save: LiveSave | null = null;
  try {
    if (path !== null && a.write !== undefined && !direct)
      save = await LiveSave.open(path, target ?? a.write, a.fileType, filtered, out);
    if (path !== null && (dissects || save !== null)) {
      show.begin();
      for (let n = 0; ; n++) {
        while (n >= begun.length && !ended()) await bell.wait();
        const each = begun[n];
        if (each === undefined) break;
        const complete = (): boolean => ended() || begun.length > n + 1;
        const walk = new LiveWalk(bell, complete, out, save);
        if (dissects) await walk.show(each, show);
        else await walk.copy(each);
        if (direct && !removed.has(each)) finished.closed(each);
      }
      show.end();
    }
    while (!ended()) await bell.wait();
  } catch (error) {
    // What was captured until then is told all the same.
    await session.stop();
    if (error instanceof RunError || error instanceof ReaderGone)
      report(session.snapshot(), counts, filtered ? save : null);
    throw error;
  } finally {
    await save?.close();
  }
  if (save !== null && a.compress) finished.closed(target ?? a.write ?? "");
  const snapshot = session.snapshot();
  report(snapshot, counts, filtered ? save : null);
  if (snapshot.error !== null) throw captureError(snapshot.error);
  return EXIT_DONE;
}

const bytesOf = (kilobytes: number | undefined): number | undefined =>
  kilobytes === undefined ? undefined : kilobytes * 1000;

const severalFiles = ({ kilobytes, seconds, interval, packets, files }: SeveralArgument): SeveralFiles => ({
  bytes: bytesOf(kilobytes),
  seconds,
  intervalSeconds: interval,
  packets,
  keep: files,
});

const leastOf = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

function captureError(error: { code: string; message: string; interface?: string | undefined }): Error {
  if (error.code === "usage") return new UsageError(error.message);
  const name = error.interface;
  const on = name === undefined ? "" : ` on ${name}`;
  if (error.code === "filter")
    return new RunError(`The capture filter cannot be used${on}: ${error.message}`);
  const told = name === undefined || name === "-";
  return new RunError(told ? error.message : namedMessage(error.message, name));
}

/** A walk over a file that is being captured, as it grows, until it is complete and read to its end. */
class LiveWalk {
  readonly #bell: Bell;
  readonly #complete: () => boolean;
  readonly #out: Output;
  readonly #save: LiveSave | null;
  #last = false;

  /**
   * @param complete whether nothing more is written into the file
   * @param save where the packets go that the display filter lets through
   */
  constructor(bell: Bell, complete: () => boolean, out: Output, save: LiveSave | null) {
    this.#bell = bell;
    this.#complete = complete;
    this.#out = out;
    this.#save = save;
  }

  /** Shows the packets and writes those that are displayed. */
  async show(path: string, show: Show): Promise<void> {
    await this.#walk(path, () => {
      const { mode, columns, wanted } = show;
      const follow = (): Promise<boolean> => this.#follow();
      return dissectInOrder(path, { mode, columns, wanted, follow }, (d, growing) => {
        const displayed = show.frame(d, growing);
        this.#save?.frame(growing, displayed);
        return displayed ? "displayed" : true;
      });
    });
  }

  /** Writes all the packets, without a look at them. */
  async copy(path: string): Promise<void> {
    await this.#walk(path, async () => {
      const growing = await openCapture(path);
      try {
        do {
          while (growing.reader.next()) this.#save?.frame(growing, true);
        } while ((await growing.more()) || (await this.#follow()));
        return growing;
      } catch (error) {
        growing.close();
        throw error;
      }
    });
  }

  async #walk(path: string, walk: () => Promise<OpenCapture>): Promise<void> {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) {
      complain(`${path} was removed before its packets could be looked at.`);
      return;
    }
    try {
      const growing = await walk();
      try {
        this.#save?.finish(growing);
      } finally {
        growing.close();
      }
    } catch (error) {
      if (error instanceof CaptureFileError) throw new RunError(error.message);
      throw error;
    }
  }

  /** At the end of what is there: whether to go on. */
  async #follow(): Promise<boolean> {
    this.#save?.flush();
    this.#out.flush();
    if (this.#last) return false;
    if (!this.#complete()) await this.#bell.wait();
    // Whatever was written before the end was told is read once more.
    this.#last = this.#complete();
    return true;
  }
}

/** What was captured, what of it a display filter let through, and what was lost, in dumpcap's words. */
function report({ stats }: SessionSnapshot, counts: boolean, save: LiveSave | null): void {
  process.stderr.write(`${counts ? "\r" : ""}Packets captured: ${stats.packets}\n`);
  if (save !== null) process.stderr.write(`Packets written: ${save.written}\n`);
  for (const { name, packets, kernelDropped, interfaceDropped } of stats.interfaces) {
    const lost =
      kernelDropped === null
        ? "unknown"
        : `${kernelDropped} (pcap:${kernelDropped}/ps_ifdrop:${interfaceDropped ?? "unknown"}) ` +
          `(${((100 * packets) / Math.max(1, packets + kernelDropped)).toFixed(1)}%)`;
    process.stderr.write(`Packets received/dropped on interface '${name}': ${packets}/${lost}\n`);
  }
}
