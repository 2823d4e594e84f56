/** Programs of the extcap convention: what they answer, what they are called with, and captures with them. */
import { createSocket } from "node:dgram";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { extcapPrograms } from "../../../engine/capture/extcap/catalog.ts";
import { ask } from "../../../engine/capture/extcap/program.ts";
import { parseConfig, parseDlts, parseInterfaces } from "../../../engine/capture/extcap/sentences.ts";
import { valueArguments, valueProblem } from "../../../engine/capture/extcap/values.ts";
import {
  type CaptureDriver,
  CaptureSession,
  type CaptureSource,
  createCapDriver,
  createHelperDriver,
  ExtcapCatalog,
  extcapFolders,
  listCaptureInterfaces,
  SpoolKeeper,
} from "../../../engine/capture/index.ts";
import { createSourcesDriver } from "../../../engine/capture/sources.ts";
import { noHelper, readCapture, sleep, temporaryFolder, until } from "./support.ts";

const CONFIG = `
arg {number=1}{call=--port}{display=Port}{type=unsigned}{range=1,65535}{default=5555}{tooltip=Where it listens}
arg {number=0}{call=--host}{display=Host}{type=string}{required=true}{group=Server}{placeholder=name}{validation=^[a-z.]+$}
arg {number=2}{call=--secret}{display=Secret}{type=password}{group=Server}
arg {number=3}{call=--fast}{display=Fast}{type=boolflag}{default=false}
arg {number=4}{call=--kind}{display=Kind}{type=selector}{reload=false}
value {arg=4}{value=a}{display=The A}
value {arg=4}{value=b}{display=The B}{default=true}
arg {number=5}{call=--list}{display=List}{type=multicheck}
value {arg=5}{value=x}{display=X}{enabled=false}
value {arg=5}{value=y}{display=Y}{parent=x}
arg {number=6}{call=--ratio}{display=Ratio}{type=double}{range=0,1}
arg {number=7}{call=--on}{display=On}{type=boolean}{default=true}
arg {number=8}{call=--when}{display=When}{type=timestamp}
arg {number=9}{call=--key}{display=Key}{type=fileselect}{mustexist=true}
arg {number=10}{call=--odd}{display=Odd}{type=colour}
arg {number=11}{call=; rm -rf}{display=Bad}{type=string}
nonsense {a=b
 ** (program:1) a line of its log
`;

describe("what extcap programs say", () => {
  test("interfaces, with version and help, in the midst of other lines", () => {
    const said = parseInterfaces(
      "log line\nextcap {version=1.2}{help=file:///x.html}\ninterface {value=one}{display=The {first}\r\n" +
        "interface {display=nameless}\ninterface {value=two}\n",
    );
    expect(said).toEqual({
      version: "1.2",
      help: "file:///x.html",
      interfaces: [
        { name: "one", display: "The {first" },
        { name: "two", display: "two" },
      ],
    });
    expect(parseDlts("dlt {number=147}{name=USER0}{display=Demo}\ndlt {number=x}{name=bad}\n")).toEqual([
      { dlt: 147, name: "USER0", display: "Demo" },
    ]);
  });

  test("options, by their numbers; what is not understood is left out", () => {
    const config = parseConfig(CONFIG);
    expect(config.map(({ call }) => call)).toEqual([
      "--host",
      "--port",
      "--secret",
      "--fast",
      "--kind",
      "--list",
      "--ratio",
      "--on",
      "--when",
      "--key",
    ]);
    expect(config[0]).toMatchObject({ required: true, group: "Server", placeholder: "name", default: "" });
    expect(config[1]).toMatchObject({ type: "unsigned", min: 1, max: 65_535, default: "5555" });
    expect(config[4]).toMatchObject({ default: "b", choices: [{ display: "The A" }, { isDefault: true }] });
    expect(config[5]?.choices).toMatchObject([{ enabled: false }, { parent: "x" }]);
    expect(config[9]).toMatchObject({ mustExist: true });
  });

  test("values are checked against the options", () => {
    const config = parseConfig(CONFIG);
    const problem = (call: string, value: string) => {
      const argument = config.find((each) => each.call === call);
      return argument === undefined ? "no such option" : valueProblem(argument, value);
    };
    for (const [call, good, bad, message] of [
      ["--host", "a.example", "A B", /is not as it has to be/],
      ["--host", "x", "", /has to be filled in/],
      ["--port", "80", "0", /from 1 to 65535/],
      ["--port", "1", "1.5", /whole number/],
      ["--port", "1", "-1", /not be negative/],
      ["--fast", "true", "maybe", /true or false/],
      ["--kind", "a", "c", /cannot be "c"/],
      ["--list", "x,y", "x,z", /cannot be "z"/],
      ["--ratio", "0.5", "2", /from 0 to 1/],
      ["--ratio", "1", "half", /must be a number/],
      ["--when", "1700000000", "today", /whole number/],
      ["--key", import.meta.filename, "/no/such/file", /there is no file/],
      ["--secret", "a b'c", "a\0b", /zero byte/],
    ] as const) {
      expect(problem(call, good)).toBeNull();
      expect(problem(call, bad)).toMatch(message);
    }
  });

  test("values become arguments, without those that are the program's own", () => {
    const config = parseConfig(CONFIG);
    const values = { "--port": "5555", "--host": "h", "--secret": "-x; y", "--fast": "true", "--kind": "b" };
    expect(valueArguments(config, values)).toEqual({
      ok: true,
      args: ["--host", "h", "--secret", "-x; y", "--fast"],
    });
    expect(valueArguments(config, {})).toEqual({ ok: false, message: '"Host" has to be filled in.' });
    expect(valueArguments(config, { "--port": "0" }, false)).toEqual({ ok: true, args: [] });
    expect(valueArguments(config, { "--nothing": "1" })).toMatchObject({ ok: false });
  });
});

