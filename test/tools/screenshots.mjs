// `npm run screenshots`: makes docs/images/*.png from the built program, with Chromium. Run a build first.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright";

// In namespaces of its own, where that is permitted, so that the pictures show no one's host and interfaces.
if (process.getuid?.() === 0 && process.env.TAPLINE_SCREENSHOTS !== "inside") {
  const setUp = [
    "hostname workbench",
    "ip link set lo up",
    "ip link add eth0 address 02:00:00:00:00:0a type veth peer name peer0",
    "ip link set eth0 up",
    "ip link set peer0 up",
    "ip address add 192.0.2.10/24 dev eth0",
    'exec "$@"',
  ].join(" && ");
  const inside = ["--net", "--uts", "sh", "-c", setUp, "sh", process.execPath, import.meta.filename];
  const env = { ...process.env, TAPLINE_SCREENSHOTS: "inside" };
  const { status } = spawnSync("unshare", inside, { stdio: "inherit", env });
  process.exit(status ?? 1);
}

const root = path.join(import.meta.dirname, "..", "..");
const images = path.join(root, "docs", "images");
const state = mkdtempSync(path.join(tmpdir(), "tapline-screenshots-"));
mkdirSync(images, { recursive: true });

const server = spawn(process.execPath, [path.join(root, "dist/server/main.js")], {
  env: { ...process.env, HOME: state, TAPLINE_HOME: path.join(state, "state") },
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await new Promise((resolve, reject) => {
  server.stdout.on("data", (chunk) => {
    const found = /Tapline is at (\S+)/.exec(String(chunk));
    if (found) resolve(found[1]);
  });
  server.on("exit", (code) => reject(new Error(`the server ended with ${code}; has it been built?`)));
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    locale: "en-GB",
  });
  const page = await context.newPage();
  await page.goto(url);
  await shoot("welcome", page.getByRole("option", { name: /^lo\b/ }));

  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Capture options" });
  await dialog.getByRole("option", { name: /^lo\b/ }).click();
  await dialog
    .getByRole("textbox", { name: "Capture filter", exact: true })
    .fill("tcp port 443 or udp port 53");
  await shoot("capture-dialog", dialog.locator('[data-verdict="ok"]'));
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Sample capture" }).click();
  const list = page.getByRole("grid", { name: "Packets" });
  await list.getByRole("row", { selected: true }).waitFor();
  await find("Client Hello");
  const layer = await serverName();
  await shoot("main-light", layer);
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot("main-dark", layer);
  await page.emulateMedia({ colorScheme: "light" });

  await page.getByRole("textbox", { name: "Display filter" }).fill("tls && ip.tll < 10");
  await page.keyboard.press("Escape");
  await shoot("filter-error", page.getByRole("button", { name: "ip.ttl", exact: true }));

  /** Selects the first packet whose line holds a text. */
  async function find(text) {
    await page.keyboard.press("Control+f");
    const bar = page.getByRole("search", { name: "Find packet" });
    await bar.getByRole("textbox", { name: "What to find" }).fill(text);
    await page.keyboard.press("Enter");
    await list.getByRole("row", { selected: true }).filter({ hasText: text }).waitFor();
    await page.keyboard.press("Escape");
  }

  /** Opens the TLS layer wholly and selects the name of the server in it. */
  async function serverName() {
    await page.getByRole("treeitem", { name: /^Transport Layer Security/ }).click();
    await page.keyboard.press("Shift+ArrowRight");
    await page.getByRole("tree").hover();
    const line = page.getByRole("treeitem", { name: /^Server Name: / });
    for (let i = 0; i < 40 && !(await line.isVisible()); i++) await page.keyboard.press("PageDown");
    await line.click();
    return line;
  }

  /** Takes the picture once the element that matters is there and nothing moves any more. */
  async function shoot(name, wanted) {
    await wanted.first().waitFor();
    await page.mouse.move(640, 2);
    await page.waitForLoadState("networkidle");
    await page.evaluate("document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 1200)))");
    await page.screenshot({ path: path.join(images, `${name}.png`), animations: "disabled" });
    console.log(`docs/images/${name}.png`);
  }
} finally {
  await browser.close();
  server.removeAllListeners("exit");
  server.kill();
  rmSync(state, { recursive: true, force: true });
}
