import { describe, expect, it } from "vitest";
import { Frames } from "./frames.ts";
import { fromHex } from "./harness.ts";

const hex = (bytes: ArrayLike<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const le16 = (value: number): string => hex([value & 0xff, value >> 8]);
const size = (text: string): number => fromHex(text).length;

const event = (code: number, parameters: string): string =>
  `0000000104${hex([code, size(parameters)])}${parameters}`;
const acl = (sent: boolean, data: string, continued = false): string =>
  `0000000${sent ? 0 : 1}02${le16(0x0b | (continued ? 0x1000 : sent ? 0 : 0x2000))}${le16(size(data))}${data}`;
const l2cap = (sent: boolean, cid: number, data: string): string =>
  acl(sent, le16(size(data)) + le16(cid) + data);
const signal = (sent: boolean, code: number, data: string): string =>
  l2cap(sent, 1, hex([code, 1]) + le16(size(data)) + data);

const CONNECTED = event(0x03, "000b006655443322110100");
const ADDRESS = event(0x0e, "0109100001eeddccbbaa");

/** A channel for the PSM: the host receives with CID 0x40, the other end with 0x60. */
const open = (psm: number): string[] => [
  ADDRESS,
  CONNECTED,
  signal(true, 2, `${le16(psm)}4000`),
  signal(false, 3, "6000400000000000"),
];
const OPENED = open(1).length;

/** The frame behind those that open the channel, in order and again afterwards. */
function dissected(psm: number, ...frames: string[]): ReturnType<Frames["again"]> {
  const all = [...open(psm), ...frames];
  const last = all.length;
  const inOrder = new Frames(all, 201).inOrder()[last - 1];
  const again = new Frames(all, 201).index().again(last);
  expect(again.text).toBe(inOrder.text);
  expect(again.info).toBe(inOrder.info);
  return inOrder;
}

describe("Bluetooth connections and channels", () => {
  it("name the ends of a connection", () => {
    const found = dissected(1, l2cap(false, 0x40, "0100000002000300"));
    expect(found.text).toContain("Source BD_ADDR: 11:22:33:44:55:66");
    expect(found.text).toContain("Destination BD_ADDR: aa:bb:cc:dd:ee:01");
    expect(found.text).toContain("Connect in frame: 2");
    expect(found.text).toContain("PSM: SDP (0x0001)");
    expect(found.chain).toBe("bluetooth:hci_h4:bthci_acl:btl2cap:btsdp");
  });

  it("put PDUs together from several data packets", () => {
    const pdu = "0900600006000000040000ffff";
    const found = dissected(1, acl(true, pdu.slice(0, 16)), acl(true, pdu.slice(16), true));
    expect(found.text).toContain(`This is a continuation to the PDU in frame: ${OPENED + 1}`);
    expect(found.chain).toBe("bluetooth:hci_h4:bthci_acl:btl2cap:btsdp");
  });

  it("end with the channel that a disconnection names", () => {
    const found = dissected(3, signal(true, 6, "60004000"));
    expect(found.info).toBe(
      "Sent Disconnection Request (SCID: 0x0040, DCID: 0x0060, PSM: 0x0003, Service: RFCOMM)",
    );
  });

  it("tell the options of a channel", () => {
    const options = "0102a002" + "0409033f03d007e02ef203" + "050101";
    const found = dissected(1, signal(true, 4, `60000000${options}`));
    expect(found.text).toContain("MTU: 672");
    expect(found.text).toContain("Mode: Enhanced Retransmission Mode (0x03)");
    expect(found.text).toContain("Monitor Timeout (ms): 12000");
    expect(found.text).toContain("FCS: 16-bit FCS (0x0001)");
  });

  it("show the control field of retransmission modes, and its checksum", () => {
    const mode = signal(true, 4, "60000000" + "0409033f03d007e02ef203");
    const found = dissected(1, mode, l2cap(true, 0x60, "0001" + "0100000002000300" + "1234"));
    expect(found.text).toContain("Control: I-Frame");
    expect(found.text).toContain("ReqSeq: 1");
    expect(found.text).toContain("FCS: 0x3412");
    expect(found.text).toContain("Error Code: Invalid Request Syntax (0x0003)");
  });
});

describe("SDP", () => {
  it("shows what a search asks for", () => {
    const found = dissected(1, l2cap(true, 0x60, "06000200103503191" + "10b01003506090001090004" + "00"));
    expect(found.info).toBe(
      "Sent Service Search Attribute Request : Audio Sink: [Service Class ID List 0x0001] [Protocol Descriptor List 0x0004] ",
    );
  });

  it("shows the attributes of a service", () => {
    const attributes = "0900013503191101" + "090004350c350319010035051900030803" + "0901002502" + "4142";
    const list = `35${hex([size(attributes)])}${attributes}`;
    const body = `00${hex([size(list)])}${list}00`;
    const found = dissected(1, l2cap(false, 0x40, `05000100${hex([size(body)])}${body}`));
    expect(found.text).toContain("Attribute List [count =  3] (Serial Port)");
    expect(found.text).toContain(
      "Service Attribute: Protocol Descriptor List (0x4), value = L2CAP -> RFCOMM:3",
    );
    expect(found.text).toContain("Service Name: AB");
  });

  it("is marked where a data element is cut short", () => {
    const found = dissected(1, l2cap(true, 0x60, "0200000003350919"));
    expect(found.text).toContain("Malformed Packet: SDP");
  });
});

describe("RFCOMM", () => {
  it("shows frames with credits and hands their bytes on", () => {
    const found = dissected(3, l2cap(false, 0x40, "09ff0721" + "414243" + "5c"));
    expect(found.info).toBe("Rcvd UIH Channel=1 UID ");
    expect(found.text).toContain("Credits: 33");
    expect(found.text).toContain("Frame Check Sequence: 0x5c");
    expect(found.chain).toBe("bluetooth:hci_h4:bthci_acl:btl2cap:btrfcomm:data");
  });

  it("shows commands of the multiplexer", () => {
    const found = dissected(3, l2cap(true, 0x60, "03ef15" + "831102f007009a020007" + "70"));
    expect(found.info).toBe("Sent UIH Channel=0 -> 1 MPX_CTRL DLC Parameter Negotiation (PN) ");
    expect(found.text).toContain("Max Frame Size: 666");
  });
});

describe("profiles over L2CAP", () => {
  it("show Ethernet frames of BNEP", () => {
    const ip = "4500001c000100004011000001010101020202020035003500080000";
    const found = dissected(15, l2cap(true, 0x60, `020800${ip}`));
    expect(found.chain).toBe("bluetooth:hci_h4:bthci_acl:btl2cap:btbnep:ethertype:ip:udp");
    expect(dissected(15, l2cap(true, 0x60, "0101021116" + "1115")).info).toBe(
      "Sent Control - Setup Connection Request - dst: <NAP>, src: <PANU>",
    );
  });

  it("show reports of keyboards and mice", () => {
    const keys = dissected(19, l2cap(false, 0x40, "a1010000040000000000"));
    expect(keys.info).toBe("Rcvd DATA - Input - Keyboard - a");
    expect(keys.chain).toBe("bluetooth:hci_h4:bthci_acl:btl2cap:bthid:usbhid");
    const mouse = dissected(19, l2cap(false, 0x40, "a1020001fe"));
    expect(mouse.text).toContain("Y Displacement: -2");
  });

  it("show the endpoints and the codec of a stream", () => {
    const discovery = l2cap(false, 0x40, "020104080800");
    const found = dissected(25, discovery, l2cap(true, 0x60, "3003040401000706000021150235"));
    expect(found.info).toBe(
      "Sent Command - SetConfiguration - ACP SEID [1 - Audio Sink] - INT SEID [1 - unknown unknown] - Audio SBC (44100 | JointStereo | block: 16 | subbands: 8 | allocation: Loudness | bitpool: 2..53)",
    );
  });

  it("show remote control", () => {
    expect(dissected(23, l2cap(false, 0x40, "00110e00487c4400")).info).toBe(
      "Rcvd Pass Through: Control - PLAY (Pushed)",
    );
    const title = l2cap(false, 0x40, "32110e0c4800001958200000" + "0e01" + "00000001006a0005" + "48656c6c6f");
    expect(dissected(23, title).info).toBe(
      'Rcvd Vendor dependent: Stable - GetElementAttributes - Title: "Hello"',
    );
  });
});
