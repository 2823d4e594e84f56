/**
 * Captures from pipes and programs, alone, several at once, or together with interfaces of the system: what comes is
 * read and checked here, and handed to the capturing process, which alone writes files.
 */
import { endianness } from "node:os";
import type { Readable, Writable } from "node:stream";
import { u32 } from "../../formats/bytes.ts";
import { BLOCK_INTERFACE } from "../../formats/pcapng.ts";
import type {
  CaptureCallbacks,
  CaptureDriver,
  CaptureEnd,
  CaptureError,
  CaptureHandle,
  StartOptions,
} from "../driver.ts";
import { NO_STATS } from "../driver.ts";
import { CaptureFeed, FeedError } from "./feed.ts";
import { Renumbering } from "./merge.ts";

/** Somebody else who captures, and whose packets are taken as they come. */
export interface StreamSource {
  /** What an interface without a name of its own is called. */
  readonly name: string;
  /** What it is called at the beginning of a message: "Standard input". */
  readonly title: string;
  /** What is to be known of its packets, a sentence. */
  readonly caveat: string;
  /** Begins; resolves null when it was stopped before. Rejects with a `SourceError` when it cannot. */
  open(): Promise<Readable | null>;
  /** Asks it to end. Returns false when nothing more is to be taken from then on. */
  stop(): boolean;
  /** Ends it at once. */
  kill(): void;
  /**
   * Waits for its end after the last that is taken of it.
   * @param ask true when it would go on by itself
   * @returns why it failed; null when it did not
   */
  finish(ask: boolean): Promise<CaptureError | null>;
}

/** Milliseconds that a source has to end after it was asked to. */
const STOP_MS = 3000;

/** Why a source cannot be captured from. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly error: CaptureError;
  constructor(error: CaptureError) {
    super(error.message);
    this.error = error;
  }
}

/** A source while it is captured from. */
class Lane {
  readonly source: StreamSource;
  readonly feed: CaptureFeed;
  /** Blocks that came before anybody could take them. */
  waiting: Uint8Array[] = [];
  error: CaptureError | null = null;
  #stream: Readable | null = null;
  #chunks: AsyncIterator<Buffer> | null = null;
  #isOver = false;
  /** True when nobody wants more of it. */
  #isLeft = false;
  #timer: NodeJS.Timeout | null = null;
  #finished: Promise<void> | null = null;

  constructor(source: StreamSource) {
    this.source = source;
    this.feed = new CaptureFeed(source.name, source.title);
  }

