/**
 * The packet list of a capture that writes several files: which of them it holds, and how it begins anew with newer
 * ones when the oldest go. A second decoder opens the newer files while the first goes on; it takes its place when it
 * has caught up, with the same filter and order.
 */
import type { RenewalHealth, RingStatus } from "../api.ts";
import type { CaptureFileEvent, Compressed, SpoolKeeper } from "../capture/index.ts";
import type { DecoderState } from "../decode/decoder.ts";
import { pause } from "../turns.ts";
import type { DecodeWorker } from "../workers/client.ts";
import { type FileChain, Ring, SHOWN_LIMIT } from "./ring.ts";

/** Milliseconds between two looks at how far a decoder is. */
const LOOK = 50;
/** Milliseconds without a new file after which files are taken to come slowly. */
const CALM = 2000;
/** Part of the time between two lists that may go into reading a new one, where files are dropped one by one. */
const SHARE = 0.1;
/** Bytes a millisecond that are read, until it was measured. */
const SPEED = 20_000;

/** What a decoder was told that a list being made must know, too; another one is of no use then. */
export interface Versions {
  /** Of the described protocols. */
  readonly protocols: number;
  /** Of the settings of dissection. */
  readonly dissection: number;
}

/** A list that is ready to be shown. */
export interface NewList {
  readonly worker: DecodeWorker;
  readonly versions: Versions;
  readonly state: DecoderState | null;
  /** What the decoder has open. */
  readonly path: string;
  /** Frame n of the list before is frame n − shift of this one, or is not in it. */
  readonly shift: number;
}

/** Who shows the list: a session. */
export interface ListKeeper {
  readonly capturing: boolean;
  /** True while the list must stay as it is: the user paused it, or goes through it step by step. */
  readonly isHeld: boolean;
  /** True while something works on the list that is shown. */
  readonly isBusy: boolean;
  /** Tells by which filter and in which order the list is shown. */
  readonly arrangement: string;
  readonly versions: Versions;
  /** Packets in the list that is shown. */
  readonly frames: number;
  /** A decoder whose captures are counted on from the present one; how they stand is told to `onState`. */
  makeWorker(): DecodeWorker;
  /** Gives a decoder the filter and order of the list that is shown. Throws what keeps it from having them. */
  arrange(worker: DecodeWorker, shift: number): Promise<void>;
  /** Shows a list in the place of the one before. */
  take(list: NewList): void;
  /** Told what goes wrong; the capture goes on. */
  tell(severity: "warning" | "error", error: unknown): void;
}

interface Renewal {
  readonly worker: DecodeWorker;
  readonly versions: Versions;
  state: DecoderState | null;
  /** Bytes of the files that must be read before it is shown. */
  goal: number;
}

export class RingList {
  readonly #keeper: ListKeeper;
  readonly #ring: Ring;
  /** The files that are shown; null before the first. */
  #chain: FileChain | null = null;
  /** Number of the first list's capture. */
  #since = 0;
  /**
   * Looks whether files come more slowly, so that more of them can be shown; null unless the list holds the newest one
   * only, because files left faster than they were indexed.
   */
  #widening: NodeJS.Timeout | null = null;
  /** When the last two files were begun. */
  #turned = { last: 0, before: 0 };
  /** Bytes a millisecond with which the last list was read. */
  #speed = SPEED;
  #renewal: Renewal | null = null;
  #ended = false;

  /**
   * @param spools note down the lists of files, so that they are cleared away after a crash
   * @param nameSpool answers a new name for one among the spools
   */
  constructor(spools: SpoolKeeper, nameSpool: () => string, keeper: ListKeeper) {
    this.#ring = new Ring(spools, nameSpool);
    this.#keeper = keeper;
  }

