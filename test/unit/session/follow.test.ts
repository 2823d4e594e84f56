/** Files that another program writes while they are shown. */
import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Bench, makeBench, refusal, statusWhen } from "./support.ts";

const sample = readFileSync(fileURLToPath(new URL("../../captures/dns.pcap", import.meta.url)));
/** The sample up to a whole number of packets, and their count. */
function upTo(packets: number): number {
  let at = 24;
  for (let i = 0; i < packets; i++) at += 16 + sample.readUInt32LE(at + 8);
  return at;
}

let bench: Bench;
beforeEach(() => {
  bench = makeBench();
});
afterEach(() => bench.end());

test("the list grows with the file until following is stopped, and no further", async () => {
  const session = bench.session();
  const path = bench.path("grows.pcap");
  writeFileSync(path, sample.subarray(0, upTo(10)));
  const opened = await session.call("open", { path, follow: true });
  expect(opened).toMatchObject({ path, cancelled: false });
  await statusWhen(session, ({ frames }) => frames === 10);
  // In the middle of a packet: what is whole is shown.
  appendFileSync(path, sample.subarray(upTo(10), upTo(20) + 7));
  const grown = await statusWhen(session, ({ frames }) => frames === 20);
  expect(grown).toMatchObject({ file: { following: true, complete: false, temporary: false }, notices: [] });
  await session.call("filter", { expression: "dns.flags.response == 1" });
  const { displayed } = await statusWhen(session, ({ filter }) => filter !== "");
  appendFileSync(path, sample.subarray(upTo(20) + 7));
  const all = await statusWhen(session, (now) => now.frames === 90 && now.displayed > displayed);
  expect(all.displayed).toBeLessThan(90);
  await session.call("stopFollowing", {});
  await statusWhen(session, ({ file }) => file?.following === false && file.complete);
  appendFileSync(path, sample.subarray(24));
  const note = await statusWhen(session, ({ notices }) =>
    notices.some((each) => /has grown by/.test(each.message)),
  );
  expect(note.frames).toBe(90);
}, 120_000);

test("a file that is cut short, or another in its place, is told of", async () => {
  const session = bench.session();
  const path = bench.path("rotated.pcap");
  writeFileSync(path, sample.subarray(0, upTo(40)));
  await session.call("open", { path, follow: true });
  await statusWhen(session, ({ frames }) => frames === 40);
  renameSync(path, `${path}.1`);
  writeFileSync(path, sample.subarray(0, upTo(5)));
  const moved = await statusWhen(session, ({ notices }) => notices.length > 0);
  expect(moved.notices[0]?.message).toMatch(
    /"rotated.pcap" was replaced by another file since it was opened/,
  );
  // The writer may still have the old one.
  expect(moved.file?.following).toBe(true);
  truncateSync(`${path}.1`, upTo(30));
  const cut = await statusWhen(session, ({ file }) => file?.following === false);
  expect(cut.notices.map(({ message }) => message).join("\n")).toMatch(
    /has become shorter since it was opened: 30 of 40 frames can still be read/,
  );
  // Reading it again follows no more.
  await session.call("reload", {});
  expect(await session.call("status", {})).toMatchObject({ frames: 5, file: { following: false } });
}, 120_000);

test("what cannot be followed is refused with a reason", async () => {
  const session = bench.session();
  const path = bench.path("packed.pcap.gz");
  writeFileSync(path, gzipSync(sample));
  const packed = await refusal(session.call("open", { path, follow: true }));
  expect(packed).toMatchObject({ code: "FORMAT", message: expect.stringMatching(/compressed with gzip/) });
  expect(await session.call("status", {})).toMatchObject({ file: null });
  const missing = await refusal(session.call("open", { path: bench.path("none"), follow: true }));
  expect(missing.code).toBe("NOT_FOUND");
}, 120_000);
