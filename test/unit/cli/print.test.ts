import { describe, expect, it } from "vitest";
import { makeCapture, makePlainCapture, noTshark, tapline, tshark } from "./support.ts";

const file = makeCapture("four.pcap");
const plain = makePlainCapture("plain.pcap");
const ng = makeCapture("four.pcapng", "pcapng");

describe("text", () => {
  it("prints one line a packet, padded as tshark pads", async () => {
    const { out, status } = await tapline("-r", file);
    expect(status).toBe(0);
    expect(out.split("\n")).toEqual([
      "    1   0.000000     10.0.0.1 → 10.0.0.2     UDP 46 1000 → 2000 Len=4",
      "    2   0.500000     10.0.0.2 → 10.0.0.1     UDP 44 2000 → 1000 Len=2",
      "    3   1.000000 02:00:00:00:00:01 → ff:ff:ff:ff:ff:ff ARP 42 Who has 10.0.0.2? Tell 10.0.0.1",
      "    4   1.500000     10.0.0.1 → 10.0.0.2     UDP 46 1000 → 2000 Len=4",
      "",
    ]);
  });

  it("prints the tree with four blanks a level and an empty line behind each packet", async () => {
    const lines = (await tapline("-r", file, "-c", "1", "-V")).out.split("\n");
    expect(lines[0]).toBe("Frame 1: 46 bytes on wire (368 bits), 46 bytes captured (368 bits)");
    expect(lines).toContain("    Frame Number: 1");
    expect(lines).toContain(
      "        .... ..1. .... .... .... .... = LG bit: Locally administered address (this is NOT the factory default)",
    );
    expect(lines.slice(-2)).toEqual(["", ""]);
    expect(lines.join("\n")).toContain(
      "Data (4 bytes)\n\n0000  de ad be ef                                       ....\n    Data: deadbeef\n",
    );
  });

  it("leaves hidden lines out of the tree", async () => {
    expect((await tapline("-r", file, "-V")).out).not.toContain("Source or Destination Port");
  });

  it("prints bytes as hex and ASCII", async () => {
    const { out } = await tapline("-r", file, "-c2", "-x");
    expect(out.split("\n\n")[1].split("\n")).toEqual([
      "0000  02 00 00 00 00 01 02 00 00 00 00 02 08 00 45 00   ..............E.",
      "0010  00 1e 00 02 00 00 40 11 66 cb 0a 00 00 02 0a 00   ......@.f.......",
      '0020  00 01 07 d0 03 e8 00 0a 00 00 41 22               ..........A"',
    ]);
  });

  it("prints the details of the protocols of -O only", async () => {
    const { out } = await tapline("-r", file, "-c1", "-O", "udp");
    expect(out).toContain(
      "Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2\nUser Datagram Protocol",
    );
    expect(out).toContain("    Source Port: 1000\n");
  });

  it.each([
    ["a", /^ {4}3 \d\d:\d\d:21\.000000 02/],
    ["ad", /^ {4}3 2023-11-1\d \d\d:\d\d:21\.000000 02/],
    ["r", /^ {4}3 {3}1\.000000 02/],
    ["d", /^ {4}3 {3}0\.500000 02/],
    ["dd", /^ {4}3 {3}1\.000000 02/],
    ["e", /^ {4}3 1700000001\.000000 02/],
    ["u", /^ {4}3 22:13:21\.000000 02/],
    ["ud", /^ {4}3 2023-11-14 22:13:21\.000000 02/],
  ])("shows times in the format -t %s", async (format, expected) => {
    const { out } = await tapline("-r", file, "-t", format, "-Y", "frame.number != 2");
    expect(out.split("\n")[1]).toMatch(expected);
  });
});

describe("fields", () => {
  it("joins values by a comma and columns by a tab", async () => {
    const { out } = await tapline(
      "-r",
      file,
      "-c1",
      "-Tfields",
      "-eip.addr",
      "-e",
      "udp.port",
      "-e",
      "arp",
      "-e",
      "data",
      "-e_ws.col.Info",
    );
    expect(out).toBe("10.0.0.1,10.0.0.2\t1000,2000\t\tdeadbeef\t1000 → 2000 Len=4\n");
  });

  it("prints a protocol as its line", async () => {
    const { out } = await tapline("-r", file, "-c1", "-T", "fields", "-e", "ip");
    expect(out).toBe("Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2\n");
  });

  it("obeys every -E option", async () => {
    const options = ["header=y", "separator=;", "occurrence=l", "quote=d", "bom=y"].flatMap((text) => [
      "-E",
      text,
    ]);
    const { out } = await tapline(
      "-r",
      file,
      "-c1",
      "-T",
      "fields",
      "-e",
      "ip.addr",
      "-e",
      "arp",
      ...options,
    );
    expect(out).toBe('\ufeffip.addr;arp\n"10.0.0.2";\n');
    const first = await tapline(
      "-r",
      file,
      "-c1",
      "-T",
      "fields",
      "-e",
      "ip.addr",
      "-E",
      "occurrence=f",
      "-E",
      "quote=s",
    );
    expect(first.out).toBe("'10.0.0.1'\n");
    const all = await tapline("-r", file, "-c1", "-T", "fields", "-e", "ip.addr", "-E", "aggregator=/s");
    expect(all.out).toBe("10.0.0.1 10.0.0.2\n");
  });
});

