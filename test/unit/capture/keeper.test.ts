/** Spools of processes that were killed: found, looked into, claimed by one, never deleted unasked. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ClaimError, inspectSpool, SpoolKeeper, spoolPath } from "../../../engine/capture/index.ts";
import { isAlive, ownerOf } from "../../../engine/capture/owner.ts";
import { temporaryFolder } from "./support.ts";

function block(type: number, body: Buffer): Buffer {
  const length = 12 + Math.ceil(body.length / 4) * 4;
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(length, 4);
  body.copy(bytes, 8);
  bytes.writeUInt32LE(length, length - 4);
  return bytes;
}

const SECTION = block(0x0a0d0d0a, Buffer.from("4d3c2b1a01000000ffffffffffffffff", "hex"));

/** An interface with its name and time stamps in units of 10^-resolution seconds. */
function interfaceBlock(name: string, resolution: number): Buffer {
  const option = Buffer.alloc(4 + Math.ceil(name.length / 4) * 4);
  option.writeUInt16LE(2, 0);
  option.writeUInt16LE(name.length, 2);
  option.write(name, 4);
  const head = Buffer.from("0100000000000400", "hex");
  return block(1, Buffer.concat([head, option, Buffer.from([9, 0, 1, 0, resolution, 0, 0, 0, 0, 0, 0, 0])]));
}

function packetBlock(ticks: bigint, size: number): Buffer {
  const body = Buffer.alloc(20 + size);
  body.writeUInt32LE(Number(ticks >> 32n), 4);
  body.writeUInt32LE(Number(ticks & 0xffffffffn), 8);
  body.writeUInt32LE(size, 12);
  body.writeUInt32LE(size, 16);
  return block(6, body);
}

const START = 1_900_000_000;

/** A spool of packets one second apart. */
function spoolOf(packets: number, size = 60): Buffer {
  const blocks = [SECTION, interfaceBlock("eth7", 9)];
  for (let i = 0; i < packets; i++) blocks.push(packetBlock(BigInt(START + i) * 1_000_000_000n, size));
  return Buffer.concat(blocks);
}

describe("owner", () => {
  test("a process is told from one that is gone, from another start and from another machine", async () => {
    const own = ownerOf(process.pid);
    if (own === null) throw new Error("this process is there");
    expect(isAlive(own, Number.POSITIVE_INFINITY)).toBe(true);
    expect(isAlive({ ...own, started: `${own.started}1` }, 0)).toBe(false);
    expect(isAlive({ ...own, boot: "another" }, 0)).toBe(false);
    // Nothing can be asked about another machine's processes but whether they give signs of life.
    expect(isAlive({ ...own, machine: "another" }, 1000)).toBe(true);
    expect(isAlive({ ...own, machine: "another" }, 1_000_000)).toBe(false);
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    await once(child, "spawn");
    const other = ownerOf(child.pid ?? 0);
    if (other === null) throw new Error("the child is there");
    expect(isAlive(other, Number.POSITIVE_INFINITY)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isAlive(other, 0)).toBe(false);
    expect(ownerOf(child.pid ?? 0)).toBeNull();
  });
});

