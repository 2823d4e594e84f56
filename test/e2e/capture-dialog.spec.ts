/** The capture options dialog: what it offers for each interface, and what of it reaches the capturing program. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright/test";
import { noCapture, state, test } from "./live-support.ts";
import { alert, expect, packetCount, packetRow } from "./support.ts";

test.skip(noCapture !== null, noCapture ?? "");

const dialogOf = (page: Page) => page.getByRole("dialog", { name: "Capture options" });

/** What the capture that runs was started with, interface by interface. */
function sources(folder: string): Record<string, unknown>[] {
  const spool = join(folder, "spool");
  const manifest = readdirSync(spool).find((name) => name.endsWith(".json"));
  return JSON.parse(readFileSync(join(spool, manifest ?? ""), "utf8")).sources;
}

test("single interfaces have options of their own, which are kept", async ({ place, live, wire, page }) => {
  await live();
  await page.keyboard.press("Control+k");
  const dialog = dialogOf(page);
  await dialog.getByRole("option", { name: /tlfar/ }).click();
  await dialog.getByRole("option", { name: /^lo/ }).click({ modifiers: ["Control"] });
  const field = (name: string) => dialog.getByRole("textbox", { name, exact: true });
  const choice = (name: string) => dialog.getByRole("combobox", { name, exact: true });

  const monitor = dialog.getByRole("checkbox", { name: "Monitor mode of tlfar" });
  await expect(monitor).toBeDisabled();
  await expect(monitor.locator("..")).toContainText("It is not wireless.");

  const start = dialog.getByRole("button", { name: "Start", exact: true });
  await field("Read timeout").fill("2001");
  await expect(dialog.getByText("Read timeout: 1 to 2,000 ms")).toBeVisible();
  await expect(start).toBeDisabled();
  await field("Read timeout").fill("20");
  await field("Capture filter of tlfar").fill("udp prt 9999");
  await expect(dialog.getByText("tlfar: its capture filter does not compile")).toBeVisible();
  await expect(start).toBeDisabled();
  await field("Capture filter of tlfar").fill("udp port 9999");
  await field("Snapshot length of tlfar").fill("60");
  await expect(start).toBeEnabled();
  // Filters are compiled for the link type that is chosen.
  await choice("Link type of tlfar").selectOption("DOCSIS");
  await expect(dialog.getByText("tlfar: its capture filter does not compile")).toBeVisible();
  await field("Capture filter of tlfar").fill("greater 20");
  await choice("Time stamps from of tlfar").selectOption("host");
  await choice("Promiscuous mode of tlfar").selectOption("off");
  await dialog.getByRole("checkbox", { name: "Immediate mode" }).check();
  await choice("Time stamps in").selectOption("us");
  await choice("Direction of lo").selectOption("in");
  await expect(start).toBeEnabled();
  await start.click();
  await expect(state(page)).toContainText("Capturing");
  const all = {
    filter: "",
    promiscuous: true,
    bufferKiB: 16_384,
    readTimeoutMs: 20,
    precision: "us",
    immediate: true,
  };
  const own = {
    filter: "greater 20",
    promiscuous: false,
    snapLen: 60,
    linkType: "DOCSIS",
    timestampType: "host",
  };
  expect(sources(place.state).sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1))).toEqual([
    { name: "lo", ...all, direction: "in" },
    { name: "tlfar", ...all, ...own },
  ]);
  await wire.send(3, 200);
  await expect(packetCount(page)).not.toHaveText(/^0 packets/);
  await page.keyboard.press("Control+e");
  await expect(state(page)).toContainText("Stopped");

  await page.keyboard.press("Control+k");
  await expect(choice("Link type of tlfar")).toHaveValue("DOCSIS");
  await expect(field("Snapshot length of tlfar")).toHaveValue("60");
  await expect(field("Snapshot length")).toHaveValue("");
  await expect(field("Read timeout")).toHaveValue("20");
  await expect(choice("Direction of lo")).toHaveValue("in");
  // What is as all interfaces have it says what that is.
  await expect(field("Read timeout of tlfar")).toHaveAttribute("placeholder", "as all: 20 ms");
});

test("a mistake is marked on its tab, wherever one looks", async ({ live, page }) => {
  await live();
  await page.keyboard.press("Control+k");
  const dialog = dialogOf(page);
  await dialog.getByRole("option", { name: /tlfar/ }).click();
  await dialog.getByRole("tab", { name: "Options" }).click();
  await dialog.getByRole("textbox", { name: "Time", exact: true }).fill("0");
  await dialog.getByRole("tab", { name: "Input" }).click();
  await expect(dialog.getByRole("tab", { name: /Options.*with errors/ })).toBeVisible();
  await expect(dialog.getByText("Stop by itself: a number is out of bounds")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Start", exact: true })).toBeDisabled();
  await dialog.getByRole("tab", { name: "Options" }).click();
  await dialog.getByRole("textbox", { name: "Time", exact: true }).fill("2");
  await dialog.getByRole("combobox", { name: "Unit of time" }).selectOption("hours");
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  await expect(state(page)).toContainText("Capturing");
  await page.keyboard.press("Control+e");
  await expect(state(page)).toContainText("Stopped");
  await page.keyboard.press("Control+k");
  await dialog.getByRole("tab", { name: "Options" }).click();
  await expect(dialog.getByRole("textbox", { name: "Time", exact: true })).toHaveValue("2");
  await expect(dialog.getByRole("combobox", { name: "Unit of time" })).toHaveValue("3600");
});

test("complete files are compressed, and stay in the list", async ({ place, live, wire, page }) => {
  const folder = place.file("ring");
  mkdirSync(folder);
  await live();
  await page.keyboard.press("Control+k");
  const dialog = dialogOf(page);
  await dialog.getByRole("option", { name: /tlfar/ }).click();
  await dialog.getByRole("textbox", { name: "Capture filter", exact: true }).fill("udp port 9999");
  await dialog.getByRole("tab", { name: "Output" }).click();
  await dialog.getByRole("radio", { name: "Several files" }).check();
  await dialog.getByRole("textbox", { name: "Output file" }).fill(`${folder}/cap.pcapng`);
  await dialog.getByRole("textbox", { name: "or after packets" }).fill("100");
  await dialog.getByRole("checkbox", { name: /^Compress complete files/ }).check();
  await expect(dialog.getByText("cap_00001_YYYYMMDDHHMMSS.pcapng.gz")).toBeVisible();
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  await expect(state(page)).toContainText("Capturing");
  await wire.send(250, 64);
  await expect(packetCount(page)).toHaveText("250 packets");
  const files = () =>
    readdirSync(folder)
      .map((name) => name.replace(/_\d{14}/, ""))
      .sort();
  await expect.poll(files).toEqual(["cap_00001.pcapng.gz", "cap_00002.pcapng.gz", "cap_00003.pcapng"]);
  await page.keyboard.press("Control+Home");
  await packetRow(page, 1).click();
  await expect(page.getByRole("treeitem", { name: /^Frame 1:/ })).toBeVisible();
  await page.keyboard.press("Control+e");
  await expect.poll(files).toEqual([1, 2, 3].map((number) => `cap_0000${number}.pcapng.gz`));
  await packetRow(page, 2).click();
  await expect(page.getByRole("treeitem", { name: /^Frame 2:/ })).toBeVisible();
  await expect(packetCount(page)).toHaveText("250 packets");
  await expect(alert(page)).toHaveCount(0);
});
