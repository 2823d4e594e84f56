/** The desktop's own code with a stand-in for Electron: see test/tools/electron-stand-in/README.md. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright/test";
import { CHANNELS, type MenuEntry } from "../../electron/channels.ts";
import { writeFew, writeMany } from "../tools/packets.ts";
import { noHelper } from "../unit/capture/support.ts";
import {
  alert,
  test as base,
  expect,
  filterBar,
  note,
  type Place,
  packetCount,
  packetRow,
  selectedRow,
} from "./support.ts";

const ROOT = join(import.meta.dirname, "..", "..");

interface MenuItem {
  type: string;
  label?: string;
  enabled?: boolean;
  checked?: boolean;
  accelerator?: string;
  submenu?: MenuItem[];
}

interface DialogCall {
  kind: string;
  options: { title?: string; message?: string; buttons?: string[]; defaultPath?: string };
  answered: boolean;
}

interface WindowFacts {
  id: number;
  shown: boolean;
  url: string | null;
  zoomLevel: number;
  webPreferences: Record<string, unknown>;
}

class Desktop {
  readonly process: ChildProcess;
  readonly #port: number;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #lastId = 0;
  #browser: Browser | null = null;

  constructor(place: Place, port: number, files: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#port = port;
    this.process = spawn(
      process.execPath,
      [
        "--import",
        join(ROOT, "test/tools/electron-stand-in/register.mjs"),
        join(ROOT, "dist/electron/main.js"),
        ...files,
      ],
      {
        cwd: place.home,
        env: {
          ...process.env,
          HOME: place.home,
          TAPLINE_HOME: place.state,
          INIT_CWD: place.home,
          TAPLINE_STAND_IN_PORT: String(port),
          ...env,
        },
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      },
    );
    this.process.on("message", (message: { id: number; result?: never; error?: string }) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.result as never);
      else waiting?.reject(new Error(message.error));
    });
  }

  ask<T>(command: string, ...args: unknown[]): Promise<T> {
    const id = ++this.#lastId;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.process.send({ id, command, args });
    });
  }

  windows(): Promise<WindowFacts[]> {
    return this.ask("windows");
  }

  /** The pages of all windows, once there are as many as expected and they are shown. */
  async pages(count = 1): Promise<Page[]> {
    await expect
      .poll(async () => (await this.windows()).filter(({ shown }) => shown).length, { timeout: 20_000 })
      .toBe(count);
    this.#browser ??= await chromium.connectOverCDP(`http://127.0.0.1:${this.#port}`);
    const pages = () =>
      this.#browser!.contexts()
        .flatMap((context) => context.pages())
        .filter((page) => page.url().startsWith("https:"));
    await expect.poll(() => pages().length).toBe(count);
    return pages();
  }

  async page(): Promise<Page> {
    return (await this.pages())[0]!;
  }

  /** Waits for a native dialog and answers it; returns what it said. */
  async answer(kind: string, value: unknown): Promise<DialogCall["options"]> {
    const open = async () =>
      (await this.ask<DialogCall[]>("dialogs")).find((d) => d.kind === kind && !d.answered);
    await expect.poll(async () => (await open()) !== undefined).toBe(true);
    const call = await open();
    await this.ask("answer", kind, value);
    return call!.options;
  }

  async end(): Promise<void> {
    await this.#browser?.close().catch(() => {});
    if (this.process.exitCode !== null) return;
    const ended = once(this.process, "exit");
    if (this.process.connected) this.process.disconnect();
    await ended;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const test = base.extend<{ desktop: (...files: string[]) => Promise<Desktop> }>({
  desktop: async ({ place }, use) => {
    const running: Desktop[] = [];
    await use(async (...files) => {
      const desktop = new Desktop(place, await freePort(), files);
      running.push(desktop);
      return desktop;
    });
    for (const desktop of running) await desktop.end();
  },
});

const item = (menu: MenuItem[], ...labels: string[]): MenuItem | undefined => {
  let items = menu;
  let found: MenuItem | undefined;
  for (const label of labels) {
    found = items.find((entry) => entry.label === label);
    items = found?.submenu ?? [];
  }
  return found;
};

test("a window opens, walled off from Node, with the capture of the command line", async ({
  place,
  desktop,
}) => {
  writeFew(place.file("few.pcapng"));
  const app = await desktop("few.pcapng");
  const page = await app.page();
  await expect(packetCount(page)).toHaveText("6 packets");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "1");
  await expect(page).toHaveTitle("few.pcapng — Tapline");
  // The system's menu bar takes the place of the page's.
  await expect(page.getByRole("menubar")).toBeHidden();
  const [window] = await app.windows();
  expect(window).toMatchObject({
    url: "tapline://window/",
    webPreferences: { contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true },
  });
  expect(await app.ask("schemes")).toEqual([
    { scheme: "tapline", privileges: { standard: true, secure: true } },
  ]);
  expect(await page.evaluate<string>("Object.keys(window.tapline).sort().join()")).toBe(
    "call,chooseFile,chooseSavePath,on,onCommand,openProtocolFolder,pathOfFile,setMenuState,windowAction",
  );
  expect(await page.evaluate<string>("typeof require + typeof process")).toBe("undefinedundefined");
});

