import { test as bare, type Page } from "playwright/test";
import { writeFew, writeMany } from "../tools/packets.ts";
import {
  applyFilter,
  contextMenu,
  expand,
  expect,
  filterBar,
  line,
  packetCount,
  packetList,
  packetRow,
  packetRows,
  selectedRow,
  statusBar,
  test,
} from "./support.ts";

const bar = (page: Page) => page.getByTestId("filter-bar");
const numbers = (page: Page) => packetRows(page).locator('[role="gridcell"]:nth-of-type(2)');

bare.describe.configure({ timeout: 45_000 });

test("a right filter turns green, is counted, and shows only what matches", async ({ place, view, page }) => {
  writeMany(place.file("many.pcapng"), 20_000);
  await view(place.file("many.pcapng"));
  await page.keyboard.press("Control+/");
  await expect(filterBar(page)).toBeFocused();
  await filterBar(page).fill("ip.ttl == 7 && udp.srcport < 10500");
  await expect(bar(page)).toHaveAttribute("data-verdict", "ok");
  await page.keyboard.press("Enter");
  // 100 frames have this time to live: 6, 206, 406 … of them half the ports are below 10500.
  await expect(packetCount(page)).toHaveText("displayed 60 of 20,000 (0.3 %)");
  await expect(bar(page)).toContainText("60 of 20,000");
  await expect(packetList(page)).toHaveAttribute("aria-rowcount", "61");
  await expect(numbers(page).first()).toHaveText("6");
  await expect(numbers(page).nth(1)).toHaveText("206");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+End");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "19406");
});

test("a filter can be asked in the ways the language has", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  const cases: readonly [expression: string, matches: string[]][] = [
    ["arp", ["1"]],
    ["!arp", ["2", "3", "4", "5", "6"]],
    ["ip.ttl != 64", ["4", "6"]],
    ["ip.ttl in {1, 33..40}", ["4", "6"]],
    ["ip.dst == 198.51.100.0/24", ["6"]],
    ['udp contains "needle"', ["5"]],
    ["eth.dst == ff:ff:ff:ff:ff:ff or udp.port eq 40000 and ip.src == 192.0.2.2", ["1", "3"]],
    ["eth.addr[0:3] == 02:00:00 and (frame.len > 60 or ip.ttl < 2)", ["4", "5"]],
    ['data matches "(?i)NEEDLE" or frame[50:6] == 6e:65:65:64:6c:65', ["5"]],
  ];
  for (const [expression, matches] of cases) {
    await applyFilter(page, expression);
    await expect(numbers(page), expression).toHaveText(matches);
  }
  await page.getByRole("button", { name: "Clear the display filter" }).click();
  await expect(packetCount(page)).toHaveText("6 packets");
  await expect(filterBar(page)).toHaveText(/^(Display filter, like .*)?$/);
});

test("a wrong filter turns red, says where and why, and leaves the list alone", async ({
  place,
  view,
  page,
}) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await filterBar(page).fill("udp && ip.tll == 64");
  await expect(bar(page)).toHaveAttribute("data-verdict", "error");
  await expect(bar(page).locator(".mark-error")).toHaveText("ip.tll");
  await page.keyboard.press("Escape");
  await expect(bar(page).locator(".filter-message")).toContainText("ip.tll");
  await page.keyboard.press("Enter");
  await expect(packetCount(page)).toHaveText("6 packets");
  await expect(numbers(page)).toHaveText(["1", "2", "3", "4", "5", "6"]);

  await bar(page).getByRole("button", { name: "ip.ttl", exact: true }).click();
  await expect(filterBar(page)).toHaveText("udp && ip.ttl == 64");
  await expect(bar(page)).toHaveAttribute("data-verdict", "ok");
  await filterBar(page).press("Enter");
  await expect(numbers(page)).toHaveText(["2", "3", "5"]);

  await filterBar(page).fill("ip.ttl ==");
  await expect(bar(page)).toHaveAttribute("data-verdict", "error");
  // Escape steps back to the filter in force.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(filterBar(page)).toHaveText("udp && ip.ttl == 64");
  await expect(numbers(page)).toHaveText(["2", "3", "5"]);
});

test("fields and values are completed while typing, with their titles", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await filterBar(page).click();
  await page.keyboard.type("ip.tt");
  const options = page.getByRole("listbox").getByRole("option");
  await expect(options.first()).toContainText("ip.ttl");
  await expect(options.first()).toContainText("Time to Live");
  await page.keyboard.press("Tab");
  await expect(filterBar(page)).toHaveText(/^ip\.ttl\s*$/);
  await page.keyboard.type(" == 33");
  await page.keyboard.press("Enter");
  await expect(numbers(page)).toHaveText(["6"]);
});

