import { describe, expect, it } from "vitest";
import { Frames } from "./frames.ts";
import { dissect } from "./harness.ts";

const ACK = "d4000000aabbccddeeff";
const le = (value: number, bytes: number): string => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer.subarray(0, bytes).toString("hex");
};
/** A header with a time stamp, a rate of 6 Mb/s and a channel of 5 GHz. */
const ofdm = (tsf: number): string => `000016000d000000${le(tsf, 8)}0c003c144001${ACK}`;
/** A header with a time stamp, a channel and MCS 7. */
const ht = (tsf: number): string => `0000170009000800${le(tsf, 8)}3c144001070407`;
const QOS = `88010000aabbccddeeff001122334455aabbccddeeff10000000${"55".repeat(36)}`;

describe("802.11 radio information", () => {
  it("tells the time between frames", () => {
    const frames = [ofdm(1000), ofdm(1100), ofdm(1140)];
    const found = new Frames(frames, 127).inOrder();
    expect(found[0].text).toContain("Duration: 40µs");
    expect(found[0].text).not.toContain("IFS");
    expect(found[1].text).toContain("IFS: 60µs");
    expect(found[2].text).not.toContain("IFS");
    expect(new Frames(frames, 127).index().again(2).text).toBe(found[1].text);
  });

  it("tells how long the frames of an A-MPDU took", () => {
    const found = new Frames([ht(5000) + QOS, ht(5000) + QOS], 127).inOrder();
    expect(found[0].text).toContain("Preamble: 36µs");
    expect(found[1].text).toContain("This MPDU is part of an A-MPDU");
    expect(found[1].text).toContain("Aggregate Duration: 54µs");
    expect(found[1].text).toContain("IFS: -7µs");
  });

  it("tells of VHT", () => {
    const vht = "ff0104049200000001054d00";
    const header = `000020000900200 0${le(9000, 8)}3c144001${vht}`;
    const found = dissect(header + QOS, { linkType: 127 });
    expect(found.text).toContain("PHY type: 802.11ac (VHT) (8)");
    expect(found.text).toContain("MCS index: 9 (256-QAM 5/6)");
    expect(found.text).toContain("Data rate: 866.7 Mb/s");
    expect(found.text).toContain("Partial AID: 77");
  });

  it("knows combinations that VHT does not have", () => {
    const vht = "ff0100009100000000000000";
    const found = dissect(`000020000900200 0${le(9000, 8)}3c144001${vht}${QOS}`, { linkType: 127 });
    expect(found.text).toContain("Data rate invalid");
    expect(found.text).not.toContain("µs");
  });

  it("does not take what follows a PPDU without a PSDU for a frame", () => {
    const found = dissect(`0000090000000004${"00"}d4000000`, { linkType: 127 });
    expect(found.chain).toBe("radiotap");
    expect(found.text).toContain("Type: sounding PPDU (0x00)");
  });

  it("shows HE-MU fields by what is known", () => {
    const found = dissect(`0000140000000001ffff00000102030405060708${QOS}`, { linkType: 127 });
    expect(found.text).toContain("Chan1 RU[3] index: 4");
    expect(found.text).toContain("# of HE-SIG-B Symbols or # of MU-MIMO Users: 1");
    expect(found.text).toContain("bandwidth from Bandwidth field in SIG-A unknown: 0");
  });

  it("shows TLVs", () => {
    const found = dissect(`00001400000000102000060 0ff0034120905 0000${QOS}`, { linkType: 127 });
    expect(found.text).toContain("S1G PPDU Format: S1G 1M, Response Indication: NDP response");
    expect(found.text).toContain("PHY type: 802.11ah (S1G) (10)");
  });
});
