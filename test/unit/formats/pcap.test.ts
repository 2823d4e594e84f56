import { describe, expect, test } from "vitest";
import { join8, payload, pcapHeader, pcapRecord, read } from "./build.ts";

const orders = [
  { order: "little", le: true },
  { order: "big", le: false },
];

describe.each(orders)("pcap, $order-endian", ({ order, le }) => {
  test.each([
    { magic: 0xa1b2c3d4, fraction: 123_456, nsec: "123456000", tsresol: 6 },
    { magic: 0xa1b23c4d, fraction: 123_456_789, nsec: "123456789", tsresol: 9 },
  ])("magic $magic counts in 10^-$tsresol seconds", ({ magic, fraction, nsec, tsresol }) => {
    const data = payload(1, 60);
    const { seen, info, notices } = read(
      pcapHeader({ magic, le, network: 113 }),
      pcapRecord(le, 1_700_000_000, fraction, data, { len: 1500 }),
    );
    expect(seen).toEqual([{ time: `1700000000.${nsec}`, len: 1500, iface: 0, data }]);
    expect(info.interfaces[0]).toMatchObject({ linkType: 113, tsresol, snapLen: 65535, fcsLen: undefined });
    expect(info.description).toContain(`${order}-endian`);
    expect(notices).toEqual([]);
  });

  test.each([
    { variant: "Kuznetzov's modified magic", magic: 0xa1b2cd34, extra: 8 },
    { variant: "the patch of 1999-09-15", magic: 0xa1b2cd34, extra: 12 },
    { variant: "Kuznetzov's patch with the old magic", magic: 0xa1b2c3d4, extra: 8 },
    { variant: "Nokia's four bytes more", magic: 0xa1b2c3d4, extra: 4 },
  ])("tells $variant by its records", ({ magic, extra }) => {
    const packets = [payload(1, 61), payload(2, 98), payload(3, 1500)];
    const records = packets.map((p, i) => pcapRecord(le, 1_600_000_000 + i, 5, p, { extra }));
    const { seen, notices } = read(pcapHeader({ magic, le }), ...records);
    expect(seen.map((s) => s.data)).toEqual(packets);
    expect(notices).toEqual([]);
  });

  test.each([0x1c0001ac, 0x1c0001ab])(
    "IXIA %i has four bytes more before the records and nanoseconds",
    (magic) => {
      const data = payload(1, 60);
      const header = join8(pcapHeader({ magic, le }), Uint8Array.of(0, 0, 0, 0));
      const { seen } = read(header, pcapRecord(le, 7, 999_999_999, data));
      expect(seen).toEqual([{ time: "7.999999999", len: 60, iface: 0, data }]);
    },
  );

  test("AIX (version 2.2) writes interface types and nanoseconds", () => {
    const { seen, info } = read(
      pcapHeader({ le, minor: 2, network: 6 }),
      pcapRecord(le, 5, 999_999_999, payload(1, 60)),
    );
    expect(info.interfaces[0]).toMatchObject({ linkType: 1, tsresol: 9 });
    expect(seen[0]!.time).toBe("5.999999999");
  });

  test.each([
    { version: "2.1", minor: 1, swapped: true },
    { version: "2.3", minor: 3, swapped: true },
    { version: "2.3", minor: 3, swapped: false },
    { version: "2.543", minor: 543, swapped: true },
    { version: "2.4", minor: 4, swapped: false },
  ])("version $version, lengths swapped: $swapped", ({ minor, swapped }) => {
    const data = payload(1, 60);
    const lengths = swapped ? { capLen: 1500, len: 60 } : { capLen: 60, len: 1500 };
    const { seen } = read(pcapHeader({ le, minor, network: 113 }), pcapRecord(le, 1, 2, data, lengths));
    expect(seen).toEqual([{ time: "1.000002000", len: 1500, iface: 0, data }]);
  });

  test.each([
    { network: 0x24000001, linkType: 1, fcsLen: 4 },
    { network: 0x14000069, linkType: 105, fcsLen: 2 },
    { network: 0x20000001, linkType: 1, fcsLen: undefined },
  ])("network field $network is link type $linkType with $fcsLen bytes of check sequence", (c) => {
    const { info } = read(pcapHeader({ le, network: c.network }));
    expect(info.interfaces[0]).toMatchObject({ linkType: c.linkType, fcsLen: c.fcsLen });
  });

  test("cut at any byte, it keeps the whole records and says how it ends", () => {
    const records = [1, 2, 3].map((n) => pcapRecord(le, n, n, payload(n, 5 * n)));
    const whole = join8(pcapHeader({ le }), ...records);
    const ends = [24, 45, 71, 102];
    expect(whole.length).toBe(102);
    for (let size = 24; size <= whole.length; size++) {
      const { seen, notices } = read(whole.slice(0, size));
      expect(seen.length).toBe(ends.filter((end) => end <= size).length - 1);
      expect(notices.map((n) => n.severity)).toEqual(ends.includes(size) ? [] : ["error"]);
      if (notices.length > 0) expect(notices[0]!.message).toContain("cut short");
    }
  });

  test.each([262_145, 0x7fffffff, 0xffffffff])(
    "a record that claims %i bytes ends the file with one notice",
    (capLen) => {
      const { seen, notices } = read(
        pcapHeader({ le }),
        pcapRecord(le, 1, 1, payload(1, 60)),
        pcapRecord(le, 2, 2, payload(2, 60), { capLen }),
        pcapRecord(le, 3, 3, payload(3, 60)),
      );
      expect(seen.length).toBe(1);
      expect(notices).toEqual([expect.objectContaining({ severity: "error", offset: 100 })]);
      expect(notices[0]!.message).toContain("damaged");
    },
  );
});

test("only a header is a capture of no packets", () => {
  const { seen, notices } = read(pcapHeader());
  expect(seen).toEqual([]);
  expect(notices).toEqual([]);
});

test("packets of 256 KiB pass, and D-Bus messages may be larger", () => {
  expect(read(pcapHeader(), pcapRecord(true, 1, 1, payload(1, 262_144))).seen.length).toBe(1);
  expect(read(pcapHeader({ network: 231 }), pcapRecord(true, 1, 1, payload(1, 5_000_000))).seen[0]!.len).toBe(
    5_000_000,
  );
});

test("a fraction of a second and more carries into the seconds", () => {
  const records = [pcapRecord(true, 1, 1, payload(1, 9)), pcapRecord(true, 10, 4_000_000_007, payload(2, 9))];
  expect(read(pcapHeader(), ...records).seen[1]!.time).toBe("4010.000007000");
});

test("another major version is read with a warning", () => {
  const { seen, notices } = read(pcapHeader({ major: 9 }), pcapRecord(true, 1, 1, payload(1, 60)));
  expect(seen.length).toBe(1);
  expect(notices[0]).toMatchObject({ severity: "warning", message: expect.stringContaining("9.4") });
});

test("invalid fractions of a second do not make a plain file one with longer record headers", () => {
  const packets = [1, 2, 3].map((n) => payload(n, 60));
  const fractions = [5, 4_294_967_295, 1_000_000];
  const records = packets.map((p, i) => pcapRecord(true, 1_600_000_000, fractions[i]!, p));
  expect(read(pcapHeader(), ...records).seen.map((s) => s.data)).toEqual(packets);
});
