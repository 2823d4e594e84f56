import { existsSync, readFileSync, statSync, unlinkSync } from "node:fs";
import { writeFew, writeMany } from "../tools/packets.ts";
import {
  alert,
  COLUMN,
  cell,
  expect,
  packetCount,
  packetRow,
  packetRows,
  selectedRow,
  test,
} from "./support.ts";

test("a capture named on the command line is shown", async ({ place, start, page }) => {
  writeFew(place.file("few.pcapng"));
  const tapline = await start({ file: place.file("few.pcapng") });
  await page.goto(tapline.url);
  await expect(page).toHaveTitle("few.pcapng — Tapline");
  await expect(packetCount(page)).toHaveText("6 packets");
  await expect(packetRows(page)).toHaveCount(6);
  await expect(cell(packetRow(page, 1), COLUMN.protocol)).toHaveText("ARP");
  await expect(cell(packetRow(page, 1), COLUMN.info)).toHaveText("Who has 192.0.2.2? Tell 192.0.2.1");
  await expect(cell(packetRow(page, 2), COLUMN.source)).toHaveText("192.0.2.1");
  await expect(cell(packetRow(page, 2), COLUMN.destination)).toHaveText("192.0.2.2");
  await expect(cell(packetRow(page, 2), COLUMN.protocol)).toHaveText("UDP");
  await expect(cell(packetRow(page, 2), COLUMN.length)).toHaveText("60");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "1");
});

test("the address loses its token once it has been used", async ({ start, page }) => {
  const { url } = await start();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]{64}$/);
  await page.goto(url);
  await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  await expect(page.getByRole("heading", { name: "Tapline" })).toBeVisible();
});

test("the welcome screen offers interfaces, the sample and nothing that is not there", async ({
  start,
  page,
}) => {
  await page.goto((await start()).url);
  const interfaces = page.getByRole("listbox", { name: "Interfaces" }).getByRole("option");
  await expect(interfaces.filter({ hasText: /^lo\b/ })).toContainText("127.0.0.1");
  await expect(page.getByText("Captures you open are listed here.")).toBeVisible();
  await expect(
    page.getByRole("toolbar", { name: "Main toolbar" }).getByRole("button", { name: "Save" }),
  ).toBeDisabled();

  await page.getByRole("button", { name: "Sample capture" }).click();
  await expect(page).toHaveTitle("sample.pcapng — Tapline");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "1");
  await expect(packetCount(page)).toHaveText(/^[\d,]+ packets$/);
});

