/**
 * The description of a framed protocol, as a protocol file holds it: its schema and its types. What the schema
 * cannot say (names that must be there, sizes that must fit) `check.ts` says. The reference for users is
 * docs/custom-protocols.md.
 *
 * A checked description is plain JSON, so that every thread can be given the same.
 */
import { z } from "zod";
import { nearest } from "../filter/names.ts";
import { CHECKSUM_NAMES } from "./checksums.ts";

/** Largest frame a description may allow, and the one taken when it says nothing. */
export const MOST_BYTES = 1 << 20;
export const USUAL_BYTES = 1 << 16;
/** Fields of one description, and levels of groups. */
export const MOST_FIELDS = 1000;
export const MOST_LEVELS = 8;

const FIELD_NAME = /^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$/;

const protocolName = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9_-]*$/, "must be lower-case letters, digits, - and _, a letter first");
const fieldName = z
  .string()
  .max(80)
  .regex(FIELD_NAME, "must be lower-case letters, digits, - and _, a letter first; dots between parts");
const title = z.string().min(1).max(200);
const order = z.enum(["big", "little"]);
const size = z.number().int().min(0).max(MOST_BYTES);

const HEX = /^([0-9A-Fa-f]{2}[\s:-]?)+$/;
/** Bytes as hex digits, "AA 55", or text behind "text:". */
const someBytes = z
  .string()
  .max(64)
  .refine((text) => (text.startsWith("text:") ? text.length > 5 : HEX.test(text.trim())), {
    message: 'must be hex digits in quotes, as in "AA 55", or "text:" and the text itself',
  });

/** The bytes of a `someBytes`. */
export function bytesOf(text: string): Uint8Array {
  if (text.startsWith("text:")) return new TextEncoder().encode(text.slice(5));
  return Uint8Array.from(Buffer.from(text.replace(/[\s:-]/g, ""), "hex"));
}

const VALUE_KEY = /^(-?\d+|0x[0-9a-f]+)(\s*-\s*(\d+|0x[0-9a-f]+))?$/i;
const values = z.record(
  z.string().regex(VALUE_KEY, 'must be a number, or a range like "2-9"'),
  z.string().max(200),
);

const integers = z.union([z.number().int(), z.array(z.number().int()).min(1).max(256)]);
/** One comparison with the last value of a field. */
const test = z
  .strictObject({
    field: fieldName,
    is: z.union([integers, z.boolean()]).optional(),
    not: integers.optional(),
    /** All these bits are set. */
    has: z.number().int().min(1).max(0xffff_ffff).optional(),
    above: z.number().optional(),
    below: z.number().optional(),
  })
  .refine((given) => Object.keys(given).length > 1, { message: "needs one of is, not, has, above, below" });
const condition = z.union([
  test,
  z.array(test).min(1).max(16),
  z.strictObject({ any: z.array(test).min(1).max(16) }),
]);
export type FieldTest = z.infer<typeof test>;
export type Condition = z.infer<typeof condition>;

/** A number of bytes or of repetitions. */
const amount = z.union([
  size,
  z.literal("rest"),
  z.strictObject({
    field: fieldName,
    times: z.number().int().min(1).max(65_536).default(1),
    plus: z.number().int().min(-65_536).max(65_536).default(0),
  }),
]);
export type Amount = z.infer<typeof amount>;

const INTEGER_TYPES = [
  "u8",
  "u16",
  "u24",
  "u32",
  "u40",
  "u48",
  "u56",
  "u64",
  "i8",
  "i16",
  "i24",
  "i32",
  "i64",
] as const;
export type IntegerType = (typeof INTEGER_TYPES)[number];

/** Bytes of an integer. */
export const bytesOfInteger = (type: IntegerType): number => Number(type.slice(1)) / 8;

const named = {
  name: fieldName,
  title: title.optional(),
  description: z.string().max(1000).optional(),
  when: condition.optional(),
};
const base = z.enum(["dec", "hex", "oct", "dec-hex", "hex-dec"]);

