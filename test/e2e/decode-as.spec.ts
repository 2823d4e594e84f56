import { writeMany } from "../tools/packets.ts";
import { COLUMN, cell, expect, line, packetRow, test } from "./support.ts";

test("a port is decoded as another protocol, from the keyboard, and taken back", async ({
  place,
  view,
  page,
}) => {
  writeMany(place.file("many.pcapng"), 500);
  await view(place.file("many.pcapng"));
  const info = cell(packetRow(page, 1), COLUMN.info);
  await expect(info).toContainText("→ 20000");
  await packetRow(page, 1).click();
  await expect(line(page, "User Datagram Protocol")).toBeVisible();
  await packetRow(page, 1).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Decode as…" }).click();

  // The line is there for the packet's lower port; only the protocol is missing.
  const dialog = page.getByRole("dialog", { name: "Decode as" });
  await expect(dialog.getByLabel("Field")).toHaveValue("udp.port");
  await expect(dialog.getByTestId("decode-present")).toHaveText("none");
  await dialog.getByLabel("Value").fill("20000");
  await dialog.getByRole("combobox", { name: "Decode as" }).fill("nothing");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toHaveText("UDP port: there is no protocol “nothing”.");
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
  await dialog.getByRole("combobox", { name: "Decode as" }).fill("syslog");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(cell(packetRow(page, 1), COLUMN.protocol)).toHaveText("Syslog");
  await expect(line(page, "Syslog message")).toBeVisible();

  await page.keyboard.press("Control+Shift+U");
  await dialog.getByRole("button", { name: "Remove UDP port 20000" }).click();
  const rest = dialog.getByRole("button", { name: /^Remove/ });
  while ((await rest.count()) > 0) await rest.first().click();
  await dialog.getByRole("button", { name: "Apply" }).click();
  await expect(dialog).toBeHidden();
  await expect(info).toContainText("→ 20000");
});

test("checksums are validated when the preferences say so", async ({ place, view, page }) => {
  writeMany(place.file("many.pcapng"), 500);
  await view(place.file("many.pcapng"));
  await packetRow(page, 1).click();
  await page.keyboard.press("Control+Shift+P");
  await page.keyboard.type("Preferences");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Preferences" });
  const switched = dialog.getByRole("checkbox", { name: "Validate IPv4 header checksums" });
  await expect(switched).not.toBeChecked();
  await switched.check();
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT.replace(".png", "-2.png") });
  await page.keyboard.press("Escape");
  await line(page, "Internet Protocol Version 4").dblclick();
  await expect(line(page, "Header Checksum: ")).toContainText(/\[correct\]|incorrect, should be/);
});
