// Test tool: the part of Electron's main process that Tapline uses, over Chromium. See README.md.
import { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright";
import { answerTest } from "./control.mjs";

const PAGE_ORIGIN = "https://window.tapline.test";
const profile = mkdtempSync(path.join(tmpdir(), "tapline-stand-in-"));
const pageCode = readFileSync(new URL("./page.js", import.meta.url), "utf8");

/** tapline://window/x ↔ https://window.tapline.test/x */
const toPage = (url) => url.replace(/^tapline:\/\/window(?=\/|$)/, PAGE_ORIGIN);
const fromPage = (url) =>
  url.startsWith(`${PAGE_ORIGIN}/`) ? `tapline://window${url.slice(PAGE_ORIGIN.length)}` : url;

class PreventableEvent {
  defaultPrevented = false;
  preventDefault() {
    this.defaultPrevented = true;
  }
}

// ------------------------------------------------------------------ Chromium

let context;
let ready = false;
const started = start();

async function start() {
  context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    viewport: { width: 1280, height: 800 },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      `--remote-debugging-port=${process.env.TAPLINE_STAND_IN_PORT}`,
    ],
  });
  await context.exposeBinding("taplineStandIn", ({ page, frame }, kind, channel, args) => {
    const window = [...windows].find((candidate) => candidate.page === page);
    if (window === undefined) throw new Error("no window");
    const parent = frame.parentFrame();
    const senderFrame = { url: fromPage(frame.url()), parent: parent === null ? null : {} };
    return deliver(kind, channel, args, { sender: window.webContents, senderFrame });
  });
  await context.route("**/*", answerRequest);
  ready = true;
}

async function answerRequest(route, request) {
  const url = fromPage(request.url());
  const handler = handlers.get(new URL(url).protocol.slice(0, -1));
  if (handler !== undefined) {
    const response = await handler(new Request(url, { method: request.method() }));
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
    return;
  }
  const window = [...windows].find((candidate) => candidate.page === request.frame().page());
  if (request.isNavigationRequest()) {
    const event = new PreventableEvent();
    window?.webContents.emit("will-navigate", event, url);
    refused.push({ url, prevented: event.defaultPrevented });
    // A navigation that is answered with no content leaves the page as it is.
    if (event.defaultPrevented) return route.fulfill({ status: 204 });
  } else refused.push({ url, prevented: false });
  await route.abort();
}

/** Requests for anything but the app's own scheme. */
const refused = [];

// ------------------------------------------------------------------ app

class App extends EventEmitter {
  isPackaged = false;

  requestSingleInstanceLock() {
    return process.env.TAPLINE_STAND_IN_LOCKED === undefined;
  }

  async whenReady() {
    await started;
  }

  quit() {
    for (const window of [...windows]) window.close();
    if (windows.size === 0) this.exit(0);
  }

  exit(code) {
    void started
      .then(() => context.close())
      .finally(() => {
        rmSync(profile, { recursive: true, force: true });
        process.exit(code);
      });
  }
}
export const app = new App();
process.on("disconnect", () => app.exit(1));

// ------------------------------------------------------------------ windows

const windows = new Set();
let lastId = 0;

class WebContents extends EventEmitter {
  id = ++lastId;
  session = { setPermissionRequestHandler: (handler) => (this.permissionHandler = handler) };
  permissionHandler = null;
  openHandler = () => ({ action: "allow" });
  zoomLevel = 0;
  devTools = false;
  #window;
  #sent = Promise.resolve();

  constructor(window) {
    super();
    this.#window = window;
  }

  /** Messages arrive in the order they were sent; those to a page that is going are lost, as in Electron. */
  send(channel, ...args) {
    this.#sent = this.#sent
      .then(() =>
        this.#window.page?.evaluate(
          ([name, values]) => window.taplineStandInReceive?.(name, values),
          [channel, args],
        ),
      )
      .catch(() => {});
  }

  setWindowOpenHandler(handler) {
    this.openHandler = handler;
  }
  getZoomLevel() {
    return this.zoomLevel;
  }
  setZoomLevel(level) {
    this.zoomLevel = level;
  }
  toggleDevTools() {
    this.devTools = !this.devTools;
  }
}

export class BrowserWindow extends EventEmitter {
  webContents = new WebContents(this);
  page = null;
  menu = null;
  shown = false;
  fullScreen = false;
  options;
  #destroyed = false;

  static getAllWindows() {
    return [...windows];
  }

  constructor(options) {
    super();
    if (!ready) throw new Error("a window cannot be made before the app is ready");
    this.options = options;
    windows.add(this);
  }

  async loadURL(url) {
    const preload = readFileSync(this.options.webPreferences.preload, "utf8");
    const page = await context.newPage();
    this.page = page;
    await page.addInitScript(
      `${pageCode}\nwindow.taplineStandInStart((require) => { const module = { exports: {} }; const exports = module.exports;\n${preload}\n});`,
    );
    page.on("popup", (popup) => {
      this.webContents.openHandler({ url: popup.url() });
      void popup.close();
    });
    await page.goto(toPage(url));
    this.emit("ready-to-show");
  }

