/**
 * Tests of the bytes of whole layers (`frame contains`, `tcp matches`, `eth[0:3] ==`), answered without dissection.
 *
 * What is looked for is searched in large blocks of the file, through many frames at once; a place where it was
 * found answers for all frames before it.
 */
import type { Dissection } from "../dissect/dissection.ts";
import type { Field } from "../dissect/field.ts";
import { Node } from "../dissect/node.ts";
import type { TypedOperand, TypedTest } from "../filter/check.ts";
import type { Atom } from "../filter/compile.ts";
import { visitOperands } from "../filter/operands.ts";
import type { Pattern } from "../filter/regex.ts";
import { FALSE, TRUE, UNKNOWN, type Verdict } from "./column-atoms.ts";
import type { ChainLayout, FrameHeaders } from "./header-fields.ts";

/** Finds out where a layer's bytes lie: `from` to `to` in the frame's buffer. */
class LayerBytes {
  readonly name: string;
  /** Offset of the layer's first byte in the buffer, of its last byte + 1, and of its header's end. */
  from = 0;
  to = 0;
  headerEnd = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** TRUE when the layer was found, FALSE when the frame has none, UNKNOWN when its bytes do not tell. */
  find(h: FrameHeaders, layout: ChainLayout): Verdict {
    const { name } = this;
    if (name === "frame") {
      this.from = h.start;
      this.to = h.end;
      this.headerEnd = h.end;
      return TRUE;
    }
    if (layout.lacks(name)) return FALSE;
    if (!h.hasLink || !layout.isPlain(name)) return UNKNOWN;
    switch (name) {
      case "eth":
        // With LLC the layer ends where its length says.
        if (layout.version === 0) return UNKNOWN;
        this.from = h.start;
        this.to = h.end;
        this.headerEnd = h.start + 14;
        return TRUE;
      case "ip":
      case "ipv6":
        if (h.network < 0) return UNKNOWN;
        this.from = h.network;
        this.to = h.packetEnd;
        this.headerEnd = h.network + h.networkLength;
        return TRUE;
      default:
        if (h.transport < 0) return UNKNOWN;
        this.from = h.transport;
        this.to = h.packetEnd;
        this.headerEnd = h.transport + h.transportLength;
        if (name === "udp") this.to = Math.min(this.to, h.transport + udpLength(h));
        return TRUE;
    }
  }
}

function udpLength({ buf, transport }: FrameHeaders): number {
  return (buf[transport + 4] << 8) | buf[transport + 5];
}

/** A test of a layer's bytes. */
export interface BytesTest {
  /** @param view what `h.buf` is: the valid bytes around the frame, and those of frames to come */
  judge(view: Buffer, h: FrameHeaders, layout: ChainLayout): Verdict;
}

class ContainsTest implements BytesTest {
  readonly #layer: LayerBytes;
  readonly #needle: Buffer;
  /** Where the needle stands next in `#view`, its length for nowhere; right for all places from `#since` on. */
  #next = 0;
  #since = 0;
  #view: Buffer | null = null;

  constructor(layer: string, needle: Uint8Array) {
    this.#layer = new LayerBytes(layer);
    this.#needle = Buffer.from(needle);
  }

  judge(view: Buffer, h: FrameHeaders, layout: ChainLayout): Verdict {
    const layer = this.#layer;
    const there = layer.find(h, layout);
    if (there !== TRUE) return there;
    if (view !== this.#view || layer.from < this.#since || layer.from > this.#next) {
      this.#view = view;
      this.#since = layer.from;
      const found = view.indexOf(this.#needle, layer.from);
      this.#next = found === -1 ? view.length : found;
    }
    return this.#next + this.#needle.length <= layer.to ? TRUE : FALSE;
  }
}

class MatchesTest implements BytesTest {
  readonly #layer: LayerBytes;
  readonly #pattern: Pattern;
  /** Where what every match holds begins next in `#view`, its length for nowhere; right from `#since` on. */
  #next = 0;
  #since = 0;
  #view: Buffer | null = null;
  #text = "";

  constructor(layer: string, pattern: Pattern) {
    this.#layer = new LayerBytes(layer);
    this.#pattern = pattern;
  }

  /** True when what every match holds begins nowhere in the layer. */
  #lacks(view: Buffer, part: RegExp): boolean {
    const { from, to } = this.#layer;
    const anew = view !== this.#view;
    if (anew) {
      this.#view = view;
      this.#text = view.toString("latin1");
    }
    if (anew || from < this.#since || from > this.#next) {
      this.#since = from;
      part.lastIndex = from;
      this.#next = part.exec(this.#text)?.index ?? view.length;
    }
    return this.#next >= to;
  }

  judge(view: Buffer, h: FrameHeaders, layout: ChainLayout): Verdict {
    const layer = this.#layer;
    const there = layer.find(h, layout);
    if (there !== TRUE) return there;
    const { matches, part, reach } = this.#pattern;
    if (part !== null && this.#lacks(view, part)) return FALSE;
    const to = Math.min(layer.to, layer.from + reach);
    return matches(view.toString("latin1", layer.from, to)) ? TRUE : FALSE;
  }
}

/** `layer[offset:length] == bytes`. */
class SliceTest implements BytesTest {
  readonly #layer: LayerBytes;
  readonly #offset: number;
  readonly #length: number;
  readonly #bytes: Uint8Array;
  readonly #equal: boolean;

