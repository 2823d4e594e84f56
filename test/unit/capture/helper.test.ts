/** The capture helper as a program: its protocol, its filters, its privileges. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCapDriver, createHelperDriver, helperPath } from "../../../engine/capture/index.ts";
// @ts-expect-error: a plain module without types
import { buildHelper } from "../../../native/build.mjs";
import { noCap, noHelper, noLive, Recorder, readCapture, temporaryFolder, until } from "./support.ts";

const run = (args: string[], input = "") => {
  const result = spawnSync(helperPath() ?? "", args, { input, encoding: "utf8" });
  const lines = result.stdout.split("\n").filter(Boolean);
  return { status: result.status, messages: lines.map((line) => JSON.parse(line)) };
};

describe.skipIf(noHelper !== null)(`capture helper${noHelper ? ` (skipped: ${noHelper})` : ""}`, () => {
  const folder = temporaryFolder();
  const driver = createHelperDriver();
  beforeAll(() => chmodSync(folder.path, 0o777));
  afterAll(() => {
    driver.close();
    folder.remove();
  });

  test("compiles without a warning, and is not rebuilt when nothing changed", () => {
    expect(buildHelper({ strict: true })).toMatchObject({ status: "built" });
    expect(buildHelper()).toMatchObject({ status: "fresh" });
  }, 60_000);

  test("greets first and answers wrong usage with one error and status 1", () => {
    for (const [args, message] of [
      [[], "One of list, compile, stats, capture is needed"],
      [["dance"], "One of list, compile, stats, capture is needed: dance"],
      [["capture", "-w", "x"], "No interface: -i NAME is needed"],
      [["capture", "-i", "lo"], "No file: -w FILE is needed"],
      [["capture", "-i", ""], "The name of the interface is empty"],
      [["capture", "-i", "lo", "-s", "1e9", "-w", "x"], "Not a possible value of the option: -s"],
      [["capture", "-i", "lo", "-a", "packets:0", "-w", "x"], "Not a possible value of the option: -a"],
      [["capture", "-i", "lo", "-a", "weight:3", "-w", "x"], "Not a possible value of the option: -a"],
      [
        ["capture", "-i", "lo", "--direction", "up", "-w", "x"],
        "Not a possible value of the option: --direction",
      ],
      [["capture", "-i", "lo", "--colour", "red"], "Unknown option: --colour"],
      [["capture", "-i"], "Unknown option, or its value is missing: -i"],
    ] as const) {
      const { status, messages } = run([...args]);
      expect(messages).toMatchObject([
        { type: "hello", protocol: 1 },
        { type: "error", code: "usage", message },
      ]);
      expect(status).toBe(1);
    }
  });

  test("compiles filters, tells libpcap's message, and shows the program", () => {
    const requests = [
      { id: 1, filter: "tcp port 80", linktype: 1 },
      { id: 2, filter: "tcp port80" },
      { id: 3, filter: "ether host 1:2:3:4:5:6", linktype: 101 },
      { id: 4, filter: "ip", dump: true },
      { id: 5, filter: "", dump: true },
      { id: 6, filter: "port \u{1f600}" },
      { id: 7 },
      { id: 8, filter: "ip", linktype: -1 },
      { id: 10, filter: "ip host 10.0.0.1", linktype: 101 },
      { id: 11, filter: "ip host 10.0.0.1", linktype: 276 },
    ].map((request) => JSON.stringify(request));
    const { messages, status } = run(
      ["compile"],
      [...requests, "nonsense", '{"id":9,"filter":"ip","nested":{}}', ""].join("\n"),
    );
    expect(status).toBe(0);
    const answers = messages.slice(1);
    expect(answers.map(({ id, ok }) => [id, ok])).toEqual([
      [1, true],
      [2, false],
      [3, false],
      [4, true],
      [5, true],
      [6, false],
      [7, false],
      [8, false],
      [10, true],
      [11, true],
      [0, false],
      [9, false],
    ]);
    expect(answers[1].message).toBe("can't parse filter expression: syntax error");
    expect(answers[2].message).toMatch(/ethernet addresses supported only on ethernet/);
    expect(answers[3].dump).toEqual([
      "(000) ldh      [12]",
      "(001) jeq      #0x800           jt 2\tjf 3",
      "(002) ret      #262144",
      "(003) ret      #0",
    ]);
    expect(answers[4].dump).toEqual(["(000) ret      #262144"]);
    expect(answers[10].message).toMatch(/^Not a request/);
  });

  test("checks a filter in less than 5 ms on average", async () => {
    await driver.checkFilter({ filter: "ip" });
    const begin = performance.now();
    for (let n = 0; n < 200; n++) {
      const check = await driver.checkFilter({ filter: `tcp port ${n + 1} and host 10.0.0.${n}` });
      expect(check.state).toBe("ok");
    }
    expect((performance.now() - begin) / 200).toBeLessThan(5);
  });

  test("answers many filters asked at once, each with its own answer", async () => {
    const filters = Array.from({ length: 60 }, (_, n) =>
      n % 3 === 0 ? `tcp port${n}` : `udp port ${n + 1}`,
    );
    const checks = await Promise.all(filters.map((filter) => driver.checkFilter({ filter })));
    checks.forEach((check, n) => {
      expect(check.state).toBe(n % 3 === 0 ? "error" : "ok");
    });
  });

  test("reports counters of all interfaces until its input ends", async () => {
    const child = spawn(helperPath() ?? "", ["stats", "--interval", "50"]);
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    await until(() => text.split("\n").length > 3);
    child.stdin.end();
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect(status).toBe(0);
    const [, sample] = text.split("\n").map((line) => (line ? JSON.parse(line) : null));
    const lo = sample.interfaces.find((each: { name: string }) => each.name === "lo");
    expect(lo).toMatchObject({ packets: expect.any(Number), bytes: expect.any(Number) });
  });

  test("a program that is no helper is told from one that is", async () => {
    const script = join(folder.path, "fake");
    writeFileSync(script, "#!/bin/sh\necho hello\nexec sleep 5\n", { mode: 0o755 });
    const fake = createHelperDriver({ path: script });
    expect(await fake.listInterfaces()).toMatchObject({ ok: false, error: { code: "helper-failed" } });
    expect(await fake.checkFilter({ filter: "ip" })).toMatchObject({ state: "unchecked" });
    const recorder = new Recorder();
    fake.start({ sources: [{ name: "lo" }], file: join(folder.path, "no") }, recorder);
    expect(await recorder.ended).toMatchObject({ started: false, error: { code: "helper-failed" } });
    fake.close();

    const missing = createHelperDriver({ path: join(folder.path, "missing") });
    expect(await missing.available()).toMatchObject({ ok: false, error: { code: "unavailable" } });
    expect(await missing.checkFilter({ filter: "ip" })).toMatchObject({ state: "unchecked" });
    const none = new Recorder();
    missing.start({ sources: [{ name: "lo" }], file: join(folder.path, "no") }, none);
    expect(await none.ended).toMatchObject({ started: false, error: { code: "unavailable" } });

    const odd = new Recorder();
    driver.start({ sources: [{ name: "lo\0" }], file: join(folder.path, "no") }, odd);
    expect(await odd.ended).toMatchObject({ started: false, error: { code: "usage" } });
  });

  test("a filter that takes too long is given up, and those behind it are answered", async () => {
    const script = join(folder.path, "slow");
    const marker = join(folder.path, "second");
    writeFileSync(
      script,
      `#!/bin/sh
if [ -e ${marker} ]; then exec ${helperPath()} "$@"; fi
touch ${marker}
exec sleep 30
`,
      { mode: 0o755 },
    );
    const slow = createHelperDriver({ path: script });
    const [first, second] = await Promise.all([
      slow.checkFilter({ filter: "host slow.example" }),
      slow.checkFilter({ filter: "tcp port80" }),
    ]);
    expect(first).toMatchObject({ state: "unchecked", message: expect.stringContaining("in time") });
    expect(second).toMatchObject({ state: "error" });
    slow.close();
    expect(existsSync(marker)).toBe(true);
  });

  describe.skipIf(noLive !== null)(`on the loopback${noLive ? ` (skipped: ${noLive})` : ""}`, () => {
    const sendToLoopback = (port: number) =>
      execFileSync(process.execPath, [
        "-e",
        `const s=require("dgram").createSocket("udp4");s.send("tapline",${port},"127.0.0.1",()=>s.close())`,
      ]);

    test("ends in good order when the one that started it is gone, and on a signal", async () => {
      for (const [reason, finish] of [
        ["parent-gone", (child: ReturnType<typeof spawn>) => child.stdin?.end()],
        ["signal", (child: ReturnType<typeof spawn>) => child.kill("SIGTERM")],
        ["signal", (child: ReturnType<typeof spawn>) => child.kill("SIGINT")],
      ] as const) {
        const file = join(folder.path, "end.pcapng");
        const child = spawn(helperPath() ?? "", ["capture", "-i", "lo", "-f", "udp port 40123", "-w", file]);
        let text = "";
        child.stdout.on("data", (chunk) => {
          text += chunk;
        });
        await until(() => text.includes('"started"'));
        sendToLoopback(40_123);
        finish(child);
        expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
        expect(JSON.parse(text.trim().split("\n").at(-1) ?? "")).toMatchObject({
          type: "end",
          reason,
          packets: 1,
        });
        const capture = readCapture(file);
        expect(capture.packets).toHaveLength(1);
        expect(capture.statistics).toHaveLength(1);
        // The kernel counts a packet on the loopback on its way out and in.
        expect(capture.statistics[0]?.get(4)?.readBigUInt64LE()).toBeGreaterThanOrEqual(1n);
      }
    });

    test("will not overwrite a file that must be new", async () => {
      const file = join(folder.path, "there.pcapng");
      writeFileSync(file, "precious");
      const recorder = new Recorder();
      driver.start({ sources: [{ name: "lo" }], file, exclusive: true }, recorder);
      expect(await recorder.ended).toMatchObject({ started: false, error: { code: "output" } });
      expect(readFileSync(file, "utf8")).toBe("precious");
    });

    test("a write that fails at once ends the capture with the reason", async () => {
      const recorder = new Recorder();
      driver.start({ sources: [{ name: "lo" }], file: "/dev/full" }, recorder);
      expect(await recorder.ended).toMatchObject({
        started: false,
        reason: "error",
        error: { code: "disk-full" },
      });
    });

    test("without capabilities it says which one is missing", async () => {
      const bare = join(folder.path, "bare");
      copyFileSync(helperPath() ?? "", bare);
      chmodSync(bare, 0o755);
      const nobody = createHelperDriver({ path: bare, uid: 65_534 });
      const recorder = new Recorder();
      nobody.start({ sources: [{ name: "lo" }], file: join(folder.path, "never.pcapng") }, recorder);
      const end = await recorder.ended;
      expect(end).toMatchObject({
        started: false,
        error: { code: "permission", capability: "cap_net_raw", interface: "lo" },
      });
      expect(end.error?.message).toMatch(/permi/i);
      expect(existsSync(join(folder.path, "never.pcapng"))).toBe(false);
      const list = await nobody.listInterfaces("lo");
      expect(list).toMatchObject({
        ok: true,
        value: [{ open: { ok: false, error: { code: "permission", capability: "cap_net_raw" } } }],
      });
      expect(await nobody.checkFilter({ filter: "ip" })).toMatchObject({ state: "ok" });
      nobody.close();
    });

    test("with file capabilities any user captures, and the helper keeps none of them", async (context) => {
      const granted = join(folder.path, "granted");
      copyFileSync(helperPath() ?? "", granted);
      chmodSync(granted, 0o755);
      const setcap = spawnSync("setcap", ["cap_net_raw,cap_net_admin=eip", granted]);
      if (setcap.status !== 0)
        return context.skip("setcap is missing or the file system refuses capabilities");
      const user = createHelperDriver({ path: granted, uid: 65_534 });
      const recorder = new Recorder();
      const file = join(folder.path, "user.pcapng");
      const handle = user.start({ sources: [{ name: "lo", filter: "udp port 40124" }], file }, recorder);
      const outcome = await Promise.race([recorder.started, recorder.ended]);
      expect(outcome).not.toHaveProperty("error");
      const status = readFileSync(`/proc/${handle.pid}/status`, "utf8");
      for (const set of ["CapInh", "CapPrm", "CapEff", "CapAmb"]) {
        expect(status).toMatch(new RegExp(`^${set}:\\t0000000000000000$`, "m"));
      }
      sendToLoopback(40_124);
      handle.stop();
      expect(await recorder.ended).toMatchObject({ reason: "stopped", error: null, stats: { packets: 1 } });
      user.close();
    });
  });
});

test("without the package cap its driver says what to install", async (context) => {
  context.skip(noCap === null, "the package cap is installed here");
  const available = await createCapDriver().available();
  expect(available).toMatchObject({ ok: false, error: { code: "unavailable" } });
  expect(available.ok ? "" : available.error.message).toContain("npm install cap");
});