const bit = z
  .strictObject({
    name: fieldName,
    title: title.optional(),
    description: z.string().max(1000).optional(),
    /** 0 is the lowest bit. */
    bit: z.number().int().min(0).max(31).optional(),
    mask: z.number().int().min(1).max(0xffff_ffff).optional(),
    values: values.optional(),
    texts: z.tuple([title, title]).optional(),
    base: base.optional(),
  })
  .refine(({ bit, mask }) => (bit === undefined) !== (mask === undefined), {
    message: "needs either bit or mask",
  });
export type BitField = z.infer<typeof bit>;

const integer = z.strictObject({
  ...named,
  type: z.enum(INTEGER_TYPES),
  order: order.optional(),
  base: base.optional(),
  values: values.optional(),
  unit: z.string().max(40).optional(),
  bits: z.array(bit).min(1).max(32).optional(),
  /** The value is the number × scale + offset; it becomes a floating-point number. */
  scale: z.number().optional(),
  offset: z.number().optional(),
});
export type IntegerField = z.infer<typeof integer>;

const float = z.strictObject({
  ...named,
  type: z.enum(["f32", "f64"]),
  order: order.optional(),
  unit: z.string().max(40).optional(),
  scale: z.number().optional(),
  offset: z.number().optional(),
});
const boolean = z.strictObject({
  ...named,
  type: z.literal("bool"),
  texts: z.tuple([title, title]).optional(),
});
const char = z.strictObject({ ...named, type: z.literal("char"), values: values.optional() });

const stretch = {
  length: amount.optional(),
  /** Type of a length that stands before it. */
  prefix: z.enum(["u8", "u16", "u32"]).optional(),
  /** What it ends with. */
  end: someBytes.optional(),
  order: order.optional(),
};
const oneStretch = (given: { length?: unknown; prefix?: unknown; end?: unknown }): boolean =>
  [given.length, given.prefix, given.end].filter((each) => each !== undefined).length === 1;
const ONE_STRETCH = { message: "needs exactly one of length, prefix, end" };
const string = z
  .strictObject({
    ...named,
    ...stretch,
    type: z.literal("string"),
    encoding: z.enum(["ascii", "utf-8", "latin1", "utf-16be", "utf-16le"]).default("utf-8"),
  })
  .refine(oneStretch, ONE_STRETCH);
const bytes = z
  .strictObject({
    ...named,
    ...stretch,
    type: z.literal("bytes"),
    separator: z.enum([":", "-", ".", " "]).optional(),
  })
  .refine(oneStretch, ONE_STRETCH);
export type StretchField = z.infer<typeof string> | z.infer<typeof bytes>;

const plain = z.strictObject({
  ...named,
  type: z.enum(["mac", "ipv4", "ipv6", "guid", "eui64"]),
  order: order.optional(),
});

const resolution = z.enum(["s", "ms", "us", "ns"]).default("s");
const time = z.strictObject({
  ...named,
  type: z.literal("time"),
  /** "ntp": 32 bits of seconds since 1900 and 32 bits of their fractions. */
  of: z.enum(["u32", "u48", "u64", "i32", "i64", "f64", "ntp"]).default("u32"),
  order: order.optional(),
  resolution,
  epoch: z.iso.datetime({ message: 'must be a time in UTC like "2000-01-01T00:00:00Z"' }).optional(),
  show: z.enum(["utc", "local"]).default("utc"),
});
const duration = z.strictObject({
  ...named,
  type: z.literal("duration"),
  of: z.enum(["u8", "u16", "u32", "u48", "u64", "i16", "i32", "i64", "f64"]).default("u32"),
  order: order.optional(),
  resolution,
});
export type TimeField = z.infer<typeof time> | z.infer<typeof duration>;

/** A field of fixed size, as the header and the trailer have them. */
const fixed = z.discriminatedUnion("type", [
  integer,
  float,
  boolean,
  char,
  string,
  bytes,
  plain,
  time,
  duration,
]);
export type LeafField = z.infer<typeof fixed>;

export interface GroupField {
  type: "group";
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  when?: Condition | undefined;
  /** Bytes the group's fields stand in; the group ends there whatever they are. */
  length?: Amount | undefined;
  repeat?: Amount | { until: Condition } | undefined;
  fields: DescribedField[];
}
export type DescribedField = LeafField | GroupField;

