import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ChainLayout, FrameHeaders, headerReader } from "../../../engine/decode/header-fields.ts";
import { Indexer } from "../../../engine/decode/indexer.ts";
import { MODE_FIELDS } from "../../../engine/dissect/dissection.ts";
import type { Value } from "../../../engine/dissect/field.ts";
import { fields } from "../../../engine/dissect/protocol.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { CaptureWriter } from "../../../engine/formats/writer.ts";
import { dissectInOrder } from "../../../engine/sequential.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tapline-headers-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Fields that are read from headers. */
const read = fields.filter((field) => headerReader(field) !== undefined);
const wanted = new Uint8Array(fields.length);
for (const field of read) wanted[field.id] = 1;

interface Packet {
  readonly bytes: Uint8Array;
  /** Bytes on the wire, where fewer were captured. */
  readonly length?: number;
}

/** A generator of numbers below `limit`, the same in every run. */
function randomly(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function u16(value: number): number[] {
  return [(value >>> 8) & 255, value & 255];
}
function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

function ipv4(
  protocol: number,
  payload: readonly number[],
  over: Partial<Record<string, number>> = {},
  options: readonly number[] = [],
): number[] {
  const words = over.words ?? 5 + options.length / 4;
  const length = over.length ?? 20 + options.length + payload.length;
  return [
    0x40 | words,
    over.tos ?? 0x2b,
    ...u16(length),
    ...u16(over.id ?? 0x1234),
    ...u16(over.fragment ?? 0x4000),
    over.ttl ?? 63,
    protocol,
    ...u16(0xbeef),
    192,
    0,
    2,
    1,
    192,
    0,
    2,
    2,
    ...options,
    ...payload,
  ];
}

function ipv6(next: number, payload: readonly number[], length = payload.length): number[] {
  const address = (last: number): number[] => [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];
  return [...u32(0x6b91_2345), ...u16(length), next, 61, ...address(1), ...address(2), ...payload];
}

function tcp(
  flags: number,
  options: readonly number[],
  payload: readonly number[],
  numbers = [1000, 2000],
): number[] {
  const words = 5 + options.length / 4;
  return [
    ...u16(40_000),
    ...u16(7),
    ...u32(numbers[0]),
    ...u32(numbers[1]),
    (words << 4) | (flags >>> 8),
    flags & 255,
    ...u16(511),
    ...u16(0xabcd),
    ...u16(3),
    ...options,
    ...payload,
  ];
}

function udp(payload: readonly number[], length = 8 + payload.length, checksum = 0x1111): number[] {
  return [...u16(40_000), ...u16(40_001), ...u16(length), ...u16(checksum), ...payload];
}

const ether = (type: number, payload: readonly number[]): number[] => [
  2,
  0,
  0,
  0,
  0,
  2,
  3,
  0,
  0,
  0,
  0,
  1,
  ...u16(type),
  ...payload,
];
const vlan = (tag: number, type: number, payload: readonly number[]): number[] => [
  ...u16(tag),
  ...u16(type),
  ...payload,
];

const TEXT = [...Buffer.from("some payload")];
const OPTIONS: readonly (readonly number[])[] = [
  [],
  [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 1, 2, 0, 0, 3, 4, 1, 3, 3, 7],
  [1, 1, 8, 10, 255, 255, 255, 255, 0, 0, 0, 1],
  [1, 1, 5, 18, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 10, 0, 0, 0, 11, 0],
  [3, 3, 20, 0],
  [1, 0, 0, 0],
  [0, 1, 1, 1],
  [2, 3, 5, 1],
  [8, 12, 0, 0],
  [34, 2, 1, 1],
  [254, 4, 0, 1],
  [30, 3, 0, 1],
  [1, 1, 1, 1],
];

/** The packets of network layers, without link header: IPv4 or IPv6. */
function networkPackets(): { version: 4 | 6; bytes: number[] }[] {
  const list: { version: 4 | 6; bytes: number[] }[] = [];
  const four = (bytes: number[]): unknown => list.push({ version: 4, bytes });
  const six = (bytes: number[]): unknown => list.push({ version: 6, bytes });
  let seq = 1000;
  for (const options of OPTIONS) {
    for (const flags of [0x002, 0x012, 0x010, 0x018, 0x011, 0xe10, 0x004, 0x1c2, 0x000]) {
      four(ipv4(6, tcp(flags, options, flags === 0x018 ? TEXT : [], [seq, 2000])));
      six(ipv6(6, tcp(flags, options, flags === 0x018 ? TEXT : [], [seq, 5000])));
      if (flags === 0x018) seq += TEXT.length;
    }
  }
  for (const length of [8, 20, 7, 0, 100]) four(ipv4(17, udp(TEXT, length, length)));
  six(ipv6(17, udp(TEXT)));
  six(ipv6(17, udp(TEXT), 0));
  six(ipv6(0, [17, 0, 1, 4, 0, 0, 0, 0, ...udp(TEXT)]));
  six(ipv6(44, [17, 0, 0, 1, 0, 0, 0, 9, ...udp(TEXT)]));
  six(ipv6(58, [135, 0, ...u16(1), 0, 0, 0, 0, ...new Array<number>(16).fill(1)]));
  four(ipv4(1, [8, 0, ...u16(5), ...u16(1), ...u16(2), ...TEXT]));
  four(ipv4(1, [3, 1, ...u16(5), 0, 0, 0, 0, ...ipv4(17, udp(TEXT))]));
  four(ipv4(1, [3, 1, ...u16(5), 0, 0, 0, 0, ...ipv4(6, tcp(0x10, [], []))]));
  four(ipv4(4, ipv4(6, tcp(0x10, [], TEXT), { ttl: 3 })));
  four(ipv4(41, ipv6(17, udp(TEXT))));
  four(ipv4(17, udp(TEXT), { fragment: 0x2000 }));
  four(ipv4(17, TEXT, { fragment: 0x0002 }));
  four(ipv4(6, tcp(0x10, [], TEXT), { length: 0 }));
  four(ipv4(6, tcp(0x10, [], TEXT), { length: 15 }));
  four(ipv4(6, tcp(0x10, [], TEXT), { length: 900 }));
  four(ipv4(6, tcp(0x10, [], TEXT), { length: 30 }));
  four(ipv4(6, tcp(0x10, [], TEXT), { words: 3 }));
  four(ipv4(6, tcp(0x10, [], TEXT), { words: 15 }));
  four(ipv4(17, udp(TEXT), {}, [0x94, 4, 0, 0]));
  // A loose source route: the last address is where the packet goes.
  four(ipv4(17, udp(TEXT), {}, [0x83, 7, 4, 192, 0, 2, 9, 0]));
  four([0x65, ...ipv4(17, udp(TEXT)).slice(1)]);
  four(
    ipv4(
      6,
      tcp(0x10, [], []).map((byte, i) => (i === 12 ? 0x20 : byte)),
    ),
  );
  four(
    ipv4(
      6,
      tcp(0x10, [], []).map((byte, i) => (i === 12 ? 0xf0 : byte)),
    ),
  );
  return list;
}

const NUMBERS = { 4: 0x0800, 6: 0x86dd } as const;

const plain = (value: Value): unknown => (value instanceof Uint8Array ? Array.from(value) : value);

/** Compares what headers tell with what dissection finds; returns how many fields headers told. */
async function compare(name: string, linkType: number, packets: readonly Packet[]): Promise<number> {
  const path = join(folder, `${name}.pcap`);
  const writer = new CaptureWriter(path, { format: "pcap", application: "Tapline tests" });
  writer.addInterface({ linkType, snapLen: 262_144, tsresol: 6 });
  for (const [i, { bytes, length }] of packets.entries()) {
    writer.writePacket(bytes, 1_700_000_000 + i, 0, length ?? bytes.length);
  }
  writer.close();
  const indexer = new Indexer(openCaptureSync(path));
  while (indexer.run(1000));
  const { index } = indexer;
  const headers = new FrameHeaders(index.tcpStreams);
  const differences: string[] = [];
  let told = 0;
  const options = { mode: MODE_FIELDS, columns: false, wanted } as const;
  const capture = await dissectInOrder(path, options, (d) => {
    const s = index.segment(d.frame);
    const slot = index.slot(d.frame);
    const bytes = indexer.bytes(d.frame) ?? new Uint8Array(0);
    const chain = index.chains.chains[s.chain[slot]];
    const layout = new ChainLayout(chain);
    headers.place(layout, linkType, s, slot, bytes, 0, bytes.length);
    for (const field of read) {
      const found = d.found.filter((node) => node.field === field).map((node) => node.value);
      if (layout.lacks(field.protocol)) {
        if (found.length > 0) differences.push(`${name} ${d.frame} ${field.name}: lacks ${found.join()}`);
        continue;
      }
      const values: Value[] = [];
      if (!headers.hasLink || !layout.isPlain(field.protocol)) continue;
      if (!headerReader(field)?.(headers, values)) continue;
      if (!isDeepStrictEqual(values.map(plain), found.map(plain))) {
        differences.push(`${name} ${d.frame} ${field.name}: ${values.join()}, not ${found.join()}`);
      }
      told++;
    }
    return true;
  });
  capture.close();
  indexer.close();
  expect(differences).toEqual([]);
  return told;
}

test("headers tell what dissection finds, behind every link layer", async () => {
  const packets = networkPackets();
  const links: readonly (readonly [string, number, (version: 4 | 6, bytes: number[]) => number[]])[] = [
    ["ethernet", 1, (version, bytes) => ether(NUMBERS[version], bytes)],
    ["vlan", 1, (version, bytes) => ether(0x8100, vlan(0xb064, NUMBERS[version], bytes))],
    [
      "two tags",
      1,
      (version, bytes) => ether(0x8100, vlan(0x1001, 0x8100, vlan(0x0fff, NUMBERS[version], bytes))),
    ],
    [
      "service tag",
      1,
      (version, bytes) => ether(0x88a8, vlan(0x1001, 0x8100, vlan(0x0fff, NUMBERS[version], bytes))),
    ],
    ["llc", 1, (_version, bytes) => ether(bytes.length + 8, [0xaa, 0xaa, 3, 0, 0, 0, 8, 0, ...bytes])],
    [
      "cooked",
      113,
      (version, bytes) => [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, ...u16(NUMBERS[version]), ...bytes],
    ],
    [
      "cooked 2",
      276,
      (version, bytes) => [
        ...u16(NUMBERS[version]),
        0,
        0,
        0,
        0,
        0,
        1,
        0,
        1,
        0,
        6,
        2,
        0,
        0,
        0,
        0,
        1,
        0,
        0,
        ...bytes,
      ],
    ],
    ["loopback", 0, (version, bytes) => [version === 4 ? 2 : 30, 0, 0, 0, ...bytes]],
    ["raw", 101, (_version, bytes) => bytes],
    ["raw IPv4", 228, (_version, bytes) => bytes],
  ];
  for (const [name, linkType, wrap] of links) {
    const told = await compare(
      name,
      linkType,
      packets.map(({ version, bytes }) => ({ bytes: Uint8Array.from(wrap(version, bytes)) })),
    );
    expect(told, name).toBeGreaterThan(packets.length * (name === "llc" || name === "service tag" ? 5 : 15));
  }
});

test("headers that are cut short tell nothing that dissection does not find", async () => {
  const packets: Packet[] = [];
  for (const { version, bytes } of networkPackets()) {
    const whole = Uint8Array.from(ether(NUMBERS[version], bytes));
    for (let cut = 0; cut < whole.length; cut += 3)
      packets.push({ bytes: whole.slice(0, cut), length: whole.length });
    for (const cut of [14, 34, 54, 74]) packets.push({ bytes: whole.slice(0, cut) });
  }
  expect(await compare("cut", 1, packets)).toBeGreaterThan(packets.length);
});

test("headers with bytes changed at random", async () => {
  const random = randomly(20_240_229);
  const packets: Packet[] = [];
  for (let round = 0; round < 12; round++) {
    for (const { version, bytes } of networkPackets()) {
      const changed = Uint8Array.from(ether(NUMBERS[version], bytes));
      for (let i = random(3); i >= 0; i--) changed[12 + random(changed.length - 12)] = random(256);
      packets.push({ bytes: changed });
    }
  }
  expect(await compare("changed", 1, packets)).toBeGreaterThan(packets.length);
});
