/**
 * Sessions of the browser face. A window keeps its session over a reload by its id; one that stays away is ended
 * after a while, unless it captures or holds packets that were not saved.
 */
import { Session, type SessionHost } from "../engine/session/session.ts";

/** Minutes a session without a window is kept. */
const PATIENCE = 10 * 60_000;

interface Entry {
  readonly session: Session;
  windows: number;
  timer: NodeJS.Timeout | null;
}

export class SessionTable {
  readonly #host: SessionHost;
  readonly #entries = new Map<string, Entry>();
  #file: string | null;

  /** @param file capture that the first session opens, null for none */
  constructor(host: SessionHost, file: string | null) {
    this.#host = host;
    this.#file = file;
  }

  /** The session of a window, made when it is new. `release` is called when the window's connection ends. */
  enter(id: string): { session: Session; release: () => void } {
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      entry = { session: new Session(this.#host), windows: 0, timer: null };
      this.#entries.set(id, entry);
      this.#openFirst(entry.session);
    }
    const held = entry;
    held.windows++;
    if (held.timer !== null) clearTimeout(held.timer);
    held.timer = null;
    return {
      session: held.session,
      release: () => {
        if (--held.windows === 0) this.#expire(id, held);
      },
    };
  }

  #openFirst(session: Session): void {
    if (this.#file === null) return;
    const path = this.#file;
    this.#file = null;
    // What goes wrong is shown by the window as it shows any failed opening: the notice reaches it once connected.
    setImmediate(() => void session.openAtStart(path));
  }

  #expire(id: string, entry: Entry): void {
    entry.timer = setTimeout(() => {
      if (entry.windows > 0) return;
      if (entry.session.capturing || entry.session.unsaved) return this.#expire(id, entry);
      this.#entries.delete(id);
      void entry.session.end(true);
    }, PATIENCE);
    entry.timer.unref();
  }

  /** Ends all sessions; answers the spool files that hold unsaved packets. */
  async close(): Promise<string[]> {
    const kept: string[] = [];
    for (const { session, timer } of this.#entries.values()) {
      if (timer !== null) clearTimeout(timer);
      const spool = await session.end(true);
      if (spool !== null) kept.push(spool);
    }
    this.#entries.clear();
    return kept;
  }
}
