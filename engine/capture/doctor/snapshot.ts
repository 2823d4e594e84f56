/** A snapshot length that cuts packets. */
import type { DoctorFinding } from "../../api.ts";
import { counted, fileNumber, finding, oneLine, type Rule, size, sysOf, whole } from "./inputs.ts";

/** Ethernet head with one VLAN tag: what stands before an MTU's bytes. */
const HEAD = 18;
/** The largest snapshot length; 0 in the options means it. */
const WHOLE = 262_144;

export const snapshotRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  const { live } = inputs;
  const change = { title: "Capture whole packets", options: { snapLen: 0 } };
  const cut = live?.cut ?? null;
  const used = live?.started?.interfaces.map(({ snapLen }) => snapLen) ?? [];
  if (cut !== null && cut.wireBytes > cut.capturedBytes) {
    const lost = cut.wireBytes - cut.capturedBytes;
    findings.push(
      finding({
        id: "snapshot.cut",
        topic: "snapshot",
        severity: "warning",
        title: `${Math.max(1, Math.round((lost / cut.wireBytes) * 100))} % of the bytes were cut off`,
        explanation: `The snapshot length${used.length > 0 ? ` of ${[...new Set(used)].map(whole).join(" and ")} bytes` : ""} keeps the beginning of each packet. What is behind it (reassembled data, files, most of TLS) cannot be shown.`,
        evidence: [
          counted(`${size(cut.wireBytes)} on the wire, ${size(cut.capturedBytes)} captured`),
          ...(live?.started?.interfaces.map((each) =>
            counted(`${each.name}: snapshot length ${each.snapLen}`),
          ) ?? []),
        ],
        change: live?.started ? change : null,
      }),
    );
    return { findings };
  }
  const snapLen = inputs.options.snapLen === 0 ? WHOLE : inputs.options.snapLen;
  for (const name of inputs.chosen) {
    const path = `${sysOf(name)}/mtu`;
    const mtu = fileNumber(inputs, path);
    if (mtu === null || mtu + HEAD <= snapLen || snapLen === WHOLE) continue;
    findings.push(
      finding({
        id: "snapshot.short",
        topic: "snapshot",
        severity: "note",
        interface: name,
        title: `A snapshot length of ${whole(snapLen)} bytes cuts packets of ${name}`,
        explanation: `Its packets are up to ${whole(mtu)} bytes long, and their heads before that. It saves room and time when only headers matter.`,
        evidence: [...oneLine(inputs, path), counted(`option: snapshot length ${snapLen}`)],
        change,
      }),
    );
  }
  return { findings };
};