const group: z.ZodType<GroupField> = z.lazy(() =>
  z.strictObject({
    ...named,
    type: z.literal("group"),
    length: amount.optional(),
    repeat: z.union([amount, z.strictObject({ until: condition })]).optional(),
    fields: z.array(field).min(1).max(MOST_FIELDS),
  }),
);
const field: z.ZodType<DescribedField> = z.lazy(() =>
  z.discriminatedUnion("type", [...fixed.options, group as unknown as typeof boolean]),
) as z.ZodType<DescribedField>;

/**
 * Stretches of a frame: all of it; the start marker; the header with start marker and length field; the length
 * field; what is between header and trailer; the trailer; the end marker; what follows the length field; what stands
 * before the checksum.
 */
export const PARTS = [
  "frame",
  "start",
  "header",
  "length",
  "payload",
  "trailer",
  "end",
  "following",
  "before",
] as const;
const part = z.enum(PARTS);
export type Part = z.infer<typeof part>;
const parts = z.union([part.transform((one) => [one]), z.array(part).min(1).max(PARTS.length)]);

const crc = z.strictObject({
  width: z.number().int().min(3).max(32),
  poly: z.number().int().min(1).max(0xffff_ffff),
  init: z.number().int().min(0).max(0xffff_ffff).default(0),
  "reflect-in": z.boolean().default(false),
  "reflect-out": z.boolean().default(false),
  "xor-out": z.number().int().min(0).max(0xffff_ffff).default(0),
});

const checksum = z.strictObject({
  field: fieldName,
  kind: z.union([
    z.string().refine((name) => CHECKSUM_NAMES.includes(name), {
      error: ({ input }) => {
        const like = nearest(String(input), CHECKSUM_NAMES, 3);
        const known =
          "there are crc-8, crc-16, crc-32 and their variants, sums and others, or crc with its parameters";
        return `no checksum has this name; ${like.length > 0 ? `did you mean ${like.join(", ")}` : known}`;
      },
    }),
    z.strictObject({ crc }),
  ]),
  covers: z
    .union([
      parts,
      /** Offsets in the frame; negative ones count from its end. */
      z.strictObject({ from: z.number().int().default(0), to: z.number().int().optional() }),
    ])
    .optional(),
  /** The checksum's own bytes where they lie in what it covers: left out, or counted as zeros. */
  own: z.enum(["skip", "zero"]).default("skip"),
  bad: z.enum(["withhold", "show"]).default("withhold"),
});

const port = z.number().int().min(1).max(65_535);
const list = (of: z.ZodNumber) => z.union([of.transform((one) => [one]), z.array(of).min(1).max(256)]);

export const descriptionSchema = z.strictObject({
  /** Version of this language. */
  tapline: z.literal(1),
  protocol: protocolName,
  title,
  short: z.string().min(1).max(40).optional(),
  on: z
    .strictObject({
      "tcp.port": list(port).optional(),
      "udp.port": list(port).optional(),
      ethertype: list(z.number().int().min(0x600).max(0xffff)).optional(),
      "ip.proto": list(z.number().int().min(0).max(255)).optional(),
    })
    .default({}),
  order: order.default("big"),
  frame: z
    .strictObject({
      start: someBytes.optional(),
      end: someBytes.optional(),
      /** Bytes of every frame. */
      size: z.number().int().min(1).max(MOST_BYTES).optional(),
      length: z
        .strictObject({
          field: fieldName,
          counts: parts,
          times: z.number().int().min(1).max(65_536).default(1),
          plus: z.number().int().min(-65_536).max(65_536).default(0),
        })
        .optional(),
      max: z.number().int().min(1).max(MOST_BYTES).default(USUAL_BYTES),
      /** True when the payload may hold whole frames of the same protocol. */
      nested: z.boolean().default(false),
      checksum: checksum.optional(),
    })
    .default({ max: USUAL_BYTES, nested: false }),
  header: z.array(fixed).max(MOST_FIELDS).default([]),
  payload: z.array(field).max(MOST_FIELDS).default([]),
  trailer: z.array(fixed).max(MOST_FIELDS).default([]),
  info: z.string().max(500).optional(),
});
export type Description = z.infer<typeof descriptionSchema>;
