/** Bytes as hex and ASCII. */

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));
const WIDTH = 16;

/** Lines of 16 bytes: offset, hex, ASCII; each ends with a line feed. */
export function hexDump(bytes: Uint8Array): string {
  const digits = bytes.length > 0x10000 ? 8 : 4;
  let text = "";
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const end = Math.min(at + WIDTH, bytes.length);
    let hex = "";
    let ascii = "";
    for (let i = at; i < end; i++) {
      const value = bytes[i];
      hex += `${HEX[value]} `;
      ascii += value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : ".";
    }
    text += `${at.toString(16).padStart(digits, "0")}  ${hex.padEnd(WIDTH * 3)}  ${ascii}\n`;
  }
  return text;
}

/** `0a1b2c` */
export function plainHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}
