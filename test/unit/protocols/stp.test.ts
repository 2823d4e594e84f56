import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const LLC = "0180c2000000 0a0b0c0d0e0f";
const ROOT = "8001 0a0b0c0d0e01";
const BODY = `${ROOT} 00000013 9002 0a0b0c0d0e02 8005 0100 1400 0200 0f00`;
const bpdu = (hex: string): string => {
  const length = hex.replace(/\s/g, "").length / 2 + 3;
  return `${LLC} ${length.toString(16).padStart(4, "0")} 424203 ${hex}`;
};

describe("STP", () => {
  it("shows a configuration BPDU", () => {
    const { text, info, chain, protocol } = dissect(bpdu(`0000 00 00 81 ${BODY}`));
    expect([protocol, chain]).toEqual(["STP", "eth:llc:stp"]);
    expect(info).toBe("Conf. TC + Root = 32768/1/0a:0b:0c:0d:0e:01  Cost = 19  Port = 0x8005");
    expect(text).toContain("BPDU flags: 0x81, Topology Change Acknowledgment, Topology Change");
    expect(text).toContain("  Bridge Identifier: 36864 / 2 / 0a:0b:0c:0d:0e:02\n    Bridge Priority: 36864");
    expect(text).toContain("  Max Age: 20\n");
  });

  it("shows a rapid BPDU with its port role", () => {
    const { text, info } = dissect(bpdu(`0000 02 02 0e ${BODY} 00`));
    expect(info).toContain("RST. Root = ");
    expect(text).toContain("BPDU flags: 0x0e, Port Role: Designated, Proposal");
    expect(text).toContain("Version 1 Length: 0");
  });

  it("shows the instances of a multiple spanning tree", () => {
    const config = `00 ${"41".repeat(4)}${"00".repeat(28)} 0001 ${"ab".repeat(16)}`;
    const cist = "00000007 8000 0a0b0c0d0e03 14";
    const instance = "fc 6001 0a0b0c0d0e04 00000008 60 80 14";
    const { text, info } = dissect(bpdu(`0000 03 02 38 ${BODY} 00 0050 ${config} ${cist} ${instance}`));
    expect(info).toContain("MST. Root = ");
    expect(text).toContain("MST Config name: AAAA");
    expect(text).toContain("MSTID 1, Regional Root Identifier 24576 / 0a:0b:0c:0d:0e:04");
    expect(text).toContain("Internal root path cost: 8");
  });

  it("shows the VLAN of PVST+, or that it is missing", () => {
    const snap = (record: string): string =>
      `01000ccccccd 0a0b0c0d0e0f 0032 aaaa03 00000c 010b 0000 02 02 0e ${BODY} 00 ${record}`;
    expect(dissect(snap("0000 0002 0005")).text).toContain("Originating VLAN (PVID): 5");
    expect(dissect(snap("0000 0003 000000")).fields.has("stp.pvst.origvlan.missing")).toBe(true);
  });

  it("shows notifications, unknown types and cut BPDUs", () => {
    expect(dissect(bpdu("0000 00 80")).info).toBe("Topology Change Notification");
    expect(dissect(bpdu("0000 00 07 00")).info).toBe("Unknown BPDU type (7)");
    expect(dissect(bpdu("0000 00 00 81 8001")).text).toContain("[Malformed Packet: STP]");
  });
});

describe("STP of shortest path bridging", () => {
  const identifier = `00 ${"53".repeat(4)}${"00".repeat(28)} 0001 ${"ab".repeat(16)}`;
  const agreement = `05 00 00 20 0020 ${"00".repeat(8)} ${"cd".repeat(20)}`;
  const fixed = `0050 ${identifier} 00000007 8000 0a0b0c0d0e03 14 ${"00".repeat(16)}`;
  const build = (tail: string): string => bpdu(`0000 04 02 38 ${BODY} 00 ${fixed} ${tail}`);

  it("shows the agreement behind the configuration's identifier", () => {
    const { text, info, fields } = dissect(build(`0055 ${identifier} ${agreement}`));
    expect(info).toContain("SPT. Root = ");
    expect(text).toContain("SPT Config name: SSSS");
    expect(text).toContain("Agreement Data (AN: 1, DAN: 1)");
    expect(text).toContain("Agreement Digest Edge Count: 32");
    expect(fields.get("mstp.agreement_digest")).toEqual(["cd".repeat(20)]);
  });

  it("leaves out an extension too short for its fixed part", () => {
    expect(dissect(build("0010 0000")).text).not.toContain("SPT Extension");
  });
});
