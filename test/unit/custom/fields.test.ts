import { describe, expect, it } from "vitest";
import { datagram, define, problemsOf } from "./support.ts";

const HEAD = "tapline: 1\nprotocol: toy1\ntitle: Toy\non: {udp.port: 7000}\n";

/** The lines below the protocol's own for a payload of these fields, and the info column. */
function read(
  fields: string,
  bytes: string,
  more = "",
): { lines: string[]; info: string; fields: Map<string, string[]> } {
  define(`${HEAD}${more}payload:\n${fields
    .trim()
    .split("\n")
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n")}\n`);
  const found = datagram(bytes);
  const lines = found.text.split("\n");
  const own = lines.slice(lines.indexOf("Toy") + 1).filter((line) => line.startsWith(" "));
  return { lines: own.map((line) => line.slice(2)), info: found.info, fields: found.fields };
}

describe("types", () => {
  it.each([
    ["u8", "fe", "254"],
    ["u16", "fedc", "65244"],
    ["u24", "fedcba", "16702650"],
    ["u32", "fedcba98", "4275878552"],
    ["u40", "fedcba9876", "1094624909430"],
    ["u48", "fedcba987654", "280223976814164"],
    ["u56", "fedcba98765432", "71737338064426034"],
    ["u64", "fedcba9876543210", "18364758544493064720"],
    ["i8", "fe", "-2"],
    ["i16", "fffe", "-2"],
    ["i24", "fffffe", "-2"],
    ["i32", "fffffffe", "-2"],
    ["i64", "fffffffffffffffe", "-2"],
    ["f32", "3fc00000", "1.5"],
    ["f64", "3ff8000000000000", "1.5"],
    ["mac", "0123456789ab", "01:23:45:67:89:ab"],
    ["ipv4", "0a000001", "10.0.0.1"],
    ["ipv6", "20010db8000000000000000000000001", "2001:db8::1"],
    ["guid", "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeeff"],
    ["eui64", "0123456789abcdef", "01:23:45:67:89:ab:cd:ef"],
  ])("%s in both byte orders", (type, bytes, value) => {
    expect(read(`- {name: x, type: ${type}}`, bytes).fields.get("toy1.x")).toEqual([value]);
    const turned = Buffer.from(bytes, "hex").reverse().toString("hex");
    expect(read(`- {name: x, type: ${type}, order: little}`, turned).fields.get("toy1.x")).toEqual([value]);
  });

  it("numbers with names, bases, units and scales", () => {
    const { lines } = read(
      `
- {name: a, type: u8, values: {1: One, 0x10-0x1f: Teens}}
- {name: b, type: u8, values: {1: One, 0x10-0x1f: Teens}, base: hex}
- {name: c, type: u8, values: {1: One}}
- {name: d.length-of-day, type: u16, base: hex-dec, unit: s}
- {name: e, title: Heat, type: i16, scale: 0.1, offset: -40, unit: °C}
- {name: f, type: u8, unit: "%"}
- {name: g, type: i8, values: {-1: Less}}
- {name: h, type: char}
- {name: i, type: bool}
- {name: j, type: bool, texts: ["On", "Off"]}
- {name: k, type: f32, scale: 2, unit: V}
`,
      "01 12 02 0102 00d7 32 ff 41 00 07 3fc00000",
    );
    expect(lines).toEqual([
      "A: One (1)",
      "B: Teens (0x12)",
      "C: Unknown (2)",
      "Length of day: 0x0102 (258) s",
      "Heat: -18.5 °C",
      "F: 50%",
      "G: Less (-1)",
      "H: 'A'",
      "I: False",
      "J: On",
      "K: 3 V",
    ]);
  });

  it("bits", () => {
    const fields = `
- name: flags
  type: u16
  order: little
  bits:
    - {name: flags.on, title: Switch, bit: 0, texts: ["On", "Off"]}
    - {name: flags.mode, mask: 0x0e, values: {2: Eco}}
    - {name: flags.level, mask: 0xf000, base: hex}
- {name: extra, type: u8, when: {field: flags.mode, is: 2}}
- {name: never, type: u8, when: {field: flags.on, is: false}}
`;
    const { lines, fields: values } = read(fields, "05a0 07");
    expect(lines).toEqual([
      "Flags: 0xa005",
      "  .... .... .... ...1 = Switch: On",
      "  .... .... .... 010. = Mode: Eco (2)",
      "  1010 .... .... .... = Level: 0xa",
      "Extra: 7",
    ]);
    expect(values.get("toy1.flags.on")).toEqual(["1"]);
  });

  it("strings and bytes by length, prefix and end", () => {
    const { lines, fields } = read(
      `
- {name: n, type: u8}
- {name: a, type: string, length: 4}
- {name: b, type: string, length: {field: n, plus: 1}}
- {name: c, type: string, end: "00"}
- {name: d, type: string, end: "0D 0A", encoding: ascii}
- {name: e, type: string, prefix: u16, order: little}
- {name: f, type: string, prefix: u8, encoding: utf-16le}
- {name: g, type: bytes, length: {field: n, times: 2}, separator: ":"}
- {name: h, type: bytes, end: "text:END"}
- {name: i, type: string, length: 2, encoding: latin1}
- {name: j, type: bytes, length: rest}
`,
      "02 61620000 616263 686900 78790d0a 0300 c3a97a 04 4100 e900 01020304 dead454e44 e961 0bad",
    );
    expect(lines).toEqual([
      "N: 2",
      "A: ab",
      "B: abc",
      "C: hi",
      "D: xy",
      "E: éz",
      "F: Aé",
      "G: 01:02:03:04",
      "H: dead",
      "I: éa",
      "J: 0bad",
    ]);
    expect(fields.get("toy1.h")).toEqual(["dead"]);
  });

  it("times and durations", () => {
    const { lines } = read(
      `
- {name: a, type: time}
- {name: b, type: time, of: u64, resolution: us}
- {name: c, type: time, of: u32, epoch: "2000-01-01T00:00:00Z", order: little}
- {name: d, type: time, of: ntp}
- {name: e, type: time, of: f64}
- {name: f, type: duration, of: u16, resolution: ms}
- {name: g, type: duration, of: i32, resolution: us}
- {name: h, type: time, of: i32}
`,
      "65920080 00060a24181e4000 01000000 83aa7e8080000000 41d9648000200000 05dc ffffffff ffffffff",
    );
    expect(lines).toEqual([
      "A: Jan  1, 2024 00:00:00.000000000 UTC",
      "B: Nov 14, 2023 22:13:20.000000000 UTC",
      "C: Jan  1, 2000 00:00:01.000000000 UTC",
      "D: Jan  1, 1970 00:00:00.500000000 UTC",
      "E: Dec 31, 2023 23:57:52.500000000 UTC",
      "F: 1.500000000 seconds",
      "G: -0.000001000 seconds",
      "H: Dec 31, 1969 23:59:59.000000000 UTC",
    ]);
  });
});

