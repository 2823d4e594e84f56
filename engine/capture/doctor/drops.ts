/** Packets that came and were lost: where, by which counter, and what would have held them. */
import type { DoctorEvidence, DoctorFinding } from "../../api.ts";
import { shellQuote } from "../permissions.ts";
import {
  counted,
  type DoctorInputs,
  fileNumber,
  fileText,
  finding,
  oneLine,
  type Rule,
  size,
  sysOf,
  whole,
} from "./inputs.ts";

const SOFTNET = "/proc/net/softnet_stat";
const BACKLOG = "/proc/sys/net/core/netdev_max_backlog";
const BUDGET = "/proc/sys/net/core/netdev_budget";
const BUDGET_TIME = "/proc/sys/net/core/netdev_budget_usecs";
const INTERRUPTS = "/proc/interrupts";

/** How long the buffer shall last while nothing reads it. */
const SECONDS_HELD = 1;
const MIB = 1024 * 1024;
/** The largest buffer the capture options allow, in MiB. */
const LARGEST_BUFFER = 2047;

/**
 * The kernel buffer that holds a second of a measured rate, in MiB: a power of two, at least twice the present one, at
 * most a quarter of the free memory; never below the present one.
 */
export function bufferFor(bytesPerSecond: number, presentMiB: number, availableMiB: number | null): number {
  const wanted = Math.max((bytesPerSecond * SECONDS_HELD) / MIB, presentMiB * 2);
  const rounded = 2 ** Math.ceil(Math.log2(wanted));
  const most = Math.min(
    LARGEST_BUFFER,
    availableMiB === null ? LARGEST_BUFFER : Math.floor(availableMiB / 4),
  );
  return Math.max(presentMiB, Math.min(rounded, most));
}

function availableMiB(inputs: DoctorInputs): number | null {
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(inputs.files.get("/proc/meminfo") ?? "");
  return match ? Math.floor(Number(match[1]) / 1024) : null;
}

/** Packets that the kernel had no room for in the capture's buffer. */
export const kernelDropRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  const { live } = inputs;
  if (live === null) return { findings };
  const dropped = live.stats.kernelDropped;
  if (dropped === null) {
    return {
      findings,
      unknown: ["Packets dropped by the kernel: this way of capturing does not count them."],
    };
  }
  if (dropped === 0) return { findings };
  const present = (live.started?.interfaces[0]?.bufferKiB ?? inputs.options.bufferMiB * 1024) / 1024;
  const rate = live.peak.bytesPerSecond;
  const wanted = bufferFor(rate, present, availableMiB(inputs));
  const share = (dropped / (dropped + live.stats.packets)) * 100;
  const lasts =
    rate > 0 ? ` At ${size(rate)} a second it lasts ${((present * MIB) / rate).toFixed(2)} s.` : "";
  const losers = live.stats.interfaces.filter((each) => (each.kernelDropped ?? 0) > 0);
  findings.push(
    finding({
      id: "drops.kernel",
      topic: "drops",
      severity: "error",
      interface: losers[0]?.name ?? "",
      title: `The kernel dropped ${whole(dropped)} packets (${share < 0.1 ? "<0.1" : share.toFixed(1)} %)`,
      explanation: `They passed the capture filter and found the buffer of ${size(present * MIB)} full, because they came faster than they were written.${lasts} A narrower capture filter or a shorter snapshot length lightens the load, too.`,
      evidence: [
        ...losers.map((each) =>
          counted(`${each.name}: ${each.kernelDropped} dropped of ${each.received ?? "unknown"} received`),
        ),
        counted(
          `highest rate ${whole(live.peak.packetsPerSecond)} packets/s, ${size(rate)}/s; buffer ${size(present * MIB)}`,
        ),
      ],
      change:
        wanted > present
          ? { title: `Use a buffer of ${whole(wanted)} MiB`, options: { bufferMiB: wanted } }
          : null,
    }),
  );
  return { findings };
};

