import { describe, expect, it } from "vitest";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { readReferences, referredFields } from "../../../engine/filter/references.ts";
import type { Datum } from "../../../engine/filter/values.ts";
import { dissectToy, finds, PACKET, toyFields, VALUES } from "./toy.ts";

/** One filter a line; those in `yes` find the packet of toy.ts, those in `no` do not. */
const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

function spec(title: string, yes: string, no: string): void {
  describe(title, () => {
    it.each(lines(yes))("finds it: %s", (filter) => expect(finds(filter)).toBe(true));
    it.each(lines(no))("does not: %s", (filter) => expect(finds(filter)).toBe(false));
  });
}

spec(
  "presence",
  `toy
   frame
   toy.u8
   .toy.u8
   toy.label
   toy#2
   toy[0]`,
  `toy.absent
   not toy
   toy#3
   toy[100]
   toy.absent != 1`,
);

spec(
  "operators and their other spellings, on a field that is there twice (53 and 40000)",
  `toy.port == 53
   toy.port eq 53
   toy.port any_eq 53
   toy.port != 80
   toy.port ne 80
   toy.port all_ne 80
   toy.port !== 53
   toy.port any_ne 53
   toy.port ~= 53
   toy.port > 39999
   toy.port gt 39999
   toy.port < 54
   toy.port lt 54
   toy.port >= 40000
   toy.port ge 40000
   toy.port <= 53
   toy.port le 53
   toy.u16 === 0x800
   toy.u16 all_eq 0x800
   any toy.port != 53
   any toy.port === 53
   all toy.port >= 53
   53 == toy.port
   54 > toy.port
   53 <= toy.port <= 40000`,
  `toy.port != 53
   toy.port === 53
   toy.port all_eq 53
   all toy.port == 53
   all toy.port > 53
   toy.port > 40000
   toy.u16 != 0x800
   toy.u16 !== 0x800
   40000 < toy.port`,
);

spec(
  "sets",
  `toy.port in {53}
   toy.port in {80, 53}
   toy.port in {80 53}
   toy.port in {1..60}
   toy.port in {1 .. 10, 40000 .. 40001}
   toy.port not in {80, 443}
   not toy.port in {80}
   all toy.port in {53..40000}
   toy.ip in {10.0.0.0/8}
   toy.ip in {10.1.2.0..10.1.2.255}
   toy.text in {"a", "GET /index \\"x\\" é"}
   toy.u8 in {"Two"}
   toy.float in {0.05 .. 0.2}
   toy.u64 in {18446744073709551614}
   toy.time in {"2026-01-01" .. "2026-01-03"}
   toy.port in {toy.port}
   toy.port in {1..toy.port}
   toy.port in {50 + 3}`,
  `toy.port in {54, 55}
   toy.port in {60..1}
   toy.port not in {53}
   all toy.port in {53, 40000}
   toy.absent in {0..255}
   toy.port in {-1..60}`,
);

spec(
  "logic and its precedence",
  `toy and toy.u8
   toy && toy.u8
   toy.absent or toy
   toy.absent || toy
   toy xor toy.absent
   toy ^^ toy.absent
   toy or toy and toy.absent
   toy or toy xor toy
   !toy.absent
   not not toy
   !!toy
   not toy.absent == 1
   !toy.u16 == 1
   not toy.absent and toy
   (toy.absent or toy) and toy`,
  `toy xor toy
   toy xor toy xor toy.absent xor toy.absent
   not (toy or toy.absent)
   (toy or toy) and toy.absent
   toy.absent and toy or toy.absent
   not toy.absent and toy.absent`,
);

spec(
  "numbers",
  `toy.u16 == 2048
   toy.u16 == 0x0800
   toy.u16 == 0X800
   toy.u16 == 04000
   toy.u16 == 0b100000000000
   toy.u8 == '\\x01'
   toy.char == 'A'
   toy.char == 65
   toy.char == '\\101'
   toy.i8 == -5
   toy.i8 < -4
   toy.i32 == -70000
   toy.i64 == -5000000000
   toy.i64 < 0
   toy.u64 == 0xfffffffffffffffe
   toy.u64 > 18446744073709551613
   toy.u32 > +5
   toy.float == 0.1
   toy.float < 1
   toy.double == 2.5e-7
   toy.double == 0.00000025
   toy.double < inf
   toy.frame == 7
   toy.u32 == toy.u32
   toy.u64 > toy.u32
   toy.mixed == 9
   toy.mixed == 4294967296
   toy.u16 != -1`,
  `toy.u16 == 2049
   toy.u64 == 18446744073709551615
   toy.i8 > -5
   toy.u32 > -5
   toy.u32 < -5
   toy.double > 2.5e-7
   toy.double == inf`,
);

