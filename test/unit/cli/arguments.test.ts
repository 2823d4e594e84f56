import { describe, expect, it } from "vitest";
import { parseArguments, printsPackets } from "../../../cli/arguments.ts";
import { UsageError } from "../../../cli/errors.ts";

const parse = (line: string): ReturnType<typeof parseArguments> => parseArguments(line.split(" "));

describe("tshark's ways of writing flags", () => {
  it("joins flags and values", () => {
    const a = parse("-nVr x.pcap -c5 -Tfields -eip.src -E separator=,");
    expect(a).toMatchObject({ command: "read", read: "x.pcap", count: 5, details: true, format: "fields" });
    expect(a.fields).toEqual(["ip.src"]);
    expect(a.table.separator).toBe(",");
  });

  it("takes - and -2 for what they are", () => {
    expect(parse("-2 -r - -w out").twoPass).toBe(true);
    expect(parse("-r -").read).toBe("-");
  });

  it("takes the words behind the flags as a filter", () => {
    expect(parse("-r x.pcap tcp.port == 80").displayFilter).toBe("tcp.port == 80");
    expect(parse("-i eth0 tcp port 80").sources[0].filter).toBe("tcp port 80");
  });

  it("gives an interface the options behind it, and those before the first to all", () => {
    const { sources } = parse("-s 100 -i a -f udp -p -i b -B 4 -y EN10MB");
    expect(sources).toEqual([
      {
        name: "a",
        filter: "udp",
        promiscuous: false,
        monitor: false,
        snapLen: 100,
        bufferMiB: undefined,
        linkType: undefined,
        immediate: false,
      },
      {
        name: "b",
        filter: "",
        promiscuous: true,
        monitor: false,
        snapLen: 100,
        bufferMiB: 4,
        linkType: "EN10MB",
        immediate: false,
      },
    ]);
  });

  it("says how packets are stamped and handed over, of each interface", () => {
    const text = "--time-stamp-precision micro -i a --update-interval 250 -i b --immediate-mode";
    expect(parse(text).sources).toMatchObject([
      { precision: "us", readTimeoutMs: 250, immediate: false },
      { precision: "us", readTimeoutMs: undefined, immediate: true },
    ]);
    expect(parse("-i a --time-stamp-precision nano").sources).toMatchObject([{ precision: "ns" }]);
    expect(() => parse("-i a --time-stamp-precision pico")).toThrow(/micro or nano, not "pico"/);
    for (const value of ["0", "2001", "x"])
      expect(() => parse(`-i a --update-interval ${value}`)).toThrow(/update interval/);
  });

  it("collects the conditions of -a", () => {
    expect(parse("-i a -a duration:1.5 -a packets:3 -a filesize:10").stopAfter).toEqual({
      seconds: 1.5,
      packets: 3,
      kilobytes: 10,
    });
  });

  it("prints packets unless they are written or -q is given, or if asked for", () => {
    expect(printsPackets(parse("-r x"))).toBe(true);
    expect(printsPackets(parse("-r x -w y"))).toBe(false);
    expect(printsPackets(parse("-r x -w y -P"))).toBe(true);
    expect(printsPackets(parse("-r x -q"))).toBe(false);
    expect(printsPackets(parse("-r x -q -V"))).toBe(true);
  });

  it("knows the report of -G by default", () => {
    expect(parse("-G").report).toBe("fields");
    expect(parse("-G protocols").report).toBe("protocols");
  });
});

describe("several files", () => {
  it("takes dumpcap's conditions, and -a filesize as the size of each", () => {
    const line =
      "-i a -w f -b files:5 -b duration:0.5 -b interval:60 -b packets:7 -b printname:n -a filesize:9";
    expect(parse(line)).toMatchObject({
      several: { files: 5, seconds: 0.5, interval: 60, packets: 7, printName: "n", kilobytes: 9 },
      stopAfter: { kilobytes: undefined },
    });
    expect(parse("-i a -w f -b filesize:1 -a files:3").stopAfter).toEqual({ files: 3 });
    expect(parse("-i a -w f").several).toBeNull();
  });
});

describe("usage errors", () => {
  it.each([
    ["-Z", "-Z"],
    ["-r", "argument missing"],
    ["-r x -c 0", '"0"'],
    ["-r x -c many", '"many"'],
    ["-r x -T xml", '"xml"'],
    ["-r x -t z", '"z"'],
    ["-r x -T fields", "-e"],
    ["-r x -e ip.src", "-T fields"],
    ["-r x -T fields -e a -E quote=x", '"x"'],
    ["-r x -T fields -e a -E separator=ab", '"ab"'],
    ["-r x -T fields -e a -E nothing=1", "nothing=1"],
    ["-r x -F erf -w y", '"erf"'],
    ["-r x -i eth0", "choose one"],
    ["-r x -a packets:1", "-c"],
    ["-i a -a files:3", "-b"],
    ["-i a -a weight:3", "weight:3"],
    ["-i a -w f -b weight:3", "weight:3"],
    ["-i a -w f -b packets:0", '"0"'],
    ["-i a -w f -b duration:x", '"x"'],
    ["-i a -w f -b files:3", "when the next file is begun"],
    ["-i a -w f -b files:100001 -b packets:1", '"100001"'],
    ["-i a -w f -b packets:1 -b printname:", "printname"],
    ["-i a -w f -b printname:x", "when the next file is begun"],
    ["-i a -w f -P -b packets:1 -b printname:stdout", "standard output"],
    ["-i a -w f -b filesize:1 -a filesize:1", "leave out one"],
    ["-i a -b packets:1", "-w FILE"],
    ["-i a -w - -b packets:1", "standard output"],
    ["-i a -w f -F pcap -b packets:1", "leave out -F"],
    ["-i a -w f -Y tcp -b packets:1", "-f"],
    ["-r x -w f -b packets:1", "-r"],
    ["-i a --compress gzip", "-w FILE"],
    ["-i a -w - --compress gzip", "-w FILE"],
    ["-i a -w f --compress lzma", '"lzma"'],
    ["-r x -w f --compress gzip", "-r"],
    ["-i a -a duration:no", '"no"'],
    ["-i a -s 300000", '"300000"'],
    ["-i a -B 0", '"0"'],
    ["-i a -2", "-r"],
    ["-r x -w - -V", "standard output"],
    ["-r x -x -T json", "-T text"],
    ["-r x -Y tcp udp", '"udp"'],
    ["-G nonsense", '"nonsense"'],
  ])("tapline %s", (line, told) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(told);
  });
});
