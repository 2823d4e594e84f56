/** The machines of the generated network: clients behind a gateway, servers beyond it, and what they are called. */
import { ascii, u8 } from "./bytes.ts";
import type { Random } from "./random.ts";
import type { Habits } from "./tcp.ts";
import type { Host } from "./wire.ts";

export interface Machine {
  readonly name: string;
  readonly v4: Host;
  readonly v6: Host;
  readonly habits: Habits;
}

const WORDS =
  "www static cdn images api mail shop news video login maps search docs blog status files media weather wiki web".split(
    " ",
  );
const DOMAINS =
  "example.com example.net example.org northwind.test contoso.test fabrikam.test wingtip.test acme.test globex.test".split(
    " ",
  );

const HABITS: readonly Habits[] = [
  { mss: 1460, timestamps: true, shift: 7, window: 64_256 },
  { mss: 1460, timestamps: true, shift: 7, window: 502 * 128 },
  { mss: 1460, timestamps: false, shift: 8, window: 262_144 },
  { mss: 1460, timestamps: true, shift: 6, window: 131_712 },
  { mss: 1380, timestamps: true, shift: 9, window: 65_536 },
];
/** A small device: little memory, no options. */
const EMBEDDED: Habits = { mss: 536, timestamps: false, shift: 0, window: 900 };

export const GATEWAY_MAC = u8(0x02, 0x5e, 0x10, 0x00, 0x00, 0x01);
export const BROADCAST = u8(0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

/** The nth client: 10.1.0.0/16, some in 192.168.7.0/24; 2001:db8:1::/64. */
export function client(random: Random, n: number): Machine {
  const mac = u8(0x02, 0x00, 0x5e, 0x01, n >> 8, n & 255);
  const hops = random.chance(0.7) ? 64 : 128;
  const home = n % 12 === 11;
  const address = home ? u8(192, 168, 7, 1 + (n - 11) / 12) : u8(10, 1, Math.floor(n / 250), 1 + (n % 250));
  const v6 = u8(0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 2, 0, 0x5e, 0xff, 0xfe, 1, n >> 8, n & 255);
  return {
    name: `pc-${n}.corp.test`,
    v4: { address, mac, hops, far: false, id: random.range(0, 65_535) },
    v6: { address: v6, mac, hops: 64, far: false, id: 0 },
    habits: random.chance(0.04) ? EMBEDDED : random.pick(HABITS),
  };
}

/** The nth server: 198.18.0.0/15 (RFC 2544) or 203.0.113.0/24 (RFC 5737); 2001:db8:ffff::/64. */
export function server(random: Random, n: number): Machine {
  const hops = random.pick([46, 49, 52, 54, 55, 57, 58, 113, 118, 240, 243]);
  const address = n < 60 ? u8(203, 0, 113, 1 + n) : u8(198, 18 + (n & 1), Math.floor(n / 250), 1 + (n % 250));
  const v6 = u8(0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, n >> 8, n & 255);
  const number = n < WORDS.length * DOMAINS.length ? "" : String(n);
  const name = `${WORDS[n % WORDS.length]}${number}.${DOMAINS[Math.floor(n / WORDS.length) % DOMAINS.length]}`;
  return {
    name,
    v4: { address, mac: GATEWAY_MAC, hops, far: true, id: random.range(0, 65_535) },
    v6: { address: v6, mac: GATEWAY_MAC, hops, far: true, id: 0 },
    habits: random.pick(HABITS),
  };
}

/** A machine of the office itself, with one address of each kind. */
export function local(name: string, address: Uint8Array, last: number): Machine {
  const mac = u8(0x02, 0x00, 0x5e, 0x02, 0, last);
  const v6 = u8(0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, last);
  return {
    name,
    v4: { address, mac, hops: 64, far: false, id: 1 },
    v6: { address: v6, mac, hops: 64, far: false, id: 0 },
    habits: HABITS[0]!,
  };
}

/** A group: 224.0.0.251 and the like, with the MAC address that belongs to it (RFC 1112, 6.4). */
export function group(a: number, b: number, c: number, d: number): Host {
  return { address: u8(a, b, c, d), mac: u8(1, 0, 0x5e, b & 127, c, d), hops: 255, far: false, id: 0 };
}

const SENTENCES =
  "<p>The quick brown fox jumps over the lazy dog while packets travel from host to host.</p>\n" +
  '<li class="entry"><a href="/catalogue/item">Read more about this item</a> &middot; 42 comments</li>\n' +
  "function render(list) { return list.map((item) => item.title).join(', '); }\n" +
  ".header { margin: 0 auto; padding: 1rem 2rem; color: #223344; background: white }\n" +
  "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.\n";

/** 64 KiB of lines of text that pages are cut from. */
export function text(random: Random): Uint8Array {
  const lines = SENTENCES.split("\n").filter((line) => line !== "");
  let out = "";
  while (out.length < 65_536) out += `${random.pick(lines)}\n`;
  return ascii(out);
}
