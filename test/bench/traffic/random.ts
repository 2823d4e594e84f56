/** Numbers that look random and are the same on every machine: sfc32, seeded. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed any 32-bit number */
  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = 0x9e3779b9 | 0;
    this.#c = ~seed;
    for (let i = 0; i < 15; i++) this.next();
  }

  /** The next 32-bit number, unsigned. */
  next(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    return t >>> 0;
  }

  /** 0 up to, but not including, 1. */
  unit(): number {
    return this.next() / 4294967296;
  }

  /** An integer from `low` to `high`, both included. */
  range(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.unit() * list.length)]!;
  }

  /** An integer below `n`; the first ones are by far the most frequent, as with web sites. */
  popular(n: number): number {
    return Math.floor(n * this.unit() ** 3);
  }

  /** Exponentially distributed, at least 1. */
  wait(mean: number): number {
    return Math.max(1, Math.round(-Math.log(1 - this.unit()) * mean));
  }

  bytes(n: number): Uint8Array {
    const out = new Uint8Array(n);
    for (let i = 0; i < n; i += 4) {
      const word = this.next();
      for (let j = i; j < i + 4 && j < n; j++) out[j] = word >>> ((j - i) * 8);
    }
    return out;
  }
}