  /** Reads until an interface is described; then, or at the end, `waiting` holds what came. */
  async begin(): Promise<void> {
    try {
      this.#stream = await this.source.open();
      if (this.#isLeft) this.#stream?.destroy();
      this.#chunks = this.#stream?.[Symbol.asyncIterator]() ?? null;
    } catch (error) {
      this.#fail(error);
    }
    while (this.feed.interfaces.length === 0) {
      const blocks = await this.next();
      if (blocks === null) return;
      this.waiting.push(...blocks);
    }
  }

  /** The next blocks; null at the end, which `error` may explain. */
  async next(): Promise<Uint8Array[] | null> {
    if (this.#isOver || this.#chunks === null) return null;
    try {
      const chunk = await this.#chunks.next();
      if (!chunk.done) return this.feed.push(chunk.value);
    } catch (error) {
      // Destroying the stream ends the walk over it with an error, too.
      if (!this.#isLeft) this.#fail(error);
      this.#stream?.destroy();
      this.#isOver = true;
      return this.feed.salvaged();
    }
    this.#isOver = true;
    const tooShort = this.#isLeft ? null : this.feed.tooShort();
    if (tooShort !== null) this.error ??= { code: "source", message: tooShort };
    return null;
  }

  /** Bytes of a packet that did not come to its end; 0 when the source was left. */
  get torn(): number {
    return this.#isLeft || this.error !== null ? 0 : this.feed.left;
  }

  /** Asks the source to end; what it still has to say is taken. */
  stop(): void {
    if (!this.source.stop()) this.leave();
    else this.#timer ??= setTimeout(() => this.kill(), STOP_MS);
  }

  kill(): void {
    this.leave();
    this.source.kill();
  }

  /** Nothing more is taken. */
  leave(): void {
    this.#isLeft = true;
    this.#stream?.destroy();
  }

  /** Waits for the source's end, and takes over why it failed if that explains more. */
  finish(): Promise<void> {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  async #finish(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const goesOn = this.#isLeft || (this.error !== null && this.feed.received > 0);
    const failure = await this.source.finish(goesOn);
    if (failure !== null && (this.error === null || this.error.code === "source")) this.error = failure;
  }

  #fail(error: unknown): void {
    const { title } = this.source;
    if (error instanceof SourceError) this.error ??= error.error;
    else {
      const { message } = error as Error;
      const text = error instanceof FeedError ? message : `${title} cannot be read: ${message}`;
      this.error ??= { code: "source", message: text };
    }
  }
}

/**
 * Begins a capture from these sources, whose packets `driver` writes together with those of its own interfaces. It
 * begins when all of them have described what comes, which may take any time.
 * @param sources for each of `options.sources`, where its packets come from; null for an interface of the system
 */
export function startStreams(
  driver: CaptureDriver,
  options: StartOptions,
  sources: readonly (StreamSource | null)[],
  callbacks: CaptureCallbacks,
): CaptureHandle {
  const capture = new StreamCapture(driver, options, sources, callbacks);
  void capture.run();
  return capture;
}

class StreamCapture implements CaptureHandle {
  readonly #driver: CaptureDriver;
  readonly #options: StartOptions;
  readonly #callbacks: CaptureCallbacks;
  readonly #lanes: readonly (Lane | null)[];
  #inner: CaptureHandle | null = null;
  #stopping = false;
  #ended = false;
  /** True when all sources have ended. */
  #isFed = false;
  /** The source whose failure ended it. */
  #failed: Lane | null = null;

  constructor(
    driver: CaptureDriver,
    options: StartOptions,
    sources: readonly (StreamSource | null)[],
    callbacks: CaptureCallbacks,
  ) {
    this.#driver = driver;
    this.#options = options;
    this.#callbacks = callbacks;
    this.#lanes = sources.map((source) => (source === null ? null : new Lane(source)));
  }

  get pid(): number | undefined {
    return this.#inner?.pid;
  }

  get waits(): boolean {
    return this.#inner === null;
  }

  get messages(): CaptureHandle["messages"] {
    return this.#inner?.messages;
  }

  async run(): Promise<void> {
    const lanes = this.#own();
    // The first that fails ends the others, which may wait for ever.
    await Promise.all(
      lanes.map((lane) =>
        lane.begin().then(() => {
          if (lane.error === null || this.#failed !== null) return;
          this.#failed = lane;
          for (const other of lanes) if (other !== lane) other.kill();
        }),
      ),
    );
    const isComplete = lanes.every(({ feed }) => feed.interfaces.length > 0);
    if (this.#stopping || !isComplete) await this.#giveUp(lanes);
    else this.#begin(lanes);
  }

  stop(): void {
    if (this.#stopping || this.#ended) return;
    this.#stopping = true;
    for (const lane of this.#own()) lane.stop();
    if (this.#isFed) this.#inner?.stop();
  }

  kill(): void {
    this.#stopping = true;
    for (const lane of this.#own()) lane.kill();
    this.#inner?.kill();
  }

  #own(): Lane[] {
    return this.#lanes.filter((lane) => lane !== null);
  }

  /** It ends before it began. */
  async #giveUp(lanes: readonly Lane[]): Promise<void> {
    await Promise.all(lanes.map((lane) => lane.finish()));
    const error = this.#stopping ? null : (this.#failed?.error ?? null);
    const reason = this.#stopping || error === null ? "stopped" : "error";
    this.#ended = true;
    this.#callbacks.onEnd({ reason, error, stats: NO_STATS, started: false });
  }

  #begin(lanes: readonly Lane[]): void {
    const callbacks = this.#callbacks;
    const caveats = [...new Set(lanes.map(({ source }) => source.caveat))];
    const sources = this.#options.sources.map((source, i) =>
      this.#lanes[i] === null ? source : { name: source.name, filter: source.filter, streamed: true },
    );
    this.#inner = this.#driver.start(
      { ...this.#options, sources },
      {
        ...callbacks,
        onStarted: (started) =>
          callbacks.onStarted({ ...started, caveats: [...caveats, ...started.caveats] }),
        onEnd: (end) => void this.#finish(end),
      },
    );
    void this.#feed(lanes, this.#inner.input ?? null);
  }

  /** Hands on what comes, to the end of all sources. */
  async #feed(lanes: readonly Lane[], input: Writable | null): Promise<void> {
    if (input === null) return;
    const total = this.#options.sources.length;
    let next = total;
    const numbering = lanes.map((lane) => {
      let first: number | null = this.#lanes.indexOf(lane);
      return new Renumbering(() => {
        const number = first ?? next++;
        first = null;
        return number;
      });
    });
    const waiting = lanes.map((lane, i) =>
      total === 1 ? lane.waiting : (numbering[i] as Renumbering).take(lane.waiting),
    );
    const heads: Uint8Array[] = [];
    // The first interface of each comes before all else.
    if (total > 1) for (const blocks of waiting) heads.push(...blocks.splice(indexOfInterface(blocks), 1));
    for (const block of [...heads, ...waiting.flat()]) input.write(block);
    let running = lanes.length;
    await Promise.all(
      lanes.map(async (lane, i) => {
        for (let blocks = await lane.next(); blocks !== null && !this.#ended; blocks = await lane.next()) {
          await send(input, total === 1 ? blocks : (numbering[i] as Renumbering).take(blocks));
        }
        this.#tellLosses(lane, numbering[i] as Renumbering);
        await lane.finish();
        if (--running > 0 || lanes.length < total) this.#tellEnd(lane);
        else if (lane.error !== null) this.#failed = lane;
      }),
    );
    this.#isFed = true;
    input.end();
    if (this.#stopping) this.#inner?.stop();
  }

  #tellLosses({ feed, torn, source }: Lane, { leftOut }: Renumbering): void {
    const tell = (code: string, message: string): void => {
      if (!this.#ended) this.#callbacks.onNotice({ code, message });
    };
    if (torn > 0)
      tell(
        "cut-short",
        `${source.title} ended in the middle of a packet: its last ${torn} bytes are left out.`,
      );
    for (const [what, times] of feed.skipped) tell("left-out", `Left out of what came: ${times} ${what}.`);
    for (const [type, times] of leftOut)
      tell("left-out", `Left out of what came: ${times} blocks of type ${type}, of the other byte order.`);
  }

  /** One of several sources has ended. */
  #tellEnd({ error, source }: Lane): void {
    if (this.#stopping || this.#ended) return;
    const message = error?.message ?? `${source.title} has ended; the capture goes on with the others.`;
    this.#callbacks.onNotice({ code: "source-ended", message });
  }

  async #finish(end: CaptureEnd): Promise<void> {
    this.#ended = true;
    const lanes = this.#own();
    for (const lane of lanes) lane.leave();
    await Promise.all(lanes.map((lane) => lane.finish()));
    if (this.#stopping && end.error === null) this.#callbacks.onEnd({ ...end, reason: "stopped" });
    else if (end.reason === "source-ended" && this.#failed !== null)
      this.#callbacks.onEnd({ ...end, reason: "error", error: this.#failed.error });
    else this.#callbacks.onEnd(end);
  }
}

/** Writes, and waits while the reader has enough. */
async function send(input: Writable, blocks: readonly Uint8Array[]): Promise<void> {
  let hasRoom = true;
  for (const block of blocks) hasRoom = input.write(block);
  if (hasRoom || input.destroyed) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      input.off("drain", go).off("close", go);
      resolve();
    };
    input.on("drain", go).on("close", go);
  });
}

/** The place of the first interface description among single blocks. */
const indexOfInterface = (blocks: readonly Uint8Array[]): number =>
  blocks.findIndex((block) => u32(block, 0, endianness() === "LE") === BLOCK_INTERFACE);
