/** Live capture between two network namespaces; Tapline and the browser both live in the far one. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { writeFew } from "../tools/packets.ts";
import { readCapture } from "../unit/capture/support.ts";
import { device, noCapture, startCapture, state, test } from "./live-support.ts";
import {
  alert,
  COLUMN,
  cell,
  expect,
  note,
  packetCount,
  packetList,
  packetRow,
  packetRows,
  selectedRow,
  statusBar,
} from "./support.ts";

test.skip(noCapture !== null, noCapture ?? "");

test("packets appear while capturing, counters are seen, stopping keeps them, saving writes them", async ({
  place,
  live,
  wire,
  page,
}) => {
  await live();
  await expect(device(page)).toContainText("10.77.0.2/24");
  await expect(device(page)).toContainText("up");
  await startCapture(page);
  await expect(page.getByText("Waiting for the first packet…")).toBeVisible();
  await wire.send(100, 64);
  await expect(packetCount(page)).toHaveText("100 packets");
  await expect(cell(packetRow(page, 100), COLUMN.source)).toHaveText("10.77.0.1");
  // The list follows its end.
  await expect(packetRow(page, 100)).toBeInViewport();
  await expect(state(page)).toContainText("received 100 · dropped by kernel 0 · by interface 0");
  await expect(page).toHaveTitle("• tlfar — Tapline");

  await page.keyboard.press("Control+e");
  await expect(state(page)).toContainText("Stopped");
  await expect(packetCount(page)).toHaveText("100 packets");
  await packetRow(page, 100).click();
  await expect(page.getByRole("treeitem", { name: /^Frame 100/ })).toBeVisible();

  await page.keyboard.press("Control+s");
  const dialog = page.getByRole("dialog", { name: "Save packets" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(place.file("live.pcapng"));
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(note(page)).toHaveText(`Saved 100 packets to ${place.file("live.pcapng")}.`);
  await expect(page).toHaveTitle("live.pcapng — Tapline");
  const saved = readCapture(place.file("live.pcapng"));
  expect(saved.packets.map(({ bytes }) => bytes.readUInt32BE(42))).toEqual(
    Array.from({ length: 100 }, (_, i) => i),
  );
  expect(saved.torn).toBe(0);
});

test("unsaved packets are asked about before another capture takes their place", async ({
  place,
  live,
  wire,
  page,
}) => {
  writeFew(place.file("few.pcapng"));
  await live();
  await startCapture(page);
  await wire.send(5, 64);
  await expect(packetCount(page)).toHaveText("5 packets");
  const open = async () => {
    await page.keyboard.press("Control+o");
    await page.getByRole("dialog").getByRole("textbox", { name: "Path" }).fill(place.file("few.pcapng"));
    await page.keyboard.press("Enter");
  };
  const question = page.getByRole("alertdialog", { name: "Save the captured packets?" });
  await open();
  await expect(question).toContainText(
    "5 captured packets have not been saved. Opening another capture would throw",
  );
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(packetCount(page)).toHaveText("5 packets");
  await expect(state(page)).toContainText("Capturing");

  // Saving first, then the other capture opens by itself.
  await open();
  await question.getByRole("button", { name: "Save…" }).click();
  const dialog = page.getByRole("dialog", { name: "Save packets" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(place.file("kept.pcapng"));
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page).toHaveTitle("few.pcapng — Tapline");
  await expect(packetCount(page)).toHaveText("6 packets");
  expect(readCapture(place.file("kept.pcapng")).packets).toHaveLength(5);
  expect(readdirSync(join(place.state, "spool"))).toEqual([]);
});

test("saving a capture that runs stops it first, and says so", async ({ place, live, wire, page }) => {
  await live();
  await startCapture(page);
  await wire.send(40, 64);
  await expect(packetCount(page)).toHaveText("40 packets");
  await page.keyboard.press("Control+s");
  const dialog = page.getByRole("dialog", { name: "Save packets" });
  await expect(dialog).toContainText("40 packets so far; the capture is stopped first");
  await dialog.getByRole("textbox", { name: "Name" }).fill(place.file("stopped.pcapng"));
  await dialog.getByRole("button", { name: "Stop and save" }).click();
  await expect(note(page)).toHaveText(`Saved 40 packets to ${place.file("stopped.pcapng")}.`);
  await expect(state(page)).toContainText("Stopped · received 40");
  expect(readCapture(place.file("stopped.pcapng")).packets).toHaveLength(40);
});

test("discarded packets are gone, and so is their spool file", async ({ place, live, wire, page }) => {
  await live();
  await startCapture(page);
  await wire.send(3, 64);
  await expect(packetCount(page)).toHaveText("3 packets");
  expect(readdirSync(join(place.state, "spool"))).toHaveLength(2);
  await page.getByRole("menuitem", { name: "File", exact: true }).click();
  await page.getByRole("menuitem", { name: /^Close/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
  await expect(page.getByTestId("welcome")).toBeVisible();
  await expect.poll(() => readdirSync(join(place.state, "spool"))).toEqual([]);
});

test("a capture filter is compiled while it is typed, and obeyed", async ({ live, wire, page }) => {
  await live();
  await device(page).click();
  const filter = page.getByRole("textbox", { name: "Capture filter" });
  await filter.fill("udp prt 53");
  await expect(page.getByTestId("capture-filter")).toHaveAttribute("data-verdict", "error");
  await expect(page.getByText(/^libpcap: .*syntax error/)).toBeVisible();
  await expect(page.getByRole("main").getByRole("button", { name: "Start", exact: true })).toBeDisabled();
  await filter.fill("udp and (port 7777");
  await expect(page.getByText("A bracket is not closed.")).toBeVisible();
  // Enter waits for what libpcap says of the text, and starts when it is right.
  await filter.fill("udp prt 7777");
  await filter.press("Enter");
  await expect(page.getByTestId("capture-filter")).toHaveAttribute("data-verdict", "error");
  await expect(page.getByTestId("welcome")).toBeVisible();
  await filter.fill("udp port 7777");
  await filter.press("Enter");
  await expect(state(page)).toContainText("Capturing");
  await expect(alert(page)).toHaveCount(0);
  await wire.send(4, 64, 8888);
  await wire.send(3, 64, 7777);
  await expect(packetCount(page)).toHaveText("3 packets");
  await expect(packetRows(page).first()).toContainText("7777");
});

test("options limit the capture: snapshot length and number of packets", async ({ live, wire, page }) => {
  await live();
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Capture options" });
  await dialog.getByRole("option", { name: /tlfar/ }).click();
  await dialog.getByRole("textbox", { name: "Snapshot length", exact: true }).fill("50");
  await dialog.getByRole("textbox", { name: "Kernel buffer", exact: true }).fill("0");
  await expect(dialog.getByRole("button", { name: "Start" })).toBeDisabled();
  await dialog.getByRole("textbox", { name: "Kernel buffer", exact: true }).fill("4");
  await dialog.getByRole("tab", { name: "Options" }).click();
  await dialog.getByRole("textbox", { name: "Packets" }).fill("7");
  await dialog.getByRole("button", { name: "Start" }).click();
  await expect(state(page)).toContainText("Capturing");
  await wire.send(20, 200);
  await expect(state(page)).toContainText("Stopped");
  await expect(packetCount(page)).toHaveText("7 packets");
  await packetRow(page, 7).click();
  await expect(page.getByRole("treeitem", { name: /242 bytes on wire .*, 50 bytes captured/ })).toBeVisible();
});

test("reloading the page while capturing keeps the session, and leaving it is asked about", async ({
  live,
  wire,
  page,
}) => {
  await live();
  await startCapture(page);
  await wire.send(10, 64);
  await expect(packetCount(page)).toHaveText("10 packets");
  const asked = page.waitForEvent("dialog");
  const reloaded = page.reload();
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.accept();
  await reloaded;
  await expect(state(page)).toContainText("Capturing");
  await expect(packetCount(page)).toHaveText("10 packets");
  await wire.send(5, 64);
  await expect(packetCount(page)).toHaveText("15 packets");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(state(page)).toContainText("Stopped");
});

test("restarting begins anew with the same options", async ({ live, wire, page }) => {
  await live();
  await startCapture(page);
  await wire.send(6, 64);
  await expect(packetCount(page)).toHaveText("6 packets");
  await page.getByRole("button", { name: "Restart", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
  await expect(page.getByText("Waiting for the first packet…")).toBeVisible();
  await wire.send(2, 64);
  await expect(packetCount(page)).toHaveText("2 packets");
});

test("the list stops following when the user goes elsewhere, and follows again on wish", async ({
  live,
  wire,
  page,
}) => {
  await live();
  await startCapture(page);
  await wire.send(200, 64);
  await expect(packetCount(page)).toHaveText("200 packets");
  await expect(packetRow(page, 200)).toBeInViewport();
  await packetList(page).focus();
  await page.keyboard.press("Control+Home");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "1");
  await wire.send(50, 64);
  await expect(packetCount(page)).toHaveText("250 packets");
  await expect(packetRow(page, 1)).toBeInViewport();
  await page.getByRole("button", { name: "Follow the newest packets" }).click();
  await expect(packetRow(page, 250)).toBeInViewport();
  await wire.send(50, 64);
  await expect(packetRow(page, 300)).toBeInViewport();
});

test("packets that were not saved are kept when the program is ended", async ({
  place,
  live,
  wire,
  page,
}) => {
  const tapline = await live();
  await startCapture(page);
  await wire.send(8, 64);
  await expect(packetCount(page)).toHaveText("8 packets");
  expect(await tapline.stop("SIGTERM"), tapline.output()).toBe(0);
  const kept = /^Packets that were not saved are kept in (.+)$/m.exec(tapline.output())?.[1];
  expect(kept).toContain(place.state);
  expect(existsSync(kept!)).toBe(true);
  expect(readCapture(kept!).packets).toHaveLength(8);
  await expect(
    page.getByText("The engine cannot be reached. The capture is safe; reconnecting…"),
  ).toBeVisible();
  await expect(state(page)).toContainText("Last heard: ");
  await expect(page.getByTestId("capture-rates")).toHaveCount(0);
});

test("an interface that disappears ends the capture with its reason; the packets stay", async ({
  live,
  wire,
  page,
}) => {
  await live();
  await startCapture(page);
  await wire.send(4, 64);
  await expect(packetCount(page)).toHaveText("4 packets");
  wire.ip("-n", wire.far, "link", "set", "tlfar", "down");
  await expect(alert(page)).toHaveText("tlfar was set down; capturing goes on when it is up.");
  wire.ip("-n", wire.far, "link", "set", "tlfar", "up");
  await expect(alert(page)).toHaveCount(0);
  wire.cut();
  await expect(alert(page)).toHaveText(
    "The capture on tlfar ended: the interface disappeared. The packets captured before are kept.",
  );
  await expect(state(page)).toContainText("Stopped");
  await expect(packetCount(page)).toHaveText("4 packets");
  await expect(statusBar(page)).toContainText("received 4");
  // Starting on it says what is wrong, in place of what was said of the capture before.
  await page.keyboard.press("Control+e");
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
  await expect(alert(page)).toHaveText(
    /^There is no interface tlfar now: it was unplugged, removed or renamed/,
  );
  wire.connect();
  await page.getByRole("button", { name: "Look for interfaces again" }).click();
  await startCapture(page);
  await expect(alert(page)).toHaveCount(0);
});

test("the counters lead to the doctor, who sets what Tapline can do itself", async ({ live, wire, page }) => {
  await live();
  await page.keyboard.press("Control+k");
  const options = page.getByRole("dialog", { name: "Capture options" });
  await options.getByRole("option", { name: /tlfar/ }).click();
  await options.getByRole("textbox", { name: "Snapshot length", exact: true }).fill("60");
  await options.getByRole("button", { name: "Start", exact: true }).click();
  await expect(state(page)).toContainText("Capturing");
  await wire.send(50, 1000);
  await expect(packetCount(page)).toHaveText("50 packets");
  await page.getByRole("button", { name: /dropped by kernel/ }).click();
  const doctor = page.getByRole("dialog", { name: "Capture doctor" });
  const finding = doctor.locator('[data-finding="snapshot.cut"]');
  await expect(finding).toContainText(/9\d % of the bytes were cut off/);
  await finding.getByRole("button", { name: /^Evidence/ }).click();
  await expect(finding).toContainText("tlfar: snapshot length 60");
  await finding.getByRole("button", { name: "Capture whole packets" }).click();
  await expect(finding).toContainText("set for the next capture");
  await doctor.getByRole("textbox").fill("10.77.0.1");
  await page.keyboard.press("Enter");
  await expect(doctor.getByRole("list", { name: "Routes" })).toContainText("10.77.0.1leaves by tlfar");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+e");
  await expect(state(page)).toContainText("Stopped");
});

test("the keyboard alone starts on several interfaces, and the list has the focus; nothing that came is said", async ({
  live,
  wire,
  page,
}) => {
  await live();
  const filter = page.getByRole("textbox", { name: "Capture filter" });
  await filter.fill("udp port 7777");
  await expect(page.getByTestId("capture-filter")).toHaveAttribute("data-verdict", "ok");
  const list = page.getByRole("listbox", { name: "Interfaces" });
  await list.getByRole("option", { name: /^lo\b/ }).focus();
  await page.keyboard.press("Space");
  await device(page).focus();
  await page.keyboard.press("Control+Space");
  await expect(list.getByRole("option", { selected: true })).toHaveCount(2);
  await page.keyboard.press("Enter");
  await expect(state(page)).toContainText("Capturing");
  await expect(packetList(page)).toBeFocused();
  await expect(page.getByTitle("Capture filter: udp port 7777")).toBeVisible();
  const empty = page.getByTestId("packet-list");
  await expect(empty).toContainText("on lo, tlfar, of those that match udp port 7777");
  await expect(empty).toContainText(/Nothing has arrived for \d+ s\. The capture filter may be too narrow/, {
    timeout: 30_000,
  });
  await page.keyboard.press("Control+e");
  await expect(empty).toContainText("No packets were captured");
  await empty.getByRole("button", { name: "Start again" }).click();
  await expect(state(page)).toContainText("Capturing");
  await wire.send(3, 64, 7777);
  await expect(packetCount(page)).toHaveText("3 packets");
  await expect(empty).not.toContainText("Waiting");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("treeitem", { name: /^Frame \d+:/ })).toBeVisible();
});

test("an interface that comes or goes is listed or not, without asking", async ({ live, wire, page }) => {
  await live();
  const list = page.getByRole("listbox", { name: "Interfaces" });
  wire.ip("-n", wire.far, "link", "add", "tlnew", "type", "veth", "peer", "name", "tlnew2");
  await expect(list.getByRole("option", { name: /^tlnew\b/ })).toBeVisible({ timeout: 20_000 });
  wire.ip("-n", wire.far, "link", "del", "tlnew");
  await expect(list.getByRole("option", { name: /^tlnew\b/ })).toHaveCount(0, { timeout: 20_000 });
  await expect(device(page)).toBeVisible();
});

test("a full disk ends a capture with its reason; the counters stay, and the doctor looks at that disk", async ({
  place,
  live,
  wire,
  page,
}) => {
  const tiny = place.file("tiny");
  mkdirSync(tiny);
  // Before Tapline is started: its namespace sees the mounts that are there by then.
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", tiny]);
  try {
    await live();
    await page.keyboard.press("Control+k");
    const options = page.getByRole("dialog", { name: "Capture options" });
    await options.getByRole("option", { name: /tlfar/ }).click();
    await options.getByRole("tab", { name: "Output" }).click();
    await options.getByRole("radio", { name: "One file" }).check();
    await options.getByRole("textbox", { name: "Output file" }).fill(join(tiny, "full.pcapng"));
    await options.getByRole("button", { name: "Start" }).click();
    await expect(state(page)).toContainText("Capturing");
    await wire.send(1000, 1000);
    await expect(alert(page)).toHaveText(
      /^The capture on tlfar ended: .*full\.pcapng: No space left on device .* The packets captured before are kept\.$/,
    );
    await expect(state(page)).toContainText(/Stopped · received \d+/);
    const { packets, torn } = readCapture(join(tiny, "full.pcapng"));
    expect(packets.length).toBeGreaterThan(0);
    expect(torn).toBe(0);
    await expect(packetCount(page)).toHaveText(`${packets.length} packets`);
    await page.getByRole("button", { name: /dropped by kernel/ }).click();
    const doctor = page.getByRole("dialog", { name: "Capture doctor" });
    const room = doctor.locator('[data-finding="disk.little-room"]');
    await expect(room).toContainText(`They are written to ${tiny}`);
    await expect(room).toContainText("Name an output file on another disk in the capture options");
    await expect(doctor.locator('[data-finding="disk.memory"]')).toContainText(`${tiny} lies on tmpfs`);
    // Escape steps back: out of the doctor, then the message goes.
    await page.keyboard.press("Escape");
    await expect(doctor).toBeHidden();
    await expect(alert(page)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(alert(page)).toHaveCount(0);
  } finally {
    execFileSync("umount", ["-l", tiny]);
  }
});
