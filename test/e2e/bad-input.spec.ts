import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { ETHERNET, udpFrame, writeFew, writeFrames } from "../tools/packets.ts";
import {
  alert,
  bytes,
  COLUMN,
  cell,
  expect,
  line,
  packetCount,
  packetRow,
  packetRows,
  test,
} from "./support.ts";

const HELLO = "hello, this is no capture\n";

/** Each: what the file is, how it comes about, and the one message. */
const REFUSED: readonly [what: string, make: (path: string) => void, message: RegExp][] = [
  ["text", (path) => writeFileSync(path, HELLO), /is a text file, not a capture \(first bytes 68 65 6c 6c/],
  ["nothing", (path) => writeFileSync(path, ""), /is empty/],
  ["a folder", (path) => mkdirSync(path), /is a folder, not a capture file\.$/],
  ["a PDF document", (path) => writeFileSync(path, "%PDF-1.7 ..."), /is a PDF document, not a capture/],
  [
    "a gzip file of something else",
    (path) => writeFileSync(path, Buffer.from("1f8b0800000000000003cb48cdc9c9070086a6103605000000", "hex")),
    /is gzip-compressed, and what it holds is a text file/,
  ],
];

for (const [what, make, message] of REFUSED) {
  test(`${what} instead of a capture is refused with one message`, async ({ place, start, page }) => {
    make(place.file("odd.pcapng"));
    await page.goto((await start({ file: place.file("odd.pcapng") })).url);
    await expect(alert(page)).toHaveText(message);
    await expect(alert(page)).toContainText(place.file("odd.pcapng"));
    await expect(alert(page)).toHaveCount(1);
    await expect(page.getByTestId("welcome")).toBeVisible();
    // The window goes on working.
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("button", { name: "Sample capture" }).click();
    await expect(packetRow(page, 1)).toBeVisible();
  });
}

test("a file that is not there is refused before anything starts", async ({ place, start }) => {
  await expect(start({ file: place.file("gone.pcapng") })).rejects.toThrow(
    `ended with 2: tapline: there is no file "${place.file("gone.pcapng")}".`,
  );
});

test("a capture that vanished since is told of when it is read again", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  unlinkSync(place.file("few.pcapng"));
  await page.keyboard.press("Control+r");
  await expect(alert(page)).toHaveText(`There is no file "${place.file("few.pcapng")}".`);
  // What is shown stays: the packets are still in the open file.
  await packetRow(page, 5).click();
  await expect(line(page, /^Frame 5/)).toBeVisible();
});

test("a capture that may not be read is told of", async ({ place, start, page }) => {
  test.skip(process.getuid?.() === 0, "root may read everything");
  writeFew(place.file("few.pcapng"));
  chmodSync(place.file("few.pcapng"), 0);
  await page.goto((await start({ file: place.file("few.pcapng") })).url);
  await expect(alert(page)).toHaveText(/may not be read by this user/);
});

for (const format of ["pcap", "pcapng"] as const) {
  test(`a ${format} file cut off in mid-packet opens with what is whole`, async ({ place, view, page }) => {
    writeFew(place.file("whole"), { format });
    const whole = readFileSync(place.file("whole"));
    writeFileSync(place.file("cut.pcap"), whole.subarray(0, whole.length - 40));
    await view(place.file("cut.pcap"));
    await expect(packetCount(page)).toHaveText("5 packets");
    await expect(packetRows(page)).toHaveCount(5);
    await page.getByRole("contentinfo").getByRole("button", { name: "1 notice" }).click();
    await expect(page.getByRole("dialog", { name: "Notices" })).toContainText(
      /cut (short|off)|ends in the middle/i,
    );
  });
}

test("a packet that claims 4 GB ends the reading with a message, not the program", async ({
  place,
  view,
  page,
}) => {
  writeFew(place.file("few.pcap"), { format: "pcap" });
  const file = openSync(place.file("few.pcap"), "a");
  const record = Buffer.alloc(64);
  record.writeUInt32LE(0xfffffff0, 8);
  record.writeUInt32LE(0xfffffff0, 12);
  writeSync(file, record);
  closeSync(file);
  await view(place.file("few.pcap"));
  await expect(packetCount(page)).toHaveText("6 packets");
  await page.getByRole("contentinfo").getByRole("button", { name: "1 notice" }).click();
  await expect(page.getByRole("dialog", { name: "Notices" })).toContainText("4,294,967,280");
});

test("a link type nobody knows is shown as bytes with its number", async ({ place, view, page }) => {
  writeFrames(place.file("odd.pcapng"), [Buffer.from("00010203040506070809", "hex")], { linkType: 5999 });
  await view(place.file("odd.pcapng"));
  await expect(packetRow(page, 1)).toContainText("5999");
  await expect(bytes(page)).toContainText("00010203040506070809");
});

test("absurd times are shown without harm", async ({ place, view, page }) => {
  // Microseconds above a million and seconds at the end of what 32 bits hold, then a step back by 136 years.
  const file = Buffer.alloc(24 + 3 * (16 + 60));
  file.set([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]);
  file.writeUInt32LE(262_144, 16);
  file.writeUInt32LE(ETHERNET, 20);
  const times = [
    [0xffffffff, 0xffffffff],
    [0, 0],
    [1_700_000_000, 999_999],
  ] as const;
  times.forEach(([seconds, micros], index) => {
    const at = 24 + index * 76;
    file.writeUInt32LE(seconds, at);
    file.writeUInt32LE(micros, at + 4);
    file.writeUInt32LE(60, at + 8);
    file.writeUInt32LE(60, at + 12);
    file.set(udpFrame(), at + 16);
  });
  writeFileSync(place.file("times.pcap"), file);
  await view(place.file("times.pcap"));
  await expect(packetCount(page)).toHaveText("3 packets");
  await expect(cell(packetRow(page, 2), COLUMN.time)).toHaveText(/^-\d+\.\d+$/);
  await page.keyboard.press("Control+Alt+4");
  await expect(cell(packetRow(page, 3), COLUMN.time)).toHaveText("2023-11-14 22:13:20.999999");
  await expect(cell(packetRow(page, 2), COLUMN.time)).toHaveText("1970-01-01 00:00:00.000000");
  await packetRow(page, 1).click();
  await expect(line(page, /^Frame 1/)).toBeVisible();
});
