import { describe, expect, test } from "vitest";
import { elementAt } from "../../../engine/protocols/asn1.ts";
import { tls } from "../../../engine/protocols/tls.ts";
import { x509af } from "../../../engine/protocols/x509.ts";
import { dissect } from "./harness.ts";

const n = (value: number, bytes: number): string => value.toString(16).padStart(bytes * 2, "0");
const vector = (hex: string, bytes: number): string => n(hex.length / 2, bytes) + hex;
const record = (type: number, body: string, version = "0303"): string =>
  n(type, 1) + version + vector(body, 2);
const handshake = (type: number, body: string): string => n(type, 1) + vector(body, 3);
const extension = (type: number, body: string): string => n(type, 2) + vector(body, 2);
const ascii = (text: string): string => Buffer.from(text, "latin1").toString("hex");
const RANDOM = "11".repeat(32);

const clientHello = handshake(
  1,
  `0303${RANDOM}00${vector("0a0a1301c02f", 2)}0100${vector(
    extension(0, vector(`00${vector(ascii("example.org"), 2)}`, 2)) +
      extension(10, vector("001d0017", 2)) +
      extension(11, "0100") +
      extension(16, vector(vector(ascii("h2"), 1), 2)) +
      extension(43, "04" + "03040303"),
    2,
  )}`,
);
const serverHello = (version: string): string =>
  handshake(
    2,
    `0303${RANDOM}00130100${vector(extension(43, version) + extension(16, vector(vector(ascii("h2"), 1), 2)), 2)}`,
  );

describe("TLS", () => {
  test("a Client Hello with its extensions and JA3", () => {
    const { text, info, protocol, fields } = dissect(record(22, clientHello, "0301"), { protocol: tls });
    expect(info).toBe("Client Hello");
    expect(protocol).toBe("TLSv1");
    expect(text).toContain("TLSv1 Record Layer: Handshake Protocol: Client Hello");
    expect(text).toContain("Cipher Suites (3 suites)");
    expect(text).toContain("Extension: server_name (len=16)");
    expect(fields.get("tls.handshake.extensions_server_name")).toEqual(["example.org"]);
    expect(text).toContain("Supported Group: x25519 (0x001d)");
    expect(text).toContain("ALPN Next Protocol: h2");
    expect(text).toContain("[JA3 Fullstring: 771,4865-49199,0-10-11-16-43,29-23,0]");
  });

  test("the Server Hello decides the version, its protocol name what the data is", () => {
    const { text, info, protocol } = dissect(
      record(22, serverHello("0304")) + record(20, "01") + record(23, "ab".repeat(20)),
      { protocol: tls },
    );
    expect(protocol).toBe("TLSv1.3");
    expect(info).toBe("Server Hello, Change Cipher Spec, Application Data");
    expect(text).toContain("TLSv1.3 Record Layer: Application Data Protocol: HyperText Transfer Protocol 2");
    expect(text).toContain("Opaque Type: Application Data (23)");
  });

  test("timestamps of logs whose lengths are too large end where they must, and the next one is read", () => {
    /** @param rest extensions, algorithm and signature, each with its length */
    const stamp = (rest: string): string =>
      vector(`00${"ab".repeat(32)}${n(1_650_000_000_000, 8)}${rest}`, 2);
    const list = vector(
      stamp("80805151") + stamp("00000403ffff5252") + stamp("0000040300025353") + "ffff0011",
      2,
    );
    const hello = handshake(2, `0303${RANDOM}00c02f00${vector(extension(18, list) + extension(23, ""), 2)}`);
    const { text, fields } = dissect(record(22, hello), { protocol: tls });
    const cut = [...text.matchAll(/Vector length (\d+) is too large, truncating it to (\d+)/g)];
    expect([...new Set(cut.map(([, length, room]) => `${length} ${room}`))]).toEqual(["32896 2", "65535 2"]);
    expect(fields.get("tls.sct.sct_signature")).toEqual(["5252", "5353"]);
    expect(fields.get("tls.sct.scts_length")).toHaveLength(1);
    expect(text).toContain("Extension: extended_master_secret (len=0)");
    expect(text).not.toContain("Exception occurred");
  });

  test("what follows a Change Cipher Spec is encrypted", () => {
    const { info, text } = dissect(record(20, "01") + record(22, `14${"00".repeat(39)}`), { protocol: tls });
    expect(info).toBe("Change Cipher Spec, Encrypted Handshake Message");
    expect(text).toContain("TLSv1.2 Record Layer: Handshake Protocol: Encrypted Handshake Message");
  });

  test("alerts in the clear and encrypted ones", () => {
    expect(dissect(record(21, "0228"), { protocol: tls }).info).toBe(
      "Alert (Level: Fatal, Description: Handshake Failure)",
    );
    expect(dissect(record(21, "aa".repeat(26)), { protocol: tls }).info).toBe("Encrypted Alert");
  });

  test("a message may be split anywhere, before its header's end too", () => {
    const pieces = [clientHello.slice(0, 4), clientHello.slice(4, 60), clientHello.slice(60)];
    const { text, info } = dissect(pieces.map((piece) => record(22, piece, "0301")).join(""), {
      linkType: 101,
      protocol: tls,
    });
    expect(info).toContain("[Client Hello Fragment]");
    expect(text).toContain("Handshake Protocol: Client Hello (fragment)");
  });

  test("transport parameters of QUIC", () => {
    const parameters = `${"01024064"}${"0c00"}${"110800000001ff00001d"}${"800071580103"}${"c00000000000003a0101"}`;
    const hello = handshake(
      1,
      `0303${RANDOM}00${vector("1301", 2)}0100${vector(extension(57, parameters), 2)}`,
    );
    const { text, fields } = dissect(record(22, hello, "0301"), { protocol: tls });
    expect(text).toContain("Parameter: max_idle_timeout (len=2) 100 ms");
    expect(text).toContain("Type: disable_active_migration (0x0c)");
    expect(text).toContain("Other Version: draft-29 (0xff00001d)");
    expect(text).toContain("I am able to generate TIME_STAMP frames and I would like to receive them (3)");
    expect(text).toContain("Parameter: GREASE (len=1)");
    expect(fields.get("tls.quic.parameter.max_idle_timeout")).toEqual(["100"]);
  });

  test("several messages in one record", () => {
    const { text, info } = dissect(record(22, serverHello("0303") + handshake(14, "")), { protocol: tls });
    expect(info).toBe("Server Hello, Server Hello Done");
    expect(text).toContain("Record Layer: Handshake Protocol: Multiple Handshake Messages");
  });

  test("bytes that are no record", () => {
    expect(dissect("00".repeat(40), { protocol: tls }).info).toBe("Continuation Data");
  });

  test("lengths that lie end the layer only", () => {
    const lying = record(22, clientHello, "0301").replace(vector("0a0a1301c02f", 2), `ffff0a0a1301c02f`);
    const { text, info } = dissect(lying, { protocol: tls });
    expect(text).toContain("[Malformed Packet: TLS]");
    expect(info).toContain("Client Hello");
    const cut = dissect(record(22, clientHello), { protocol: tls, snap: 60 });
    expect(cut.text).not.toContain("Dissector bug");
  });

  test("every truncation and every flipped byte is survived", () => {
    const hello = record(22, clientHello) + record(22, serverHello("0304"));
    for (let length = 0; length < hello.length / 2; length++) {
      expect(dissect(hello.slice(0, length * 2), { protocol: tls }).text).not.toContain("Dissector bug");
      const flipped = hello.slice(0, length * 2) + "ff" + hello.slice(length * 2 + 2);
      expect(dissect(flipped, { protocol: tls }).text).not.toContain("Dissector bug");
    }
  });
});

