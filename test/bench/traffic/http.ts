/** HTTP/1.1 requests and responses (RFC 9112). */
import { ascii, join, type Payload, stream, u8, whole } from "./bytes.ts";
import type { Random } from "./random.ts";

const AGENTS = [
  "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
  "curl/8.5.0",
  "update-agent/2.1",
];
const PATHS = [
  "/",
  "/index.html",
  "/style/main.css",
  "/images/logo.png",
  "/api/v1/items",
  "/search",
  "/feed.xml",
];

export interface Exchange {
  readonly request: Payload;
  readonly response: Payload;
}

/** One request for `host` and its response, whose text is cut from `text`, other bodies from `noise`. */
export function exchange(random: Random, host: string, text: Uint8Array, noise: Uint8Array): Exchange {
  const luck = random.unit();
  const method = luck < 0.84 ? "GET" : luck < 0.93 ? "POST" : luck < 0.97 ? "HEAD" : "PUT";
  const path = `${random.pick(PATHS)}${random.chance(0.4) ? `?id=${random.range(1, 99_999)}` : ""}`;
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, `User-Agent: ${random.pick(AGENTS)}`];
  lines.push("Accept: */*", "Accept-Encoding: identity");
  if (random.chance(0.5)) lines.push(`Cookie: session=${hex(random, random.range(8, 40))}`);
  let form = "";
  if (method === "POST" || method === "PUT") {
    form = `name=value&count=${random.range(1, 1000)}&note=${hex(random, random.range(4, 300))}`;
    lines.push("Content-Type: application/x-www-form-urlencoded", `Content-Length: ${form.length}`);
  }
  const request = whole(ascii(`${lines.join("\r\n")}\r\n\r\n${form}`));
  return { request, response: response(random, method, text, noise) };
}

function response(random: Random, method: string, text: Uint8Array, noise: Uint8Array): Payload {
  const luck = random.unit();
  const status =
    luck < 0.8 ? "200 OK" : luck < 0.9 ? "304 Not Modified" : luck < 0.95 ? "302 Found" : "404 Not Found";
  const lines = [`HTTP/1.1 ${status}`, "Date: Tue, 14 Nov 2023 22:13:20 GMT", "Server: nginx/1.24.0"];
  if (status === "304 Not Modified") return whole(ascii(`${lines.join("\r\n")}\r\nETag: "a1b2"\r\n\r\n`));
  if (status === "302 Found") lines.push("Location: /index.html");
  const from = random.range(0, 60_000);
  const kind = random.unit();
  let type = "text/html; charset=utf-8";
  let length = Math.min(200_000, random.wait(3500));
  let pattern = text;
  if (status !== "200 OK") length = random.range(0, 400);
  else if (kind < 0.25) {
    const json = ascii(items(random));
    const head = [...lines, "Content-Type: application/json", `Content-Length: ${json.length}`];
    return whole(join(ascii(`${head.join("\r\n")}\r\n\r\n`), method === "HEAD" ? u8() : json));
  } else if (kind < 0.4) {
    return whole(
      chunked(random, lines, method === "HEAD" ? u8() : text.subarray(0, random.range(500, 20_000))),
    );
  } else if (kind < 0.65) {
    type = "application/octet-stream";
    length = random.chance(0.02) ? random.range(300_000, 2_000_000) : Math.min(250_000, random.wait(6000));
    pattern = noise;
  } else if (kind < 0.75) type = "text/css";
  lines.push(`Content-Type: ${type}`, `Content-Length: ${length}`, "Connection: keep-alive");
  return stream(ascii(`${lines.join("\r\n")}\r\n\r\n`), pattern, from, method === "HEAD" ? 0 : length);
}

function chunked(random: Random, lines: readonly string[], body: Uint8Array): Uint8Array {
  const head = [...lines, "Content-Type: text/html", "Transfer-Encoding: chunked"];
  const parts = [ascii(`${head.join("\r\n")}\r\n\r\n`)];
  if (body.length === 0) return parts[0]!;
  for (let at = 0; at < body.length; ) {
    const piece = body.subarray(at, at + random.range(200, 4096));
    parts.push(ascii(`${piece.length.toString(16)}\r\n`), piece, ascii("\r\n"));
    at += piece.length;
  }
  return join(...parts, ascii("0\r\n\r\n"));
}

function items(random: Random): string {
  const list = Array.from({ length: random.range(1, 25) }, () => ({
    id: random.range(1, 1_000_000),
    name: `item ${hex(random, 6)}`,
    price: random.range(100, 99_999) / 100,
    available: random.chance(0.7),
  }));
  return JSON.stringify({ items: list });
}

function hex(random: Random, digits: number): string {
  let out = "";
  while (out.length < digits) out += random.next().toString(16).padStart(8, "0");
  return out.slice(0, digits);
}
