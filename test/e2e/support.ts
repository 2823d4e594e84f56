/** What end-to-end tests stand on: Tapline as a process of its own, a folder of its own, a page that shows it. */
import { test as base, expect, type Locator, type Page } from "playwright/test";
import { type LaunchOptions, launch, makePlace, type Place, type Running } from "../tools/launch.ts";

export { expect, launch, makePlace, type Place, type Running };

interface Fixtures {
  place: Place;
  /** Starts Tapline; it is ended with the test. */
  start: (options?: LaunchOptions) => Promise<Running>;
  /** Starts Tapline with a capture and shows it; this answers when it has been read to its end. */
  view: (file: string) => Promise<Running>;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  place: async ({}, use) => {
    const { place, remove } = makePlace();
    await use(place);
    remove();
  },
  start: async ({ place }, use) => {
    const running: Running[] = [];
    await use(async (options) => {
      const tapline = await launch(place, options);
      running.push(tapline);
      return tapline;
    });
    for (const tapline of running) await tapline.stop();
  },
  view: async ({ start, page }, use) => {
    await use(async (file) => {
      const tapline = await start({ file });
      await page.goto(tapline.url);
      await expect(packetList(page).getByRole("row", { selected: true })).toBeVisible();
      await expect(page.getByRole("progressbar")).toHaveCount(0, { timeout: 30_000 });
      return tapline;
    });
  },
});

// ------------------------------------------------------------------ what a user sees

export const packetList = (page: Page): Locator => page.getByRole("grid", { name: "Packets" });

/** The rows of packets on the screen, without the row of headings. */
export const packetRows = (page: Page): Locator => packetList(page).locator('[role="row"][data-row]');

/** The row of a packet by its number, when it is on the screen. */
export const packetRow = (page: Page, number: number): Locator =>
  packetList(page).locator(`[role="row"][data-number="${number}"]`);

export const selectedRow = (page: Page): Locator => packetList(page).getByRole("row", { selected: true });

/** A cell of a packet's row by the column's place, counted from 0. */
export const cell = (row: Locator, column: number): Locator => row.getByRole("gridcell").nth(column);

export const COLUMN = { number: 0, time: 1, source: 2, destination: 3, protocol: 4, length: 5, info: 6 };

export const layers = (page: Page): Locator => page.getByRole("tree");

/** A line of the tree by (part of) its text. */
export const line = (page: Page, text: string | RegExp): Locator =>
  layers(page).getByRole("treeitem").filter({ hasText: text });

export const bytes = (page: Page): Locator =>
  page.getByRole("region", { name: "Packet bytes" }).getByRole("grid");

/** A byte of the hex pane by its offset. */
export const byteAt = (page: Page, offset: number): Locator =>
  bytes(page).locator(`[role="gridcell"][data-offset="${offset}"]`);

/** Bytes that are marked as selected, as hex text. */
export const selectedBytes = (page: Page): Locator => bytes(page).locator('[role="gridcell"].on');

export const filterBar = (page: Page): Locator => page.getByRole("textbox", { name: "Display filter" });

export const statusBar = (page: Page): Locator => page.getByRole("contentinfo");

/** The count of packets in the status bar. */
export const packetCount = (page: Page): Locator => page.getByTestId("packet-count");

export const alert = (page: Page): Locator => page.getByTestId("messages").getByRole("alert");

export const note = (page: Page): Locator => page.getByTestId("messages").getByRole("status");

/** Opens a line of the tree when it is closed. */
export async function expand(page: Page, text: string | RegExp): Promise<void> {
  const target = line(page, text).first();
  await expect(target).toBeVisible();
  if ((await target.getAttribute("aria-expanded")) === "true") return;
  await target.click();
  await page.keyboard.press("ArrowRight");
  await expect(target).toHaveAttribute("aria-expanded", "true");
}

/** Types a display filter and applies it with Enter. */
export async function applyFilter(page: Page, expression: string): Promise<void> {
  await filterBar(page).fill(expression);
  await expect(page.getByTestId("filter-bar")).toHaveAttribute("data-verdict", /ok|warning/);
  await filterBar(page).press("Enter");
  await expect(packetCount(page)).toContainText("displayed");
}

/** Right-clicks a place and walks through its context menu. */
export async function contextMenu(page: Page, target: Locator, ...path: string[]): Promise<void> {
  await target.click({ button: "right" });
  for (const label of path) {
    await page.getByRole("menuitem", { name: label, exact: true }).last().click();
  }
}

export const readClipboard = (page: Page): Promise<string> =>
  page.evaluate<string>("navigator.clipboard.readText()");