  constructor(layer: string, offset: number, length: number, bytes: Uint8Array, equal: boolean) {
    this.#layer = new LayerBytes(layer);
    this.#offset = offset;
    this.#length = length;
    this.#bytes = bytes;
    this.#equal = equal;
  }

  judge(view: Buffer, h: FrameHeaders, layout: ChainLayout): Verdict {
    const layer = this.#layer;
    const there = layer.find(h, layout);
    if (there !== TRUE) return there;
    const from = layer.from + this.#offset;
    const to = from + this.#length;
    if (to > layer.headerEnd) return layer.name === "frame" ? FALSE : UNKNOWN;
    let same = this.#bytes.length === this.#length;
    for (let i = 0; same && i < this.#length; i++) same = view[from + i] === this.#bytes[i];
    return same === this.#equal ? TRUE : FALSE;
  }
}

/** Whatever else is worked out of a layer's own bytes, judged by the atom itself over them. */
class WorkedOutTest implements BytesTest {
  readonly #layer: LayerBytes;
  readonly #atom: Atom;
  readonly #field: Field;
  readonly #stand: Dissection;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(layer: string, field: Field, atom: Atom, blank: Dissection) {
    this.#layer = new LayerBytes(layer);
    this.#field = field;
    this.#atom = atom;
    // A dissection that has found the layer and nothing else.
    this.#stand = Object.create(blank, {
      sources: { get: () => [{ name: "", bytes: this.#bytes }] },
    }) as Dissection;
  }

  judge(view: Buffer, h: FrameHeaders, layout: ChainLayout): Verdict {
    const layer = this.#layer;
    const there = layer.find(h, layout);
    if (there !== TRUE) return there;
    const { from, headerEnd } = layer;
    if (headerEnd > h.end) return UNKNOWN;
    this.#bytes = view;
    this.#stand.found = [new Node(this.#field, 0, from, headerEnd - from, null, 0, 0, null)];
    return this.#atom.evaluate(this.#stand) ? TRUE : FALSE;
  }
}

/** Layers whose bytes can be found. */
const LAYERS = new Set(["frame", "eth", "ip", "ipv6", "tcp", "udp"]);

/** The layer that an operand stands for; undefined for other operands. */
function layerOf(operand: TypedOperand): string | undefined {
  if (operand.kind !== "field" || operand.layers !== null || operand.raw) return undefined;
  if (operand.type.group !== "protocol" || operand.fields.length !== 1) return undefined;
  return LAYERS.has(operand.name) ? operand.name : undefined;
}

/**
 * The test of an atom that looks at nothing but a layer's bytes; null for other atoms.
 * @param blank a dissection that nothing was dissected with
 */
export function bytesTest(atom: Atom, blank: Dissection): BytesTest | null {
  const { test } = atom;
  if (test.kind === "matches") {
    const layer = layerOf(test.left);
    if (layer !== undefined) return new MatchesTest(layer, test.pattern);
  } else if (test.kind === "compare" && test.right.kind === "constant") {
    const { value } = test.right;
    if (value instanceof Uint8Array) {
      if (test.relation === "contains") {
        const layer = layerOf(test.left);
        if (layer !== undefined) return value.length === 0 ? null : new ContainsTest(layer, value);
      } else {
        const made = sliceTest(test, value);
        if (made !== null) return made;
      }
    }
  }
  return workedOutTest(atom, blank);
}

function workedOutTest(atom: Atom, blank: Dissection): BytesTest | null {
  const { test } = atom;
  if (test.kind === "exists" && test.operand.kind !== "slice") return null;
  let layer: string | undefined;
  let field: Field | undefined;
  let fits = true;
  visitOperands(test, (operand) => {
    if (operand.kind === "reference") fits = false;
    if (operand.kind !== "field") return;
    const own = layerOf(operand);
    if (own === undefined || (layer !== undefined && own !== layer)) fits = false;
    layer = own;
    [field] = operand.fields;
    // What is searched as a whole goes on behind the layer's header.
    if (test.kind === "matches" || (test.kind === "compare" && test.relation === "contains")) {
      if (operand === test.left || (test.kind === "compare" && operand === test.right)) fits = false;
    }
  });
  if (!fits || layer === undefined || field === undefined) return null;
  return new WorkedOutTest(layer, field, atom, blank);
}

function sliceTest(test: TypedTest & { kind: "compare" }, value: Uint8Array): BytesTest | null {
  const { left, relation } = test;
  if (left.kind !== "slice" || (relation !== "==" && relation !== "!=")) return null;
  const layer = layerOf(left.operand);
  if (layer === undefined || left.ranges.length !== 1) return null;
  const [{ offset, length }] = left.ranges;
  if (offset < 0 || length <= 0) return null;
  return new SliceTest(layer, offset, length, value, relation === "==");
}
