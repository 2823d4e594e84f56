// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${name} is how macros and references are written
import { readFileSync, writeFileSync } from "node:fs";
import { test as bare, type Page } from "playwright/test";
import { writeFew, writeMany } from "../tools/packets.ts";
import {
  applyFilter,
  COLUMN,
  cell,
  contextMenu,
  expect,
  filterBar,
  packetCount,
  packetRow,
  packetRows,
  test,
} from "./support.ts";

const bar = (page: Page) => page.getByTestId("filter-bar");
const numbers = (page: Page) => packetRows(page).locator('[role="gridcell"]:nth-of-type(2)');
const shot = async (page: Page, name: string) => {
  if (!process.env.SHOTS) return;
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${process.env.SHOTS}/${name}-${colorScheme}.png` });
  }
};
const command = async (page: Page, title: string) => {
  await page.keyboard.press("Control+Shift+P");
  await page.keyboard.type(title);
  await page.keyboard.press("Enter");
};

bare.describe.configure({ timeout: 45_000 });

test("a filter refers to the selected packet, and keeps its values", async ({ place, view, page }) => {
  writeMany(place.file("many.pcapng"), 2000);
  await view(place.file("many.pcapng"));
  await packetRow(page, 6).click();
  await applyFilter(page, "ip.ttl == ${ip.ttl}");
  await expect(packetCount(page)).toContainText("displayed 10 of");
  await expect(numbers(page).first()).toHaveText("6");
  await packetRow(page, 206).click();
  await expect(packetCount(page)).toContainText("displayed 10 of");
  // Asked again with another packet it is another filter.
  await filterBar(page).fill("frame.number == ${frame.number}");
  await page.keyboard.press("Enter");
  await expect(numbers(page)).toHaveText(["206"]);
  await filterBar(page).fill("frame.number == ${frame.numbr}");
  await expect(bar(page).locator(".mark-error")).toHaveText("frame.numbr");
});

test("macros are made with the keyboard alone, and known to filters at once", async ({
  place,
  view,
  page,
}) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await command(page, "Display filter macros");
  const dialog = page.getByRole("dialog", { name: "Filters and macros" });
  await expect(dialog.getByRole("tab", { name: "Macros" })).toHaveAttribute("aria-selected", "true");
  await expect(dialog.getByRole("listbox", { name: "Macros" })).toBeFocused();
  await page.keyboard.press("Insert");
  await expect(dialog.getByRole("textbox", { name: "Name" })).toBeFocused();
  await page.keyboard.type("ttl");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("textbox", { name: "Text" })).toBeFocused();
  await page.keyboard.type("ip.ttl == $1 || ${tll:$1}");
  await expect(dialog.locator(".mark-error")).toHaveText("${tll:$1}");
  await expect(dialog.getByRole("status").first()).toContainText('There is no macro named "tll"');
  await shot(page, "macros-wrong");
  await dialog.getByRole("textbox", { name: "Text" }).fill("ip.ttl == $1");
  await expect(dialog.locator('[data-verdict="ok"]')).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog.getByRole("listbox", { name: "Macros" })).toBeFocused();
  // Closing asks about what was not kept.
  await page.keyboard.press("Escape");
  await expect(dialog.getByRole("alert")).toHaveText("The changes have not been saved.");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await applyFilter(page, "$ttl(33) or ${ttl:1}");
  await expect(numbers(page)).toHaveText(["4", "6"]);
  await filterBar(page).fill("arp or ${ttl:1;2}");
  await expect(bar(page).locator(".mark-error")).toHaveText("${ttl:1;2}");
  await expect(bar(page).locator(".filter-message")).toContainText('The macro "ttl" takes 1 argument, not 2');
});

test("buttons beside the bar apply filters, in menus too, and are edited in place", async ({
  place,
  view,
  page,
}) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  const add = async (label: string, filter: string, comment = "") => {
    await page.getByRole("button", { name: "Add a filter button" }).click();
    const form = page.getByRole("dialog", { name: "Filter button" });
    await expect(form.getByRole("textbox", { name: "Label" })).toBeFocused();
    await page.keyboard.type(label);
    await form.getByRole("textbox", { name: "Filter of the button" }).fill(filter);
    await form.getByRole("textbox", { name: "Comment" }).fill(comment);
    await expect(form.locator('[data-verdict="ok"]')).toBeVisible();
    await shot(page, `button-form-${label.replace(/\W/g, "")}`);
    await page.keyboard.press("Enter");
    await expect(form).toBeHidden();
  };
  await add("Far", "ip.ttl == 33", "A host behind many routers");
  await add("Kinds//ARP", "arp");
  await add("Kinds//Short//One hop", "ip.ttl == 1");
  const buttons = page.getByRole("toolbar", { name: "Filter buttons" });
  await expect(buttons.getByRole("button")).toHaveText(["Far", "Kinds"]);
  await buttons.getByRole("button", { name: "Far" }).click();
  await expect(numbers(page)).toHaveText(["6"]);
  await buttons.getByRole("button", { name: "Kinds" }).click();
  await shot(page, "button-menu");
  await page.getByRole("menuitem", { name: /^ARP/ }).click();
  await expect(numbers(page)).toHaveText(["1"]);
  await contextMenu(page, buttons.getByRole("button", { name: "Far" }), "Edit…");
  const form = page.getByRole("dialog", { name: "Filter button" });
  await form.getByRole("textbox", { name: "Label" }).fill("Farther");
  await page.keyboard.press("Enter");
  await expect(buttons.getByRole("button")).toHaveText(["Farther", "Kinds"]);
  await contextMenu(page, buttons.getByRole("button", { name: "Farther" }), "Remove");
  await expect(buttons.getByRole("button")).toHaveText(["Kinds"]);
  for (let i = 1; i <= 9; i++) await add(`Button number ${i}`, `frame.number == ${i}`);
  await page.getByRole("button", { name: "More filter buttons" }).click();
  await shot(page, "buttons-more");
  await page.getByRole("menuitem", { name: /^Button number 9/ }).click();
  await expect(packetCount(page)).toContainText("displayed 0 of 6");
});

test("filters, buttons and macros come from Wireshark's files and go back", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  await command(page, "Saved filters");
  const dialog = page.getByRole("dialog", { name: "Filters and macros" });
  const file = place.file("dfilters");
  writeFileSync(file, '"One hop" ip.ttl == 1\nbroken\n"Typo" ip.tll == 1\n');
  await dialog.getByLabel("File dfilters").setInputFiles(file);
  await expect(dialog.getByText("2 entries read from “dfilters”; 2 problems:")).toBeVisible();
  await expect(dialog.getByText("Line 2")).toBeVisible();
  await expect(dialog.getByRole("option")).toHaveText([/One hop/, /Typo/]);
  await expect(dialog.getByRole("img", { name: /ip.tll/ })).toBeVisible();
  await dialog.getByRole("option", { name: /Typo/ }).click();
  await expect(dialog.locator(".mark-error")).toHaveText("ip.tll");
  await shot(page, "saved-import");
  await dialog.getByRole("button", { name: "ip.ttl" }).click();
  await expect(dialog.locator('[data-verdict="ok"]')).toBeVisible();
  // Alt and an arrow move the entry.
  await dialog.getByRole("listbox").focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(dialog.getByRole("option")).toHaveText([/Typo/, /One hop/]);
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Export…" }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe("dfilters");
  expect(readFileSync(await saved.path(), "utf8")).toBe('"Typo" ip.ttl == 1\n"One hop" ip.ttl == 1\n');

  await dialog.getByRole("tab", { name: "Macros" }).click();
  const macros = place.file("dfilter_macros");
  writeFileSync(macros, '"hops","ip.ttl == $1"\n');
  await dialog.getByLabel("File dfilter_macros").setInputFiles(macros);
  await expect(dialog.getByRole("option")).toHaveText([/hops/]);
  await dialog.getByRole("tab", { name: "Filter buttons" }).click();
  const buttons = place.file("dfilter_buttons");
  writeFileSync(buttons, '"TRUE","Far","$hops(33)","many"\n"FALSE","Off","udp",""\n');
  await dialog.getByLabel("File dfilter_buttons").setInputFiles(buttons);
  await expect(dialog.getByRole("option")).toHaveText([/Far/, /Off/]);
  await expect(dialog.getByText("2 entries read from “dfilter_buttons”.")).toBeVisible();
  // The macro of the other tab is known before anything is kept.
  await expect(dialog.locator('[data-verdict="ok"]')).toBeVisible();
  await shot(page, "buttons-dialog");
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  await page.getByRole("toolbar", { name: "Filter buttons" }).getByRole("button", { name: "Far" }).click();
  await expect(numbers(page)).toHaveText(["6"]);
  await page.reload();
  await expect(page.getByRole("toolbar", { name: "Filter buttons" }).getByRole("button")).toHaveText(["Far"]);
});

test("colouring rules are made, ordered and switched, and the rows follow", async ({ place, view, page }) => {
  writeFew(place.file("few.pcapng"));
  await view(place.file("few.pcapng"));
  const background = (number: number) =>
    page
      .locator(`[data-number="${number}"]`)
      .evaluate((row) => (row as unknown as { style: { background: string } }).style.background);
  await packetRow(page, 3).click();
  expect(await background(1)).toContain("rgb(250, 240, 215)");
  await command(page, "Coloring rules");
  const dialog = page.getByRole("dialog", { name: "Coloring rules" });
  const rules = dialog.getByRole("listbox", { name: "Coloring rules" });
  await expect(rules).toBeFocused();
  await shot(page, "coloring");
  await page.keyboard.press("Insert");
  await page.keyboard.type("Far away");
  await page.keyboard.press("Enter");
  await page.keyboard.type("ip.ttl =");
  await expect(dialog.locator(".mark-error")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Filter" }).fill("ip.ttl == 33");
  await expect(dialog.locator('[data-verdict="ok"]')).toBeVisible();
  await dialog.getByLabel("Background, light").fill("#00ff80");
  await expect(dialog.getByRole("checkbox", { name: "Made from the light colours" })).toBeChecked();
  await shot(page, "coloring-new");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await expect.poll(() => background(6), { timeout: 5000 }).toContain("rgb(0, 255, 128)");
  // Above all others stands a rule for everything, then switched off with the space bar.
  await rules.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Insert");
  await page.keyboard.type("All");
  await dialog.getByRole("textbox", { name: "Filter" }).fill("frame");
  await rules.focus();
  await page.keyboard.press("Alt+ArrowUp");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await expect.poll(() => background(6), { timeout: 5000 }).toContain("rgb(255, 243, 176)");
  await expect.poll(() => background(1), { timeout: 5000 }).toContain("rgb(255, 243, 176)");
  await rules.focus();
  await page.keyboard.press(" ");
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  await expect.poll(() => background(6), { timeout: 5000 }).toContain("rgb(0, 255, 128)");
  await expect(cell(packetRow(page, 3), COLUMN.number)).toHaveText("3");

  await command(page, "Coloring rules");
  const file = place.file("colorfilters");
  writeFileSync(file, "@Mine@udp@[0,0,65535][65535,65535,65535]\n@Wrong@udp.prt@[0,0,0][1,1,1]\nnothing\n");
  await dialog.getByLabel("File colorfilters").setInputFiles(file);
  await expect(dialog.getByText("2 entries read from “colorfilters”; 2 problems:")).toBeVisible();
  await expect(dialog.getByRole("option").first()).toContainText("Mine");
  await shot(page, "coloring-import");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await expect.poll(() => background(6), { timeout: 5000 }).toContain("rgb(0, 0, 255)");
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Export…" }).click();
  expect(readFileSync(await (await download).path(), "utf8")).toContain(
    "@Mine@udp@[0,0,65535][65535,65535,65535]\n",
  );
  await dialog.getByRole("button", { name: "Restore defaults" }).click();
  await expect(dialog.getByRole("option").first()).toContainText("Bad TCP");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => background(1), { timeout: 5000 }).toContain("rgb(250, 240, 215)");
});