spec(
  "value names and truth",
  `toy.u8 == "One"
   toy.u8 == Two
   toy.u8 == "two"
   toy.ranged == "Ten"
   toy.flag == 1
   toy.flag == True
   toy.flag == TRUE
   toy.flag == true
   toy.flag == 2
   toy.flag == "Set"
   toy.flag != False
   toy.flag > 0`,
  `toy.u8 == "TCP"
   toy.flag == 0
   toy.flag == "Not set"`,
);

spec(
  "text",
  `toy.text == "GET /index \\"x\\" é"
   toy.text == r"GET /index \\"x\\" é" or toy
   toy.text contains "index"
   toy.text contains "\\x69ndex"
   toy.text contains "\\151ndex"
   toy.text contains "\\xc3\\xa9"
   toy.text contains "\\u00e9"
   toy.text contains GET
   toy.text contains 'G'
   toy.text matches "^get"
   toy.text ~ "INDEX"
   toy.text matches "(?-i)^GET"
   toy.text matches r"\\/\\w+ .x"
   toy.text matches "[[:upper:]]{3} "
   toy.text matches ""
   toy.text > "GET"
   toy.text < "H"
   toy.text[0:3] == "GET"
   toy.text[0:3] == 47:45:54
   toy.text[-2:] == "\\xc3\\xa9"
   toy.text contains toy.text`,
  `toy.text == "get"
   toy.text contains "get"
   toy.text contains ""
   toy.text matches "(?-i)^get"
   toy.text matches "^index"
   toy.text == 71`,
);

spec(
  "bytes and addresses",
  `toy.bytes == 00:01:02:fe:ff
   toy.bytes == 00-01-02-fe-ff
   toy.bytes == 00.01.02.fe.ff
   toy.bytes == 000102feff
   toy.bytes == 0001.02fe.ff
   toy.bytes == 0:1:2:fe:ff
   toy.bytes == "\\x00\\x01\\x02\\xfe\\xff"
   toy.bytes contains 01:02
   toy.bytes contains fe
   toy.bytes contains :fe
   toy.bytes contains 0xfe
   toy.bytes contains "\\xfe\\xff"
   toy.bytes contains '\\xfe'
   toy.bytes > 00:01
   toy.bytes < 00:01:03:00:00
   toy.bytes > ff:ff
   toy.bytes[0:2] < toy
   toy.bytes matches "\\\\xfe\\\\xff$"
   toy.ether == 00:11:22:aa:bb:cc
   toy.ether == 00-11-22-AA-BB-CC
   toy.ether == 0011.22aa.bbcc
   toy.ether == 001122aabbcc
   toy.ether[0:3] == 00:11:22
   toy.ether contains 22:aa
   toy.ip == 10.1.2.3
   toy.ip == 10.0.0.0/8
   toy.ip == 10.1.2.3/32
   toy.ip == 1.2.3.4/0
   toy.ip != 10.2.0.0/16
   toy.ip > 10.1.2.2
   toy.ip[0] == 0a
   toy.ip[-1] == 3
   toy.ip & 255.255.0.0 == 10.1.0.0
   toy.ip6 == 2001:db8::1
   toy.ip6 == 2001:0DB8:0:0:0:0:0:1
   toy.ip6 == 2001:db8::/32
   toy.ip6 == 2001:db8::0.0.0.1
   toy.ip6 == ::/0
   toy.ip6 > 2001:db8::
   toy.ip6[0:2] == 20:01
   toy.guid == 00112233-4455-6677-8899-aabbccddeeff
   toy.oid == 1.2.840.113549
   toy.oid contains 86:48
   toy.rel_oid == 1.128
   toy.eui64 == 00:11:22:33:44:55:66:77
   toy.eui64 == 0x11223344556677
   toy.system == 0000.0000.0001`,
  `toy.bytes == 00:01:02
   toy.bytes contains 02:01
   toy.ip == 10.1.2.4
   toy.ip == 10.2.0.0/16
   toy.ip6 == 2001:db9::/32
   toy.ip6 == ::1
   toy.ether == 00:11:22:aa:bb:cd`,
);

