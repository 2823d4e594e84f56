import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CaptureMemory, Dissection, MODE_INDEX, MODE_TREE } from "../../../engine/dissect/dissection.ts";
import { chainText, dissectFrame } from "../../../engine/protocols/frame.ts";
import { headerMask, initialKeys, retryTag } from "../../../engine/protocols/quic-crypto.ts";
import { CryptoStream } from "../../../engine/protocols/quic-crypto-stream.ts";
import { type Dissected, fromHex, readOut } from "./harness.ts";

const VERSION_1 = "00000001";
const ID = "1122334455667788";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const word = (n: number): string => n.toString(16).padStart(4, "0");

/** An IPv4 packet with a UDP datagram. */
function datagram(source: number, destination: number, payload: string): Uint8Array {
  const length = payload.length / 2 + 8;
  const [a, b] = source > destination ? ["0a000001", "0a000002"] : ["0a000002", "0a000001"];
  return fromHex(
    `4500${word(length + 20)}0000000040110000${a}${b}${word(source)}${word(destination)}${word(length)}0000${payload}`,
  );
}

interface Packet {
  version?: string;
  dcid?: string;
  scid?: string;
  number?: number;
  frames: string;
  /** Set for a server's packet: the id the client sent its first packet to. */
  origin?: string;
}

/** An Initial packet, encrypted as RFC 9001 section 5 says. */
function initial({ version = VERSION_1, dcid = ID, scid = "", number = 0, frames, origin }: Packet): string {
  const keys = initialKeys(Number.parseInt(version, 16), fromHex(origin ?? dcid))[
    origin === undefined ? 0 : 1
  ];
  const plain = frames.padEnd(40, "0");
  const first = version === "6b3343cf" ? 0xd3 : 0xc3;
  const head = Buffer.from(
    [
      first.toString(16),
      version,
      (dcid.length / 2).toString(16).padStart(2, "0"),
      dcid,
      (scid.length / 2).toString(16).padStart(2, "0"),
      scid,
      "00",
      word(0x4000 | (plain.length / 2 + 20)),
      number.toString(16).padStart(8, "0"),
    ].join(""),
    "hex",
  );
  const nonce = Buffer.from(keys.iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8);
  const cipher = createCipheriv("aes-128-gcm", keys.key, nonce);
  cipher.setAAD(head);
  const sealed = Buffer.concat([cipher.update(fromHex(plain)), cipher.final(), cipher.getAuthTag()]);
  const mask = headerMask(keys, sealed.subarray(0, 16));
  head[0] ^= mask[0] & 0x0f;
  for (let i = 0; i < 4; i++) head[head.length - 4 + i] ^= mask[1 + i];
  return hex(head) + hex(sealed);
}

/** Dissects frames in order; the second of each pair is what pass one finds of the chain. */
function conversation(...frames: readonly Uint8Array[]): (Dissected & { indexed: string })[] {
  const run = (mode: typeof MODE_TREE | typeof MODE_INDEX): Dissected[] => {
    const d = new Dissection(new CaptureMemory(), (frame) => frames[frame - 1]);
    d.setMode(mode, mode === MODE_TREE);
    return frames.map((bytes, i) => {
      d.begin(bytes, 0, {
        number: i + 1,
        len: bytes.length,
        capLen: bytes.length,
        sec: i,
        nsec: 0,
        iface: 0,
        linkType: 101,
      });
      dissectFrame(d);
      return mode === MODE_TREE
        ? readOut(d)
        : { text: "", info: "", protocol: "", chain: chainText(d), fields: new Map() };
    });
  };
  const indexed = run(MODE_INDEX);
  return run(MODE_TREE).map((one, i) => ({ ...one, indexed: indexed[i].chain }));
}

/** A Client Hello without extensions. */
const HELLO = `01000029${"0303"}${"ab".repeat(32)}00${"00021301"}${"0100"}`;

/** A CRYPTO frame with the bytes of HELLO from one to another. */
function crypto(from: number, to: number): string {
  const varint = (n: number): string => (n < 64 ? n.toString(16).padStart(2, "0") : word(n | 0x4000));
  return `06${varint(from)}${varint(to - from)}${HELLO.slice(2 * from, 2 * to)}`;
}
const LENGTH = HELLO.length / 2;

test("keys are those of RFC 9001 appendix A and RFC 9369 appendix A", () => {
  const [client, server] = initialKeys(1, fromHex("8394c8f03e515708"));
  expect(hex(client.key)).toBe("1f369613dd76d5467730efcbe3b1a22d");
  expect(hex(client.iv)).toBe("fa044b2f42a3fd3b46fb255c");
  expect(hex(client.header)).toBe("9f50449e04a0e810283a1e9933adedd2");
  expect(hex(server.key)).toBe("cf3a5331653c364c88f0f379b6067e37");
  const [second] = initialKeys(0x6b3343cf, fromHex("8394c8f03e515708"));
  expect(hex(second.key)).toBe("8b1a0bc121284290a29e0971b5cd045d");
});

