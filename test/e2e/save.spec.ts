import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import type { Page } from "playwright/test";
import { openCapture } from "../../engine/formats/open.ts";
import { writeFew } from "../tools/packets.ts";
import { applyFilter, expect, note, packetCount, packetRow, test } from "./support.ts";

const dialog = (page: Page) => page.getByRole("dialog", { name: "Save packets" });

/** What is in a capture: its format and the first source port or ethertype of each frame, in order. */
async function contents(path: string): Promise<{ format: string; lengths: number[]; comments: string[] }> {
  const capture = await openCapture(path);
  const lengths: number[] = [];
  const { reader } = capture;
  for (;;) {
    if (reader.next()) lengths.push(reader.capLen);
    else if (!(await capture.more())) break;
  }
  const { format, sections } = capture.info();
  capture.close();
  return { format, lengths, comments: sections.flatMap((section) => section.comments ?? []) };
}

const hasCapinfos = spawnSync("capinfos", ["--version"]).status === 0;

/** What another program makes of the file: its type and number of packets. */
function capinfos(path: string): string {
  return spawnSync("capinfos", ["-t", "-c", "-T", "-m", "-r", "-M", path], {
    encoding: "utf8",
  }).stdout.trim();
}

test.beforeEach(async ({ place, view }) => {
  writeFew(place.file("few.pcapng"), { comment: "kept as it is" });
  await view(place.file("few.pcapng"));
});

test("everything is saved as pcapng, byte for byte", async ({ place, page }) => {
  await page.keyboard.press("Control+s");
  await dialog(page).getByRole("textbox", { name: "Name" }).fill("copy.pcapng");
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(note(page)).toHaveText(`Saved 6 packets to ${place.file("copy.pcapng")}.`);
  expect(readFileSync(place.file("copy.pcapng")).equals(readFileSync(place.file("few.pcapng")))).toBe(true);
  await expect(page).toHaveTitle("copy.pcapng — Tapline");
});

test("displayed packets are saved as pcap", async ({ place, page }) => {
  await applyFilter(page, "ip.ttl == 64");
  await page.getByRole("menuitem", { name: "File", exact: true }).click();
  await page.getByRole("menuitem", { name: "Save displayed packets…" }).click();
  await expect(dialog(page).getByRole("radio", { name: "Displayed packets 3" })).toBeChecked();
  await dialog(page)
    .getByRole("radio", { name: /^pcap packets and times only/ })
    .check();
  await expect(dialog(page).getByRole("textbox", { name: "Name" })).toHaveValue("few.pcap");
  await dialog(page).getByRole("textbox", { name: "Name" }).press("Enter");
  await expect(note(page)).toHaveText(`Saved 3 packets to ${place.file("few.pcap")}.`);
  const saved = await contents(place.file("few.pcap"));
  expect(saved.format).toBe("pcap");
  expect(saved.lengths).toEqual([60, 60, 80]);
  if (hasCapinfos) expect(capinfos(place.file("few.pcap"))).toMatch(/,pcap,3$/);
  // What is shown is still the whole capture.
  await expect(page).toHaveTitle("few.pcapng — Tapline");
});

