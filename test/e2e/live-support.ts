/** Live capture between two network namespaces; Tapline and the browser both live in the far one. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright/test";
import { noHelper, noLive, temporaryFolder, Wire } from "../unit/capture/support.ts";
import { test as base, expect, type Running } from "./support.ts";

export { Wire };

/** Why there can be no live capture here; null when there can. */
export const noCapture: string | null = noLive ?? noHelper;

export const test = base.extend<{ live: () => Promise<Running> }, { wire: Wire }>({
  wire: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const wire = new Wire();
      wire.ip("-n", wire.far, "link", "set", "lo", "up");
      await use(wire);
      wire.remove();
    },
    { scope: "worker" },
  ],
  browser: [
    async ({ wire, playwright }, use) => {
      const folder = temporaryFolder();
      const inside = join(folder.path, "chromium");
      const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
      writeFileSync(inside, `#!/bin/sh\nexec ip netns exec ${wire.far} ${chromium} "$@"\n`);
      chmodSync(inside, 0o755);
      const browser = await playwright.chromium.launch({
        executablePath: inside,
        args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
      });
      await use(browser);
      await browser.close();
      folder.remove();
    },
    { scope: "worker" },
  ],
  live: async ({ wire, start, page }, use) => {
    await use(async () => {
      const tapline = await start({ via: wire.via });
      await page.goto(tapline.url);
      await expect(device(page)).toBeVisible();
      return tapline;
    });
  },
});

export const device = (page: Page): Locator =>
  page.getByRole("listbox", { name: "Interfaces" }).getByRole("option", { name: /tlfar/ });

export const state = (page: Page): Locator => page.getByTestId("capture-state");

/** Starts on the test's interface from the welcome screen. */
export async function startCapture(page: Page): Promise<void> {
  await device(page).click();
  await page.getByRole("main").getByRole("button", { name: "Start", exact: true }).click();
  await expect(state(page)).toContainText("Capturing");
}