const LOSSES = [
  {
    counter: "rx_missed_errors",
    what: "The card had no room for them: its receive ring was full before the kernel emptied it.",
    ring: true,
  },
  { counter: "rx_fifo_errors", what: "The card's own memory overflowed.", ring: true },
  { counter: "rx_over_errors", what: "The card's receive ring overflowed.", ring: true },
  {
    counter: "rx_dropped",
    what: "The kernel threw them away behind the card: memory was short, its queue was full, or they are of a protocol or VLAN that nothing takes. Those of the last kind were captured all the same.",
    ring: false,
  },
] as const;

/** The ring sizes of `ethtool -g`: those in use and the largest possible; null when they cannot be told. */
export function ringSizes(text: string): { present: number; most: number } | null {
  const [maxima, current] = text.split(/^Current hardware settings:/m);
  const rx = (part: string | undefined) => /^RX:\s+(\d+)$/m.exec(part ?? "")?.[1];
  const most = rx(maxima);
  const present = rx(current);
  return most === undefined || present === undefined
    ? null
    : { most: Number(most), present: Number(present) };
}

export const ringCommand = (name: string): string => `ethtool -g ${shellQuote(name)}`;

/** Packets lost by the card or its driver, by counter, and the ring that would have held more of them. */
export const interfaceDropRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  const told = inputs.live?.stats.interfaces ?? [];
  for (const each of told) {
    if ((each.interfaceDropped ?? 0) === 0 || inputs.platform === "linux") continue;
    findings.push(
      finding({
        id: "drops.interface",
        topic: "drops",
        severity: "error",
        interface: each.name,
        title: `${each.name} dropped ${whole(each.interfaceDropped ?? 0)} packets`,
        explanation: "The interface or its driver lost them before they could be captured.",
        evidence: [counted(`${each.name}: ${each.interfaceDropped} dropped by the interface`)],
      }),
    );
  }
  for (const name of inputs.chosen) {
    const ringText = inputs.commands.get(ringCommand(name));
    const ring = ringText === undefined ? null : ringSizes(ringText);
    for (const { counter, what, ring: byRing } of LOSSES) {
      const path = `${sysOf(name)}/statistics/${counter}`;
      const now = fileNumber(inputs, path);
      if (now === null || now === 0) continue;
      const then = inputs.live === null ? null : Number(inputs.live.before.get(path) ?? Number.NaN);
      const rose = then === null || Number.isNaN(then) ? null : now - then;
      if (rose !== null && rose <= 0) continue;
      const during = rose !== null;
      const enlarge = byRing && ring !== null && ring.present < ring.most;
      findings.push(
        finding({
          id: `drops.${counter}`,
          topic: "drops",
          severity: !during ? "note" : byRing ? "error" : "warning",
          interface: name,
          title: `${name} lost ${whole(rose ?? now)} packets ${during ? "during this capture" : "since the system started"} (${counter})`,
          explanation: enlarge
            ? `${what} Its ring holds ${whole(ring.present)} packets and could hold ${whole(ring.most)}.`
            : what,
          evidence: [
            ...(during ? [{ source: path, line: 1, text: `${then} when the capture began` }] : []),
            ...oneLine(inputs, path),
            ...(byRing && ring !== null
              ? [{ source: ringCommand(name), line: null, text: `RX: ${ring.present} of ${ring.most}` }]
              : []),
          ],
          fixes: enlarge
            ? [
                {
                  text: "Enlarge the card's receive ring",
                  command: `sudo ethtool -G ${shellQuote(name)} rx ${ring.most}`,
                },
              ]
            : [],
        }),
      );
    }
  }
  return { findings };
};

export interface SoftnetLine {
  readonly cpu: number;
  readonly processed: number;
  readonly dropped: number;
  readonly squeezed: number;
}

/** /proc/net/softnet_stat: one line a CPU, hexadecimal; the 13th column is the CPU where the kernel gives it. */
export function parseSoftnet(text: string): SoftnetLine[] {
  return text
    .split("\n")
    .filter((line) => /^[0-9a-f]{8}\s/i.test(line))
    .map((line, index) => {
      const fields = line.trim().split(/\s+/);
      const at = (place: number) => Number.parseInt(fields[place] ?? "0", 16);
      return {
        cpu: fields.length > 12 ? at(12) : index,
        processed: at(0),
        dropped: at(1),
        squeezed: at(2),
      };
    });
}