describe("spool keeper", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let keeper: SpoolKeeper;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = temporaryFolder();
    keeper = new SpoolKeeper(folder.path);
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    folder.remove();
  });

  /** A spool as a process that is gone left it. */
  function orphan(content: Buffer, filter = "udp", name = "eth7"): { id: string; path: string } {
    const path = spoolPath(folder.path, [name]);
    const gone = new SpoolKeeper(folder.path);
    gone.begin(path, [{ name, filter }], {});
    writeFileSync(path, content);
    gone.release(path);
    return { id: path.slice(folder.path.length + 1), path };
  }

  test("nothing was left behind: nothing is offered, also without a folder", async () => {
    expect(await keeper.orphans()).toEqual([]);
    expect(await new SpoolKeeper(join(folder.path, "none")).orphans()).toEqual([]);
  });

  test("a manifest is beside the spool from before its beginning to its end, for the owner only", () => {
    const path = spoolPath(folder.path, ["eth7", "eth8"]);
    keeper.begin(path, [{ name: "eth7", snapLen: 96 }, { name: "eth8" }], { seconds: 5 });
    keeper.helper(path, process.pid);
    const manifest = JSON.parse(readFileSync(`${path}.json`, "utf8"));
    expect(manifest).toMatchObject({
      version: 1,
      owner: { process: process.pid },
      helper: { process: process.pid },
      sources: [{ name: "eth7", snapLen: 96 }, { name: "eth8" }],
      stopAfter: { seconds: 5 },
      saved: null,
    });
    expect(statSync(`${path}.json`).mode & 0o777).toBe(0o600);
    expect(Date.now() - Date.parse(manifest.started)).toBeLessThan(5000);
    writeFileSync(path, spoolOf(1));
    keeper.saved(path, "/home/me/it.pcapng");
    expect(JSON.parse(readFileSync(`${path}.json`, "utf8")).saved).toBe("/home/me/it.pcapng");
    keeper.remove(path);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test("an orphan is offered with what it holds up to the last whole packet", async () => {
    const whole = spoolOf(40);
    const { id, path } = orphan(whole.subarray(0, whole.length - 30));
    expect(await keeper.orphans()).toEqual([
      {
        id,
        started: expect.any(String),
        filter: "udp",
        saved: null,
        interfaces: ["eth7"],
        packets: 39,
        first: START * 1000,
        last: (START + 38) * 1000,
        bytes: whole.length - packetBlock(0n, 60).length,
        torn: packetBlock(0n, 60).length - 30,
      },
    ]);
    // Looking changes nothing.
    expect(statSync(path).size).toBe(whole.length - 30);
    appendFileSync(path, Buffer.alloc(4));
    expect((await keeper.orphans())[0]?.torn).toBe(packetBlock(0n, 60).length - 26);
  });

  test("cut at any byte, a spool gives every packet before that byte", async () => {
    const whole = spoolOf(3, 5);
    const { path } = orphan(whole);
    const head = SECTION.length + interfaceBlock("eth7", 9).length;
    const each = packetBlock(0n, 5).length;
    for (let size = whole.length; size >= 0; size--) {
      truncateSync(path, size);
      const packets = Math.max(0, Math.floor((size - head) / each));
      const content = await inspectSpool(path);
      expect(content, `cut at ${size}`).toMatchObject({ packets });
      expect(content.bytes + content.torn).toBe(size);
    }
  });

  test("a spool longer than what is read at once is read to its end", async () => {
    const { path } = orphan(spoolOf(60, 200_001));
    expect(await inspectSpool(path)).toMatchObject({ packets: 60, torn: 0, last: (START + 59) * 1000 });
  });

  test("zeros that a machine's crash left are behind the end, and are not thrown away", async () => {
    const { id, path } = orphan(Buffer.concat([spoolOf(2), Buffer.alloc(600_000), spoolOf(1)]));
    expect(await keeper.orphans()).toMatchObject([{ id, packets: 2 }]);
    const size = statSync(path).size;
    await keeper.claim(id);
    expect(statSync(path).size).toBe(size);
  });

  test("who claims an orphan has it alone; the torn packet is cut off; letting go offers it again", async () => {
    const whole = spoolOf(5);
    const { id, path } = orphan(whole.subarray(0, whole.length - 1));
    const other = new SpoolKeeper(folder.path);
    expect(await keeper.claim(id)).toEqual({ path, packets: 4, interfaces: ["eth7"], saved: null });
    expect(statSync(path).size).toBe(whole.length - packetBlock(0n, 60).length);
    expect(await keeper.orphans()).toEqual([]);
    expect(await other.orphans()).toEqual([]);
    for (const each of [keeper, other]) {
      await expect(each.claim(id)).rejects.toMatchObject({ name: "ClaimError", code: "owned" });
      expect(() => each.discard(id)).toThrow(ClaimError);
    }
    keeper.release(path);
    expect(await other.orphans()).toMatchObject([{ id, packets: 4, filter: "udp" }]);
    other.discard(id);
    expect(readdirSync(folder.path)).toEqual([]);
    await expect(keeper.claim(id)).rejects.toMatchObject({ code: "gone" });
  });

  test("of many claims at once one succeeds", async () => {
    const { id } = orphan(spoolOf(5));
    const keepers = Array.from({ length: 8 }, () => new SpoolKeeper(folder.path));
    const answers = await Promise.allSettled(keepers.map((each) => each.claim(id)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(readdirSync(folder.path).filter((name) => name.endsWith(".claim"))).toEqual([]);
  });

  test("another process's spool is left alone while it lives, and offered when it was killed", async () => {
    const path = spoolPath(folder.path, ["eth7"]);
    const script = `
      import { writeFileSync } from "node:fs";
      import { SpoolKeeper } from ${JSON.stringify(join(import.meta.dirname, "../../../engine/capture/keeper.ts"))};
      new SpoolKeeper(${JSON.stringify(folder.path)}).begin(${JSON.stringify(path)}, [{ name: "eth7" }]);
      writeFileSync(${JSON.stringify(path)}, Buffer.from(${JSON.stringify(spoolOf(2).toString("hex"))}, "hex"));
      console.log("ready");
      setTimeout(() => {}, 60000);`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
    children.push(child);
    await once(child.stdout, "data");
    expect(await keeper.orphans()).toEqual([]);
    const id = path.slice(folder.path.length + 1);
    expect(() => keeper.discard(id)).toThrow(/in use by another/);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await keeper.orphans()).toMatchObject([{ id, packets: 2 }]);
  });

  test("a helper that outlives its starter is waited for", async () => {
    const { id, path } = orphan(spoolOf(2));
    const helper = spawn(process.execPath, [
      "-e",
      `setTimeout(() => require("fs").appendFileSync(${JSON.stringify(path)},
         Buffer.from(${JSON.stringify(packetBlock(1n, 8).toString("hex"))}, "hex")), 300)`,
    ]);
    children.push(helper);
    await once(helper, "spawn");
    const manifest = JSON.parse(readFileSync(`${path}.json`, "utf8"));
    manifest.helper = ownerOf(helper.pid ?? 0);
    writeFileSync(`${path}.json`, JSON.stringify(manifest));
    expect(await keeper.orphans()).toMatchObject([{ id, packets: 3 }]);
  });

  test("what holds no packet is cleared away, and so are manifests and claims without a spool", async () => {
    const { path } = orphan(spoolOf(0));
    const lost = orphan(spoolOf(1));
    writeFileSync(`${path}.claim`, JSON.stringify({ ...ownerOf(process.pid), started: "long ago" }));
    rmSync(lost.path);
    expect(await keeper.orphans()).toEqual([]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test("a claim whose process was killed does not keep the spool from others", async () => {
    const { id, path } = orphan(spoolOf(3));
    writeFileSync(`${path}.claim`, JSON.stringify({ ...ownerOf(process.pid), started: "long ago" }));
    expect(await keeper.claim(id)).toMatchObject({ packets: 3 });
  });

  test("a broken or missing manifest: offered when the spool has not changed for long, from what it says itself", async () => {
    const { id, path } = orphan(spoolOf(3));
    const old = new Date(Date.now() - 3_600_000);
    for (const manifest of [
      "",
      "{",
      '{"version":2}',
      JSON.stringify({ version: 1, owner: { process: -1 } }),
    ]) {
      writeFileSync(`${path}.json`, manifest);
      utimesSync(path, new Date(), new Date());
      expect(await keeper.orphans()).toEqual([]);
      utimesSync(path, old, old);
      expect(await keeper.orphans()).toMatchObject([{ id, packets: 3, interfaces: ["eth7"], filter: "" }]);
    }
  });

  test("names from outside reach no other file, and links and folders are no spools", async () => {
    const outside = join(folder.path, "..", "tapline_x_20260101000000_00000000.pcapng");
    for (const id of ["../tapline_x_20260101000000_00000000.pcapng", "/etc/passwd", "settings.json", ""])
      await expect(keeper.claim(id)).rejects.toMatchObject({ code: "gone" });
    expect(existsSync(outside)).toBe(false);
    const { path } = orphan(spoolOf(3));
    const link = spoolPath(folder.path, ["link"]);
    symlinkSync(path, link);
    const id = link.slice(folder.path.length + 1);
    lutimesSync(link, 0, 0);
    await expect(keeper.claim(id)).rejects.toMatchObject({ code: "gone" });
    expect(() => keeper.discard(id)).toThrow(/not there any more/);
    mkdirSync(spoolPath(folder.path, ["folder"]));
    expect((await keeper.orphans()).map(({ interfaces }) => interfaces)).toEqual([["eth7"]]);
  });
});
