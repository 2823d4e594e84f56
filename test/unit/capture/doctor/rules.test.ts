/** Every rule of the capture doctor, on recorded inputs: what it finds, on what evidence, what it advises. */
import { describe, expect, test } from "vitest";
import { clockRule } from "../../../../engine/capture/doctor/clock.ts";
import { diskRule, ioPressure } from "../../../../engine/capture/doctor/disk.ts";
import {
  bufferFor,
  interfaceDropRule,
  interruptsOf,
  kernelDropRule,
  parseSoftnet,
  ringSizes,
  softnetRule,
  spreadRule,
} from "../../../../engine/capture/doctor/drops.ts";
import { duplicateRule } from "../../../../engine/capture/doctor/duplicates.ts";
import { examine } from "../../../../engine/capture/doctor/index.ts";
import { interfaceRule } from "../../../../engine/capture/doctor/interfaces.ts";
import { featuresOn, offloadRule } from "../../../../engine/capture/doctor/offloads.ts";
import { permissionRule } from "../../../../engine/capture/doctor/permissions.ts";
import { snapshotRule } from "../../../../engine/capture/doctor/snapshot.ts";
import { NO_STATS } from "../../../../engine/capture/index.ts";
import { capture, commands, device, evidence, found, inputs } from "./support.ts";

const refused = (name: string) =>
  device(name, { canCapture: false, error: { code: "permission", message: "Operation not permitted" } });
const STATUS =
  "Name:\tnode\nUid:\t1000\t1000\t1000\t1000\nNoNewPrivs:\t0\nCapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\n";

describe("permission", () => {
  const given = { interfaces: [refused("eth0")], files: { "/proc/self/status": STATUS } };

  test("the helper's missing capabilities, and the command", () => {
    const finding = found(permissionRule, {
      ...given,
      commands: { "getcap /opt/tapline/tapline-capture": "/opt/tapline/tapline-capture cap_net_raw=ep\n" },
    }).get("permission.capability");
    expect(finding?.severity).toBe("error");
    expect(commands(finding)).toEqual([
      "sudo setcap cap_net_raw,cap_net_admin=eip /opt/tapline/tapline-capture",
    ]);
    expect(evidence(finding)).toEqual([
      "getcap /opt/tapline/tapline-capture:1 /opt/tapline/tapline-capture cap_net_raw=ep",
      "/proc/self/status:4 CapEff:\t0000000000000000",
    ]);
  });

  test("a helper reserved to a group", () => {
    const finding = found(permissionRule, { ...given, executable: false }).get(
      "permission.helper-not-executable",
    );
    expect(commands(finding)).toEqual(['sudo usermod -aG "$(stat -c %G /opt/tapline/tapline-capture)" anna']);
    expect(finding?.fixes[0]?.text).toBe("then log in anew");
  });

  test("a sandbox that takes file capabilities away", () => {
    const files = { "/proc/self/status": STATUS.replace("NoNewPrivs:\t0", "NoNewPrivs:\t1") };
    const finding = found(permissionRule, { ...given, files }).get("permission.no-new-privileges");
    expect(evidence(finding)).toEqual(["/proc/self/status:3 NoNewPrivs:\t1"]);
  });

  test("a container without NET_RAW", () => {
    const files = {
      "/.dockerenv": "",
      "/proc/self/status": STATUS.replace("000001ffffffffff", "00000000a80405fb"),
    };
    const finding = found(permissionRule, { ...given, files }).get("permission.container");
    expect(finding?.fixes[0]?.command).toBe("docker run --cap-add=NET_RAW --cap-add=NET_ADMIN …");
    expect(evidence(finding)).toEqual(["/proc/self/status:5 CapBnd:\t00000000a80405fb"]);
  });

  test("a file system where file capabilities have no effect", () => {
    const files = {
      "/proc/self/status": STATUS,
      "/proc/self/mountinfo":
        "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n40 21 8:2 / /opt rw,nosuid - ext4 /dev/sda2 rw\n",
    };
    const finding = found(permissionRule, { ...given, files }).get("permission.nosuid");
    expect(evidence(finding)).toEqual([
      "/proc/self/mountinfo:2 40 21 8:2 / /opt rw,nosuid - ext4 /dev/sda2 rw",
    ]);
  });

  test("ChmodBPF on macOS, Npcap's service on Windows", () => {
    const mac = found(permissionRule, {
      ...given,
      platform: "darwin",
      commands: {
        "ls -l /dev/bpf0": "crw-------  1 root  wheel  0x17000000 /dev/bpf0\n",
        "id -Gn": "staff\n",
      },
    }).get("permission.chmodbpf");
    expect(evidence(mac)).toEqual([
      "ls -l /dev/bpf0:1 crw-------  1 root  wheel  0x17000000 /dev/bpf0",
      "id -Gn:1 staff",
    ]);
    expect(commands(mac)).toEqual(["sudo chmod o+rw /dev/bpf*"]);
    const windows = found(permissionRule, {
      interfaces: [],
      listProblem: "No interfaces",
      platform: "win32",
      commands: { "sc query npcap": "SERVICE_NAME: npcap\r\n  TYPE : 1\r\n  STATE : 1  STOPPED\r\n" },
    }).get("permission.npcap");
    expect(evidence(windows)).toEqual([
      "sc query npcap:1 SERVICE_NAME: npcap",
      "sc query npcap:3 STATE : 1  STOPPED",
    ]);
    expect(commands(windows)).toEqual(["net start npcap"]);
  });

  test("capturing works: only that all of it is root, or in a container, is noted", () => {
    expect([...found(permissionRule).keys()]).toEqual([]);
    const root = found(permissionRule, { uid: 0, files: { "/proc/1/cgroup": "0::/kubepods/pod1\n" } });
    expect([...root.keys()]).toEqual(["permission.root", "permission.container-network"]);
    expect(evidence(root.get("permission.container-network"))).toEqual([
      "/proc/1/cgroup:1 0::/kubepods/pod1",
    ]);
  });
});

