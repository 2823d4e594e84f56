import type { Page } from "playwright/test";
import { writeFew, writeMany } from "../tools/packets.ts";
import {
  applyFilter,
  COLUMN,
  cell,
  expect,
  packetCount,
  packetList,
  packetRow,
  packetRows,
  selectedRow,
  statusBar,
  test,
} from "./support.ts";

const heading = (page: Page, name: string) =>
  packetList(page).getByRole("columnheader", { name, exact: true });

/** The numbers of the rows on the screen, from the first. */
const numbers = (page: Page) => packetRows(page).locator('[role="gridcell"]:nth-of-type(2)');

const command = async (page: Page, name: string) => {
  await page.keyboard.press("Control+Shift+P");
  await page.getByPlaceholder("Type a command…").fill(name);
  await page.keyboard.press("Enter");
};

test("200,000 packets are counted, and the list reaches both ends by keys", async ({ place, view, page }) => {
  writeMany(place.file("many.pcapng"), 200_000, { ports: 50_000 });
  await view(place.file("many.pcapng"));
  await expect(packetCount(page)).toHaveText("200,000 packets");
  await expect(page.getByRole("toolbar", { name: "Main toolbar" })).toContainText("200,000 packets");
  await expect(packetList(page)).toHaveAttribute("aria-rowcount", "200001");

  await packetList(page).focus();
  await page.keyboard.press("Control+End");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "200000");
  await expect(selectedRow(page)).toBeInViewport();
  await expect(cell(packetRow(page, 200_000), COLUMN.time)).toHaveText("199.999000");
  await page.keyboard.press("Control+Home");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "1");
  await expect(selectedRow(page)).toBeInViewport();
  await page.keyboard.press("End");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "200000");
  await page.keyboard.press("ArrowUp");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "199999");
  await page.keyboard.press("PageUp");
  await expect(selectedRow(page)).not.toHaveAttribute("data-number", "199999");
  await expect(selectedRow(page)).toBeInViewport();
  await page.keyboard.press("Home");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "1");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "3");
  await page.keyboard.press("F7");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "2");
});

test("half a million rows, more than the list is tall, are scrolled through to the last", async ({
  place,
  start,
  page,
}) => {
  writeMany(place.file("tall.pcap"), 500_000, { format: "pcap", ports: 50_000 });
  await page.goto((await start({ file: place.file("tall.pcap") })).url);

  // Rows and progress are there while the file is being read.
  await expect(packetRow(page, 1)).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Reading tall.pcap" })).toBeVisible();
  await expect(packetCount(page)).toHaveText("500,000 packets", { timeout: 40_000 });
  await expect(page.getByRole("progressbar")).toBeHidden();

  await packetList(page).focus();
  await page.keyboard.press("End");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "500000");
  await expect(selectedRow(page)).toBeInViewport();
  await page.keyboard.press("ArrowUp");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "499999");

  // The scrollbar, dragged from its end to its beginning and back; then one wheel step moves by rows, not by miles.
  const rows = page.locator(".packet-rows");
  const box = (await rows.boundingBox())!;
  const bar =
    box.x +
    (await rows.evaluate((element) => (element as unknown as { clientWidth: number }).clientWidth)) +
    4;
  await page.mouse.move(bar, box.y + box.height - 24);
  await page.mouse.down();
  await page.mouse.move(bar, box.y - 60, { steps: 8 });
  await page.mouse.up();
  await expect(packetRow(page, 1)).toBeInViewport();
  await page.mouse.move(bar, box.y + 24);
  await page.mouse.down();
  await page.mouse.move(bar, box.y + box.height + 60, { steps: 8 });
  await page.mouse.up();
  await expect(packetRow(page, 500_000)).toBeInViewport();
  await page.mouse.move(box.x + 300, box.y + 60);
  await page.mouse.wheel(0, -2000);
  await expect(packetRow(page, 500_000)).toBeHidden();
  await expect(packetRow(page, 500_000 - 100)).toBeVisible();
});

test("no message to the window is larger than a screen needs", async ({ place, start, page }) => {
  writeMany(place.file("many.pcap"), 300_000, { format: "pcap", ports: 50_000 });
  const asked = new Map<number, string>();
  const largest = new Map<string, number>();
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => {
      const { id, method } = JSON.parse(String(payload)) as { id: number; method: string };
      asked.set(id, method);
    });
    socket.on("framereceived", ({ payload }) => {
      const text = String(payload);
      const { id, event } = JSON.parse(text) as { id?: number; event?: string };
      const kind = event ?? asked.get(id!)!;
      largest.set(kind, Math.max(largest.get(kind) ?? 0, text.length));
    });
  });
  await page.goto((await start({ file: place.file("many.pcap") })).url);
  await expect(packetRow(page, 1)).toBeVisible();
  await page.mouse.move(400, 300);
  for (let turn = 0; turn < 20; turn++) await page.mouse.wheel(0, 2000);
  await expect(packetCount(page)).toHaveText("300,000 packets", { timeout: 40_000 });
  await packetList(page).focus();
  await page.keyboard.press("End");
  await expect(packetRow(page, 300_000)).toBeVisible();
  await applyFilter(page, "frame.number > 1000");
  await expect(packetCount(page)).toHaveText(/^displayed 299,000 /);

  // Characters of JSON. The strips send two numbers for each pixel at most.
  const bounds = {
    rows: 24_000,
    status: 4_000,
    frame: 64_000,
    timeline: 32_000,
    overview: 32_000,
    locate: 200,
  };
  for (const [kind, bound] of Object.entries(bounds)) {
    expect(largest.get(kind), `the largest message "${kind}"`).toBeGreaterThan(0);
    expect(largest.get(kind), `the largest message "${kind}"`).toBeLessThan(bound);
  }
});

