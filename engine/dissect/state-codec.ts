/**
 * What dissectors remember of a conversation, as bytes: so that a walk over a long conversation can begin in its
 * middle, in another thread or much later.
 *
 * Written are numbers, strings, booleans, null, arrays, maps, typed arrays, plain objects, protocols and objects of
 * the classes named with `stateClass`. Objects that are met twice are written once. The bytes are read by the program
 * that wrote them only, so there is no version in them.
 */
import { type Protocol, protocols } from "./protocol.ts";

const UNDEFINED = 0;
const NULL = 1;
const FALSE = 2;
const TRUE = 3;
const INT = 4;
const DOUBLE = 5;
const STRING = 6;
const ARRAY = 7;
const MAP = 8;
const BYTES = 9;
const UINT32S = 10;
const INT32S = 11;
const PLAIN = 12;
const OBJECT = 13;
const PROTOCOL = 14;
const AGAIN = 15;

interface StateClass {
  readonly number: number;
  readonly make: () => object;
  readonly keys: readonly string[];
  readonly save: ((value: object) => object) | null;
  readonly load: ((value: object) => void) | null;
}

const byPrototype = new Map<object, StateClass>();
const byNumber: StateClass[] = [];

/**
 * Names a class whose objects may be part of a conversation's state. Its fields must not be `#private`.
 * @param make makes an object with all its fields
 * @param save gives what to write in place of an object, of the same class: without what is not needed to go on
 * @param load completes an object that was read
 */
export function stateClass<T extends object>(
  make: () => T,
  save?: (value: T) => T,
  load?: (value: T) => void,
): void {
  const sample = make();
  const known: StateClass = {
    number: byNumber.length,
    make,
    keys: Object.keys(sample),
    save: (save as ((value: object) => object) | undefined) ?? null,
    load: (load as ((value: object) => void) | undefined) ?? null,
  };
  byNumber.push(known);
  byPrototype.set(Object.getPrototypeOf(sample) as object, known);
}

/** A class of Protocol is told by its shape: it is in the list of protocols under its id. */
const isProtocol = (value: object): value is Protocol =>
  "id" in value && protocols[value.id as number] === value;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes states into a buffer that is used again. */
