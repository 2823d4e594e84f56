/** The capture doctor and the check of capture filters, as a face asks for them. */
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noHelper, noLive } from "../capture/support.ts";
import { type Bench, makeBench, refusal, statusWhen } from "./support.ts";

let bench: Bench;
beforeAll(() => {
  bench = makeBench();
});
afterAll(() => bench.end());

describe("the doctor", () => {
  test("looks at the interfaces asked for, and at those used last", async (context) => {
    if (noHelper !== null) return context.skip(noHelper);
    const session = bench.session();
    const asked = await session.call("doctor", { interfaces: ["lo", "no such"] });
    expect(asked.interfaces).toEqual(["lo"]);
    expect(asked.findings[0]).toMatchObject({
      id: "interface.absent",
      interface: "no such",
      severity: "error",
    });
    await session.call("changeSettings", { change: { capture: { interfaces: ["lo"], snapLen: 64 } } });
    const last = await session.call("doctor", {});
    expect(last.interfaces).toEqual(["lo"]);
    expect(last.routes).toEqual([]);
    if (process.platform !== "linux") return;
    const short = last.findings.find(({ id }) => id === "snapshot.short");
    expect(short?.evidence[0]?.source).toBe("/sys/class/net/lo/mtu");
    const longer = await session.call("doctor", { options: { snapLen: 0 } });
    expect(longer.findings.map(({ id }) => id)).not.toContain("snapshot.short");
  });

  test("tells where packets to a host leave", async (context) => {
    if (noHelper !== null) return context.skip(noHelper);
    if (process.platform !== "linux") return context.skip("the loopback is called lo on Linux");
    const { routes } = await bench.session().call("doctor", { host: "127.0.0.1", interfaces: ["lo"] });
    expect(routes).toMatchObject([{ address: "127.0.0.1", family: "ipv4", interface: "lo" }]);
  });

  test("refuses what is no question", async () => {
    const session = bench.session();
    expect((await refusal(session.call("doctor", { host: "x".repeat(300) }))).code).toBe("BAD_REQUEST");
    expect((await refusal(session.call("doctor", { options: { snapLen: -1 } }))).code).toBe("BAD_REQUEST");
  });

  test("takes the counters of a running capture", async (context) => {
    if (noLive !== null) return context.skip(noLive);
    if (noHelper !== null) return context.skip(noHelper);
    const session = bench.session();
    await session.call("startCapture", { options: { interfaces: ["lo"], snapLen: 60 } });
    try {
      const socket = createSocket("udp4");
      const sending = setInterval(() => socket.send(Buffer.alloc(1000), 9, "127.0.0.1"), 5);
      await statusWhen(session, ({ frames }) => frames >= 20);
      clearInterval(sending);
      socket.close();
      const report = await session.call("doctor", {});
      expect(report.interfaces).toEqual(["lo"]);
      const cut = report.findings.find(({ id }) => id === "snapshot.cut");
      expect(cut?.change?.options).toEqual({ snapLen: 0 });
      expect(cut?.evidence.map(({ text }) => text).join()).toContain("lo: snapshot length 60");
    } finally {
      await session.call("stopCapture", {});
      await session.call("close", { discard: true });
    }
    const after = await session.call("doctor", {});
    expect(after.findings.map(({ id }) => id)).not.toContain("snapshot.cut");
  });
});

describe("lost packets", () => {
  test("a full buffer is named, with the one to take", async (context) => {
    if (noLive !== null) return context.skip(noLive);
    if (noHelper !== null) return context.skip(noHelper);
    const session = bench.session();
    await session.call("startCapture", {
      options: { interfaces: ["lo"], bufferMiB: 1, filter: "udp port 9" },
    });
    const children = spawnSync("pgrep", ["-P", String(process.pid), "-f", "capture -i lo"], {
      encoding: "utf8",
    });
    const helper = Number(children.stdout.trim());
    const socket = createSocket("udp4");
    try {
      expect(helper).toBeGreaterThan(0);
      // Nothing reads the buffer meanwhile.
      process.kill(helper, "SIGSTOP");
      for (let sent = 0; sent < 4000; sent++) {
        await new Promise((resolve) => socket.send(Buffer.alloc(1000), 9, "127.0.0.1", resolve));
      }
      process.kill(helper, "SIGCONT");
      const { live } = await statusWhen(session, (status) => (status.live.droppedByKernel ?? 0) > 0);
      const { findings } = await session.call("doctor", {});
      const [finding] = findings;
      expect(finding).toMatchObject({ id: "drops.kernel", severity: "error", interface: "lo" });
      expect(finding?.title).toContain(`dropped ${live.droppedByKernel?.toLocaleString("en-US")} packets`);
      expect(finding?.change?.options.bufferMiB).toBeGreaterThanOrEqual(2);
    } finally {
      socket.close();
      if (helper > 0) process.kill(helper, "SIGCONT");
      await session.call("stopCapture", {});
      await session.call("close", { discard: true });
    }
  });
});

describe("the check of capture filters", () => {
  const check = (filter: string, dump = false) =>
    bench.session().call("checkCaptureFilter", { filter, dump });

  test("says what is wrong, where, and what was meant", async (context) => {
    if (noHelper !== null) return context.skip(noHelper);
    const wrong = await check("tcp port80");
    expect(wrong).toMatchObject({ ok: false, place: { start: 4, end: 10 }, dump: null, instructions: null });
    expect(wrong.message).toContain("syntax error");
    expect(wrong.hints).toMatchObject([{ suggestion: "tcp port 80" }]);
    expect(await check("port nosuch")).toMatchObject({ ok: false, place: { start: 5, end: 11 } });
  });

  test("warns of filters that compile and mean something else", async (context) => {
    if (noHelper !== null) return context.skip(noHelper);
    const { ok, hints } = await check("tcp or udp and host 10.0.0.1");
    expect(ok).toBe(true);
    expect(hints).toMatchObject([{ suggestion: "(tcp or udp) and host 10.0.0.1" }]);
  });

  test("keeps suggestions that do not compile to itself", async (context) => {
    if (noHelper !== null) return context.skip(noHelper);
    // In lower case it is well formed, and no packet can be both.
    const { ok, hints } = await check("tcp AND udp");
    expect(ok).toBe(false);
    expect(hints).toMatchObject([{ suggestion: "" }]);
  });

  test("shows the program on demand", async (context) => {
    if (noHelper !== null) return context.skip(noHelper);
    expect(await check("ip")).toMatchObject({
      ok: true,
      instructions: 4,
      dump: null,
      hints: [],
      place: null,
    });
    const { dump } = await check("ip", true);
    expect(dump).toHaveLength(4);
    expect(dump?.[0]).toMatch(/^\(000\) ldh\s+\[12\]$/);
  });

  test("an empty one is no filter", async () => {
    expect(await check("  ", true)).toEqual({
      ok: true,
      message: "",
      place: null,
      hints: [],
      instructions: null,
      dump: null,
    });
  });
});
