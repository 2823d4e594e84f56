/** Where the parts of a frame stand: header and trailer have fixed sizes, what is between them has not. */
import { bytesOf, bytesOfInteger, type Description, type LeafField, type Part } from "./schema.ts";

/** Bytes of a field that always has as many; null for others. */
export function fixedSize(field: LeafField): number | null {
  switch (field.type) {
    case "bool":
    case "char":
      return 1;
    case "f32":
    case "ipv4":
      return 4;
    case "f64":
    case "eui64":
      return 8;
    case "mac":
      return 6;
    case "ipv6":
    case "guid":
      return 16;
    case "string":
    case "bytes":
      return typeof field.length === "number" ? field.length : null;
    case "time":
    case "duration":
      return sizeOfTime(field.of);
    default:
      return bytesOfInteger(field.type);
  }
}

/** Bytes of the number that a time is. */
export const sizeOfTime = (of: string): number => (of === "ntp" ? 8 : Number(of.slice(1)) / 8);

/** Sizes in bytes, markers included: the header with the start marker; the trailer without the end marker. */
export interface Parts {
  readonly start: number;
  readonly header: number;
  readonly trailer: number;
  readonly end: number;
}

export function partsOf({ frame, header, trailer }: Description): Parts {
  const sum = (list: readonly LeafField[]): number =>
    list.reduce((total, field) => total + (fixedSize(field) ?? 0), 0);
  const start = frame.start === undefined ? 0 : bytesOf(frame.start).length;
  const end = frame.end === undefined ? 0 : bytesOf(frame.end).length;
  return { start, header: start + sum(header), trailer: sum(trailer), end };
}

/** A place in a frame: an offset from its beginning or, from the end, how many bytes before it. */
export interface Place {
  readonly fromEnd: boolean;
  readonly offset: number;
}
const front = (offset: number): Place => ({ fromEnd: false, offset });
const back = (offset: number): Place => ({ fromEnd: true, offset });

export const placeIn = ({ fromEnd, offset }: Place, length: number): number =>
  fromEnd ? length - offset : offset;

/** Place and size of a field of the header or the trailer; null where there is none of the name. */
export function placeOf(description: Description, name: string): { place: Place; field: LeafField } | null {
  const { start, trailer, end } = partsOf(description);
  let offset = start;
  for (const field of description.header) {
    if (field.name === name) return { place: front(offset), field };
    offset += fixedSize(field) ?? 0;
  }
  offset = trailer + end;
  for (const field of description.trailer) {
    if (field.name === name) return { place: back(offset), field };
    offset -= fixedSize(field) ?? 0;
  }
  return null;
}

/** Beginning and end of a part. */
export function stretchOf(description: Description, part: Part): readonly [Place, Place] {
  const { start, header, trailer, end } = partsOf(description);
  const length = placeOf(description, description.frame.length?.field ?? "");
  const lengthAt = length?.place.offset ?? 0;
  const lengthEnd = lengthAt + (length === null ? 0 : (fixedSize(length.field) ?? 0));
  switch (part) {
    case "frame":
      return [front(0), back(0)];
    case "start":
      return [front(0), front(start)];
    case "header":
      return [front(0), front(header)];
    case "length":
      return [front(lengthAt), front(lengthEnd)];
    case "payload":
      return [front(header), back(trailer + end)];
    case "trailer":
      return [back(trailer + end), back(end)];
    case "end":
      return [back(end), back(0)];
    case "following":
      return [front(lengthEnd), back(0)];
    case "before":
      return [front(0), placeOf(description, description.frame.checksum?.field ?? "")?.place ?? back(0)];
  }
}
