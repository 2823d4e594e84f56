/** TCP connections as a capture beside the client sees them, losses and all. */
import type { Payload } from "./bytes.ts";
import type { Random } from "./random.ts";
import { type Host, TCP, type Wire } from "./wire.ts";

/** A flow: does its next step, then says how many microseconds later it wants to go on. */
export type Flow = Generator<number, void>;

const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;

/** What a host's TCP is like. */
export interface Habits {
  readonly mss: number;
  readonly timestamps: boolean;
  /** Window scale shift; 0 for a host that does not offer it. */
  readonly shift: number;
  /** Receive window in bytes. */
  readonly window: number;
}

interface Side {
  readonly host: Host;
  readonly port: number;
  readonly habits: Habits;
  readonly clock: number;
  /** Sequence number of the next new byte. */
  seq: number;
  /** Sequence number expected from the other side. */
  expected: number;
  /** Time stamp last seen from the other side. */
  echo: number;
  /** What is left of the window, when it shrinks. */
  room: number;
}

/** Share of bursts that meet some mishap. */
export interface Weather {
  readonly loss: number;
  readonly reorder: number;
  readonly stall: number;
}

export const CALM: Weather = { loss: 0.015, reorder: 0.008, stall: 0.001 };
export const ROUGH: Weather = { loss: 0.06, reorder: 0.03, stall: 0.006 };

export class Connection {
  readonly client: Side;
  readonly server: Side;
  /** Round-trip time in microseconds. */
  readonly rtt: number;
  readonly #wire: Wire;
  readonly #random: Random;
  readonly #weather: Weather;
  readonly #timestamps: boolean;
  readonly #scaled: boolean;
  readonly #payloadMax: number;

  constructor(
    wire: Wire,
    random: Random,
    client: Host,
    server: Host,
    ports: readonly [number, number],
    habits: readonly [Habits, Habits],
    weather: Weather,
  ) {
    this.#wire = wire;
    this.#random = random;
    this.#weather = weather;
    this.client = side(random, client, ports[0], habits[0]);
    this.server = side(random, server, ports[1], habits[1]);
    this.rtt = random.range(2, 60) * 1000 + random.range(0, 999);
    this.#timestamps = habits[0].timestamps && habits[1].timestamps;
    this.#scaled = habits[0].shift > 0 && habits[1].shift > 0;
    const mss = Math.min(habits[0].mss, habits[1].mss) - (client.address.length === 16 ? 20 : 0);
    this.#payloadMax = mss - (this.#timestamps ? 12 : 0);
  }

  other(side: Side): Side {
    return side === this.client ? this.server : this.client;
  }

  /** The handshake; false when the server refused. */
  *open(refused = false): Generator<number, boolean> {
    const { client, server } = this;
    this.#segment(client, SYN, client.seq, 0);
    if (this.#random.chance(0.01)) {
      yield 1_000_000;
      this.#segment(client, SYN, client.seq, 0);
    }
    client.seq = (client.seq + 1) >>> 0;
    yield this.rtt;
    server.expected = client.seq;
    if (refused) {
      server.seq = 0;
      this.#segment(server, RST | ACK, 0, 0);
      return false;
    }
    this.#segment(server, SYN | ACK, server.seq, 0);
    server.seq = (server.seq + 1) >>> 0;
    client.expected = server.seq;
    yield this.#random.range(20, 200);
    this.#ack(client);
    yield this.#random.range(20, 300);
    return true;
  }

  /** Closes from `first`; with a reset at times. */
  *close(first: Side): Flow {
    const second = this.other(first);
    if (this.#random.chance(0.07)) {
      this.#segment(first, RST | ACK, first.seq, 0);
      return;
    }
    this.#segment(first, FIN | ACK, first.seq, 0);
    first.seq = (first.seq + 1) >>> 0;
    yield first === this.client ? this.rtt : 150;
    second.expected = first.seq;
    this.#segment(second, FIN | ACK, second.seq, 0);
    second.seq = (second.seq + 1) >>> 0;
    yield second === this.client ? this.rtt : 150;
    first.expected = second.seq;
    this.#ack(first);
  }

  /** A keep-alive probe of the client, and its answer. */
  *keepAlive(): Flow {
    this.#segment(this.client, ACK, (this.client.seq - 1) >>> 0, 0);
    yield this.rtt;
    this.#ack(this.server);
    yield 1000;
  }

