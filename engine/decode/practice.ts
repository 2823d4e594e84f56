/**
 * Practice before the first capture: JavaScript engines compile what runs often, which takes seconds of processor
 * time. Done while nobody waits, it is not missing when a capture is opened and filtered.
 */

import { Decoder, type DecoderHelpers, type DecoderOptions } from "./decoder.ts";
import { USUAL_FILTERS } from "./filter-run.ts";

/** Frames after which what is needed is compiled. */
export const ENOUGH_FRAMES = 200_000;
/** Every so many rounds the capture is looked at, too. */
const LOOKED_AT = 3;
/** Places of the capture at which rows and trees are looked at. */
const PLACES = 24;
/** Beside the usual filters those that dissect frames, alone and along their streams. */
const FILTERS = [
  ...USUAL_FILTERS,
  "tcp.dstport in {80, 8080} && frame.len < 200",
  "ip.addr == 10.0.0.0/8 || ipv6",
  "http.response_for.uri",
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
  readonly #enough: number;
  #decoder: Decoder | null = null;
  #ended = false;

  /**
   * @param path a capture of some thousand frames
   * @param helpers threads that practise together with this one
   * @param enough frames after which practice ends by itself
   */
  constructor(path: string, helpers: DecoderHelpers | null, enough = ENOUGH_FRAMES) {
    this.#path = path;
    this.#helpers = helpers;
    this.#enough = enough;
  }

  /**
   * Opens the capture, filters it, looks at it, closes it; again and again until enough was practised or `end` was
   * called. Messages are answered between.
   * @returns frames indexed
   * @throws what opening the capture throws
   */
  async run(): Promise<number> {
    let frames = 0;
    for (let round = 0; frames < this.#enough && !this.#ended; round++) {
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
    for (let place = 0; place < PLACES; place++) {
      const start = Math.floor((frames * place) / PLACES);
      await decoder.rows({ ...SCREEN, start, timeFormat: "relative", timePrecision: "auto" });
      await decoder.frame(start + 1);
    }
  }
}
