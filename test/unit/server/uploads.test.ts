/** What a server that was killed had been sent goes when the next one starts; what a living one has stays. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownerOf } from "../../../engine/capture/owner.ts";
import { UPLOAD_PREFIX } from "../../../engine/session/stores.ts";
import { sweepUploads, UploadFolder } from "../../../server/upload.ts";

test("uploads of a killed server are removed, those of a living one and of nobody known are not", async () => {
  const uploads = new UploadFolder();
  const mine = uploads.place("mine.pcap");
  writeFileSync(mine, "mine");
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  await once(child, "spawn");
  const left = mkdtempSync(UPLOAD_PREFIX);
  writeFileSync(join(left, "owner.json"), JSON.stringify(ownerOf(child.pid ?? 0)));
  writeFileSync(join(left, "left.pcap"), "left");
  const unknown = mkdtempSync(UPLOAD_PREFIX);
  writeFileSync(join(unknown, "owner.json"), "{");
  sweepUploads();
  expect(existsSync(left)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  sweepUploads();
  expect(existsSync(left)).toBe(false);
  expect(existsSync(mine)).toBe(true);
  expect(existsSync(unknown)).toBe(true);
  uploads.remove();
  rmSync(unknown, { recursive: true });
  expect(existsSync(mine)).toBe(false);
});
