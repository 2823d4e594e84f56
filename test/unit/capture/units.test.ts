/** The parts of capturing that need no packet: protocol, spool files, interface list, permissions, counters. */
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  type CaptureDriver,
  type DriverInterface,
  dltToLinkType,
  linkTypeTitle,
  listCaptureInterfaces,
  type Result,
  SPOOL_PATTERN,
  spoolPath,
  TrafficMonitor,
  type TrafficSample,
  trimToWholeBlocks,
} from "../../../engine/capture/index.ts";
import {
  capabilitySet,
  explainPermission,
  shellQuote,
  splitFix,
} from "../../../engine/capture/permissions.ts";
import { captureArguments } from "../../../engine/capture/process.ts";
import { captureMessage, lineParser, toStats } from "../../../engine/capture/protocol.ts";
import { type Counters, parseProcNetDev, ratesBetween } from "../../../engine/capture/traffic.ts";
import { noHelper, sleep, temporaryFolder, until } from "./support.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe("protocol", () => {
  const feedAll = (chunks: (string | Buffer)[]) => {
    const messages: unknown[] = [];
    const bad: string[] = [];
    const feed = lineParser(
      captureMessage,
      (message) => messages.push(message),
      (reason) => bad.push(reason),
    );
    for (const chunk of chunks) feed(Buffer.from(chunk));
    return { messages, bad };
  };
  const data = '{"type":"data","fileBytes":172,"filePackets":0}';
  const notice = '{"type":"notice","code":"x","message":"Gerät ü"}';

  test("finds messages however the bytes are cut", () => {
    const bytes = Buffer.from(`${data}\n${notice}\n`);
    for (let size = 1; size < bytes.length; size += 3) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      const { messages, bad } = feedAll(chunks);
      expect(bad).toEqual([]);
      expect(messages).toEqual([
        { type: "data", fileBytes: 172, filePackets: 0 },
        { type: "notice", code: "x", message: "Gerät ü" },
      ]);
    }
  });

  test("refuses what is no message, once, and hears nothing after it", () => {
    for (const line of [
      "hello",
      "{}",
      '{"type":"surprise"}',
      '{"type":"data","fileBytes":-1,"filePackets":0}',
      '{"type":"data","fileBytes":1.5,"filePackets":0}',
      '{"type":"end","reason":"bored"}',
      "[]",
      "null",
      "",
    ]) {
      const { messages, bad } = feedAll([`${data}\n${line}\n${data}\n`, `${data}\n`]);
      expect(messages).toHaveLength(1);
      expect(bad).toHaveLength(1);
    }
    const endless = feedAll(new Array(6).fill(Buffer.alloc(1024 * 1024, 32)));
    expect(endless).toEqual({ messages: [], bad: ["a line without end"] });
  });

  test("keeps counters that are not known apart from zero", () => {
    const message = (interfaces: object[]) =>
      captureMessage.parse({
        type: "stats",
        elapsedMs: 1,
        packets: 2,
        bytes: 3,
        fileBytes: 4,
        filePackets: 2,
        interfaces,
      });
    const known = {
      id: 0,
      name: "a",
      packets: 1,
      bytes: 1,
      received: 5,
      kernelDropped: 2,
      interfaceDropped: 0,
    };
    const sums = (interfaces: object[]) => {
      const parsed = message(interfaces);
      if (parsed.type !== "stats") throw new Error("not stats");
      const { received, kernelDropped, interfaceDropped } = toStats(parsed);
      return [received, kernelDropped, interfaceDropped];
    };
    expect(sums([known, { ...known, id: 1 }])).toEqual([10, 4, 0]);
    expect(sums([known, { id: 1, name: "b", packets: 1, bytes: 1 }])).toEqual([null, null, null]);
  });

  test("an unknown error code is still an error", () => {
    const parsed = captureMessage.parse({ type: "error", code: "new-trouble", message: "m" });
    expect(parsed).toMatchObject({ code: "capture-failed", message: "m" });
  });

  test("options become arguments", () => {
    const args = captureArguments({
      sources: [
        { name: "eth0", filter: "tcp", snapLen: 96, promiscuous: false, bufferKiB: 2048, linkType: "EN10MB" },
        { name: "wlan0", monitor: true, timestampType: "host", direction: "in", filter: "" },
      ],
      file: "/tmp/x",
      exclusive: true,
      stopAfter: { seconds: 1.5, packets: 7, bytes: 1001 },
    });
    expect(args.join(" ")).toBe(
      "capture -i eth0 -f tcp -s 96 -p -B 2048 -y EN10MB -i wlan0 --monitor --timestamp-type host --direction in " +
        "-w /tmp/x --exclusive -a duration:1.5 -a packets:7 -a filesize:2",
    );
  });
});