test("reading a long file can be cancelled, and what was read stays", async ({ place, start, page }) => {
  writeMany(place.file("long.pcap"), 1_000_000, { format: "pcap" });
  await page.goto((await start({ file: place.file("long.pcap") })).url);
  await expect(packetRow(page, 1)).toBeVisible();
  await page.getByRole("contentinfo").getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("progressbar")).toBeHidden();
  await expect(packetRow(page, 1)).toBeVisible();
  await expect(packetCount(page)).not.toHaveText("1,000,000 packets");
});

test("a strip beside the list leads to the middle of the capture", async ({ place, view, page }) => {
  writeMany(place.file("many.pcapng"), 100_000);
  await view(place.file("many.pcapng"));
  await expect(packetCount(page)).toHaveText("100,000 packets");
  const strip = page.getByRole("img", { name: "Colours along the whole list" });
  await strip.click();
  await expect(packetRow(page, 50_000)).toBeInViewport();
});

test("rows are coloured by rules, and plain when that is switched off", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  const background = (number: number) =>
    packetRow(page, number).evaluate(
      // biome-ignore lint/security/noGlobalEval: the types of a page are not known here
      (element) => eval("getComputedStyle")(element).backgroundColor as string,
    );
  const arp = async () => background(2);
  const plain = "rgba(0, 0, 0, 0)";
  await expect.poll(arp).not.toBe(plain);
  await page.getByRole("menuitem", { name: "View", exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: "Colorize packets" }).click();
  await expect.poll(arp).toBe(plain);
});

test("a click on a heading sorts, another turns round, a third restores", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await expect(numbers(page)).toHaveText(["1", "2", "3", "4", "5", "6"]);
  await heading(page, "Destination").click();
  await expect(heading(page, "Destination")).toHaveAttribute("aria-sort", "ascending");
  await expect(numbers(page)).not.toHaveText(["1", "2", "3", "4", "5", "6"]);
  await heading(page, "Length").click();
  await expect(heading(page, "Length")).toHaveAttribute("aria-sort", "ascending");
  await expect(numbers(page)).toHaveText(["1", "2", "3", "4", "6", "5"]);
  await heading(page, "Length").click();
  await expect(heading(page, "Length")).toHaveAttribute("aria-sort", "descending");
  await expect(numbers(page)).toHaveText(["5", "1", "2", "3", "4", "6"]);
  // The selected packet is still the selected one.
  await expect(selectedRow(page)).toHaveAttribute("data-number", "1");
  await heading(page, "Length").click();
  await expect(heading(page, "Length")).toHaveAttribute("aria-sort", "none");
  await expect(numbers(page)).toHaveText(["1", "2", "3", "4", "5", "6"]);
});

test("columns are resized, moved, hidden and shown again, and stay so", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  const source = heading(page, "Source");
  const before = (await source.boundingBox())!;
  await page.mouse.move(before.x + before.width - 2, before.y + 8);
  await page.mouse.down();
  await page.mouse.move(before.x + before.width + 78, before.y + 8, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await source.boundingBox())!.width)).toBe(before.width + 80);
  const value = await cell(packetRow(page, 2), COLUMN.source).boundingBox();
  expect(Math.round(value!.width)).toBe(before.width + 80);

  await heading(page, "Protocol").focus();
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(packetList(page).getByRole("columnheader")).toHaveText([
    "No.",
    "Time",
    "Source",
    "Protocol",
    "Destination",
    "Length",
    "Info",
  ]);
  await expect(cell(packetRow(page, 2), 3)).toHaveText("UDP");

  await heading(page, "Length").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Hide this column" }).click();
  await expect(heading(page, "Length")).toBeHidden();
  await page.reload();
  await expect(packetList(page).getByRole("columnheader")).toHaveText([
    "No.",
    "Time",
    "Source",
    "Protocol",
    "Destination",
    "Info",
  ]);
  expect(Math.round((await source.boundingBox())!.width)).toBe(before.width + 80);
  await heading(page, "Info").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Default columns" }).click();
  await expect(packetList(page).getByRole("columnheader")).toHaveCount(7);
});

