/** The capture doctor, and what the capture filter's field says of mistakes. */
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
