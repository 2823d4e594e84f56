/** Names of NetBIOS: RFC 1001 section 14 and how they are shown. */
import type { Dissection } from "../dissect/dissection.ts";

/** What the last octet of a NetBIOS name stands for. */
export const NAME_KINDS: Readonly<Record<number, string>> = {
  0: "Workstation/Redirector",
  1: "Browser",
  2: "Workstation/Redirector",
  3: "Messenger service/Main name",
  5: "Forwarded name",
  6: "RAS Server service",
  27: "Domain Master Browser",
  28: "Domain Controllers",
  29: "Local Master Browser",
  30: "Browser Election Service",
  31: "Net DDE Service",
  32: "Server service",
  33: "RAS client service",
  34: "Exchange Interchange (MSMail Connector)",
  35: "Exchange Store",
  36: "Exchange Directory",
  43: "Lotus Notes Server service",
  48: "Modem sharing server service",
  49: "Modem sharing client service",
  67: "SMS Clients Remote Control",
  68: "SMS Administrators Remote Control Tool",
  69: "SMS Clients Remote Chat",
  70: "SMS Clients Remote Transfer",
  76: "DEC Pathworks TCP/IP Service on Windows NT",
  82: "DEC Pathworks TCP/IP Service on Windows NT",
  106: "Microsoft Exchange IMC",
  135: "Microsoft Exchange MTA",
  190: "Network Monitor Agent",
  191: "Network Monitor Analyzer",
};

/** Last octet of the name read last, which says what it names; -1 when the name is none. */
let nameKind = -1;

/** Reads a name, RFC 1001 14.1: sixteen octets as letters A to P, then the labels of the scope. */
export function readName(d: Dissection, message: number): string {
  const size = d.wireEnd - message;
  const labels: string[] = [];
  let octets = 0;
  let encoded: number[] | null = null;
  let behind = -1;
  for (let at = d.pos; ; ) {
    d.needAt(at, 1);
    const length = d.buf[at++];
    if (length === 0) {
      d.pos = behind === -1 ? at : behind;
      break;
    }
    if (length >= 0xc0) {
      d.needAt(at, 1);
      if (behind === -1) behind = at + 1;
      octets += 2;
      if (octets >= size) d.malformed();
      at = message + (((length & 0x3f) << 8) | d.buf[at]);
      continue;
    }
    if (length > 63) d.malformed();
    d.needAt(at, length);
    const label = Array.from(d.buf.subarray(at, at + length));
    if (encoded === null) encoded = label;
    else labels.push(label.map(showOctet).join(""));
    at += length;
    octets += length + 1;
    if (octets > 255) d.malformed();
  }
  const name = decodeName(encoded ?? []);
  return nameKind === -1 ? name : [name, ...labels].join(".");
}

const showOctet = (octet: number): string =>
  octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `<${octet.toString(16).padStart(2, "0")}>`;

function decodeName(letters: readonly number[]): string {
  nameKind = -1;
  const octets: number[] = [];
  if (letters.length === 0) return illegal("1st character not between A and Z in first-level encoding");
  for (let i = 0; i < letters.length; i += 2) {
    const high = letters[i] - 0x41;
    if (high < 0 || high > 25) return illegal("1st character not between A and Z in first-level encoding");
    if (i + 1 >= letters.length) return illegal("odd number of bytes");
    const low = letters[i + 1] - 0x41;
    if (low < 0 || low > 25) return illegal("2nd character not between A and Z in first-level encoding");
    octets.push(((high << 4) | low) & 0xff);
  }
  if (octets.length !== 16) return illegal("NetBIOS name is not 16 bytes long");
  return plainName(octets);
}

const illegal = (why: string): string => `Illegal NetBIOS name (${why})`;

/** `HOST<20>`: fifteen octets padded with blanks and the one that says what is named. */
export function plainName(octets: readonly number[]): string {
  nameKind = octets[15];
  let end = 15;
  while (end > 0 && octets[end - 1] === 0x20) end--;
  return `${octets.slice(0, end).map(showOctet).join("")}<${nameKind.toString(16).padStart(2, "0")}>`;
}

export const kindText = (): string => (nameKind === -1 ? "" : ` (${NAME_KINDS[nameKind] ?? "Unknown"})`);

/** A plain name without `<20>` at its end. */
export const withoutKind = (name: string): string => name.slice(0, -4);
