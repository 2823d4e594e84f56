/** TLS 1.2 and 1.3 as it looks on the wire (RFC 5246, RFC 8446): handshakes in full, noise for what is encrypted. */
import { ascii, join, type Payload, u8, u16, u24 } from "./bytes.ts";
import type { Random } from "./random.ts";

const CHANGE = 20;
const HANDSHAKE = 22;
const DATA = 23;

/** Bytes of application data in a full record. */
const FULL = 16_384;

function record(type: number, version: number, body: Uint8Array): Uint8Array {
  return join(u8(type), u16(version, body.length), body);
}

function message(type: number, body: Uint8Array): Uint8Array {
  return join(u8(type), u24(body.length), body);
}

function extension(type: number, body: Uint8Array): Uint8Array {
  return join(u16(type, body.length), body);
}

/** A vector with its length in two bytes. */
const vector = (body: Uint8Array): Uint8Array => join(u16(body.length), body);

const change = record(CHANGE, 0x0303, u8(1));

/** The messages of one handshake, in order, as the client (even) and the server (odd) send them. */
export function handshake(
  random: Random,
  host: string,
  modern: boolean,
  certificate: Uint8Array,
): readonly Uint8Array[] {
  const session = random.bytes(32);
  const hello = record(HANDSHAKE, 0x0301, clientHello(random, host, session, modern));
  if (modern) {
    const sealed = (n: number): Uint8Array => record(DATA, 0x0303, random.bytes(n));
    const share = extension(51, join(u16(29), vector(random.bytes(32))));
    const chosen = join(extension(43, u16(0x0304)), share);
    const answer = record(HANDSHAKE, 0x0303, serverHello(random, session, 0x1301, chosen));
    const rest = sealed(random.range(1200, 4200));
    return [hello, join(answer, change, sealed(40), rest, sealed(280), sealed(69)), join(change, sealed(69))];
  }
  const extensions = join(
    extension(0xff01, u8(0)),
    extension(11, u8(1, 0)),
    extension(16, vector(protocol("http/1.1"))),
  );
  const point = join(u8(4), random.bytes(64));
  const signature = join(u16(0x0804), vector(random.bytes(256)));
  const flight = join(
    record(HANDSHAKE, 0x0303, serverHello(random, session, 0xc02f, extensions)),
    record(HANDSHAKE, 0x0303, message(11, chain(certificate))),
    record(HANDSHAKE, 0x0303, message(12, join(u8(3), u16(23), u8(point.length), point, signature))),
    record(HANDSHAKE, 0x0303, message(14, u8())),
  );
  const key = join(u8(4), random.bytes(64));
  const finished = record(HANDSHAKE, 0x0303, random.bytes(40));
  const ticket = message(4, join(u8(0, 0, 0x1c, 0x20), vector(random.bytes(176))));
  return [
    hello,
    flight,
    join(record(HANDSHAKE, 0x0303, message(16, join(u8(key.length), key))), change, finished),
    join(record(HANDSHAKE, 0x0303, ticket), change, record(HANDSHAKE, 0x0303, random.bytes(40))),
  ];
}

const protocol = (name: string): Uint8Array => join(u8(name.length), ascii(name));

function clientHello(random: Random, host: string, session: Uint8Array, modern: boolean): Uint8Array {
  const suites = modern
    ? u16(0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f)
    : u16(0xc02b, 0xc02f, 0xc030, 0x009c, 0x002f);
  const name = ascii(host);
  const extensions = [
    extension(0, vector(join(u8(0), vector(name)))),
    extension(23, u8()),
    extension(0xff01, u8(0)),
    extension(10, vector(u16(29, 23, 24))),
    extension(11, u8(1, 0)),
    extension(35, u8()),
    extension(16, vector(join(protocol("h2"), protocol("http/1.1")))),
    extension(13, vector(u16(0x0403, 0x0804, 0x0401, 0x0503, 0x0805))),
  ];
  if (modern) {
    extensions.push(
      extension(51, vector(join(u16(29), vector(random.bytes(32))))),
      extension(45, u8(1, 1)),
      extension(43, u8(4, 3, 4, 3, 3)),
    );
  }
  return message(
    1,
    join(
      u16(0x0303),
      random.bytes(32),
      u8(session.length),
      session,
      vector(suites),
      u8(1, 0),
      vector(join(...extensions)),
    ),
  );
}

function serverHello(random: Random, session: Uint8Array, suite: number, extensions: Uint8Array): Uint8Array {
  const head = join(u16(0x0303), random.bytes(32), u8(session.length), session, u16(suite), u8(0));
  return message(2, join(head, vector(extensions)));
}

const chain = (certificate: Uint8Array): Uint8Array => {
  const entry = join(u24(certificate.length), certificate);
  return join(u24(entry.length), entry);
};

/** `length` bytes of application data in records, their contents cut from `noise`. */
export function applicationData(length: number, noise: Uint8Array, from: number): Payload {
  const records = Math.ceil(length / FULL);
  return {
    length: length + records * 5,
    fill(target, at, offset, n) {
      for (let done = 0; done < n; ) {
        const place = offset + done;
        const index = Math.floor(place / (FULL + 5));
        const within = place - index * (FULL + 5);
        if (within < 5) {
          const size = Math.min(FULL, length - index * FULL);
          target[at + done] = [DATA, 3, 3, size >> 8, size & 255][within]!;
          done++;
          continue;
        }
        const start = (from + place) % noise.length;
        const piece = Math.min(n - done, FULL + 5 - within, noise.length - start);
        target.set(noise.subarray(start, start + piece), at + done);
        done += piece;
      }
    },
  };
}

/** An encrypted alert: close_notify, as an observer sees it. */
export function farewell(random: Random, modern: boolean): Uint8Array {
  return modern ? record(DATA, 0x0303, random.bytes(19)) : record(21, 0x0303, random.bytes(26));
}

// ------------------------------------------------------------------ a certificate (X.690, RFC 5280)

function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = join(...parts);
  const n = body.length;
  const size = n < 128 ? u8(n) : n < 256 ? u8(0x81, n) : u8(0x82, n >> 8, n & 255);
  return join(u8(tag), size, body);
}

const oid = (...bytes: number[]): Uint8Array => der(6, u8(...bytes));
const commonName = (name: string): Uint8Array =>
  der(0x30, der(0x31, der(0x30, oid(0x55, 4, 3), der(12, ascii(name)))));
const positive = (bytes: Uint8Array): Uint8Array => der(2, join(u8(0), bytes));

/** A certificate for `host`, well formed; its key and signature are noise. */
export function certificate(random: Random, host: string): Uint8Array {
  const serial = random.bytes(15);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const algorithm = der(0x30, oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11), u8(5, 0));
  const encryption = der(0x30, oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1), u8(5, 0));
  const modulus = random.bytes(256);
  modulus[0] = modulus[0]! | 0x80;
  const key = der(0x30, positive(modulus), der(2, u8(1, 0, 1)));
  const names = der(0x30, der(0x82, ascii(host)), der(0x82, ascii(`alt.${host}`)));
  const body = der(
    0x30,
    der(0xa0, der(2, u8(2))),
    der(2, serial),
    algorithm,
    commonName("Example Issuing CA 1"),
    der(0x30, der(23, ascii("230101000000Z")), der(23, ascii("260101000000Z"))),
    commonName(host),
    der(0x30, encryption, der(3, u8(0), key)),
    der(0xa3, der(0x30, der(0x30, oid(0x55, 0x1d, 17), der(4, names)))),
  );
  return der(0x30, body, algorithm, der(3, u8(0), random.bytes(256)));
}