  /** Sends a payload in bursts that grow like a congestion window; ends with everything acknowledged. */
  *send(from: Side, payload: Payload): Flow {
    const to = this.other(from);
    const random = this.#random;
    const max = this.#payloadMax;
    let burst = 10;
    let offset = 0;
    while (offset < payload.length) {
      const allowed = Math.max(1, Math.floor(to.habits.window / max));
      const count = Math.min(burst, allowed, Math.ceil((payload.length - offset) / max));
      const end = Math.min(payload.length, offset + count * max);
      const luck = random.unit();
      const { loss, reorder, stall } = this.#weather;
      if (from === this.server) {
        if (count >= 5 && luck < loss)
          yield* this.#lostBefore(payload, offset, end, random.range(1, count - 4));
        else if (count >= 3 && luck < loss + reorder) yield* this.#swapped(payload, offset, end);
        else yield* this.#arriving(payload, offset, end);
        if (luck > 1 - stall) yield* this.#zeroWindow();
        else if (luck > 1 - 2 * stall) yield* this.#again(payload, end - Math.min(max, end - offset), end);
      } else if (count >= 5 && luck < loss) {
        yield* this.#lostBehind(payload, offset, end, random.range(1, count - 4));
      } else if (luck < loss) {
        yield* this.#timeout(payload, offset, end);
      } else {
        yield* this.#leaving(payload, offset, end);
      }
      burst = luck < loss ? Math.max(4, burst >> 1) : Math.min(64, burst * 2);
      offset = end;
      if (offset < payload.length) yield random.range(this.rtt >> 3, this.rtt >> 1);
    }
  }

