import { expect, test } from "vitest";
import { dissect } from "./harness.ts";

const word = (n: number): string => n.toString(16).padStart(4, "0");

/** What is dissected of a datagram to port 443, or from it. */
function shown(payload: string, toServer = true): ReturnType<typeof dissect> {
  const data = payload.replace(/\s/g, "");
  const length = data.length / 2 + 8;
  const ports = toServer ? `c35001bb${word(length)}` : `01bbc350${word(length)}`;
  return dissect(`4500${word(length + 20)}00000000401100000a0000010a000002${ports}0000${data}`, {
    linkType: 101,
  });
}

const CID = "0102030405060708";
const HASH = "48".repeat(12);
/** A Client Hello that names a server and its algorithm. */
const HELLO = "43484c4f 0200 0000 534e4900 09000000 41454144 0d000000 7777772e612e636f6d 41455347".replace(
  /\s/g,
  "",
);
const stream = (message: string): string => `a001${word(message.length / 2)}${message}`;

test("a Client Hello is in the clear", () => {
  const one = shown(`0d ${CID} 51303339 01 ${HASH} ${stream(HELLO)} 000000`);
  expect(one.chain).toBe("raw:ip:udp:gquic");
  expect(one.protocol).toBe("GQUIC");
  expect(one.info).toBe("Client Hello, PKN: 1, CID: 72623859790382856");
  expect(one.text).toContain("STREAM (Special Frame Type) Stream ID: 1, Type: CHLO (Client Hello)");
  expect(one.text).toContain("Tag/value: SNI (Server Name Indication) (l=9): www.a.com");
  expect(one.text).toContain("Authenticated encryption algorithms: AESG (AES-GCM with a 12-byte tag and IV)");
  expect(one.text).toContain("PADDING Length: 2");
});

test("versions before Q039 are little-endian and have private flags before Q034", () => {
  const little = `a0012500${HELLO}`;
  const one = shown(`09 ${CID} 51303330 01 ${HASH} 01 ${little}`);
  expect(one.info).toBe("Client Hello, PKN: 1, CID: 578437695752307201");
  expect(one.text).toContain(".... ...1 = Entropy: Yes");
});

test("other packets are encrypted", () => {
  const one = shown(`0d ${CID} 51303433 05 ${"5a".repeat(30)}`);
  expect(one.info).toBe("Payload (Encrypted), PKN: 5, CID: 72623859790382856");
  expect(one.fields.get("gquic.version")).toEqual(["Q043"]);
});

test("version Q046 has the headers of an early draft", () => {
  const one = shown(`c3 51303436 50 ${CID} 00000001 ${HASH} ${stream(HELLO)}`);
  expect(one.info).toBe("Client Hello, PKN: 1, CID: 72623859790382856");
  expect(one.text).toContain("0101 .... = Destination Connection ID Length: 8 bytes (5)");
});

test("a server's version packet lists versions", () => {
  const one = shown(`09 ${CID} 51303339 51303433`, false);
  expect(one.info).toBe("Version Negotiation, CID: 72623859790382856");
  expect(one.fields.get("gquic.version")).toEqual(["Q039", "Q043"]);
});

test("acknowledgements and errors may stand beside the handshake", () => {
  const frames = `6102 1020 01 0305 04 0102 00 ${stream(HELLO)} 02 00000008 0003 616263`;
  const one = shown(`09 ${CID} 51303339 01 ${HASH} ${frames}`);
  expect(one.text).toContain("Ack block length: 258");
  expect(one.text).toContain("CONNECTION_CLOSE Error code: GOAWAY frame data is malformed");
  expect(one.info).toBe("Connection Close, PKN: 1, CID: 72623859790382856");
});

test("a value that was cut off is told; one that cannot be ends the packet", () => {
  const cut = "43484c4f 0100 0000 50414400 ff000000 2d2d2d2d";
  expect(shown(`09 ${CID} 51303339 01 ${HASH} ${stream(cut.replace(/\s/g, ""))}`).text).toContain(
    "Truncated Tag Length...",
  );
  const wrong = "43484c4f 0100 0000 50414400 ffffffff 2d2d2d2d";
  expect(shown(`09 ${CID} 51303339 01 ${HASH} ${stream(wrong.replace(/\s/g, ""))}`).info).toContain(
    "[Malformed Packet]",
  );
});