spec(
  "times",
  `toy.time == "2026-01-02 03:04:05.678Z"
   toy.time == "2026-01-02T03:04:05.678Z"
   toy.time == "2026-01-02 03:04:05.678 UTC"
   toy.time == "2026-01-02 04:04:05.678+01:00"
   toy.time == "2026-01-02 02:04:05.678-01"
   toy.time == "Jan 2, 2026 03:04:05.678 UTC"
   toy.time == "Jan  2, 2026 03:04:05.678000000 UTC"
   toy.time > "2026-01-02 03:04:05Z"
   toy.time > 2025-12-31
   toy.time > "2026-1-1 12:30"
   toy.time > 1767323045.5
   toy.span == 1.5
   toy.span == 1.500000000
   toy.span > 1
   toy.span > -1
   toy.span + 1 == 2.5
   -toy.span < 0
   abs(toy.span) == 1.5`,
  `toy.time == "2026-01-02 03:04:05Z"
   toy.time < "2026-01-01"
   toy.span < 1.5`,
);

spec(
  "slices of the packet (54 01 00 00 de ad be ef | 54 02 00 00 ca fe ba be | hello)",
  `frame[0] == 54
   frame[0] == 0x54
   frame[0] == 'T'
   frame[0:2] == 54:01
   frame[0-1] == 54:01
   frame[4:4] == de:ad:be:ef
   frame[4-7] == dead.beef
   frame[:1] == "T"
   frame[16:] == "hello"
   frame[-5:] == "hello"
   frame[-5:2] == "he"
   frame[-5--4] == "he"
   frame[0,1,4-5] == 54:01:de:ad
   frame[0,16:] == "Thello"
   frame[ 0 : 2 ] == 54:01
   frame[0x10:1] == "h"
   frame[0:8][1] == 01
   frame[:] contains "hello"
   frame[16:] matches "^HEL+O$"
   toy[0:2] == 54:02
   toy#1[1] == 01
   toy#2[1] == 02
   @toy.u8 == 01
   @toy.u16 == 54:01
   @toy.ip[0] == 54
   toy.text[0:3] == frame[0:3] or toy`,
  `frame[21]
   frame[20:2]
   frame[-22]
   toy#1[8]
   toy#1[1] == 02
   frame[0:2] == 54`,
);

spec(
  "a layer's header is what slices and len() see, its payload is searched as well",
  `toy contains "hello"
   toy matches "HELLO$"
   toy#2 contains ca:fe
   len(toy#1) == 8
   frame contains "hello"
   len(frame) == 21`,
  `toy#1[8:] contains "hello"
   toy#1 contains "absent"`,
);

spec(
  "layers",
  `toy.u8#1 == 1
   toy.u8#2 == 2
   toy.u8#[1-2] == 2
   toy.u8#[1,2] == 2
   toy.u8#[2:1] == 2
   toy.u8#[2:] == 2
   toy.u8#[-1] == 2
   toy.u8#-1 == 2
   toy.u8#[-2] == 1
   count(toy.u8#[1-2]) == 2
   count(toy.u8#1) == 1`,
  `toy.u8#1 == 2
   toy.u8#2 == 1
   toy.u8#3
   toy.u8#0`,
);

spec(
  "arithmetic",
  `toy.u8 + 1 == 3
   toy.u32 - 1 == 99999
   toy.u32 * 2 == 200000
   toy.u32 / 7 == 14285
   toy.u32 % 7 == 5
   toy.u32/2 == 50000
   {toy.u8 + 1} * 10 == 30
   toy.u8 + 1 * 10 == 12
   -toy.u8 == -2
   toy.u8 - 100 < 0
   toy.u32 == 50000 + 50000
   toy.u32 == 50000 * 2
   toy.port + toy.port == 106
   toy.u16 & 0x800
   toy.u16 & 0xff00 == 0x800
   toy.u16 bitwise_and 0x800
   toy.u16 bitand 0x800
   toy.u16 & 0x400 + 0x400
   toy.u8 - 1
   toy.u64 & 0xf == 0xe
   toy.u64 + 1 == 18446744073709551615
   toy.float + 1 > 1.09
   frame[0] & 0x10
   frame[0:2] & 54:00 == 54:00
   toy.i8 * -1 == 5`,
  `toy.u16 & 0x400
   frame[0:2] & 00:00
   toy.u32 / 0 == 1
   toy.u32 % 0
   toy.port - toy.port == 1
   toy.absent + 1 == 1`,
);

