import { describe, expect, test } from "vitest";
import { CaptureMemory, Dissection, MODE_INDEX, MODE_TREE } from "../../../engine/dissect/dissection.ts";
import { chainText, dissectFrame } from "../../../engine/protocols/frame.ts";
import { type Dissected, fromHex, readOut } from "./harness.ts";

const word = (n: number): string => n.toString(16).padStart(4, "0");
const three = (n: number): string => n.toString(16).padStart(6, "0");

/** An IPv4 packet with a UDP datagram. */
function datagram(source: number, destination: number, payload: string): Uint8Array {
  const length = payload.length / 2 + 8;
  const [a, b] = source > destination ? ["0a000001", "0a000002"] : ["0a000002", "0a000001"];
  return fromHex(
    `4500${word(length + 20)}0000000040110000${a}${b}${word(source)}${word(destination)}${word(length)}0000${payload}`,
  );
}

function record(type: string, body: string, version = "fefd", epoch = 0): string {
  return `${type}${version}${word(epoch)}000000000001${word(body.length / 2)}${body}`;
}

/** A handshake message, or the bytes of one from an offset on. */
function message(type: string, sequence: number, whole: string, from = 0, to = whole.length / 2): string {
  const piece = whole.slice(2 * from, 2 * to);
  return `${type}${three(whole.length / 2)}${word(sequence)}${three(from)}${three(to - from)}${piece}`;
}

/** Dissects frames in order. */
function conversation(...frames: readonly Uint8Array[]): Dissected[] {
  const run = (tree: boolean): Dissected[] => {
    const d = new Dissection(new CaptureMemory(), (frame) => frames[frame - 1]);
    d.setMode(tree ? MODE_TREE : MODE_INDEX, tree);
    return frames.map((bytes, i) => {
      const facts = { len: bytes.length, capLen: bytes.length, nsec: 0, iface: 0, linkType: 101 };
      d.begin(bytes, 0, { number: i + 1, sec: i, ...facts });
      dissectFrame(d);
      if (tree) return readOut(d);
      return { text: "", info: "", protocol: "", chain: chainText(d), fields: new Map() };
    });
  };
  const shown = run(true);
  expect(run(false).map(({ chain }) => chain)).toEqual(shown.map(({ chain }) => chain));
  return shown;
}

const RANDOM = "ab".repeat(32);
const SRTP = "000e000900040001000702aabb";
const ID = "0036000403010203";
const extensions = (list: string): string => `${word(list.length / 2)}${list}`;
const CLIENT_HELLO = `fefd${RANDOM}00${"03010203"}0002c02b0100${extensions(SRTP + ID)}`;
const SERVER_HELLO = `fefd${RANDOM}00c02b00${extensions(ID)}`;

test("hellos have a cookie, profiles of SRTP and connection ids", () => {
  const [client, verify, server, data] = conversation(
    datagram(40000, 5684, record("16", message("01", 0, CLIENT_HELLO))),
    datagram(5684, 40000, record("16", message("03", 0, "feff04aabbccdd"), "feff")),
    datagram(5684, 40000, record("16", message("02", 1, SERVER_HELLO))),
    datagram(40000, 5684, `19fefd0001000000000001${"010203"}000461626364`),
  );
  expect(client.protocol).toBe("DTLS");
  expect(client.info).toBe("Client Hello");
  expect(client.text).toContain("DTLS Record Layer: Handshake Protocol: Client Hello");
  expect(client.fields.get("dtls.handshake.cookie")).toEqual(["010203"]);
  expect(client.text).toContain("SRTP Protection Profile: SRTP_AEAD_AES_128_GCM (0x0007)");
  expect(client.text).toContain("Connection ID: 010203");
  expect(verify.protocol).toBe("DTLSv1.0");
  expect(verify.text).toContain("Cookie: aabbccdd");
  expect(server.protocol).toBe("DTLSv1.2");
  expect(server.text).toContain("Cipher Suite: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 (0xc02b)");
  expect(data.info).toBe("Connection ID");
  expect(data.fields.get("dtls.record.connection_id")).toEqual(["010203"]);
  expect(data.text).toContain("Encrypted Record Content: 61626364");
});

describe("fragments", () => {
  const whole = `20${"cd".repeat(32)}`;
  const send = (...messages: string[]): Uint8Array =>
    datagram(40000, 50000, messages.map((one) => record("16", one)).join(""));

  test("are put together in any order", () => {
    const [one, two] = conversation(
      send(message("10", 2, whole, 20)),
      send(message("10", 2, whole, 0, 20), message("0e", 3, "")),
    );
    expect(one.info).toBe("Client Key Exchange (Fragment)");
    expect(two.info).toBe("Client Key Exchange (Reassembled), Server Hello Done");
    expect(two.text).toContain("[2 Message fragments (33 bytes): #2(20), #1(13)]");
    expect(two.text).toContain("[Reassembled DTLS length: 33]");
  });

  test("that cannot be are told", () => {
    const [long, past] = conversation(
      send(`10${three(5)}0002${three(0)}${three(10)}${"00".repeat(10)}`),
      send(`10${three(33)}0002${three(30)}${three(10)}${"00".repeat(10)}`),
    );
    expect(long.text).toContain("Fragment length is larger than message length");
    expect(past.text).toContain("Fragment runs past the end of the message");
  });
});

test("records are recognised one datagram at a time", () => {
  const [data, alert, other] = conversation(
    datagram(40000, 50000, record("17", "0102", "fefd", 1).repeat(2)),
    datagram(40000, 50000, record("15", "0228")),
    datagram(40000, 50000, "0102030405060708090a0b0c0d0e0f"),
  );
  expect(data.info).toBe("Application Data, Application Data");
  expect(data.protocol).toBe("DTLSv1.2");
  expect(alert.info).toBe("Alert (Level: Fatal, Description: Handshake Failure)");
  expect(other.chain).toBe("raw:ip:udp:data");
});

test("what is not readable is encrypted, cut short or no record", () => {
  const [encrypted, short, none] = conversation(
    datagram(40000, 50000, record("16", `00010000${"01".repeat(30)}`, "fefd", 1)),
    datagram(40001, 5684, record("16", "01020304")),
    datagram(40002, 5684, "99fefd"),
  );
  expect(encrypted.info).toBe("Encrypted Handshake Message");
  expect(short.info).toBe("[Malformed Packet]");
  expect(none.info).toBe("Continuation Data");
});

test("every truncation and every flipped byte is survived", () => {
  const whole = datagram(40000, 5684, record("16", message("01", 0, CLIENT_HELLO)));
  for (let i = 29; i < whole.length; i++) {
    const flipped = whole.slice();
    flipped[i] ^= 0xff;
    for (const bytes of [whole.subarray(0, i), flipped]) {
      expect(conversation(bytes)[0].text).not.toContain("Dissector bug");
    }
  }
});
