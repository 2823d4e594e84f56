import { describe, expect, it } from "vitest";
import { ADDRESS_IPV4 } from "../../../engine/dissect/address.ts";
import { CONVERSATION_TCP, CONVERSATION_UDP } from "../../../engine/dissect/conversation.ts";
import { type Protocol, protocol } from "../../../engine/dissect/protocol.ts";
import { udpPorts } from "../../../engine/dissect/tables.ts";
import { Frames } from "./frames.ts";

/** What is announced. */
const guest: Protocol = protocol({
  name: "guest",
  title: "Guest",
  short: "GUEST",
  dissect: (d) => {
    d.pos = d.end;
  },
});
/** Announces the UDP port of its sender, and the TCP port of an address: two bytes, six bytes. */
protocol({
  name: "herald",
  title: "Herald",
  short: "HERALD",
  on: [[udpPorts, 7700]],
  dissect: (d) => {
    d.expect(CONVERSATION_UDP, d.peek16(), guest);
    d.expect(CONVERSATION_TCP, d.peek16(6), guest, { kind: ADDRESS_IPV4, bytes: d.peekBytes(4, 2).slice() });
    d.skip(8);
  },
});

const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, "0");
function ip(src: string, dst: string, proto: number, payload: string): string {
  const length = hex(20 + payload.length / 2, 2);
  return `${"02".repeat(12)}08004500${length}0001000040${hex(proto, 1)}0000${src}${dst}${payload}`;
}
const A = "0a000001";
const B = "0a000002";
const C = "0a000003";
const udp = (src: string, sport: number, dst: string, dport: number, payload: string): string =>
  ip(src, dst, 17, `${hex(sport, 2)}${hex(dport, 2)}${hex(8 + payload.length / 2, 2)}0000${payload}`);
const tcp = (src: string, sport: number, dst: string, dport: number, payload: string): string =>
  ip(src, dst, 6, `${hex(sport, 2)}${hex(dport, 2)}0000000100000001501804000000${"0000"}${payload}`);

describe("what was announced", () => {
  const capture = [
    udp(B, 5000, A, 6000, "01"),
    udp(A, 9999, B, 7700, `${hex(6000, 2)}${C}${hex(6001, 2)}`),
    udp(B, 5000, A, 6000, "02"),
    udp(A, 6000, C, 40000, "03"),
    udp(B, 6000, C, 40000, "04"),
    tcp(B, 50000, C, 6001, "05"),
    tcp(C, 6001, B, 50001, "06"),
    tcp(B, 6001, A, 50001, "07"),
  ];
  const chains = [
    ":udp:data",
    ":udp:herald",
    ":udp:guest",
    ":udp:guest",
    ":udp:data",
    ":tcp:guest",
    ":tcp:guest",
    ":tcp:data",
  ];

  it("is carried by the endpoint from the next frame on, whatever the conversation", () => {
    const seen = new Frames(capture).inOrder();
    expect(seen.map(({ chain }) => chain.slice("eth:ethertype:ip".length))).toEqual(chains);
  });

  it("is known of every frame after pass one, in any order", () => {
    const frames = new Frames(capture).index();
    for (const number of [8, 3, 1, 6, 2, 5, 7, 4]) {
      expect(frames.again(number).chain).toBe(`eth:ethertype:ip${chains[number - 1]}`);
    }
  });
});

describe("the packet an ICMP error quotes", () => {
  const syn = tcp(A, 40000, B, 80, "").replace("5018", "5002");
  const quoted = (frame: string): string => ip(C, A, 1, `0301000000000000${frame.slice(28)}`);

  it("is one of its stream, which it teaches nothing", () => {
    const seen = new Frames([syn, quoted(syn), syn]).inOrder();
    expect(seen[1].fields.get("tcp.stream")).toEqual(["0"]);
    expect(seen[1].fields.get("tcp.time_relative")).toEqual(["1.000000000"]);
    expect(seen[1].fields.get("tcp.analysis.flags")).toBeUndefined();
    expect(seen[1].text).toContain("    Sequence Number: 1\n");
    expect(seen[2].info).toContain("[TCP Retransmission]");
  });

  it("has a stream of its own when nothing else of it is there", () => {
    const frames = new Frames([quoted(syn), tcp(B, 1, C, 2, "00"), quoted(udp(A, 1, B, 2, "00"))]);
    const [first, second, third] = frames.inOrder();
    expect(first.fields.get("tcp.stream")).toEqual(["0"]);
    expect(second.fields.get("tcp.stream")).toEqual(["1"]);
    expect(third.fields.get("udp.stream")).toEqual(["0"]);
    expect(new Frames([quoted(syn), syn]).index().again(2).fields.get("tcp.stream")).toEqual(["0"]);
  });
});
