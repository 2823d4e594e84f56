import { describe, expect, it } from "vitest";
import { x509af } from "../../../engine/protocols/x509.ts";
import { dissect } from "./harness.ts";

/** An element in BER: its tag, and its contents as hex. */
function element(tag: number, ...contents: string[]): string {
  const inside = contents.join("");
  const length = inside.length / 2;
  const size =
    length < 128 ? length.toString(16).padStart(2, "0") : `82${length.toString(16).padStart(4, "0")}`;
  return tag.toString(16).padStart(2, "0") + size + inside;
}
const sequence = (...contents: string[]): string => element(0x30, ...contents);
const printable = element(0x13, "6162");
const attribute = (oid: string): string => element(0x31, sequence(element(6, oid), printable));
const extension = (oid: string, ...value: string[]): string =>
  sequence(element(6, oid), element(4, ...value));

const NAME = "550403";
const COUNTRY = "550406";
const RSA = sequence(element(6, "2a864886f70d010101"), "0500");
const ELLIPTIC = sequence(element(6, "2a8648ce3d0201"), element(6, "2a8648ce3d030107"));
const TIME = element(0x17, Buffer.from("200101000000Z").toString("hex"));

function certificate(key: string, ...extensions: string[]): string {
  const signed = sequence(
    element(0xa0, "020102"),
    "020101",
    RSA,
    sequence(attribute(COUNTRY), attribute(NAME)),
    sequence(TIME, TIME),
    sequence(attribute(NAME)),
    sequence(key, element(3, "00aa")),
    element(0xa3, sequence(...extensions)),
  );
  return sequence(signed, RSA, element(3, "00aa"));
}
const chain = (hex: string): string => dissect(hex, { protocol: x509af }).chain;

describe("protocols within certificates", () => {
  it("are steps of the chain: attributes of names, parameters of keys, extensions", () => {
    const names = "x509sat:x509sat:x509sat";
    expect(chain(certificate(RSA))).toBe(`x509af:${names}`);
    expect(chain(certificate(ELLIPTIC))).toBe(`x509af:${names}:pkcs-1`);
    const usage = extension("551d0f", "03020780");
    const access = extension("2b06010505070101", sequence(sequence(element(6, "2b06010505073001"), "8600")));
    expect(chain(certificate(RSA, usage, access))).toBe(`x509af:${names}:x509ce:pkix1implicit`);
  });

  it("stand in the order of the bytes, what an extension holds behind it", () => {
    const qualifier = sequence(element(6, "2b06010505070201"), element(0x16, "61"));
    const policies = extension("551d20", sequence(sequence(element(6, "551d2000"), sequence(qualifier))));
    const authority = extension(
      "551d23",
      sequence(element(0xa1, element(0xa4, sequence(attribute(COUNTRY))))),
    );
    expect(chain(certificate(RSA, policies, authority))).toBe(
      "x509af:x509sat:x509sat:x509sat:x509ce:pkix1explicit:x509ce:x509sat",
    );
  });

  it("are not told by identifiers that nothing follows, nor by unknown ones", () => {
    const purposes = extension("551d25", sequence(element(6, "551d2500"), element(6, "2b06010505070301")));
    const unknown = extension("2b0601040101", "0500");
    expect(chain(certificate(RSA, purposes, unknown))).toBe("x509af:x509sat:x509sat:x509sat:x509ce");
  });
});
