/** JavaScript Object Notation, RFC 8259, as far as the text follows it. */
import type { Dissection } from "../dissect/dissection.ts";
import { none, str } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { decodeText } from "../dissect/text.ts";
import { presentMediaType, textLines } from "./media.ts";

const f = {
  array: none("json.array", "Array"),
  object: none("json.object", "Object"),
  member: str("json.member", "Member"),
  key: str("json.key", "Key"),
  path: str("json.path", "Path"),
  pathWithValue: str("json.path_with_value", "Path with value"),
  memberWithValue: str("json.member_with_value", "Member with value"),
  string: str("json.value.string", "String value"),
  number: str("json.value.number", "Number value"),
  false: none("json.value.false", "False value"),
  true: none("json.value.true", "True value"),
  null: none("json.value.null", "Null value"),
};

export const json = protocol({
  name: "json",
  title: "JavaScript Object Notation",
  short: "JSON",
  fields: f,
  quiet: true,
  dissect,
});

/** Objects and arrays inside each other before a text is given up. */
const MAX_DEPTH = 64;

function dissect(d: Dissection): void {
  if (d.columns) {
    d.setProtocol(d.protocolColumn === "" ? json.short : `${d.protocolColumn}/${json.short}`);
    d.addInfo(json.title, ", ");
  }
  const type = presentMediaType();
  if (d.labels && type !== "") d.relabelLayer(`${json.title}: ${type}`);
  const text = new JsonText(d.buf, d.end);
  const top = text.skipBlanks(d.pos);
  const opening = d.buf[top];
  const stop = top < d.end && (opening === 0x7b || opening === 0x5b) ? text.endOf(top, 0) : -1;
  if (stop !== -1) {
    if (d.building) addValue(d, text, top, "", "");
    d.pos = text.skipBlanks(stop);
  }
  d.layerEnd(stop === -1 ? d.pos : stop);
  if (d.pos < d.end) d.call(textLines);
  else d.pos = d.end;
}

/** A value and what is below it; its syntax has been checked. */
function addValue(d: Dissection, text: JsonText, at: number, path: string, name: string): void {
  const end = text.endOf(at, 0);
  const first = text.buf[at];
  if (first === 0x7b) {
    d.open(f.object, at, end - at);
    text.members(at, (keyAt, keyEnd, valueAt, valueEnd) => {
      const key = text.string(keyAt, keyEnd);
      const memberPath = `${path}/${key}`;
      d.open(f.member, keyAt, valueEnd - keyAt, key);
      addValue(d, text, valueAt, memberPath, key);
      d.add(f.key, keyAt, keyEnd - keyAt, key);
      d.add(f.path, keyAt, valueEnd - keyAt, memberPath, GENERATED);
      d.close();
    });
    d.close();
    return;
  }
  if (first === 0x5b) {
    d.open(f.array, at, end - at);
    text.items(at, (itemAt) => addValue(d, text, itemAt, `${path}/[]`, "[]"));
    d.close();
    return;
  }
  const isString = first === 0x22;
  const value = isString ? text.string(at, end) : decodeText(text.buf, at, end, "utf-8");
  d.add(f.pathWithValue, at, end - at, `${path}:${value}`, GENERATED);
  d.add(f.memberWithValue, at, end - at, `${name}:${value}`, GENERATED);
  if (isString) d.add(f.string, at, end - at, value);
  else if (value === "true") d.add(f.true, at, end - at, null);
  else if (value === "false") d.add(f.false, at, end - at, null);
  else if (value === "null") d.add(f.null, at, end - at, null);
  else d.add(f.number, at, end - at, value);
}

/** Finds its way through JSON text without building it; every method checks its bounds. */
class JsonText {
  readonly buf: Uint8Array;
  readonly #end: number;
  /** Place of a value → behind it (-1: not JSON), so that nested values are walked once. */
  readonly #ends = new Map<number, number>();