test("a Retry's integrity tag is that of RFC 9001 appendix A.4", () => {
  const packet = fromHex("ff000000010008f067a5502a4262b5746f6b656e");
  expect(hex(retryTag(1, fromHex("8394c8f03e515708"), packet))).toBe("04a265ba2eff4d829058fb3f0f2496ba");
});

describe("Initial packets", () => {
  test("are decrypted, and the handshake inside is TLS's", () => {
    const frames = `${crypto(0, LENGTH)}01`;
    const [one] = conversation(datagram(50000, 443, initial({ scid: "aabb", number: 2, frames })));
    expect(one.chain).toBe("raw:ip:udp:quic:tls");
    expect(one.indexed).toBe(one.chain);
    expect(one.protocol).toBe("QUIC");
    expect(one.info).toBe("Initial, DCID=1122334455667788, SCID=aabb, PKN: 2, CRYPTO, PING");
    expect(one.text).toContain("[Connection Number: 0]");
    expect(one.text).toContain(".... ..11 = Packet Number Length: 4 bytes (3)");
    expect(one.text).toContain("TLSv1.3 Record Layer: Handshake Protocol: Client Hello");
    expect(one.fields.get("tls.handshake.ciphersuite")).toEqual(["0x1301"]);
  });

  test("of version 2 number their types otherwise", () => {
    const [one] = conversation(datagram(50000, 443, initial({ version: "6b3343cf", frames: "01" })));
    expect(one.text).toContain("..01 .... = Packet Type: Initial (1)");
    expect(one.info).toContain("Initial, DCID=1122334455667788, PKN: 0, PING, PADDING");
  });

  test("that do not decrypt say so", () => {
    const packet = initial({ frames: "01" });
    const broken = `${packet.slice(0, -2)}${packet.endsWith("00") ? "01" : "00"}`;
    const [one] = conversation(datagram(50000, 443, broken));
    expect(one.text).toContain("Decryption failed: Decryption (checktag) failed: Checksum error");
    expect(one.info).toBe("Initial, DCID=1122334455667788, PKN: 0");
  });

  test("too short for the header's protection are malformed", () => {
    const [one] = conversation(
      datagram(50000, 443, `c000000001 08${ID} 00 00 05 0102030405`.replace(/ /g, "")),
    );
    expect(one.info).toContain("[Malformed Packet]");
    expect(one.text).toContain("[Connection Number: 0]");
    expect(one.text).not.toContain("Fixed Bit");
  });

  test("give out handshake messages in order, whatever order they came in", () => {
    const send = (number: number, frames: string): Uint8Array =>
      datagram(50000, 443, initial({ number, frames }));
    const [first, second, third, fourth] = conversation(
      send(0, crypto(20, 30)),
      send(1, crypto(30, LENGTH)),
      send(2, crypto(0, 20)),
      send(3, crypto(0, 20)),
    );
    expect([first, second, third, fourth].map(({ chain }) => chain.split(":").at(-1))).toEqual([
      "quic",
      "quic",
      "tls",
      "quic",
    ]);
    expect(third.indexed).toBe(third.chain);
    expect(third.text).toContain(
      `[3 Reassembled QUIC CRYPTO Data Fragments (${LENGTH} bytes): #3(20), #1(10), #2(${LENGTH - 30})]`,
    );
    expect(third.text).toContain("Handshake Protocol: Client Hello");
    expect(fourth.text).toContain("This QUIC frame has a reused stream offset (retransmission?)");
  });
});

describe("connections", () => {
  const hello = initial({ scid: "aabbccdd", frames: crypto(0, LENGTH) });
  const answer = `e0${VERSION_1}04aabbccdd0455667788 14${"5a".repeat(20)}`.replace(/ /g, "");

  test("are told by their ids", () => {
    const short = `40${"55667788"}${"5a".repeat(30)}`;
    const [, server, client, unknown] = conversation(
      datagram(50000, 443, hello),
      datagram(443, 50000, answer),
      datagram(50000, 443, short),
      datagram(50000, 443, `40${"99".repeat(34)}`),
    );
    expect(server.info).toBe("Handshake, DCID=aabbccdd, SCID=55667788");
    expect(server.text).toContain("Unable to retrieve cipher information");
    expect(client.info).toBe("Protected Payload (KP0), DCID=55667788");
    expect(client.text).toContain("Missing TLS handshake, unsupported ciphers or padding");
    expect(unknown.text).toContain("Unknown QUIC connection. Missing Initial Packet or migrated connection?");
    expect(unknown.chain).toBe("raw:ip:udp:quic");
  });

  test("are numbered as they begin", () => {
    const other = initial({ dcid: "99aabbccddeeff00", frames: "01" });
    const all = conversation(
      datagram(50000, 443, hello),
      datagram(50001, 443, other),
      datagram(50000, 443, other.replace("99aabbccddeeff00", "99aabbccddeeff01")),
      datagram(443, 50001, `e0${VERSION_1}00 00 14${"5a".repeat(20)}`.replace(/ /g, "")),
    );
    expect(all.map(({ fields }) => fields.get("quic.connection.number")?.[0])).toEqual(["0", "1", "2", "1"]);
  });

  test("go on after a Retry with new keys", () => {
    const head = `f0${VERSION_1}00${"04deadbeef"}${"746f6b656e"}`;
    const tag = hex(retryTag(1, fromHex(ID), fromHex(head)));
    const [, retried, again] = conversation(
      datagram(50000, 443, initial({ frames: "01" })),
      datagram(443, 50000, head + tag),
      datagram(50000, 443, initial({ dcid: "deadbeef", number: 1, frames: "01" })),
    );
    expect(retried.text).toContain(`Retry Integrity Tag: ${tag} [verified]`);
    expect(again.info).toBe("Initial, DCID=deadbeef, PKN: 1, PING, PADDING");
    expect(again.fields.get("quic.connection.number")).toEqual(["0"]);
  });
});