describe("interfaces", () => {
  test("absent, switched off, without carrier", () => {
    const down = found(interfaceRule, {
      interfaces: [device("eth0", { up: false }), device("wlan 0", { kind: "wireless", link: "down" })],
      chosen: ["eth0", "wlan 0"],
      absent: ["eth7"],
      files: { "/sys/class/net/eth0/flags": "0x1002\n", "/sys/class/net/wlan 0/carrier": "0\n" },
    });
    expect([...down.keys()]).toEqual(["interface.absent", "interface.down", "interface.no-carrier"]);
    expect(commands(down.get("interface.down"))).toEqual(["sudo ip link set dev eth0 up"]);
    expect(evidence(down.get("interface.down"))).toEqual(["/sys/class/net/eth0/flags:1 0x1002"]);
    expect(down.get("interface.no-carrier")?.title).toBe("wlan 0 is connected to no network");
    expect(commands(down.get("interface.no-carrier"))).toEqual(["ip -s link show dev 'wlan 0'"]);
  });

  test("address families", () => {
    const with_ = (...addresses: string[]) =>
      found(interfaceRule, {
        interfaces: [
          device("eth0", {
            addresses: addresses.map((address) => ({
              family: address.includes(":") ? "ipv6" : "ipv4",
              address,
            })),
          }),
        ],
        files: { "/proc/sys/net/ipv6/conf/eth0/disable_ipv6": "1\n" },
      });
    expect([...with_("192.0.2.1", "2001:db8::1").keys()]).toEqual([]);
    expect([...with_("169.254.7.7").keys()]).toEqual(["interface.link-local"]);
    expect([...with_().keys()]).toEqual(["interface.no-address"]);
    const one = with_("192.0.2.1").get("interface.one-family");
    expect(one?.title).toBe("IPv6 is switched off on eth0");
    expect(evidence(one)).toContain("/proc/sys/net/ipv6/conf/eth0/disable_ipv6:1 1");
    expect(with_("2001:db8::1").get("interface.one-family")?.title).toBe(
      "eth0 carries no IPv4 beyond its link",
    );
  });

  test("damaged frames and half duplex", () => {
    const bad = found(interfaceRule, {
      files: {
        "/sys/class/net/eth0/statistics/rx_crc_errors": "1200\n",
        "/sys/class/net/eth0/statistics/rx_frame_errors": "34\n",
        "/sys/class/net/eth0/duplex": "half\n",
      },
    });
    expect(bad.get("interface.damaged-frames")?.title).toBe("1,234 damaged frames arrived on eth0");
    expect(evidence(bad.get("interface.damaged-frames"))).toHaveLength(2);
    expect(commands(bad.get("interface.half-duplex"))).toEqual(["sudo ethtool -s eth0 autoneg on"]);
  });
});

