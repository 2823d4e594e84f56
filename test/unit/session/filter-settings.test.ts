// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${name} is how macros and references are written
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ColorRule, ColorRuleSetting } from "../../../engine/api.ts";
import type { Session } from "../../../engine/session/session.ts";
import { SettingsStore } from "../../../engine/session/stores.ts";
import { writeFew, writeMany } from "../../tools/packets.ts";
import { type Bench, makeBench, refusal } from "./support.ts";

let bench: Bench;
beforeAll(() => {
  bench = makeBench();
  writeFew(bench.path("few.pcapng"));
  writeMany(bench.path("many.pcap"), 30_000, { format: "pcap" });
});
afterAll(() => bench.end());

/** Sessions of a test; a change of the settings concerns all that there are. */
const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.end(false);
});

async function opened(name: string): Promise<Session> {
  const session = bench.session();
  sessions.push(session);
  await session.call("open", { path: bench.path(name) });
  return session;
}

const filtered = async (session: Session, expression: string, reference?: number): Promise<number[]> => {
  await session.call("filter", { expression, reference });
  return (await session.call("rows", { start: 0, count: 100, columns: ["number"] })).rows.map(
    ({ number }) => number,
  );
};

describe("references to the selected packet", () => {
  it("are read from it when the filter is applied", async () => {
    const session = await opened("few.pcapng");
    expect(await filtered(session, "ip.ttl == 33")).toEqual([6]);
    expect(await filtered(session, "ip.ttl == ${ip.ttl}", 6)).toEqual([6]);
    expect(await filtered(session, "ip.ttl == ${ip.ttl}", 4)).toEqual([4]);
    expect(await filtered(session, "ip.ttl in {${ip.ttl}..40}", 6)).toEqual([6]);
    expect(await filtered(session, "ip.ttl > ${ip.ttl} - 1", 6)).toEqual([2, 3, 5, 6]);
    expect(await filtered(session, "ip.dst == ${ip.dst#1}", 6)).toEqual([6]);
    expect(await filtered(session, "@ip.ttl == ${@ip.ttl}", 6)).toEqual([6]);
    expect(await filtered(session, "frame.number == ${frame.number}", 2)).toEqual([2]);
    // Every address of the packet, as Wireshark compares.
    expect(await filtered(session, "ip.addr == ${ip.addr}", 6)).toEqual(
      await filtered(session, "ip.addr == ${ip.src} || ip.addr == ${ip.dst}", 6),
    );
    // A packet without the field has no value that could be equal.
    expect(await filtered(session, "ip.ttl == ${ip.ttl}", 1)).toEqual([]);
    expect(await filtered(session, "!(ip.ttl == ${ip.ttl})", 1)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("keep their values while frames come, are sorted and dissected anew", async () => {
    const session = await opened("few.pcapng");
    expect(await filtered(session, "ip.ttl == ${ip.ttl}", 6)).toEqual([6]);
    await session.call("changeSettings", { change: { preferences: { "ip.check_checksum": true } } });
    expect((await session.call("status", {})).filter).toBe("ip.ttl == ${ip.ttl}");
    expect(
      (await session.call("rows", { start: 0, count: 9, columns: ["number"] })).rows.map(
        ({ number }) => number,
      ),
    ).toEqual([6]);
    await session.call("changeSettings", { change: { preferences: {} } });
  });

  it("are judged by several threads alike", async () => {
    const session = await opened("many.pcap");
    const { count } = await session.call("filter", {
      expression: "ip.ttl == ${ip.ttl} && udp",
      reference: 6,
    });
    const plain = await session.call("filter", { expression: "ip.ttl == 7 && udp" });
    expect(count).toBe(plain.count);
    expect(count).toBe(150);
    const other = await session.call("filter", { expression: "ip.ttl == ${ip.ttl} && udp", reference: 7 });
    expect(other.count).toBe((await session.call("filter", { expression: "ip.ttl == 8 && udp" })).count);
  });

  it("are refused at their place without a packet, and the filter before stays", async () => {
    const session = await opened("few.pcapng");
    expect(await filtered(session, "arp")).toEqual([1]);
    const expression = "ip.ttl == ${ip.ttl}";
    expect(await session.call("checkFilter", { expression })).toMatchObject({
      verdict: "error",
      start: 10,
      end: 19,
    });
    expect(await session.call("checkFilter", { expression, reference: 3 })).toMatchObject({ verdict: "ok" });
    expect(await refusal(session.call("filter", { expression }))).toMatchObject({
      code: "BAD_FILTER",
      message: "No packet is selected: ${ip.ttl} has no value",
      start: 10,
      end: 19,
    });
    expect(await refusal(session.call("filter", { expression, reference: 99 }))).toMatchObject({
      message: "There is no frame 99: ${ip.ttl} has no value",
    });
    expect(await session.call("status", {})).toMatchObject({ filter: "arp", displayed: 1 });
  });

  it("serve to find packets", async () => {
    const session = await opened("few.pcapng");
    const find = { kind: "filter", text: "ip.ttl == ${ip.ttl}", from: -1 } as const;
    expect(await session.call("find", { ...find, reference: 6 })).toEqual({ row: 5, number: 6 });
    expect((await refusal(session.call("find", find))).code).toBe("BAD_FILTER");
  });
});

describe("macros of the settings", () => {
  it("are known to every filter, and an applied one keeps their text", async () => {
    const session = await opened("few.pcapng");
    await session.call("changeSettings", {
      change: { filterMacros: [{ name: "ttl", expression: "ip.ttl == $1" }] },
    });
    expect(await filtered(session, "$ttl(33) or arp")).toEqual([1, 6]);
    expect(await filtered(session, "${ttl:${ip.ttl}}", 4)).toEqual([4]);
    expect(await session.call("find", { kind: "filter", text: "$ttl(1)", from: -1 })).toMatchObject({
      number: 4,
    });
    expect(await session.call("checkFilter", { expression: "$ttl(x)" })).toMatchObject({
      verdict: "error",
      start: 5,
      end: 6,
    });
    expect(await session.call("checkFilters", { expressions: ["$ttl(1)", "$ttl(1,2)", ""] })).toMatchObject([
      { verdict: "ok" },
      { verdict: "error" },
      { verdict: "empty" },
    ]);
    expect(await session.call("checkFilters", { expressions: ["$ttl(1)"], macros: [] })).toMatchObject([
      { verdict: "error" },
    ]);
    expect(await filtered(session, "$ttl(33)")).toEqual([6]);
    await session.call("changeSettings", {
      change: { filterMacros: [{ name: "ttl", expression: "ip.ttl != $1" }] },
    });
    await session.call("changeSettings", { change: { preferences: { "ip.check_checksum": true } } });
    expect(await session.call("status", {})).toMatchObject({ filter: "$ttl(33)", displayed: 1 });
    await session.call("changeSettings", { change: { preferences: {}, filterMacros: [] } });
    expect((await refusal(session.call("filter", { expression: "$ttl(33)" }))).message).toBe(
      'There is no macro named "ttl"',
    );
  });
});

describe("colouring rules of the settings", () => {
  const rule = (name: string, filter: string, enabled = true): ColorRuleSetting => ({
    name,
    filter,
    enabled,
    light: { background: "#ffff00", text: "#000000" },
    dark: null,
    problem: false,
  });
  const names = async (session: Session): Promise<(string | undefined)[]> => {
    const rules = await session.call("colorRules", {});
    return (await session.call("rows", { start: 0, count: 9 })).rows.map(({ color }) => rules[color]?.name);
  };

  it("colour the rows of every window at once; the first that matches counts", async () => {
    const session = await opened("few.pcapng");
    const other = await opened("few.pcapng");
    const told: ColorRule[][] = [];
    other.on("colorRules", (rules) => told.push(rules));
    const builtIn = await names(session);
    expect(builtIn.slice(0, 2)).toEqual(["ARP", "UDP"]);
    const colorRules = [
      rule("off", "frame", false),
      rule("wrong", "udp.prt == 1"),
      rule("short", "ip.ttl < 2"),
      rule("macro", "$few(ip.ttl)"),
      rule("any", "udp"),
    ];
    const filterMacros = [{ name: "few", expression: "$1 < 40" }];
    await session.call("changeSettings", { change: { colorRules, filterMacros } });
    expect(await names(session)).toEqual([undefined, "any", "any", "short", "any", "macro"]);
    expect(await names(other)).toEqual([undefined, "any", "any", "short", "any", "macro"]);
    expect(told.at(-1)?.map(({ name, verdict }) => [name, verdict.verdict])).toEqual([
      ["off", "ok"],
      ["wrong", "error"],
      ["short", "ok"],
      ["macro", "ok"],
      ["any", "ok"],
    ]);
    expect(new SettingsStore().get().colorRules).toEqual(colorRules);
    // Captures that are opened later have them too.
    expect(await names(await opened("few.pcapng"))).toEqual([
      undefined,
      "any",
      "any",
      "short",
      "any",
      "macro",
    ]);
    await session.call("changeSettings", { change: { colorRules: null, filterMacros: [] } });
    expect(await names(session)).toEqual(builtIn);
  });

  it("can be looked at before they are in force", async () => {
    const session = bench.session();
    const [shown] = await session.call("colorRules", { rules: [rule("a", "tcp")] });
    expect(shown).toMatchObject({ derived: true, verdict: { verdict: "ok" } });
    expect(shown.dark.background).toMatch(/^#/);
    expect((await session.call("colorRules", { rules: null })).length).toBeGreaterThan(10);
  });
});