/** What rose since the start of the capture, or since the start of the system. */
function softnetSince(inputs: DoctorInputs): { lines: SoftnetLine[]; during: boolean } {
  const now = parseSoftnet(inputs.files.get(SOFTNET) ?? "");
  const text = inputs.live?.before.get(SOFTNET);
  if (text === undefined) return { lines: now, during: false };
  const then = new Map(parseSoftnet(text).map((line) => [line.cpu, line]));
  const rise = (after: number, before: number) => (after - before) >>> 0;
  const lines = now.map((line) => {
    const old = then.get(line.cpu);
    if (old === undefined) return line;
    return {
      cpu: line.cpu,
      processed: rise(line.processed, old.processed),
      dropped: rise(line.dropped, old.dropped),
      squeezed: rise(line.squeezed, old.squeezed),
    };
  });
  return { lines, during: true };
}

/** One squeeze in this many packets is where it begins to count. */
const SQUEEZE_SHARE = 1 / 10_000;

/** Packets lost between the card and the sockets: the backlog of a CPU, and the time it may take at once. */
export const softnetRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  const { lines, during } = softnetSince(inputs);
  const span = during ? "during this capture" : "since the system started";
  const raw = (inputs.files.get(SOFTNET) ?? "").split("\n");
  const evidenceOf = (counter: "dropped" | "squeezed"): DoctorEvidence[] =>
    lines.flatMap((line, index) =>
      line[counter] > 0
        ? [
            {
              source: SOFTNET,
              line: index + 1,
              text: `CPU ${line.cpu}: ${line[counter]} ${counter} ${span} (${raw[index]?.trim().split(/\s+/).slice(0, 3).join(" ")} …)`,
            },
          ]
        : [],
    );
  const sum = (counter: "processed" | "dropped" | "squeezed") =>
    lines.reduce((total, line) => total + line[counter], 0);
  const dropped = sum("dropped");
  if (dropped > 0) {
    const backlog = fileNumber(inputs, BACKLOG) ?? 1000;
    const wanted = Math.max(backlog * 2, 10_000);
    findings.push(
      finding({
        id: "drops.backlog",
        topic: "drops",
        severity: during ? "error" : "note",
        title: `The kernel's input queue overflowed ${whole(dropped)} times ${span}`,
        explanation: `Packets wait in a queue of ${whole(backlog)} for each CPU before anything, a capture included, sees them. No counter of the capture shows this loss.`,
        evidence: [...evidenceOf("dropped"), ...oneLine(inputs, BACKLOG)],
        fixes: [
          {
            text: "Lengthen the queue (until the next start of the system)",
            command: `sudo sysctl -w net.core.netdev_max_backlog=${wanted}`,
          },
        ],
      }),
    );
  }
  const squeezed = sum("squeezed");
  if (squeezed > 0 && squeezed > sum("processed") * SQUEEZE_SHARE) {
    const budget = fileNumber(inputs, BUDGET) ?? 300;
    const time = fileNumber(inputs, BUDGET_TIME) ?? 2000;
    findings.push(
      finding({
        id: "drops.squeezed",
        topic: "drops",
        severity: during ? "warning" : "note",
        title: `A CPU ran out of time for received packets ${whole(squeezed)} times ${span}`,
        explanation: `It takes ${whole(budget)} packets or ${whole(time)} µs at once; then the rest waits in the card's ring, which can overflow.`,
        evidence: [...evidenceOf("squeezed"), ...oneLine(inputs, BUDGET), ...oneLine(inputs, BUDGET_TIME)],
        fixes: [
          {
            text: "Take more at once (until the next start of the system)",
            command: `sudo sysctl -w net.core.netdev_budget=${budget * 2} net.core.netdev_budget_usecs=${time * 2}`,
          },
        ],
      }),
    );
  }
  return { findings };
};