describe("packets seen twice", () => {
  const bridge = {
    interfaces: [device("eth0"), device("br0", { kind: "bridge" }), device("bond0", { kind: "bond" })],
    folders: { "/sys/class/net/br0": ["ifindex", "lower_eth0"], "/sys/class/net/eth0": ["upper_br0"] },
  };

  test("a port and what it belongs to", () => {
    const both = found(duplicateRule, { ...bridge, chosen: ["eth0", "br0"] }).get(
      "duplicates.port-and-owner",
    );
    expect(both?.title).toBe("Packets of the bridge br0 are captured twice");
    expect(evidence(both)).toEqual(["/sys/class/net/br0/lower_eth0 br0 stands on eth0"]);
    expect(both?.change?.options).toEqual({ interfaces: ["br0"] });
    expect([...found(duplicateRule, { ...bridge, chosen: ["eth0"] }).keys()]).toEqual([
      "duplicates.bridge-port",
    ]);
    expect([...found(duplicateRule, { ...bridge, chosen: ["br0"] }).keys()]).toEqual([]);
  });

  test("VLAN and macvlan are named as such", () => {
    const layered = (type: string) =>
      found(duplicateRule, {
        interfaces: [device("eth0"), device("up0")],
        chosen: ["eth0", "up0"],
        folders: { "/sys/class/net/up0": ["lower_eth0"] },
        files: { "/sys/class/net/up0/uevent": `DEVTYPE=${type}\nINTERFACE=up0\n` },
      }).get("duplicates.port-and-owner")?.title;
    expect(layered("vlan")).toBe("Packets of the VLAN up0 are captured twice");
    expect(layered("macvlan")).toBe("Packets of the macvlan up0 are captured twice");
  });

  test("one port of a bond", () => {
    const folders = { "/sys/class/net/bond0": ["lower_eth0", "lower_eth1"] };
    const finding = found(duplicateRule, { ...bridge, folders }).get("duplicates.bond-port");
    expect(finding?.change?.options).toEqual({ interfaces: ["bond0"] });
  });

  const pair = {
    interfaces: [device("va"), device("vb"), device("any", { kind: "any", addresses: [] })],
    files: {
      "/sys/class/net/va/ifindex": "5\n",
      "/sys/class/net/va/iflink": "6\n",
      "/sys/class/net/vb/ifindex": "6\n",
      "/sys/class/net/vb/iflink": "5\n",
    },
  };

  test("both ends of a veth pair, once", () => {
    const rule = duplicateRule(inputs({ ...pair, chosen: ["va", "vb"] }));
    expect(rule.findings.map(({ id }) => id)).toEqual(["duplicates.both-ends"]);
    expect(evidence(rule.findings[0])).toEqual([
      "/sys/class/net/va/iflink:1 6",
      "/sys/class/net/vb/ifindex:1 6",
    ]);
    expect(rule.findings[0]?.change?.options).toEqual({ interfaces: ["va"] });
  });

  test("“any” where packets pass several interfaces, and only there", () => {
    expect([...found(duplicateRule, { ...pair, chosen: ["any"] }).keys()]).toEqual(["duplicates.any"]);
    const apart = { interfaces: [device("eth0"), device("any", { kind: "any" })], chosen: ["any"] };
    expect([...found(duplicateRule, apart).keys()]).toEqual([]);
  });
});