spec(
  "functions",
  `len(toy.text) == 17
   len(toy.bytes) == 5
   len(toy.ip) == 4
   len(toy.u16) == 2
   len(toy.ether) == 6
   count(toy.port) == 4
   count(toy) == 2
   upper(toy.text) contains "INDEX"
   lower(toy.text) contains "get"
   upper(toy.text)[0:3] == "GET"
   string(toy.u32) == "100000"
   string(toy.u16) == "2048"
   string(toy.ip) == "10.1.2.3"
   string(toy.ip) matches r"^10\\."
   string(toy.ether) contains "aa:bb"
   len(string(toy.u32)) == 6
   upper(string(toy.ether)) contains "AA"
   vals(toy.u8) == "One"
   dec(toy.u16) == "2048"
   hex(toy.u16) == "0x0800"
   hex(toy.u8) == "0x01"
   float(toy.u8) == 1
   double(toy.u8) / 4 == 0.5
   abs(toy.i8) == 5
   abs(toy.u8 - 10) == 9
   max(toy.port) == 40000
   min(toy.port) == 53
   max(toy.u8, toy.port) == 40000
   min(toy.port, 5) == 5
   max(toy.ip, 10.9.9.9) == 10.9.9.9
   ip_rfc1918(toy.ip)
   not ip_multicast(toy.ip)
   not ip_ula(toy.ip6)
   not ip_linklocal(toy.ip6)`,
  `len(toy.absent) == 0
   count(toy.absent) == 0
   upper(toy.text) contains "index"
   ip_multicast(toy.ip)
   max(toy.absent) == 0
   vals(toy.u8) == "TCP"`,
);

spec(
  "later functions",
  `len(toy.text)
   string(toy.u8) and upper(toy.text)
   toy.u8 + 1 and max(toy.port)
   ip_special_name(toy.ip) == "Private-Use"
   ip_special_name(toy.ip6) == "Documentation"
   ip_special_mask(toy.ip) == 0x1c
   ip_special_mask(toy.ip6) == 0
   vals(toy.flag) == "Set"
   double(toy.span) == 1.5
   float(toy.time) > 1e9`,
  `len(toy.absent)
   ip_special_mask(toy.ip6)
   ip_linklocal(toy.ip)
   min(toy.u8, 0)
   vals(toy.flag) == "Not set"`,
);

spec(
  "names searched and compared",
  `toy.u8 contains "On"
   toy.u8 matches "^one$"
   toy.flag contains "Set"
   toy.flag ~ "s.t"
   toy.ranged == "Ten"
   toy.ranged != "Low"
   toy.ranged in {"Low", "Ten"}
   toy.ranged !== "Low"
   not toy.ranged == "Low"`,
  `toy.u8 contains "one"
   toy.u8 matches "three"
   toy.ranged == "Low"
   toy.ranged in {"Low"}
   toy.flag matches "not"`,
);

spec(
  "times computed",
  `toy.span * 2 == 3
   toy.span / 2 == 0.75
   toy.span * 0.5 == 0.75
   toy.span * toy.u8 == 1.5
   toy.span + 1 == 2.5
   toy.span - 1.5 == 0
   toy.time + 60 > toy.time
   toy.time - toy.time == 0
   toy.time + toy.span > "2026-01-02 03:04:07.1Z"
   toy.time - 3600 < "2026-01-02 02:04:06Z"`,
  `toy.span / 0 == 0
   toy.span * 2 == 1.5
   toy.time - toy.span > toy.time`,
);

