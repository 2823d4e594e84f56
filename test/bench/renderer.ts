/**
 * `npm run bench:renderer [-- --size 1m | --file PATH] [--seconds N] [--profile FOLDER] [--write]`
 *
 * Drives the window in Chromium on a generated capture and measures its frames while a capture is loaded, scrolled
 * through, walked by keys and filtered. Prints the tables; `--write` puts them into docs/performance.md.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { installationFolder } from "../../engine/installation.ts";
import { generated, parseSize, sizeName } from "./generate.ts";
import { machine, type WindowPhase, windowSection, windowTables } from "./report.ts";
import { Window } from "./window.ts";

/** Column filters, each the first of its kind in this window, with the list cleared between them. */
const FILTERS = [
  "tcp",
  "ip.addr == 10.1.0.1",
  "tcp.port == 443",
  "frame.len > 1000",
  "frame.number < 5000",
  "udp && !dns",
];

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      size: { type: "string", default: "1m" },
      file: { type: "string" },
      seconds: { type: "string", default: "4" },
      profile: { type: "string" },
      only: { type: "string" },
      write: { type: "boolean", default: false },
    },
  });
  const root = installationFolder();
  const ms = Number(values.seconds) * 1000;
  if (!(ms >= 500)) throw new Error(`--seconds wants half a second or more, not ${values.seconds}.`);
  const built = spawnSync(process.execPath, [join(root, "build", "build.mjs")], { stdio: ["ignore", 2, 2] });
  if (built.status !== 0) throw new Error("Tapline could not be built; see above.");
  const size = parseSize(values.size);
  const path = values.file ?? generated(size);
  const title = values.file === undefined ? `${sizeName(size)} mixed` : basename(values.file);
  if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });

  const window = await Window.start();
  try {
    const about = [...machine(null).slice(0, 1), `- Chromium ${window.version()}, drawing on the processor`];
    const phases: WindowPhase[] = [];
    const phase = async (name: string, work: () => Promise<void>): Promise<void> => {
      if (values.only !== undefined && !name.includes(values.only)) return;
      say(`${title}: ${name} …`);
      if (values.profile === undefined) {
        phases.push({ name, traced: await window.trace(work) });
        return;
      }
      const profile = await window.profile(work);
      writeFileSync(
        join(values.profile, `${name.replaceAll(/\W+/g, "-")}.cpuprofile`),
        JSON.stringify(profile),
      );
    };
    const sleep = (pause: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, pause));

    await sleep(1000);
    await phase("nothing happens", () => sleep(ms / 2));
    let firstRow = 0;
    let opened = 0;
    const started = performance.now();
    const open = async () => {
      const asked = performance.now();
      await window.open();
      firstRow = performance.now() - asked;
      await window.settled();
      opened = performance.now() - asked;
    };
    await window.choose(path);
    await phase("loading", open);
    if (opened === 0) await open();
    say(`  loaded after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    await phase("wheel", () => window.wheel(ms));
    await window.home();
    await phase("scrollbar dragged", () => window.dragScrollbar(ms));
    await window.home();
    await phase("ArrowDown held", () => window.hold("ArrowDown", ms));
    await window.home();
    await phase("PageDown held", () => window.hold("PageDown", ms));
    await window.home();
    const filtered = [];
    if (values.only === undefined || values.only === "filter") {
      for (const expression of FILTERS) {
        say(`${title}: ${expression} …`);
        filtered.push(await window.filter(expression));
        await window.filter("");
      }
    }
    await phase("wheel while loading", async () => {
      await window.reload();
      await sleep(300);
      await window.wheel(ms);
    });
    await window.settled();
    const messages = await window.messages();
    const lines = windowTables({ title, phases, filtered, messages, firstRow, opened });
    console.log([...about, "", ...lines].join("\n"));
    if (values.write) {
      const page = join(root, "docs", "performance.md");
      writeFileSync(page, windowSection(readFileSync(page, "utf8"), about, lines));
      say(`wrote ${page}`);
    }
  } finally {
    await window.end();
  }
}

try {
  await bench();
} catch (error) {
  say(`bench:renderer: ${(error as Error).message.split("\n")[0]}`);
  process.exitCode = 2;
}
