/**
 * The JSON-lines protocol between Tapline and a capturing process, checked at this edge and nowhere else.
 *
 * Both capturing programs speak it: `native/tapline-capture` and `native/cap-capture.mjs`.
 * The first line is always `hello`; unknown message types are refused, unknown members are ignored.
 */
import { z } from "zod";
import type { CaptureError, CaptureStats, DriverInterface } from "./driver.ts";
import { CAPTURE_ERROR_CODES } from "./driver.ts";

/** Version of the protocol this engine speaks. */
export const PROTOCOL = 1;

const count = z.number().int().nonnegative();

const error = z.object({
  code: z.enum(CAPTURE_ERROR_CODES).catch("capture-failed"),
  message: z.string(),
  interface: z.string().optional(),
  capability: z.string().optional(),
});

const counters = {
  elapsedMs: count,
  packets: count,
  bytes: count,
  fileBytes: count,
  filePackets: count,
  interfaces: z.array(
    z.object({
      id: count,
      name: z.string(),
      packets: count,
      bytes: count,
      received: count.nullable().default(null),
      kernelDropped: count.nullable().default(null),
      interfaceDropped: count.nullable().default(null),
    }),
  ),
};

const hello = z.object({
  type: z.literal("hello"),
  protocol: z.number(),
  version: z.string(),
  libpcap: z.string(),
});

const started = z.object({
  type: z.literal("started"),
  file: z.string(),
  interfaces: z.array(
    z.object({
      id: count,
      name: z.string(),
      linkType: count,
      snapLen: count,
      promiscuous: z.boolean(),
      monitor: z.boolean(),
      precision: z.enum(["ns", "us", "ms"]),
      bufferKiB: count,
      filter: z.string(),
    }),
  ),
});

const file = z.object({
  type: z.literal("file"),
  path: z.string().min(1),
  packets: count,
  bytes: count,
  closed: z.boolean(),
  removed: z.boolean().default(false),
});
const data = z.object({ type: z.literal("data"), fileBytes: count, filePackets: count });
const stats = z.object({ type: z.literal("stats"), ...counters });
const notice = z.object({
  type: z.literal("notice"),
  code: z.string(),
  message: z.string(),
  interface: z.string().optional(),
});
const failure = error.extend({ type: z.literal("error") });
const end = z.object({
  type: z.literal("end"),
  reason: z.enum([
    "stopped",
    "duration",
    "packets",
    "filesize",
    "files",
    "signal",
    "parent-gone",
    "source-ended",
    "error",
  ]),
  ...counters,
  error: error.optional(),
});

/** Messages of `capture`. */
export const captureMessage = z.discriminatedUnion("type", [
  hello,
  started,
  file,
  data,
  stats,
  notice,
  failure,
  end,
]);
export type CaptureMessage = z.infer<typeof captureMessage>;

const deviceInterface = z.object({
  type: z.literal("interface"),
  name: z.string().min(1),
  description: z.string().optional(),
  up: z.boolean().nullable(),
  running: z.boolean().nullable(),
  loopback: z.boolean(),
  wireless: z.boolean().nullable(),
  connection: z.enum(["unknown", "connected", "disconnected", "not-applicable"]),
  addresses: z.array(
    z.object({
      family: z.enum(["ipv4", "ipv6", "mac"]),
      address: z.string(),
      prefix: count.optional(),
      broadcast: z.string().optional(),
      peer: z.string().optional(),
    }),
  ),
  open: z
    .discriminatedUnion("ok", [
      z.object({
        ok: z.literal(true),
        canMonitor: z.boolean(),
        linkTypes: z.array(
          z.object({
            dlt: count,
            linkType: count,
            name: z.string().optional(),
            description: z.string().optional(),
          }),
        ),
        timestampTypes: z.array(z.string()),
      }),
      error.extend({ ok: z.literal(false) }),
    ])
    .optional(),
});

/** Messages of `list`. */
export const listMessage = z.discriminatedUnion("type", [
  hello,
  deviceInterface,
  failure,
  z.object({ type: z.literal("end") }),
]);

/** Messages of `compile`. */
export const compileMessage = z.discriminatedUnion("type", [
  hello,
  z.object({
    type: z.literal("compiled"),
    id: count,
    ok: z.boolean(),
    message: z.string().optional(),
    instructions: count.optional(),
    dump: z.array(z.string()).optional(),
  }),
  failure,
]);

/** Messages of `stats`. */
export const trafficMessage = z.discriminatedUnion("type", [
  hello,
  z.object({
    type: z.literal("traffic"),
    interfaces: z.array(z.object({ name: z.string(), packets: count, bytes: count })),
  }),
]);

/** Gives an `interface` message the shape the drivers answer with. */
export function toDriverInterface(message: z.infer<typeof deviceInterface>): DriverInterface {
  const { type: _, open, ...rest } = message;
  if (open === undefined) return rest;
  if (open.ok) return { ...rest, open };
  const { ok: __, ...openError } = open;
  return { ...rest, open: { ok: false, error: { ...openError, interface: rest.name } } };
}

/** Adds the sums over the interfaces to the counters of a `stats` or `end` message. */
export function toStats(message: z.infer<typeof stats> | z.infer<typeof end>): CaptureStats {
  const sum = (key: "received" | "kernelDropped" | "interfaceDropped"): number | null => {
    let total = 0;
    for (const each of message.interfaces) {
      const value = each[key];
      if (value === null) return null;
      total += value;
    }
    return message.interfaces.length > 0 ? total : null;
  };
  return {
    elapsedMs: message.elapsedMs,
    packets: message.packets,
    bytes: message.bytes,
    fileBytes: message.fileBytes,
    filePackets: message.filePackets,
    received: sum("received"),
    kernelDropped: sum("kernelDropped"),
    interfaceDropped: sum("interfaceDropped"),
    interfaces: message.interfaces,
  };
}

/** Lines longer than this are no message of ours. */
const LONGEST_LINE = 4 * 1024 * 1024;

/**
 * Splits a byte stream into lines and parses each as one message of `schema`.
 * Calls `onMessage` for each, and `onBad` once, with the reason, at the first line that is none; then it goes deaf.
 * Returns the function to feed with chunks.
 */
export function lineParser<T>(
  schema: z.ZodType<T>,
  onMessage: (message: T) => void,
  onBad: (reason: string) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let deaf = false;
  return (chunk) => {
    if (deaf) return;
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let at = rest.indexOf(10); at >= 0 && !deaf; at = rest.indexOf(10, start)) {
      const line = rest.toString("utf8", start, at);
      start = at + 1;
      const message = parseLine(schema, line);
      if (message.ok) onMessage(message.value);
      else {
        deaf = true;
        onBad(message.reason);
      }
    }
    rest = rest.subarray(start);
    if (!deaf && rest.length > LONGEST_LINE) {
      deaf = true;
      onBad("a line without end");
    }
  };
}

function parseLine<T>(
  schema: z.ZodType<T>,
  line: string,
): { ok: true; value: T } | { ok: false; reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, reason: `not JSON: ${line.slice(0, 120)}` };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return { ok: false, reason: `${issue?.path.join(".")}: ${issue?.message} in ${line.slice(0, 120)}` };
}

/** The error that says a capturing process speaks another protocol. */
export function badProtocol(program: string, reason: string): CaptureError {
  return {
    code: "helper-failed",
    message: `${program} answered something that is not Tapline's capture protocol (${reason}). Rebuild it: npm run build.`,
  };
}
