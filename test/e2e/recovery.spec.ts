/** A capture survives a Tapline that is killed; the view pauses while the capture goes on. */
import { once } from "node:events";
import { readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright/test";
import { readCapture } from "../unit/capture/support.ts";
import { device, noCapture, startCapture, state, test, type Wire } from "./live-support.ts";
import { expect, note, packetCount, packetList, packetRow, type Running, statusBar } from "./support.ts";

test.skip(noCapture !== null, noCapture ?? "");

const leftBehind = (page: Page) => page.getByTestId("left-behind");

/** Ends Tapline as a crash does. */
async function kill(tapline: Running): Promise<void> {
  const exit = once(tapline.process, "exit");
  tapline.process.kill("SIGKILL");
  await exit;
}

const spools = (folder: string): string[] => readdirSync(join(folder, "spool")).sort();

/** Captures `packets` packets in a Tapline that is then killed. */
async function leaveBehind(
  live: () => Promise<Running>,
  page: Page,
  wire: Wire,
  packets: number,
): Promise<void> {
  const tapline = await live();
  await startCapture(page);
  await wire.send(packets, 64);
  await expect(packetCount(page)).toHaveText(`${packets} packets`);
  await kill(tapline);
}

test("a capture of a killed Tapline is offered, opened with every packet, and saved", async ({
  place,
  live,
  wire,
  page,
}) => {
  await leaveBehind(live, page, wire, 500);
  expect(spools(place.state)).toHaveLength(2);

  await live();
  const offer = leftBehind(page);
  await expect(offer.getByRole("heading")).toHaveText("A capture was not saved when Tapline ended");
  await expect(offer.getByRole("listitem")).toContainText("tlfar");
  await expect(offer.getByRole("listitem")).toContainText("500 packets");
  await offer.getByRole("button", { name: "Open", exact: true }).click();
  await expect(packetCount(page)).toHaveText("500 packets");
  await expect(state(page)).toHaveText("Recovered, not saved");
  await expect(page).toHaveTitle("• tlfar — Tapline");

  // From here on it is an unsaved capture as any other.
  await page.keyboard.press("Control+s");
  const dialog = page.getByRole("dialog", { name: "Save packets" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(place.file("recovered.pcapng"));
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(note(page)).toHaveText(`Saved 500 packets to ${place.file("recovered.pcapng")}.`);
  const saved = readCapture(place.file("recovered.pcapng"));
  expect(saved.packets.map(({ bytes }) => bytes.readUInt32BE(42))).toEqual(
    Array.from({ length: 500 }, (_, i) => i),
  );
  await page.getByRole("menuitem", { name: "File", exact: true }).click();
  await page.getByRole("menuitem", { name: /^Close/ }).click();
  await expect(page.getByTestId("welcome")).toBeVisible();
  await expect(offer).toHaveCount(0);
  expect(spools(place.state)).toEqual([]);
});

test("nothing is deleted unasked: kept, saved from the offer, discarded one by one and all together", async ({
  place,
  live,
  wire,
  page,
}) => {
  for (const packets of [3, 4, 5]) await leaveBehind(live, page, wire, packets);
  const before = spools(place.state);
  expect(before).toHaveLength(6);
  await live();
  const offer = leftBehind(page);
  const items = offer.getByRole("listitem");
  await expect(offer.getByRole("heading")).toHaveText("3 captures were not saved when Tapline ended");
  await expect(items).toHaveCount(3);
  await items.first().getByRole("button", { name: "Discard…" }).click();
  await items.first().getByRole("button", { name: "Keep" }).click();
  expect(spools(place.state)).toEqual(before);
  await items.first().getByRole("button", { name: "Discard…" }).click();
  await items.first().getByRole("button", { name: "Discard", exact: true }).click();
  await expect(items).toHaveCount(2);
  expect(spools(place.state)).toHaveLength(4);

  await items.first().getByRole("button", { name: "Save as…" }).click();
  const dialog = page.getByRole("dialog", { name: "Save packets" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(place.file("four.pcapng"));
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(note(page)).toContainText("Saved 4 packets");
  expect(readCapture(place.file("four.pcapng")).packets).toHaveLength(4);
  await page.getByRole("menuitem", { name: "File", exact: true }).click();
  await page.getByRole("menuitem", { name: /^Close/ }).click();
  await expect(items).toHaveCount(1);
  await items.getByRole("button", { name: "Discard…" }).click();
  await items.getByRole("button", { name: "Discard", exact: true }).click();
  await expect(offer).toHaveCount(0);
  expect(spools(place.state)).toEqual([]);
});

test("a second Tapline does not offer what the first one is capturing", async ({
  place,
  live,
  start,
  wire,
  page,
  context,
}) => {
  const first = await live();
  await startCapture(page);
  await wire.send(7, 64);
  await expect(packetCount(page)).toHaveText("7 packets");
  const second = await start({ via: wire.via });
  const other = await context.newPage();
  await other.goto(second.url);
  await expect(device(other)).toBeVisible();
  await expect(leftBehind(other)).toHaveCount(0);
  await kill(first);
  await other.reload();
  await expect(leftBehind(other).getByRole("listitem")).toContainText("7 packets");
  await leftBehind(other).getByRole("button", { name: "Open", exact: true }).click();
  await expect(packetCount(other)).toHaveText("7 packets");
  const [manifest] = spools(place.state).filter((name) => name.endsWith(".json"));
  const { owner } = JSON.parse(readFileSync(join(place.state, "spool", manifest!), "utf8"));
  expect(owner.process).toBe(second.process.pid);
});

test("the view pauses while packets go on being captured, and then shows them all", async ({
  live,
  wire,
  page,
}) => {
  await live();
  await startCapture(page);
  await wire.send(100, 64);
  await expect(packetCount(page)).toHaveText("100 packets");
  await expect(page.getByTestId("capture-rates")).toContainText("packets/s");
  await page.getByRole("button", { name: "Pause the view" }).click();
  const paused = page.getByTestId("view-paused");
  await expect(paused).toContainText("View paused");
  await wire.send(200, 64);
  await expect(paused).toContainText("200 more captured");
  await expect(state(page)).toContainText("received 300");
  await expect(packetCount(page)).toHaveText("100 packets");
  await expect(packetRow(page, 100)).toBeInViewport();
  // The list that is there can be worked with.
  await packetList(page).focus();
  await page.keyboard.press("Control+Home");
  await expect(page.getByRole("treeitem", { name: /^Frame 1:/ })).toBeVisible();

  await page.keyboard.press("Control+p");
  await expect(paused).toHaveCount(0);
  await expect(packetCount(page)).toHaveText("300 packets");
  await page.keyboard.press("Control+p");
  await expect(paused).toBeVisible();
  await wire.send(10, 64);
  await expect(paused).toContainText("10 more captured");
  // Stopping shows what there is.
  await page.keyboard.press("Control+e");
  await expect(state(page)).toContainText("Stopped");
  await expect(packetCount(page)).toHaveText("310 packets");
  await expect(statusBar(page)).not.toContainText("paused");
});

test("captures left behind that take much room are said to", async ({ place, live, wire, page }) => {
  await leaveBehind(live, page, wire, 3);
  const [spool] = spools(place.state);
  // A file with a hole takes no room here; it counts as its length.
  truncateSync(join(place.state, "spool", spool!), 1_200_000_000);
  await live();
  await expect(leftBehind(page)).toContainText(
    "It takes 1.2 GB, more than 1.0 GB. Discard what is not needed.",
  );
  await expect(leftBehind(page).getByRole("listitem")).toContainText("3 packets");
  await expect(leftBehind(page).getByRole("listitem")).toContainText("behind the last packet cannot be read");
});

test("packets that the kernel drops raise an alarm that says how many and since when", async ({
  place,
  live,
  wire,
  page,
}) => {
  await live();
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Capture options" });
  await dialog.getByRole("option", { name: /tlfar/ }).click();
  await dialog.getByRole("textbox", { name: "Kernel buffer", exact: true }).fill("1");
  await dialog.getByRole("button", { name: "Start" }).click();
  await expect(state(page)).toContainText("Capturing");
  const alarm = page.getByTestId("drop-alarm");
  await expect(alarm).toHaveCount(0);
  const manifest = spools(place.state).find((name) => name.endsWith(".json"));
  const { helper } = JSON.parse(readFileSync(join(place.state, "spool", manifest!), "utf8"));
  // Who does not read while packets come in lets the buffer overflow.
  process.kill(helper.process, "SIGSTOP");
  await wire.send(4000, 1400);
  process.kill(helper.process, "SIGCONT");
  await expect(alarm).toHaveText(/^[\d,]+ packets lost since \d\d:\d\d:\d\d$/);
  await page.keyboard.press("Control+e");
  await expect(state(page)).toContainText("Stopped");
  await expect(alarm).toBeVisible();
});
