/** Domain names as DNS messages carry them: labels and compression pointers, RFC 1035 3.1 and 4.1.4. */
import type { Dissection } from "../dissect/dissection.ts";
import type { Field } from "../dissect/field.ts";
import { decodeText, escapeText } from "../dissect/text.ts";

/** Longest name in its dotted form; RFC 1035 2.3.4 allows 255 octets on the wire. */
const NAME_LIMIT = 253;
/** Pointers and octets of a name beyond which following them further would serve who sent it alone. */
const MOST_POINTERS = 256;
const MOST_OCTETS = 4096;

/** Octets and labels of the name read last, as Wireshark counts them: from its text. */
export let nameLength = 0;
export let nameLabels = 0;

const scratch = new Uint8Array(NAME_LIMIT + 1);
let used = 0;
let plain = true;

/**
 * Reads the name at the cursor and moves on behind it.
 * @param message index in `d.buf` of the message's first octet, where compression pointers count from
 * @param wanted false when the text is not needed: the name is walked and checked, and "" returned
 * @returns the dotted name, octets that cannot be printed escaped; "<Root>" for the root
 */
export function readName(d: Dissection, message: number, wanted: boolean): string {
  const buf = d.buf;
  const size = d.wireEnd - message;
  let at = d.pos;
  let behind = -1;
  let processed = 0;
  let pointers = 0;
  used = 0;
  plain = true;
  for (;;) {
    d.needAt(at, 1);
    const length = buf[at++];
    processed++;
    if (length === 0) break;
    switch (length & 0xc0) {
      case 0x00:
        d.needAt(at, length);
        if (wanted) {
          if (used > 0) put(0x2e);
          for (let i = 0; i < length; i++) put(buf[at + i]);
        }
        at += length;
        processed += length;
        // In front of the first pointer each octet is walked once for all names.
        if (behind !== -1 && processed > MOST_OCTETS) {
          const loops = pointers > 1;
          return replaced(d, behind, loops ? "<Name contains a pointer that loops>" : "<Name too long>");
        }
        break;
      case 0xc0:
        d.needAt(at, 1);
        processed++;
        if (behind === -1) behind = at + 1;
        if (processed >= size || ++pointers > MOST_POINTERS)
          return replaced(d, behind, "<Name contains a pointer that loops>");
        at = message + (((length & 0x3f) << 8) | buf[at]);
        break;
      case 0x40: {
        // Only bit string labels (RFC 2673, historic) were ever defined.
        if (length !== 0x41 && at === d.pos + 1) d.malformed();
        if (length !== 0x41) return replaced(d, behind === -1 ? at : behind, "<Unknown extended label>");
        d.needAt(at, 1);
        const octets = buf[at] === 0 ? 1 : (buf[at] + 7) >> 3;
        d.needAt(at, 1 + octets);
        at += 1 + octets;
        processed += 1 + octets;
        break;
      }
      default:
        d.malformed();
    }
  }
  if (behind === -1) behind = at;
  d.pos = behind;
  if (!wanted) return "";
  if (used === 0) return replaced(d, behind, "<Root>");
  if (used > NAME_LIMIT) return replaced(d, behind, "<Name too long>");
  nameLength = used;
  nameLabels = 1;
  for (let i = 0; i < used; i++) if (scratch[i] === 0x2e) nameLabels++;
  if (plain) {
    let text = "";
    for (let i = 0; i < used; i++) text += String.fromCharCode(scratch[i]);
    return text;
  }
  return octetsText(scratch, 0, used);
}

function put(octet: number): void {
  if (used > NAME_LIMIT) return;
  scratch[used++] = octet;
  if (octet < 0x20 || octet > 0x7e) plain = false;
}

function replaced(d: Dissection, behind: number, text: string): string {
  d.pos = behind;
  nameLength = text.length;
  nameLabels = 1;
  return text;
}

/** Octets as UTF-8 text on one line, also behind a NUL. */
export function octetsText(buf: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; ) {
    const nul = buf.indexOf(0, at);
    const stop = nul === -1 || nul > end ? end : nul;
    text += escapeText(decodeText(buf, at, stop, "utf-8"));
    if (stop < end) text += "\\000";
    at = stop + 1;
  }
  return text;
}

/** Reads the name at the cursor and adds it as `field`. Returns its text when fields or columns are wanted. */
export function addName(d: Dissection, message: number, field: Field): string {
  const at = d.pos;
  const text = readName(d, message, d.building || d.columns);
  if (d.building) d.add(field, at, d.pos - at, text);
  return text;
}
