import { describe, expect, test } from "vitest";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { readRecordOptions } from "../../../engine/formats/options.ts";
import { RandomReader } from "../../../engine/formats/source.ts";
import { RECORD_HAS_COMMENT, RECORD_HAS_OPTIONS, RECORD_NO_TIME } from "../../../engine/formats/types.ts";
import { Bytes, block, epb, file, idb, join8, payload, read, shb, spb } from "./build.ts";

const orders = [
  { order: "little", le: true },
  { order: "big", le: false },
];

/** The time that 64-bit ticks mean, by exact arithmetic. */
function exactTime(ticks: bigint, tsresol: number, offset: bigint): string {
  const exponent = BigInt(tsresol & 0x7f);
  const perSecond = tsresol & 0x80 ? 2n ** exponent : 10n ** exponent;
  const nsec = ((ticks % perSecond) * 1_000_000_000n) / perSecond;
  return `${ticks / perSecond + offset}.${String(nsec).padStart(9, "0")}`;
}

describe.each(orders)("pcapng, $order-endian", ({ order, le }) => {
  const NOW = 1_700_000_000n;

  test.each([0, 3, 6, 7, 9, 10, 12, 18, 0x80, 0x8a, 0x94, 0x97, 0x98, 0xa0, 0xbf])(
    "if_tsresol %i is exact, whatever the ticks",
    (tsresol) => {
      const exponent = BigInt(tsresol & 0x7f);
      const perSecond = tsresol & 0x80 ? 2n ** exponent : 10n ** exponent;
      const largest = exponent < 12n ? (1n << 53n) * 1n : 0xffffffffffffffffn;
      const ticks = [0n, 1n, perSecond - 1n, NOW * perSecond + perSecond / 3n, largest - 1n]
        .map((t) => (t > 0xffffffffffffffffn ? 0xffffffffffffffffn : t))
        .filter((t) => t / perSecond < 1n << 53n);
      const { seen } = read(
        shb(le),
        idb(le, 1, 0, [[9, Uint8Array.of(tsresol)]]),
        ...ticks.map((t) => epb(le, payload(1, 14), { ticks: t })),
      );
      expect(seen.map((s) => s.time)).toEqual(ticks.map((t) => exactTime(t, tsresol, 0n)));
    },
  );

  test.each([6, 9])("10^-%i seconds are exact over the whole range of 64 bits", (tsresol) => {
    const ticks: bigint[] = [];
    for (let i = 0n; i < 64n; i++) ticks.push((1n << (i + 1n)) - 1n, 1n << i, ((1n << i) * 7n) / 5n);
    const { seen } = read(
      shb(le),
      idb(le, 1, 0, [[9, Uint8Array.of(tsresol)]]),
      ...ticks.map((t) => epb(le, payload(1, 14), { ticks: t })),
    );
    expect(seen.map((s) => s.time)).toEqual(ticks.map((t) => exactTime(t, tsresol, 0n)));
  });

  test("if_tsoffset is added, and may be negative", () => {
    const offset = new Bytes(le).u64(BigInt.asUintN(64, -100n)).done();
    const { seen } = read(
      shb(le),
      idb(le, 1, 0, [[14, offset]]),
      epb(le, payload(1, 9), { ticks: 30_000_001n }),
    );
    expect(seen[0]!.time).toBe("-70.000001000");
  });

  test("interfaces and sections tell what they are", () => {
    const { info } = read(
      shb(le, [
        [1, "first"],
        [1, "second"],
        [2, "x86"],
        [3, "Linux 6"],
        [4, "dumpcap"],
      ]),
      idb(le, 127, 96, [
        [1, "a note"],
        [2, "wlan0\0"],
        [3, "radio"],
        [9, Uint8Array.of(9)],
        [11, "\0tcp port 80"],
        [12, "os"],
        [13, Uint8Array.of(4)],
        [15, "nic"],
      ]),
    );
    expect(info.description).toBe(`pcapng, ${order}-endian`);
    expect(info.sections).toEqual([
      { comments: ["first", "second"], hardware: "x86", os: "Linux 6", application: "dumpcap" },
    ]);
    expect(info.interfaces).toEqual([
      {
        id: 0,
        section: 0,
        linkType: 127,
        snapLen: 96,
        fcsLen: 4,
        name: "wlan0",
        description: "radio",
        filter: "tcp port 80",
        os: "os",
        hardware: "nic",
        tsresol: 9,
        comments: ["a note"],
      },
    ]);
  });

  test("simple packets have no time and are cut at the snapshot length", () => {
    const capture = openCaptureSync(
      file(shb(le), idb(le, 1, 10), spb(le, payload(1, 10), 60), spb(le, payload(2, 7))),
    );
    const { reader } = capture;
    expect(reader.next()).toBe(true);
    expect(reader).toMatchObject({ capLen: 10, len: 60, sec: 0, nsec: 0, flags: RECORD_NO_TIME });
    expect(reader.next()).toBe(true);
    expect(reader).toMatchObject({ capLen: 7, len: 7 });
    capture.close();
  });

  test("the obsolete packet block is read", () => {
    const data = payload(1, 6);
    const body = new Bytes(le).u16(0).u16(3).u32(0).u32(5_000_001).u32(6).u32(60).padded(data).done();
    const bytes = join8(shb(le), idb(le), block(le, 2, body));
    expect(read(bytes).seen).toEqual([{ time: "5.000001000", len: 60, iface: 0, data }]);
    expect(readRecordOptions(file(bytes), bytes.length - block(le, 2, body).length, "pcapng").dropCount).toBe(
      3,
    );
  });

  test("options of a packet are flagged while reading and read on demand", () => {
    const u32 = (n: number) => new Bytes(le).u32(n).done();
    const u64 = (n: bigint) => new Bytes(le).u64(n).done();
    const name = file(
      shb(le),
      idb(le),
      epb(le, payload(1, 13)),
      epb(le, payload(2, 13), { options: [[1, "look here"]] }),
      epb(le, payload(3, 13), {
        options: [
          [2, u32(1)],
          [1, "eins"],
          [1, "zwei ✓"],
          [3, Uint8Array.of(2, 0xde, 0xad, 0xbe, 0xef)],
          [4, u64(9n)],
          [5, u64(0xfedcba9876543210n)],
          [6, u32(7)],
          [7, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 2)],
        ],
      }),
    );
    const capture = openCaptureSync(name);
    const offsets: number[] = [];
    const flags: number[] = [];
    while (capture.reader.next()) {
      offsets.push(capture.reader.recordOffset);
      flags.push(capture.reader.flags);
    }
    capture.close();
    expect(flags).toEqual([0, RECORD_HAS_COMMENT, RECORD_HAS_COMMENT | RECORD_HAS_OPTIONS]);
    expect(readRecordOptions(name, offsets[0]!, "pcapng").comments).toEqual([]);
    const random = new RandomReader(name);
    expect(readRecordOptions(random, offsets[1]!, "pcapng").comments).toEqual(["look here"]);
    expect(readRecordOptions(random, offsets[2]!, "pcapng")).toEqual({
      comments: ["eins", "zwei ✓"],
      flags: 1,
      dropCount: 9,
      packetId: 0xfedcba9876543210n,
      queue: 7,
      hashes: [{ algorithm: 2, value: Uint8Array.of(0xde, 0xad, 0xbe, 0xef) }],
      verdicts: [{ type: 1, value: le ? 2n << 56n : 2n }],
    });
    random.close();
  });

  test("names, statistics and secrets are collected; blocks of other kinds are passed over", () => {
    const address = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    const text = (s: string) => [...new TextEncoder().encode(s)];
    const names = new Bytes(le)
      .u16(1)
      .u16(4 + 8)
      .padded(Uint8Array.from([192, 0, 2, 1, ...text("one\0uno\0")]))
      .u16(2)
      .u16(16 + 5)
      .padded(Uint8Array.from([...address, ...text("host\0")]))
      .u32(0)
      .done();
    const counter = (code: number, n: bigint) => new Bytes(le).u16(code).u16(8).u64(n).done();
    const statistics = join8(new Bytes(le).u32(0).u32(0).u32(0).done(), counter(4, 1000n), counter(5, 7n));
    const key = payload(1, 10);
    const start = join8(shb(le), idb(le));
    const { seen, info, notices } = read(
      start,
      block(le, 10, new Bytes(le).u32(0x544c534b).u32(10).padded(key).done()),
      block(le, 4, names),
      block(le, 0x00000bad, new Bytes(le).u32(1234).done()),
      block(le, 0x0abcdef0, payload(2, 8)),
      block(le, 9, payload(3, 8)),
      epb(le, payload(1, 60)),
      block(le, 5, statistics),
    );
    expect(seen.length).toBe(1);
    expect([...info.names]).toEqual([
      ["192.0.2.1", ["one", "uno"]],
      ["2001:db8::1", ["host"]],
    ]);
    expect(info.statistics).toMatchObject([
      { iface: 0, received: 1000, droppedByInterface: 7, accepted: undefined },
    ]);
    expect(info.secretsBlocks).toEqual([{ type: 0x544c534b, offset: start.length + 16, length: 10 }]);
    expect(notices.map((n) => n.severity)).toEqual(["note", "note"]);
    expect(notices[0]!.message).toContain("0x0abcdef0");
    expect(notices[1]!.message).toContain("systemd journal");
  });

  test("cut at any byte, it keeps the whole records and says how it ends", () => {
    const start = join8(shb(le), idb(le));
    const blocks = [
      epb(le, payload(1, 5)),
      spb(le, payload(2, 3)),
      epb(le, payload(3, 9), { options: [[1, "c"]] }),
    ];
    const whole = join8(start, ...blocks);
    const ends = blocks.map((_, i) => join8(start, ...blocks.slice(0, i + 1)).length);
    const quiet = [28, start.length, ...ends];
    for (let size = 28; size <= whole.length; size++) {
      const { seen, notices } = read(whole.slice(0, size));
      expect(seen.length).toBe(ends.filter((end) => end <= size).length);
      expect(notices.length).toBe(quiet.includes(size) ? 0 : 1);
    }
  });

  const good = [shb(le), idb(le), epb(le, payload(1, 60))];
  const bodyOf = (n: number) => new Bytes(le).u32(0).u32(0).u32(0).u32(n).u32(n).raw(payload(1, 60)).done();
  const lyingEnd = epb(le, payload(2, 60));
  lyingEnd[lyingEnd.length - 4] = 0x77;
  test.each([
    { what: "a block length below 12", bytes: new Bytes(le).u32(6).u32(8).u32(8).u32(0).done() },
    {
      what: "a block length that is no multiple of 4",
      bytes: new Bytes(le).u32(6).u32(33).raw(payload(1, 40)).done(),
    },
    { what: "a packet larger than its block", bytes: block(le, 6, bodyOf(64)) },
    { what: "a packet of 4 GB", bytes: block(le, 6, bodyOf(0xffffffff)) },
    { what: "a packet block of 4 GB", bytes: join8(new Bytes(le).u32(6).u32(0xfffffffc).done(), bodyOf(60)) },
    {
      what: "an interface block of 4 GB",
      bytes: join8(new Bytes(le).u32(1).u32(0xfffffffc).done(), bodyOf(60)),
    },
    { what: "lengths that differ at start and end", bytes: lyingEnd },
    { what: "an interface that is not described", bytes: epb(le, payload(2, 60), { iface: 1 }) },
    { what: "an interface number of 4 billion", bytes: epb(le, payload(2, 60), { iface: 0xffffffff }) },
    { what: "a section of another major version", bytes: shb(le, [], -1n, 2) },
    { what: "a section without a byte order", bytes: block(le, 0x0a0d0d0a, payload(1, 16)) },
    { what: "an interface description too short", bytes: block(le, 1, new Uint8Array(0)) },
    { what: "a simple packet too short for its length", bytes: block(le, 3, new Uint8Array(0)) },
  ])("$what ends the file with one notice, the packets before are kept", ({ bytes }) => {
    const { seen, notices } = read(...good, bytes, epb(le, payload(3, 60)));
    expect(seen.map((s) => s.data)).toEqual([payload(1, 60)]);
    expect(notices).toEqual([expect.objectContaining({ severity: "error", offset: join8(...good).length })]);
  });

  test.each([
    { what: "a packet", bytes: block(le, 6, join8(bodyOf(60), new Bytes(le).u16(1).u16(400).u32(0).done())) },
    { what: "an interface", bytes: block(le, 1, new Bytes(le).u32(1).u32(0).u16(2).u16(99).u32(0).done()) },
    { what: "statistics", bytes: block(le, 5, new Bytes(le).u32(0).u32(0).u32(0).u16(4).u16(99).done()) },
  ])("options of $what that run beyond the block cost a warning, not the packets", ({ bytes }) => {
    const { seen, notices } = read(...good, bytes, epb(le, payload(3, 60)));
    expect(seen.at(-1)!.data).toEqual(payload(3, 60));
    expect(notices.map((n) => n.severity)).toEqual(["warning"]);
  });
});