const reason = process.platform === "win32" ? "extcap programs need FIFOs" : null;

describe.skipIf(reason !== null)(
  `extcap programs${reason ? ` (skipped: ${reason})` : ""}`,
  { timeout: 120_000 },
  () => {
    let folder: ReturnType<typeof temporaryFolder>;
    beforeEach(() => {
      folder = temporaryFolder();
      mkdirSync(join(folder.path, "extcap"));
    });
    afterEach(() => folder.remove());

    const at = (name: string): string => join(folder.path, name);
    /** Writes a shell script as a program of the folder; `$fifo` and `$all` are set when it captures. */
    const program = (name: string, script: string, capture = ""): string => {
      const path = at(`extcap/${name}`);
      const text = `#!/bin/sh
all="$*"
case "$all" in
*--extcap-interfaces*) echo "extcap {version=1.0}{help=https://example.org/}"; echo "interface {value=${name}}{display=The ${name}}"; exit 0;;
esac
${script}
case "$all" in *--capture*) ;; *) exit 0;; esac
while [ $# -gt 0 ]; do [ "$1" = --fifo ] && fifo="$2"; shift; done
${capture}
`;
      writeFileSync(path, text);
      chmodSync(path, 0o755);
      return path;
    };
    const catalog = (...folders: string[]) =>
      new ExtcapCatalog(() => (folders.length > 0 ? folders : [at("extcap")]));
    const noLocal = () => createHelperDriver({ path: at("no-helper") });
    const streams = noHelper === null ? createHelperDriver() : createCapDriver();
    const driverOf = (of = catalog()): CaptureDriver => createSourcesDriver(noLocal(), of, streams);

    test("are found in folders in order, by those who may run them only", () => {
      mkdirSync(at("second"));
      for (const [path, mode] of [
        ["extcap/a", 0o755],
        ["extcap/not-run", 0o644],
        ["extcap/anyone", 0o757],
        ["second/a", 0o755],
        ["second/b", 0o755],
      ] as const) {
        writeFileSync(at(path), "#!/bin/sh\n");
        chmodSync(at(path), mode);
      }
      mkdirSync(at("extcap/folder"));
      const found = extcapPrograms([at("extcap"), at("missing"), at("second")]);
      expect(found).toEqual([at("extcap/a"), at("second/b")]);
      const folders = extcapFolders(
        "/own",
        { TAPLINE_EXTCAP_PATH: "/x:/y", WIRESHARK_EXTCAP_DIR: "/w" },
        "/home/u",
      );
      expect(folders.slice(0, 5)).toEqual(["/x", "/y", "/own", "/w", "/home/u/.local/lib/wireshark/extcap"]);
      expect(folders).toContain("/usr/lib/wireshark/extcap");
    });

    test("stand in the list of interfaces, whatever others of them do", async () => {
      program("good", "");
      writeFileSync(at("extcap/broken"), "no program");
      chmodSync(at("extcap/broken"), 0o755);
      writeFileSync(at("extcap/failing"), "#!/bin/sh\nexit 3\n");
      const list = await listCaptureInterfaces(driverOf());
      expect(list.interfaces).toMatchObject([
        {
          name: "good",
          description: "The good",
          kind: "extcap",
          canCapture: true,
          extcap: { version: "1.0" },
        },
      ]);
      // Local interfaces are missing, and that is still told.
      expect(list.problem?.message).toMatch(/not there/);
    });

    test("that hang or never end to talk are ended", async () => {
      const hangs = program("hangs", "sleep 1000");
      const slow = await ask(hangs, ["--extcap-config"], 300);
      expect(slow).toMatchObject({ ok: false, error: { code: "source" } });
      if (!slow.ok) expect(slow.error.message).toMatch(/did not answer "--extcap-config" within 0.3 seconds/);
      const talks = program(
        "talks",
        "while :; do echo 'arg {number=0}{call=--a}{type=string} and so on'; done",
      );
      const long = await ask(talks, ["--extcap-config"], 60_000);
      if (!long.ok) expect(long.error.message).toMatch(/more than 2097152 bytes/);
      expect(long.ok).toBe(false);
      expect(await ask(at("extcap/none"), ["--extcap-config"])).toMatchObject({ ok: false });
    });

    test("tell link types, options and their choices, and judge filters", async () => {
      program(
        "asked",
        `case "$all" in
*--extcap-dlts*) echo "dlt {number=1}{name=EN10MB}{display=Ethernet}";;
*--extcap-reload-option*) echo "value {arg=1}{value=from-$all}{display=New}";;
*--extcap-config*) echo "arg {number=0}{call=--host}{display=Host}{type=string}"; echo "arg {number=1}{call=--card}{display=Card}{type=selector}{reload=true}";;
*--extcap-capture-filter*bad*) echo "syntax error";;
esac`,
      );
      const programs = catalog();
      const iface = await programs.find("asked");
      if (iface === undefined) throw new Error("the program is not found");
      const config = await programs.config(iface);
      if (!config.ok) throw new Error(config.error.message);
      const choices = await programs.reload(iface, config.value, "--card", { "--host": "h1" });
      expect(choices).toMatchObject({ ok: true, value: [{ display: "New" }] });
      if (choices.ok) expect(choices.value[0]?.value).toMatch(/--extcap-reload-option card --host h1$/);
      expect(await programs.reload(iface, config.value, "--host", {})).toMatchObject({ ok: false });
      const driver = driverOf(programs);
      expect(await driver.listInterfaces("asked")).toMatchObject({
        ok: true,
        value: [{ name: "asked", open: { linkTypes: [{ dlt: 1, name: "EN10MB" }] } }],
      });
      const check = (filter: string) => driver.checkFilter({ filter, interface: "asked" });
      expect(await check("good")).toMatchObject({ state: "ok" });
      expect(await check("bad")).toEqual({ state: "error", message: "syntax error" });
    });

    // ---------------------------------------------------------------- capturing

    const capture = async (driver: CaptureDriver, source: CaptureSource, more = {}) => {
      const keeper = new SpoolKeeper(at("spool"));
      const session = new CaptureSession({ driver, spoolDir: at("spool"), keeper });
      const outcome = await session.start({ sources: [source], ...more });
      return { session, outcome };
    };
    const untilIdle = (session: CaptureSession) =>
      until(() => session.snapshot().state === "idle", 60_000).then(() => session.snapshot());
    const sample = new URL("../../captures/dns.pcap", import.meta.url).pathname;

    test("capture into the spool with their options and the filter, and end by themselves", async () => {
      program(
        "brings",
        `case "$all" in *--extcap-config*) echo "arg {number=0}{call=--host}{display=Host}{type=string}"; echo "arg {number=1}{call=--word}{display=Word}{type=password}";; esac`,
        `echo "$all" >${at("called")}; cat ${sample} >"$fifo"`,
      );
      const source = { name: "brings", filter: "udp", extcap: { "--host": "h 1", "--word": "hush" } };
      const { session, outcome } = await capture(driverOf(), source);
      expect(outcome).toMatchObject({ state: "capturing" });
      const spool = session.snapshot().file ?? "";
      expect(readFileSync(`${spool}.json`, "utf8")).not.toContain("hush");
      const ended = await untilIdle(session);
      expect(ended).toMatchObject({ error: null, reason: "source-ended", stats: { packets: 90 } });
      expect(readCapture(spool).packets.length).toBe(90);
      const called = readFileSync(at("called"), "utf8").trim();
      expect(called).toMatch(
        /^--capture --extcap-interface brings --fifo \S+ --extcap-capture-filter udp --host h 1 --word hush$/,
      );
      const [, fifo = ""] = /--fifo (\S+)/.exec(called) ?? [];
      expect(existsSync(fifo)).toBe(false);
    });

    test("are asked to end at a stop, and what they still write is taken", async () => {
      program(
        "lasts",
        "",
        `head -c 24 ${sample} >${at("head")}; tail -c +25 ${sample} >${at("rest")}
exec 3>"$fifo"; trap 'cat ${at("rest")} >&3; exit 0' TERM
cat ${at("head")} >&3; while :; do sleep 0.05; done`,
      );
      const { session } = await capture(driverOf(), { name: "lasts" });
      await session.stop();
      expect(session.snapshot()).toMatchObject({ reason: "stopped", error: null, stats: { packets: 90 } });
    });

    test("are ended when they take no notice of a stop, and their children with them", async () => {
      program(
        "stays",
        "",
        `trap '' TERM; cat ${sample} >"$fifo" & sleep 1000 & echo $! >${at("child")}; exec 3>"$fifo"; wait; while :; do sleep 1; done`,
      );
      const { session } = await capture(driverOf(), { name: "stays" });
      await until(() => session.snapshot().stats.packets === 90, 60_000);
      await until(() => existsSync(at("child")) && readFileSync(at("child"), "utf8").trim() !== "", 60_000);
      const child = Number(readFileSync(at("child"), "utf8"));
      await session.stop();
      expect(session.snapshot()).toMatchObject({ state: "idle", reason: "stopped", error: null });
      const alive = (): boolean => {
        try {
          // A zombie whose parent is gone may stay where nobody collects it.
          const [, state] = /\) (\S)/.exec(readFileSync(`/proc/${child}/stat`, "utf8")) ?? [];
          return state !== "Z";
        } catch {
          return false;
        }
      };
      await until(() => !alive(), 60_000);
    });

    test("that fail are told with what they complained of", async () => {
      program("fails", "", `echo "no route to host" >&2; exit 7`);
      const failed = await capture(driverOf(), { name: "fails" });
      expect(failed.outcome).toMatchObject({
        state: "failed",
        error: { message: "The program fails ended with status 7: no route to host" },
      });
      program("midway", "", `cat ${sample} >"$fifo"; echo "connection lost" >&2; exit 1`);
      const { session } = await capture(driverOf(), { name: "midway" });
      const ended = await untilIdle(session);
      expect(ended).toMatchObject({
        stats: { packets: 90 },
        error: { message: "The program midway ended with status 1: connection lost" },
      });
      program("talks-nonsense", "", `echo "Hello, this is no capture" >"$fifo"`);
      const nonsense = await capture(driverOf(), { name: "talks-nonsense" });
      expect(nonsense.outcome).toMatchObject({ state: "failed", error: { code: "source" } });
      if (nonsense.outcome.state === "failed")
        expect(nonsense.outcome.error.message).toMatch(/is a text file/);
    });

    test("that write nothing can be stopped while they are waited for", async () => {
      program("silent", "", "sleep 1000");
      const session = new CaptureSession({ driver: driverOf(), spoolDir: at("spool"), startTimeoutMs: 50 });
      const starting = session.start({ sources: [{ name: "silent" }] });
      // The limit for opening interfaces is not one for them.
      await sleep(300);
      expect(session.snapshot().state).toBe("starting");
      await session.stop();
      expect(await starting).toEqual({ state: "stopped" });
    });

    test("that do not even tell their options, or their names, do not hold a stop up", async () => {
      for (const [name, script] of [
        ["no-config", "sleep 60"],
        ["no-name", null],
      ] as const) {
        const path = program(name, script ?? "");
        if (script === null) writeFileSync(path, "#!/bin/sh\nsleep 60\n");
        const session = new CaptureSession({ driver: driverOf(), spoolDir: at("spool") });
        const starting = session.start({ sources: [{ name }] });
        await sleep(200);
        expect(session.snapshot().state).toBe("starting");
        await session.stop();
        expect(await starting).toEqual({ state: "stopped" });
        expect(session.snapshot().error).toBeNull();
        rmSync(path);
      }
    });

    test("are refused with options they do not have", async () => {
      program(
        "plain",
        `case "$all" in *--extcap-config*) echo "arg {number=0}{call=--n}{display=N}{type=integer}";; esac`,
      );
      for (const [sources, message] of [
        [[{ name: "plain", extcap: { "--n": "many" } }], /"N" must be a whole number/],
        [[{ name: "plain", extcap: { "--m": "1" } }], /no option "--m"/],
      ] as const) {
        const session = new CaptureSession({ driver: driverOf(), spoolDir: at("spool") });
        const outcome = await session.start({ sources });
        expect(outcome).toMatchObject({ state: "failed", error: { code: "usage" } });
        if (outcome.state === "failed") expect(outcome.error.message).toMatch(message);
      }
    });

    test.skipIf(noHelper !== null)("capture together, into several files", async () => {
      for (const name of ["one", "two"]) program(name, "", `cat ${sample} >"$fifo"`);
      const session = new CaptureSession({ driver: driverOf(), spoolDir: at("spool") });
      const sources = [{ name: "one" }, { name: "two" }];
      const files: string[] = [];
      session.on((event) => {
        if (event.type === "file" && event.file.state === "closed") files.push(event.file.path);
      });
      const outcome = await session.start({ sources, file: at("both.pcapng"), several: { packets: 70 } });
      expect(outcome).toMatchObject({ state: "capturing" });
      expect(await untilIdle(session)).toMatchObject({
        error: null,
        reason: "source-ended",
        stats: {
          packets: 180,
          interfaces: [
            { name: "one", packets: 90 },
            { name: "two", packets: 90 },
          ],
        },
      });
      const captures = files.map((path) => readCapture(path));
      expect(captures.map(({ packets }) => packets.length)).toEqual([70, 70, 40]);
      expect(captures.every(({ interfaces }) => interfaces.length === 2)).toBe(true);
    });

    // ---------------------------------------------------------------- Wireshark's own

    const system = extcapPrograms(extcapFolders(join("/", "nowhere")));
    const has = (name: string) => system.some((path) => path.endsWith(`/${name}`));

    test.skipIf(!has("randpktdump"))(
      "Wireshark's randpktdump captures as it is (needs wireshark-common)",
      async () => {
        const programs = catalog(...extcapFolders(at("extcap")));
        const extcap = { "--count": "7", "--type": "dns" };
        const { session, outcome } = await capture(driverOf(programs), { name: "randpkt", extcap });
        expect(outcome).toMatchObject({ state: "capturing" });
        const ended = await untilIdle(session);
        expect(ended).toMatchObject({ error: null, stats: { packets: 7 } });
        expect(readCapture(ended.file ?? "").packets.length).toBe(7);
      },
    );

    test.skipIf(!has("udpdump"))(
      "Wireshark's udpdump shows what is sent to it, and stops (needs wireshark-common)",
      async () => {
        const free = createSocket("udp4");
        await new Promise<void>((resolve) => free.bind(0, "127.0.0.1", resolve));
        const { port } = free.address();
        free.close();
        const programs = catalog(...extcapFolders(at("extcap")));
        const { session, outcome } = await capture(driverOf(programs), {
          name: "udpdump",
          extcap: { "--port": String(port) },
        });
        expect(outcome).toMatchObject({ state: "capturing" });
        const sender = createSocket("udp4");
        // It may begin to listen later than it writes the header.
        for (let i = 0; i < 600 && session.snapshot().stats.packets < 3; i++) {
          sender.send("hello", port, "127.0.0.1");
          await sleep(100);
        }
        sender.close();
        await session.stop();
        const { stats, error, file } = session.snapshot();
        expect(error).toBeNull();
        expect(stats.packets).toBeGreaterThanOrEqual(3);
        expect(readCapture(file ?? "").packets[0]?.bytes.includes("hello")).toBe(true);
      },
      90_000,
    );
  },
);
