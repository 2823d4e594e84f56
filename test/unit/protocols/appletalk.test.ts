/** What AppleTalk's datagrams carry: names, routes, zones, transactions. */
import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const text = (value: string): string =>
  value.length.toString(16).padStart(2, "0") + Buffer.from(value, "latin1").toString("hex");

/** A datagram of a type from 10.5:253 to a socket of 10.1, in SNAP over Ethernet. */
function ddp(type: string, payload: string, socket = "04"): ReturnType<typeof dissect> {
  const body = payload.replace(/\s/g, "");
  const length = body.length / 2 + 13;
  return dissect(`090007ffffff 001122334455 ${(length + 8).toString(16).padStart(4, "0")} aaaa03080007809b
    ${length.toString(16).padStart(4, "0")} 0000 000a 000a 01 05 ${socket} fd ${type} ${body}`);
}

describe("names", () => {
  it("shows tuples, in the Macintosh's characters", () => {
    const {
      chain,
      info,
      text: tree,
    } = ddp("02", `31 07 000a 05 fd 00 ${text("Al\x8a")}${text("AFPServer")}${text("*")}`);
    expect(chain).toBe("eth:llc:ddp:nbp");
    expect(info).toBe("Op: reply  Count: 1");
    expect(tree).toContain(`Name Binding Protocol
  Info: 0x31  Operation: reply  Count: 1
    0011 .... = Operation: reply (3)
    .... 0001 = Count: 1
  Transaction ID: 7
  Node 1
    Network: 10
    Node: 5
    Port: 253
    Enumerator: 0
    Object: Al\u00e4
    Type: AFPServer
    Zone: *`);
    expect(ddp("02", `32 07 000a 05 fd 00 ${text("=")}`).text).toContain("Malformed Packet: NBP");
    expect(ddp("02", "00 07").info).toBe("Op: Unknown (0x0)  Count: 0");
  });
});

describe("routes", () => {
  it("shows single networks and ranges", () => {
    const routes = ddp("01", "000a 08 05 000a 80 000c 82 0014 81 0018 82 0020 01");
    expect(routes.chain).toBe("eth:llc:ddp:rtmp");
    expect(routes.info).toBe("Net: 10  Node Len: 8  Node: 5");
    expect(routes.text).toContain(`  Node: 5
  Tuple 1:  Range Start: 10  Dist: 0  Range End: 12  Version: 0x82
    Range Start: 10
    Distance: 0
    Range End: 12
    Version: 0x82
  Tuple 2:  Range Start: 20  Dist: 1  Range End: 24
    Range Start: 20
    Distance: 1
    Range End: 24
  Tuple 3:  Net: 32  Dist: 1
    Net: 32
    Distance: 1`);
    expect(ddp("01", "000a 10 0005 000082").text).toContain("Node: 5\n  Version: 0x82");
    expect(ddp("01", "000a 08 05").text).toContain("Malformed Packet: RTMP");
    expect(ddp("05", "02").info).toBe("Route Data Request (split horizon processed)");
    expect(ddp("05", "0a").info).toBe("Unknown function (0A)");
  });
});

describe("zones", () => {
  it("shows networks and their zones", () => {
    expect(ddp("06", "01 02 000a 000b").text).toContain("  Count: 2\n    Network: 10\n    Network: 11");
    expect(ddp("06", `02 01 000a ${text("Zone A")}`).text).toContain(
      "    Zone for network: 10\n      Network: 10\n      Zone: Zone A",
    );
  });

  it("shows what a node learns of its network", () => {
    const { info, text: tree } = ddp(
      "06",
      `06 e0 000a 000f ${text("Zone")} 06 090007000001 ${text("Other")}`,
    );
    expect(info).toBe("GetNetInfo reply");
    expect(tree).toContain(`  11.. .... = Flags: 0x3, Zone invalid, Use broadcast, Only one zone
    1... .... = Zone invalid: True
    .1.. .... = Use broadcast: True
    ..1. .... = Only one zone: True
  Network start: 10
  Network end: 15
  Zone: Zone
  Multicast length: 6
  Multicast address: 090007000001
  Default zone: Other`);
    expect(ddp("06", `05 00 00000000 ${text("Zone")}`).info).toBe("GetNetInfo request");
    expect(ddp("06", `07 00 00000000 ${text("Old")} 00 ${text("New")}`).fields.get("zip.zone_name")).toEqual([
      "Old",
      "New",
    ]);
    expect(ddp("06", "09").info).toBe("Unknown ZIP function (09)");
  });
});

describe("transactions", () => {
  it("shows requests, responses and releases", () => {
    const request = ddp("03", "64 07 0007 08000001");
    expect(request.chain).toBe("eth:llc:ddp:atp:data");
    expect(request.info).toBe("REQuest transaction 7");
    expect(request.text).toContain(`  Control info: 0x64
    01.. .... = Function: REQuest (1)
    ..1. .... = XO: True
    ...0 .... = EOM: False
    .... 0... = STS: False
    .... .100 = TRel timer: 8 minutes (4)
  Bitmap: 0x07  3 packet(s) max
  TID: 7`);
    expect(ddp("03", "90 00 0007 00000000").text).toContain("Bitmap: 0x00\n  TID: 7\nData");
    expect(ddp("03", "c0 00 0007 00000001").text).toContain("User bytes: 0x00000001");
    expect(ddp("03", "40").text).toContain("Malformed Packet: ATP");
  });

  it("finds a question for zones by its socket", () => {
    const { chain, info, text: tree } = ddp("03", "40 01 0007 08 00 0001", "06");
    expect(chain).toBe("eth:llc:ddp:atp:zip");
    expect(info).toBe("Function: GetZoneList  tid 7");
    expect(tree).toContain("Function: GetZoneList (8)\n  Pad (0): 00\n  Start index: 1");
  });
});