  /** Segments from the server reach the client, which acknowledges every second one. */
  *#arriving(payload: Payload, start: number, end: number): Flow {
    const { server, client } = this;
    let unacknowledged = 0;
    for (let offset = start; offset < end; offset += this.#payloadMax) {
      this.#data(server, payload, start, offset, end);
      yield this.#random.range(12, 140);
      if (++unacknowledged < 2) continue;
      unacknowledged = 0;
      this.#acknowledge(client, server, offset + this.#payloadMax - start, end - start);
      yield this.#random.range(3, 60);
    }
    server.seq = (server.seq + end - start) >>> 0;
    if (unacknowledged === 0) return;
    yield this.#random.range(200, 40_000);
    client.expected = server.seq;
    this.#ack(client);
  }

  /** Segments leave the client in a row; the acknowledgements come a round-trip later. */
  *#leaving(payload: Payload, start: number, end: number): Flow {
    const { server, client } = this;
    for (let offset = start; offset < end; offset += this.#payloadMax) {
      this.#data(client, payload, start, offset, end);
      yield this.#random.range(5, 30);
    }
    yield this.rtt;
    for (let offset = start + this.#payloadMax; offset < end; offset += 2 * this.#payloadMax) {
      this.#acknowledge(server, client, offset + this.#payloadMax - start, end - start);
      yield this.#random.range(5, 60);
    }
    client.seq = (client.seq + end - start) >>> 0;
    if (server.expected === client.seq) return;
    server.expected = client.seq;
    this.#ack(server);
  }

  /** A segment from the server is lost before the capture sees it: duplicate ACKs, then its retransmission. */
  *#lostBefore(payload: Payload, start: number, end: number, lost: number): Flow {
    const { server, client } = this;
    const max = this.#payloadMax;
    const hole = start + lost * max;
    for (let offset = start; offset < end; offset += max) {
      if (offset === hole) continue;
      this.#data(server, payload, start, offset, end);
      yield this.#random.range(12, 140);
      if (offset < hole) this.#acknowledge(client, server, offset + max - start, end - start);
      else this.#duplicate(client, server, hole + max - start, Math.min(offset + max, end) - start);
      yield this.#random.range(3, 60);
    }
    yield this.#random.chance(0.8) ? this.rtt : 210_000 + this.rtt;
    this.#data(server, payload, start, hole, end);
    yield this.#random.range(12, 60);
    server.seq = (server.seq + end - start) >>> 0;
    client.expected = server.seq;
    this.#ack(client);
  }

  /** The last two segments from the server arrive in the wrong order. */
  *#swapped(payload: Payload, start: number, end: number): Flow {
    const { server, client } = this;
    const max = this.#payloadMax;
    const last = start + Math.floor((end - 1 - start) / max) * max;
    const before = last - max;
    for (let offset = start; offset < before; offset += max) {
      this.#data(server, payload, start, offset, end);
      yield this.#random.range(12, 140);
    }
    this.#acknowledge(client, server, before - start, end - start);
    yield 20;
    this.#data(server, payload, start, last, end);
    yield 30;
    this.#duplicate(client, server, last - start, end - start);
    yield this.#random.range(50, 900);
    this.#data(server, payload, start, before, end);
    yield 30;
    server.seq = (server.seq + end - start) >>> 0;
    client.expected = server.seq;
    this.#ack(client);
  }

  /** A segment of the client is seen and lost further on: duplicate ACKs with SACK, fast retransmission. */
  *#lostBehind(payload: Payload, start: number, end: number, lost: number): Flow {
    const { server, client } = this;
    const max = this.#payloadMax;
    const hole = start + lost * max;
    for (let offset = start; offset < end; offset += max) {
      this.#data(client, payload, start, offset, end);
      yield this.#random.range(5, 30);
    }
    yield this.rtt;
    this.#acknowledge(server, client, hole - start, end - start);
    for (let offset = hole + max; offset < end; offset += max) {
      yield this.#random.range(5, 60);
      this.#duplicate(server, client, hole + max - start, Math.min(offset + max, end) - start);
    }
    yield 40;
    this.#data(client, payload, start, hole, end);
    yield this.rtt;
    client.seq = (client.seq + end - start) >>> 0;
    server.expected = client.seq;
    this.#ack(server);
  }

  /** Everything the client sent is lost further on: it sends again when the timer has run out. */
  *#timeout(payload: Payload, start: number, end: number): Flow {
    for (let offset = start; offset < end; offset += this.#payloadMax) {
      this.#data(this.client, payload, start, offset, end);
      yield this.#random.range(5, 30);
    }
    yield 220_000 + this.rtt;
    yield* this.#leaving(payload, start, end);
  }

  /** The server sends acknowledged bytes once more; the client answers with a D-SACK (RFC 2883). */
  *#again(payload: Payload, start: number, end: number): Flow {
    const { server, client } = this;
    yield this.rtt;
    const seq = (server.seq - (end - start)) >>> 0;
    this.#segment(server, ACK, seq, end - start, payload, start);
    yield 40;
    this.#segment(client, ACK, client.seq, 0, undefined, 0, [seq, server.seq]);
    yield 40;
  }

  /** The client reads too slowly: its window closes, is probed and opens again. */
  *#zeroWindow(): Flow {
    const { server, client } = this;
    client.room = 0;
    this.#ack(client);
    for (let probes = this.#random.range(1, 3), wait = 200_000; probes > 0; probes--, wait *= 2) {
      yield wait;
      this.#segment(server, ACK, (server.seq - 1) >>> 0, 0);
      yield 50;
      this.#ack(client);
    }
    yield this.#random.range(50_000, 300_000);
    client.room = client.habits.window;
    this.#ack(client);
    yield this.rtt;
  }

  #data(from: Side, payload: Payload, start: number, offset: number, end: number): void {
    const n = Math.min(this.#payloadMax, end - offset);
    const flags = offset + n >= payload.length ? PSH | ACK : ACK;
    this.#segment(from, flags, (from.seq + offset - start) >>> 0, n, payload, offset);
  }

  /** `from` acknowledges `bytes` of the burst, of which there are `all`. */
  #acknowledge(from: Side, to: Side, bytes: number, all: number): void {
    from.expected = (to.seq + Math.min(bytes, all)) >>> 0;
    this.#ack(from);
  }

  #duplicate(from: Side, to: Side, left: number, right: number): void {
    const edges = [(to.seq + left) >>> 0, (to.seq + right) >>> 0];
    this.#segment(from, ACK, from.seq, 0, undefined, 0, edges);
  }

  #ack(from: Side): void {
    this.#segment(from, ACK, from.seq, 0);
  }

  #segment(
    from: Side,
    flags: number,
    seq: number,
    n: number,
    payload?: Payload,
    offset = 0,
    sack: readonly number[] = [],
  ): void {
    const wire = this.#wire;
    const { frame, view } = wire;
    const to = this.other(from);
    const at = wire.begin(from.host, to.host, TCP);
    view.setUint16(at, from.port);
    view.setUint16(at + 2, to.port);
    view.setUint32(at + 4, seq);
    view.setUint32(at + 8, flags & ACK ? from.expected : 0);
    const first = (flags & SYN) !== 0;
    let end = at + 20;
    if (first) {
      view.setUint32(end, 0x02040000 | from.habits.mss);
      end += 4;
      view.setUint32(end, 0x04020000 | (from.habits.timestamps ? 0x080a : 0x0101));
      end += 4;
      if (from.habits.timestamps) end = this.#times(from, to, end);
      if (from.habits.shift > 0) {
        view.setUint32(end, 0x01030300 | from.habits.shift);
        end += 4;
      }
    } else if (this.#timestamps && (flags & RST) === 0) {
      view.setUint32(end, 0x0101080a);
      end = this.#times(from, to, end + 4);
    }
    if (sack.length > 0) {
      view.setUint32(end, 0x01010500 | (2 + sack.length * 4));
      end += 4;
      for (const edge of sack) {
        view.setUint32(end, edge);
        end += 4;
      }
    }
    frame[at + 12] = ((end - at) >> 2) << 4;
    frame[at + 13] = flags;
    view.setUint16(at + 14, this.#window(from, flags));
    view.setUint32(at + 16, 0);
    payload?.fill(frame, end, offset, n);
    wire.end(end - at + n);
  }

  /** Value and echo of the time stamp option. */
  #times(from: Side, to: Side, at: number): number {
    const value = (from.clock + Math.floor(this.#wire.now / 1000)) >>> 0;
    this.#wire.view.setUint32(at, value);
    this.#wire.view.setUint32(at + 4, from.echo);
    to.echo = value;
    return at + 8;
  }

  #window(from: Side, flags: number): number {
    if (flags & RST) return 0;
    if (flags & SYN || !this.#scaled) return Math.min(65_535, from.room);
    return Math.min(65_535, from.room >> from.habits.shift);
  }
}

function side(random: Random, host: Host, port: number, habits: Habits): Side {
  const clock = random.next();
  return { host, port, habits, clock, seq: random.next(), expected: 0, echo: 0, room: habits.window };
}
