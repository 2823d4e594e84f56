// The set-up shared by start and test: Node's version, npm packages, Debian packages. Node built-ins only.

import { existsSync, lstatSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cause, readJson, root, run, say, which } from "./lib.mjs";

const oldest = [20, 19];

/** What must be there, and the Debian package that brings it. A header is named by its path. */
const native = [
  { need: "gcc", debian: "gcc" },
  { need: "/usr/include/stdio.h", debian: "libc6-dev" },
  { need: "/usr/include/pcap/pcap.h", debian: "libpcap-dev" },
  // the cap package, the second capture driver, is compiled by node-gyp
  { need: "g++", debian: "g++" },
  { need: "make", debian: "make" },
  { need: "python3", debian: "python3" },
];
const testing = [
  { need: "chromium", debian: "chromium", env: "CHROMIUM" },
  { need: "tshark", debian: "tshark" },
  { need: "ip", debian: "iproute2" },
];

/**
 * Makes a checkout ready to build and run.
 *
 * Optional things (compiler, libpcap, browser) are installed where that needs no question, else one line says
 * what to run; they never stop the start.
 *
 * @param {{ testing?: boolean }} [options] testing: also what only the tests need
 * @returns {Promise<string | undefined>} why Tapline cannot be built here, in one line; undefined when ready
 */
export async function setup(options = {}) {
  const tooOld = checkNode(process.versions.node);
  if (tooOld !== undefined) return tooOld;
  await debianPackages(options.testing === true);
  const failure = await npmPackages();
  saveStamp();
  return failure;
}

/**
 * @param {string} version such as "20.19.0"
 * @returns {string | undefined} the complaint
 */
export function checkNode(version) {
  const [major, minor] = version.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined;
  return `Tapline needs Node ${oldest.join(".")} or newer, this is ${version} (https://nodejs.org)`;
}

/**
 * Whether what npm installed is what the lock file asks for. Packages of other platforms may be missing.
 *
 * @param {object | undefined} lock package-lock.json
 * @param {object | undefined} installed node_modules/.package-lock.json, npm's record of what it installed
 * @returns {boolean}
 */
export function isInstalled(lock, installed) {
  if (lock?.packages === undefined || installed?.packages === undefined) return false;
  return Object.entries(lock.packages).every(([name, wanted]) => {
    if (name === "") return true;
    const have = installed.packages[name];
    return have === undefined ? wanted.optional === true : have.version === wanted.version;
  });
}

async function npmPackages() {
  const modules = path.join(root, "node_modules");
  const lock = readJson(path.join(root, "package-lock.json"));
  if (isInstalled(lock, readJson(path.join(modules, ".package-lock.json")))) return undefined;
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    say(
      "node_modules is a link to another folder and is left as it is, though it differs from package-lock.json",
    );
    return undefined;
  }

  say("installing npm packages (once, about a minute)");
  const env = { ...process.env };
  // node-gyp fetches Node's headers from nodejs.org unless told where they already are
  const prefix = path.dirname(path.dirname(process.execPath));
  if (existsSync(path.join(prefix, "include/node/node.h"))) env.npm_config_nodedir ??= prefix;
  const args = ["ci", "--include=dev", "--loglevel=error", "--no-audit", "--no-fund"];
  const byNpm =
    process.env.npm_execpath?.endsWith(".js") === true && /npm-cli/.test(process.env.npm_execpath);
  const result = byNpm
    ? await run(process.execPath, [process.env.npm_execpath, ...args], { env, seconds: 900 })
    : await run("npm", args, { env, seconds: 900, shell: process.platform === "win32" });
  if (result.code === 0) return undefined;
  const why = result.timedOut
    ? "it took more than 15 minutes"
    : (result.error?.message ?? npmCause(result.output));
  return `npm ci failed: ${why}`;
}

/** npm's error code and its first whole sentence; in between it names system calls and numbers. */
function npmCause(output) {
  const lines = output
    .split("\n")
    .flatMap((line) => /^npm (?:error|ERR!) (.+)/.exec(line)?.[1]?.trim() ?? []);
  const code = /^code (\S+)/.exec(lines[0] ?? "")?.[1];
  const sentence = lines.find((line) => line.split(" ").length > 4) ?? cause(output);
  return `${code === undefined ? "" : `${code}: `}${sentence.slice(0, 300)}`;
}

function missing(list) {
  return list.filter(({ need, env }) => {
    if (env !== undefined && process.env[env]) return false;
    return need.startsWith("/") ? !existsSync(need) : which(need) === undefined;
  });
}

async function debianPackages(withTesting) {
  if (process.platform !== "linux") return;
  const packages = missing(withTesting ? [...native, ...testing] : native).map(({ debian }) => debian);
  if (packages.length === 0) return;
  const list = packages.join(" ");
  if (which("apt-get") === undefined) {
    once(list, `not installed, and needed to capture or to test: ${list}`);
    return;
  }

  const asRoot = process.getuid() === 0;
  const sudo = !asRoot && which("sudo") !== undefined && (await run("sudo", ["-n", "true"])).code === 0;
  if (!asRoot && !sudo) {
    once(list, `for capturing${withTesting ? " and testing" : ""}, run: sudo apt-get install ${list}`);
    return;
  }
  // a start does not try again what failed before; a test run does
  if (!withTesting && stamp().tried === list) return;

  say(`installing Debian packages: ${list}`);
  const apt = (args) => {
    const words = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...args];
    if (sudo) words.unshift("sudo", "-n");
    return run(words[0], words.slice(1), { seconds: 600 });
  };
  const update = await apt(["update"]);
  const result = await apt(["install", "-y", "--no-install-recommends", ...packages]);
  if (result.code === 0) return;
  stamp().tried = list;
  const why = result.timedOut ? "it took more than 10 minutes" : cause(result.output || update.output);
  say(`apt-get could not install them (${why}); going on without`);
}

/** Says something once for as long as its subject stays the same, so that not every start repeats it. */
function once(subject, text) {
  if (stamp().told === subject) return;
  say(text);
  stamp().told = subject;
}

// What earlier starts said and tried. Written after npm ci, which removes the folder it lies in.
const stampFile = path.join(root, "node_modules/.cache/tapline/setup.json");
let remembered;

function stamp() {
  remembered ??= readJson(stampFile) ?? {};
  return remembered;
}

function saveStamp() {
  if (remembered === undefined || !existsSync(path.join(root, "node_modules"))) return;
  try {
    mkdirSync(path.dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, JSON.stringify(remembered) + "\n");
  } catch {
    // a folder that cannot be written costs a repeated line, no more
  }
}