  /** How the files stand; null before the first. */
  get status(): RingStatus | null {
    if (this.#chain === null) return null;
    const { first, before } = this.#chain;
    return { ...this.#ring.counts, firstShown: first, before, since: this.#since };
  }

  /** The file written to, and bytes of those before it; null before the first. */
  get onDisk(): { path: string; before: number } | null {
    return this.#ring.onDisk;
  }

  /** The decoder of the list being made; null while none is. */
  get renewing(): DecodeWorker | null {
    return this.#renewal?.worker ?? null;
  }

  /** How far the list being made is; null while none is. */
  get progress(): RenewalHealth | null {
    if (this.#renewal === null) return null;
    const { state, goal } = this.#renewal;
    return { read: state?.position ?? 0, bytes: goal, frames: state?.frames ?? 0 };
  }

  /**
   * Begins the first list.
   * @param written the first file
   * @param since number its capture will have
   * @returns what a decoder opens
   * @throws the system's error when the list of files cannot be written
   */
  begin(written: string, since: number): string {
    this.#ring.take({ path: written, packets: 0, bytes: 0, state: "begun" });
    this.#since = since;
    this.#chain = this.#ring.chain();
    return this.#chain.path;
  }

  /** Takes note of what happened to a file. */
  onFile(event: CaptureFileEvent): void {
    try {
      this.#ring.take(event);
    } catch (error) {
      this.#keeper.tell("error", error);
    }
    if (event.state !== "begun") return;
    this.#turned = { last: performance.now(), before: this.#turned.last };
    void this.renew();
  }

  /** Takes note of a file that was compressed. */
  onCompressed(done: Compressed): void {
    this.#ring.compressed(done);
  }

  /** Takes note of how the decoder of a list being made stands. */
  onState(worker: DecodeWorker, state: DecoderState): void {
    if (worker === this.#renewal?.worker) this.#renewal.state = state;
  }

  /** The capture has ended: the decoder of a list being made need not wait for more. */
  finish(): void {
    this.#renewal?.worker.call("finishLive").catch(() => {});
  }

  /** Makes no more lists. What is shown may still be read. */
  async stop(): Promise<void> {
    this.#ended = true;
    this.#setNarrow(false);
    await this.#renewal?.worker.terminate();
  }

  /** Lets go of the files once it was stopped and nothing reads them any more; they stay. */
  end(): void {
    this.#ring.end();
  }

  /** Begins the list anew where it should; what is shown stays until the new list has caught up. */
  async renew(): Promise<void> {
    while (this.#isStale && this.#renewal === null) {
      const { versions } = this.#keeper;
      const renewal: Renewal = { worker: this.#keeper.makeWorker(), state: null, goal: 0, versions };
      this.#renewal = renewal;
      let taken = false;
      try {
        // Where files leave faster than they are indexed, the newest one stays longest.
        for (let narrow = false; !taken && this.#isOfUse(renewal); narrow = true) {
          const chain = narrow ? this.#ring.chain(Number.POSITIVE_INFINITY) : this.#newer();
          taken = await this.#catchUp(renewal, chain);
          if (!taken) this.#ring.drop(chain);
          else this.#setNarrow(narrow && this.#ring.counts.kept > 1);
        }
      } catch (error) {
        if (this.#isOfUse(renewal)) this.#keeper.tell("warning", error);
        return;
      } finally {
        this.#renewal = null;
        if (!taken) void renewal.worker.terminate();
      }
    }
  }

  /** True when the list should begin anew with newer files. */
  get #isStale(): boolean {
    const chain = this.#chain;
    if (chain === null || this.#keeper.isHeld || this.#ended) return false;
    const isCalm = !this.#keeper.capturing || performance.now() - this.#turned.last >= CALM;
    if (this.#widening !== null && isCalm) return true;
    return this.#ring.hasGaps(chain) || (chain.last > chain.first && this.#keeper.frames > SHOWN_LIMIT);
  }

  /**
   * The files of a new list. Some that are there are left out, so that it need not begin anew with the next file: few
   * where files come slowly, half of them where they come as fast as they are read.
   */
  #newer(): FileChain {
    const half = Math.floor(this.#ring.counts.kept / 2);
    const { last, before } = this.#turned;
    const perFile = SHARE * Math.max(1, last - before);
    const wanted = this.#keeper.capturing ? Math.ceil(this.#ring.bytes / this.#speed / perFile) - 1 : 0;
    const leaveOut = Math.max(0, Math.min(half, wanted));
    return this.#ring.chain(leaveOut, leaveOut < half ? SHOWN_LIMIT * 0.75 : SHOWN_LIMIT / 2);
  }

  /** False when the end or other settings made it pointless. */
  #isOfUse({ versions }: Renewal): boolean {
    const now = this.#keeper.versions;
    return !this.#ended && now.protocols === versions.protocols && now.dissection === versions.dissection;
  }

  /**
   * Opens files and shows them in the place of what is shown once all is indexed that was there at first.
   * @returns false when it is of no use any more
   */
  async #catchUp(renewal: Renewal, chain: FileChain): Promise<boolean> {
    const { worker } = renewal;
    const isUseless = (): boolean => this.#ring.hasGaps(chain) || !this.#isOfUse(renewal);
    const started = performance.now();
    renewal.state = null;
    let failed: unknown = null;
    let ended = false;
    worker
      .call("open", chain.path, this.#keeper.capturing)
      .catch((error: unknown) => {
        failed = error;
      })
      .finally(() => {
        ended = true;
      });
    const goal = chain.bytes;
    renewal.goal = goal;
    const position = (): number => renewal.state?.position ?? -1;
    while (!ended && position() < goal) {
      await pause(LOOK);
      if (isUseless()) return false;
    }
    if (failed !== null) throw failed;
    if (goal > 0) this.#speed = goal / (performance.now() - started);
    const shift = chain.before - (this.#chain?.before ?? 0);
    // What is shown may be filtered or sorted otherwise meanwhile.
    for (let arranged: string | null = null; arranged !== this.#keeper.arrangement; ) {
      arranged = this.#keeper.arrangement;
      await this.#keeper.arrange(worker, shift);
      while (this.#keeper.isBusy || this.#keeper.isHeld) {
        if (isUseless()) return false;
        await pause(LOOK);
      }
    }
    if (isUseless()) return false;
    const before = this.#chain;
    this.#chain = chain;
    this.#keeper.take({ worker, versions: renewal.versions, state: renewal.state, path: chain.path, shift });
    if (before !== null) this.#ring.drop(before);
    return true;
  }

  #setNarrow(on: boolean): void {
    if (this.#widening !== null) clearInterval(this.#widening);
    this.#widening = on ? setInterval(() => void this.renew(), CALM) : null;
  }
}
