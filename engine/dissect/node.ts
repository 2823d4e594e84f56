/** A line of the layer tree: a field with its value and place, or plain text. */
import type { Expert, Field, Value } from "./field.ts";

export const GENERATED = 1;
export const HIDDEN = 2;

export class Node {
  readonly field: Field;
  /** Index of the byte source: 0 is the frame itself. */
  readonly source: number;
  /** Offset in the source's bytes. */
  readonly offset: number;
  length: number;
  value: Value;
  /** GENERATED, HIDDEN. */
  flags: number;
  /** The whole line, where the field's own rendering does not do. */
  label: string | null = null;
  /** Appended to the line. */
  suffix = "";
  /** Put before the line. */
  prefix = "";
  expert: Expert | null = null;
  /** Number of the layer (0-based) of the frame it belongs to. */
  readonly layer: number;
  readonly parent: Node | null;
  children: Node[] | null = null;

  constructor(
    field: Field,
    source: number,
    offset: number,
    length: number,
    value: Value,
    flags: number,
    layer: number,
    parent: Node | null,
  ) {
    this.field = field;
    this.source = source;
    this.offset = offset;
    this.length = length;
    this.value = value;
    this.flags = flags;
    this.layer = layer;
    this.parent = parent;
  }
}
