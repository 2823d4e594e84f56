/** Programs that capture, and pipes, as a window asks for them. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Bench, makeBench, refusal, statusWhen } from "./support.ts";

const sample = fileURLToPath(new URL("../../captures/dns.pcap", import.meta.url));
const reason = process.platform === "win32" ? "extcap programs need FIFOs" : null;

describe.skipIf(reason !== null)(
  `capturing from elsewhere${reason ? ` (skipped: ${reason})` : ""}`,
  { timeout: 120_000 },
  () => {
    let bench: Bench;
    beforeEach(() => {
      bench = makeBench();
      const folder = join(bench.folder, "state", "extcap");
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, "demodump"),
        `#!/bin/sh
case "$*" in
*--extcap-interfaces*) echo "interface {value=demo}{display=Demo}"; exit 0;;
*--extcap-reload-option*) echo "value {arg=2}{value=en7}{display=Seventh}"; exit 0;;
*--extcap-config*) echo "arg {number=0}{call=--host}{display=Host}{type=string}{required=true}"
  echo "arg {number=1}{call=--secret}{display=Secret}{type=password}"
  echo "arg {number=2}{call=--card}{display=Card}{type=selector}{reload=true}"
  exit 0;;
esac
case "$*" in *--capture*) ;; *) exit 0;; esac
echo "$*" >>${bench.path("called")}
while [ "$1" != --fifo ]; do shift; done
cat ${sample} >"$2"
`,
      );
      chmodSync(join(folder, "demodump"), 0o755);
    });
    afterEach(() => bench.end());

    test("a program is listed with its options, and captures with them; passwords stay where they are", async () => {
      const session = bench.session();
      const { interfaces } = await session.call("interfaces", {});
      const demo = interfaces.find(({ name }) => name === "demo");
      expect(demo).toMatchObject({ kind: "extcap", description: "Demo", canCapture: true, link: "" });
      expect(demo?.extcap?.program).toMatch(/state\/extcap\/demodump$/);
      const options = await session.call("extcapOptions", { interface: "demo" });
      expect(options).toMatchObject([
        { name: "--host", title: "Host", type: "string", required: true },
        { name: "--secret", type: "password" },
        { name: "--card", type: "selector", reload: true },
      ]);
      const values = { "--host": "h" };
      expect(await session.call("extcapReload", { interface: "demo", option: "--card", values })).toEqual([
        { value: "en7", title: "Seventh", enabled: true, parent: "" },
      ]);
      const told: string[] = [];
      session.on("status", (status) => told.push(JSON.stringify(status)));
      session.on("settings", (settings) => told.push(JSON.stringify(settings)));
      const extcap = { demo: { "--host": "far", "--secret": "hush" } };
      await session.call("startCapture", { options: { interfaces: ["demo"], extcap } });
      await statusWhen(session, ({ frames, live }) => frames === 90 && live.phase === "idle");
      // Again, with the password that only the session knows.
      await session.call("restartCapture", { discard: true });
      await statusWhen(session, ({ frames, live }) => frames === 90 && live.phase === "idle");
      const calls = readFileSync(bench.path("called"), "utf8").trim().split("\n");
      expect(calls.map((line) => line.endsWith("--host far --secret hush"))).toEqual([true, true]);
      const { capture } = await session.call("settings", {});
      expect(capture.extcap).toEqual({ demo: { "--host": "far" } });
      expect(told.length).toBeGreaterThan(2);
      expect(told.filter((text) => text.includes("hush"))).toEqual([]);
    });

    test("what a program needs is asked for; no program, and no pipe, are told", async () => {
      const session = bench.session();
      const start = (options: { interfaces: string[]; extcap?: Record<string, Record<string, string>> }) =>
        refusal(session.call("startCapture", { options }));
      expect(await start({ interfaces: ["demo"] })).toMatchObject({
        code: "CAPTURE_FAILED",
        message: 'demo: "Host" has to be filled in.',
      });
      expect((await start({ interfaces: [bench.path("nothing")] })).message).toMatch(/There is no pipe/);
      expect((await start({ interfaces: [sample] })).message).toMatch(/is a file, not a pipe/);
      expect((await start({ interfaces: ["-"] })).message).toMatch(/no absolute path of a pipe/);
      expect(await refusal(session.call("extcapOptions", { interface: "none" }))).toMatchObject({
        code: "NOT_FOUND",
      });
      const values = {};
      const reload = session.call("extcapReload", { interface: "demo", option: "--host", values });
      expect((await refusal(reload)).message).toMatch(/no option "--host" whose choices can be reloaded/);
      expect(await session.call("status", {})).toMatchObject({ live: { phase: "idle" }, file: null });
    });
  },
);