describe("groups", () => {
  it("repeat by count, to the end, and until", () => {
    const { lines, fields } = read(
      `
- {name: n, type: u8}
- name: pair
  type: group
  repeat: {field: n}
  fields:
    - {name: pair.x, type: u8}
    - {name: pair.y, type: u8}
- name: item
  type: group
  repeat: {until: {field: item.last, is: true}}
  fields: [{name: item.last, type: bool}, {name: item.v, type: u8}]
- name: tail
  type: group
  repeat: rest
  fields: [{name: tail.v, type: u16}]
`,
      "02 0102 0304 0005 0106 0007 0008",
    );
    expect(lines).toEqual([
      ...["N: 2", "Pair 1", "  X: 1", "  Y: 2", "Pair 2", "  X: 3", "  Y: 4"],
      ...["Item 1", "  Last: False", "  V: 5", "Item 2", "  Last: True", "  V: 6"],
      ...["Tail 1", "  V: 7", "Tail 2", "  V: 8"],
    ]);
    expect(fields.get("toy1.tail.v")).toEqual(["7", "8"]);
  });

  it("nest, and end where their length says, whatever is in them", () => {
    const { lines } = read(
      `
- name: tlv
  type: group
  repeat: rest
  fields:
    - {name: tlv.type, type: u8}
    - {name: tlv.length, type: u8}
    - name: tlv.value
      type: group
      length: {field: tlv.length}
      fields:
        - {name: tlv.number, type: u16, when: {field: tlv.type, is: 1}}
        - {name: tlv.list, type: group, repeat: rest, when: {field: tlv.type, is: [2, 3]}, fields: [{name: tlv.each, type: u8}]}
        - {name: tlv.text, type: string, length: rest, when: {field: tlv.type, above: 3}}
`,
      "01 03 0102ff 02 02 0506 09 02 6869 01 01 07 04 00",
    );
    expect(lines).toEqual([
      ...["Tlv 1", "  Type: 1", "  Length: 3", "  Value", "    Number: 258"],
      ...[
        "Tlv 2",
        "  Type: 2",
        "  Length: 2",
        "  Value",
        "    List 1",
        "      Each: 5",
        "    List 2",
        "      Each: 6",
      ],
      ...["Tlv 3", "  Type: 9", "  Length: 2", "  Value", "    Text: hi"],
      ...["Tlv 4", "  Type: 1", "  Length: 1", "  Value"],
      "    [Expert Info (Error/Malformed): Number needs 2 bytes, and 1 are left]",
      "      [Number needs 2 bytes, and 1 are left]",
      "      [Severity level: Error]",
      "      [Group: Malformed]",
      ...["Tlv 5", "  Type: 4", "  Length: 0", "  Value", "    Text: "],
    ]);
  });

  it("conditions of every kind", () => {
    const conditions = [
      "{field: n, is: 6}",
      "{field: n, is: [1, 6]}",
      "{field: n, not: 6}",
      "{field: n, has: 0x02}",
      "{field: n, has: 0x03}",
      "{field: n, above: 5, below: 7}",
      "[{field: n, above: 5}, {field: n, above: 6}]",
      "{any: [{field: n, above: 6}, {field: n, is: 6}]}",
      "{field: absent, is: 0}",
      "{field: absent, not: 0}",
    ];
    const list = conditions.map((when, i) => `- {name: f${i}, type: u8, when: ${when}}`).join("\n");
    const { lines } = read(
      `- {name: n, type: u8}\n- {name: absent, type: u8, when: {field: n, is: 0}}\n${list}`,
      "06 00000000000000000000",
    );
    expect(lines.slice(1, -1)).toEqual(["F0: 0", "F1: 0", "F3: 0", "F5: 0", "F7: 0"]);
  });
});

