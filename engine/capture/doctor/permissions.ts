/** May Tapline capture here, and if not, what is missing? */
import type { DoctorEvidence } from "../../api.ts";
import type { InterfaceInfo } from "../interfaces.ts";
import { explainPermission, shellQuote, splitFix } from "../permissions.ts";
import { type DoctorInputs, fileText, finding, linesOf, mountOf, type Rule } from "./inputs.ts";

const STATUS = "/proc/self/status";

export const permissionRule: Rule = (inputs) => {
  const findings = [];
  const refused = inputs.interfaces.filter((each) => each.error?.code === "permission");
  const opened = inputs.interfaces.some((each) => each.canCapture === true);
  if (refused.length > 0 || (inputs.listProblem !== "" && !opened)) {
    const advice = explainPermission({
      platform: inputs.platform,
      driver: inputs.driver,
      helper: inputs.helper,
      status: inputs.files.get(STATUS) ?? "",
      mountinfo: inputs.files.get("/proc/self/mountinfo") ?? "",
      uid: inputs.uid,
      user: inputs.user,
      executable: inputs.executable,
      container: inContainer(inputs),
    });
    const told = advice.finding !== "permitted";
    findings.push(
      finding({
        id: told ? `permission.${advice.finding}` : "permission.refused",
        topic: "permission",
        severity: opened ? "warning" : "error",
        title: opened
          ? `${refused.map(({ name }) => name).join(", ")} cannot be captured from`
          : "Nothing can be captured here",
        explanation: told ? advice.reason : (refused[0]?.error?.message ?? inputs.listProblem),
        evidence: [...evidenceOf(inputs, advice.finding), ...saidOf(refused, inputs.listProblem)],
        fixes: advice.fix && told ? [fixOf(inputs, advice.fix)] : [],
      }),
    );
  } else if (opened && inputs.uid === 0 && inputs.driver === "helper" && inputs.helper !== null) {
    findings.push(
      finding({
        id: "permission.root",
        topic: "permission",
        severity: "note",
        title: "All of Tapline runs as root",
        explanation:
          "Only the capture helper needs privileges. As an ordinary user, with the helper's own capabilities, what comes from the network is never read as root.",
        evidence: linesOf(STATUS, inputs.files.get(STATUS) ?? "", (line) => line.startsWith("Uid:")),
        fixes: [
          {
            text: "Give the helper its capabilities, then start Tapline as yourself",
            command: `setcap cap_net_raw,cap_net_admin=eip ${shellQuote(inputs.helper)}`,
          },
        ],
      }),
    );
  }
  if (opened && inContainer(inputs)) {
    findings.push(
      finding({
        id: "permission.container-network",
        topic: "permission",
        severity: "note",
        title: "Tapline sees the network of its container",
        explanation:
          "A container has interfaces of its own; those of the machine around it, and of other containers, are not among them.",
        evidence: containerEvidence(inputs),
        fixes: [
          {
            text: "To see the machine's interfaces, start the container in its network",
            command: "docker run --network=host --cap-add=NET_RAW --cap-add=NET_ADMIN …",
          },
        ],
      }),
    );
  }
  return { findings };
};

function fixOf(inputs: DoctorInputs, fix: string): { text: string; command: string } {
  const { text, command } = splitFix(fix, inputs.platform);
  return { text: text || "Run this, then check again", command };
}

function evidenceOf(inputs: DoctorInputs, kind: string): DoctorEvidence[] {
  const status = inputs.files.get(STATUS) ?? "";
  if (kind === "npcap") {
    const service = inputs.commands.get("sc query npcap") ?? "";
    return linesOf("sc query npcap", service, (line) => /STATE|SERVICE_NAME|FAILED/.test(line));
  }
  if (kind === "chmodbpf") {
    const devices = inputs.commands.get("ls -l /dev/bpf0") ?? "";
    const groups = inputs.commands.get("id -Gn") ?? "";
    return [...linesOf("ls -l /dev/bpf0", devices, Boolean), ...linesOf("id -Gn", groups, Boolean)];
  }
  if (kind === "no-new-privileges") return linesOf(STATUS, status, (line) => line.startsWith("NoNewPrivs:"));
  if (kind === "nosuid" && inputs.helper !== null) {
    const mount = mountOf(inputs, inputs.helper);
    return mount === null ? [] : [mount.evidence];
  }
  if (kind === "helper-not-executable") {
    return linesOf(STATUS, status, (line) => /^(Uid|Gid|Groups):/.test(line));
  }
  if (kind === "container") return linesOf(STATUS, status, (line) => line.startsWith("CapBnd:"));
  if (kind === "helper-missing" || kind === "permitted") return [];
  const capabilities = `getcap ${inputs.helper ?? ""}`;
  return [
    ...linesOf(capabilities, inputs.commands.get(capabilities) ?? "", Boolean),
    ...linesOf(STATUS, status, (line) => line.startsWith("CapEff:")),
  ];
}

/** What the system answered when the interfaces were opened; alike answers once. */
function saidOf(refused: readonly InterfaceInfo[], listProblem: string): DoctorEvidence[] {
  const names = new Map<string, string[]>();
  for (const { name, error } of refused) {
    const text = error?.message ?? "";
    if (text !== "") names.set(text, [...(names.get(text) ?? []), name]);
  }
  const told = [...names].map(([text, of]) => ({ source: `opening ${of.join(", ")}`, line: null, text }));
  return told.length > 0 || listProblem === ""
    ? told
    : [{ source: "listing the interfaces", line: null, text: listProblem }];
}

function containerEvidence(inputs: DoctorInputs): DoctorEvidence[] {
  for (const path of ["/.dockerenv", "/run/.containerenv"]) {
    if (inputs.files.has(path)) return [{ source: path, line: null, text: "present" }];
  }
  const path = "/proc/1/cgroup";
  return linesOf(path, fileText(inputs, path), (line) => CONTAINER_CGROUP.test(line)).slice(0, 1);
}

const CONTAINER_CGROUP = /docker|kubepods|containerd|lxc/;

/** Whether what was read looks like the inside of a container. */
export function inContainer(inputs: DoctorInputs): boolean {
  return containerEvidence(inputs).length > 0;
}
