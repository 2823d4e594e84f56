import { afterEach, describe, expect, it } from "vitest";
import { setPreferences } from "../../../engine/dissect/preferences.ts";
import { onesSum, rightChecksum } from "../../../engine/protocols/checksum.ts";
import { type Dissected, dissect, fromHex } from "./harness.ts";
import { dissectInTurn } from "./udp-frames.ts";

const ALL = { "ip.check_checksum": true, "tcp.check_checksum": true, "udp.check_checksum": true } as const;
afterEach(() => setPreferences({}));

const hex16 = (value: number): string => value.toString(16).padStart(4, "0");
const SRC = "0a000001";
const DST = "0a000002";
const SRC6 = "20010db8000000000000000000000001";
const DST6 = "20010db8000000000000000000000002";
const ETH = "020000000002 020000000001";

/** The packet's IPv4 header with the right checksum and what it carries; `more` is the fragment word. */
function ip4(number: number, payload: string, fragment = 0, wrong = 0): string {
  const length = 20 + fromHex(payload).length;
  const head = (sum: string): string =>
    `4500${hex16(length)}0001${hex16(fragment)}40${hex16(number).slice(2)}${sum}${SRC}${DST}`;
  const bytes = fromHex(head("0000"));
  const sum = (~onesSum(bytes, 0, bytes.length) & 0xffff) ^ wrong;
  return `${ETH} 0800 ${head(hex16(sum))} ${payload}`;
}
const ip6 = (number: number, payload: string): string =>
  `${ETH} 86dd 60000000${hex16(fromHex(payload).length)}${hex16(number).slice(2)}40${SRC6}${DST6} ${payload}`;
const udp = (checksum: string, payload: string): string =>
  `13881389${hex16(8 + fromHex(payload).length)}${checksum} ${payload}`;
const tcp = (checksum: string, payload: string, ports = "17701771", seq = 1): string =>
  `${ports}${hex16(0)}${hex16(seq)}000000015018 2000 ${checksum} 0000 ${payload}`;

/** The dissection with all checksums validated. */
function validated(hex: string): Dissected {
  setPreferences(ALL);
  return dissect(hex);
}
const values = ({ fields }: Dissected, ...names: string[]): (string | undefined)[] =>
  names.map((name) => fields.get(name)?.join());

// The checksums here are those that tshark 4.0 calculates for the same packets.
describe("the ones' complement sum", () => {
  it("pads an odd byte with zero and folds", () => {
    const bytes = fromHex("0001 f203 f4f5 f6f7");
    // RFC 1071 section 3.
    expect(onesSum(bytes, 0, 8)).toBe(0xddf2);
    expect(onesSum(bytes, 0, 7)).toBe(0xddf2 - 0xf7);
    expect(onesSum(bytes, 0, 8, 0xffff)).toBe(0xddf2);
  });

  it("tells the right checksum; a wrong one that should be zero should be 0xffff", () => {
    expect(rightChecksum(0xffff, 0x1234)).toBe(0x1234);
    expect(rightChecksum(0xffff, 0)).toBe(0);
    expect(rightChecksum(0xffff, 0xffff)).toBe(0xffff);
    expect(rightChecksum(0x1111, 0x1111)).toBe(0xffff);
    expect(rightChecksum(0x0101, 0)).toBe(0xfefe);
  });
});