test("sections of both byte orders follow each other, interfaces are numbered over the whole file", () => {
  const { seen, info } = read(
    shb(true, [], 12345n),
    idb(true, 1),
    idb(true, 101, 0, [[9, Uint8Array.of(9)]]),
    epb(true, payload(1, 20), { iface: 1, ticks: 1_000_000_001n }),
    shb(false),
    idb(false, 113),
    epb(false, payload(2, 21), { ticks: 2_000_000n }),
  );
  expect(seen.map((s) => [s.iface, s.time])).toEqual([
    [1, "1.000000001"],
    [2, "2.000000000"],
  ]);
  expect(info.interfaces.map((i) => [i.id, i.section, i.linkType])).toEqual([
    [0, 0, 1],
    [1, 0, 101],
    [2, 1, 113],
  ]);
  expect(info.sections.length).toBe(2);
});

test("no byte of a small file can be changed so that reading throws or does not end", () => {
  const bytes = join8(
    shb(true, [[4, "app"]]),
    idb(true, 1, 0, [[2, "eth0"]]),
    epb(true, payload(1, 5), { options: [[1, "comment"]] }),
    epb(true, payload(2, 6)),
  );
  for (let i = 4; i < bytes.length; i++) {
    for (const value of [0, 0x7f, 0xff]) {
      const changed = bytes.slice();
      changed[i] = value;
      let opened = true;
      try {
        expect(read(changed).seen.length).toBeLessThanOrEqual(2);
      } catch (e) {
        opened = false;
        expect((e as Error).name).toBe("CaptureFileError");
      }
      // Only the section header can make the whole file unreadable.
      if (i >= 40) expect(opened).toBe(true);
    }
  }
});
