/** A longer copy of a typed array: the same elements, then zeros up to `length`. */
export function grown(array: Uint8Array, length: number): Uint8Array<ArrayBuffer>;
export function grown(array: Uint32Array, length: number): Uint32Array<ArrayBuffer>;
export function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer>;
export function grown(
  array: Uint8Array | Uint32Array | Int32Array,
  length: number,
): Uint8Array | Uint32Array | Int32Array {
  const longer = new (array.constructor as Uint32ArrayConstructor)(length);
  longer.set(array);
  return longer;
}
