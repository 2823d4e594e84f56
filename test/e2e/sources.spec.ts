/** Captures from elsewhere than an interface of this machine: programs with their options as a form, and pipes. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  createWriteStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright/test";
import { expect, type Place, packetCount, packetRows, test } from "./support.ts";

const sample = fileURLToPath(new URL("../captures/dns.pcap", import.meta.url));

test.skip(process.platform === "win32", "programs and FIFOs need another system than Windows");

/** A program of the convention: it notes down what it was called with, and captures what the sample holds. */
function addProgram(place: Place): void {
  const path = join(place.state, "extcap", "demodump");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `#!/bin/sh
case "$*" in
*--extcap-interfaces*) echo "extcap {version=1.0}"; echo "interface {value=demo}{display=Demo of a remote capture}"; exit 0;;
*--extcap-dlts*) echo "dlt {number=1}{name=EN10MB}{display=Ethernet}"; exit 0;;
*--extcap-reload-option*) echo "value {arg=3}{value=en7}{display=The seventh card}"; exit 0;;
*--extcap-config*) cat <<END
arg {number=0}{call=--host}{display=Host}{type=string}{required=true}{group=Server}{tooltip=Where to capture}
arg {number=1}{call=--port}{display=Port}{type=unsigned}{range=1,65535}{default=22}{group=Server}
arg {number=2}{call=--secret}{display=Password}{type=password}{group=Authentication}
arg {number=3}{call=--card}{display=Card}{type=selector}{reload=true}{group=Capture}
value {arg=3}{value=en0}{display=The first card}
arg {number=4}{call=--sudo}{display=Use sudo there}{type=boolflag}{group=Capture}
arg {number=5}{call=--parts}{display=Parts}{type=multicheck}{group=Capture}
value {arg=5}{value=in}{display=Incoming}
value {arg=5}{value=out}{display=Outgoing}
arg {number=6}{call=--since}{display=Since}{type=timestamp}{group=Capture}
arg {number=7}{call=--command}{display=Command}{type=radio}{group=Capture}
value {arg=7}{value=dumpcap}{display=dumpcap}
value {arg=7}{value=tcpdump}{display=tcpdump}{default=true}
END
exit 0;;
esac
case "$*" in *--capture*) ;; *) exit 0;; esac
echo "$*" >${place.file("called")}
while [ "$1" != --fifo ]; do shift; done
exec 3>"$2"; trap 'exit 0' TERM
cat ${sample} >&3
while :; do sleep 0.1; done
`,
  );
  chmodSync(path, 0o755);
}

const option = (page: Page, name: string): Locator =>
  page.getByRole("listbox", { name: "Interfaces" }).getByRole("option", { name: new RegExp(name) });
const state = (page: Page): Locator => page.getByTestId("capture-state");

test("a program's options are a form; it captures with them, and passwords are not kept", async ({
  start,
  place,
  page,
}) => {
  addProgram(place);
  const tapline = await start();
  await page.goto(tapline.url);
  await option(page, "Demo of a remote capture").dblclick();
  const form = page.getByTestId("extcap-form");
  await expect(form).toBeVisible();
  const begin = page.getByRole("dialog").getByRole("button", { name: "Start", exact: true });
  await expect(form.getByRole("group", { name: "Server" })).toContainText("Host");
  // The host is needed.
  await expect(begin).toBeDisabled();
  await form.getByLabel("Host").fill("router.example");
  await expect(begin).toBeEnabled();
  await form.getByLabel("Port").fill("70000");
  await expect(form.getByText("1 to 65535")).toBeVisible();
  await expect(begin).toBeDisabled();
  await form.getByLabel("Port").fill("2222");
  await form.getByLabel("Password").fill("hush hush");
  await form.getByRole("button", { name: "Reload Card" }).click();
  await form.getByLabel("Card", { exact: true }).selectOption({ label: "The seventh card" });
  await form.getByLabel("Use sudo there").check();
  await form.getByLabel("Outgoing").check();
  await form.getByLabel("dumpcap").check();
  await begin.click();
  await expect(state(page)).toContainText("Capturing");
  await expect(packetRows(page).first()).toBeVisible();
  expect(readFileSync(place.file("called"), "utf8")).toMatch(
    /^--capture --extcap-interface demo --fifo \S+ --host router\.example --port 2222 --secret hush hush --card en7 --sudo --parts out --command dumpcap\n$/,
  );
  await page.keyboard.press("Control+e");
  await expect(state(page)).not.toContainText("Capturing");
  await expect
    .poll(() => readFileSync(join(place.state, "settings.json"), "utf8"), { timeout: 30_000 })
    .toContain("router.example");
  expect(readFileSync(join(place.state, "settings.json"), "utf8")).not.toContain("hush");
});

test("a pipe's packets are shown while it is written to", async ({ start, place, page }) => {
  const fifo = place.file("fifo");
  execFileSync("mkfifo", [fifo]);
  const tapline = await start();
  await page.goto(tapline.url);
  await page.getByRole("main").getByRole("button", { name: "Options…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Or a pipe").fill("fifo");
  await expect(dialog).toContainText("begins with /");
  await dialog.getByLabel("Or a pipe").fill(fifo);
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  await expect(state(page)).toContainText("Starting");
  const writer = createWriteStream(fifo);
  writer.write(readFileSync(sample).subarray(0, 3000));
  await expect(state(page)).toContainText("Capturing");
  await expect(packetRows(page).first()).toBeVisible();
  writer.end();
  await expect(state(page)).not.toContainText("Capturing");
});

test("a file is followed as it grows, until that is stopped", async ({ start, place, page }) => {
  const bytes = readFileSync(sample);
  const file = place.file("grows.pcap");
  writeFileSync(file, bytes.subarray(0, 3000));
  const tapline = await start();
  await page.goto(tapline.url);
  await page.getByRole("main").getByRole("button", { name: "Open a capture" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Follow it as it grows").check();
  await dialog.getByLabel("Path").fill(file);
  await dialog.getByLabel("Path").press("Enter");
  await expect(page.getByTestId("following")).toContainText("Following the file");
  await expect(packetRows(page).first()).toBeVisible();
  await expect(packetCount(page)).not.toContainText("90");
  appendFileSync(file, bytes.subarray(3000));
  await expect(packetCount(page)).toContainText("90");
  await page.getByTestId("following").getByRole("button", { name: "Stop" }).click();
  await expect(page.getByTestId("following")).toHaveCount(0);
});

test("what comes through a pipe goes into several files", async ({ start, place, page }) => {
  const fifo = place.file("feed");
  execFileSync("mkfifo", [fifo]);
  const folder = place.file("files");
  mkdirSync(folder);
  const tapline = await start();
  await page.goto(tapline.url);
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Capture options" });
  await dialog.getByLabel("Or a pipe").fill(fifo);
  await dialog.getByRole("tab", { name: "Output" }).click();
  await dialog.getByRole("radio", { name: "Several files" }).check();
  await dialog.getByRole("textbox", { name: "Output file" }).fill(join(folder, "cap.pcapng"));
  await dialog.getByRole("textbox", { name: "Next file after" }).fill("");
  await dialog.getByRole("textbox", { name: "or after packets" }).fill("40");
  await dialog.getByRole("button", { name: "Start" }).click();
  const writer = createWriteStream(fifo);
  writer.write(readFileSync(sample));
  await expect(packetCount(page)).toContainText("90");
  await expect(page.getByTestId("ring")).toContainText("file 3");
  writer.end();
  await expect(state(page)).not.toContainText("Capturing");
  expect(readdirSync(folder)).toHaveLength(3);
});
