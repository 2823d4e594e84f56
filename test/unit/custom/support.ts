/** Described protocols for tests, frames of theirs, and streams of frames cut into segments. */
import { makeChecksum } from "../../../engine/custom/checksums.ts";
import { readDescription } from "../../../engine/custom/read.ts";
import { setDescribedProtocols } from "../../../engine/custom/registry.ts";
import type { Description } from "../../../engine/custom/schema.ts";
import { BuiltCapture, handshake, PORT_A, type TcpSegment } from "../protocols/builder.ts";
import { type Dissected, dissect } from "../protocols/harness.ts";
import { udpFrame } from "../protocols/udp-frames.ts";

export function description(text: string): Description {
  const { description, problems } = readDescription(text);
  if (description === null)
    throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return description;
}

/** Makes this the one described protocol. */
export const define = (text: string): void => setDescribedProtocols([description(text)]);

/** "line path: message" of everything wrong with a file. */
export const problemsOf = (text: string): string[] =>
  readDescription(text).problems.map(({ line, path, message }) => `${line} ${path}: ${message}`);

export const hex = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replace(/[\s:]/g, ""), "hex"));
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A datagram to UDP port 7000. */
export const datagram = (payload: string, snap?: number): Dissected =>
  dissect(udpFrame(40000, 7000, payload), snap === undefined ? {} : { snap: 42 + snap });

/** With a start marker of two bytes, a length of what follows it, a number, a text and a CRC-16. */
export const RADIO = `
tapline: 1
protocol: radio
title: Radio link
on: {tcp.port: 7000, udp.port: 7000}
frame:
  start: AA 55
  length: {field: length, counts: following}
  checksum: {field: crc, kind: crc-16/modbus}
  max: 300
header:
  - {name: length, type: u8}
payload:
  - {name: number, type: u16}
  - {name: text, type: string, length: rest}
trailer:
  - {name: crc, type: u16, order: little, base: hex}
info: "#{number} {text}"
`;

/** A frame of RADIO. */
export function radio(number: number, text: string | Uint8Array): Uint8Array {
  const body = typeof text === "string" ? Buffer.from(text) : text;
  const frame = [0xaa, 0x55, body.length + 4, number >> 8, number & 255, ...body];
  const sum = makeChecksum("crc-16/modbus");
  sum.start();
  sum.add(Uint8Array.from(frame), 0, frame.length);
  const crc = sum.finish();
  return Uint8Array.from([...frame, crc & 255, crc >> 8]);
}

/** With a start marker of one byte, a length of two, and a CRC-32 in front. */
export const WIDE = `
tapline: 1
protocol: wide
title: Wide frames
on: {tcp.port: 7000}
order: little
frame:
  start: A1
  length: {field: length, counts: payload}
  checksum: {field: crc, kind: crc-32, covers: [length, payload]}
  max: 70000
header:
  - {name: length, type: u16}
  - {name: crc, type: u32, base: hex}
payload:
  - {name: number, type: u8}
  - {name: data, type: bytes, length: rest}
`;

/** A frame of WIDE. */
export function wide(number: number, data: Uint8Array): Uint8Array {
  const length = data.length + 1;
  const sum = makeChecksum("crc-32");
  sum.start();
  sum.add(Uint8Array.of(length & 255, length >> 8, number), 0, 3);
  sum.add(data, 0, data.length);
  const crc = sum.finish();
  const head = Buffer.alloc(8);
  head[0] = 0xa1;
  head.writeUInt16LE(length, 1);
  head.writeUInt32LE(crc, 3);
  head[7] = number;
  return join(head, data);
}

export const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** A stream to TCP port 7000, cut into segments at these offsets. */
export function stream(bytes: Uint8Array, cuts: readonly number[], port = 7000): BuiltCapture {
  const segments: TcpSegment[] = handshake().map((s) => ({ ...s, portA: PORT_A, portB: port }));
  const edges = [0, ...cuts, bytes.length];
  for (let i = 0; i + 1 < edges.length; i++) {
    segments.push({
      from: "a",
      flags: "PA",
      seq: 1001 + edges[i],
      ack: 5001,
      data: bytes.slice(edges[i], edges[i + 1]),
      portB: port,
    });
  }
  return new BuiltCapture(segments);
}

/** All values of a field over the frames of a capture. */
export const values = (frames: readonly Dissected[], name: string): string[] =>
  frames.flatMap(({ fields }) => fields.get(name) ?? []);