spec(
  "zones",
  `toy.time == "2026-01-02 03:04:05.678 GMT"
   toy.time == "2026-01-02 04:04:05.678 +01:00"
   toy.time == "2026-01-02T04:04:05.678+0100"
   toy.time == "Jan 1, 2026 22:04:05.678 EST"
   toy.time == "Jan 2, 2026 03:04:05.678 UT"
   toy.time == "Jan 2, 2026 04:04:05.678 A"
   toy.time == "Jan 1, 2026 15:04:05.678 Y"
   toy.time == "Jan 2, 2026 15:04:05.678 M"
   toy.time == "Jan 2, 2026 08:34:05.678 +05:30"
   toy.time == 1767323045.678`,
  `toy.time == "2026-01-02 03:04:05.678 EST"
   toy.time == "Jan 2, 2026 03:04:05.678 A"`,
);

spec(
  "EUI-64 as bytes",
  `toy.eui64[0:2] == 00:11
   toy.eui64[-1] == 77
   toy.eui64 contains 22:33
   toy.eui64 matches "\\x33D"`,
  `toy.eui64[0:2] == 00:12
   toy.eui64 contains 33:22`,
);

describe("references to the selected packet", () => {
  const ask = (filter: string, selected: Parameters<typeof dissectToy>[1] = VALUES): boolean => {
    const asked = compileFilter(filter);
    const references = readReferences(asked, dissectToy(PACKET, selected, referredFields(asked)));
    const compiled = compileFilter(filter, { references });
    return compiled.evaluate(dissectToy(PACKET, [[toyFields.u32, 100_001]], compiled.wanted));
  };
  it("stand for its values", () => {
    expect(ask(`toy.u32 == \${toy.u32}`)).toBe(false);
    expect(ask(`toy.u32 == \${toy.u32} + 1`)).toBe(true);
    expect(ask(`toy.u32 > \${toy.u32}`)).toBe(true);
  });
  it("are answered as the values themselves are, where there is one; several as a set", () => {
    const testOf = (filter: string, values: Datum[]) => {
      const [{ key }] = compileFilter(filter).references;
      return compileFilter(filter, { references: new Map([[key, values]]) }).atoms[0].test;
    };
    const plain = compileFilter("toy.u8 == 5").atoms[0].test;
    expect(testOf(`toy.u8 == \${toy.u8}`, [5])).toEqual(plain);
    expect(testOf(`toy.u8 == \${toy.u32}`, [5, 6])).toMatchObject({
      kind: "in",
      members: [{ first: { value: 5 } }, { first: { value: 6 } }],
    });
    // What no toy.u8 can be is compared as it is.
    expect(testOf(`toy.u8 == \${toy.u32}`, [256])).toMatchObject({ right: { kind: "reference" } });
    expect(testOf(`toy.u8 != \${toy.u32}`, [5, 6])).toMatchObject({ right: { kind: "reference" } });
  });
  it("of other packets are other tests", () => {
    const filter = `toy.u8 == \${toy.u8}`;
    const keyOf = (values: Datum[]) =>
      compileFilter(filter, { references: new Map([[`\${toy.u8}`, values]]) }).atoms[0].key;
    expect(keyOf([5])).not.toBe(keyOf([6]));
    expect(keyOf([5])).toBe(keyOf([5]));
  });
  it("have none without a selected packet", () => {
    expect(ask(`toy.u32 > \${toy.u32}`, [])).toBe(false);
  });
});

describe("what a compiled filter says of itself", () => {
  it("wants the fields of its tests and no others", () => {
    const { wanted } = compileFilter("toy.u8 == 1 and not toy.text contains toy.text");
    const ids = [...wanted.keys()].filter((id) => wanted[id] === 1);
    expect(ids.sort()).toEqual([toyFields.u8.id, toyFields.text.id].sort());
  });
  it("holds every test once, however it is spelled", () => {
    const filter = compileFilter("toy.u8==1 && toy.port > 5 or !(toy.u8 eq 1)");
    expect(filter.atoms.map((atom) => atom.key)).toEqual(["toy.u8 == 1", "toy.port > 5"]);
    expect(filter.tree).toEqual({
      kind: "or",
      operands: [
        {
          kind: "and",
          operands: [
            { kind: "atom", atom: 0 },
            { kind: "atom", atom: 1 },
          ],
        },
        { kind: "not", operand: { kind: "atom", atom: 0 } },
      ],
    });
  });
  it("knows whether packet bytes are needed", () => {
    expect(compileFilter("toy.u8 == 1").needsBytes).toBe(false);
    expect(compileFilter("toy contains 00").needsBytes).toBe(true);
    expect(compileFilter("frame[0] == 00").needsBytes).toBe(true);
  });
});
