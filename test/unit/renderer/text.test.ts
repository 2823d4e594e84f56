import { describe, expect, it } from "vitest";
import { csvLine } from "../../../renderer/lib/csv.ts";
import { andClauses, combineFilter, timeRangeFilter, withHistory } from "../../../renderer/lib/filters.ts";
import {
  baseName,
  bitRate,
  byteSize,
  counted,
  duration,
  folderOf,
  joinPath,
  percent,
} from "../../../renderer/lib/format.ts";
import { checkRange, rangeText } from "../../../renderer/lib/ranges.ts";

describe("ranges of packets", () => {
  it("are counted, each packet once", () => {
    expect(checkRange("1-5,8,20-", 25)).toEqual({ ok: true, message: "", count: 12 });
    expect(checkRange("1-5, 3-7", 25).count).toBe(7);
    expect(checkRange("-3", 25).count).toBe(3);
    expect(checkRange("20-40", 25).count).toBe(6);
  });
  it("say what is wrong", () => {
    for (const bad of ["", "x", "5-1", "0", "1,,2", "-", "1-2-3"]) {
      const verdict = checkRange(bad, 25);
      expect(verdict.ok, bad).toBe(false);
      expect(verdict.message, bad).not.toBe("");
    }
    expect(checkRange("30-40", 25).message).toContain("25");
  });
  it("are written from numbers", () => {
    expect(rangeText([1, 2, 3, 8, 10, 11])).toBe("1-3,8,10-11");
    expect(rangeText([])).toBe("");
  });
});

describe("combining filters", () => {
  it("keeps what was meant with parentheses", () => {
    expect(combineFilter("", "ip.ttl == 64", "and")).toBe("ip.ttl == 64");
    expect(combineFilter("tcp", "ip.ttl == 64", "and")).toBe("tcp && ip.ttl == 64");
    expect(combineFilter("tcp or udp", "ip.ttl == 64", "and")).toBe("(tcp or udp) && ip.ttl == 64");
    expect(combineFilter("tcp", "ip", "or-not")).toBe("tcp || !(ip)");
    expect(combineFilter("tcp", "ip", "selected")).toBe("ip");
    expect(combineFilter("tcp", "ip", "not")).toBe("!(ip)");
    expect(combineFilter("!tcp", "ip", "and")).toBe("(!tcp) && ip");
  });
  it("tells clauses joined by and apart", () => {
    expect(andClauses("tcp && ip.ttl == 3 and http")).toEqual(["tcp", "ip.ttl == 3", "http"]);
    expect(andClauses('http.host contains "a && b" && tcp')).toEqual(['http.host contains "a && b"', "tcp"]);
    expect(andClauses("(tcp && udp) && ip")).toEqual(["(tcp && udp)", "ip"]);
    expect(andClauses("tcp && udp || ip")).toEqual(["tcp && udp || ip"]);
    expect(andClauses("tcp.flags & 2")).toEqual(["tcp.flags & 2"]);
    expect(andClauses("x.and_y == 1")).toEqual(["x.and_y == 1"]);
  });
  it("writes a stretch of time", () => {
    expect(timeRangeFilter(-1, 2.5)).toBe("frame.time_relative >= 0 && frame.time_relative <= 2.5");
    expect(timeRangeFilter(10, 100)).toBe("frame.time_relative >= 10 && frame.time_relative <= 100");
  });
  it("keeps a history without repetitions", () => {
    expect(withHistory(["a", "b"], " b ", 5)).toEqual(["b", "a"]);
    expect(withHistory(["a", "b"], "c", 2)).toEqual(["c", "a"]);
    expect(withHistory(["a"], "  ", 2)).toEqual(["a"]);
  });
});

describe("numbers as text", () => {
  it("have their units", () => {
    expect(byteSize(1)).toBe("1 byte");
    expect(byteSize(999)).toBe("999 bytes");
    expect(byteSize(1500)).toBe("1.5 kB");
    expect(byteSize(999_999)).toBe("1.0 MB");
    expect(byteSize(362_000_000)).toBe("362 MB");
    expect(bitRate(125)).toBe("1.0 kbit/s");
    expect(counted(1, "packet")).toBe("1 packet");
    expect(counted(1234567, "packet")).toBe("1,234,567 packets");
    expect(duration(0.0215)).toBe("21.5 ms");
    expect(duration(200)).toBe("3 min 20 s");
    expect(duration(90_000)).toBe("1 d 1 h");
  });
  it("never round a share to all or nothing", () => {
    expect(percent(0, 10)).toBe("0 %");
    expect(percent(10, 10)).toBe("100 %");
    expect(percent(1, 1_000_000)).toBe("0.1 %");
    expect(percent(999_999, 1_000_000)).toBe("99.9 %");
    expect(percent(12_345, 1_000_000)).toBe("1.2 %");
  });
});

it("quotes CSV", () => {
  expect(csvLine(["1", 'say "hi"', "a,b"])).toBe('"1","say ""hi""","a,b"');
});

it("takes paths of either kind apart", () => {
  expect(folderOf("/a/b/c.pcap")).toBe("/a/b");
  expect(folderOf("/c.pcap")).toBe("/");
  expect(baseName("C:\\x\\y.pcap")).toBe("y.pcap");
  expect(joinPath("C:\\x", "y.pcap")).toBe("C:\\x\\y.pcap");
  expect(joinPath("/", "y.pcap")).toBe("/y.pcap");
});
