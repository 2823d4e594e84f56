/** The same expectations of both drivers, on real traffic between two namespaces. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  type CaptureDriver,
  CaptureSession,
  createCapDriver,
  createHelperDriver,
  SPOOL_PATTERN,
} from "../../../engine/capture/index.ts";
import { describeLive, type Live } from "./live.ts";
import {
  hasTool,
  noCap,
  noHelper,
  noLive,
  type ReadPacket,
  Recorder,
  readCapture,
  sleep,
  until,
} from "./support.ts";

const DRIVERS = [
  { name: "helper", missing: noHelper, create: (via: readonly string[]) => createHelperDriver({ via }) },
  { name: "cap", missing: noCap, create: (via: readonly string[]) => createCapDriver({ via }) },
];

/** Ethernet, IPv4 and UDP headers. */
const HEADERS = 14 + 20 + 8;

/**
 * The numbers of the sent datagrams, ascending, after checking that each packet is whole: its lengths, and the byte
 * it is filled with. They may arrive in another order, because each processor has its own receive queue.
 */
function numbersOf(packets: readonly ReadPacket[], size: number): number[] {
  for (const { len, bytes } of packets) {
    expect(len).toBe(HEADERS + size);
    expect(bytes).toHaveLength(HEADERS + size);
    const fill = bytes.readUInt32BE(HEADERS) & 255;
    expect(bytes.subarray(HEADERS + 4).every((byte) => byte === fill)).toBe(true);
  }
  return packets.map(({ bytes }) => bytes.readUInt32BE(HEADERS)).sort((a, b) => a - b);
}