test("the dialog walks through folders and opens a capture", async ({ place, start, page }) => {
  writeFew(place.file("few.pcapng"));
  await page.goto((await start()).url);
  await page.keyboard.press("Control+o");
  const dialog = page.getByRole("dialog", { name: "Open a capture" });
  const files = dialog.getByRole("listbox");
  await expect(files).toHaveAccessibleName(`Files in ${place.home}`);
  await expect(files.getByRole("option")).toHaveText([/few\.pcapng/]);

  await dialog.getByRole("button", { name: "Folder above" }).click();
  await expect(files.getByRole("option")).toHaveText([/home/, /state/]);
  await files.getByRole("option", { name: /home/ }).click();
  await files.getByRole("option", { name: /few\.pcapng/ }).click();
  await expect(dialog.getByRole("textbox", { name: "Path" })).toHaveValue(place.file("few.pcapng"));
  await dialog.getByRole("button", { name: "Open", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(packetCount(page)).toHaveText("6 packets");
});

test("the dialog is worked with keys alone, and Escape leaves it", async ({ place, start, page }) => {
  writeFew(place.file("a.pcap"), { format: "pcap" });
  writeMany(place.file("b.pcapng"), 9);
  await page.goto((await start()).url);
  await page.keyboard.press("Control+o");
  const dialog = page.getByRole("dialog", { name: "Open a capture" });
  const files = dialog.getByRole("listbox");
  await expect(files.getByRole("option")).toHaveCount(2);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.keyboard.press("Control+o");
  await expect(files.getByRole("option")).toHaveCount(2);
  await files.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveTitle("b.pcapng — Tapline");
  await expect(packetCount(page)).toHaveText("9 packets");
});

test("a folder that cannot be listed is told of in the dialog", async ({ place, start, page }) => {
  await page.goto((await start()).url);
  await page.keyboard.press("Control+o");
  const dialog = page.getByRole("dialog", { name: "Open a capture" });
  await expect(dialog.getByText("No captures in this folder.")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Path" }).fill(place.file("nowhere.pcapng"));
  await page.keyboard.press("Enter");
  await expect(alert(page)).toHaveText(`There is no file "${place.file("nowhere.pcapng")}".`);
});

test("a file of the user's own machine is sent and opened", async ({ place, start, page }) => {
  writeFew(place.file("few.pcapng"));
  const content = readFileSync(place.file("few.pcapng"));
  const tapline = await start();
  await page.goto(tapline.url);
  await page.keyboard.press("Control+o");
  await page
    .getByLabel("File to send")
    .setInputFiles({ name: "from afar.pcapng", mimeType: "application/octet-stream", buffer: content });
  await expect(page).toHaveTitle("from afar.pcapng — Tapline");
  await expect(packetCount(page)).toHaveText("6 packets");
  const sent = await page
    .getByTestId("status-bar")
    .getByRole("button", { name: /from afar/ })
    .getAttribute("title");
  expect(statSync(sent!).size).toBe(content.length);
  await tapline.stop();
  expect(existsSync(sent!)).toBe(false);
});

test("a file dropped on the window is sent and opened", async ({ place, start, page }) => {
  writeFew(place.file("few.pcapng"));
  const content = readFileSync(place.file("few.pcapng")).toString("base64");
  await page.goto((await start()).url);
  await expect(page.getByTestId("welcome")).toBeVisible();
  const data = await page.evaluateHandle(`{
    const transfer = new DataTransfer();
    const raw = Uint8Array.from(atob("${content}"), (char) => char.charCodeAt(0));
    transfer.items.add(new File([raw], "dropped.pcapng"));
    transfer;
  }`);
  const target = page.getByTestId("welcome");
  await target.dispatchEvent("dragenter", { dataTransfer: data });
  await expect(page.getByText("Drop to open the capture")).toBeVisible();
  await target.dispatchEvent("drop", { dataTransfer: data });
  await expect(page.getByText("Drop to open the capture")).toBeHidden();
  await expect(page).toHaveTitle("dropped.pcapng — Tapline");
  await expect(packetCount(page)).toHaveText("6 packets");
});

test("captures opened before are offered, and forgotten on wish", async ({ place, start, page }) => {
  writeFew(place.file("few.pcapng"));
  writeMany(place.file("many.pcapng"), 7);
  const first = await start({ file: place.file("few.pcapng") });
  await page.goto(first.url);
  await expect(packetCount(page)).toHaveText("6 packets");
  await page.keyboard.press("Control+o");
  await page.getByRole("option", { name: /many\.pcapng/ }).dblclick();
  await expect(packetCount(page)).toHaveText("7 packets");
  await first.stop();

  unlinkSync(place.file("few.pcapng"));
  await page.goto((await start()).url);
  const recent = page.getByRole("list", { name: "Recent captures" });
  await expect(recent.getByRole("listitem")).toHaveText([/many\.pcapng/, /few\.pcapng.*not there any more/]);
  await expect(recent.getByRole("button", { name: /^few\.pcapng/ })).toBeDisabled();
  await recent.getByRole("button", { name: "Remove few.pcapng from the list" }).click();
  await expect(recent.getByRole("listitem")).toHaveText([/many\.pcapng/]);
  await recent.getByRole("button", { name: /^many\.pcapng/ }).click();
  await expect(packetCount(page)).toHaveText("7 packets");
});

test("closing a capture leads back to the welcome screen", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await page.getByRole("menuitem", { name: "File", exact: true }).click();
  await page.getByRole("menuitem", { name: /^Close/ }).click();
  await expect(page.getByTestId("welcome")).toBeVisible();
  await expect(page).toHaveTitle("Tapline");
});

test("reloading the page keeps capture and selected packet", async ({ place, view, page }) => {
  writeMany(place.file("many.pcapng"), 5000);
  await view(place.file("many.pcapng"));
  await page.keyboard.press("Control+g");
  await page.getByRole("textbox", { name: "Go to packet" }).fill("4321");
  await page.keyboard.press("Enter");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "4321");
  await page.reload();
  await expect(packetCount(page)).toHaveText("5,000 packets");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "4321");
});
