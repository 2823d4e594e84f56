/**
 * What an endpoint's packets to come will carry, as an earlier packet announced it: the data connection of an FTP
 * session, the streams of a call set up by SDP, the answers of a TFTP server from a new port.
 *
 * Pass one learns them; later passes, and other threads, look at the same list. An announcement holds from the frame
 * that made it on, so that any order of looking sees the same.
 */
import type { Protocol } from "./protocol.ts";

/** Announcements kept; a capture with more is flooded with them. */
const MAX_ANNOUNCED = 1 << 18;

export interface Announcement {
  /** Of the conversation: CONVERSATION_TCP, CONVERSATION_UDP. */
  readonly kind: number;
  /** Address id, see AddressTable. */
  readonly address: number;
  readonly port: number;
  readonly app: Protocol;
  /** Frame that made it. */
  readonly frame: number;
  /** What else it says of the packets to come, for their dissector. */
  readonly facts: Facts | null;
}

/** Facts of an announcement: plain values, as they travel between threads. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

export class Expectations {
  /** All of them, in the order they were made. */
  readonly list: Announcement[] = [];
  /** By kind and port. */
  readonly #byPort = new Map<number, Announcement[]>();

  get empty(): boolean {
    return this.list.length === 0;
  }

  /** Takes in one announcement; one that says again what the newest of its endpoint says changes nothing. */
  add(made: Announcement): void {
    if (this.list.length >= MAX_ANNOUNCED) return;
    const key = keyOf(made.kind, made.port);
    const same = this.#byPort.get(key);
    if (same === undefined) this.#byPort.set(key, [made]);
    else {
      for (let i = same.length - 1; i >= 0; i--) {
        if (same[i].address !== made.address) continue;
        if (same[i].app === made.app && sameFacts(same[i].facts, made.facts)) return;
        break;
      }
      same.push(made);
    }
    this.list.push(made);
  }

  /** What was last announced for one of the two endpoints before frame `frame`; null for nothing. */
  find(
    kind: number,
    src: number,
    srcPort: number,
    dst: number,
    dstPort: number,
    frame: number,
  ): Announcement | null {
    return this.#at(kind, dst, dstPort, frame) ?? this.#at(kind, src, srcPort, frame);
  }

  #at(kind: number, address: number, port: number, frame: number): Announcement | null {
    const made = this.#byPort.get(keyOf(kind, port));
    if (made === undefined) return null;
    for (let i = made.length - 1; i >= 0; i--) {
      if (made[i].address === address && made[i].frame < frame) return made[i];
    }
    return null;
  }

  forget(): void {
    this.list.length = 0;
    this.#byPort.clear();
  }
}

const keyOf = (kind: number, port: number): number => kind * 65536 + port;

function sameFacts(a: Facts | null, b: Facts | null): boolean {
  if (a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