for (const { name, missing, create } of DRIVERS) {
  const tests = (live: Live): void => {
    let serial = 0;
    const newFile = () => join(live.folder, `capture-${serial++}.pcapng`);

    afterEach(() => {
      if (!existsSync(join("/var/run/netns", live.wire.far))) throw new Error("the namespace is gone");
    });

    test("is available and lists the interface", async () => {
      const available = await live.driver.available();
      expect(available).toMatchObject({ ok: true });
      const list = await live.driver.listInterfaces();
      expect(list.ok && list.value.map((each) => each.name)).toContain(live.wire.device);
      const one = await live.driver.listInterfaces(live.wire.device);
      expect(one).toMatchObject({
        ok: true,
        value: [
          {
            name: live.wire.device,
            open: { ok: true, linkTypes: expect.arrayContaining([expect.objectContaining({ linkType: 1 })]) },
          },
        ],
      });
      const none = await live.driver.listInterfaces("no-such-if");
      expect(none).toMatchObject({ ok: false, error: { code: "no-such-device" } });
    });

    test("captures every packet with its bytes, length and time", async () => {
      const recorder = new Recorder();
      const file = newFile();
      const before = Date.now() / 1000;
      const handle = live.driver.start(
        { sources: [{ name: live.wire.device, filter: "udp port 9999" }], file },
        recorder,
      );
      const started = await recorder.started;
      expect(started.interfaces).toMatchObject([
        { id: 0, name: live.wire.device, linkType: 1, filter: "udp port 9999" },
      ]);
      expect(started.caveats).toEqual(live.driver.caveats);
      await live.wire.send(500, 300);
      // The package has no way to read what is left in the kernel's buffer when it is closed.
      if (name === "cap") await recorder.holds(500);
      handle.stop();
      const end = await recorder.ended;
      expect(end).toMatchObject({ reason: "stopped", error: null, started: true });
      expect(end.stats).toMatchObject({ packets: 500, bytes: 500 * (HEADERS + 300), filePackets: 500 });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(end.stats.fileBytes).toBeLessThanOrEqual(statSync(file).size);

      const capture = readCapture(file);
      expect(capture.torn).toBe(0);
      expect(capture.interfaces[0]?.options.get(2)?.toString()).toBe(live.wire.device);
      expect(capture.interfaces[0]?.options.get(11)?.toString()).toBe("\0udp port 9999");
      expect(capture.statistics).toHaveLength(1);
      expect(capture.statistics[0]?.get(8)?.readBigUInt64LE()).toBe(500n);
      expect(capture.packets).toHaveLength(500);
      expect(numbersOf(capture.packets, 300)).toEqual(Array.from({ length: 500 }, (_, n) => n));
      for (const packet of capture.packets) {
        expect(packet.bytes.readUInt16BE(12)).toBe(0x0800);
        expect(packet.time).toBeGreaterThan(before - 1);
        expect(packet.time).toBeLessThan(Date.now() / 1000 + 1);
      }
    });

    test("writes what tshark and capinfos read", async (context) => {
      context.skip(!hasTool("tshark") || !hasTool("capinfos"), "needs tshark and capinfos");
      const recorder = new Recorder();
      const file = newFile();
      live.driver.start(
        { sources: [{ name: live.wire.device, filter: "udp" }], file, stopAfter: { packets: 20 } },
        recorder,
      );
      await recorder.started;
      await live.wire.send(30, 100);
      expect(await recorder.ended).toMatchObject({
        reason: "packets",
        error: null,
        stats: { packets: 20 },
      });
      const info = execFileSync("capinfos", [file], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      expect(info).toMatch(/Number of packets:\s+20\n/);
      expect(info).toMatch(/Capture application: Tapline/);
      expect(info).toMatch(new RegExp(`Name = ${live.wire.device}`));
      expect(info).toMatch(/Number of stat entries = 1/);
      expect(info).toMatch(name === "cap" ? /microseconds \(6\)/ : /nanoseconds \(9\)/);
      const args = ["-r", file, "-T", "fields", "-e", "udp.length", "-e", "frame.interface_name"];
      const fields = execFileSync("tshark", args, {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      expect(fields).toBe(`108\t${live.wire.device}\n`.repeat(20));
    });

    test("honours the capture filter and cuts at the snapshot length", async () => {
      const recorder = new Recorder();
      const file = newFile();
      const sources = [{ name: live.wire.device, filter: "udp dst port 7001", snapLen: 60 }];
      live.driver.start({ sources, file, stopAfter: { packets: 10 } }, recorder);
      await recorder.started;
      await live.wire.send(10, 200, 7000);
      await live.wire.send(10, 200, 7001);
      expect((await recorder.ended).reason).toBe("packets");
      const capture = readCapture(file);
      expect(capture.interfaces[0]?.snapLen).toBe(60);
      expect(capture.packets).toHaveLength(10);
      for (const packet of capture.packets) {
        expect(packet.len).toBe(HEADERS + 200);
        expect(packet.bytes).toHaveLength(60);
        expect(packet.bytes.readUInt16BE(36)).toBe(7001);
      }
    });

    test("answers a bad filter with libpcap's message, before and at the start", async () => {
      const request = { linkType: 1, interface: live.wire.device };
      const bad = await live.driver.checkFilter({ ...request, filter: "tcp port80" });
      expect(bad).toEqual({ state: "error", message: "can't parse filter expression: syntax error" });
      expect(await live.driver.checkFilter({ ...request, filter: "tcp port 80" })).toMatchObject({
        state: "ok",
      });
      expect(await live.driver.checkFilter({ ...request, filter: "" })).toMatchObject({ state: "ok" });

      const recorder = new Recorder();
      const file = newFile();
      live.driver.start({ sources: [{ name: live.wire.device, filter: "tcp port80" }], file }, recorder);
      const end = await recorder.ended;
      const message = "can't parse filter expression: syntax error";
      expect(end).toMatchObject({
        started: false,
        error: { code: "filter", message, interface: live.wire.device },
      });
      expect(existsSync(file)).toBe(false);
    });

    test("names an interface that does not exist", async () => {
      const recorder = new Recorder();
      live.driver.start({ sources: [{ name: "no-such-if" }], file: newFile() }, recorder);
      expect(await recorder.ended).toMatchObject({
        started: false,
        error: { code: "no-such-device", interface: "no-such-if" },
      });
    });

    test("refuses a file it cannot create", async () => {
      const recorder = new Recorder();
      const file = join(live.folder, "missing", "x.pcapng");
      live.driver.start({ sources: [{ name: live.wire.device }], file }, recorder);
      const end = await recorder.ended;
      expect(end).toMatchObject({ started: false, error: { code: "output" } });
      expect(end.error?.message).toContain(file);
    });

    test("reports growth at whole blocks, soon", async () => {
      const recorder = new Recorder();
      const file = newFile();
      const handle = live.driver.start(
        { sources: [{ name: live.wire.device, filter: "udp" }], file },
        recorder,
      );
      await recorder.started;
      await live.wire.send(1, 100);
      await until(() => recorder.data.some((each) => each.filePackets === 1), 20_000);
      const { fileBytes } = recorder.data.at(-1) ?? { fileBytes: 0 };
      expect(fileBytes).toBe(statSync(file).size);
      expect(readCapture(file)).toMatchObject({ torn: 0, packets: [{ len: HEADERS + 100 }] });
      await until(() => recorder.stats.at(-1)?.packets === 1, 20_000);
      const known = name === "helper" ? 0 : null;
      expect(recorder.stats.at(-1)).toMatchObject({
        packets: 1,
        kernelDropped: known,
        interfaceDropped: known,
      });
      handle.stop();
      handle.stop();
      await recorder.ended;
      handle.stop();
      await sleep(50);
      expect(recorder.calls.filter((call) => call === "end")).toHaveLength(1);
      expect(recorder.calls.at(-1)).toBe("end");
      expect(recorder.calls[0]).toBe("started");
    }, 60_000);

    test("stops after a duration and after a file size", async () => {
      const timed = new Recorder();
      const begin = Date.now();
      live.driver.start(
        { sources: [{ name: live.wire.device }], file: newFile(), stopAfter: { seconds: 0.4 } },
        timed,
      );
      expect((await timed.ended).reason).toBe("duration");
      expect(Date.now() - begin).toBeGreaterThanOrEqual(400);

      const sized = new Recorder();
      const file = newFile();
      live.driver.start(
        { sources: [{ name: live.wire.device, filter: "udp" }], file, stopAfter: { bytes: 20_000 } },
        sized,
      );
      await sized.started;
      await live.wire.send(40, 1000);
      expect((await sized.ended).reason).toBe("filesize");
      expect(statSync(file).size).toBeGreaterThanOrEqual(20_000);
      expect(statSync(file).size).toBeLessThan(22_000);
    });

    test("a full disk ends the capture with a file of whole packets", async () => {
      const disk = join(live.folder, "disk");
      mkdirSync(disk, { recursive: true });
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", disk]);
      try {
        const recorder = new Recorder();
        const file = join(disk, "full.pcapng");
        live.driver.start({ sources: [{ name: live.wire.device, filter: "udp" }], file }, recorder);
        await recorder.started;
        await live.wire.send(1000, 1400);
        const end = await recorder.ended;
        expect(end).toMatchObject({ reason: "error", error: { code: "disk-full" } });
        expect(end.error?.message).toMatch(/No space left on device|no space left on device/);
        const capture = readCapture(file);
        expect(capture.torn).toBe(0);
        expect(capture.packets.length).toBeGreaterThan(500);
        expect(capture.packets.length).toBe(end.stats.filePackets);
        expect(statSync(file).size).toBe(end.stats.fileBytes);
        expect(new Set(numbersOf(capture.packets, 1400)).size).toBe(capture.packets.length);
      } finally {
        spawnSync("umount", [disk]);
      }
    });

    test("killed while packets flow, it leaves every packet it reported, whole", async () => {
      const spoolDir = join(live.folder, "killed");
      let pid: number | undefined;
      const watched: CaptureDriver = {
        ...live.driver,
        start(options, callbacks) {
          const handle = live.driver.start(options, callbacks);
          pid = handle.pid;
          return handle;
        },
      };
      const session = new CaptureSession({ driver: watched, spoolDir });
      const outcome = await session.start({ sources: [{ name: live.wire.device, filter: "udp" }] });
      expect(outcome.state).toBe("capturing");
      const sending = live.wire.send(2000, 700);
      await until(() => session.snapshot().stats.filePackets > 100);
      const reported = session.snapshot().stats.filePackets;
      process.kill(pid ?? 0, "SIGKILL");
      await until(() => session.snapshot().state === "idle");
      await sending;
      const { error, file, stats } = session.snapshot();
      expect(error).toMatchObject({ code: "helper-killed" });
      expect(error?.message).toMatch(/SIGKILL.*are kept/);
      const capture = readCapture(file ?? "");
      expect(capture.torn).toBe(0);
      expect(capture.packets.length).toBe(stats.filePackets);
      expect(capture.packets.length).toBeGreaterThanOrEqual(reported);
      expect(new Set(numbersOf(capture.packets, 700)).size).toBe(capture.packets.length);
    });

    test("session: stop wins over a start, restart makes a new file, all in private files", async () => {
      const spoolDir = join(live.folder, "spool");
      const session = new CaptureSession({ driver: live.driver, spoolDir });
      const states: string[] = [];
      session.on((event) => {
        if (event.type === "state") states.push(event.snapshot.state);
      });
      const options = { sources: [{ name: live.wire.device, filter: "udp" }] };
      const early = session.start(options);
      const stopped = session.stop();
      expect(await early).toEqual({ state: "stopped" });
      await stopped;
      expect(states).toEqual(["starting", "stopping", "idle"]);

      const first = await session.start(options);
      expect(await session.start(options)).toMatchObject({ state: "failed", error: { code: "busy" } });
      await live.wire.send(5, 50);
      const second = await session.restart();
      if (first.state !== "capturing" || second.state !== "capturing") throw new Error("did not capture");
      expect(second.file).not.toBe(first.file);
      await live.wire.send(7, 50);
      await sleep(150);
      await session.stop();
      expect(readCapture(first.file).packets).toHaveLength(5);
      expect(readCapture(second.file).packets).toHaveLength(7);
      expect(session.snapshot()).toMatchObject({ state: "idle", error: null, reason: "stopped" });
      expect(statSync(spoolDir).mode & 0o777).toBe(0o700);
      for (const entry of readdirSync(spoolDir)) {
        expect(entry).toMatch(SPOOL_PATTERN);
        expect(statSync(join(spoolDir, entry)).mode & 0o777).toBe(0o600);
      }
    });

    test("says when the interface disappears, and keeps what was captured", async () => {
      const recorder = new Recorder();
      const file = newFile();
      live.driver.start({ sources: [{ name: live.wire.device, filter: "udp" }], file }, recorder);
      await recorder.started;
      await live.wire.send(10, 100);
      await until(() => recorder.data.at(-1)?.filePackets === 10);
      live.wire.cut();
      try {
        const end = await recorder.ended;
        expect(end).toMatchObject({ error: { code: "interface-gone" }, started: true });
        expect(readCapture(file).packets).toHaveLength(10);
      } finally {
        live.wire.connect();
      }
    });
  };
  describeLive(`driver ${name}`, tests, noLive ?? missing, create);
}

describeLive("helper alone", (live) => {
  test("captures from several interfaces into one file, and goes on when one of them goes", async () => {
    live.wire.ip("-n", live.wire.far, "link", "add", "tlspare", "type", "veth", "peer", "name", "tlspare2");
    live.wire.ip("-n", live.wire.far, "link", "set", "tlspare", "up");
    const recorder = new Recorder();
    const file = join(live.folder, "two.pcapng");
    const sources = [
      { name: "tlspare", filter: "udp" },
      { name: live.wire.device, filter: "udp port 5000", snapLen: 100, promiscuous: false },
    ];
    const handle = live.driver.start({ sources, file }, recorder);
    expect((await recorder.started).interfaces).toMatchObject([
      { id: 0, name: "tlspare", promiscuous: true },
      { id: 1, name: live.wire.device, promiscuous: false, snapLen: 100 },
    ]);
    await live.wire.send(5, 200, 5000);
    live.wire.ip("-n", live.wire.far, "link", "del", "tlspare");
    await until(() => recorder.notices.some((notice) => notice.code === "interface-gone"));
    expect(recorder.notices.find((notice) => notice.code === "interface-gone")?.interface).toBe("tlspare");
    await live.wire.send(5, 200, 5000);
    handle.stop();
    expect(await recorder.ended).toMatchObject({ reason: "stopped", error: null, stats: { packets: 10 } });
    const capture = readCapture(file);
    expect(capture.interfaces).toHaveLength(2);
    expect(capture.statistics).toHaveLength(2);
    expect(capture.packets.map((packet) => packet.iface)).toEqual(new Array(10).fill(1));
  });

  test("an interface set down is told, and captured from again when it is up", async () => {
    const recorder = new Recorder();
    const file = join(live.folder, "down.pcapng");
    const handle = live.driver.start(
      { sources: [{ name: live.wire.device, filter: "udp" }], file },
      recorder,
    );
    await recorder.started;
    live.wire.ip("-n", live.wire.far, "link", "set", live.wire.device, "down");
    await until(() => recorder.notices.some((notice) => notice.code === "interface-down"));
    live.wire.ip("-n", live.wire.far, "link", "set", live.wire.device, "up");
    await until(() => recorder.notices.some((notice) => notice.code === "interface-up"));
    await live.wire.send(3, 100);
    handle.stop();
    expect(await recorder.ended).toMatchObject({ reason: "stopped", error: null });
    expect(readCapture(file).packets).toHaveLength(3);
  });

  test("a tunnel's raw packets get the link type of files, not the system's number", async () => {
    live.wire.ip("-n", live.wire.far, "tuntap", "add", "dev", "tltun", "mode", "tun");
    live.wire.ip("-n", live.wire.far, "link", "set", "tltun", "up");
    const recorder = new Recorder();
    const handle = live.driver.start(
      { sources: [{ name: "tltun" }], file: join(live.folder, "tun.pcapng") },
      recorder,
    );
    expect((await recorder.started).interfaces).toMatchObject([{ linkType: 101 }]);
    handle.stop();
    await recorder.ended;
  });

  test("says that an interface is down", async () => {
    live.wire.ip("-n", live.wire.far, "link", "add", "tldown", "type", "veth", "peer", "name", "tldown2");
    const recorder = new Recorder();
    live.driver.start({ sources: [{ name: "tldown" }], file: join(live.folder, "x.pcapng") }, recorder);
    expect(await recorder.ended).toMatchObject({ error: { code: "not-up", interface: "tldown" } });
  });

  test("holds no capability while it captures, but for root's right to write files", async () => {
    const recorder = new Recorder();
    const handle = live.driver.start(
      { sources: [{ name: live.wire.device }], file: join(live.folder, "c.pcapng") },
      recorder,
    );
    await recorder.started;
    const status = readFileSync(`/proc/${handle.pid}/status`, "utf8");
    expect(status).toMatch(/^CapEff:\t0000000000000002$/m);
    expect(status).toMatch(/^CapPrm:\t0000000000000002$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    handle.stop();
    await recorder.ended;
  });
});