  close() {
    const event = new PreventableEvent();
    this.emit("close", event);
    if (event.defaultPrevented || this.#destroyed) return;
    this.#destroyed = true;
    windows.delete(this);
    void this.page?.close().catch(() => {});
    this.emit("closed");
    if (windows.size === 0) app.emit("window-all-closed");
  }

  isDestroyed() {
    return this.#destroyed;
  }
  show() {
    this.shown = true;
  }
  setMenu(menu) {
    this.menu = menu;
  }
  setFullScreen(on) {
    this.fullScreen = on;
  }
  isFullScreen() {
    return this.fullScreen;
  }
}

// ------------------------------------------------------------------ messages

const invokers = new Map();
class IpcMain extends EventEmitter {
  handle(channel, handler) {
    if (invokers.has(channel)) throw new Error(`a second handler for ${channel}`);
    invokers.set(channel, handler);
  }
}
export const ipcMain = new IpcMain();

async function deliver(kind, channel, args, event) {
  // What travels is cloned, as between processes.
  const values = structuredClone(args);
  if (kind === "send") {
    ipcMain.emit(channel, event, ...values);
    return null;
  }
  const handler = invokers.get(channel);
  if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
  return structuredClone(await handler(event, ...values));
}

// ------------------------------------------------------------------ dialogs, menus, the rest

/** Dialogs that were shown: which, with what, and how to answer them. */
const dialogs = [];
const show = (kind) => (window, options) =>
  new Promise((answer) => {
    dialogs.push({ kind, window: window.webContents.id, options, answer, answered: false });
  });
const errorBoxes = [];
export const dialog = {
  showOpenDialog: show("open"),
  showSaveDialog: show("save"),
  showMessageBox: show("message"),
  showErrorBox(title, content) {
    errorBoxes.push({ title, content });
    process.stderr.write(`${title}: ${content}\n`);
  },
};

export const Menu = {
  buildFromTemplate: (template) => ({ items: template }),
  setApplicationMenu: (menu) => {
    for (const window of windows) window.menu = menu;
  },
};

const handlers = new Map();
const schemes = [];
export const protocol = {
  registerSchemesAsPrivileged(list) {
    if (ready) throw new Error("schemes are registered before the app is ready");
    schemes.push(...list);
  },
  handle: (scheme, handler) => handlers.set(scheme, handler),
};

export const nativeTheme = { shouldUseDarkColors: false };

const opened = [];
export const shell = { openExternal: async (url) => void opened.push(url) };

// ------------------------------------------------------------------ what a test asks

const windowOf = (id) => {
  const found = [...windows].find((window) => window.webContents.id === id);
  if (found === undefined) throw new Error(`no window ${id}`);
  return found;
};

const plainMenu = (items) =>
  items.map(({ type, label, enabled, checked, accelerator, submenu }) => ({
    type: type ?? (submenu ? "submenu" : "normal"),
    label,
    enabled,
    checked,
    accelerator,
    ...(submenu ? { submenu: plainMenu(submenu) } : {}),
  }));

answerTest({
  windows: () =>
    [...windows].map(({ webContents, options, shown, page, fullScreen }) => ({
      id: webContents.id,
      shown,
      fullScreen,
      zoomLevel: webContents.zoomLevel,
      url: page === null ? null : fromPage(page.url()),
      webPreferences: options.webPreferences,
    })),
  schemes: () => schemes,
  refused: () => refused,
  opened: () => opened,
  errorBoxes: () => errorBoxes,
  permission: (id, permission) =>
    new Promise((answer) => windowOf(id).webContents.permissionHandler(null, permission, answer)),
  windowOpen: (id, url) => windowOf(id).webContents.openHandler({ url }),
  close: (id) => windowOf(id).close(),
  dialogs: () => dialogs.map(({ kind, window, options, answered }) => ({ kind, window, options, answered })),
  /** Answers the oldest open dialog of a kind. */
  answer(kind, value) {
    const open = dialogs.find((entry) => entry.kind === kind && !entry.answered);
    if (open === undefined) throw new Error(`no ${kind} dialog is open`);
    open.answered = true;
    open.answer(value);
  },
  menu: (id) => plainMenu(windowOf(id).menu?.items ?? []),
  click(id, ...labels) {
    let items = windowOf(id).menu?.items ?? [];
    let item;
    for (const label of labels) {
      item = items.find((entry) => entry.label === label);
      if (item === undefined) throw new Error(`no menu entry ${labels.join(" > ")}`);
      items = item.submenu ?? [];
    }
    if (item.enabled === false) throw new Error(`${labels.join(" > ")} cannot be chosen now`);
    item.click();
  },
  /** A message as if a page at `url`, in a frame at the top or below it, had sent it. */
  message: (id, kind, channel, args, { url, top }) =>
    deliver(kind, channel, args, {
      sender: id === null ? { id: -1 } : windowOf(id).webContents,
      senderFrame: url === null ? null : { url, parent: top ? null : {} },
    }),
  request: async (url) => {
    const response = await handlers.get(new URL(url).protocol.slice(0, -1))(new Request(url));
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: (await response.text()).slice(0, 2000),
    };
  },
  secondInstance: (argv, folder) => void app.emit("second-instance", {}, argv, folder),
  openFile(file) {
    const event = new PreventableEvent();
    app.emit("open-file", event, file);
    return event.defaultPrevented;
  },
});