describe("checksums", () => {
  it("are not validated unless asked for", () => {
    const { text, fields } = dissect(ip4(17, udp("0163", "616263")));
    expect(text).toContain(
      "Header Checksum: 0x66cb [validation disabled]\n  [Header checksum status: Unverified]",
    );
    expect(text).toContain("Checksum: 0x0163 [unverified]\n  [Checksum Status: Unverified]");
    expect(fields.get("udp.checksum_calculated")).toBeUndefined();
  });

  it("of IPv4 headers", () => {
    const good = validated(ip4(17, udp("0062", "616263")));
    expect(good.text).toContain(
      "  Header Checksum: 0x66cb [correct]\n  [Header checksum status: Good]\n  [Calculated Checksum: 0x66cb]",
    );
    const bad = validated(ip4(17, udp("0062", "616263"), 0, 0x1234));
    expect(bad.text).toContain(
      '  Header Checksum: 0x74ff incorrect, should be 0x66cb(may be caused by "IP checksum offload"?)\n' +
        "    [Expert Info (Error/Checksum): Bad checksum [should be 0x66cb]]",
    );
    expect(bad.text).toContain("  [Header checksum status: Bad]\n  [Calculated Checksum: 0x66cb]");
    expect(bad.fields.has("ip.checksum_bad.expert")).toBe(true);
  });

  it("of UDP, of odd length too", () => {
    const good = validated(ip4(17, udp("0062", "616263")));
    expect(good.text).toContain(
      "  Checksum: 0x0062 [correct]\n    [Calculated Checksum: 0x0062]\n  [Checksum Status: Good]",
    );
    const bad = validated(ip4(17, udp("0163", "616263")));
    expect(bad.text).toContain(
      '  Checksum: 0x0163 incorrect, should be 0x0062 (maybe caused by "UDP checksum offload"?)\n' +
        "    [Expert Info (Error/Checksum): Bad checksum [should be 0x0062]]",
    );
    expect(values(bad, "udp.checksum.status", "udp.checksum_calculated")).toEqual(["0", "0x0062"]);
    expect(bad.info).toBe("5000 → 5001 Len=3 [UDP CHECKSUM INCORRECT]");
  });

  it("of UDP that are zero, or the other zero", () => {
    // The payload makes the sum zero: RFC 768 has it sent as 0xffff.
    const payload = hex16(0xffff - onesSum(fromHex(`${SRC}${DST}0011000a13881389000a`), 0, 18));
    const none = validated(ip4(17, udp("0000", payload)));
    expect(none.text).toContain("Checksum: 0x0000 [zero-value ignored]\n    [Checksum Status: Not present]");
    expect(
      values(validated(ip4(17, udp("ffff", payload))), "udp.checksum.status", "udp.checksum_calculated"),
    ).toEqual(["1", "0xffff"]);
    expect(
      values(validated(ip4(17, udp("1111", payload))), "udp.checksum.status", "udp.checksum_calculated"),
    ).toEqual(["0", "0xffff"]);
    expect(validated(ip6(17, udp("0000", "616263"))).text).toContain("Checksum: 0x0000 [zero-value illegal]");
  });

  it("over IPv6", () => {
    const names = ["udp.checksum.status", "udp.checksum_calculated"];
    expect(values(validated(ip6(17, udp("b8ef", "616263"))), ...names)).toEqual(["1", "0xb8ef"]);
    expect(values(validated(ip6(17, udp("b8ee", "616263"))), ...names)).toEqual(["0", "0xb8ef"]);
    // With a routing header the pseudo header has the final destination, RFC 8200 section 8.1.
    const last = "20010db8000000000000000000000009";
    const routed = (checksum: string): string => ip6(43, `1102000100000000${last}${udp(checksum, "616263")}`);
    expect(values(validated(routed("b8e8")), ...names)).toEqual(["1", "0xb8e8"]);
    expect(values(validated(routed("b8ef")), ...names)).toEqual(["0", "0xb8e8"]);
    const six = validated(ip6(6, tcp("b9cd", "68656c6c6f", "1b581b59")));
    expect(values(six, "tcp.checksum.status", "tcp.checksum_calculated")).toEqual(["1", "0xb9cd"]);
  });

  it("of TCP", () => {
    const right = validated(ip4(6, tcp("0000", "616263"))).fields.get("tcp.checksum_calculated")?.[0] ?? "";
    const good = validated(ip4(6, tcp(right.slice(2), "616263")));
    expect(good.text).toContain(
      `  Checksum: ${right} [correct]\n  [Checksum Status: Good]\n  [Calculated Checksum: ${right}]`,
    );
    expect(good.info).not.toContain("CHECKSUM");
    const bad = validated(ip4(6, tcp("0000", "616263")));
    expect(bad.text).toContain(
      `  Checksum: 0x0000 incorrect, should be ${right}(maybe caused by "TCP checksum offload"?)\n` +
        `    [Expert Info (Error/Checksum): Bad checksum [should be ${right}]]`,
    );
    expect(bad.text).toContain(`  [Checksum Status: Bad]\n  [Calculated Checksum: ${right}]`);
    expect(bad.info).toBe("6000 → 6001 [PSH, ACK] Seq=1 Ack=1 Win=8192 [TCP CHECKSUM INCORRECT] Len=3");
  });

  it("of TCP that are the other zero", () => {
    const pseudo = fromHex(`${SRC}${DST}00060016 17701771 00000001 00000001 5018 2000`);
    const payload = hex16(0xffff - onesSum(pseudo, 0, pseudo.length));
    expect(values(validated(ip4(6, tcp("0000", payload))), "tcp.checksum.status")).toEqual(["1"]);
    const other = validated(ip4(6, tcp("ffff", payload)));
    expect(other.text).toContain(
      "  Checksum: 0xffff [should be 0x0000 (see RFC 1624)]\n" +
        "    [Calculated Checksum: 0x0000]\n    [Checksum Status: Bad]\n" +
        "      [Expert Info (Warning/Checksum): TCP Checksum 0xffff instead of 0x0000 (see RFC 1624)]",
    );
    expect(other.info).toContain("Win=8192 [TCP CHECKSUM 0xFFFF] Len=2");
  });

  it("of what is not all there are not validated", () => {
    setPreferences(ALL);
    const whole = ip4(17, udp("0062", "616263"));
    const cut = dissect(whole, { snap: 44 });
    expect(cut.text).toContain("Checksum: 0x0062 [unverified]");
    expect(dissect(whole, { snap: 30 }).text).toContain("[not all data available]");
    expect(validated(ip4(17, udp("0062", "6162636465666768"), 0x2000)).text).not.toContain(
      "Checksum: 0x0062 inc",
    );
  });
});