  constructor(buf: Uint8Array, end: number) {
    this.buf = buf;
    this.#end = end;
  }

  skipBlanks(at: number): number {
    let i = at;
    while (i < this.#end && (this.buf[i] === 32 || (this.buf[i] >= 9 && this.buf[i] <= 13))) i++;
    return i;
  }

  /** Index behind the value that begins at `at`; -1 when it is not JSON. */
  endOf(at: number, depth: number): number {
    const known = this.#ends.get(at);
    if (known !== undefined) return known;
    const end = this.#walk(at, depth);
    this.#ends.set(at, end);
    return end;
  }

  #walk(at: number, depth: number): number {
    if (at >= this.#end || depth > MAX_DEPTH) return -1;
    const first = this.buf[at];
    if (first === 0x22) return this.#stringEnd(at);
    if (first !== 0x7b && first !== 0x5b) return this.#wordEnd(at);
    const isObject = first === 0x7b;
    const closing = isObject ? 0x7d : 0x5d;
    let i = this.skipBlanks(at + 1);
    if (i < this.#end && this.buf[i] === closing) return i + 1;
    for (;;) {
      if (isObject) {
        if (i >= this.#end || this.buf[i] !== 0x22) return -1;
        i = this.#stringEnd(i);
        if (i === -1) return -1;
        i = this.skipBlanks(i);
        if (i >= this.#end || this.buf[i] !== 0x3a) return -1;
        i = this.skipBlanks(i + 1);
      }
      i = this.endOf(i, depth + 1);
      if (i === -1) return -1;
      i = this.skipBlanks(i);
      if (i >= this.#end) return -1;
      if (this.buf[i] === closing) return i + 1;
      if (this.buf[i] !== 0x2c) return -1;
      i = this.skipBlanks(i + 1);
    }
  }

  #stringEnd(at: number): number {
    for (let i = at + 1; i < this.#end; i++) {
      if (this.buf[i] === 0x5c) i++;
      else if (this.buf[i] === 0x22) return i + 1;
    }
    return -1;
  }

  /** true, false, null or a number. */
  #wordEnd(at: number): number {
    let i = at;
    while (i < this.#end && /[-+.0-9A-Za-z]/.test(String.fromCharCode(this.buf[i]))) i++;
    const word = decodeText(this.buf, at, i, "ascii");
    const known = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?)$/.test(word);
    return known ? i : -1;
  }

  /** Calls `each` with the places of every member of the object at `at`. */
  members(at: number, each: (key: number, keyEnd: number, value: number, valueEnd: number) => void): void {
    let i = this.skipBlanks(at + 1);
    while (this.buf[i] === 0x22) {
      const keyEnd = this.#stringEnd(i);
      const value = this.skipBlanks(this.skipBlanks(keyEnd) + 1);
      const valueEnd = this.endOf(value, 0);
      each(i, keyEnd, value, valueEnd);
      i = this.skipBlanks(valueEnd);
      if (this.buf[i] !== 0x2c) return;
      i = this.skipBlanks(i + 1);
    }
  }

  /** Calls `each` with the place of every item of the array at `at`. */
  items(at: number, each: (item: number) => void): void {
    let i = this.skipBlanks(at + 1);
    while (this.buf[i] !== 0x5d) {
      each(i);
      i = this.skipBlanks(this.endOf(i, 0));
      if (this.buf[i] !== 0x2c) return;
      i = this.skipBlanks(i + 1);
    }
  }

  /** Contents of the string whose quotes stand at `at` and before `end`. */
  string(at: number, end: number): string {
    const raw = decodeText(this.buf, at + 1, end - 1, "utf-8");
    return raw.replace(/\\(u[0-9a-fA-F]{4}|.)/g, (whole, code: string) => {
      if (code[0] === "u" && code.length === 5)
        return String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return ESCAPED[code] ?? whole.slice(1);
    });
  }
}

const ESCAPED: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
