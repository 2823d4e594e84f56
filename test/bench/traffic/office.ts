/** An office's traffic at its gateway: which flows there are, how often, and what they do. */
import type { CaptureWriter } from "../../../engine/formats/writer.ts";
import { ascii, join, stream, u8, u16, u32, whole } from "./bytes.ts";
import * as dns from "./dns.ts";
import { exchange } from "./http.ts";
import { BROADCAST, client, GATEWAY_MAC, group, local, type Machine, server, text } from "./names.ts";
import { Random } from "./random.ts";
import { CALM, Connection, type Flow, ROUGH, type Weather } from "./tcp.ts";
import * as tls from "./tls.ts";
import { type Host, ICMP, ICMPV6, Wire } from "./wire.ts";

const CLIENTS = 1200;
const SERVERS = 3000;
/** Flows that begin each second, on average. */
const FLOWS_PER_SECOND = 250;
const SECOND = 1_000_000;

/**
 * Writes `packets` packets to an interface of Ethernet that the writer has.
 * The same number gives the same bytes; a smaller one gives the beginning of a larger one.
 */
export function writeTraffic(writer: CaptureWriter, packets: number): void {
  new Office(writer, packets).run();
}

class Office {
  readonly #random = new Random(20_231_114);
  readonly #wire: Wire;
  readonly #queue = new Queue();
  readonly #clients: Machine[];
  readonly #servers: Machine[];
  readonly #resolver = local("ns.corp.test", u8(10, 0, 0, 53), 53);
  readonly #clock = local("ntp.corp.test", u8(10, 0, 0, 123), 123);
  readonly #store = local("store.corp.test", u8(10, 0, 0, 20), 20);
  readonly #noise: Uint8Array;
  readonly #text: Uint8Array;
  readonly #certificates = new Map<string, Uint8Array>();
  /** Flows and their shares of all that begin. */
  readonly #kinds: readonly (readonly [share: number, begin: () => Flow])[] = [
    [30, () => this.#lookUp()],
    [10, () => this.#web()],
    [14, () => this.#secure()],
    [12, () => this.#chatter()],
    [14, () => this.#telemetry()],
    [6, () => this.#scan()],
    [6, () => this.#arp()],
    [5, () => this.#ntp()],
    [4, () => this.#ping()],
    [2, () => this.#announce()],
    [2, () => this.#fragments()],
    [2, () => this.#neighbours()],
    [1, () => this.#unreachable()],
    [0.1, () => this.#download()],
    [0.06, () => this.#upload()],
  ];

  constructor(writer: CaptureWriter, packets: number) {
    this.#wire = new Wire(writer, packets);
    const random = this.#random;
    this.#clients = Array.from({ length: CLIENTS }, (_, n) => client(random, n));
    this.#servers = Array.from({ length: SERVERS }, (_, n) => server(random, n));
    this.#noise = random.bytes(1 << 20);
    this.#text = text(random);
  }

  run(): void {
    this.#queue.push(0, this.#arrivals());
    while (!this.#wire.full) {
      const flow = this.#queue.pop();
      this.#wire.now = this.#queue.time;
      const step = flow.next();
      if (!step.done) this.#queue.push(this.#wire.now + step.value, flow);
    }
  }

  /** Begins flows, for ever. */
  *#arrivals(): Flow {
    const total = this.#kinds.reduce((sum, [share]) => sum + share, 0);
    for (;;) {
      let luck = this.#random.unit() * total;
      let kind = 0;
      while (luck >= this.#kinds[kind]![0] && kind < this.#kinds.length - 1) luck -= this.#kinds[kind++]![0];
      this.#queue.push(this.#wire.now, this.#kinds[kind]![1]());
      yield this.#random.wait(SECOND / FLOWS_PER_SECOND);
    }
  }

  #client(): Machine {
    return this.#clients[this.#random.popular(CLIENTS)]!;
  }

  #server(): Machine {
    return this.#servers[this.#random.popular(SERVERS)]!;
  }

  #port(): number {
    return this.#random.range(32_768, 60_999);
  }

  /** A connection between two machines; about one in seven over IPv6. */
  #connect(from: Machine, to: Machine, port: number, weather: Weather = CALM): Connection {
    const v6 = this.#random.chance(0.15);
    const hosts = v6 ? ([from.v6, to.v6] as const) : ([from.v4, to.v4] as const);
    const ports = [this.#port(), port] as const;
    return new Connection(this.#wire, this.#random, ...hosts, ports, [from.habits, to.habits], weather);
  }

  // ------------------------------------------------------------------ names

  *#lookUp(): Flow {
    yield* this.#resolve(this.#client(), this.#server());
  }

  *#resolve(asking: Machine, asked: Machine): Flow {
    const random = this.#random;
    const v6 = random.chance(0.1);
    const from = v6 ? asking.v6 : asking.v4;
    const to = v6 ? this.#resolver.v6 : this.#resolver.v4;
    const port = this.#port();
    const question = dns.question(random, asked.name);
    const query = dns.query(question);
    this.#wire.udp(from, to, port, 53, query);
    if (random.chance(0.01)) {
      yield 2 * SECOND;
      this.#wire.udp(from, to, port, 53, query);
      if (random.chance(0.3)) return;
    }
    yield random.chance(0.6) ? random.range(150, 900) : random.range(5000, 90_000);
    const address = question.type === dns.AAAA ? asked.v6.address : asked.v4.address;
    this.#wire.udp(to, from, 53, port, dns.answer(random, question, address));
    yield random.range(100, 800);
  }

  /** Multicast DNS: a question and, mostly, an answer. */
  *#announce(): Flow {
    const random = this.#random;
    const all = group(224, 0, 0, 251);
    const service = random.pick(["_ipp._tcp.local", "_http._tcp.local", "_smb._tcp.local"]);
    const [asked, told] = dns.multicast(service, `Device ${random.range(1, 60)}`);
    this.#wire.udp({ ...this.#client().v4, hops: 255 }, all, 5353, 5353, asked);
    if (random.chance(0.2)) return;
    yield random.range(20_000, 120_000);
    this.#wire.udp({ ...this.#client().v4, hops: 255 }, all, 5353, 5353, told);
  }

  // ------------------------------------------------------------------ TCP

  *#web(): Flow {
    const random = this.#random;
    const from = this.#client();
    const to = this.#server();
    if (random.chance(0.6)) yield* this.#resolve(from, to);
    const connection = this.#connect(from, to, random.chance(0.9) ? 80 : 8080);
    if (!(yield* connection.open())) return;
    for (let left = random.range(1, 7); left > 0; left--) {
      const { request, response } = exchange(random, to.name, this.#text, this.#noise);
      yield* connection.send(connection.client, request);
      yield random.range(500, 60_000);
      yield* connection.send(connection.server, response);
      yield random.wait(random.chance(0.7) ? 40_000 : 2 * SECOND);
    }
    yield* connection.close(random.chance(0.7) ? connection.client : connection.server);
  }

  *#secure(): Flow {
    const random = this.#random;
    const from = this.#client();
    const to = this.#server();
    if (random.chance(0.6)) yield* this.#resolve(from, to);
    const connection = this.#connect(from, to, 443);
    if (!(yield* connection.open())) return;
    const modern = random.chance(0.65);
    yield* this.#handshake(connection, to, modern);
    for (let left = random.range(1, 9); left > 0; left--) {
      const asked = tls.applicationData(random.range(60, 900), this.#noise, random.range(0, 900_000));
      yield* connection.send(connection.client, asked);
      yield random.range(500, 80_000);
      const size = random.chance(0.3) ? random.range(30, 400) : Math.min(400_000, random.wait(4500));
      const told = tls.applicationData(size, this.#noise, random.range(0, 900_000));
      yield* connection.send(connection.server, told);
      yield random.wait(random.chance(0.7) ? 60_000 : 3 * SECOND);
    }
    yield* connection.send(connection.client, whole(tls.farewell(random, modern)));
    yield* connection.close(connection.client);
  }

  *#handshake(connection: Connection, to: Machine, modern: boolean): Flow {
    const random = this.#random;
    let certificate = this.#certificates.get(to.name);
    if (certificate === undefined) {
      certificate = tls.certificate(random, to.name);
      this.#certificates.set(to.name, certificate);
    }
    let side = connection.client;
    for (const flight of tls.handshake(random, to.name, modern, certificate)) {
      yield* connection.send(side, whole(flight));
      yield random.range(300, 4000);
      side = connection.other(side);
    }
  }

  /** Small messages to and fro over minutes: a terminal, a game, a queue. */
  *#chatter(): Flow {
    const random = this.#random;
    const connection = this.#connect(this.#client(), this.#server(), random.pick([20_100, 20_101, 20_102]));
    if (!(yield* connection.open())) return;
    for (let left = random.wait(30); left > 0; left--) {
      const n = random.range(0, 100_000);
      yield* connection.send(connection.client, whole(this.#noise.subarray(n, n + random.range(8, 160))));
      yield random.range(200, 30_000);
      yield* connection.send(connection.server, whole(this.#noise.subarray(n, n + random.range(8, 320))));
      yield random.wait(SECOND);
      if (random.chance(0.03)) yield* connection.keepAlive();
    }
    yield* connection.close(connection.client);
  }

  *#scan(): Flow {
    const random = this.#random;
    const connection = this.#connect(this.#client(), this.#server(), random.range(1, 1023));
    yield* connection.open(true);
  }

  *#download(): Flow {
    const random = this.#random;
    const from = this.#client();
    const to = this.#server();
    const secure = random.chance(0.5);
    const connection = this.#connect(from, to, secure ? 443 : 5201, ROUGH);
    if (!(yield* connection.open())) return;
    const size = random.range(300_000, 4_000_000);
    if (secure) {
      yield* this.#handshake(connection, to, true);
      yield* connection.send(connection.client, tls.applicationData(400, this.#noise, 77));
      yield* connection.send(connection.server, tls.applicationData(size, this.#noise, 4711));
    } else {
      yield* connection.send(connection.client, whole(this.#noise.subarray(0, 37)));
      yield* connection.send(connection.server, stream(u8(), this.#noise, 0, size));
    }
    yield* connection.close(connection.client);
  }

  *#upload(): Flow {
    const random = this.#random;
    const connection = this.#connect(this.#client(), this.#server(), 5201, ROUGH);
    if (!(yield* connection.open())) return;
    const size = random.range(200_000, 3_000_000);
    yield* connection.send(connection.client, stream(u8(), this.#noise, random.range(0, 9999), size));
    yield* connection.close(connection.client);
  }

  // ------------------------------------------------------------------ UDP

  /** Short messages of a sensor or a game. */
  *#telemetry(): Flow {
    const random = this.#random;
    const from = this.#client();
    const to = this.#server();
    const v6 = random.chance(0.2);
    const [a, b] = v6 ? [from.v6, to.v6] : [from.v4, to.v4];
    const port = this.#port();
    let count = 0;
    for (let left = random.wait(30); left > 0; left--) {
      const n = random.range(0, 100_000);
      const head = join(u8(0x7f, 0), u16(count++ & 0xffff));
      this.#wire.udp(a, b, port, 20_200, join(head, this.#noise.subarray(n, n + random.range(12, 220))));
      if (random.chance(0.4)) {
        yield random.range(4000, 60_000);
        this.#wire.udp(b, a, 20_200, port, join(head, this.#noise.subarray(n, n + random.range(12, 500))));
      }
      yield random.wait(250_000);
    }
  }

  *#ntp(): Flow {
    const from = this.#client().v4;
    const to = this.#clock.v4;
    const seconds = (1_700_000_000 + 2_208_988_800 + Math.floor(this.#wire.now / SECOND)) >>> 0;
    const stamp = (fraction: number): Uint8Array => join(u32(seconds), u32(fraction));
    const none = new Uint8Array(8);
    const ask = join(u8(0x23, 0, 6, 0xec), new Uint8Array(12), none, none, none, stamp(this.#random.next()));
    this.#wire.udp(from, to, 123, 123, ask);
    yield this.#random.range(200, 2000);
    const head = join(u8(0x24, 2, 6, 0xe9), u32(0x210), u32(0x1a2), u8(10, 0, 0, 9), stamp(0));
    const times = [ask.subarray(40, 48), stamp(this.#random.next()), stamp(this.#random.next())];
    this.#wire.udp(to, from, 123, 123, join(head, ...times));
  }

  /** Datagrams larger than a frame; at times one piece is not captured. */
  *#fragments(): Flow {
    const random = this.#random;
    const [from, to, port] = [this.#client().v4, this.#store.v4, this.#port()];
    for (let left = random.range(1, 6); left > 0; left--) {
      const size = random.range(1600, 6000);
      const payload = join(u8(0x7f, 0), this.#noise.subarray(left * 100, left * 100 + size));
      const length = this.#wire.udpBody(from, to, port, 20_300, payload);
      yield* this.#wire.endInFragments(length, random.chance(0.05) ? 1 : -1);
      yield random.range(300, 5000);
      this.#wire.udp(to, from, 20_300, port, u8(0x7f, 0, 0, left));
      yield random.wait(50_000);
    }
  }

  // ------------------------------------------------------------------ the rest

  *#arp(): Flow {
    const random = this.#random;
    const asking = this.#client().v4;
    const asked = random.chance(0.5) ? this.#store.v4 : this.#client().v4;
    const body = (code: number, from: Host, target: Uint8Array, to: Host): Uint8Array =>
      join(u16(1, 0x0800, 0x0604, code), from.mac, from.address, target, to.address);
    const ask = body(1, asking, new Uint8Array(6), asked);
    this.#wire.raw(BROADCAST, asking.mac, 0x0806, ask, true);
    if (random.chance(0.3)) return;
    yield random.range(80, 900);
    this.#wire.raw(asking.mac, asked.mac, 0x0806, body(2, asked, asking.mac, asking), true);
  }

  *#ping(): Flow {
    const random = this.#random;
    const [from, to] = [this.#client(), this.#server()];
    const v6 = random.chance(0.2);
    const id = random.range(1, 65_535);
    const data = Uint8Array.from({ length: random.chance(0.1) ? 1400 : 48 }, (_, i) => 16 + (i % 224));
    for (let seq = 1; seq <= 4; seq++) {
      this.#echo(v6 ? from.v6 : from.v4, v6 ? to.v6 : to.v4, v6 ? 128 : 8, id, seq, data);
      yield random.range(3000, 80_000);
      if (random.chance(0.95)) {
        this.#echo(v6 ? to.v6 : to.v4, v6 ? from.v6 : from.v4, v6 ? 129 : 0, id, seq, data);
      }
      yield SECOND;
    }
  }

  #echo(from: Host, to: Host, type: number, id: number, seq: number, data: Uint8Array): void {
    const at = this.#wire.begin(from, to, type < 128 ? ICMP : ICMPV6);
    const stamp = ascii("tapline!");
    this.#wire.frame.set(join(u8(type, 0, 0, 0), u16(id, seq), stamp, data), at);
    this.#wire.end(8 + stamp.length + data.length);
  }

  /** A datagram to a port where nobody listens, and what the server says to it. */
  *#unreachable(): Flow {
    const [from, to] = [this.#client().v4, this.#server().v4];
    const payload = this.#noise.subarray(0, this.#random.range(20, 100));
    const length = this.#wire.udpBody(from, to, this.#port(), 20_400, payload);
    this.#wire.end(length);
    const quoted = this.#wire.frame.slice(14, 14 + 28);
    yield this.#random.range(4000, 60_000);
    const at = this.#wire.begin(to, from, ICMP);
    this.#wire.frame.set(join(u8(3, 3, 0, 0), u32(0), quoted), at);
    this.#wire.end(8 + quoted.length);
  }

  /** IPv6 neighbour discovery (RFC 4861): the gateway asks for a client. */
  *#neighbours(): Flow {
    const asked = this.#client().v6;
    const gateway: Host = {
      address: u8(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
      mac: GATEWAY_MAC,
      hops: 255,
      far: false,
      id: 0,
    };
    const tail = asked.address.subarray(13);
    const many: Host = {
      address: join(u8(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff), tail),
      mac: join(u8(0x33, 0x33, 0xff), tail),
      hops: 255,
      far: false,
      id: 0,
    };
    let at = this.#wire.begin(gateway, many, ICMPV6);
    this.#wire.frame.set(join(u8(135, 0, 0, 0), u32(0), asked.address, u8(1, 1), gateway.mac), at);
    this.#wire.end(32);
    yield this.#random.range(80, 900);
    at = this.#wire.begin({ ...asked, hops: 255 }, gateway, ICMPV6);
    this.#wire.frame.set(join(u8(136, 0, 0, 0), u32(0x60000000), asked.address, u8(2, 1), asked.mac), at);
    this.#wire.end(32);
  }
}

/** What happens next: flows by the time they want to go on; those of one time in the order they came. */
class Queue {
  /** Time of the flow popped last. */
  time = 0;
  #times: number[] = [];
  #orders: number[] = [];
  #flows: Flow[] = [];
  #order = 0;

  push(time: number, flow: Flow): void {
    let at = this.#times.length;
    this.#place(at, time, this.#order++, flow);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): Flow {
    const flow = this.#flows[0]!;
    this.time = this.#times[0]!;
    const [time, order, last] = [this.#times.pop()!, this.#orders.pop()!, this.#flows.pop()!];
    const n = this.#times.length;
    if (n > 0) this.#place(0, time, order, last);
    for (let at = 0; ; ) {
      let least = 2 * at + 1;
      if (least >= n) return flow;
      if (least + 1 < n && this.#before(least + 1, least)) least++;
      if (!this.#before(least, at)) return flow;
      this.#swap(at, least);
      at = least;
    }
  }

  #place(at: number, time: number, order: number, flow: Flow): void {
    this.#times[at] = time;
    this.#orders[at] = order;
    this.#flows[at] = flow;
  }

  #before(a: number, b: number): boolean {
    const difference = this.#times[a]! - this.#times[b]!;
    return difference < 0 || (difference === 0 && this.#orders[a]! < this.#orders[b]!);
  }

  #swap(a: number, b: number): void {
    const [time, order, flow] = [this.#times[a]!, this.#orders[a]!, this.#flows[a]!];
    this.#place(a, this.#times[b]!, this.#orders[b]!, this.#flows[b]!);
    this.#place(b, time, order, flow);
  }
}
