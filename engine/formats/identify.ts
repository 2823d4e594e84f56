import { isPcap } from "./pcap.ts";
import { isPcapng } from "./pcapng.ts";
import type { Format } from "./types.ts";

/** What the first bytes of a file say it is. */
export type Kind = Format | "gzip" | "zstd" | "other";

/** Tells captures and compressed files by their first four bytes. */
export function identify(head: Uint8Array): Kind {
  if (isPcapng(head)) return "pcapng";
  if (isPcap(head)) return "pcap";
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  // A zstd file may begin with a skippable frame (RFC 8878, 3.1.2).
  const rest = head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  if (head[0] === 0x28 && rest) return "zstd";
  if ((head[0]! & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) return "zstd";
  return "other";
}

const CONVERT = "convert it with `editcap -F pcapng IN OUT`";
const UNPACK = "unpack it first";

/** First bytes (latin-1) → what such a file is, and what can be done about it. */
const SIGNATURES: readonly (readonly [string, string, string?])[] = [
  ["snoop\0\0\0", "a snoop capture", CONVERT],
  ["btsnoop\0", "a btsnoop capture", CONVERT],
  ["GMBU", "a Microsoft Network Monitor capture", CONVERT],
  ["RTSS", "a Microsoft Network Monitor 1 capture", CONVERT],
  ["XCP\0", "a NetXRay or Windows Sniffer capture", CONVERT],
  ["TRSNIFF data", "a Sniffer capture", CONVERT],
  ["\x7fver", "an EtherPeek capture", CONVERT],
  ["\x7fELF", "an ELF program or library"],
  ["MZ", "a Windows program"],
  ["%PDF", "a PDF document"],
  ["PK\x03\x04", "a zip archive", UNPACK],
  ["PK\x05\x06", "an empty zip archive"],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK],
  ["Rar!", "a RAR archive", UNPACK],
  ["BZh", "bzip2-compressed data", UNPACK],
  ["\xfd7zXZ\0", "xz-compressed data", UNPACK],
  ["\x04\x22\x4d\x18", "lz4-compressed data", UNPACK],
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["GIF8", "a GIF image"],
  ["SQLite format 3\0", "an SQLite database"],
  ["<?xml", "an XML document"],
  ["<!DOCTYPE", "an HTML page"],
  ["<html", "an HTML page"],
  ["# CLIENT_RANDOM", "a TLS key log"],
  ["CLIENT_RANDOM", "a TLS key log"],
];

/**
 * Names what a file looks like that is no capture, with its first bytes.
 *
 * @param head the first 512 bytes or fewer
 * @returns the rest of a sentence that begins with the file's name: "is a PDF document, not a capture
 *   (first bytes 25 50 44 46)."
 */
export function describeOther(head: Uint8Array): string {
  const hex = Buffer.from(head.subarray(0, 8)).toString("hex").replace(/../g, "$& ").trim();
  const latin = Buffer.from(head).toString("latin1");
  const known = SIGNATURES.find(([signature]) => latin.startsWith(signature));
  const tar = latin.slice(257, 262) === "ustar";
  const what = known?.[1] ?? (tar ? "a tar archive" : looksLikeText(head) ? "a text file" : undefined);
  const advice = known?.[2] ?? (tar ? UNPACK : undefined);
  if (what === undefined) {
    return `is not a capture in a format Tapline knows, pcap or pcapng (first bytes ${hex}).`;
  }
  const capture = what.endsWith(" capture");
  const not = capture ? ", a format Tapline does not read" : ", not a capture";
  return `is ${what}${not} (first bytes ${hex})${advice ? `; ${advice}` : ""}.`;
}

function looksLikeText(head: Uint8Array): boolean {
  for (const byte of head) {
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) return false;
    if (byte === 127) return false;
  }
  return true;
}
