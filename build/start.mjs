// `npm start [-- FILE] [--browser] [--port N]`: set up, build, then open Tapline. Node built-ins only.

import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { cause, root, run, say, signalStatus } from "./lib.mjs";
import { setup } from "./setup.mjs";

const help = `Usage: npm start -- [options] [FILE]

Opens Tapline, and FILE in it: a capture (pcap, pcapng, also gzip or zstd compressed).

  --browser   serve the interface on 127.0.0.1 and use a browser, instead of the desktop app
  --port N    the port to serve it on; implies --browser (default: any free port)
  --protocol-file PROTOCOL
              also know the protocol this file describes (may be repeated)
  --help      this text
`;

const electron = path.join(root, "node_modules/electron");

process.exitCode = await main();

async function main() {
  const options = readArguments(process.argv.slice(2));
  if (typeof options === "string") {
    process.stderr.write(`tapline: ${options}\n\n${help}`);
    return 1;
  }
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  for (const file of [options.file, ...options.protocolFiles]) {
    if (file === undefined || existsSync(file)) continue;
    process.stderr.write(`tapline: there is no file ${file}\n`);
    return 2;
  }

  const unready = await setup();
  const failure = unready ?? (await build({ helperOptional: true }));
  if (failure !== undefined) {
    process.stderr.write(`tapline: ${unready === undefined ? "the build failed: " : ""}${failure}\n`);
    return 2;
  }

  if (!options.browser) {
    const obstacle = noDesktop() ?? (await fetchRuntime());
    if (obstacle === undefined) {
      const ended = await openDesktop(options);
      if (ended.obstacle === undefined) return ended.code;
      say(`no desktop app: ${ended.obstacle}; using the browser`);
    } else {
      say(`no desktop app: ${obstacle}; using the browser`);
    }
  }
  return serve(options);
}

/**
 * @returns {string | { help: boolean, browser: boolean, port?: string, file?: string, protocolFiles: string[] }}
 *   a string complains
 */
function readArguments(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        browser: { type: "boolean" },
        port: { type: "string" },
        "protocol-file": { type: "string", multiple: true },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    return error.message;
  }
  const { values, positionals } = parsed;
  if (positionals.length > 1) return "only one FILE can be opened";
  if (values.port !== undefined && !(/^\d+$/.test(values.port) && Number(values.port) <= 65535)) {
    return `--port takes a number from 0 to 65535, not ${JSON.stringify(values.port)}`;
  }
  // npm runs scripts in the project's folder; INIT_CWD is where its user is
  const base = process.env.INIT_CWD ?? process.cwd();
  return {
    help: values.help === true,
    browser: values.browser === true || values.port !== undefined,
    port: values.port,
    file: positionals[0] === undefined ? undefined : path.resolve(base, positionals[0]),
    protocolFiles: (values["protocol-file"] ?? []).map((file) => path.resolve(base, file)),
  };
}

function hasDisplay() {
  if (process.platform !== "linux") return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** @returns {string | undefined} why the desktop app cannot open on this machine */
function noDesktop() {
  if (process.platform !== "linux") return undefined;
  if (!hasDisplay()) return "there is no display (DISPLAY and WAYLAND_DISPLAY are not set)";
  if (process.getuid() === 0)
    return "Electron's sandbox does not work for root, and Tapline does not turn it off";
  return undefined;
}

/** @returns {string | undefined} Electron's program, when its runtime is there in the version wanted */
function runtime() {
  try {
    const { version } = JSON.parse(readFileSync(path.join(electron, "package.json"), "utf8"));
    const have = readFileSync(path.join(electron, "dist/version"), "utf8").trim().replace(/^v/, "");
    const program = path.join(electron, "dist", readFileSync(path.join(electron, "path.txt"), "utf8").trim());
    return have === version && existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** Downloads Electron's runtime on the first start. @returns {Promise<string | undefined>} why it cannot be had */
async function fetchRuntime() {
  if (runtime() !== undefined) return sandboxObstacle();
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 12)) {
    return `Electron's installer needs Node 22.12 or newer, this is ${process.versions.node}`;
  }
  if (!existsSync(path.join(electron, "install.js"))) return "the electron package is not installed";
  const unreachable = await downloadObstacle();
  if (unreachable !== undefined) return unreachable;

  say("fetching Electron's runtime (once, about 120 MB)");
  const result = await run(process.execPath, [path.join(electron, "install.js")], { seconds: 600 });
  if (result.timedOut) return "Electron's runtime could not be downloaded within 10 minutes";
  if (result.code !== 0 || runtime() === undefined) {
    return `Electron's runtime could not be downloaded (${cause(result.output)})`;
  }
  return sandboxObstacle();
}

/** Asks the download server for a sign of life, because Electron's installer waits for minutes for a dead one. */
async function downloadObstacle() {
  const { env } = process;
  if (env.HTTPS_PROXY || env.https_proxy || env.npm_config_proxy || env.npm_config_https_proxy)
    return undefined;
  const mirror = env.ELECTRON_MIRROR || env.npm_config_electron_mirror || "https://github.com/";
  try {
    await fetch(mirror, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(10_000) });
    return undefined;
  } catch (error) {
    const why =
      error.name === "TimeoutError" ? "no answer within 10 s" : (error.cause?.code ?? error.message);
    return `Electron's runtime cannot be downloaded from ${new URL(mirror).host} (${why})`;
  }
}