describe("offloads", () => {
  const ETHTOOL =
    "Features for eth0:\nrx-checksumming: on [fixed]\ntx-checksumming: on\ntcp-segmentation-offload: on\n\ttx-tcp-segmentation: on\ngeneric-segmentation-offload: off\ngeneric-receive-offload: on\nlarge-receive-offload: off [fixed]\nrx-gro-hw: on [fixed]\n";

  test("giant packets and wrong checksums, with what can be switched", () => {
    expect(featuresOn(ETHTOOL).has("generic-segmentation-offload")).toBe(false);
    const given = found(offloadRule, { commands: { "ethtool -k eth0": ETHTOOL } });
    expect(commands(given.get("offload.giant-packets"))).toEqual([
      "sudo ethtool -K eth0 gro off tso off",
      "sudo ethtool -K eth0 gro on tso on",
    ]);
    expect(evidence(given.get("offload.giant-packets"))).toEqual([
      "ethtool -k eth0:4 tcp-segmentation-offload: on",
      "ethtool -k eth0:7 generic-receive-offload: on",
      "ethtool -k eth0:9 rx-gro-hw: on [fixed]",
    ]);
    expect(commands(given.get("offload.checksums"))[0]).toBe("sudo ethtool -K eth0 tx off");
  });

  test("what cannot be switched has no command", () => {
    const text = "tx-checksumming: on [fixed]\nrx-gro-hw: on [fixed]\n";
    for (const finding of found(offloadRule, { commands: { "ethtool -k eth0": text } }).values()) {
      expect(finding.fixes).toEqual([]);
    }
  });

  test("without ethtool it says that it does not know", () => {
    const { findings, unknown } = offloadRule(inputs());
    expect(findings).toEqual([]);
    expect(unknown?.[0]).toMatch(/^Offloads of eth0: only ethtool/);
  });
});

