// Builds everything into dist/: `node build/build.mjs`. Parts whose inputs did not change are skipped.

import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { cause, digest, filesBelow, readJson, root, run, say } from "./lib.mjs";

const dist = path.join(root, "dist");
const record = path.join(dist, ".build.json");

/** What each file of dist/ is built from. Every one of them lies one folder deep. */
const entries = {
  "cli/tapline": "cli/tapline.ts",
  "server/main": "server/main.ts",
  "electron/main": "electron/main.ts",
  "engine/worker": "engine/workers/worker.ts",
  "engine/assistant": "engine/workers/assistant.ts",
};
const preload = "electron/preload.ts";
const page = "renderer/index.html";

const settings = ["build/build.mjs", "package.json", "package-lock.json"];
const nodeCode = ["engine", "electron", "server", "cli", "tsconfig.json"];

const parts = [
  {
    name: "program",
    inputs: [...nodeCode, ...settings],
    outputs: [...Object.keys(entries).map((name) => `${name}.js`), "electron/preload.cjs"],
    build: buildProgram,
  },
  {
    name: "renderer",
    inputs: ["renderer", "build/vite.config.mjs", ...settings],
    outputs: ["renderer/index.html"],
    build: buildRenderer,
  },
  { name: "samples", inputs: ["build/samples"], outputs: [], build: copySamples },
  {
    name: "practice",
    inputs: ["test/bench/generate.ts", "test/bench/traffic", "engine/formats", ...settings],
    outputs: ["practice/traffic.pcap"],
    build: makePractice,
  },
];

/**
 * Builds what is out of date.
 *
 * @param {{ helperOptional?: boolean, only?: string[] }} [options] helperOptional: a capture helper that does
 *   not compile is told of, but is no failure: everything else works without it; only: names of the parts that
 *   are wanted beside the helper, all of them when absent
 * @returns {Promise<string | undefined>} what failed, with the compiler's message; undefined when all is built
 */
export async function build(options = {}) {
  const absent = [...Object.values(entries), preload, page].filter(
    (file) => !existsSync(path.join(root, file)),
  );
  if (absent.length > 0) return `these source files are missing: ${absent.join(", ")}`;

  const built = readJson(record) ?? {};
  for (const { name, inputs, outputs, build } of parts) {
    if (options.only !== undefined && !options.only.includes(name)) continue;
    const key = digest(filesBelow(inputs));
    if (built[name] === key && outputs.every((file) => existsSync(path.join(dist, file)))) continue;
    const started = Date.now();
    try {
      await build();
    } catch (error) {
      return `${name}: ${stripVTControlCharacters(error.message)}`;
    }
    built[name] = key;
    mkdirSync(dist, { recursive: true });
    writeFileSync(record, JSON.stringify(built, null, 2) + "\n");
    say(`built the ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  }
  const complaint = await buildHelper();
  if (complaint === undefined || options.helperOptional !== true) return complaint;
  say(`going on without the capture helper: ${complaint}`);
  return undefined;
}

async function buildProgram() {
  const { rolldown } = await import("rolldown");
  const external = [/^node:/, ...builtinModules, "electron", "cap", "bufferutil", "utf-8-validate"];
  const unresolved = [];
  const common = {
    cwd: root,
    platform: "node",
    external,
    tsconfig: path.join(root, "tsconfig.json"),
    onLog(level, log, handle) {
      // the bundler only warns, and leaves the import in the output, to fail when it runs
      if (log.code === "UNRESOLVED_IMPORT") unresolved.push(log.message);
      else handle(level, log);
    },
  };

  const program = await rolldown({ ...common, input: entries });
  const { output } = await program.write({
    dir: dist,
    format: "esm",
    sourcemap: true,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    banner: (chunk) =>
      chunk.name === "cli/tapline" && !chunk.code?.startsWith("#!") ? "#!/usr/bin/env node" : "",
  });
  await program.close();
  removeStaleChunks(new Set(output.map(({ fileName }) => fileName)));
  chmodSync(path.join(dist, "cli/tapline.js"), 0o755);

  // A sandboxed preload is CommonJS, a single file, and can require little beside electron.
  const bridge = await rolldown({ ...common, input: { preload } });
  const { output: files } = await bridge.write({
    dir: path.join(dist, "electron"),
    format: "cjs",
    sourcemap: true,
    entryFileNames: "[name].cjs",
    codeSplitting: false,
  });
  await bridge.close();
  if (unresolved.length > 0) throw new Error(unresolved.join("\n"));
  const foreign = files.flatMap(({ imports = [] }) => imports).filter((name) => name !== "electron");
  if (foreign.length > 0)
    throw new Error(`a sandboxed preload cannot load ${foreign.join(", ")} (${preload})`);
}

function removeStaleChunks(written) {
  const folder = path.join(dist, "chunks");
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!written.has(`chunks/${name}`)) rmSync(path.join(folder, name));
  }
}

async function buildRenderer() {
  const vite = await import("vite");
  await vite.build({ configFile: path.join(root, "build/vite.config.mjs"), logLevel: "warn" });
}

/** The captures that the welcome screen offers. */
function copySamples() {
  const target = path.join(dist, "samples");
  rmSync(target, { recursive: true, force: true });
  const source = path.join(root, "build/samples");
  if (existsSync(source)) cpSync(source, target, { recursive: true });
}

/** Packets of the capture that engines practise on before the first is opened. */
const PRACTICE_PACKETS = 20_000;

/** Makes that capture, of the traffic that the bench measures with. */
async function makePractice() {
  const target = path.join(dist, "practice");
  const maker = path.join(target, "generate.mjs");
  const { rolldown } = await import("rolldown");
  const bundle = await rolldown({
    cwd: root,
    platform: "node",
    external: [/^node:/],
    input: "test/bench/generate.ts",
    tsconfig: path.join(root, "tsconfig.json"),
  });
  await bundle.write({ file: maker, format: "esm" });
  await bundle.close();
  const { generate } = await import(pathToFileURL(maker).href);
  generate(path.join(target, "traffic.pcap"), PRACTICE_PACKETS, "pcap");
  rmSync(maker);
}

/** The capture helper. Its own script decides whether there is anything to do, and says why it cannot. */
async function buildHelper() {
  const script = path.join(root, "native/build.mjs");
  if (!existsSync(script)) return undefined;
  const { code, output } = await run(process.execPath, [script], { seconds: 300 });
  if (code !== 0) return `native/build.mjs failed: ${cause(output)}`;
  for (const line of output.split("\n")) {
    if (line.trim() !== "" && !line.includes("up to date")) say(line.trim());
  }
  return undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const failure = await build();
  if (failure !== undefined) {
    say(`build failed: ${failure}`);
    process.exitCode = 1;
  }
}
