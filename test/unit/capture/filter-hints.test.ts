/** The usual mistakes in capture filters, and where libpcap's complaints are about. */
import { afterAll, describe, expect, test } from "vitest";
import {
  captureFilterHints,
  networkOf,
  quotedPlace,
  syntaxErrorPlace,
  tokensOf,
} from "../../../engine/capture/filter-hints.ts";
import { createHelperDriver } from "../../../engine/capture/index.ts";
import { CaptureDesk } from "../../../engine/session/capture-desk.ts";
import { noHelper } from "./support.ts";

/** Filter → what it should be. */
const CORRECTIONS: readonly [string, string][] = [
  ["tcp port80", "tcp port 80"],
  ["tcpport 80", "tcp port 80"],
  ["TCP port 80", "tcp port 80"],
  ["TCP AND PORT 80", "tcp and port 80"],
  ["Host 10.0.0.1", "host 10.0.0.1"],
  ["vlan5", "vlan 5"],
  ["ip.addr == 1.2.3.4", "host 1.2.3.4"],
  ["ip.addr==1.2.3.4", "host 1.2.3.4"],
  ["ip.addr eq 10.0.0.7/8", "net 10.0.0.0/8"],
  ["ip.src == 1.2.3.4 && tcp.port == 443", "src host 1.2.3.4 and tcp port 443"],
  ["ip.src != 1.2.3.4", "not src host 1.2.3.4"],
  ["tcp.port==80", "tcp port 80"],
  ["tcp.dstport in {80, 8000..8080}", "(tcp dst port 80 or tcp dst portrange 8000-8080)"],
  ["udp.srcport >= 1024", "udp src portrange 1024-65535"],
  ["eth.addr == 00:11:22:33:44:55", "ether host 00:11:22:33:44:55"],
  ["ipv6.addr == 2001:db8::7/32", "net 2001:db8::/32"],
  ["vlan.id == 5", "vlan 5"],
  ["frame.len > 100", "greater 101"],
  ["tcp.flags.syn == 1", "tcp[tcpflags] & tcp-syn != 0"],
  ["ip.ttl lt 5", "ip[8] < 5"],
  ["http", "tcp port 80"],
  ["!(dhcp) && ip", "not ((udp port 67 or udp port 68)) and ip"],
  ["icmp or icmpv6", "icmp or icmp6"],
  ["host 1.2.3.4/24", "net 1.2.3.0/24"],
  ["net 1.2.3.4/24", "net 1.2.3.0/24"],
  ["port 80,443", "port 80 or port 443"],
  ["port 80 443", "port 80 or port 443"],
  ["host 10.0.0.1 and dst port 80, 81", "host 10.0.0.1 and (dst port 80 or dst port 81)"],
  ["port 80-90", "portrange 80-90"],
  ["port=80", "port 80"],
  ["host == 10.0.0.1", "host 10.0.0.1"],
  ["ports 80", "port 80"],
  ["source host 10.0.0.1", "src host 10.0.0.1"],
  ["host 1.2.3.4 port 80", "host 1.2.3.4 and port 80"],
  ["host 1.2.3.4 tcp port 80", "host 1.2.3.4 and tcp port 80"],
  ["ip 1.2.3.4", "host 1.2.3.4"],
  ["1.2.3.4:80", "host 1.2.3.4 and port 80"],
  ["host aa:bb:cc:dd:ee:ff", "ether host aa:bb:cc:dd:ee:ff"],
  ["host [::1]", "host ::1"],
  ["port http or 443", "port http or port 443"],
  ["tcp dst port 80 or 443", "tcp dst port 80 or tcp dst port 443"],
  ["host 10.0.0.1 and 80", "host 10.0.0.1 and port 80"],
  ["tcp or udp and host 10.0.0.1", "(tcp or udp) and host 10.0.0.1"],
  ["arp || tcp && host 10.0.0.1", "(arp || tcp) and host 10.0.0.1"],
];

/** Filters as they should be. */
const RIGHT = [
  "tcp port 80",
  "tcp[tcpflags] & tcp-syn != 0",
  "host 10.0.0.1 and (port 80 or port 443)",
  "net 10.0.0.0/8",
  "net 10.0.0.0 mask 255.0.0.0",
  "not arp and not port 22",
  "tcp and port 80 or udp",
  "ether host aa:bb:cc:dd:ee:ff",
  "ether proto 0x88cc",
  "host www.example.org",
  "ip6 and tcp portrange 80-90",
  "src host 10.0.0.1 && dst port 53",
  "port http",
  "ip proto 47",
  "len > 100",
  "vlan 5 and host 10.0.0.1",
  "tcp port http or udp port domain",
  "icmp[icmptype] == icmp-echo",
  "",
];

