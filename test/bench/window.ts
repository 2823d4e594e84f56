/** A window of Tapline in Chromium, driven as a user drives it, and what it tells of itself. */
import { readFileSync } from "node:fs";
import { type Browser, type CDPSession, chromium, type Page } from "playwright";
import { launch, makePlace, type Running } from "../tools/launch.ts";
import { CATEGORIES, readTrace, type Traced, type TraceEvent } from "./trace.ts";

/** One kind of message between window and engine: how many, and the largest, in characters of JSON. */
export interface Messages {
  readonly kind: string;
  readonly count: number;
  readonly largest: number;
}

export interface Filtered {
  readonly expression: string;
  /** Milliseconds from the key press to the engine's answer, and to the first frame that shows the new list. */
  readonly answered: number;
  readonly painted: number;
  readonly rows: number;
}

/**
 * Runs in the page before its own code: counts messages, and moves a dot of one pixel in every frame, so that frames
 * are made all the time and a late one shows as a gap.
 */
const PROBE = `
  const seen = { kinds: new Map(), asked: new Map(), answers: [] };
  const note = (kind, size) => {
    const entry = seen.kinds.get(kind) ?? { kind, count: 0, largest: 0 };
    entry.count++;
    entry.largest = Math.max(entry.largest, size);
    seen.kinds.set(kind, entry);
  };
  globalThis.probe = seen;
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        const event = /^\\{"event":"(\\w+)"/.exec(data);
        if (event) return note("event " + event[1], data.length);
        const id = /^\\{"id":(\\d+)/.exec(data)?.[1];
        const method = seen.asked.get(id) ?? "?";
        seen.asked.delete(id);
        if (method === "filter") seen.answers.push(performance.now());
        note("answer to " + method, data.length);
      });
    }
    send(data) {
      const [, id, method] = /^\\{"id":(\\d+),"method":"(\\w+)"/.exec(data) ?? [];
      seen.asked.set(id, method);
      note("request " + method, data.length);
      super.send(data);
    }
  };
  addEventListener("DOMContentLoaded", () => {
    const dot = document.createElement("div");
    dot.style.cssText = "position:fixed;top:0;left:0;width:1px;height:1px;background:#888;will-change:transform";
    document.body.append(dot);
    let at = 0;
    const move = () => {
      at ^= 1;
      dot.style.transform = "translateX(" + at + "px)";
      requestAnimationFrame(move);
    };
    requestAnimationFrame(move);
  });
`;

