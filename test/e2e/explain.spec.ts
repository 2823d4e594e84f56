import { test as bare, type Page } from "playwright/test";
import { writeFew, writeMany } from "../tools/packets.ts";
import {
  applyFilter,
  expect,
  filterBar,
  packetCount,
  packetRow,
  packetRows,
  selectedBytes,
  selectedRow,
  test,
} from "./support.ts";

const bar = (page: Page) => page.getByTestId("filter-bar");
const panel = (page: Page) => page.getByTestId("explain");
const clauses = (page: Page) => panel(page).getByRole("treeitem");
const clause = (page: Page, text: string) => panel(page).locator(`[data-clause="${text}"]`);
const numbers = (page: Page) => packetRows(page).locator('[role="gridcell"]:nth-of-type(2)');
const layers = (page: Page) => page.getByRole("tree", { name: /^Layers/ });
const options = (page: Page) => page.getByRole("listbox").getByRole("option");

/** Types over what is in the bar. */
async function retype(page: Page, text: string): Promise<void> {
  await filterBar(page).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

bare.describe.configure({ timeout: 45_000 });

test("every clause has its verdict and its values on the selected packet", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  // Typed, not applied.
  await filterBar(page).fill("udp && (ip.ttl == 33 || tcp.port == 80)");
  await expect(bar(page)).toHaveAttribute("data-verdict", "ok");
  await bar(page).getByRole("button", { name: "Why does this packet match?" }).click();
  await packetRow(page, 4).click();
  await expect(panel(page)).toContainText("Packet 4 does not match");
  await expect(clauses(page)).toHaveCount(5);
  await expect(clause(page, "udp")).toHaveAttribute("data-verdict", "true");
  await expect(clause(page, "ip.ttl == 33")).toHaveAttribute("data-verdict", "false");
  await expect(clause(page, "ip.ttl == 33").getByRole("button")).toHaveText("1");
  await expect(clause(page, "tcp.port == 80")).toContainText(
    "not in this packet: it has no Transmission Control Protocol",
  );
  await expect(bar(page).locator(".mark-true")).toHaveText(["udp"]);
  await expect(bar(page).locator(".mark-false")).toHaveText(["ip.ttl == 33", "tcp.port == 80"]);

  // It follows the selection.
  await packetRow(page, 6).click();
  await expect(panel(page)).toContainText("Packet 6 matches");
  await expect(clause(page, "ip.ttl == 33").getByRole("button")).toHaveText("33");
  await expect(clause(page, "ip.ttl == 33")).toHaveAttribute("data-verdict", "true");

  // A clause that is pointed at is marked in the bar.
  await clause(page, "ip.ttl == 33").hover();
  await expect(bar(page).locator(".mark-over")).toHaveText("ip.ttl == 33");

  // A value leads to its line and its byte.
  await clause(page, "ip.ttl == 33").getByRole("button").click();
  await expect(layers(page).getByRole("treeitem", { selected: true })).toHaveText("Time to Live: 33");
  await expect(selectedBytes(page)).toHaveText(["21"]);

  // Changing the filter changes what is explained, without applying it.
  await retype(page, "ip.ttl in {1, 30..40");
  await expect(clauses(page)).toHaveCount(1);
  await expect(clauses(page)).toHaveAttribute("data-verdict", "true");
  await expect(packetCount(page)).toHaveText("6 packets");
  await retype(page, "ip.tll == 3");
  await expect(panel(page)).toContainText('"ip.tll" is neither a field nor a protocol');
});

test("the explanation is opened, walked and closed with keys", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await applyFilter(page, "udp && ip.ttl < 64");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Shift+?");
  await expect(panel(page)).toContainText("Packet 4 matches");
  // The list keeps the keys, so that packets can be gone through.
  await page.keyboard.press("ArrowDown");
  await expect(panel(page)).toContainText("Packet 6 matches");
  await page.keyboard.press("Control+Shift+?");
  await expect(clauses(page).first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(clause(page, "ip.ttl < 64")).toBeFocused();
  await expect(bar(page).locator(".mark-over")).toHaveText("ip.ttl < 64");
  await page.keyboard.press("Enter");
  await expect(layers(page).getByRole("treeitem", { selected: true })).toHaveText("Time to Live: 33");
  await page.keyboard.press("ArrowRight");
  await expect(clause(page, "ip.ttl < 64").getByRole("button")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
  await page.keyboard.press("Control+Shift+P");
  await page.keyboard.type("why does");
  await page.keyboard.press("Enter");
  await expect(panel(page)).toBeVisible();
});

test("a packet that is not displayed is explained, too, and shown for its values", async ({
  place,
  view,
  page,
}) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await applyFilter(page, "ip.ttl == 33");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+g");
  await page.getByRole("textbox", { name: "Go to packet" }).fill("4");
  await page.keyboard.press("Enter");
  await page.getByTestId("go-to-bar").getByRole("button", { name: "Why?" }).click();
  await expect(panel(page)).toContainText("Packet 4 does not match");
  await clause(page, "ip.ttl == 33").getByRole("button").click();
  await expect(layers(page)).toHaveAccessibleName("Layers of packet 4");
  await expect(layers(page).getByRole("treeitem", { selected: true })).toHaveText("Time to Live: 1");
  const number = panel(page).getByRole("textbox", { name: "Packet to explain" });
  await number.fill("1");
  await number.press("Enter");
  await expect(panel(page)).toContainText("Packet 1 does not match");
  await expect(clause(page, "ip.ttl == 33")).toContainText("not in this packet: it has no Internet Protocol");
  await packetRow(page, 6).click();
  await expect(panel(page)).toContainText("Packet 6 matches");
});

