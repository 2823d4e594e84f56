/** The capture doctor: why capturing fails, loses packets, or shows something else than expected. */
import type { DoctorReport, Notice } from "../../api.ts";
import { clockRule } from "./clock.ts";
import { diskRule } from "./disk.ts";
import { interfaceDropRule, kernelDropRule, softnetRule, spreadRule } from "./drops.ts";
import { duplicateRule } from "./duplicates.ts";
import type { DoctorInputs, Rule } from "./inputs.ts";
import { interfaceRule } from "./interfaces.ts";
import { offloadRule } from "./offloads.ts";
import { permissionRule } from "./permissions.ts";
import { routeRule, routesOf } from "./route.ts";
import { snapshotRule } from "./snapshot.ts";

export { type GatherRequest, gather } from "./gather.ts";
export type { DoctorInputs } from "./inputs.ts";
export { type LiveReadings, LiveWatch } from "./watch.ts";

const RULES: readonly Rule[] = [
  permissionRule,
  routeRule,
  interfaceRule,
  kernelDropRule,
  interfaceDropRule,
  softnetRule,
  spreadRule,
  duplicateRule,
  diskRule,
  snapshotRule,
  clockRule,
  offloadRule,
];

const RANKS: Readonly<Record<Notice["severity"], number>> = { error: 0, warning: 1, note: 2 };

/** Judges what was gathered: the findings, the worst first, and within a severity in the order of the rules. */
export function examine(inputs: DoctorInputs, checked: Date): DoctorReport {
  const results = RULES.map((rule) => rule(inputs));
  const findings = results.flatMap((result) => result.findings);
  return {
    checked: checked.toISOString(),
    interfaces: [...inputs.chosen],
    findings: findings.sort((a, b) => RANKS[a.severity] - RANKS[b.severity]),
    routes: routesOf(inputs),
    unknown: [...results.flatMap((result) => result.unknown ?? []), ...elsewhere(inputs)],
  };
}

const SYSTEMS: Readonly<Record<string, string>> = { darwin: "macOS", win32: "Windows", freebsd: "FreeBSD" };

/** What is only examined on Linux. */
function elsewhere({ platform }: DoctorInputs): string[] {
  if (platform === "linux") return [];
  const system = SYSTEMS[platform] ?? platform;
  const routes = platform === "darwin" ? "" : ", where packets to a host leave";
  return [
    `On ${system} these are not examined: interfaces that show packets twice, offloads, the kernel's queues and interrupts, the clock's source${routes}.`,
  ];
}
