/**
 * Practice before the first capture: JavaScript engines compile what runs often, which takes seconds of processor
 * time. Done while nobody waits, it is not missing when a capture is opened and filtered.
 */
import { Decoder, type DecoderHelpers, type DecoderOptions } from "./decoder.ts";

/** Frames after which what is needed is compiled. */
const FRAMES = 200_000;
/** Every so many rounds the capture is looked at, too. */
const LOOKED_AT = 3;
/** What needs walks along streams, the slowest kind of filter. */
const FILTERS = [
  'http.request.method == "POST"',
  'http.host matches "^x"',
  'tls.handshake.extensions_server_name contains "x"',
  'dns.qry.name contains "x"',
  "icmp.type == 8 || dns.flags.rcode == 3",
];
const SCREEN = { count: 60, columns: ["number", "time", "protocol", "info"] };

/** Everything is shared with the helpers at once, in small portions, however short the capture. */
const OPTIONS: DecoderOptions = {
  indexer: { shareBehind: 64, shareFrom: 0, batchFrames: 512 },
  filtering: { worthSharing: 0 },
};

export class Practice {
  readonly #path: string;
  readonly #helpers: DecoderHelpers | null;
  #decoder: Decoder | null = null;
  #ended = false;

  /**
   * @param path a capture of some thousand frames
   * @param helpers threads that practise together with this one
   */
  constructor(path: string, helpers: DecoderHelpers | null) {
    this.#path = path;
    this.#helpers = helpers;
  }

  /**
   * Opens the capture, filters it, looks at it, closes it; again and again until enough was practised or `end` was
   * called. Messages are answered between.
   * @returns frames indexed
   * @throws what opening the capture throws
   */
  async run(): Promise<number> {
    let frames = 0;
    for (let round = 0; frames < FRAMES && !this.#ended; round++) {
      const decoder = new Decoder(() => {}, this.#helpers, OPTIONS);
      this.#decoder = decoder;
      try {
        const opened = await decoder.open(this.#path, false);
        if (opened.frames === 0) break;
        frames += opened.frames;
        if (round % LOOKED_AT === 0) await this.#look(decoder, opened.frames);
      } catch (error) {
        // What is closed on the way has nothing to answer with any more.
        if (!this.#ended) throw error;
      } finally {
        decoder.close();
      }
    }
    return frames;
  }

  /** Ends the practice at once: the helpers are free when this returns. */
  end(): void {
    this.#ended = true;
    this.#decoder?.close();
  }

  async #look(decoder: Decoder, frames: number): Promise<void> {
    for (const text of FILTERS) await decoder.filter(text);
    await decoder.filter("");
    for (const start of [0, frames >>> 2, frames >>> 1, frames - SCREEN.count]) {
      await decoder.rows({
        ...SCREEN,
        start: Math.max(0, start),
        timeFormat: "relative",
        timePrecision: "auto",
      });
      await decoder.frame(Math.max(1, start));
    }
  }
}
