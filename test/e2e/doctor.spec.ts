/** The capture doctor, and what the capture filter's field says of mistakes. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright/test";
import { noHelper } from "../unit/capture/support.ts";
import { expect, note, test } from "./support.ts";

test.skip(noHelper !== null, noHelper ?? "");
test.skip(process.platform !== "linux", "asserts on what Linux tells of its loopback");

const doctor = (page: Page) => page.getByRole("dialog", { name: "Capture doctor" });

test("the doctor explains, and answers where packets leave", async ({ start, page }) => {
  const tapline = await start();
  await page.goto(tapline.url);
  const loopback = page.getByRole("listbox", { name: "Interfaces" }).getByRole("option", { name: /^lo\b/ });
  await loopback.click();

  // From the palette as well as from the welcome screen.
  await page.keyboard.press("Control+Shift+p");
  await page.keyboard.type("capture doctor");
  await page.keyboard.press("Enter");
  await expect(doctor(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(doctor(page)).toBeHidden();
  await page.getByRole("main").getByRole("button", { name: "Doctor…" }).click();
  await expect(doctor(page).getByText("looked at lo ·")).toBeVisible();

  // The field has the focus.
  await page.keyboard.type("127.0.0.1");
  await page.keyboard.press("Enter");
  await expect(doctor(page).getByRole("list", { name: "Routes" })).toContainText("127.0.0.1leaves by lo");
  await doctor(page).getByRole("textbox").fill("no host at all");
  await page.keyboard.press("Enter");
  const unknown = doctor(page).getByRole("button", { name: /no host at all has no address/ });
  await expect(unknown).toBeVisible();
  await expect(doctor(page)).toContainText("neither an IP address nor a host name");

  // Findings fold by keyboard.
  await expect(unknown).toHaveAttribute("aria-expanded", "true");
  await unknown.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(unknown).toHaveAttribute("aria-expanded", "false");
  await doctor(page).getByRole("button", { name: "Close" }).click();
  await expect(doctor(page)).toBeHidden();
});

test("mistakes in a capture filter are marked, explained and put right by a click", async ({
  start,
  page,
}) => {
  const tapline = await start();
  await page.goto(tapline.url);
  const field = page.getByRole("textbox", { name: "Capture filter" });
  const verdict = page.getByTestId("capture-filter");
  await field.click();
  await page.keyboard.type("tcp port80");
  await expect(verdict).toHaveAttribute("data-verdict", "error");
  await expect(page.getByText("at character 5")).toBeVisible();
  await expect(verdict.locator(".mark-error")).toHaveText("port80");
  await page.getByRole("button", { name: "tcp port 80", exact: true }).click();
  await expect(field).toHaveText("tcp port 80");
  await expect(verdict).toHaveAttribute("data-verdict", "ok");

  await page.getByRole("button", { name: "Show the compiled program (BPF)" }).click();
  await expect(page.getByTestId("bpf")).toContainText("(000) ldh");

  await page.getByRole("button", { name: "Saved and recent capture filters" }).click();
  await page.getByRole("menuitem", { name: "Save this filter…" }).click();
  await page.getByRole("textbox", { name: "Name of the filter" }).fill("Web");
  await page.keyboard.press("Enter");
  await field.fill("ip.addr == 192.0.2.7");
  await expect(page.getByRole("button", { name: "host 192.0.2.7", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Saved and recent capture filters" }).click();
  await page.getByRole("menuitem", { name: /^Web/ }).click();
  await expect(field).toHaveText("tcp port 80");
  await expect(note(page)).toHaveCount(0);
});

test("saved capture filters are a list that is edited with the keyboard, judged by libpcap", async ({
  start,
  page,
}) => {
  const tapline = await start();
  await page.goto(tapline.url);
  await page.getByRole("button", { name: "Saved and recent capture filters" }).click();
  await page.getByRole("menuitem", { name: "Edit the saved filters…" }).click();
  const dialog = page.getByRole("dialog", { name: "Capture filters" });
  const list = dialog.getByRole("listbox", { name: "Capture filters" });
  await expect(list).toBeFocused();
  for (const [name, filter] of [
    ["Web", "tcp port80"],
    ["Pings", "icmp[icmptype] == icmp-echo"],
  ] as const) {
    await page.keyboard.press("Insert");
    await expect(dialog.getByRole("textbox", { name: "Name" })).toBeFocused();
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await expect(dialog.getByRole("textbox", { name: "Capture filter" })).toBeFocused();
    await page.keyboard.type(filter);
    await page.keyboard.press("Escape");
    await expect(list).toBeFocused();
  }
  const wrong = list.getByRole("option").first();
  await expect(wrong.getByRole("img", { name: /^libpcap: .*syntax error/ })).toBeVisible();
  await page.keyboard.press("ArrowUp");
  await expect(dialog.locator(".mark-error")).toHaveText("port80");
  await dialog.getByRole("button", { name: "tcp port 80", exact: true }).click();
  await expect(wrong.getByRole("img")).toHaveCount(0);

  // Two of one name cannot be told apart in the menu.
  await dialog.getByRole("textbox", { name: "Name" }).fill("Pings");
  await page.keyboard.press("Control+Enter");
  await expect(dialog.getByRole("alert")).toHaveText("There are two filters named “Pings”.");
  await expect(dialog.getByRole("textbox", { name: "Name" })).toBeFocused();
  // It is the second of them that is shown.
  await dialog.getByRole("textbox", { name: "Name" }).fill("Echo requests");
  const exported = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Export…" }).click();
  const text = readFileSync(await (await exported).path(), "utf8");
  expect([...text.trim().split("\n")].sort()).toEqual([
    '"Echo requests" icmp[icmptype] == icmp-echo',
    '"Pings" tcp port 80',
  ]);
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog).toBeHidden();

  await page.reload();
  await page.getByRole("button", { name: "Saved and recent capture filters" }).click();
  await page.getByRole("menuitem", { name: /^Pings/ }).click();
  await expect(page.getByTestId("capture-filter")).toHaveAttribute("data-verdict", "ok");

  // By keyboard alone, the command is in the palette, and what is changed is asked about.
  await page.keyboard.press("Control+Shift+p");
  await page.keyboard.type("capture filters");
  await page.keyboard.press("Enter");
  await expect(list).toBeFocused();
  await page.keyboard.press("Delete");
  await page.keyboard.press("Escape");
  await expect(dialog.getByRole("alert")).toHaveText("The changes have not been saved.");
  await dialog.getByRole("button", { name: "Discard them" }).click();
  await expect(dialog).toBeHidden();
});