const der = (tag: string, body: string): string => {
  const length = body.length / 2;
  return tag + (length < 128 ? n(length, 1) : `82${n(length, 2)}`) + body;
};
const commonName = (text: string): string =>
  der("30", der("31", der("30", der("06", "550403") + der("0c", ascii(text)))));
const RSA = der("30", der("06", "2a864886f70d01010b") + "0500");
const certificate = der(
  "30",
  der(
    "30",
    der("a0", "020102") +
      der("02", "0102") +
      RSA +
      commonName("Test CA") +
      der("30", der("17", ascii("260102030405Z")) + der("17", ascii("490102030405Z"))) +
      commonName("host.test") +
      der(
        "30",
        der("30", der("06", "2a864886f70d010101") + "0500") +
          der("03", `00${der("30", der("02", "00c1") + der("02", "010001"))}`),
      ) +
      der(
        "a3",
        der("30", der("30", der("06", "551d11") + der("04", der("30", der("82", ascii("host.test")))))),
      ),
  ) +
    RSA +
    der("03", `00${"5a".repeat(8)}`),
);

describe("X.509", () => {
  test("a certificate below its message", () => {
    const { text, fields } = dissect(record(22, handshake(11, vector(vector(certificate, 3), 3))), {
      protocol: tls,
    });
    expect(text).toMatch(/Certificate: [0-9a-f]+… \(id-at-commonName=host\.test\)/);
    expect(text).toContain("rdnSequence: 1 item (id-at-commonName=Test CA)");
    expect(text).toContain("utcTime: 2026-01-02 03:04:05 (UTC)");
    expect(text).toContain("GeneralName: dNSName (2)");
    expect(text).toContain("modulus: 0x00c1");
    expect(fields.get("x509ce.dNSName")).toEqual(["host.test"]);
    expect(fields.get("pkcs1.publicExponent")).toEqual(["65537"]);
  });

  test("elements that do not fit are refused", () => {
    const element = (hex: string): unknown => elementAt(Buffer.from(hex, "hex"), 0, hex.length / 2);
    expect(element("3005010203")).toBeNull();
    expect(element("3084ffffffff00")).toBeNull();
    expect(element("30")).toBeNull();
    expect(element("0480")).toBeNull();
    expect(element("3080020100" + "0000")).toMatchObject({ start: 2, end: 5, next: 7 });
  });

  test("nesting without end and damaged bytes are survived", () => {
    const deep = "3080".repeat(20000);
    expect(dissect(deep, { protocol: x509af }).text).not.toContain("Dissector bug");
    for (let at = 0; at < certificate.length; at += 2) {
      const damaged = certificate.slice(0, at) + "84" + certificate.slice(at + 2);
      expect(dissect(damaged, { protocol: x509af }).text).not.toContain("Dissector bug");
    }
  });
});
