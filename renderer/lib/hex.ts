/** Bytes as text: the rows of the hex pane and the formats they are copied in. */

export const BYTES_PER_ROW = 16;

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

/** Two lower-case hex digits. */
export function hexByte(value: number): string {
  return HEX[value & 0xff] ?? "00";
}

/** The printable ASCII character, a dot for everything else. */
export function asciiByte(value: number): string {
  return value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : ".";
}

/** Offset at the beginning of a row: four hex digits, more when there are 64 KiB or more. */
export function offsetText(offset: number, length: number): string {
  return offset.toString(16).padStart(length > 0x10000 ? 8 : 4, "0");
}

/** Decodes base64 (RFC 4648 section 4). */
export function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Encodes base64 (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  }
  return btoa(binary);
}

/** One row: offset, hex in two groups of eight, ASCII. The hex part has always the same width. */
export function hexDumpRow(bytes: Uint8Array, start: number, firstOffset = 0): string {
  const row = bytes.subarray(start, start + BYTES_PER_ROW);
  let hex = "";
  let ascii = "";
  for (let i = 0; i < BYTES_PER_ROW; i++) {
    if (i === 8) hex += " ";
    const value = row[i];
    hex += value === undefined ? "   " : ` ${hexByte(value)}`;
    if (value !== undefined) ascii += asciiByte(value);
  }
  return `${offsetText(firstOffset + start, firstOffset + bytes.length)} ${hex}   ${ascii}`;
}

export const COPY_FORMATS = ["dump", "stream", "text", "c", "base64"] as const;
export type CopyFormat = (typeof COPY_FORMATS)[number];

export const COPY_FORMAT_TITLES: Record<CopyFormat, string> = {
  dump: "As hex dump",
  stream: "As hex stream",
  text: "As printable text",
  c: "As C array",
  base64: "As base64",
};

/**
 * Bytes as text for the clipboard.
 * @param offset where the bytes stand in their source; shown by the hex dump
 */
export function formatBytes(bytes: Uint8Array, format: CopyFormat, offset = 0): string {
  switch (format) {
    case "dump": {
      const lines: string[] = [];
      for (let start = 0; start < bytes.length; start += BYTES_PER_ROW) {
        lines.push(hexDumpRow(bytes, start, offset));
      }
      return lines.join("\n");
    }
    case "stream":
      return Array.from(bytes, hexByte).join("");
    case "text": {
      // Printable text as it is, line breaks and tabs kept, everything else left out.
      let text = "";
      for (const value of bytes) {
        if (value === 0x0a || value === 0x0d || value === 0x09 || (value >= 0x20 && value < 0x7f)) {
          text += String.fromCharCode(value);
        }
      }
      return text;
    }
    case "c": {
      const lines: string[] = [];
      for (let start = 0; start < bytes.length; start += BYTES_PER_ROW) {
        const row = Array.from(bytes.subarray(start, start + BYTES_PER_ROW), (b) => `0x${hexByte(b)}`);
        lines.push(`  ${row.join(", ")}`);
      }
      return `static const unsigned char packet_bytes[${bytes.length}] = {\n${lines.join(",\n")}\n};`;
    }
    case "base64":
      return toBase64(bytes);
  }
}
