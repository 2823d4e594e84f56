/** Folders of runs that were killed: cleared away, unless packets in them were to be saved. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clearLeftovers, temporaryFolder } from "../../../cli/temporary.ts";
import { type Owner, ownerOf } from "../../../engine/capture/owner.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapline-leftovers-"));
  vi.stubEnv("TMPDIR", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A process that was there and is gone. */
async function dead(): Promise<Owner> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(child, "spawn");
  const owner = ownerOf(child.pid!);
  child.kill("SIGKILL");
  await once(child, "exit");
  return owner!;
}

function leave(name: string, marker: unknown, file = "capture.pcapng"): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, file), "packets");
  if (marker !== undefined) writeFileSync(join(path, "owner.json"), JSON.stringify(marker));
  return path;
}

test("what a killed run left is cleared away, what was to be saved is told of and stays", async () => {
  const owner = await dead();
  leave("tapline-printed", { owner, keeps: null });
  const kept = leave("tapline-written", { owner, keeps: "capture.pcapng" });
  leave("tapline-begun", { owner, keeps: "capture.pcapng" }, "something.else");
  expect(clearLeftovers()).toEqual([join(kept, "capture.pcapng")]);
  expect(readdirSync(folder)).toEqual(["tapline-written"]);
});

test("what belongs to a running one, to another machine or to nobody known is left alone", async () => {
  const owner = await dead();
  const outside = leave("elsewhere", { owner, keeps: null });
  symlinkSync(outside, join(folder, "tapline-link"));
  leave("tapline-other-machine", { owner: { ...owner, machine: "another" }, keeps: null });
  leave("tapline-no-marker", undefined);
  leave("tapline-bad-marker", { owner: 7 });
  leave("tapline-outwards", { owner, keeps: "../elsewhere/capture.pcapng" });
  const own = temporaryFolder();
  const before = readdirSync(folder);
  expect(clearLeftovers()).toEqual([]);
  expect(readdirSync(folder)).toEqual(before);
  expect(before).toContain(basename(own.path));
  own.remove();
  own.remove();
  expect(existsSync(own.path)).toBe(false);
});

test("after a restart of the machine no run is alive", async () => {
  const owner = { ...ownerOf(process.pid)!, boot: "an earlier one" };
  leave("tapline-earlier", { owner, keeps: null });
  expect(clearLeftovers()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
