// What the build scripts share. Node built-ins only: these run before any package is installed.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder, absolute. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Prints one progress line. */
export function say(text) {
  process.stdout.write(`tapline: ${text}\n`);
}

/**
 * Finds a program as a shell would, and also in the system folders that an ordinary user's PATH may lack.
 *
 * @param {string} name program name without a folder
 * @returns {string | undefined} its absolute path
 */
export function which(name) {
  const windows = process.platform === "win32";
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  if (!windows) folders.push("/usr/local/sbin", "/usr/sbin", "/sbin");
  const endings = windows ? (process.env.PATHEXT ?? ".EXE;.CMD").split(";") : [""];
  for (const folder of folders) {
    if (folder === "") continue;
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // not here
      }
    }
  }
  return undefined;
}

/**
 * Runs a program to its end and keeps what it prints. Never throws.
 *
 * On a time-out, and when this process is interrupted, the program's whole process group is ended.
 *
 * @param {string} file program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, seconds?: number, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string, timedOut: boolean, error?: Error }>} code is the exit
 *   status, 128 + n after signal n, 127 when the program could not be started
 */
export function run(file, args, options = {}) {
  return new Promise((resolve) => {
    const posix = process.platform !== "win32";
    const child = spawn(file, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      stdio: ["ignore", "pipe", "pipe"],
      detached: posix,
    });
    const chunks = [];
    let timedOut = false;
    let done = false;

    const end = (signal) => {
      try {
        if (posix && child.pid !== undefined) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // already gone
      }
    };
    const interrupted = (signal) => {
      end(signal);
      process.exit(signalStatus(signal));
    };
    const timer = setTimeout(
      () => {
        timedOut = true;
        end("SIGTERM");
        setTimeout(() => end("SIGKILL"), 3000).unref();
      },
      (options.seconds ?? 3600) * 1000,
    );
    const finish = (result) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, interrupted);
      resolve({ output: Buffer.concat(chunks).toString("utf8"), timedOut, ...result });
    };

    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, interrupted);
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) => finish({ code: 127, error }));
    child.on("close", (code, signal) => finish({ code: code ?? signalStatus(signal) }));
  });
}

/** The exit status a shell gives a program that ended by this signal: 128 + its number. */
export function signalStatus(signal) {
  return 128 + ({ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0);
}

/**
 * The line of a program's output that says best what went wrong: the first with "error" in it, else the last.
 *
 * @param {string} output
 * @returns {string}
 */
export function cause(output) {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const telling = lines.find((line) => /\b(error|err!|E:|ENOTFOUND|ECONN|EACCES|cannot|unable)/i.test(line));
  return (telling ?? lines.at(-1) ?? "no output").slice(0, 300);
}

/**
 * All files below the given files and folders, sorted; names that do not exist are left out.
 *
 * @param {string[]} names relative to the root
 * @returns {string[]} paths relative to the root, with forward slashes
 */
export function filesBelow(names) {
  const found = [];
  const walk = (name) => {
    for (const entry of readdirSync(path.join(root, name), { withFileTypes: true })) {
      const child = `${name}/${entry.name}`;
      if (entry.isDirectory()) walk(child);
      else if (entry.isFile()) found.push(child);
    }
  };
  for (const name of names) {
    const file = path.join(root, name);
    if (!existsSync(file)) continue;
    try {
      walk(name);
    } catch (error) {
      if (error.code !== "ENOTDIR") throw error;
      found.push(name);
    }
  }
  return found.sort();
}

/**
 * A digest of the names and contents of files.
 *
 * @param {string[]} files relative to the root
 * @returns {string} hexadecimal SHA-256
 */
export function digest(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const bytes = readFileSync(path.join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/** Reads a JSON file; undefined when it is missing or is not JSON. */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
