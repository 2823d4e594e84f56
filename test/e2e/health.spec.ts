/** The health panel, and heap snapshots. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright/test";
import { writeMany } from "../tools/packets.ts";
import { device, test as liveTest, noCapture, startCapture } from "./live-support.ts";
import { expect, note, readClipboard, test } from "./support.ts";

const health = (page: Page) => page.getByRole("region", { name: "Health" });

/** A measurement of the panel by its title. */
const measured = (page: Page, title: string) =>
  health(page)
    .locator(".health-line")
    .filter({ has: page.getByText(title, { exact: true }) });

test("the health panel stands beside the capture, and its report can be copied", async ({
  context,
  place,
  view,
  page,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  writeMany(place.file("many.pcap"), 5000, { format: "pcap" });
  await view(place.file("many.pcap"));
  await page.getByRole("contentinfo").getByRole("button", { name: "Health" }).click();
  await expect(measured(page, "Main thread").first()).toContainText("%");
  await expect(measured(page, "Decoder thread").first()).toContainText("%");
  await expect(measured(page, "Index")).toContainText("5,000 frames");
  await expect(measured(page, "Decoder heap")).toContainText("at most");
  await expect(measured(page, "Window, unsent")).toBeVisible();
  await expect(measured(page, "Free on its disk")).toContainText("of");
  // Delays are known from the second answer on.
  await expect(measured(page, "Main thread").nth(1)).toContainText("mean");

  // It is no dialog: the list goes on being worked with.
  await page.getByRole("grid", { name: "Packets" }).click({ position: { x: 200, y: 60 } });
  await page.keyboard.press("ArrowDown");
  await expect(health(page)).toBeVisible();

  await health(page).getByRole("button", { name: "Copy as text" }).click();
  await expect(note(page).filter({ hasText: "Copied: Tapline" })).toBeVisible();
  const report = await readClipboard(page);
  expect(report).toMatch(/^Tapline \d/);
  expect(report).toMatch(/^ {2}Index +[\d.]+ .?B \(5,000 frames, \d+ bytes each\)$/m);
  expect(report).toMatch(/^Queues$/m);

  await health(page).getByRole("button", { name: "Close" }).focus();
  await page.keyboard.press("Escape");
  await expect(health(page)).toBeHidden();
  await page.keyboard.press("Control+Shift+p");
  await page.keyboard.type("health");
  await page.keyboard.press("Enter");
  await expect(health(page)).toBeVisible();
});

test("a heap snapshot says what it holds, where it is and how large", async ({ place, view, page }) => {
  test.slow();
  writeMany(place.file("many.pcap"), 5000, { format: "pcap" });
  await view(place.file("many.pcap"));
  await page.getByRole("contentinfo").getByRole("button", { name: "Health" }).click();
  await health(page).getByRole("button", { name: "Heap snapshot…" }).click();
  const dialog = page.getByRole("dialog", { name: "Heap snapshot" });
  await expect(dialog).toContainText("contents of packets");
  const time = dialog.getByTestId("heap-time");
  await expect(time).toContainText(/cannot be stopped once it has begun\. [\d.]+ MB are on it: that takes/);

  await dialog.getByRole("textbox", { name: "Folder" }).fill(join(place.home, "nowhere"));
  await dialog.getByRole("button", { name: "Write" }).click();
  await expect(dialog.getByRole("alert")).toContainText("There is no folder");

  await dialog.getByRole("textbox", { name: "Folder" }).fill(place.home);
  await dialog.getByRole("button", { name: "Write" }).click();
  const written = dialog.getByTestId("heap-written");
  await expect(written).toContainText("Wrote", { timeout: 120_000 });
  const path = (await written.locator("code").textContent()) ?? "";
  expect(path.startsWith(place.home)).toBe(true);
  expect(existsSync(path)).toBe(true);
  expect(statSync(path).size).toBeGreaterThan(100_000);
});

liveTest.describe("while capturing", () => {
  liveTest.skip(noCapture !== null, noCapture ?? "");

  liveTest(
    "the panel tells of the helper, and each interface's rate is drawn",
    async ({ live, wire, page }) => {
      await live();
      await device(page).click();
      await startCapture(page);
      await expect(page.getByTestId("capture-rates").getByRole("img")).toHaveAttribute(
        "aria-label",
        /Packets per second on tlfar/,
      );
      await page.getByRole("contentinfo").getByRole("button", { name: "Health" }).click();
      await wire.send(300, 100);
      const capture = health(page).getByRole("region", { name: "Capture" });
      await expect(capture.locator('[data-interface="tlfar"]')).toContainText("packets/s");
      await expect(measured(page, "Capture helper")).toContainText(/process \d+/);
      await expect(measured(page, "Kernel drops")).toContainText("0");
      await expect(measured(page, "Written")).toContainText(/[3-9]\d\d packets/);
      await expect(measured(page, "Not indexed yet")).toContainText("0 packets");
      await expect(measured(page, "Helper messages")).toBeVisible();
    },
  );
});
