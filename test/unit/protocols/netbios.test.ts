import { describe, expect, it } from "vitest";
import { nbdgm } from "../../../engine/protocols/nbdgm.ts";
import { nbss } from "../../../engine/protocols/nbss.ts";
import { dissect } from "./harness.ts";

const ETHERNET = "030000000001 005056337789";
const name = (text: string, kind: string): string => Buffer.from(text.padEnd(15)).toString("hex") + kind;
const LLC = "f0f003";
const frame = (body: string): string => {
  const length = (body.length / 2 + 3).toString(16).padStart(4, "0");
  return `${ETHERNET}${length}${LLC}${body}`;
};

describe("NetBIOS over LLC", () => {
  it("shows a name to be added", () => {
    const { text, info, chain } = dissect(
      frame(`2c00ffef0100000000000900${"00".repeat(16)}${name("HOST", "20")}`),
    );
    expect(chain).toBe("eth:llc:netbios");
    expect(info).toBe("Add Name Query - HOST<20>");
    expect(text).toContain("Delimiter: EFFF (NetBIOS)");
    expect(text).toContain("  Name to add: HOST<20> (Server service)\n    HOST\n    0x20 (Server service)");
  });

  it("shows a query without a session", () => {
    const body = `2c00ffef0a00000100000700${name("SERVER", "00")}${name("HOST", "00")}`;
    const { text, info } = dissect(frame(body));
    expect(info).toBe("Name Query for SERVER<00>");
    expect(text).toContain("Local Session No.: 0 (FIND.NAME request)");
    expect(text).toContain("Caller's Name Type: Group name (0x01)");
    expect(text).not.toContain("Sender's Name");
  });

  it("hands over the data of a session", () => {
    const { text, chain, info } = dissect(frame("0e00ffef160c010034017856090801020304"));
    expect(chain).toBe("eth:llc:netbios:data");
    expect(info).toBe("Data Only Last");
    expect(text).toContain("Re-sync indicator: First 'DATA ONLY LAST' following 'Receive Outstanding'");
    expect(text).toContain("Remote Session No.: 0x09");
  });

  it("warns of a command it does not know", () => {
    const { text } = dissect(frame("0e00ffef060c0100340178560908"));
    expect(text).toContain("Unknown NetBIOS command data");
    expect(text).toContain("[Expert Info (Warning/Undecoded): Unknown NetBIOS command data]");
  });

  it("is malformed when the name is not there", () => {
    const { text } = dissect(frame("2c00ffef01000000000009000000"));
    expect(text).toContain("[Malformed Packet: NetBIOS]");
  });
});

describe("NetBIOS over IPX", () => {
  const ipx = (type: string, socket: string, body: string): string => {
    const length = (body.length / 2 + 30).toString(16).padStart(4, "0");
    const header = `ffff${length}00${type}00000000ffffffffffff${socket}00000000000c29d479b2${socket}`;
    const whole = `e0e003${header}${body}`;
    return `${ETHERNET}${(whole.length / 2).toString(16).padStart(4, "0")}${whole}`;
  };

  it("shows the routers of a broadcast and the name sought, outside the chain", () => {
    const { text, info, chain, protocol } = dissect(
      ipx("14", "0455", `00000001${"00".repeat(28)}8401${name("HOST", "20")}`),
    );
    expect(chain).toBe("eth:llc:ipx");
    expect(protocol).toBe("NBIPX");
    expect(info).toBe("Find name HOST<20>");
    expect(text).toContain("NetBIOS over IPX\n  IPX Network: 00 (0x00000001)\n  Name type flag: 0x84");
    expect(text).toContain("  Name: HOST<20> (Server service)");
  });

  it("shows the counters of a session", () => {
    const { text, chain } = dissect(ipx("04", "0455", "40060100020003000400050006000700080001"));
    expect(chain).toBe("eth:llc:ipx:data");
    expect(text).toContain("Acknowledgement: Required");
    expect(text).toContain("Bytes received: 8");
  });

  it("shows a query of the name management protocol", () => {
    const body = `${"00".repeat(32)}f3010180${name("HOST", "20")}${name("PEER", "00")}`;
    const { text, info, protocol } = dissect(ipx("14", "0551", body));
    expect(protocol).toBe("NMPI");
    expect(info).toBe("Query name HOST<20>");
    expect(text).toContain("Message ID: 0x8001");
    expect(text).toContain("  Source name: PEER<00> (Workstation/Redirector)");
  });
});

describe("NetBIOS datagrams", () => {
  it("shows the names and hands over what is for them", () => {
    const encode = (text: string, kind: number): string =>
      `20${[...text.padEnd(15), String.fromCharCode(kind)]
        .map((c) => c.charCodeAt(0))
        .map((c) => (0x41 + (c >> 4)).toString(16) + (0x41 + (c & 15)).toString(16))
        .join("")}00`;
    const body = `1102c2f40a000509008a00bb0000${encode("HOST", 0x20)}${encode("GROUP", 0x1d)}0102`;
    const { text, info, protocol } = dissect(body, { protocol: nbdgm });
    expect(protocol).toBe("NBDS");
    expect(info).toBe("Direct_group datagram");
    expect(text).toContain("Flags: 0x02, This is first fragment, Node Type: B node");
    expect(text).toContain("Datagram length: 187 bytes");
    expect(text).toContain("Destination name: GROUP<1d> (Local Master Browser)");
    expect(text).toContain("Data (2 bytes)");
  });
});

describe("NetBIOS sessions", () => {
  it("shows several messages", () => {
    const { text, info } = dissect("0000000361626385000000", { protocol: nbss });
    expect(text.match(/^NetBIOS Session Service$/gm)).toHaveLength(2);
    expect(text).toContain("Length: 3");
    expect(info).toBe("Session keep-alive");
  });

  it("shows no flags where SMB follows", () => {
    const { text } = dissect("00000008ff534d4272000000", { protocol: nbss });
    expect(text).not.toContain("Flags");
    expect(text).toContain("Length: 8");
  });

  it("says why a session was refused", () => {
    const { text, info } = dissect("8300000182", { protocol: nbss });
    expect(info).toBe("Negative session response, Called name not present");
    expect(text).toContain("Error code: Called name not present (0x82)");
  });

  it("takes what cannot begin a message for the rest of one", () => {
    const { text, info } = dissect("0002000178", { protocol: nbss });
    expect(info).toBe("NBSS Continuation Message");
    expect(text).toContain("Continuation data: 0002000178");
  });
});
