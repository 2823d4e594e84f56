import { udpFrame, writeFew, writeFrames } from "../tools/packets.ts";
import {
  byteAt,
  bytes,
  contextMenu,
  expand,
  expect,
  layers,
  line,
  packetRow,
  readClipboard,
  selectedBytes,
  statusBar,
  test,
} from "./support.ts";

test.beforeEach(async ({ place, view, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
});

test("a selected packet shows its layers and its bytes", async ({ page }) => {
  await packetRow(page, 2).click();
  await expect(layers(page)).toHaveAccessibleName("Layers of packet 2");
  await expect(line(page, /^Frame 2: 60 bytes on wire \(480 bits\), 60 bytes captured/)).toBeVisible();
  await expect(line(page, "Ethernet II, Src: 02:00:00:00:00:01, Dst: 02:00:00:00:00:02")).toBeVisible();
  await expect(line(page, "Internet Protocol Version 4, Src: 192.0.2.1, Dst: 192.0.2.2")).toBeVisible();
  await expect(line(page, "User Datagram Protocol, Src Port: 40000, Dst Port: 40001")).toBeVisible();
  await expect(bytes(page)).toHaveAccessibleName(/Frame \(60 bytes\)/);
  await expect(bytes(page).getByRole("row")).toHaveCount(4);
  await expect(bytes(page).getByRole("row").first()).toHaveText(/^0000\s*02000000000202000000000108004500/);
});

test("a field marks its bytes, and a byte marks its field", async ({ page }) => {
  await packetRow(page, 4).click();
  await expand(page, "Internet Protocol Version 4");
  await line(page, "Time to Live: 1").click();
  await expect(selectedBytes(page)).toHaveText(["01"]);
  await expect(byteAt(page, 22)).toHaveClass(/\bon\b/);
  await expect(statusBar(page)).toContainText("(ip.ttl), 1 byte");

  await byteAt(page, 36).click();
  await expect(line(page, "Destination Port: 40001")).toHaveAttribute("aria-selected", "true");
  await expect(selectedBytes(page)).toHaveText(["9c", "41"]);
  await expect(statusBar(page)).toContainText("(udp.dstport), 2 bytes");

  // The same field stays selected in the next packet.
  await packetRow(page, 3).click();
  await expect(line(page, "Destination Port: 40000")).toHaveAttribute("aria-selected", "true");
  await expect(selectedBytes(page)).toHaveText(["9c", "40"]);
});

test("what the pointer is over is marked in the other pane", async ({ page }) => {
  await packetRow(page, 2).click();
  await expand(page, "Internet Protocol Version 4");
  await byteAt(page, 22).hover();
  await expect(line(page, "Time to Live: 64")).toHaveClass(/\bhovered\b/);
  await line(page, "Protocol: UDP (17)").hover();
  await expect(byteAt(page, 23)).toHaveClass(/\bover\b/);
});

test("open layers stay open in other packets and after a reload", async ({ page }) => {
  await packetRow(page, 2).click();
  await expand(page, "User Datagram Protocol");
  await expect(line(page, "Source Port: 40000")).toBeVisible();
  await packetRow(page, 3).click();
  await expect(line(page, "Source Port: 40001")).toBeVisible();
  await page.reload();
  await expect(line(page, "Source Port: 40001")).toBeVisible();
  await line(page, "User Datagram Protocol").click();
  await page.keyboard.press("ArrowLeft");
  await expect(line(page, "Source Port: 40001")).toBeHidden();
});

test("the tree is walked with keys", async ({ page }) => {
  await packetRow(page, 2).click();
  await expect(line(page, "User Datagram Protocol")).toBeVisible();
  await page.keyboard.press("Alt+2");
  await expect(layers(page)).toBeFocused();
  await page.keyboard.press("Home");
  await expect(line(page, /^Frame 2/)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(line(page, "Ethernet II")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowRight");
  await expect(line(page, "Ethernet II")).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("ArrowRight");
  await expect(line(page, "Destination: 02:00:00:00:00:02")).toHaveAttribute("aria-selected", "true");
  await expect(selectedBytes(page)).toHaveText(["02", "00", "00", "00", "00", "02"]);
  await page.keyboard.press("ArrowLeft");
  await expect(line(page, "Ethernet II")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Control+ArrowRight");
  await expect(line(page, /= LG bit/).first()).toBeVisible();
});

test("a field is copied as value, as filter and by its name", async ({ page }) => {
  await packetRow(page, 4).click();
  await expand(page, "Internet Protocol Version 4");
  const field = line(page, "Time to Live: 1");
  await contextMenu(page, field, "Copy", "Value");
  await expect.poll(() => readClipboard(page)).toBe("1");
  await contextMenu(page, field, "Copy", "As filter");
  await expect.poll(() => readClipboard(page)).toBe("ip.ttl == 1");
  await contextMenu(page, field, "Copy", "Field name");
  await expect.poll(() => readClipboard(page)).toBe("ip.ttl");
  await contextMenu(page, field, "Copy", "Bytes as hex");
  await expect.poll(() => readClipboard(page)).toBe("01");
});

test("bytes are selected by dragging and copied as hex, text and C array", async ({ page }) => {
  await packetRow(page, 5).click();
  await expect(byteAt(page, 50)).toHaveText("6e");
  await byteAt(page, 50).hover();
  await page.mouse.down();
  await byteAt(page, 55).hover();
  await page.mouse.up();
  await expect(selectedBytes(page)).toHaveText(["6e", "65", "65", "64", "6c", "65"]);
  await expect(statusBar(page)).toContainText("6 bytes");
  await contextMenu(page, byteAt(page, 52), "As hex stream");
  await expect.poll(() => readClipboard(page)).toBe("6e6565646c65");
  await contextMenu(page, byteAt(page, 52), "As printable text");
  await expect.poll(() => readClipboard(page)).toBe("needle");
  await contextMenu(page, byteAt(page, 52), "As C array");
  await expect.poll(() => readClipboard(page)).toContain("0x6e, 0x65, 0x65, 0x64, 0x6c, 0x65");
  await contextMenu(page, byteAt(page, 52), "As hex dump");
  await expect.poll(() => readClipboard(page)).toMatch(/^0032 {2}6e 65 65 64 6c 65 .*needle$/);
});

test("a field becomes a column", async ({ page }) => {
  await packetRow(page, 2).click();
  await expand(page, "Internet Protocol Version 4");
  await contextMenu(page, line(page, "Time to Live: 64"), "Apply as column");
  await expect(page.getByRole("columnheader", { name: "Time to Live" })).toBeVisible();
  await expect(packetRow(page, 6)).toContainText("33");
});

test("the bytes of a long frame are fetched while it is scrolled, and copied whole", async ({
  page,
  place,
  start,
}) => {
  const payload = Buffer.from(Uint8Array.from({ length: 60_000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff));
  const frame = udpFrame({ payload });
  const hex = frame.toString("hex");
  writeFrames(place.file("long.pcapng"), [frame, udpFrame()]);
  await page.goto((await start({ file: place.file("long.pcapng") })).url);
  await expect(byteAt(page, 0)).toHaveText("02");
  const rows = bytes(page).locator(".hex-rows");

  await rows.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(byteAt(page, frame.length - 1)).toHaveText(hex.slice(-2));
  const last = bytes(page).getByRole("row").last();
  const lastRow = frame.subarray(frame.length - (frame.length % 16));
  await expect(last.getByRole("gridcell")).toHaveText(
    [...lastRow].map((b) => b.toString(16).padStart(2, "0")),
  );
  await rows.evaluate((element) => element.scrollTo(0, 1000 * 20));
  await expect(byteAt(page, 16_016)).toHaveText(hex.slice(2 * 16_016, 2 * 16_017));

  // A byte far down marks its field, and all of the field is copied, fetched or not.
  await byteAt(page, 16_016).click();
  await expect(statusBar(page)).toContainText("60,000 bytes");
  await expect(byteAt(page, 16_016)).toHaveClass(/\bon\b/);
  await contextMenu(page, byteAt(page, 16_020), "As hex stream");
  await expect.poll(() => readClipboard(page)).toBe(payload.toString("hex"));
  const field = line(page, "UDP payload (60000 bytes)");
  await contextMenu(page, field, "Copy", "Field name");
  await expect.poll(() => readClipboard(page)).toBe("udp.payload");
  await contextMenu(page, field, "Copy", "Value");
  await expect.poll(() => readClipboard(page)).toBe(payload.toString("hex"));
  await contextMenu(page, field, "Copy", "As filter");
  await expect
    .poll(() => readClipboard(page))
    .toBe(`udp.payload == ${payload.toString("hex").replace(/..(?!$)/g, "$&:")}`);

  await packetRow(page, 2).click();
  await expect(bytes(page).getByRole("row")).toHaveCount(4);
});
