/** The clock that packets are stamped with. */
import type { DoctorFinding } from "../../api.ts";
import { counted, fileText, finding, oneLine, type Rule } from "./inputs.ts";

const FOLDER = "/sys/devices/system/clocksource/clocksource0";
/** Clock sources that take about a microsecond or more for every reading, or tick coarsely. */
const SLOW = new Set(["hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"]);

export const clockRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  const current = fileText(inputs, `${FOLDER}/current_clocksource`);
  if (SLOW.has(current)) {
    const available = fileText(inputs, `${FOLDER}/available_clocksource`).split(/\s+/);
    const better = available.find((name) => name !== "" && !SLOW.has(name));
    findings.push(
      finding({
        id: "clock.slow-source",
        topic: "clock",
        severity: "warning",
        title: `The system's clock is read from ${current}`,
        explanation: `Every packet's time stamp is a reading of it, and ${current.includes("jiffies") ? "it ticks only every few milliseconds" : "each takes about a microsecond"}. ${better ? `${better} would be there; the kernel may have left it because it found it unsteady.` : "This machine offers no other."}`,
        evidence: [
          ...oneLine(inputs, `${FOLDER}/current_clocksource`),
          ...oneLine(inputs, `${FOLDER}/available_clocksource`),
        ],
        fixes: better
          ? [
              {
                text: "Use it until the next start of the system",
                command: `echo ${better} | sudo tee ${FOLDER}/current_clocksource`,
              },
              { text: "Why the kernel left it", command: "sudo dmesg | grep -i clocksource" },
            ]
          : [],
      }),
    );
  }
  const jumps = inputs.live?.clockJumps ?? [];
  if (jumps.length > 0) {
    const back = jumps.some(({ by }) => by < 0);
    const seconds = (ms: number) => `${(ms / 1000).toFixed(3)} s`;
    findings.push(
      finding({
        id: "clock.jumped",
        topic: "clock",
        severity: "warning",
        title: `The clock jumped ${jumps.length === 1 ? "once" : `${jumps.length} times`} during this capture`,
        explanation: `Time stamps jump with it: differences across it are wrong${back ? ", and packets can bear an earlier time than those before them" : ""}. The time was set, by hand or by a time service (NTP), or the machine was asleep.`,
        evidence: jumps
          .slice(0, 8)
          .map(({ at, by }) =>
            counted(
              `${seconds(at)} after the start: ${by > 0 ? "forward" : "back"} by ${seconds(Math.abs(by))}`,
            ),
          ),
        fixes:
          inputs.platform === "linux"
            ? [
                {
                  text: "State of the time service",
                  command: "timedatectl timesync-status || chronyc tracking",
                },
              ]
            : [],
      }),
    );
  }
  return { findings };
};