describe("spool files", () => {
  test("are named after interface and time, safely", () => {
    const now = new Date(2026, 0, 2, 3, 4, 5);
    expect(basename(spoolPath("/s", ["eth0"], now))).toMatch(
      /^tapline_eth0_20260102030405_[0-9a-f]{8}\.pcapng$/,
    );
    expect(basename(spoolPath("/s", ["../../etc/x y"], now))).toMatch(/^tapline_..-..-etc-x-y_2026/);
    expect(basename(spoolPath("/s", ["a", "b"], now))).toMatch(/^tapline_2-interfaces_/);
    for (const names of [["eth0"], [], [""], ["\\Device\\NPF_{4C-1}"]]) {
      expect(basename(spoolPath("/s", names))).toMatch(SPOOL_PATTERN);
    }
    expect(spoolPath("/s", ["a"])).not.toBe(spoolPath("/s", ["a"]));
  });

  const block = (type: number, length: number) => {
    const bytes = Buffer.alloc(length);
    bytes.writeUInt32LE(type, 0);
    bytes.writeUInt32LE(length, 4);
    bytes.writeUInt32LE(length, length - 4);
    return bytes;
  };

  test("are cut back to whole blocks, wherever they end", () => {
    const whole = Buffer.concat([block(0x0a0d0d0a, 28), block(1, 20), block(6, 100), block(6, 60)]);
    const torn = Buffer.concat([whole, block(6, 200)]);
    const path = join(folder.path, "torn");
    for (let size = whole.length; size < torn.length; size++) {
      writeFileSync(path, torn.subarray(0, size));
      expect(trimToWholeBlocks(path)).toEqual({ bytes: whole.length, packets: 2, cut: size - whole.length });
      expect(readFileSync(path)).toEqual(whole);
    }
    writeFileSync(path, torn);
    expect(trimToWholeBlocks(path, 148)).toEqual({ bytes: torn.length, packets: 2, cut: 0 });
    expect(trimToWholeBlocks(path, 1e6)).toEqual({ bytes: torn.length, packets: 0, cut: 0 });
  });

  test("a block with an impossible or contradicting length is where it ends", () => {
    const path = join(folder.path, "bad");
    const good = block(6, 40);
    for (const spoil of [0, 8, 41, 600_000, 0xffffffff]) {
      const bad = block(6, 60);
      bad.writeUInt32LE(spoil >>> 0, 4);
      writeFileSync(path, Buffer.concat([good, bad]));
      expect(trimToWholeBlocks(path)).toEqual({ bytes: 40, packets: 1, cut: 60 });
      expect(statSync(path).size).toBe(40);
    }
    const other = block(6, 60);
    other.writeUInt32LE(64, 56);
    writeFileSync(path, Buffer.concat([good, other]));
    expect(trimToWholeBlocks(path).bytes).toBe(40);
  });
});