describe("a frame", () => {
  it("says what does not fit, and goes on with the next", () => {
    define(`${HEAD}frame: {length: {field: n, counts: frame}}\nheader: [{name: n, type: u8}]\npayload: [{name: a, type: u32}]\n`);
    const found = datagram("03 0102 05 00000007 01");
    expect(found.fields.get("toy1.a")).toEqual(["7"]);
    expect(found.fields.get("_ws.expert.message")).toEqual([
      "A needs 4 bytes, and 2 are left",
      "A needs 4 bytes, and 0 are left",
    ]);
    expect(found.fields.get("toy1.undecoded")).toEqual(["0102"]);
    expect(found.info).toBe("Toy, 3 bytes, Toy, 5 bytes, Toy, 1 bytes");
  });

  it("has its length counted in every way", () => {
    const header =
      "header: [{name: a, type: u8}, {name: n, type: u8}, {name: b, type: u8}]\ntrailer: [{name: z, type: u16}]";
    for (const [counts, more, n] of [
      ["frame", "", 11],
      ["payload", "", 3],
      ["[payload, trailer]", "", 5],
      ["[header, payload]", "", 8],
      ["following", "", 7],
      ["[length, following]", "", 8],
      ["[start, payload]", "", 5],
      ["[payload, end]", "", 4],
      ["frame", ", plus: 1", 10],
      ["payload", ", times: 3", 1],
    ] as const) {
      define(`${HEAD}frame: {start: "AA BB", end: "CC", length: {field: n, counts: ${counts}${more}}}\n${header}\n`);
      const one = `aabb 01${n.toString(16).padStart(2, "0")}02 010203 0102 cc`.replace(/\s/g, "");
      const bytes = one;
      const found = datagram(bytes + bytes);
      expect(found.fields.get("toy1.undecoded"), counts).toEqual(["010203", "010203"]);
      expect(found.fields.get("toy1.end-marker"), counts).toEqual(["cc", "cc"]);
    }
  });

  it("of fixed size, and between markers", () => {
    define(`${HEAD}frame: {size: 3}\npayload: [{name: a, type: u8}]\n`);
    expect(datagram("010000 020000").fields.get("toy1.a")).toEqual(["1", "2"]);
    define(`${HEAD}frame: {start: "text:<", end: "text:>"}\npayload: [{name: a, type: string, length: rest}]\ninfo: "{a}"\n`);
    const found = datagram(Buffer.from("<one><two>junk<three").toString("hex"));
    expect(found.info).toBe("one, two, [10 bytes skipped]");
  });

  it("is none where its end marker is not where its length says", () => {
    define(`${HEAD}frame: {start: AA, end: BB, length: {field: n, counts: frame}}\nheader: [{name: n, type: u8}]\n`);
    const found = datagram("aa0401bb aa0402bc aa0403bb");
    expect(found.fields.get("toy1.undecoded")).toEqual(["01", "03"]);
    expect(found.fields.get("toy1.skipped")).toEqual(["aa0402bc"]);
  });

  it("has its checksum where and over what the file says", () => {
    const check = (more: string, header: string, bytes: string): string[] => {
      define(`${HEAD}frame: {length: {field: n, counts: frame}, checksum: {field: c, ${more}}}\n${header}\n`);
      return datagram(bytes).fields.get("toy1.c.status") ?? [];
    };
    const front = "header: [{name: n, type: u8}, {name: c, type: u8}]";
    const back = "header: [{name: n, type: u8}]\ntrailer: [{name: c, type: u8}]";
    expect(check("kind: sum-8", back, "04 01 02 07")).toEqual(["1"]);
    expect(check("kind: sum-8, covers: payload", back, "04 01 02 03")).toEqual(["1"]);
    expect(check("kind: sum-8, covers: {from: 1, to: -2}", back, "04 01 02 01")).toEqual(["1"]);
    expect(check("kind: sum-8", front, "04 07 01 02")).toEqual(["1"]);
    expect(check("kind: xor-8, covers: [payload, length]", front, "04 07 01 02")).toEqual(["1"]);
    expect(check("kind: sum-8", front, "04 08 01 02")).toEqual(["0"]);
    const wide = "header: [{name: n, type: u8}, {name: x, type: u8}, {name: c, type: u16}]";
    // RFC 1071: the field counts as zero.
    expect(check("kind: internet", wide, "06 01 f7fb 0203")).toEqual(["1"]);
    expect(check("kind: internet, own: zero", wide, "06 01 f7fb 0203")).toEqual(["1"]);
  });

  it("in an Ethernet frame and in an IP packet", async () => {
    const { dissect } = await import("../protocols/harness.ts");
    define(`${HEAD.replace("{udp.port: 7000}", "{ethertype: 0x88b5, ip.proto: 253}")}payload: [{name: a, type: u8}]\n`);
    const ethernet = dissect("020000000002 020000000001 88b5 07");
    expect(ethernet.chain).toBe("eth:ethertype:toy1");
    expect(ethernet.fields.get("toy1.a")).toEqual(["7"]);
    const ip = dissect("020000000002 020000000001 0800 45000015000000004 0fd0000 0a000001 0a000002 08");
    expect(ip.chain).toBe("eth:ethertype:ip:toy1");
    define(`${HEAD.replace("udp.port: 7000", "ethertype: 0x88b5")}frame: {length: {field: n, counts: frame}}\nheader: [{name: n, type: u8}]\n`);
    const padded = dissect(`020000000002 020000000001 88b5 03aabb ${"00".repeat(43)}`);
    expect(padded.fields.get("toy1.undecoded")).toEqual(["aabb"]);
    expect(padded.fields.has("toy1.skipped")).toBe(false);
    expect(padded.fields.get("eth.padding")).toHaveLength(1);
    expect(ip.fields.get("toy1.a")).toEqual(["8"]);
  });
});

