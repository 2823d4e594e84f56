import { describe, expect, it } from "vitest";
import { Frames } from "./frames.ts";

/** A URB of usbmon with its header of 64 bytes, on the bulk endpoints of a device. */
function urb(kind: "S" | "C", endpoint: number, data: string, wanted = data.length / 2): string {
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, 1, true);
  header.setUint8(8, kind.charCodeAt(0));
  header.setUint8(9, 3);
  header.setUint8(10, endpoint);
  header.setUint8(11, 2);
  header.setUint16(12, 1, true);
  header.setUint8(14, 0x2d);
  header.setUint8(15, data === "" ? 0x3c : 0);
  header.setUint32(32, wanted, true);
  header.setUint32(36, data.length / 2, true);
  return Buffer.from(header.buffer).toString("hex") + data;
}

function control(kind: "S" | "C", setup: string, data: string): string {
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, 7, true);
  header.setUint8(8, kind.charCodeAt(0));
  header.setUint8(9, 2);
  header.setUint8(10, 0x80);
  header.setUint8(11, 2);
  header.setUint16(12, 1, true);
  header.setUint8(14, kind === "S" ? 0 : 0x2d);
  header.setUint8(15, data === "" ? 0x3c : 0);
  header.setUint32(32, 0x20, true);
  header.setUint32(36, data.length / 2, true);
  const bytes = Buffer.from(header.buffer);
  bytes.write(setup, 40, "hex");
  return bytes.toString("hex") + data;
}

const CONFIGURATION = "09022000010100806409040000020806500007058102000200" + "07050202000200";
const SETUP = [control("S", "8006000200002000", ""), control("C", "0000000000000000", CONFIGURATION)];
const command = (cdb: string, flags: string, length: string): string =>
  urb(
    "S",
    0x02,
    `5553424301000000${length}${flags}00${(cdb.length / 2).toString(16).padStart(2, "0")}${cdb.padEnd(32, "0")}`,
  );
const STATUS = urb("C", 0x81, `55534253010000000000000000`);

describe("SCSI over USB mass storage", () => {
  const read = [
    ...SETUP,
    command("28000000100000000100", "80", "00020000"),
    urb("C", 0x81, "aa".repeat(512)),
    STATUS,
  ];

  it("shows a command, its data and its status", () => {
    const found = new Frames(read, 220).inOrder();
    expect(found[2].info).toBe("SCSI: Read(10) LUN: 0x00 (LBA: 0x00001000, Len: 1)");
    expect(found[2].chain).toBe("usb:usbms");
    expect(found[2].text).toContain("Transfer Length: 1");
    expect(found[3].info).toBe("SCSI: Data In LUN: 0x00 (Read(10) Response Data) ");
    expect(found[4].info).toBe("SCSI: Response LUN: 0x00 (Read(10)) (Good)");
    expect(found[4].text).toContain("Request in: 3");
    expect(new Frames(read, 220).index().again(5).text).toBe(found[4].text);
  });

  it("shows sense data and inquiry data", () => {
    const sense = "70000600" + "0000000a00000000" + "280000000000";
    const found = new Frames(
      [...SETUP, command("030000001200", "80", "12000000"), urb("C", 0x81, sense)],
      220,
    ).inOrder();
    expect(found[3].text).toContain("Sense Key: Unit Attention (0x6)");
    expect(found[3].text).toContain("Not Ready To Ready Change, Medium May Have Changed (0x2800)");
    const inquiry = `0080020220000000${Buffer.from("Vendor  Product         1.00").toString("hex")}`;
    const answer = new Frames(
      [...SETUP, command("120000002400", "80", "24000000"), urb("C", 0x81, inquiry)],
      220,
    ).inOrder();
    expect(answer[3].text).toContain("Product Id: Product         ");
    expect(answer[3].text).toContain("Removable: This is a REMOVABLE device");
  });
});