export class StateWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #full = false;
  readonly #seen = new Map<object, number>();

  /** @param limit longest state in bytes */
  constructor(limit: number) {
    this.#bytes = new Uint8Array(limit + 16);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The state as bytes, good until the next call; null when it is too long or holds what cannot be written. */
  write(state: unknown): Uint8Array | null {
    this.#at = 0;
    this.#full = false;
    this.#seen.clear();
    this.#value(state);
    return this.#full ? null : this.#bytes.subarray(0, this.#at);
  }

  #room(n: number): boolean {
    if (this.#at + n > this.#bytes.length) this.#full = true;
    return !this.#full;
  }

  #tag(tag: number): void {
    if (this.#room(1)) this.#bytes[this.#at++] = tag;
  }

  #int(value: number): void {
    if (!this.#room(4)) return;
    this.#view.setInt32(this.#at, value, true);
    this.#at += 4;
  }

  #raw(bytes: Uint8Array): void {
    this.#int(bytes.length);
    if (!this.#room(bytes.length)) return;
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #value(value: unknown): void {
    if (this.#full) return;
    if (typeof value === "number") this.#number(value);
    else if (value === null) this.#tag(NULL);
    else if (value === undefined) this.#tag(UNDEFINED);
    else if (typeof value === "boolean") this.#tag(value ? TRUE : FALSE);
    else if (typeof value === "string") {
      this.#tag(STRING);
      this.#raw(encoder.encode(value));
    } else if (typeof value === "object") this.#object(value);
    else this.#full = true;
  }

  #number(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.#tag(INT);
      this.#int(value);
    } else if (this.#room(9)) {
      this.#tag(DOUBLE);
      this.#view.setFloat64(this.#at, value, true);
      this.#at += 8;
    }
  }

  #object(value: object): void {
    const known = this.#seen.get(value);
    if (known !== undefined) {
      this.#tag(AGAIN);
      this.#int(known);
      return;
    }
    this.#seen.set(value, this.#seen.size);
    if (Array.isArray(value)) this.#list(ARRAY, value);
    else if (value instanceof Map) {
      this.#tag(MAP);
      this.#int(value.size);
      for (const [key, item] of value) {
        this.#value(key);
        this.#value(item);
      }
    } else if (value instanceof Uint8Array) this.#typed(BYTES, value);
    else if (value instanceof Uint32Array) this.#typed(UINT32S, value);
    else if (value instanceof Int32Array) this.#typed(INT32S, value);
    else if (isProtocol(value)) {
      this.#tag(PROTOCOL);
      this.#int(value.id);
    } else this.#fields(value);
  }

  #list(tag: number, list: readonly unknown[]): void {
    this.#tag(tag);
    this.#int(list.length);
    for (const item of list) this.#value(item);
  }

  #typed(tag: number, array: Uint8Array | Uint32Array | Int32Array): void {
    this.#tag(tag);
    this.#raw(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }

  #fields(value: object): void {
    const prototype = Object.getPrototypeOf(value) as object;
    const known = byPrototype.get(prototype);
    if (known !== undefined) {
      const saved = (known.save === null ? value : known.save(value)) as Record<string, unknown>;
      this.#tag(OBJECT);
      this.#int(known.number);
      for (const key of known.keys) this.#value(saved[key]);
    } else if (prototype === Object.prototype) {
      const entries = Object.entries(value);
      this.#tag(PLAIN);
      this.#int(entries.length);
      for (const [key, item] of entries) {
        this.#raw(encoder.encode(key));
        this.#value(item);
      }
    } else this.#full = true;
  }
}

/** Makes the state anew that a StateWriter wrote. */
export function readState(bytes: Uint8Array): unknown {
  return new StateReader(bytes).value();
}

class StateReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  readonly #seen: object[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): unknown {
    switch (this.#bytes[this.#at++]) {
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case INT:
        return this.#int();
      case DOUBLE:
        this.#at += 8;
        return this.#view.getFloat64(this.#at - 8, true);
      case STRING:
        return decoder.decode(this.#raw());
      case AGAIN:
        return this.#seen[this.#int()];
      case PROTOCOL: {
        const protocol = protocols[this.#int()];
        this.#seen.push(protocol);
        return protocol;
      }
      case ARRAY:
        return this.#list();
      case MAP:
        return this.#map();
      case BYTES:
        return this.#keep(this.#raw().slice());
      case UINT32S:
        return this.#keep(new Uint32Array(this.#raw().slice().buffer));
      case INT32S:
        return this.#keep(new Int32Array(this.#raw().slice().buffer));
      case PLAIN:
        return this.#plain();
      default:
        return this.#object();
    }
  }

  #keep<T extends object>(value: T): T {
    this.#seen.push(value);
    return value;
  }

  #int(): number {
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4, true);
  }

  #raw(): Uint8Array {
    const length = this.#int();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #list(): unknown[] {
    const list: unknown[] = this.#keep([]);
    for (let n = this.#int(); n > 0; n--) list.push(this.value());
    return list;
  }

  #map(): Map<unknown, unknown> {
    const map = this.#keep(new Map<unknown, unknown>());
    for (let n = this.#int(); n > 0; n--) {
      const key = this.value();
      map.set(key, this.value());
    }
    return map;
  }

  #plain(): object {
    const object: Record<string, unknown> = this.#keep({});
    for (let n = this.#int(); n > 0; n--) {
      const key = decoder.decode(this.#raw());
      object[key] = this.value();
    }
    return object;
  }

  #object(): object {
    const { make, keys, load } = byNumber[this.#int()];
    const object = this.#keep(make()) as Record<string, unknown>;
    for (const key of keys) object[key] = this.value();
    load?.(object);
    return object;
  }
}
