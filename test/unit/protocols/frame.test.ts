import { describe, expect, it } from "vitest";
import {
  CaptureMemory,
  Dissection,
  MODE_TREE,
  NO_CONTEXT,
  type RecordFacts,
} from "../../../engine/dissect/dissection.ts";
import { dissectFrame } from "../../../engine/protocols/frame.ts";
import "../../../engine/protocols/index.ts";
import { type Dissected, fromHex, readOut } from "./harness.ts";

const NOTHING: RecordFacts = {
  flags: undefined,
  dropCount: undefined,
  queue: undefined,
  packetId: undefined,
  verdicts: [],
};

function seen(record: Partial<RecordFacts>, hex = "00".repeat(20), linkType = 1): Dissected {
  const d = new Dissection(new CaptureMemory(), () => undefined);
  const bytes = fromHex(hex);
  d.setMode(MODE_TREE, true);
  d.context = {
    ...NO_CONTEXT,
    interfaceName: "eth0",
    interfaceDescription: "the first",
    record: { ...NOTHING, ...record },
  };
  const { length } = bytes;
  d.begin(bytes, 0, { number: 1, len: length, capLen: length, sec: 0, nsec: 0, iface: 0, linkType });
  dissectFrame(d);
  return readOut(d);
}

describe("what a capture file says of a frame", () => {
  it("shows the packet flags bit by bit, and the direction in the frame's line", () => {
    const inbound = seen({ flags: 0x0100_0085 });
    expect(inbound.text).toContain("captured (160 bits) on interface eth0, id 0 (inbound)");
    expect(inbound.text).toContain(
      [
        "  Packet flags: 0x01000085",
        "    .... .... .... .... .... .... .... ..01 = Direction: Inbound (0x1)",
        "    .... .... .... .... .... .... ...0 01.. = Reception type: Unicast (1)",
        "    .... .... .... .... .... ...0 100. .... = FCS length: 4",
        "    .... .... .... .... 0000 000. .... .... = Reserved: 0",
        "    .... ...1 .... .... .... .... .... .... = CRC error: Set",
        "    .... ..0. .... .... .... .... .... .... = Packet too long error: Not set",
      ].join("\n"),
    );
    expect(inbound.text).toContain("  Point-to-Point Direction: Received (1)");
    const outbound = seen({ flags: 2 });
    expect(outbound.text).toContain("id 0 (outbound)");
    expect(outbound.text).toContain("  Point-to-Point Direction: Sent (0)");
    const neither = seen({ flags: 0 });
    expect(neither.text).not.toContain("bound)");
    expect(neither.fields.has("frame.p2p_dir")).toBe(false);
    expect(neither.fields.get("frame.packet_flags")).toEqual(["0x00000000"]);
  });

  it("shows queue, packet id, drop count and verdicts", () => {
    const one = seen({
      queue: 5,
      packetId: 1n << 40n,
      dropCount: 7,
      verdicts: [
        { type: 0, value: Uint8Array.of(1, 2) },
        { type: 1, value: -1n },
        { type: 2, value: 2n },
        { type: 9, value: Uint8Array.of(3) },
      ],
    });
    expect(one.text).toContain(
      [
        "  Interface queue: 5",
        "  Packet id: 1099511627776",
        "  Verdict: , Hardware (0), eBPF_TC (1), eBPF_XDP (2), Unknown (9)",
        "    Hardware: 01 02",
        "    eBPF TC: TC_ACT_UNSPEC (-1)",
        "    eBPF XDP: XDP_PASS (2)",
        "    Unknown: 03",
      ].join("\n"),
    );
    expect(one.text).toContain("  Drop Count: 7");
  });

  it("shows nothing of options that are not there", () => {
    const one = seen({});
    for (const name of one.fields.keys()) {
      expect(name).not.toMatch(/^frame\.(packet_|verdict|drop|interface_queue|p2p)/);
    }
  });

  it("takes the direction from the pseudo-headers of Bluetooth and PPP", () => {
    expect(seen({}, "0000000101030c00", 201).text).toContain("Point-to-Point Direction: Received (1)");
    expect(seen({}, "0000000001030c00", 201).text).toContain("Point-to-Point Direction: Sent (0)");
    expect(seen({}, "00ff03c02101010004", 204).text).toContain("Point-to-Point Direction: Received (1)");
    expect(seen({}, "01ff03c02101010004", 204).text).toContain("Point-to-Point Direction: Sent (0)");
  });
});