describe("mistakes in a file", () => {
  const PLAIN = `${HEAD}payload: [{name: a, type: u8}]\n`;
  it.each([
    [PLAIN.replace("tapline: 1", "tapline: 2"), "1 tapline: 2: invalid input: expected 1."],
    [`${PLAIN}titel: x\n`, '6 titel: There is no entry "titel" here; did you mean "title".'],
    [
      PLAIN.replace("toy1", "Toy 1"),
      '2 protocol: "Toy 1": must be lower-case letters, digits, - and _, a letter first.',
    ],
    [PLAIN.replace("toy1", "dns"), '2 protocol: Tapline has a protocol "dns"; choose another name.'],
    [
      PLAIN.replace("udp.port: 7000", "ethertype: 0x0800"),
      "4 on.ethertype: 2048 (0x800) is Internet Protocol Version 4.",
    ],
    [
      PLAIN.replace("udp.port", "tcp.port"),
      "1 frame: Over TCP a frame needs an end: describe length, size or end.",
    ],
    [
      PLAIN.replace("name: a", "name: skipped"),
      '5 payload[0].name: "skipped" is a field that Tapline adds by itself.',
    ],
    [
      PLAIN.replace("type: u8", "type: group, fields: []"),
      "5 payload[0].fields: A list: too small: expected array to have >=1 items.",
    ],
    [
      PLAIN.replace("type: u8", "type: string"),
      "5 payload[0]: A mapping: needs exactly one of length, prefix, end.",
    ],
    [
      PLAIN.replace("type: u8", "type: string, length: {field: b}"),
      '5 payload[0].length.field: The field "b" does not stand before this.',
    ],
    [
      PLAIN.replace("type: u8", "type: i8, bits: [{name: b, bit: 1}]"),
      "5 payload[0].bits: Only u8, u16, u24 and u32 have bits, not i8.",
    ],
    [
      PLAIN.replace("type: u8", "type: u8, bits: [{name: b, bit: 9}]"),
      "5 payload[0].bits[0].bit: This is beyond the 8 bits of u8.",
    ],
    [
      PLAIN.replace("type: u8", "type: u8, values: {2-1: x}"),
      "5 payload[0].values.2-1: The range 2-1 ends before it begins.",
    ],
    [
      `${PLAIN}header: [{name: h, type: string, length: rest}]\n`,
      "6 header[0]: A field of the header has a fixed size; move it to the payload.",
    ],
    [`${PLAIN}info: "{b}"\n`, '6 info: There is no field "b" for the info column.'],
    [
      `${PLAIN}frame: {length: {field: n, counts: frame}}\n`,
      '6 frame.length.field: There is no field "n" in the header.',
    ],
    [`${PLAIN}frame: {size: 0}\n`, "6 frame.size: 0: too small: expected number to be >=1."],
  ])("%#", (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it("are all told, up to twenty", () => {
    const many = Array.from({ length: 30 }, (_, i) => `  - {name: X${i}, type: u8}`).join("\n");
    expect(problemsOf(`${HEAD}payload:\n${many}\n`)).toHaveLength(20);
  });
});