test("files are opened and saved through native dialogs", async ({ place, desktop }) => {
  writeFew(place.file("few.pcapng"));
  const app = await desktop();
  const page = await app.page();
  await expect(page.getByRole("heading", { name: "Tapline" })).toBeVisible();
  await page.keyboard.press("Control+o");
  expect((await app.answer("open", { canceled: true, filePaths: [] })).title).toBe("Open capture file");
  await expect(page.getByTestId("welcome")).toBeVisible();
  await page.getByRole("button", { name: /Open a capture/ }).click();
  await app.answer("open", { canceled: false, filePaths: [place.file("few.pcapng")] });
  await expect(packetCount(page)).toHaveText("6 packets");

  await page.keyboard.press("Control+Shift+S");
  const dialog = page.getByRole("dialog", { name: "Save packets" });
  await dialog.getByRole("textbox", { name: "Range of packets" }).fill("2-4");
  await dialog.getByRole("radio", { name: /^pcap packets/ }).check();
  await dialog.getByRole("button", { name: "Choose where…" }).click();
  const asked = await app.answer("save", { canceled: false, filePath: place.file("part.pcap") });
  expect(asked.defaultPath).toBe(join(place.home, "few.pcap"));
  await expect(note(page)).toHaveText(`Saved 3 packets to ${place.file("part.pcap")}.`);
  expect(readFileSync(place.file("part.pcap")).readUInt32LE(0)).toBe(0xa1b2c3d4);
});

test("a dropped file is opened where it lies", async ({ place, desktop }) => {
  writeFew(place.file("few.pcapng"));
  const page = await (await desktop()).page();
  await expect(page.getByTestId("welcome")).toBeVisible();
  const data = await page.evaluateHandle(`{
    const transfer = new DataTransfer();
    const file = new File([], "few.pcapng");
    transfer.items.add(file);
    Object.defineProperty(File.prototype, "standInPath", { value: ${JSON.stringify(place.file("few.pcapng"))} });
    transfer;
  }`);
  await page.getByTestId("welcome").dispatchEvent("drop", { dataTransfer: data });
  await expect(packetCount(page)).toHaveText("6 packets");
  await expect(page.getByRole("button", { name: /few\.pcapng/ })).toHaveAttribute(
    "title",
    place.file("few.pcapng"),
  );
});

test("the menu bar shows the window's commands as they are, and a click runs one", async ({
  place,
  desktop,
}) => {
  writeMany(place.file("many.pcapng"), 300);
  const app = await desktop();
  const page = await app.page();
  const [{ id } = { id: 0 }] = await app.windows();
  const menu = () => app.ask<MenuItem[]>("menu", id);
  await expect
    .poll(async () => (await menu()).map(({ label }) => label))
    .toEqual(["File", "Edit", "View", "Go", "Capture", "Analyze", "Statistics", "Help"]);
  expect(item(await menu(), "File", "Close")?.enabled).toBe(false);
  expect(item(await menu(), "File", "Open…")).toMatchObject({ enabled: true, accelerator: "CmdOrCtrl+O" });

  await app.ask("click", id, "File", "Open…");
  await app.answer("open", { canceled: false, filePaths: [place.file("many.pcapng")] });
  await expect(packetCount(page)).toHaveText("300 packets");
  await expect.poll(async () => item(await menu(), "File", "Close")?.enabled).toBe(true);
  await expect.poll(async () => item(await menu(), "Go", "Last packet")?.enabled).toBe(true);
  await app.ask("click", id, "Go", "Last packet");
  await expect(selectedRow(page)).toHaveAttribute("data-number", "300");

  expect(item(await menu(), "View", "Colorize packets")).toMatchObject({ type: "checkbox", checked: true });
  await app.ask("click", id, "View", "Colorize packets");
  await expect.poll(async () => item(await menu(), "View", "Colorize packets")?.checked).toBe(false);
  await app.ask("click", id, "View", "Zoom", "Zoom in");
  await expect.poll(async () => (await app.windows())[0]?.zoomLevel).toBe(0.5);
});