/** Electron's sandbox needs user namespaces, or its helper installed with the set-user-id bit. */
function sandboxObstacle() {
  if (process.platform !== "linux") return undefined;
  const setting = (name) => {
    try {
      return readFileSync(`/proc/sys/kernel/${name}`, "utf8").trim();
    } catch {
      return undefined;
    }
  };
  const forbidden =
    setting("unprivileged_userns_clone") === "0" || setting("apparmor_restrict_unprivileged_userns") === "1";
  if (!forbidden) return undefined;
  const helper = path.join(electron, "dist/chrome-sandbox");
  const status = statSync(helper, { throwIfNoEntry: false });
  if (status !== undefined && status.uid === 0 && (status.mode & 0o4000) !== 0) return undefined;
  return `this system forbids the user namespaces of Electron's sandbox (sudo chown root ${helper} && sudo chmod 4755 ${helper} allows it)`;
}

/** @returns {Promise<{ code: number, obstacle?: string }>} obstacle: it ended at once, without having run */
async function openDesktop({ file, protocolFiles }) {
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  const started = Date.now();
  const args = [root, ...protocolFiles.map((one) => `--protocol-file=${one}`)];
  if (file !== undefined) args.push(file);
  const child = spawn(runtime(), args, { stdio: "inherit", env });
  const { code, signal, error } = await attend(child);
  const status = code ?? signalStatus(signal);
  const interrupted = signal === "SIGINT" || signal === "SIGTERM" || signal === "SIGHUP";
  if (error !== undefined) return { code: 2, obstacle: error.message };
  if (status !== 0 && !interrupted && Date.now() - started < 5000) {
    return { code: status, obstacle: `Electron ended at once (${signal ?? `exit status ${code}`})` };
  }
  return { code: status };
}

async function serve({ port, file, protocolFiles }) {
  const args = [path.join(root, "dist/server/main.js")];
  if (port !== undefined) args.push("--port", port);
  for (const one of protocolFiles) args.push("--protocol-file", one);
  if (file !== undefined) args.push(file);
  const child = spawn(process.execPath, args, { stdio: ["inherit", "pipe", "inherit"] });
  let printed = "";
  let opened = false;
  child.stdout.on("data", (chunk) => {
    process.stdout.write(chunk);
    if (opened) return;
    printed += chunk.toString("utf8");
    const address = /\bhttp:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+\S*(?=\s)/.exec(printed)?.[0];
    if (address === undefined) return;
    opened = true;
    openBrowser(address);
  });
  const { code, signal, error } = await attend(child);
  if (error !== undefined) {
    process.stderr.write(`tapline: the server could not be started: ${error.message}\n`);
    return 2;
  }
  return code ?? signalStatus(signal);
}

function openBrowser(address) {
  if (!hasDisplay()) return;
  const [program, args] =
    process.platform === "darwin"
      ? ["open", [address]]
      : process.platform === "win32"
        ? ["rundll32", ["url.dll,FileProtocolHandler", address]]
        : ["xdg-open", [address]];
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  // without a browser to open, the printed address is what is left
  child.on("error", () => {});
  child.unref();
}

/** Waits for the program to end, and passes the signals on that would end this process. */
function attend(child) {
  return new Promise((resolve) => {
    const forward = (signal) => {
      // Ctrl+C reaches the whole process group: the program has it already
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    const signals = os.platform() === "win32" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    const done = (result) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(result);
    };
    child.on("error", (error) => done({ error }));
    child.on("close", (code, signal) => done({ code, signal }));
  });
}
