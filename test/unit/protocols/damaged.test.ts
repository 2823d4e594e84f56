/** Packets that damage has shown: index, tree and filter say the same of them (which `dissect` makes sure of). */
import { describe, expect, it } from "vitest";
import { ocsp } from "../../../engine/protocols/x509.ts";
import { Frames } from "./frames.ts";
import { dissect } from "./harness.ts";

const ETHERNET = "020000000002 020000000001";
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
/** An IPv4 packet in Ethernet. */
const ip = (protocol: number, payload: string): string => {
  const length = 20 + payload.replace(/\s/g, "").length / 2;
  return `${ETHERNET} 0800 4500 ${hex(length, 4)} 0000 4000 40 ${hex(protocol, 2)} 0000 0a000001 0a000002 ${payload}`;
};
const tcp = (source: number, target: number, payload: string): string =>
  ip(6, `${hex(source, 4)} ${hex(target, 4)} 00000001 00000001 5018 2000 0000 0000 ${payload}`);
const udp = (source: number, target: number, payload: string): string => {
  const length = 8 + payload.replace(/\s/g, "").length / 2;
  return ip(17, `${hex(source, 4)} ${hex(target, 4)} ${hex(length, 4)} 0000 ${payload}`);
};

describe("damaged packets", () => {
  it("an EAP method nobody knows is data in the index too", () => {
    const { chain } = dissect(`${ETHERNET} 888e 01 00 0006 02 01 0006 c8 aa`);
    expect(chain).toMatch(/:eap:data$/);
  });

  it("an ICMPv6 option nobody knows is found by its expert info", () => {
    const address = "fe800000000000000000000000000001";
    const message = "86 00 0000 40 00 0000 00000000 00000000 ff 01 000000000000";
    const { fields } = dissect(`${ETHERNET} 86dd 60000000 0018 3a ff ${address} ${address} ${message}`);
    expect(fields.has("icmpv6.undecoded.option")).toBe(true);
  });

  it("a TPKT header cut by the snapshot length shows no part of itself", () => {
    const whole = tcp(4000, 102, "03 00 000b 06 e0 0000 0001 00");
    const { fields, text } = dissect(whole, { snap: 57 });
    expect(fields.has("tpkt.version")).toBe(false);
    expect(text).toContain("TPKT");
  });

  it("a Server Hello that breaks off hides the certificate behind it from the index too", () => {
    const certificate = "30 0a 30 08 06 03 550403 0c 01 61";
    const certificates = `0b 000012 00000f 00000c ${certificate}`;
    const hello = (extension: string): string =>
      `02 00002c 0303 ${"11".repeat(32)} 00 c030 00 0004 0000 ${extension}`;
    const record = (extension: string): string =>
      tcp(443, 4000, `16 0303 0046 ${hello(extension)} ${certificates}`);
    expect(dissect(record("0000")).chain).toMatch(/:tls:x509sat$/);
    expect(dissect(record("ffff")).chain).toMatch(/:tls$/);
  });

  it("a certificate in an OCSP response is one run of steps", () => {
    const of = (tag: string, ...parts: string[]): string => {
      const content = parts.join("").replace(/\s/g, "");
      return `${tag}${hex(content.length / 2, 2)}${content}`;
    };
    const certificate = of("30", of("30", "0603550403", "0c0161"));
    const certificates = of("a0", of("30", certificate));
    const basic = of("30", of("30"), of("30", "06092a864886f70d01010b"), "03020000", certificates);
    const bytes = of("30", "06092b0601050507300101", of("04", basic));
    const { chain } = dissect(of("30", "0a0100", of("a0", bytes)), { protocol: ocsp });
    expect(chain.match(/x509sat/g)).toHaveLength(1);
  });

  it("a BFD message that breaks off before its intervals shows what is there", () => {
    const { fields } = dissect(udp(49152, 3784, "20 c0 03 18 00000001"));
    expect(fields.get("bfd.message_length")).toEqual(["24"]);
    expect(fields.get("bfd.my_discriminator")).toEqual(["0x00000001"]);
  });

  it("a multicast listener report that breaks off in an address shows what is before it", () => {
    const address = "fe800000000000000000000000000001";
    const message = "8f 00 0000 0000 0001 04 00 0000 ff02 0000";
    const { fields } = dissect(`${ETHERNET} 86dd 60000000 0010 3a ff ${address} ${address} ${message}`);
    expect(fields.get("icmpv6.mldr.mar.record_type")).toEqual(["4"]);
  });

  it("IS-IS protocols that break off are those that are there", () => {
    const header = "83 14 01 00 11 01 00 00";
    const hello = "02 000000000002 001e 0019 00";
    const packet = `0180c2000015 020000000001 001a fe fe 03 ${header} ${hello} 81 03 cc`;
    expect(dissect(packet).fields.get("isis.hello.clv_nlpid.nlpid")).toEqual(["0xcc"]);
  });

  it("OSPF parameters that break off in their value show their type", () => {
    const ospf = (type: string, opaque: string, parameter: string): string => {
      const length = 20 + parameter.replace(/\s/g, "").length / 2;
      const lsa = `0001 02 ${type} ${opaque} 01010101 80000001 0000 ${hex(length, 4)} ${parameter}`;
      const header = `02 04 ${hex(28 + length, 4)} 01010101 00000000 0000 0000 0000000000000000`;
      return ip(89, `${header} 00000001 ${lsa}`);
    };
    expect(dissect(ospf("0a", "01000000", "0001 0004")).text).toContain("TLV Type: 1 - Router Address");
    const grace = dissect(ospf("09", "03000000", "0001 0002 000a"));
    expect(grace.text).toContain("Grace Period: 10 seconds");
  });

  it("a name of hundreds of pointers is followed no further", () => {
    const pointers = (count: number): string =>
      Array.from({ length: count }, (_, i) => hex(0xc000 + 20 + 2 * i, 4)).join("");
    const message = (count: number): string =>
      udp(4000, 53, `0001 0100 0001 0000 0000 0000 c012 0001 0001 ${pointers(count)} 01 61 00`);
    expect(dissect(message(200)).fields.get("dns.qry.name")).toEqual(["a"]);
    expect(dissect(message(300)).fields.get("dns.qry.name")).toEqual([
      "<Name contains a pointer that loops>",
    ]);
  });

  it("a Multipath TCP option behind the end of TCP's options is padding", () => {
    const segment = (options: string): string =>
      ip(6, `0fa0 0050 00000001 00000001 8010 2000 0000 0000 ${options}`);
    const option = "1e0c0101 0102030405060708";
    expect(dissect(segment(option)).chain).toMatch(/:tcp:mptcp$/);
    expect(dissect(segment(`01010101${option}`).replace(" 8010 ", " 9010 ")).chain).toMatch(/:tcp:mptcp$/);
    const { chain, fields } = dissect(segment(`00000000${option}`).replace(" 8010 ", " 9010 "));
    expect(chain).toMatch(/:tcp$/);
    expect(fields.has("tcp.options.mptcp.subtype")).toBe(false);
  });

  it("an extended WLAN element that ends before its number ends the frame for a filter too", () => {
    const header = `0000 0000 ${"ff".repeat(18)} 0000`;
    const { fields } = dissect(`${header} 0000 0000 ff 26`, { linkType: 105 });
    expect(fields.get("_ws.expert.message")).toEqual(["Malformed Packet (Exception occurred)"]);
    expect(fields.has("wlan.ext_tag")).toBe(false);
  });

  it("a Multipath TCP option cut by the snapshot length is a step of the index too", () => {
    const whole = ip(6, "0fa0 0050 00000001 00000001 8010 2000 0000 0000 1e0c0101 0102030405060708");
    expect(dissect(whole, { snap: 55 }).chain).toMatch(/:tcp$/);
    expect(dissect(whole, { snap: 56 }).chain).toMatch(/:tcp:mptcp$/);
    expect(dissect(whole, { snap: 65 }).text).toContain("MPTCP truncated");
  });

  it("a last WLAN fragment without those before it holds a fragment of IPv4, in any order of looking", () => {
    const wlan = (control: string, sequence: string, body: string): string =>
      `08 ${control} 0000 020000000003 020000000001 020000000002 ${sequence} ${body}`;
    const fragment = "4500 001c 0001 2001 40 11 0000 0a000001 0a000002 0001020304050607";
    const body = `aaaa03 000000 0800 ${fragment}`;
    const frames = [
      wlan("01", "1100", body),
      wlan("05", "2000", body.slice(0, 29)),
      wlan("01", "2100", body.slice(29)),
      wlan("01", "2100", body),
    ];
    const chains = ["wlan:llc:ip:data", "wlan:data", "wlan:llc:ip:data", "wlan:llc:ip:data"];
    const inOrder = new Frames(frames, 105).inOrder();
    expect(inOrder.map(({ chain }) => chain)).toEqual(chains);
    expect(inOrder.map(({ fields }) => fields.has("wlan.fragments"))).toEqual([false, false, true, false]);
    for (const [i, { text }] of inOrder.entries()) {
      if (i !== 1) expect(new Frames(frames, 105).index().again(i + 1).text).toBe(text);
    }
  });

  it("what breaks off before all that the info column tells shows a filter no more than the tree", () => {
    const isIn = (packet: string, field: string, options: { snap?: number } = {}): boolean =>
      dissect(packet, options).fields.has(field);
    expect(isIn(udp(68, 67, "01 01 06"), "dhcp.type")).toBe(false);
    expect(isIn(udp(4000, 123, "17 00"), "ntp.flags")).toBe(false);
    const urgent = ip(6, "0fa0 0050 00000001 00000001 5038 2000 0000 0001");
    expect(isIn(urgent, "tcp.urgent_pointer")).toBe(true);
    expect(isIn(urgent, "tcp.seq", { snap: 52 })).toBe(false);
    const poll = ip(113, "0fa0 0050 01 00 0000 010203040506 0000 00000001 0000");
    expect(isIn(poll, "pgm.hdr.sport")).toBe(false);
  });

  it("what breaks off before all that a line tells shows a filter no more than the tree", () => {
    const identity = "05 10 02 00 00000000 0000002a 00 00 000e 04 00 0000 0a000000 ffff";
    const isakmp = dissect(udp(500, 500, `${"01".repeat(8)} ${"02".repeat(8)} ${identity}`));
    expect(isakmp.fields.has("isakmp.id.data")).toBe(true);
    expect(isakmp.fields.has("isakmp.id.data.ipv4_subnet")).toBe(false);

    const links = "00 00 0001 0a000001 ffffff00 03 00 00";
    const lsa = `0001 02 01 01010101 01010101 80000001 0000 0023 ${links}`;
    const ospf = dissect(ip(89, `02 04 003f 01010101 00000000 0000 0000 0000000000000000 00000001 ${lsa}`));
    expect(ospf.fields.has("ospf.lsa.router.linkid")).toBe(false);

    const sources = tcp(4000, 639, "01 0014 01 0a000001 000000 18 e0000001 0a000002");
    expect(dissect(sources).fields.get("msdp.sa.group_addr")).toEqual(["224.0.0.1"]);
    expect(dissect(sources, { snap: 70 }).fields.has("msdp.sa.sprefix_len")).toBe(false);
  });

  it("a redirected packet in a message that is no redirect is a step of the index too", () => {
    const address = "fe800000000000000000000000000001";
    const quoted = `60000000 0000 3b 40 ${address} ${address}`;
    const message = (option: string): string =>
      `86 00 0000 40 00 0000 00000000 00000000 01 01 020000000001 ${option} 06 000000000000 ${quoted}`;
    const packet = (option: string): string =>
      `${ETHERNET} 86dd 60000000 0048 3a ff ${address} ${address} ${message(option)}`;
    expect(dissect(packet("04")).chain).toMatch(/:icmpv6:ipv6$/);
    expect(dissect(packet("ff")).chain).toMatch(/:icmpv6$/);
  });
});