describe("permissions", () => {
  test("what is copied is the command alone", () => {
    const of = (facts: Parameters<typeof explainPermission>[0]) => {
      const platform = facts.platform ?? "linux";
      return splitFix(explainPermission({ ...facts, platform }).fix ?? "", platform);
    };
    const status = "CapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\n";
    const helper = "/opt/tapline/tapline-capture";
    const facts = { helper, status, mountinfo: "", uid: 1000, user: "ann", executable: true };
    expect(of(facts)).toEqual({
      text: "",
      command: `sudo setcap cap_net_raw,cap_net_admin=eip ${helper}`,
    });
    expect(of({ ...facts, executable: false })).toEqual({
      text: "then log in anew",
      command: `sudo usermod -aG "$(stat -c %G ${helper})" ann`,
    });
    const bounded = status.replace("000001ffffffffff", "00000000a80405fb");
    expect(of({ ...facts, status: bounded, container: true })).toEqual({
      text: "Start the container with",
      command: "docker run --cap-add=NET_RAW --cap-add=NET_ADMIN …",
    });
    expect(of({ ...facts, status: bounded, container: false })).toEqual({
      text: expect.stringMatching(/^Grant CAP_NET_RAW .* \(systemd: CapabilityBoundingSet=\)\.$/),
      command: "",
    });
    expect(of({ helper: null, platform: "win32" }).command).toBe("net start npcap");
    expect(of({ helper: null, platform: "darwin" }).command).toBe("sudo chmod o+rw /dev/bpf*");
  });

  const NONE = "CapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t0\n";
  const facts = {
    platform: "linux" as const,
    helper: "/opt/tap line/tapline-capture",
    status: NONE,
    mountinfo: "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n",
    uid: 1000,
    user: "ann",
    executable: true,
    container: false,
  };

  test("names the program and the command", () => {
    const advice = explainPermission(facts);
    expect(advice).toMatchObject({ finding: "capability", capabilities: ["cap_net_raw", "cap_net_admin"] });
    expect(advice.fix).toBe("sudo setcap cap_net_raw,cap_net_admin=eip '/opt/tap line/tapline-capture'");
    expect(advice.reason).toContain("/opt/tap line/tapline-capture");
    expect(explainPermission({ ...facts, uid: 0 }).reason).toContain("Even root");
  });

  test("finds nothing wrong when the capabilities are there", () => {
    const status = NONE.replace("CapEff:\t0000000000000000", "CapEff:\t000001ffffffffff");
    expect(explainPermission({ ...facts, status })).toMatchObject({ finding: "permitted", fix: null });
  });

  test("knows a container without NET_RAW, where no setcap helps", () => {
    // Docker's default bounding set without NET_RAW (bit 13).
    const status = "CapEff:\t0000000000000000\nCapBnd:\t00000000a80405fb\nNoNewPrivs:\t0\n";
    expect(explainPermission({ ...facts, status, container: true })).toMatchObject({
      finding: "container",
      fix: expect.stringContaining("--cap-add=NET_RAW"),
      capabilities: ["cap_net_raw", "cap_net_admin"],
    });
    expect(explainPermission({ ...facts, status }).fix).toContain("CapabilityBoundingSet");
  });

  test("knows no_new_privs, nosuid, a helper that is missing or reserved to a group", () => {
    const status = NONE.replace("NoNewPrivs:\t0", "NoNewPrivs:\t1");
    expect(explainPermission({ ...facts, status }).finding).toBe("no-new-privileges");
    const mountinfo = `${facts.mountinfo}23 22 8:2 / /opt/tap\\040line rw,nosuid - ext4 /dev/sdb1 rw\n24 22 8:2 / /op rw,nosuid - x x rw\n`;
    expect(explainPermission({ ...facts, mountinfo }).finding).toBe("nosuid");
    expect(explainPermission({ ...facts, helper: "/opt/other/helper", mountinfo }).finding).toBe(
      "capability",
    );
    expect(explainPermission({ ...facts, helper: null })).toMatchObject({
      finding: "helper-missing",
      fix: expect.stringContaining("libpcap-dev"),
    });
    expect(explainPermission({ ...facts, executable: false })).toMatchObject({
      finding: "helper-not-executable",
      fix: expect.stringMatching(/^sudo usermod -aG .* ann/),
    });
    expect(explainPermission({ ...facts, driver: "cap" }).finding).toBe("process-capability");
  });

  test("answers for macOS and Windows", () => {
    expect(explainPermission({ helper: null, platform: "darwin" })).toMatchObject({
      finding: "chmodbpf",
      fix: expect.stringContaining("ChmodBPF"),
    });
    expect(explainPermission({ helper: null, platform: "win32" })).toMatchObject({
      finding: "npcap",
      fix: expect.stringContaining("npcap.com"),
    });
  });

  test("reads capability sets and quotes paths", () => {
    expect(capabilitySet("CapInh:\t0\nCapEff:\t0000000000003000\n", "CapEff")).toBe(0x3000n);
    expect(capabilitySet("", "CapEff")).toBe(0n);
    expect(shellQuote("/usr/bin/x")).toBe("/usr/bin/x");
    expect(shellQuote("it's")).toBe("'it'\\''s'");
  });
});

