import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const frame = (body: string): string => {
  const length = body.length / 2;
  const le = (length & 255).toString(16).padStart(2, "0") + (length >> 8).toString(16).padStart(2, "0");
  return `ab0000040000aa00040001046003${le}${body}`;
};

describe("DECnet phase IV", () => {
  it("shows the hello of an endnode", () => {
    const hello = `0d020000aa000400010403da05000000000000000000aa000400ff070a000002aaaa`;
    const { text, info, chain, protocol } = dissect(frame(hello));
    expect(chain).toBe("eth:ethertype:dec_dna");
    expect(protocol).toBe("DEC DNA");
    expect(info).toBe("Routing control, Endnode Hello message");
    expect(text).toContain("Routing Layer Version: 2.0.0");
    expect(text).toContain("Transmitting system ID: aa:00:04:00:01:04 (1.1)");
    expect(text).toContain("Routing information: 0x03, Node type: End node");
    expect(text).toContain("Neighbor: aa:00:04:00:ff:07 (1.1023)");
    expect(text).toContain("Hello timer(seconds): 10");
  });

  it("shows the costs of a routing message and whether its checksum is right", () => {
    const routes = (sum: string): string => frame(`0701040003000100040c${sum}`);
    expect(dissect(routes("090c")).text).toContain("Segment: count:3, start Id: 1, hops:3, cost: 4");
    expect(dissect(routes("090c")).text).toContain("Checksum: 0x0c09 [correct]");
    expect(dissect(routes("0000")).text).toContain("Checksum: 0x0000 incorrect, should be 0x0c09");
  });

  it("shows a segment with its acknowledgements beside the routing header", () => {
    const { text, info } = dissect(frame("0a0104ff070360032004200380060044415441"));
    expect(info).toBe("msg nr. 6 single segment, bytes this segment: 4, total so far:4");
    expect(text).toContain("\nDNA NSP message: Begin of segment / End of segment (0x60)");
    expect(text).toContain("Last data segment positively acknowledged: 3");
  });

  it("shows whom a connection is for", () => {
    const { text, info } = dissect(frame("020104010400180000032001021340 001d000500".replace(/ /g, "")));
    expect(info).toBe("NSP connect confirm/initiate message");
    expect(text).toContain("Session Object type: 0x1d");
    expect(text).toContain("Session Menu version: Session control version 1.0");
  });

  it("is malformed when the session's data are not there", () => {
    expect(dissect(frame("02010401040028032004200103 1340".replace(/ /g, ""))).text).toContain(
      "[Malformed Packet: DEC_DNA]",
    );
  });
});
