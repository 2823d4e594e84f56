/** A capture into a ring of files, from the options to the list of the newest ones. */
import { mkdirSync, readdirSync } from "node:fs";
import type { Locator, Page } from "playwright/test";
import { readCapture } from "../unit/capture/support.ts";
import { noCapture, state, test } from "./live-support.ts";
import { alert, COLUMN, cell, expect, packetCount, packetRow } from "./support.ts";

test.skip(noCapture !== null, noCapture ?? "");

/** The capture options, asked for several files of what comes in on the wire. */
async function severalFiles(page: Page): Promise<Locator> {
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Capture options" });
  await dialog.getByRole("option", { name: /tlfar/ }).click();
  await dialog.getByRole("textbox", { name: "Capture filter", exact: true }).fill("udp port 9999");
  await dialog.getByRole("tab", { name: "Output" }).click();
  await dialog.getByRole("radio", { name: "Several files" }).check();
  return dialog;
}

test("a ring keeps its newest files, and the list begins anew with them", async ({
  place,
  live,
  wire,
  page,
}) => {
  const folder = place.file("ring");
  mkdirSync(folder);
  await live();
  const dialog = await severalFiles(page);
  const start = dialog.getByRole("button", { name: "Start" });
  await expect(dialog.getByText("Name the file").first()).toBeVisible();
  await expect(start).toBeDisabled();
  await dialog.getByRole("textbox", { name: "Output file" }).fill(`${folder}/cap.pcapng`);
  await dialog.getByRole("textbox", { name: "Next file after" }).fill("");
  await expect(dialog.getByText("Say when the next file is begun").first()).toBeVisible();
  await dialog.getByRole("textbox", { name: "or after packets" }).fill("100");
  await dialog.getByRole("textbox", { name: "Keep the newest" }).fill("3");
  await expect(dialog.getByText("cap_00001_YYYYMMDDHHMMSS.pcapng")).toBeVisible();
  await start.click();
  await expect(state(page)).toContainText("Capturing");

  await wire.send(250, 64);
  await expect(packetCount(page)).toHaveText("250 packets");
  await expect(page.getByTestId("ring")).toContainText("file 3 kept 3");

  // Of ten files seven go; those that are listed are among the newest three.
  await wire.send(740, 64);
  const ring = page.getByTestId("ring");
  await expect(ring).toContainText("file 10 kept 3");
  await expect(ring).toContainText(/([78]00) packets before the list/);
  await expect(packetCount(page)).toHaveText(/^[12]90 packets/);
  await page.keyboard.press("Control+e");
  await expect(state(page)).toContainText("Stopped · received 990");
  const files = readdirSync(folder).sort();
  expect(files.map((name) => name.replace(/_\d{14}/, ""))).toEqual([
    "cap_00008.pcapng",
    "cap_00009.pcapng",
    "cap_00010.pcapng",
  ]);
  const packets = files.flatMap((name) => readCapture(`${folder}/${name}`).packets);
  expect(packets).toHaveLength(290);

  // The list stays usable: the first of those that are left can be looked at.
  await packetRow(page, 1).click();
  await expect(cell(packetRow(page, 1), COLUMN.source)).toHaveText("10.77.0.1");
  await expect(page.getByRole("treeitem", { name: /^Frame 1:/ })).toBeVisible();
  await expect(alert(page)).toHaveCount(0);
});

test("the selected packet and the rows on the screen stay when the list begins anew", async ({
  place,
  live,
  wire,
  page,
}) => {
  const folder = place.file("kept");
  mkdirSync(folder);
  await live();
  const dialog = await severalFiles(page);
  await dialog.getByRole("textbox", { name: "Output file" }).fill(`${folder}/cap.pcapng`);
  await dialog.getByRole("textbox", { name: "Next file after" }).fill("");
  await dialog.getByRole("textbox", { name: "or after packets" }).fill("200");
  await dialog.getByRole("textbox", { name: "Keep the newest" }).fill("4");
  await dialog.getByRole("button", { name: "Start" }).click();
  await expect(state(page)).toContainText("Capturing");

  // Sizes tell the packets apart.
  for (const size of [70, 80, 90, 100]) {
    await wire.send(195, size);
  }
  await expect(packetCount(page)).toHaveText("780 packets");
  const grid = page.getByRole("grid", { name: "Packets" });
  await packetRow(page, 760).click();
  await expect(page.getByRole("treeitem", { name: /^Frame 760:/ })).toBeVisible();
  const top = () =>
    grid.evaluate((element) => {
      const rows = [...element.querySelectorAll("[data-row]")];
      const frame = element.querySelector(".packet-rows")?.getBoundingClientRect().top ?? 0;
      const first = rows.find((row) => row.getBoundingClientRect().bottom > frame + 1);
      return Number(first?.getAttribute("data-number") ?? 0);
    });
  const before = 760 - (await top());

  await wire.send(100, 110);
  await expect(page.getByTestId("ring")).toContainText("file 5 kept 4");
  await expect(page.getByTestId("ring")).toContainText(/kept 4 ?(200|400) packets before the list/);
  const gone = Number(
    /kept 4 ?(\d+) packets/.exec((await page.getByTestId("ring").textContent()) ?? "")?.[1],
  );
  const number = 760 - gone;
  await expect(grid.getByRole("row", { selected: true })).toHaveAttribute("data-number", String(number));
  await expect(page.getByRole("treeitem", { name: new RegExp(`^Frame ${number}:`) })).toBeVisible();
  await expect.poll(async () => number - (await top())).toBe(before);

  // It goes with its file in the end, and that is said.
  for (let sent = 0; sent < 12; sent++) await wire.send(100, 120);
  await expect(page.getByText(`Packet ${number} is no longer listed`)).toBeVisible();
  await expect(page.getByRole("treeitem", { name: /^Frame / })).toHaveCount(0);
});