describe("interface list", () => {
  const sysRoot = join(folder.path, "sys");
  const device = (name: string, files: Record<string, string>, folders: string[] = []) => {
    const path = join(sysRoot, "class", "net", name);
    mkdirSync(path, { recursive: true });
    for (const each of folders) mkdirSync(join(path, each), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), `${text}\n`);
    return path;
  };
  const up = { flags: "0x1003", operstate: "up", carrier: "1", type: "1" };
  device("eth0", up, ["device"]);
  device("eth1", { ...up, operstate: "down", carrier: "0" }, ["device"]);
  device("wlan0", { ...up, uevent: "DEVTYPE=wlan\nINTERFACE=wlan0" }, ["wireless"]);
  const bridge = device("br0", { ...up, uevent: "DEVTYPE=bridge\nINTERFACE=br0" }, ["bridge", "brif/veth9"]);
  symlinkSync(bridge, join(device("veth9", up), "master"));
  device("wg0", { ...up, operstate: "unknown", type: "65534", uevent: "DEVTYPE=wireguard" });
  device("tap0", { ...up, tun_flags: "0x1002" });
  device("can0", { ...up, type: "280" });
  device("off0", { ...up, flags: "0x1002", operstate: "down" }, ["device"]);
  device("lo", { flags: "0x9", operstate: "unknown", carrier: "1", type: "772" });

  const plain = (name: string, more: Partial<DriverInterface> = {}): DriverInterface => ({
    name,
    up: true,
    running: true,
    loopback: false,
    wireless: false,
    connection: "unknown",
    addresses: [],
    open: { ok: true, canMonitor: false, linkTypes: [{ dlt: 1, linkType: 1 }], timestampTypes: ["host"] },
    ...more,
  });
  const driverOf = (answer: Result<readonly DriverInterface[]>): CaptureDriver => ({
    name: "helper",
    caveats: ["a caveat"],
    available: async () => ({ ok: true, value: { version: "" } }),
    listInterfaces: async () => answer,
    checkFilter: async () => ({ state: "ok", instructions: null, dump: null }),
    start: () => ({ pid: undefined, stop() {}, kill() {} }),
    close() {},
  });
  const list = (interfaces: DriverInterface[], more = {}) =>
    listCaptureInterfaces(driverOf({ ok: true, value: interfaces }), {
      sysRoot,
      platform: "linux",
      counters: new Map<string, Counters>([
        ["eth0", { packets: 10, bytes: 1000 }],
        ["wlan0", { packets: 20, bytes: 5000 }],
        ["veth9", { packets: 0, bytes: 0 }],
      ]),
      ...more,
    });

  test("tells kinds, link state, masters and addresses", async () => {
    const addresses = [
      { family: "mac" as const, address: "02:00:00:00:00:01" },
      { family: "ipv4" as const, address: "192.0.2.1", prefix: 24 },
    ];
    const names = ["eth0", "eth1", "wlan0", "br0", "veth9", "wg0", "tap0", "can0"].map((name) => plain(name));
    const { interfaces, problem, caveats } = await list([
      ...names,
      plain("eth0b", { addresses, description: "A card" }),
      plain("lo", { loopback: true }),
      plain("any"),
      plain("bluetooth0", { open: undefined }),
      plain("usbmon1"),
      plain("nflog"),
    ]);
    const by = (name: string) => interfaces.find((each) => each.name === name);
    expect(problem).toBeNull();
    expect(caveats).toEqual(["a caveat"]);
    expect(Object.fromEntries(interfaces.map(({ name, kind }) => [name, kind]))).toEqual({
      eth0: "ethernet",
      eth1: "ethernet",
      eth0b: "ethernet",
      wlan0: "wireless",
      br0: "bridge",
      veth9: "virtual",
      wg0: "tunnel",
      tap0: "tunnel",
      can0: "can",
      lo: "loopback",
      any: "any",
      bluetooth0: "bluetooth",
      usbmon1: "usb",
      nflog: "special",
    });
    expect(by("eth0")).toMatchObject({ link: "up", up: true, master: null, canCapture: true, bytes: 1000 });
    expect(by("eth1")).toMatchObject({ link: "down", up: true });
    expect(by("veth9")).toMatchObject({ master: "br0", description: "Virtual Ethernet of a container" });
    expect(by("br0")?.description).toBe("Bridge of veth9");
    expect(by("wg0")?.description).toBe("WireGuard VPN");
    expect(by("lo")).toMatchObject({ link: "up", description: "Loopback" });
    expect(by("bluetooth0")).toMatchObject({ canCapture: null, bytes: null });
    expect(by("eth0b")).toMatchObject({
      mac: "02:00:00:00:00:01",
      addresses: [{ family: "ipv4", address: "192.0.2.1", prefix: 24 }],
      description: "A card",
    });
  });

  test("puts the useful first: traffic, hardware, then loopback, what is down, special devices", async () => {
    const { interfaces } = await list([
      plain("nflog"),
      plain("off0", { open: { ok: false, error: { code: "not-up", message: "That device is not up" } } }),
      plain("lo", { loopback: true }),
      plain("veth9"),
      plain("any"),
      plain("eth0"),
      plain("wlan0"),
    ]);
    expect(interfaces.map((each) => each.name)).toEqual([
      "wlan0",
      "eth0",
      "any",
      "lo",
      "veth9",
      "off0",
      "nflog",
    ]);
    expect(interfaces.find((each) => each.name === "off0")).toMatchObject({
      up: false,
      canCapture: false,
      fix: "sudo ip link set dev off0 up",
    });
  });

  test("says why nothing can be captured and what to do", async () => {
    const open = {
      ok: false,
      error: { code: "permission", message: "no", capability: "cap_net_raw" },
    } as const;
    const permission = {
      helper: "/opt/tapline-capture",
      executable: true,
      uid: 1000,
      status: "CapEff:\t0\nCapBnd:\t1ffffffffff\nNoNewPrivs:\t0\n",
      mountinfo: "",
    };
    const { interfaces, problem } = await list([plain("eth0", { open })], { permission });
    const fix = "sudo setcap cap_net_raw,cap_net_admin=eip /opt/tapline-capture";
    expect(problem).toMatchObject({ fix });
    expect(interfaces[0]).toMatchObject({ canCapture: false, fix, error: { code: "permission" } });
    expect(interfaces[0]?.reason).toContain("cap_net_raw");

    const missing = await listCaptureInterfaces(
      driverOf({ ok: false, error: { code: "unavailable", message: "The capture helper is not there." } }),
      { platform: "linux", permission: { ...permission, helper: null } },
    );
    expect(missing.interfaces).toEqual([]);
    expect(missing.problem?.message).toMatch(/^The capture helper is not there\. .*not built/);
    expect(missing.problem?.fix).toContain("libpcap-dev");
  });

  test("without /sys it goes by what libpcap says and by names", async () => {
    const { interfaces } = await list(
      [
        plain("en0", { connection: "connected", wireless: true }),
        plain("utun3", { connection: "disconnected" }),
      ],
      { platform: "darwin" },
    );
    expect(interfaces.map(({ name, kind, link }) => [name, kind, link])).toEqual([
      ["en0", "wireless", "up"],
      ["utun3", "tunnel", "down"],
    ]);
  });
});