test("messages that are not of our page, or of no known shape, are refused", async ({ desktop }) => {
  const app = await desktop();
  await app.page();
  const [{ id } = { id: 0 }] = await app.windows();
  const ours = { url: "tapline://window/", top: true };
  const status = { method: "status", params: {} };
  const message = (
    channel: string,
    value: unknown,
    from: { url: string | null; top: boolean } = ours,
    window: number | null = id,
  ) =>
    app.ask<{ result?: unknown; error?: { code: string; message: string } } | null>(
      "message",
      window,
      "invoke",
      channel,
      [value],
      from,
    );
  expect((await message(CHANNELS.call, status))?.result).toMatchObject({ frames: 0 });
  const foreign = { code: "BAD_REQUEST", message: "The message did not come from a Tapline window." };
  for (const from of [
    { url: "tapline://window/", top: false },
    { url: "https://evil.example/", top: true },
    { url: "tapline://windows.evil/", top: true },
    { url: "about:blank", top: true },
    { url: "file:///etc/passwd", top: true },
    { url: null, top: true },
  ]) {
    expect((await message(CHANNELS.call, status, from))?.error, JSON.stringify(from)).toEqual(foreign);
    expect(await message(CHANNELS.chooseFile, undefined, from)).toBeNull();
    expect(await message(CHANNELS.chooseSavePath, "x", from)).toBeNull();
  }
  expect((await message(CHANNELS.call, status, ours, null))?.error).toEqual(foreign);
  for (const odd of [
    null,
    5,
    "status",
    [],
    {},
    { method: 7 },
    { method: "__proto__" },
    { method: "x".repeat(101) },
  ]) {
    expect((await message(CHANNELS.call, odd))?.error, JSON.stringify(odd)).toEqual({
      code: "BAD_REQUEST",
      message: "There is no such request.",
    });
  }
  expect((await message(CHANNELS.call, { method: "frame", params: { number: -1 } }))?.error?.code).toBe(
    "BAD_REQUEST",
  );
  expect(await message(CHANNELS.chooseSavePath, { name: 1 })).toBeNull();
  expect(await message(CHANNELS.chooseSavePath, "x".repeat(1001))).toBeNull();

  // A menu from a foreign frame, or of another shape, changes nothing.
  const menu = () => app.ask<MenuItem[]>("menu", id);
  await expect.poll(async () => (await menu()).length).toBe(8);
  const fake: MenuEntry[] = [{ kind: "submenu", label: "Evil", items: [] }];
  await app.ask("message", id, "send", CHANNELS.menu, [fake], { url: "https://evil.example/", top: true });
  await app.ask("message", id, "send", CHANNELS.menu, [[{ kind: "role", role: "quit" }]], ours);
  await app.ask("message", id, "send", CHANNELS.menu, ["File"], ours);
  await app.ask("message", id, "send", CHANNELS.windowAction, ["format-disk"], ours);
  expect((await menu()).map(({ label }) => label)).not.toContain("Evil");
  expect(await menu()).toHaveLength(8);
});

