/** A capture into a ring of files, from the options to the list of the newest ones. */
import { mkdirSync, readdirSync } from "node:fs";
import { readCapture } from "../unit/capture/support.ts";
import { noCapture, state, test } from "./live-support.ts";
import { alert, COLUMN, cell, expect, packetCount, packetRow } from "./support.ts";

test.skip(noCapture !== null, noCapture ?? "");

test("a ring keeps its newest files, and the list begins anew with them", async ({
  place,
  live,
  wire,
  page,
}) => {
  const folder = place.file("ring");
  mkdirSync(folder);
  await live();
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Capture options" });
  await dialog.getByRole("option", { name: /tlfar/ }).click();
  await dialog.getByRole("textbox", { name: "Capture filter" }).fill("udp port 9999");
  await dialog.getByRole("radio", { name: "Several files" }).check();
  const start = dialog.getByRole("button", { name: "Start" });
  await expect(dialog.getByText("Name the file")).toBeVisible();
  await expect(start).toBeDisabled();
  await dialog.getByRole("textbox", { name: "Output file" }).fill(`${folder}/cap.pcapng`);
  await dialog.getByRole("textbox", { name: "Next file after" }).fill("");
  await expect(dialog.getByText("Say when the next file is begun")).toBeVisible();
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