test("filters used before are offered again, after a restart too", async ({ place, start, view, page }) => {
  writeFew(place.file("few.pcapng"));
  const first = await view(place.file("few.pcapng"));
  await expect(page.getByRole("button", { name: "Filters used before" })).toBeDisabled();
  await applyFilter(page, "ip.ttl == 1");
  await applyFilter(page, "arp");
  await expect(page.getByRole("button", { name: "Filters used before" })).toBeEnabled();
  await page.goto("about:blank");
  await first.stop();
  await page.goto((await start({ file: place.file("few.pcapng") })).url);
  await page.getByRole("button", { name: "Filters used before" }).click();
  const menu = page.getByRole("menu", { name: "Filters used before" });
  await expect(menu.getByRole("menuitem")).toHaveText(["arp", "ip.ttl == 1", "Forget them"]);
  await menu.getByRole("menuitem", { name: "ip.ttl == 1" }).click();
  await expect(numbers(page)).toHaveText(["4"]);
});

test("a field of the tree and a cell of the list become filters", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await packetRow(page, 4).click();
  await expand(page, "Internet Protocol Version 4");
  await contextMenu(page, line(page, "Time to Live: 1"), "Apply as filter", "Selected");
  await expect(filterBar(page)).toHaveText("ip.ttl == 1");
  await expect(numbers(page)).toHaveText(["4"]);
  await expect(selectedRow(page)).toHaveAttribute("data-number", "4");
  await contextMenu(page, line(page, "Time to Live: 1"), "Apply as filter", "Not selected");
  await expect(filterBar(page)).toHaveText("!(ip.ttl == 1)");
  await expect(numbers(page)).toHaveText(["1", "2", "3", "5", "6"]);

  await packetRow(page, 6).click();
  await expect(line(page, "Time to Live: 33")).toBeVisible();
  await contextMenu(
    page,
    packetRow(page, 6).getByRole("gridcell", { name: "198.51.100.7" }),
    "Prepare as filter",
    "Selected",
  );
  await expect(filterBar(page)).toHaveText("ip.dst == 198.51.100.7");
  await expect(numbers(page)).toHaveText(["1", "2", "3", "5", "6"]);
  await filterBar(page).press("Enter");
  await expect(numbers(page)).toHaveText(["6"]);
});

test("no match names the clauses and offers to drop one", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await applyFilter(page, "udp && ip.ttl == 200");
  const empty = page.getByRole("status").filter({ hasText: "No packet matches" });
  await expect(empty).toContainText("None of the 6 packets matches udp && ip.ttl == 200");
  await expect(packetRows(page)).toHaveCount(0);
  await expect(statusBar(page)).toContainText("displayed 0 of 6");
  await empty.getByRole("button", { name: "without ip.ttl == 200" }).click();
  await expect(numbers(page)).toHaveText(["2", "3", "4", "5", "6"]);
  await applyFilter(page, "ip.ttl == 200");
  await empty.getByRole("button", { name: "Clear the filter" }).click();
  await expect(packetCount(page)).toHaveText("6 packets");
});

test("a filter is kept under a name", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await applyFilter(page, "ip.ttl == 33");
  await page.getByRole("button", { name: "Saved" }).click();
  await page.getByRole("menuitem", { name: "Save or change filters…" }).click();
  const dialog = page.getByRole("dialog", { name: "Filters and macros" });
  await expect(dialog.getByRole("textbox", { name: "Filter" })).toHaveText("ip.ttl == 33");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Far away");
  await expect(dialog.getByRole("option", { name: /Far away/ })).toBeVisible();
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "Clear the display filter" }).click();
  await page.getByRole("button", { name: "Saved" }).click();
  await page.getByRole("menuitem", { name: /Far away/ }).click();
  await expect(numbers(page)).toHaveText(["6"]);
});

test("a long filter shows its progress and can be cancelled", async ({ place, view, page }) => {
  writeMany(place.file("many.pcap"), 400_000, { format: "pcap" });
  await view(place.file("many.pcap"));
  await expect(packetCount(page)).toHaveText("400,000 packets");
  await filterBar(page).fill(
    "frame.time_relative > 0.5 && ip.checksum != 0x1234 && udp contains 00:00:00:00:ff",
  );
  await expect(bar(page)).toHaveAttribute("data-verdict", "ok");
  await page.keyboard.press("Enter");
  await bar(page).getByRole("button", { name: "Cancel" }).click();
  await expect(packetCount(page)).toHaveText("400,000 packets");
});
