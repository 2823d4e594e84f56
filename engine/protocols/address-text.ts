/** Internet addresses as protocols write them in text. */

/** Four numbers and dots; null for anything else. */
export function parseIpv4(text: string): Uint8Array | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text ?? "");
  if (match === null) return null;
  const numbers = match.slice(1).map(Number);
  return numbers.every((number) => number < 256) ? Uint8Array.from(numbers) : null;
}

/** RFC 4291 section 2.2, without a zone; null for anything else. */
export function parseIpv6(text: string): Uint8Array | null {
  let written = text;
  const tail = /(?:^|:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail !== null) {
    const four = parseIpv4(tail[1]);
    if (four === null) return null;
    const words = [(four[0] << 8) | four[1], (four[2] << 8) | four[3]].map((word) => word.toString(16));
    written = text.slice(0, text.length - tail[1].length) + words.join(":");
  }
  const halves = written.split("::");
  if (halves.length > 2) return null;
  const [front, back] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const count = front.length + (back?.length ?? 0);
  if (back === undefined ? count !== 8 : count > 7) return null;
  const words = back === undefined ? front : [...front, ...Array<string>(8 - count).fill("0"), ...back];
  if (!words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return null;
  const bytes = new Uint8Array(16);
  words.forEach((word, i) => {
    const number = Number.parseInt(word, 16);
    bytes[2 * i] = number >> 8;
    bytes[2 * i + 1] = number & 0xff;
  });
  return bytes;
}