describe("drops", () => {
  const dropping = capture({
    stats: {
      ...NO_STATS,
      elapsedMs: 10_000,
      packets: 75_000,
      bytes: 75_000_000,
      received: 100_000,
      kernelDropped: 25_000,
      interfaces: [
        {
          id: 0,
          name: "eth0",
          packets: 75_000,
          bytes: 75_000_000,
          received: 100_000,
          kernelDropped: 25_000,
          interfaceDropped: 0,
        },
      ],
    },
    peak: { packetsPerSecond: 120_000, bytesPerSecond: 120 * 1024 * 1024 },
  });

  test("the buffer that a second of the measured rate needs", () => {
    expect(bufferFor(120 * 1024 * 1024, 16, null)).toBe(128);
    expect(bufferFor(1024, 16, null)).toBe(32);
    expect(bufferFor(1e12, 16, null)).toBe(2047);
    expect(bufferFor(1e9, 16, 400)).toBe(100);
    expect(bufferFor(1e9, 256, 400)).toBe(256);
  });

  test("dropped by the kernel: how many, at which rate, and the buffer to take", () => {
    const finding = found(kernelDropRule, { live: dropping }).get("drops.kernel");
    expect(finding?.severity).toBe("error");
    expect(finding?.title).toBe("The kernel dropped 25,000 packets (25.0 %)");
    expect(finding?.explanation).toContain("At 120 MiB a second it lasts 0.13 s.");
    expect(evidence(finding)[0]).toBe("capture eth0: 25000 dropped of 100000 received");
    expect(finding?.change).toEqual({ title: "Use a buffer of 128 MiB", options: { bufferMiB: 128 } });
  });

  test("no drops is no finding, no counter is unknown", () => {
    expect(found(kernelDropRule, { live: capture() }).size).toBe(0);
    const silent = capture({ stats: { ...NO_STATS, packets: 5 } });
    expect(kernelDropRule(inputs({ live: silent })).unknown).toHaveLength(1);
  });

  const RINGS =
    "Ring parameters for eth0:\nPre-set maximums:\nRX:\t\t4096\nRX Mini:\tn/a\nTX:\t\t4096\nCurrent hardware settings:\nRX:\t\t256\nRX Mini:\tn/a\nTX:\t\t256\n";

  test("the card's own losses during the capture, and its ring", () => {
    expect(ringSizes(RINGS)).toEqual({ present: 256, most: 4096 });
    expect(ringSizes("netlink error: Operation not supported")).toBeNull();
    const path = "/sys/class/net/eth0/statistics/rx_missed_errors";
    const given = {
      files: { [path]: "150\n", "/sys/class/net/eth0/statistics/rx_dropped": "7\n" },
      commands: { "ethtool -g eth0": RINGS },
    };
    const before = new Map([
      [path, "100\n"],
      ["/sys/class/net/eth0/statistics/rx_dropped", "7\n"],
    ]);
    const during = found(interfaceDropRule, { ...given, live: capture({ before }) });
    expect([...during.keys()]).toEqual(["drops.rx_missed_errors"]);
    const missed = during.get("drops.rx_missed_errors");
    expect(missed?.title).toBe("eth0 lost 50 packets during this capture (rx_missed_errors)");
    expect(missed?.severity).toBe("error");
    expect(commands(missed)).toEqual(["sudo ethtool -G eth0 rx 4096"]);
    expect(evidence(missed)).toEqual([
      `${path}:1 100 when the capture began`,
      `${path}:1 150`,
      "ethtool -g eth0 RX: 256 of 4096",
    ]);
    const since = found(interfaceDropRule, given);
    expect(since.get("drops.rx_missed_errors")?.severity).toBe("note");
    expect(since.get("drops.rx_dropped")?.title).toContain("since the system started");
  });

  test("elsewhere than on Linux the driver's counter tells", () => {
    const stats = {
      ...dropping.stats,
      interfaces: dropping.stats.interfaces.map((each) => ({ ...each, interfaceDropped: 9 })),
    };
    const given = found(interfaceDropRule, { platform: "darwin", live: capture({ stats }) });
    expect(given.get("drops.interface")?.title).toBe("eth0 dropped 9 packets");
  });

  const softnet = (dropped: string, squeezed: string, processed = "00010000") =>
    `00000010 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n${processed} ${dropped} ${squeezed} 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000003\n`;

  test("the kernel's input queue, since the capture began", () => {
    expect(parseSoftnet(softnet("0000000a", "00000001"))[1]).toEqual({
      cpu: 3,
      processed: 65_536,
      dropped: 10,
      squeezed: 1,
    });
    const files = {
      "/proc/net/softnet_stat": softnet("0000000a", "00000000"),
      "/proc/sys/net/core/netdev_max_backlog": "1000\n",
    };
    const before = new Map([["/proc/net/softnet_stat", softnet("00000004", "00000000")]]);
    const finding = found(softnetRule, { files, live: capture({ before }) }).get("drops.backlog");
    expect(finding?.title).toBe("The kernel's input queue overflowed 6 times during this capture");
    expect(finding?.severity).toBe("error");
    expect(commands(finding)).toEqual(["sudo sysctl -w net.core.netdev_max_backlog=10000"]);
    expect(evidence(finding)[0]).toMatch(/^\/proc\/net\/softnet_stat:2 CPU 3: 6 dropped/);
    expect(found(softnetRule, { files }).get("drops.backlog")?.severity).toBe("note");
    const same = new Map([["/proc/net/softnet_stat", softnet("0000000a", "00000000")]]);
    expect(found(softnetRule, { files, live: capture({ before: same }) }).size).toBe(0);
  });

  test("a CPU that runs out of time", () => {
    const files = {
      "/proc/net/softnet_stat": softnet("00000000", "00000064"),
      "/proc/sys/net/core/netdev_budget": "300\n",
      "/proc/sys/net/core/netdev_budget_usecs": "2000\n",
    };
    expect(commands(found(softnetRule, { files }).get("drops.squeezed"))).toEqual([
      "sudo sysctl -w net.core.netdev_budget=600 net.core.netdev_budget_usecs=4000",
    ]);
    const rare = { "/proc/net/softnet_stat": softnet("00000000", "00000001", "0fffffff") };
    expect(found(softnetRule, { files: rare }).size).toBe(0);
  });

  const INTERRUPTS =
    "           CPU0       CPU1       CPU2       CPU3\n 24:          0    9000000          0        100   PCI-MSI 1-edge   eth0-TxRx-0\n 25:         10          0          0          0   PCI-MSI 2-edge   ahci\n 30:          0    1000000          0          0   PCI-MSI 3-edge   virtio1-input.0\nNMI:          1          1          1          1   Non-maskable interrupts\n";

  test("one CPU that takes in everything", () => {
    const { perCpu } = interruptsOf(INTERRUPTS, (line) => line.includes("eth0-"));
    expect(perCpu).toEqual([0, 9_000_000, 0, 100]);
    const rps = "/sys/class/net/eth0/queues/rx-0/rps_cpus";
    const given = {
      files: { "/proc/interrupts": INTERRUPTS, [rps]: "0\n" },
      folders: {
        "/sys/class/net/eth0/queues": ["rx-0", "tx-0"],
        "/sys/class/net/eth0/device/msi_irqs": ["24", "30"],
      },
    };
    const finding = found(spreadRule, given).get("drops.one-cpu");
    expect(finding?.severity).toBe("note");
    expect(finding?.title).toBe("CPU 1 alone takes in the packets of eth0");
    expect(commands(finding)).toEqual([`echo f | sudo tee ${rps}`]);
    expect(evidence(finding).map((text) => text.split(" ")[0])).toEqual([
      "/proc/interrupts:2",
      "/proc/interrupts:4",
      `${rps}:1`,
    ]);
    const before = new Map([["/proc/net/softnet_stat", softnet("00000000", "00000000")]]);
    const suffering = found(spreadRule, { ...given, live: { ...dropping, before } }).get("drops.one-cpu");
    // Without the kernel's own counters now, nothing is known to have risen, but packets were lost.
    expect(suffering?.severity).toBe("warning");
    const steered = { ...given, files: { ...given.files, [rps]: "f\n" } };
    expect(found(spreadRule, steered).size).toBe(0);
    const queues = { ...given.folders, "/sys/class/net/eth0/queues": ["rx-0", "rx-1"] };
    expect(commands(found(spreadRule, { ...given, folders: queues }).get("drops.one-cpu"))).toEqual([
      "sudo systemctl enable --now irqbalance",
    ]);
  });
});