describe("traffic counters", () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
  eth0:715824394   19486    0    0    0     0          0         0  1449040   11628    0    0    0     0       0          0
br0.5@x: 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0
`;

  test("are read from /proc/net/dev, a loopback's once", () => {
    expect([...parseProcNetDev(text)]).toEqual([
      ["lo", { packets: 29, bytes: 3193 }],
      ["eth0", { packets: 31_114, bytes: 717_273_434 }],
      ["br0.5@x", { packets: 6, bytes: 4 }],
    ]);
    expect(parseProcNetDev("").size).toBe(0);
  });

  test("become rates; new and reset interfaces have none yet", () => {
    const before = new Map([
      ["a", { packets: 10, bytes: 100 }],
      ["reset", { packets: 10, bytes: 100 }],
    ]);
    const after = new Map([
      ["a", { packets: 20, bytes: 1100 }],
      ["reset", { packets: 1, bytes: 10 }],
      ["new", { packets: 5, bytes: 50 }],
    ]);
    expect(ratesBetween(before, after, 500)).toEqual([
      { name: "a", packetsPerSecond: 20, bytesPerSecond: 2000 },
    ]);
    expect(ratesBetween(before, after, 0)).toEqual([]);
  });

  test("are sampled only while someone listens", async () => {
    let reads = 0;
    const monitor = new TrafficMonitor({
      intervalMs: 20,
      read: () => new Map([["a", { packets: 10 * reads++, bytes: 0 }]]),
    });
    await sleep(50);
    expect(reads).toBe(0);
    const samples: TrafficSample[] = [];
    const off = monitor.on((sample) => samples.push(sample));
    const offToo = monitor.on(() => {});
    await until(() => samples.length >= 3);
    expect(samples[0]?.rates[0]?.packetsPerSecond).toBeGreaterThan(0);
    off();
    expect(monitor.running).toBe(true);
    offToo();
    expect(monitor.running).toBe(false);
    const then = reads;
    await sleep(60);
    expect(reads).toBe(then);
  });

  test("come from the helper where the system has no /proc", async (context) => {
    context.skip(noHelper !== null, noHelper ?? "");
    const monitor = new TrafficMonitor({ intervalMs: 50, read: () => null });
    const samples: TrafficSample[] = [];
    const off = monitor.on((sample) => samples.push(sample));
    try {
      await until(() => samples.length >= 1);
      expect(samples[0]?.rates.map((rate) => rate.name)).toContain("lo");
    } finally {
      off();
    }
  });
});

test("link types: what a system calls them and what files call them", () => {
  expect(dltToLinkType(1)).toBe(1);
  expect(dltToLinkType(12, "linux")).toBe(101);
  expect(dltToLinkType(14, "openbsd")).toBe(101);
  expect(dltToLinkType(12, "openbsd")).toBe(108);
  expect(dltToLinkType(149, "darwin")).toBe(258);
  expect(dltToLinkType(149, "linux")).toBe(149);
  expect(dltToLinkType(12, "darwin")).toBe(101);
  expect(linkTypeTitle(113)).toBe("Linux cooked v1");
  expect(linkTypeTitle(65_000)).toBe("Link type 65000");
});