test("matches are counted while a filter is typed, before it is applied", async ({ place, view, page }) => {
  writeMany(place.file("many.pcapng"), 20_000);
  await view(place.file("many.pcapng"));
  await filterBar(page).click();
  await page.keyboard.type("ip.ttl == 7");
  await expect(page.getByTestId("would-match")).toHaveText("100");
  await page.keyboard.type(" && udp.srcport < 10500");
  await expect(page.getByTestId("would-match")).toHaveText("60");
  await expect(packetCount(page)).toHaveText("20,000 packets");
  await page.keyboard.press("Enter");
  await expect(packetCount(page)).toHaveText("displayed 60 of 20,000 (0.3 %)");
  await expect(page.getByTestId("would-match")).toHaveCount(0);
  await page.keyboard.type(" && arp");
  await expect(page.getByTestId("would-match")).toHaveText("0");
  await expect(packetCount(page)).toHaveText("displayed 60 of 20,000 (0.3 %)");
});

test("what is offered fits the place, with titles and types", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await filterBar(page).click();
  await page.keyboard.type("ip.prot");
  await expect(options(page).first()).toContainText(/ip\.proto.*Protocol.*unsigned integer, 1 byte/);
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("filter-info")).toContainText("ip.protoProtocolunsigned integer, 1 byte");
  await page.keyboard.type(" ");
  await expect(options(page).first()).toContainText("one value is equal");
  await page.keyboard.type('== "UD');
  await expect(options(page).first()).toContainText(/"UDP".*17/);
  await page.keyboard.press("Tab");
  await expect(filterBar(page)).toHaveText('ip.proto == "UDP"');
  await page.keyboard.type(" && lowe");
  await page.keyboard.press("Tab");
  // The call is closed, and goes on inside with what the function takes.
  await expect(filterBar(page)).toHaveText('ip.proto == "UDP" && lower()');
  await page.keyboard.type("dns.qry.nam");
  await expect(options(page).first()).toContainText("dns.qry.name");
  await page.keyboard.press("Tab");
  await page.keyboard.type(') contains "x');
  await expect(filterBar(page)).toHaveText('ip.proto == "UDP" && lower(dns.qry.name) contains "x"');
  await expect(bar(page)).toHaveAttribute("data-verdict", "ok");
});

test("brackets are closed and matched, and pasted lines become one", async ({
  place,
  view,
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await filterBar(page).click();
  await page.keyboard.type("(ip.ttl in {1");
  await expect(filterBar(page)).toHaveText("(ip.ttl in {1})");
  await page.keyboard.type("}");
  await expect(bar(page).locator(".bracket-pair")).toHaveText(["{", "}"]);
  await page.keyboard.press("ControlOrMeta+a");
  await page.evaluate<void>("navigator.clipboard.writeText('udp\\n  && ip.ttl == 1\\r\\n')");
  await page.keyboard.press("ControlOrMeta+v");
  await expect(filterBar(page)).toHaveText("udp && ip.ttl == 1");
  await page.keyboard.press("Enter");
  await expect(numbers(page)).toHaveText(["4"]);
});

test("the history is searched while typing; Escape puts back what was there", async ({
  place,
  view,
  page,
}) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  for (const filter of ["ip.ttl == 1", "arp", "udp && ip.ttl == 33"]) await applyFilter(page, filter);
  await filterBar(page).fill("frame.len");
  await expect(options(page).first()).toContainText("frame.len");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Control+r");
  await expect(page.getByTestId("filter-bar").getByRole("group", { name: "History" })).toContainText(
    "No filter used before holds this text",
  );
  await page.keyboard.type("ttl");
  await expect(options(page)).toHaveText(["udp && ip.ttl == 33", "ip.ttl == 1"]);
  await page.keyboard.press("Escape");
  await expect(filterBar(page)).toHaveText("frame.len");
  await expect(options(page)).toHaveCount(0);

  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Control+r");
  await page.keyboard.type("ttl");
  await page.keyboard.press("ArrowDown");
  await expect(options(page).nth(1)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(filterBar(page)).toHaveText("ip.ttl == 1");
  await expect(numbers(page)).toHaveText(["4"]);

  // The arrow key goes back through what begins like what is typed; Tab takes it without applying it.
  await filterBar(page).fill("ud");
  await expect(options(page).first()).toContainText("udp");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowUp");
  await expect(options(page)).toHaveText(["udp && ip.ttl == 33"]);
  await page.keyboard.press("Tab");
  await expect(filterBar(page)).toHaveText("udp && ip.ttl == 33");
  await expect(numbers(page)).toHaveText(["4"]);
});

test("corrections of errors and of warnings are made with a click", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  const fix = (name: string) =>
    bar(page).locator(".filter-message").getByRole("button", { name, exact: true });
  const fixed = async (typed: string, name: string, made: string) => {
    await filterBar(page).fill(typed);
    await expect(bar(page)).toHaveAttribute("data-verdict", /error|warning/);
    // Away from the word that is completed.
    await page.keyboard.press("Home");
    await fix(name).click();
    await expect(filterBar(page)).toHaveText(made);
    await expect(bar(page)).toHaveAttribute("data-verdict", "ok");
  };
  await fixed("ip.tll == 64 && udp", "ip.ttl", "ip.ttl == 64 && udp");
  await fixed("(udp && ip.ttl == 64", "add )", "(udp && ip.ttl == 64)");
  await fixed("tcp.flags.syn", "tcp.flags.syn == 1", "tcp.flags.syn == 1");
  await fixed("udp && ip.flags.df", "ip.flags.df == 1", "udp && ip.flags.df == 1");
  await expect(selectedRow(page)).toBeVisible();
});
