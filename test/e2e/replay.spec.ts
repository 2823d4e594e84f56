/** Step mode: a capture shown packet by packet. */
import type { Page } from "playwright/test";
import { writeMany } from "../tools/packets.ts";
import { test as liveTest, noCapture, startCapture } from "./live-support.ts";
import {
  applyFilter,
  COLUMN,
  cell,
  expect,
  line,
  packetCount,
  packetList,
  packetRows,
  selectedRow,
  test,
} from "./support.ts";

const bar = (page: Page) => page.getByRole("region", { name: "Step mode" });
const place = (page: Page) => bar(page).getByRole("status");

async function begin(page: Page): Promise<void> {
  await page.keyboard.press("Control+Shift+p");
  await page.keyboard.type("step mode");
  await page.keyboard.press("Enter");
  await expect(bar(page)).toBeVisible();
}

test("a file is stepped through by keys, played, filtered and left", async ({
  place: folder,
  view,
  page,
}) => {
  writeMany(folder.file("many.pcap"), 2000, { format: "pcap", ports: 10 });
  await view(folder.file("many.pcap"));
  await begin(page);
  await expect(place(page)).toHaveText("1 of 2,000");
  await expect(packetRows(page)).toHaveCount(1);

  // One packet a key, and the newest is what the panes show.
  for (let number = 2; number <= 4; number++) {
    await page.keyboard.press(".");
    await expect(packetRows(page)).toHaveCount(number);
    await expect(cell(selectedRow(page), COLUMN.number)).toHaveText(String(number));
  }
  await expect(line(page, /^Frame 4:/)).toBeVisible();
  await page.keyboard.press(",");
  await expect(packetRows(page)).toHaveCount(3);
  await expect(place(page)).toHaveText("3 of 2,000");
  await expect(cell(selectedRow(page), COLUMN.number)).toHaveText("3");
  await expect(packetCount(page)).toContainText("displayed 3 of 2,000");

  // A step goes to the next packet that passes the filter.
  await applyFilter(page, "udp.srcport == 10003");
  await expect(packetRows(page)).toHaveCount(1);
  await bar(page).getByRole("button", { name: "Step forward" }).click();
  await expect(place(page)).toHaveText("13 of 2,000");
  await expect(cell(selectedRow(page), COLUMN.number)).toHaveText("13");

  // To any place, and from there to the end by the clock.
  const slider = bar(page).getByRole("slider", { name: "Last packet shown" });
  await slider.fill("1900");
  await expect(place(page)).toHaveText("1,900 of 2,000");
  await expect(packetCount(page)).toContainText("displayed 190 of 2,000");
  // Keys step while the slider has the focus, too.
  await slider.press(",");
  await expect(packetCount(page)).toContainText("displayed 189 of 2,000");
  await bar(page).getByRole("combobox", { name: "Speed" }).selectOption("100");
  await bar(page).getByRole("button", { name: "Play" }).click();
  await expect(place(page)).toHaveText("2,000 of 2,000");
  await expect(bar(page).getByRole("button", { name: "Play" })).toBeVisible();

  await slider.fill("5");
  await expect(packetRows(page)).toHaveCount(1);
  await bar(page).getByRole("button", { name: "Leave step mode" }).click();
  await expect(bar(page)).toBeHidden();
  await expect(packetCount(page)).toContainText("displayed 200 of 2,000");
  // Escape steps back from the list, too.
  await page.keyboard.press("Control+Alt+r");
  await expect(bar(page)).toBeVisible();
  await packetList(page).focus();
  await page.keyboard.press("Escape");
  await expect(bar(page)).toBeHidden();
});

liveTest.describe("while capturing", () => {
  liveTest.skip(noCapture !== null, noCapture ?? "");

  liveTest("each key shows the next captured packet; the capture goes on", async ({ live, wire, page }) => {
    await live();
    await startCapture(page);
    await wire.send(3, 100);
    await expect(packetRows(page)).toHaveCount(3);
    await begin(page);
    await wire.send(10, 100);
    await expect(place(page)).toHaveText("3 of 13");
    await expect(packetRows(page)).toHaveCount(3);
    await page.keyboard.press(".");
    await expect(packetRows(page)).toHaveCount(4);
    await page.keyboard.press(".");
    await expect(packetRows(page)).toHaveCount(5);
    await expect(cell(selectedRow(page), COLUMN.number)).toHaveText("5");
    await page.keyboard.press(",");
    await expect(packetRows(page)).toHaveCount(4);
    await bar(page).getByRole("button", { name: "Leave step mode" }).click();
    await expect(packetRows(page)).toHaveCount(13);
  });
});
