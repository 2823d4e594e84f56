import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeMany } from "../tools/packets.ts";
import { alert, applyFilter, COLUMN, cell, expect, line, packetCount, packetRow, test } from "./support.ts";

/** For the datagrams of the test's captures, which go to this port. */
const COUNTER = `tapline: 1
protocol: counter
title: Counting packets
on: {udp.port: 20000}
payload:
  - {name: first, type: u8, base: hex}
  - {name: rest, type: bytes, length: rest}
info: "first is {first}"
`;

test("a protocol file is taken up while a capture is open, and told of when it is broken", async ({
  place,
  view,
  page,
}) => {
  writeMany(place.file("many.pcapng"), 500);
  await view(place.file("many.pcapng"));
  const info = cell(packetRow(page, 1), COLUMN.info);
  await expect(info).toContainText("→ 20000");
  await page.keyboard.press("Control+Shift+P");
  await page.keyboard.type("Protocol files");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Protocol files" });
  await expect(dialog).toContainText("There is no protocol file yet.");

  const file = join(place.state, "protocols", "counter.yaml");
  writeFileSync(file, COUNTER);
  await expect(dialog).toContainText("Counting packets (counter)");
  await expect(dialog).toContainText("udp.port 20000");
  await page.keyboard.press("Escape");
  await expect(info).toContainText("first is 0x");
  await expect(cell(packetRow(page, 1), COLUMN.protocol)).toHaveText("COUNTER");
  await expect(line(page, "Counting packets")).toBeVisible();
  await applyFilter(page, "counter.first");
  await expect(packetCount(page)).toContainText("displayed 500 of 500");

  writeFileSync(file, COUNTER.replace("type: u8", "type: u9"));
  await expect(alert(page).filter({ hasText: "counter.yaml" })).toContainText(
    'The protocol file "counter.yaml" is broken, line 6, payload[0].type: "u9" is no type',
  );
  await expect(info).toContainText("→ 20000");
  await page.keyboard.press("Control+Shift+P");
  await page.keyboard.type("Protocol files");
  await page.keyboard.press("Enter");
  await expect(dialog.getByLabel("Broken")).toBeVisible();
  await expect(dialog).toContainText("Line 6, payload[0].type");
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
  rmSync(file);
  await dialog.getByRole("button", { name: "Reload" }).click();
  await expect(dialog).toContainText("There is no protocol file yet.");
});