describe("snapshot length", () => {
  test("shorter than the interface's packets", () => {
    const files = { "/sys/class/net/eth0/mtu": "1500\n" };
    const finding = found(snapshotRule, { files, options: { bufferMiB: 16, snapLen: 96 } }).get(
      "snapshot.short",
    );
    expect(finding?.change?.options).toEqual({ snapLen: 0 });
    expect(evidence(finding)[0]).toBe("/sys/class/net/eth0/mtu:1 1500");
    for (const snapLen of [0, 1518]) {
      expect(found(snapshotRule, { files, options: { bufferMiB: 16, snapLen } }).size).toBe(0);
    }
  });

  test("bytes that were cut off", () => {
    const cut = { wireBytes: 1_000_000, capturedBytes: 250_000 };
    const finding = found(snapshotRule, { live: capture({ cut }) }).get("snapshot.cut");
    expect(finding?.title).toBe("75 % of the bytes were cut off");
    expect(evidence(finding)).toEqual([
      "capture 977 KiB on the wire, 244 KiB captured",
      "capture eth0: snapshot length 262144",
    ]);
    const none = capture({ cut: { wireBytes: 5, capturedBytes: 5 } });
    expect(found(snapshotRule, { live: none }).size).toBe(0);
  });
});

describe("clock", () => {
  const folder = "/sys/devices/system/clocksource/clocksource0";
  test("a slow source, and a better one", () => {
    const files = {
      [`${folder}/current_clocksource`]: "hpet\n",
      [`${folder}/available_clocksource`]: "tsc hpet acpi_pm \n",
    };
    expect(commands(found(clockRule, { files }).get("clock.slow-source"))[0]).toBe(
      `echo tsc | sudo tee ${folder}/current_clocksource`,
    );
    expect(found(clockRule, { files: { [`${folder}/current_clocksource`]: "tsc\n" } }).size).toBe(0);
  });

  test("jumps during the capture", () => {
    const clockJumps = [
      { at: 1500, by: 2000 },
      { at: 9000, by: -350 },
    ];
    const finding = found(clockRule, { live: capture({ clockJumps }) }).get("clock.jumped");
    expect(finding?.title).toBe("The clock jumped 2 times during this capture");
    expect(evidence(finding)).toEqual([
      "capture 1.500 s after the start: forward by 2.000 s",
      "capture 9.000 s after the start: back by 0.350 s",
    ]);
    expect(finding?.explanation).toContain("an earlier time");
  });
});

