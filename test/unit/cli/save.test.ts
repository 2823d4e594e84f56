/** Packets of a capture that grows, written into another file as they are judged. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Output } from "../../../cli/output.ts";
import { LiveSave } from "../../../cli/save.ts";
import { openCapture } from "../../../engine/formats/open.ts";
import { CaptureWriter } from "../../../engine/formats/writer.ts";
import { readCapture } from "../capture/support.ts";
import { ANSWER, ARP, folder, makeCapture, REQUEST } from "./support.ts";

/** Writes the frames of `path` for which `taken` is true, and what else is in it. */
async function save(
  path: string,
  target: string,
  type: "pcapng" | "pcap",
  taken: (frame: number) => boolean,
): Promise<number> {
  const live = await LiveSave.open(path, target, type, true, new Output());
  const capture = await openCapture(path);
  try {
    for (let frame = 1; capture.reader.next(); frame++) live.frame(capture, taken(frame));
    live.finish(capture);
    return live.written;
  } finally {
    capture.close();
    await live.close();
  }
}

it("keeps comments and all blocks that are no packets, and no section length that is wrong", async () => {
  const source = makeCapture("whole.pcapng", "pcapng");
  const bytes = readFileSync(source);
  // The section's length, which packets that are left out make wrong.
  bytes.writeBigUInt64LE(BigInt(bytes.length - bytes.readUInt32LE(4)), 16);
  const behind = Buffer.from("0b0000001000000001020304100000000", "hex").subarray(0, 16);
  writeFileSync(source, Buffer.concat([bytes, behind]));
  const target = join(folder, "some.pcapng");
  expect(await save(source, target, "pcapng", (frame) => frame === 2)).toBe(1);
  const saved = readFileSync(target);
  expect(saved.readBigUInt64LE(16)).toBe(0xffff_ffff_ffff_ffffn);
  expect(saved.includes("the <answer>")).toBe(true);
  expect(saved.subarray(-16).equals(behind)).toBe(true);
  const { packets, interfaces, torn } = readCapture(target);
  expect([packets.length, interfaces.length, torn]).toEqual([1, 1, 0]);
  expect(packets[0]?.bytes.equals(ANSWER)).toBe(true);
  expect(statSync(target).mode & 0o777).toBe(0o600);
});

it("makes a pcap also without a packet, and refuses a second link type with the packets before kept", async () => {
  const source = makeCapture("for-pcap.pcapng", "pcapng");
  const target = join(folder, "none.pcap");
  expect(await save(source, target, "pcap", () => false)).toBe(0);
  expect(readFileSync(target).length).toBe(24);
  const mixed = join(folder, "mixed.pcapng");
  const writer = new CaptureWriter(mixed, { format: "pcapng" });
  writer.addInterface({ linkType: 1, tsresol: 6 });
  writer.addInterface({ linkType: 101, tsresol: 6 });
  writer.writePacket(REQUEST, 1, 0, REQUEST.length, 0);
  writer.writePacket(ARP, 2, 0, ARP.length, 1);
  writer.close();
  await expect(save(mixed, join(folder, "mixed.pcap"), "pcap", () => true)).rejects.toThrow(
    /holds one link type/,
  );
  expect(readFileSync(join(folder, "mixed.pcap")).length).toBe(24 + 16 + REQUEST.length);
  expect(await save(mixed, join(folder, "first.pcap"), "pcap", (frame) => frame === 1)).toBe(1);
});

it.skipIf(!existsSync("/dev/full"))("says so when the target takes no more", async () => {
  const source = makeCapture("full.pcapng", "pcapng");
  await expect(save(source, "/dev/full", "pcapng", () => true)).rejects.toThrow(
    /"\/dev\/full" cannot be written: ENOSPC/,
  );
});