/** Answers when, after Enter, the list shows the rows of another filter and its frame was handed on. */
const REPAINTED = `
  new Promise((resolve) => {
    const grid = document.querySelector('[role="grid"][aria-label="Packets"]');
    const before = grid.getAttribute("aria-rowcount");
    const seen = globalThis.probe;
    seen.answers.length = 0;
    addEventListener("keydown", ({ timeStamp }) => {
      const look = () => {
        const rows = document.querySelectorAll(".packet");
        const same = grid.getAttribute("aria-rowcount") === before;
        if (same || [...rows].some((row) => row.classList.contains("waiting"))) return requestAnimationFrame(look);
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          const painted = performance.now() - timeStamp;
          const wait = () => {
            if (seen.answers.length === 0) return setTimeout(wait, 20);
            resolve({
              painted,
              answered: seen.answers[0] - timeStamp,
              rows: Number(grid.getAttribute("aria-rowcount")) - 1,
            });
          };
          wait();
        };
        port2.postMessage(0);
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  })
`;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Window {
  readonly page: Page;
  readonly #server: Running;
  readonly #browser: Browser;
  readonly #keys: CDPSession;
  readonly #remove: () => void;

  private constructor(page: Page, server: Running, browser: Browser, keys: CDPSession, remove: () => void) {
    this.page = page;
    this.#server = server;
    this.#browser = browser;
    this.#keys = keys;
    this.#remove = remove;
  }

  /** Starts the built program and Chromium, which draws without a graphics card. */
  static async start(): Promise<Window> {
    const { place, remove } = makePlace();
    const server = await launch(place);
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // The scrollbar is dragged.
      ignoreDefaultArgs: ["--hide-scrollbars"],
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
    });
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(30_000);
    await page.addInitScript(PROBE);
    await page.goto(server.url);
    await page.getByRole("heading", { name: "Tapline" }).waitFor();
    return new Window(page, server, browser, await page.context().newCDPSession(page), remove);
  }

  version(): string {
    return this.#browser.version();
  }

  async end(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop("SIGKILL");
    this.#remove();
  }

  /** Traces the window while something is done. */
  async trace(work: () => Promise<void>, keepAs?: string): Promise<Traced> {
    await this.#browser.startTracing(this.page, {
      categories: CATEGORIES,
      ...(keepAs === undefined ? {} : { path: keepAs }),
    });
    await work();
    const text = (await this.#browser.stopTracing()).toString("utf8");
    return readTrace((JSON.parse(text) as { traceEvents: TraceEvent[] }).traceEvents);
  }

  /** The JavaScript profile of something that is done, as `node --cpu-prof` writes it. */
  async profile(work: () => Promise<void>): Promise<object> {
    await this.#keys.send("Profiler.enable");
    await this.#keys.send("Profiler.setSamplingInterval", { interval: 200 });
    await this.#keys.send("Profiler.start");
    await work();
    return (await this.#keys.send("Profiler.stop")).profile;
  }

  /** Types a capture's path into the dialog; Enter then opens it. */
  async choose(path: string): Promise<void> {
    await this.page.keyboard.press("Control+o");
    await this.page.getByRole("dialog").getByRole("textbox", { name: "Path" }).fill(path);
    await sleep(1000);
  }

  /** Opens the chosen capture; this answers when its first row is on the screen. */
  async open(): Promise<void> {
    await this.page.keyboard.press("Enter");
    await this.page.locator('[data-row="0"][data-number="1"]').waitFor();
  }

  /** Answers when nothing is being read, filtered or sorted any more. */
  async settled(): Promise<void> {
    const busy = this.page.getByRole("progressbar");
    await busy.first().waitFor({ state: "detached", timeout: 600_000 });
  }

  async reload(): Promise<void> {
    await this.page.keyboard.press("Control+r");
  }

  /** Turns the wheel over the list for some milliseconds, a notch in every frame, down and up again. */
  async wheel(ms: number): Promise<void> {
    const { x, y } = await this.#list();
    await this.#every(1000 / 60, ms, (done) => {
      void this.#keys.send("Input.dispatchMouseEvent", {
        type: "mouseWheel",
        x: x + 300,
        y: y + 100,
        deltaX: 0,
        deltaY: done < 0.75 ? 120 : -120,
      });
    });
  }

  /** Drags the scrollbar's thumb from the top to the bottom and half the way back. */
  async dragScrollbar(ms: number): Promise<void> {
    const { x, y, width, height } = await this.#list();
    const bar = x + width - 8;
    const mouse = (type: "mousePressed" | "mouseMoved" | "mouseReleased", to: number): Promise<unknown> =>
      this.#keys.send("Input.dispatchMouseEvent", {
        type,
        x: bar,
        y: to,
        button: "left",
        buttons: 1,
        clickCount: 1,
      });
    await mouse("mousePressed", y + 20);
    await this.#every(1000 / 60, ms, (done) => {
      const share = done < 0.67 ? done / 0.67 : 1 - (done - 0.67) * 1.5;
      void mouse("mouseMoved", y + 20 + share * (height - 40));
    });
    await mouse("mouseReleased", y + height / 2);
  }

  /** Holds a key down as a keyboard repeats it, 30 times a second. */
  async hold(key: "ArrowDown" | "PageDown", ms: number): Promise<void> {
    await this.page.getByRole("grid", { name: "Packets" }).focus();
    const code = { ArrowDown: 40, PageDown: 34 }[key];
    let first = true;
    await this.#every(1000 / 30, ms, () => {
      void this.#keys.send("Input.dispatchKeyEvent", {
        type: "rawKeyDown",
        key,
        code: key,
        windowsVirtualKeyCode: code,
        autoRepeat: !first,
      });
      first = false;
    });
    await this.#keys.send("Input.dispatchKeyEvent", {
      type: "keyUp",
      key,
      code: key,
      windowsVirtualKeyCode: code,
    });
  }

  /** Goes to the beginning of the list. */
  async home(): Promise<void> {
    await this.page.getByRole("grid", { name: "Packets" }).focus();
    await this.page.keyboard.press("Home");
    await this.page.locator('[data-row="0"][data-number="1"]').waitFor();
    await sleep(500);
  }

  /** Types a display filter and applies it with Enter. */
  async filter(expression: string): Promise<Filtered> {
    const bar = this.page.getByRole("textbox", { name: "Display filter" });
    await bar.fill(expression);
    const verdict = expression === "" ? "empty" : "ok";
    await this.page.locator(`[data-testid="filter-bar"][data-verdict="${verdict}"]`).waitFor();
    await sleep(200);
    const repainted = this.page.evaluate<Omit<Filtered, "expression">>(REPAINTED);
    await sleep(50);
    await this.page.keyboard.press("Enter");
    return { expression, ...(await repainted) };
  }

  /** Messages so far, the largest first. */
  async messages(): Promise<Messages[]> {
    const kinds = await this.page.evaluate<Messages[]>("[...probe.kinds.values()]");
    return kinds.sort((a, b) => b.largest - a.largest);
  }

  /** Peak resident memory of the engine's process in bytes; null where the system does not tell. */
  engineMemory(): number | null {
    try {
      const status = readFileSync(`/proc/${this.#server.process.pid}/status`, "utf8");
      return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1]) * 1024;
    } catch {
      return null;
    }
  }

  async #list(): Promise<{ x: number; y: number; width: number; height: number }> {
    return (await this.page.locator(".packet-rows").boundingBox())!;
  }

  /** Does something at a steady pace; what comes too late is left out, as a device would. */
  async #every(pause: number, ms: number, act: (done: number) => void): Promise<void> {
    const started = performance.now();
    for (let turn = 0; ; turn++) {
      const now = performance.now() - started;
      if (now >= ms) return;
      act(now / ms);
      turn = Math.floor(now / pause);
      await sleep(Math.max(0, (turn + 1) * pause - now));
    }
  }
}