test("times are shown in every format", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  const time = cell(packetRow(page, 3), COLUMN.time);
  await expect(time).toHaveText("0.002000");
  await page.keyboard.press("Control+Alt+4");
  await expect(time).toHaveText("2023-11-14 22:13:20.002000");
  await page.keyboard.press("Control+Alt+7");
  await expect(time).toHaveText("1700000000.002000");
  await page.keyboard.press("Control+Alt+5");
  await expect(time).toHaveText("0.001000");
  await command(page, "Time precision: Milliseconds".replace("Milliseconds", "3 digits"));
  await expect(time).toHaveText("0.001");
  await page.keyboard.press("Control+Alt+6");
  await applyFilter(page, "ip.ttl == 64");
  await expect(cell(packetRow(page, 5), COLUMN.time)).toHaveText("0.002");
});

test("go to packet finds a number, says what is wrong, and the nearest when filtered out", async ({
  place,
  view,
  page,
}) => {
  writeMany(place.file("many.pcapng"), 3000);
  await view(place.file("many.pcapng"));
  await page.keyboard.press("Control+g");
  const bar = page.getByRole("search", { name: "Go to packet" });
  const box = bar.getByRole("textbox", { name: "Go to packet" });
  await box.fill("9999");
  await page.keyboard.press("Enter");
  await expect(bar.getByRole("status")).toHaveText("A number from 1 to 3,000");
  await box.fill("2,468");
  await page.keyboard.press("Enter");
  await expect(bar).toBeHidden();
  await expect(selectedRow(page)).toHaveAttribute("data-number", "2468");
  await expect(packetList(page)).toBeFocused();

  await applyFilter(page, "udp.srcport == 10007");
  await page.keyboard.press("Control+g");
  await box.fill("1900");
  await page.keyboard.press("Enter");
  await expect(bar.getByRole("status")).toHaveText(
    /^Packet 1,900 is filtered out; 2,007 is the nearest shown$/,
  );
  await page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
});

test("find packet looks into the bytes, the list and by filter, and goes round", async ({
  place,
  view,
  page,
}) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await packetList(page).focus();
  await page.keyboard.press("Control+f");
  const bar = page.getByRole("search", { name: "Find packet" });
  const what = bar.getByRole("textbox", { name: "What to find" });
  await bar.getByRole("combobox", { name: "Where to look" }).selectOption("in the bytes");
  await what.fill("needle");
  await page.keyboard.press("Enter");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "5");

  await bar.getByRole("combobox", { name: "Kind of search" }).selectOption("Hex bytes");
  await what.fill("c6:33:64:07");
  await page.keyboard.press("Enter");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "6");

  await bar.getByRole("combobox", { name: "Kind of search" }).selectOption("Display filter");
  await what.fill("arp");
  await page.keyboard.press("Enter");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "1");
  await expect(bar.getByRole("status")).toHaveText("Went round the end");

  await bar.getByRole("combobox", { name: "Kind of search" }).selectOption("String");
  await bar.getByRole("combobox", { name: "Where to look" }).selectOption("in the list");
  await what.fill("no such thing");
  await page.keyboard.press("Enter");
  await expect(bar.getByRole("status")).toHaveText("No packet matches");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "1");
  await page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
});

test("the palette runs a command by its name and tells when there is none", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await page.keyboard.press("Control+Shift+P");
  const input = page.getByPlaceholder("Type a command…");
  await input.fill("zzzz");
  await expect(page.getByText("No command of this name is possible now.")).toBeVisible();
  await input.fill("last packet");
  await expect(page.getByRole("option", { name: "Last packet Ctrl+End" })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await page.keyboard.press("Enter");
  await expect(input).toBeHidden();
  await expect(selectedRow(page)).toHaveAttribute("data-number", "6");
});

test("the theme follows the system and can be chosen", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await page.emulateMedia({ colorScheme: "light" });
  await view(place.file("few.pcapng"));
  const brightness = () =>
    page.evaluate<number>(`(() => {
      const canvas = document.createElement("canvas").getContext("2d");
      canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
      canvas.fillRect(0, 0, 1, 1);
      return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
    })()`);
  await expect.poll(brightness).toBeGreaterThan(200);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(brightness).toBeLessThan(80);
  await command(page, "Theme: Light");
  await expect.poll(brightness).toBeGreaterThan(200);
  await page.reload();
  await expect(packetRow(page, 1)).toBeVisible();
  await expect.poll(brightness).toBeGreaterThan(200);
});

test("several rows are selected with Shift and copied", async ({ place, view, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await packetRow(page, 2).click();
  await packetRow(page, 4).click({ modifiers: ["Shift"] });
  await expect(selectedRow(page)).toHaveCount(3);
  await expect(statusBar(page)).toContainText("3 packets selected");
  await page.keyboard.press("Control+Shift+C");
  await expect
    .poll(() => page.evaluate<string>("navigator.clipboard.readText()"))
    .toMatch(/^2\b.*UDP.*\n3\b.*UDP.*\n4\b.*UDP.*\n?$/);
});

test("back and forward lead along the packets looked at", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await packetRow(page, 4).click();
  await packetRow(page, 6).click();
  await expect(page.getByRole("button", { name: "Back" })).toBeEnabled();
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "4");
  await page.keyboard.press("Alt+ArrowRight");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "6");
  await expect(page.getByRole("button", { name: "Forward" })).toBeDisabled();
});