describe("hints", () => {
  test.each(CORRECTIONS)("%s → %s", (filter, expected) => {
    const [hint] = captureFilterHints(filter);
    expect(hint?.suggestion).toBe(expected);
    expect(hint?.message).toMatch(/[.]$/);
  });

  test.each(RIGHT)("nothing is said about: %s", (filter) => {
    expect(captureFilterHints(filter)).toEqual([]);
  });

  test("what a capture filter cannot do is said without a suggestion", () => {
    for (const filter of [
      'http.host contains "x"',
      "tcp && dns.qry.name == a",
      "ip.addr == 1.2.3.4 && foo.bar == 1",
    ]) {
      const [hint] = captureFilterHints(filter);
      expect(hint?.suggestion).toBe("");
      expect(hint?.message).toContain("A capture filter cannot test it");
    }
  });

  test("networks lose their host bits", () => {
    expect(networkOf("255.255.255.255/1")).toBe("128.0.0.0/1");
    expect(networkOf("10.1.2.3/0")).toBe("0.0.0.0/0");
    expect(networkOf("2001:db8:ffff::1/33")).toBe("2001:db8:8000::/33");
    for (const text of ["10.0.0.1/33", "300.1.1.1/8", "x/8", "10.0.0.1", "::1/129"]) {
      expect(networkOf(text)).toBeNull();
    }
  });

  test("no text is too odd for a hint", () => {
    for (const text of [
      "(((((",
      "]]]",
      "{",
      '"',
      "tcp.port ==",
      "in {}",
      "ip.addr in {",
      "[",
      "  ",
      "\u0000",
      "port port port",
      "a".repeat(3000),
    ]) {
      expect(() => captureFilterHints(text)).not.toThrow();
    }
  });

  test("what is quoted in a message is found in the filter", () => {
    expect(quotedPlace("tcp port nosuch", "unknown port 'nosuch'")).toEqual({ start: 9, end: 15 });
    expect(quotedPlace("port 99999", "illegal port number 99999 > 65535")).toEqual({ start: 5, end: 10 });
    expect(quotedPlace("tcp", "syntax error")).toBeNull();
  });
});

describe("with libpcap", () => {
  const driver = createHelperDriver();
  afterAll(() => driver.close());
  const compiles = async (filter: string) => {
    const { state } = await driver.checkFilter({ filter });
    return state === "unchecked" ? null : state === "ok";
  };
  const isRight = RIGHT.filter((filter) => filter !== "" && !filter.includes("example.org"));

  test("suggestions compile, and so do the filters nothing is said about", async (context) => {
    if (noHelper !== null) return context.skip(noHelper);
    for (const filter of [...CORRECTIONS.map(([, each]) => each), ...isRight]) {
      expect([filter, await compiles(filter)]).toEqual([filter, true]);
    }
  });

  test.for([
    ["tcp port80", "port80"],
    ["tcp and foo port 80", "foo"],
    ["host 1.2.3.4 port 80", "port"],
    ["tcp)", ")"],
    ["(tcp and", ""],
    ["TCP port 80", "TCP"],
    ["tcp & udp", "&"],
  ] as const)("the syntax error of “%s” is at “%s”", async ([filter, part], context) => {
    if (noHelper !== null) return context.skip(noHelper);
    const place = await syntaxErrorPlace(filter, compiles);
    expect(place && filter.slice(place.start, place.end)).toBe(part);
  });

  test.for([
    ["(tcp port 80 or udp", "A bracket is not closed.", "(tcp port 80 or udp)"],
    ["ip and (udp or (icmp ", "Brackets are not closed.", "ip and (udp or (icmp))"],
    ["tcp port", "Something is missing behind “port”.", ""],
    // As far as it goes it can match nothing, which is not what is wrong with it.
    ["tcp and (udp or", "Something is missing behind “or”.", ""],
  ] as const)("“%s” is not finished", async ([filter, message, suggestion], context) => {
    if (noHelper !== null) return context.skip(noHelper);
    const desk = new CaptureDesk("/nowhere");
    try {
      const verdict = await desk.checkFilter({ filter, monitor: false, dump: false });
      expect(verdict.ok).toBe(false);
      expect(verdict.place?.start).toBeGreaterThanOrEqual(filter.trimEnd().length);
      expect(verdict.hints).toEqual([{ message, suggestion }]);
    } finally {
      await desk.close();
    }
  });

  test("the search ends where nothing can be told, and is bounded", async () => {
    expect(await syntaxErrorPlace("tcp port80", async () => null)).toBeNull();
    expect(await syntaxErrorPlace("tcp ".repeat(100), async () => false)).toBeNull();
    let asked = 0;
    await syntaxErrorPlace("tcp ".repeat(64), async () => {
      asked++;
      return false;
    });
    expect(asked).toBeLessThan(100);
    expect(tokensOf("tcp.port in {1, 2}").map(({ text }) => text)).toEqual(["tcp.port", "in", "{1, 2}"]);
  });
});
