import { describe, expect, it } from "vitest";
import { formatBytes, fromBase64, hexDumpRow, offsetText, toBase64 } from "../../../renderer/lib/hex.ts";

const bytes = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\u0001");

describe("bytes as text", () => {
  it("dumps rows of the same width", () => {
    expect(hexDumpRow(bytes, 0)).toBe(
      "0000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a   GET / HTTP/1.1..",
    );
    const last = hexDumpRow(bytes, 16);
    expect(last).toBe("0010  48 6f 73 74 3a 20 61 0d  0a 01                     Host: a...");
    expect(last.indexOf("Host")).toBe(hexDumpRow(bytes, 0).indexOf("GET"));
  });
  it("writes longer offsets for more than 64 KiB", () => {
    expect(offsetText(0x10, 0x10000)).toBe("0010");
    expect(offsetText(0x10, 0x10001)).toBe("00000010");
  });
  it("counts offsets from where the bytes stand", () => {
    expect(formatBytes(bytes.subarray(0, 3), "dump", 0x20).startsWith("0020  47 45 54 ")).toBe(true);
  });
  it("copies a stream, text, a C array and base64", () => {
    expect(formatBytes(bytes.subarray(0, 4), "stream")).toBe("47455420");
    expect(formatBytes(bytes, "text")).toBe("GET / HTTP/1.1\r\nHost: a\r\n");
    expect(formatBytes(bytes.subarray(0, 2), "c")).toBe(
      "static const unsigned char packet_bytes[2] = {\n  0x47, 0x45\n};",
    );
    expect(formatBytes(bytes.subarray(0, 17), "c").split("\n")).toHaveLength(4);
    expect(formatBytes(bytes.subarray(0, 4), "base64")).toBe("R0VUIA==");
  });
  it("reads what it writes as base64, also when it is long", () => {
    const long = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) & 0xff);
    expect(fromBase64(toBase64(long))).toEqual(long);
  });
});
