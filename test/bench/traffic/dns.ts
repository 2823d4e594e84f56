/** DNS messages (RFC 1035), with names compressed to the question's. */
import { ascii, join, u8, u16, u32 } from "./bytes.ts";
import type { Random } from "./random.ts";

export const A = 1;
const NS = 2;
const CNAME = 5;
const SOA = 6;
export const PTR = 12;
const MX = 15;
const TXT = 16;
export const AAAA = 28;

function name(text: string): Uint8Array {
  return join(...text.split(".").map((label) => join(u8(label.length), ascii(label))), u8(0));
}

/** EDNS(0) with 1232 bytes of UDP payload (RFC 6891). */
const OPT = join(u8(0), u16(41, 1232), u32(0), u16(0));

export interface Question {
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly edns: boolean;
}

export function question(random: Random, host: string): Question {
  const type = random.pick([A, A, A, A, AAAA, AAAA, AAAA, MX, TXT, NS]);
  return { id: random.range(0, 65_535), name: host, type, edns: random.chance(0.4) };
}

export function query({ id, name: host, type, edns }: Question): Uint8Array {
  const head = u16(id, 0x0100, 1, 0, 0, edns ? 1 : 0);
  return join(head, name(host), u16(type, 1), edns ? OPT : u8());
}

/** The owner is `owner` (a pointer, mostly), the rest is the record. */
function record(owner: Uint8Array, type: number, ttl: number, data: Uint8Array): Uint8Array {
  return join(owner, u16(type, 1), u32(ttl), u16(data.length), data);
}

/**
 * The answer to a question.
 * @param address the host's address, of the kind asked for
 */
export function answer(random: Random, asked: Question, address: Uint8Array): Uint8Array {
  const { id, type, edns } = asked;
  const asking = u16(0xc00c);
  const ttl = random.pick([20, 60, 300, 3600, 86_400]);
  const answers: Uint8Array[] = [];
  const authority: Uint8Array[] = [];
  let code = 0;
  if (random.chance(0.06)) {
    code = 3;
    const soa = join(name("ns1.example.com"), name("hostmaster.example.com"), u32(2024010101));
    authority.push(record(u8(0), SOA, 900, join(soa, u32(7200), u32(3600), u32(1_209_600), u32(900))));
  } else if (type === A || type === AAAA) {
    let owner = asking;
    if (random.chance(0.3)) {
      const alias = `edge${random.range(1, 40)}.cdn.example.net`;
      answers.push(record(asking, CNAME, ttl, name(alias)));
      owner = name(alias);
    }
    for (let i = random.range(1, 4); i > 0; i--) {
      const data = address.slice();
      data[data.length - 1] = (data[data.length - 1]! + i - 1) & 255;
      answers.push(record(owner, type, ttl, data));
    }
  } else if (type === MX) {
    for (const host of ["mx1", "mx2"]) {
      answers.push(record(asking, MX, ttl, join(u16(10), name(`${host}.example.net`))));
    }
  } else if (type === TXT) {
    const text = ascii("v=spf1 include:_spf.example.net ip4:203.0.113.0/24 -all");
    answers.push(record(asking, TXT, ttl, join(u8(text.length), text)));
  } else if (type === NS) {
    for (const host of ["ns1", "ns2"]) answers.push(record(asking, NS, ttl, name(`${host}.example.com`)));
  } else {
    answers.push(record(asking, PTR, ttl, name("host.corp.test")));
  }
  const head = u16(id, 0x8180 | code, 1, answers.length, authority.length, edns ? 1 : 0);
  return join(head, name(asked.name), u16(type, 1), ...answers, ...authority, edns ? OPT : u8());
}

/** A multicast DNS question for a service (RFC 6762), and its answer. */
export function multicast(service: string, instance: string): readonly [Uint8Array, Uint8Array] {
  const asked = join(u16(0, 0, 1, 0, 0, 0), name(service), u16(PTR, 1));
  const told = join(
    u16(0, 0x8400, 0, 1, 0, 0),
    record(name(service), PTR, 4500, join(u8(instance.length), ascii(instance), u16(0xc00c))),
  );
  return [asked, told];
}
