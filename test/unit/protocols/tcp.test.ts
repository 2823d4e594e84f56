import { describe, expect, it } from "vitest";
import { conversation, handshake } from "./builder.ts";

describe("TCP", () => {
  it("shows a header with its options as Wireshark does", () => {
    const [syn] = conversation({
      from: "a",
      flags: "S",
      seq: 1000,
      window: 65535,
      options: "020405b4010303050101080a000000010000000204020000",
    });
    expect(syn.info).toBe(
      "40000 → 50000 [SYN] Seq=0 Win=65535 Len=0 MSS=1460 WS=32 TSval=1 TSecr=2 SACK_PERM",
    );
    expect(syn.protocol).toBe("TCP");
    for (const line of [
      "Transmission Control Protocol, Src Port: 40000, Dst Port: 50000, Seq: 0, Len: 0",
      "Sequence Number: 0    (relative sequence number)",
      "1011 .... = Header Length: 44 bytes (11)",
      "Flags: 0x002 (SYN)",
      "Connection establish request (SYN): server port 50000",
      "TCP Flags: ··········S·",
      "Checksum: 0x0000 [unverified]",
      "TCP Option - Maximum segment size: 1460 bytes",
      "TCP Option - Window scale: 5 (multiply by 32)",
      "TCP Option - Timestamps: TSval 1, TSecr 2",
    ]) {
      expect(syn.text).toContain(line);
    }
  });

  it("scales the window once both sides agreed to", () => {
    const ws = "03030700";
    const frames = conversation(
      { from: "a", flags: "S", seq: 1, options: ws },
      { from: "b", flags: "SA", seq: 1, ack: 2, options: ws },
      { from: "a", flags: "A", seq: 2, ack: 2, window: 10 },
    );
    expect(frames[2].info).toContain("Win=1280 ");
    expect(frames[2].fields.get("tcp.window_size_scalefactor")).toEqual(["128"]);
    const without = conversation(...handshake()).at(-1)!;
    expect(without.text).toContain("[Window size scaling factor: -2 (no window scaling used)]");
    const [alone] = conversation({ from: "a", flags: "A", seq: 1, ack: 1 });
    expect(alone.text).toContain("[Window size scaling factor: -1 (unknown)]");
  });

  it("shows SACK edges relative to the other side", () => {
    const frames = conversation(...handshake(), {
      from: "b",
      flags: "A",
      seq: 5001,
      ack: 1001,
      options: "0101050a000003f3000003fd",
    });
    expect(frames[3].info).toContain("SLE=11 SRE=21");
    expect(frames[3].text).toContain("TCP Option - SACK 11-21");
  });

  it("marks a first SACK block that lies in the second one as a duplicate", () => {
    const sacked = (blocks: string) =>
      conversation(...handshake(), { from: "b", flags: "A", seq: 5001, ack: 1001, options: blocks })[3];
    const inside = sacked("01010512000003f3000003fd000003f000000400");
    expect(inside.fields.get("tcp.options.sack.dsack_le")).toEqual(["11"]);
    const apart = sacked("01010512000003f3000003fd0000040000000410");
    expect(apart.fields.has("tcp.options.sack.dsack_le")).toBe(false);
  });

  it("keeps going behind options and headers that cannot be", () => {
    const [broken] = conversation({ from: "a", flags: "A", seq: 1, ack: 1, options: "460c0000", data: "x" });
    expect(broken.text).toContain(
      "Unknown (0x46) (option length = 12 bytes says option goes past end of options)",
    );
    expect(broken.text).toContain("TCP payload (1 byte)");
    const [cut] = conversation({ from: "a", flags: "A", seq: 1, ack: 1, snap: 40 });
    expect(cut.text).toContain("[Packet size limited during capture: TCP truncated]");
  });

  it("shows the text of a reset", () => {
    const frames = conversation(...handshake(), { from: "b", flags: "RA", seq: 5001, ack: 1001, data: "go" });
    expect(frames[3].text).toContain("Reset cause: go");
    expect(frames[3].text).toContain("Connection reset (RST)");
  });
});