describe("json", () => {
  it("is an array of packets with layers as objects", async () => {
    const packets = JSON.parse((await tapline("-r", file, "-T", "json")).out);
    expect(packets).toHaveLength(4);
    expect(packets[0]._index).toMatch(/^packets-2023-11-1\d$/);
    expect(packets[0]._source.layers.udp["udp.srcport"]).toBe("1000");
    expect(packets[0]._source.layers.data).toEqual({ "data.data": "de:ad:be:ef", "data.len": "4" });
  });

  it("holds chosen fields as arrays, and nothing when nothing is displayed", async () => {
    const { out } = await tapline("-r", file, "-c1", "-T", "json", "-e", "ip.addr", "-e", "arp");
    expect(JSON.parse(out)[0]._source.layers).toEqual({ "ip.addr": ["10.0.0.1", "10.0.0.2"] });
    expect((await tapline("-r", file, "-T", "json", "-Y", "frame.number > 9")).out).toBe("[]\n");
  });
});

describe("xml", () => {
  it("escapes what XML reserves and names its maker", async () => {
    const { out } = await tapline("-r", ng, "-T", "pdml", "-Y", "frame.number == 2");
    expect(out).toMatch(
      /<pdml version="0" creator="tapline\/[\d.]+" time="\w{3} \w{3} .\d \d\d:\d\d:\d\d \d{4}" capture_file="/,
    );
    expect(out).toContain("the &lt;answer&gt;");
    expect(out).toContain(
      '<field name="udp.srcport" showname="Source Port: 2000" size="2" pos="34" show="2000" value="07d0"/>',
    );
    expect(out).toContain('  <proto name="fake-field-wrapper">\n    <field name="data" value="4122">');
  });

  it("prints the packet list as psml and as tabs", async () => {
    expect((await tapline("-r", file, "-c1", "-T", "psml")).out).toContain(
      "<section>1000 → 2000 Len=4</section>",
    );
    expect((await tapline("-r", file, "-c1", "-T", "tabs")).out).toBe(
      "    1\t  0.000000\t    10.0.0.1\t→\t10.0.0.2    \tUDP\t46\t1000 → 2000 Len=4\n",
    );
  });
});

describe.skipIf(noTshark !== null)(`equals tshark ${noTshark ?? ""}`, () => {
  const cases: string[][] = [
    [],
    ["-x"],
    ["-P", "-x"],
    ["-t", "ud"],
    ["-T", "tabs"],
    ["-Y", "udp", "-t", "dd"],
    ["-T", "json", "-e", "ip.addr", "-e", "udp", "-e", "_ws.col.Info"],
    [
      "-T",
      "fields",
      "-e",
      "frame.number",
      "-e",
      "eth",
      "-e",
      "ip.flags.df",
      "-e",
      "udp.payload",
      "-e",
      "frame.time",
    ],
    ["-T", "fields", "-e", "udp", "-e", "arp.opcode", "-E", "header=y", "-E", "quote=d", "-E", "separator=,"],
  ];
  it.each(cases.map((args) => [args.join(" "), args] as const))("%s", async (_, args) => {
    const { out } = await tapline("-r", file, ...args);
    expect(out).toBe(tshark("-r", file, ...args));
  });

  it.each([["-V"], ["-P", "-V", "-x"], ["-T", "json"], ["-O", "ip"], ["-t", "d"]])(
    "%s %s",
    async (...args: string[]) => {
      const { out } = await tapline("-r", plain, ...args);
      expect(out).toBe(tshark("-r", plain, ...args));
    },
  );

  it("-T pdml, but for the program's name and two fields that stand elsewhere", async () => {
    const named = /^<!-- .*\n|^<pdml .*\n|^.* name="ip\.(version|checksum\.status)" .*\n/gm;
    const { out } = await tapline("-r", plain, "-T", "pdml");
    expect(out.replace(named, "")).toBe(tshark("-r", plain, "-T", "pdml").replace(named, ""));
  });
});
