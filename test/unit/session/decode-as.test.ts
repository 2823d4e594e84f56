import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Notice, TreeNode } from "../../../engine/api.ts";
import { CaptureWriter } from "../../../engine/formats/writer.ts";
import type { Session } from "../../../engine/session/session.ts";
import { SettingsStore } from "../../../engine/session/stores.ts";
import { fromHex } from "../protocols/harness.ts";
import { udpFrame } from "../protocols/udp-frames.ts";
import { type Bench, makeBench, refusal } from "./support.ts";

const MESSAGE = Buffer.from("<34>tapline: test").toString("hex");
let bench: Bench;

beforeAll(() => {
  bench = makeBench();
  const writer = new CaptureWriter(bench.path("odd.pcap"), { format: "pcap" });
  writer.addInterface({ linkType: 1, snapLen: 65_535, tsresol: 6 });
  for (let number = 1; number <= 60; number++) {
    const frame = fromHex(udpFrame(40_000, number % 2 === 0 ? 7777 : 514, MESSAGE));
    writer.writePacket(frame, 1_800_000_000 + number, 0, frame.length);
  }
  writer.close();
});
afterAll(async () => {
  bench.host.protocols.close();
  await bench.end();
});

const labels = (nodes: readonly TreeNode[]): string[] =>
  nodes.flatMap(({ label, children }) => [label, ...labels(children ?? [])]);
const count = async (session: Session, expression: string): Promise<number> =>
  (await session.call("filter", { expression })).count;

describe("settings of dissection", () => {
  it("take effect on the open capture, and are taken back", async () => {
    const session = bench.session();
    const other = bench.session();
    const notices: Notice[] = [];
    session.on("notice", (notice) => notices.push(notice));
    for (const one of [session, other]) await one.call("open", { path: bench.path("odd.pcap") });
    expect(await count(session, "syslog")).toBe(30);
    const before = await session.call("status", {});

    const entry = { table: "udp.port", value: 7777, protocol: "syslog" } as const;
    await session.call("changeSettings", { change: { decodeAs: [entry] } });
    expect(await session.call("status", {})).toMatchObject({
      filter: "syslog",
      frames: 60,
      file: before.file,
    });
    expect(
      (await session.call("rows", { start: 59, count: 1, columns: ["protocol"] })).rows[0].cells,
    ).toEqual(["Syslog"]);
    expect(await count(session, "syslog.level == 2")).toBe(60);
    // All windows show the same.
    expect(await count(other, "syslog")).toBe(60);

    await session.call("changeSettings", {
      change: { decodeAs: [{ ...entry, value: 514, protocol: "none" }] },
    });
    expect(await count(session, "syslog")).toBe(0);
    expect(await count(session, "data")).toBe(60);
    await session.call("changeSettings", { change: { decodeAs: [] } });
    expect(await count(session, "syslog")).toBe(30);
    expect(notices).toEqual([]);
  });

  it("validate checksums: filters and trees follow", async () => {
    const session = bench.session();
    await session.call("open", { path: bench.path("odd.pcap") });
    const bad = "ip.checksum.status == 0";
    const header = async (): Promise<string | undefined> =>
      labels((await session.call("frame", { number: 1 })).tree).find((label) =>
        label.startsWith("Header Checksum"),
      );
    expect(await count(session, bad)).toBe(0);
    expect(await count(session, "ip.checksum.status == 2")).toBe(60);
    expect(await header()).toContain("[validation disabled]");
    await session.call("changeSettings", { change: { preferences: { "ip.check_checksum": true } } });
    expect(await count(session, bad)).toBe(60);
    expect(await count(session, "ip.checksum.status == 2")).toBe(0);
    expect(await count(session, 'ip.checksum.status == "Bad" && udp.checksum.status == "Not present"')).toBe(
      60,
    );
    expect(await header()).toContain("incorrect, should be 0x");
    const stored = new SettingsStore(join(bench.folder, "state")).get();
    expect(stored.preferences).toEqual({ "ip.check_checksum": true });
    expect(readFileSync(join(bench.folder, "state", "settings.json"), "utf8")).toContain("ip.check_checksum");
    await session.call("changeSettings", { change: { preferences: {} } });
    expect(await count(session, bad)).toBe(0);
  });

  it("are checked: tables, values, protocols and preferences that there are", async () => {
    const session = bench.session();
    const refused = async (change: object): Promise<string> =>
      (await refusal(session.call("changeSettings", { change } as never))).code;
    const entry = { table: "udp.port", value: 7777, protocol: "syslog" };
    for (const wrong of [
      { table: "udp.prot" },
      { value: 65_536 },
      { value: -1 },
      { protocol: "nothing" },
      { protocol: "ip" },
    ])
      expect(await refused({ decodeAs: [{ ...entry, ...wrong }] })).toBe("BAD_REQUEST");
    expect(await refused({ preferences: { "ip.chek": true } })).toBe("BAD_REQUEST");
    expect((await session.call("settings", {})).decodeAs).toEqual([]);
  });

  it("tell what can be chosen, and what values stand for by themselves", async () => {
    const session = bench.session();
    const { tables, present } = await session.call("decodeChoices", {
      values: [
        { table: "udp.port", value: 514 },
        { table: "udp.port", value: 7777 },
        { table: "ethertype", value: 0x0800 },
      ],
    });
    expect(present).toEqual(["syslog", null, "ip"]);
    const namesOf = (table: string): string[] =>
      tables.find(({ name }) => name === table)?.protocols.map(({ name }) => name) ?? [];
    expect(tables.find(({ name }) => name === "tcp.port")?.protocols).toContainEqual({
      name: "http",
      title: "Hypertext Transfer Protocol",
    });
    expect(namesOf("ethertype")).toContain("arp");
    expect(namesOf("ethertype")).not.toContain("http");
  });
});