test("a range is saved; a wrong one is told of while it is typed", async ({ place, page }) => {
  await page.keyboard.press("Control+Shift+S");
  const range = dialog(page).getByRole("textbox", { name: "Range of packets" });
  await range.fill("5-2");
  await expect(dialog(page).getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await range.fill("1,4-5");
  await expect(dialog(page).getByText("3 packets").first()).toBeVisible();
  await dialog(page).getByRole("checkbox", { name: "Compress with gzip" }).check();
  await dialog(page).getByRole("textbox", { name: "Name" }).fill("part.pcapng.gz");
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(note(page)).toHaveText(`Saved 3 packets to ${place.file("part.pcapng.gz")}.`);
  const saved = await contents(place.file("part.pcapng.gz"));
  expect(saved).toEqual({ format: "pcapng", lengths: [60, 60, 80], comments: ["kept as it is"] });
  expect(readFileSync(place.file("part.pcapng.gz")).subarray(0, 2).toString("hex")).toBe("1f8b");
});

test("selected rows are saved", async ({ place, page }) => {
  await packetRow(page, 4).click();
  await packetRow(page, 5).click({ modifiers: ["Shift"] });
  await packetRow(page, 5).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Save selected packets…" }).click();
  await dialog(page).getByRole("textbox", { name: "Name" }).fill("two.pcapng");
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(note(page)).toHaveText(`Saved 2 packets to ${place.file("two.pcapng")}.`);
  expect((await contents(place.file("two.pcapng"))).lengths).toEqual([60, 80]);
});

test("a file that is there is replaced only after asking", async ({ place, page }) => {
  writeFew(place.file("old.pcap"), { format: "pcap" });
  const old = readFileSync(place.file("old.pcap"));
  await page.keyboard.press("Control+s");
  await dialog(page).getByRole("textbox", { name: "Name" }).fill("old.pcap");
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog(page)).toContainText("old.pcap is there already. Replace it?");
  expect(readFileSync(place.file("old.pcap")).equals(old)).toBe(true);
  await dialog(page).getByRole("button", { name: "Replace" }).click();
  await expect(note(page)).toHaveText(`Saved 6 packets to ${place.file("old.pcap")}.`);
  expect((await contents(place.file("old.pcap"))).format).toBe("pcapng");
});

test("a capture can be saved over itself", async ({ place, page }) => {
  await page.keyboard.press("Control+Shift+S");
  await dialog(page).getByRole("textbox", { name: "Range of packets" }).fill("2-3");
  await dialog(page).getByRole("textbox", { name: "Name" }).fill("few.pcapng");
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await dialog(page).getByRole("button", { name: "Replace" }).click();
  await expect(note(page)).toHaveText(`Saved 2 packets to ${place.file("few.pcapng")}.`);
  expect((await contents(place.file("few.pcapng"))).lengths).toEqual([60, 60]);
});

test("a target that cannot be written is told of, and the dialog stays", async ({ place, page }) => {
  mkdirSync(place.file("folder.pcapng"));
  await page.keyboard.press("Control+s");
  const name = dialog(page).getByRole("textbox", { name: "Name" });
  await name.fill("/proc/tapline.pcapng");
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog(page).getByRole("alert")).toHaveText(/^"\/proc\/tapline\.pcapng" cannot be written: /);
  await name.fill(`${place.home}/missing/out.pcapng`);
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog(page).getByRole("alert")).toHaveText(
    `"${place.home}/missing/out.pcapng" cannot be written: its folder does not exist.`,
  );
  await expect(name).toHaveValue(`${place.home}/missing/out.pcapng`);
});

test("a full disk is told of with what would be needed", async ({ place, page }) => {
  const disk = place.file("disk");
  mkdirSync(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4k,nr_inodes=8", "tapline-test", disk]);
  test.skip(mounted.status !== 0, "a small file system cannot be mounted (CAP_SYS_ADMIN)");
  try {
    spawnSync("sh", ["-c", `head -c 4096 /dev/zero > ${disk}/full`]);
    await page.keyboard.press("Control+s");
    await dialog(page).getByRole("textbox", { name: "Name" }).fill(`${disk}/out.pcapng`);
    await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
    await expect(dialog(page).getByRole("alert")).toHaveText(
      /^There is not enough space for ".*out\.pcapng": it needs [\d,]+ bytes.*Free some space or save to another disk/,
    );
    expect(readdirSync(disk)).toEqual(["full"]);
    await expect(packetCount(page)).toHaveText("6 packets");
  } finally {
    spawnSync("umount", [disk]);
  }
  expect(existsSync(`${disk}/out.pcapng`)).toBe(false);
});