describe("what a wrong checksum means", () => {
  const datagram = udp("ca8d", "61".repeat(40));
  const bytes = fromHex(datagram);
  const part = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString("hex");
  const fragments = (wrong: number): { hex: string; sec: number }[] => [
    { hex: ip4(17, part(0, 24), 0x2000, wrong), sec: 1 },
    { hex: ip4(17, part(24, 48), 3), sec: 2 },
  ];

  it("a datagram put together is validated; a fragment with a wrong header is not taken", () => {
    setPreferences(ALL);
    const whole = dissectInTurn(fragments(0), true)[1];
    expect(values(whole, "ip.reassembled.length", "udp.checksum.status")).toEqual(["48", "0"]);
    const right = whole.fields.get("udp.checksum_calculated")?.[0];
    expect(right).toMatch(/^0x/);
    const lacking = dissectInTurn(fragments(0x0101), true)[1];
    expect(values(lacking, "ip.reassembled.length", "udp.checksum.status")).toEqual([undefined, undefined]);
    setPreferences({});
    expect(dissectInTurn(fragments(0x0101), true)[1].fields.get("ip.reassembled.length")).toEqual(["48"]);
  });

  it("a segment with a wrong checksum is no part of a PDU of several", () => {
    const text = (s: string): string => Buffer.from(s).toString("hex");
    const halves = [text("GET / HTTP/1.1\r\nHost"), text(": tapline.test\r\n\r\n")];
    const request = (fix: boolean): { hex: string; sec: number }[] => {
      let seq = 1;
      return halves.map((half, i) => {
        const at = seq;
        seq += half.length / 2;
        const unsummed = fromHex(
          `${SRC}${DST}0006${hex16(20 + half.length / 2)}${tcp("0000", half, "9c400050", at)}`,
        );
        const sum = hex16(~onesSum(unsummed, 0, unsummed.length) & 0xffff);
        return { hex: ip4(6, tcp(fix || i === 1 ? sum : "0bad", half, "9c400050", at)), sec: i };
      });
    };
    setPreferences(ALL);
    expect(dissectInTurn(request(true), true)[1].fields.get("http.host")).toEqual(["tapline.test"]);
    const bad = dissectInTurn(request(false), true);
    expect(bad[0].fields.get("tcp.checksum.status")).toEqual(["0"]);
    expect(bad[0].chain).toBe("eth:ethertype:ip:tcp:http");
    expect(bad[1].fields.get("http.host")).toBeUndefined();
    setPreferences({});
    expect(dissectInTurn(request(false), true)[1].fields.get("http.host")).toEqual(["tapline.test"]);
  });
});