test("coalesced packets have lines of their own, and what follows for another id is padding", () => {
  const packet = initial({ frames: "01" });
  const [both, padded] = conversation(
    datagram(50000, 443, `${packet}e0${VERSION_1}08${ID}00 14${"5a".repeat(20)}`.replace(/ /g, "")),
    datagram(50000, 443, packet + "00".repeat(9)),
  );
  expect(both.text.match(/^QUIC IETF$/gm)).toHaveLength(2);
  expect(both.info).toBe("Handshake, DCID=1122334455667788");
  expect(both.chain).toBe("raw:ip:udp:quic");
  expect(padded.text).toContain("(Random) padding data appended to the datagram");
});

test("a version negotiation lists versions", () => {
  const [, one] = conversation(
    datagram(50000, 443, initial({ version: "1a2a3a4a", frames: "01" })),
    datagram(443, 50000, `80000000000008${ID}00000001 6a7a8a9a`.replace(/ /g, "")),
  );
  expect(one.info).toBe("Version Negotiation, SCID=1122334455667788");
  expect(one.fields.get("quic.supported_version")).toEqual(["0x00000001", "0x6a7a8a9a"]);
  expect(one.text).toContain("Supported Version: Unknown (0x6a7a8a9a) (GREASE)");
});

test.each([
  ["0205402501020304", "ACK", "ACK Range Count: 1"],
  ["0404406444 00".replace(/ /g, ""), "RESET_STREAM id=4 Error code: 0x64", "Final Size: 1024"],
  [
    "0f04410003aabbcc",
    "STREAM id=4 fin=1 off=256 len=3 dir=Bidirectional origin=Client-initiated",
    "Stream Data: aabbcc",
  ],
  [
    "1c41280600",
    "CONNECTION_CLOSE (Transport) Error code: CRYPTO_ERROR (Handshake Failure)",
    "TLS Alert Description: Handshake Failure (40)",
  ],
  ["1d410000", "CONNECTION_CLOSE (Application) Error code: 0x100", "Application Error code: 256"],
  [
    "18010004010203040001020304050607 08090a0b0c0d0e0f".replace(/ /g, ""),
    "NEW_CONNECTION_ID",
    "Connection ID: 01020304",
  ],
  ["40af0102410003", "ACK_FREQUENCY", "Last Byte: 0x03, Ignore CE, Ignore Order"],
  ["4044140102030102030 41f90".replace(/ /g, ""), "ADD_ADDRESS", "IP Address: 1.2.3.4"],
  ["3f", "Unknown", "Unknown Frame Type 0x3f"],
])("frame %s", (frames, line, field) => {
  const [one] = conversation(datagram(50000, 443, initial({ frames })));
  expect(one.text).toContain(`  ${line}\n`);
  expect(one.text).toContain(field);
});

test("a CRYPTO stream hands out every byte once", () => {
  const stream = new CryptoStream();
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => i);
  expect(stream.take(1, 0, bytes.subarray(0, 10)).kind).toBe("whole");
  expect(stream.take(2, 5, bytes.subarray(5, 15))).toEqual({ kind: "overlap", skip: 5 });
  const kept = stream.take(3, 20, bytes.subarray(20, 30));
  expect(kept).toEqual({ kind: "kept", completedIn: 0 });
  expect(stream.take(4, 12, bytes.subarray(12, 25))).toEqual({
    kind: "complete",
    bytes: bytes.subarray(15, 30),
    pieces: [
      { frame: 4, offset: 0, length: 10 },
      { frame: 3, offset: 5, length: 10 },
    ],
  });
  expect(kept).toEqual({ kind: "kept", completedIn: 4 });
  expect(stream.take(5, 3, bytes.subarray(3, 30)).kind).toBe("again");
});

test("every truncation and every flipped byte is survived", () => {
  const whole = datagram(50000, 443, initial({ frames: crypto(0, LENGTH) }));
  for (let i = 29; i < whole.length; i++) {
    const flipped = whole.slice();
    flipped[i] ^= 0xff;
    for (const bytes of [whole.subarray(0, i), flipped]) {
      expect(conversation(bytes)[0].text).not.toContain("Dissector bug");
    }
  }
});
