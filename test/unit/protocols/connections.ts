/** Ethernet frames with IPv4 and UDP or TCP in hex, the segments of a connection each behind the one before. */
export const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, "0");

function ip(src: string, dst: string, proto: number, payload: string): string {
  const length = hex(20 + payload.length / 2, 2);
  return `${"02".repeat(12)}08004500${length}0001000040${hex(proto, 1)}0000${src}${dst}${payload}`;
}
export const udp = (src: string, sport: number, dst: string, dport: number, payload: string): string =>
  ip(src, dst, 17, `${hex(sport, 2)}${hex(dport, 2)}${hex(8 + payload.length / 2, 2)}0000${payload}`);

/** Makes segments of connections, each behind the one before. */
export class Connections {
  readonly #next = new Map<string, number>();
  send(src: string, sport: number, dst: string, dport: number, payload: string): string {
    const key = `${src}${sport}${dst}${dport}`;
    const seq = this.#next.get(key) ?? 1;
    const ack = this.#next.get(`${dst}${dport}${src}${sport}`) ?? 1;
    this.#next.set(key, seq + payload.length / 2);
    const header = `${hex(sport, 2)}${hex(dport, 2)}${hex(seq, 4)}${hex(ack, 4)}5018040000000000`;
    return ip(src, dst, 6, header + payload);
  }
}