describe("disk", () => {
  const folder = "/home/anna/spool";
  const roomy = { folder, free: 50 * 1024 ** 3, size: 100 * 1024 ** 3 };

  test("little room, and how long it lasts", () => {
    const little = found(diskRule, { spool: { ...roomy, free: 500 * 1024 ** 2 } }).get("disk.little-room");
    expect(little?.severity).toBe("warning");
    expect(evidence(little)).toEqual([`${folder} 500 MiB free of 100 GiB`]);
    const stats = { ...NO_STATS, elapsedMs: 10_000, packets: 1, fileBytes: 10 * 1024 ** 3 };
    const soon = found(diskRule, { spool: roomy, live: capture({ stats }) }).get("disk.little-room");
    expect(soon?.severity).toBe("error");
    expect(soon?.explanation).toContain("it is full in 50 s");
    expect(found(diskRule, { spool: roomy, live: capture() }).size).toBe(0);
  });

  test("memory and network instead of a disk", () => {
    const on = (type: string) =>
      found(diskRule, {
        spool: roomy,
        files: {
          "/proc/self/mountinfo": `21 1 8:1 / / rw - ext4 /dev/sda1 rw\n50 21 0:40 / /home/anna rw - ${type} x rw\n`,
        },
      });
    expect([...on("tmpfs").keys()]).toEqual(["disk.memory"]);
    expect([...on("nfs4").keys()]).toEqual(["disk.network"]);
    expect(evidence(on("nfs4").get("disk.network"))).toEqual([
      "/proc/self/mountinfo:2 50 21 0:40 / /home/anna rw - nfs4 x rw",
    ]);
    expect([...on("btrfs").keys()]).toEqual([]);
  });

  test("too slow for the rate", () => {
    const pressure = "some avg10=60.00 avg60=3.0 total=1\nfull avg10=45.50 avg60=1.0 avg300=1.0 total=1\n";
    expect(ioPressure(pressure)).toBe(45.5);
    expect(ioPressure("")).toBeNull();
    const files = { "/proc/pressure/io": pressure };
    const waiting = found(diskRule, { spool: roomy, files, live: capture() }).get("disk.slow");
    expect(waiting?.severity).toBe("warning");
    expect(evidence(waiting)).toContain("/proc/pressure/io:2 full avg10=45.50 avg60=1.0 avg300=1.0 total=1");
    const behind = capture({ behind: { now: 5, most: 64 * 1024 * 1024 } });
    expect(found(diskRule, { spool: roomy, live: behind }).get("disk.slow")?.severity).toBe("error");
    expect(found(diskRule, { spool: roomy, files }).size).toBe(0);
    expect(diskRule(inputs({ spool: null })).unknown).toHaveLength(1);
  });
});

describe("the report", () => {
  test("has the worst first", () => {
    const report = examine(
      inputs({
        absent: ["eth9"],
        options: { bufferMiB: 16, snapLen: 64 },
        files: { "/sys/class/net/eth0/mtu": "1500\n", "/sys/class/net/eth0/duplex": "half\n" },
      }),
      new Date(0),
    );
    expect(report.findings.map(({ id }) => id)).toEqual([
      "interface.absent",
      "interface.half-duplex",
      "snapshot.short",
    ]);
    expect(report.checked).toBe("1970-01-01T00:00:00.000Z");
    expect(report.unknown.join()).toContain("ethtool");
  });

  test("says what is examined on Linux only", () => {
    const report = examine(inputs({ platform: "win32" }), new Date(0));
    expect(report.unknown.join()).toContain("On Windows these are not examined");
  });
});