/** Interrupts per CPU of the lines of /proc/interrupts that belong to a device. */
export function interruptsOf(
  text: string,
  belongs: (line: string, irq: string) => boolean,
): { perCpu: number[]; evidence: DoctorEvidence[] } {
  const lines = text.split("\n");
  const cpus = lines[0]?.match(/CPU\d+/g)?.length ?? 0;
  const perCpu = new Array<number>(cpus).fill(0);
  const evidence: DoctorEvidence[] = [];
  for (const [index, line] of lines.entries()) {
    const match = /^\s*(\d+):\s+(.*)$/.exec(line);
    if (!match?.[1] || !match[2] || !belongs(line, match[1])) continue;
    const fields = match[2].split(/\s+/);
    for (let cpu = 0; cpu < cpus; cpu++) perCpu[cpu] = (perCpu[cpu] ?? 0) + Number(fields[cpu] ?? 0);
    evidence.push({ source: INTERRUPTS, line: index + 1, text: line.trim().replace(/\s+/g, " ") });
  }
  return { perCpu, evidence };
}

/** Fewer interrupts than this say nothing about how they spread. */
const MANY_INTERRUPTS = 100_000;
const ONE_CPU_SHARE = 0.9;

/** Whether one CPU does all the work of an interface with several at hand. */
export const spreadRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  const { lines, during } = softnetSince(inputs);
  const suffers =
    during &&
    (lines.some((line) => line.dropped > 0 || line.squeezed > 0) ||
      (inputs.live?.stats.kernelDropped ?? 0) > 0);
  for (const name of inputs.chosen) {
    const sys = sysOf(name);
    const irqs = new Set(inputs.folders.get(`${sys}/device/msi_irqs`) ?? []);
    const { perCpu, evidence } = interruptsOf(inputs.files.get(INTERRUPTS) ?? "", (line, irq) => {
      const words = line.trim().split(/[\s,]+/);
      return irqs.has(irq) || words.some((word) => word === name || word.startsWith(`${name}-`));
    });
    const total = perCpu.reduce((sum, each) => sum + each, 0);
    const most = Math.max(0, ...perCpu);
    if (perCpu.length < 2 || total < MANY_INTERRUPTS || most < total * ONE_CPU_SHARE) continue;
    const queues = (inputs.folders.get(`${sys}/queues`) ?? []).filter((queue) => queue.startsWith("rx-"));
    const masks = queues.map((queue) => `${sys}/queues/${queue}/rps_cpus`);
    const steered = masks.some((path) => /[1-9a-f]/i.test(fileText(inputs, path)));
    if (steered) continue;
    const cpu = perCpu.indexOf(most);
    const mask = ((1n << BigInt(Math.min(perCpu.length, 32))) - 1n).toString(16);
    const single = queues.length <= 1;
    findings.push(
      finding({
        id: "drops.one-cpu",
        topic: "drops",
        severity: suffers ? "warning" : "note",
        interface: name,
        title: `CPU ${cpu} alone takes in the packets of ${name}`,
        explanation: `${Math.round((most / total) * 100)} % of its interrupts come to this CPU, and receive packet steering is off; ${perCpu.length - 1} ${perCpu.length === 2 ? "other does" : "others do"} nothing for it. ${single ? "The interface has one receive queue, so steering is what can spread the work." : `The interface has ${queues.length} receive queues that could each have their own CPU.`}`,
        evidence: [...evidence, ...masks.flatMap((path) => oneLine(inputs, path))].slice(0, 12),
        fixes: single
          ? [
              {
                text: "Spread the packets over all CPUs",
                command: `echo ${mask} | sudo tee ${shellQuote(masks[0] ?? `${sys}/queues/rx-0/rps_cpus`)}`,
              },
            ]
          : [
              {
                text: "Let interrupts be spread over the CPUs",
                command: "sudo systemctl enable --now irqbalance",
              },
            ],
      }),
    );
  }
  return { findings };
};