test("the window's address serves the window and nothing beside it", async ({ desktop }) => {
  const app = await desktop();
  const page = await app.page();
  const get = (url: string) =>
    app.ask<{ status: number; headers: Record<string, string>; body: string }>("request", url);
  const home = await get("tapline://window/");
  expect(home.status).toBe(200);
  expect(home.headers["content-security-policy"]).toContain("default-src 'none'");
  for (const url of [
    "tapline://window/../electron/main.js",
    "tapline://window/..%2felectron%2fmain.js",
    "tapline://window/%2e%2e/%2e%2e/package.json",
    "tapline://window/assets/..%2f..%2f..%2fpackage.json",
    "tapline://other/index.html",
    "tapline://window/nothing.js",
    "tapline://window/%E0%A4%A",
    "tapline://window/index.html%00",
  ]) {
    expect((await get(url)).status, url).toBe(404);
  }
  // Neither can the page be led elsewhere, nor open windows, nor get the camera.
  await page.evaluate("void (location.href = 'https://evil.example/')");
  await expect.poll(() => app.ask("refused")).toEqual([{ url: "https://evil.example/", prevented: true }]);
  await expect(page.getByRole("heading", { name: "Tapline" })).toBeVisible();
  const [{ id } = { id: 0 }] = await app.windows();
  expect(await app.ask("windowOpen", id, "https://example.com/")).toEqual({ action: "deny" });
  expect(await app.ask("windowOpen", id, "file:///etc/passwd")).toEqual({ action: "deny" });
  expect(await app.ask("opened")).toEqual(["https://example.com/"]);
  expect(await app.ask("permission", id, "media")).toBe(false);
});

test("a second start opens a window in the first, with its own session", async ({ place, desktop }) => {
  writeFew(place.file("few.pcapng"));
  writeMany(place.file("many.pcapng"), 20);
  const app = await desktop("few.pcapng");
  const first = await app.page();
  await expect(packetCount(first)).toHaveText("6 packets");
  await app.ask("secondInstance", ["electron", ROOT, "many.pcapng"], place.home);
  const second = (await app.pages(2)).find((page) => page !== first)!;
  await expect(packetCount(second)).toHaveText("20 packets");
  await expect(packetCount(first)).toHaveText("6 packets");
  await filterBar(second).fill("udp");

  // Closing one leaves the other; closing the last ends the program.
  const ended = once(app.process, "exit");
  const windows = await app.windows();
  await app.ask("close", windows[1]!.id);
  await packetRow(first, 3).click();
  await expect(selectedRow(first)).toHaveAttribute("data-number", "3");
  await app.ask("close", windows[0]!.id);
  expect((await ended)[0]).toBe(0);
});

test("a second start by itself ends at once", async ({ place }) => {
  const second = new Desktop(place, await freePort(), [], { TAPLINE_STAND_IN_LOCKED: "1" });
  expect((await once(second.process, "exit"))[0]).toBe(0);
});

test("a file that cannot be opened is told of in the window", async ({ place, desktop }) => {
  const page = await (await desktop("nowhere.pcapng")).page();
  await expect(alert(page)).toHaveText(`There is no file "${place.file("nowhere.pcapng")}".`);
});

test("unsaved packets are asked about when the window is closed", async ({ place, desktop }) => {
  test.skip(noHelper !== null, noHelper ?? "");
  test.skip(process.getuid?.() !== 0, "capturing needs root");
  const app = await desktop();
  const page = await app.page();
  await page.getByRole("listbox", { name: "Interfaces" }).getByRole("option", { name: /^lo\b/ }).click();
  await page.getByRole("textbox", { name: "Capture filter" }).fill("udp port 40991");
  await expect(page.getByTestId("capture-filter")).toHaveAttribute("data-verdict", "ok");
  await page.getByRole("main").getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByTestId("capture-state")).toContainText("Capturing");
  const { createSocket } = await import("node:dgram");
  const socket = createSocket("udp4");
  await expect(async () => {
    socket.send("hello", 40_991, "127.0.0.1");
    await expect(packetCount(page)).toHaveText(/^[1-9]/, { timeout: 500 });
  }).toPass();
  socket.close();

  const [{ id } = { id: 0 }] = await app.windows();
  await app.ask("close", id);
  const question = await app.answer("message", { response: 2 });
  expect(question.message).toBe("Save the captured packets before closing?");
  expect(question.buttons).toEqual(["Save…", "Close without saving", "Cancel"]);
  await expect(page.getByTestId("capture-state")).toContainText("Capturing");
  expect(await app.windows()).toHaveLength(1);

  const ended = once(app.process, "exit");
  await app.ask("close", id);
  await app.answer("message", { response: 0 });
  await app.answer("save", { canceled: false, filePath: place.file("kept.pcapng") });
  expect((await ended)[0]).toBe(0);
  expect(existsSync(place.file("kept.pcapng"))).toBe(true);
  expect(readFileSync(place.file("kept.pcapng")).includes("hello")).toBe(true);
  expect(readdirSync(join(place.state, "spool"))).toEqual([]);
});
