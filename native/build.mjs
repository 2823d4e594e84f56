/**
 * Builds the capture helper: `node native/build.mjs [--strict]` → native/build/tapline-capture.
 *
 * Needs a C compiler and libpcap's headers. Without them it says in one line what to install and succeeds, because
 * the rest of Tapline works without the helper. A helper that is up to date is left alone, so that it keeps the
 * capabilities it was given. `--strict` turns warnings into errors.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** Path of the built helper. */
export const HELPER = join(here, "build", "tapline-capture");

const INSTALL =
  process.platform === "darwin"
    ? "xcode-select --install"
    : "apt-get install gcc libc6-dev libpcap-dev (or your system's packages of a C compiler and libpcap's headers)";

/**
 * Builds the helper when it is missing or its sources changed.
 * @param {{strict?: boolean}} [options]
 * @returns {{status: "built" | "fresh" | "skipped" | "failed", path: string, message: string}} one-line message
 */
export function buildHelper({ strict = false } = {}) {
  const result = (status, message) => ({ status, path: HELPER, message });
  if (process.platform === "win32") {
    return result(
      "skipped",
      "capture helper skipped: on Windows Tapline captures through Npcap and the cap package",
    );
  }
  const compiler = process.env.CC || "cc";
  if (spawnSync(compiler, ["--version"]).status !== 0) {
    return result("skipped", `capture helper skipped: no C compiler (${compiler}). Install: ${INSTALL}`);
  }
  const flags = compilerFlags();
  if (!compiles(compiler, flags.compile, "#include <pcap/pcap.h>\n")) {
    return result("skipped", `capture helper skipped: libpcap's headers are missing. Install: ${INSTALL}`);
  }

  const names = readdirSync(here)
    .filter((name) => /\.[ch]$/.test(name))
    .sort();
  const sources = names.filter((name) => name.endsWith(".c")).map((name) => join(here, name));
  const { version } = JSON.parse(readFileSync(join(here, "..", "package.json"), "utf8"));
  const hash = createHash("sha256").update(JSON.stringify([compiler, flags, version]));
  for (const name of names) hash.update(readFileSync(join(here, name)));
  const stamp = hash.digest("hex");
  const stampFile = `${HELPER}.stamp`;
  if (!strict && existsSync(HELPER) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) {
    return result("fresh", `capture helper is up to date: ${HELPER}`);
  }

  mkdirSync(dirname(HELPER), { recursive: true });
  const target = strict ? `${HELPER}.strict` : `${HELPER}.${process.pid}`;
  const args = [
    ...flags.compile,
    ...(strict ? ["-Werror", "-Wconversion"] : []),
    `-DTAPLINE_VERSION="${version}"`,
    "-o",
    target,
    ...sources,
    ...flags.link,
    "-pthread",
    "-lpcap",
  ];
  const run = spawnSync(compiler, args, { encoding: "utf8" });
  if (run.status !== 0) {
    return result("failed", `capture helper: ${compiler} failed\n${run.stderr || run.error?.message}`);
  }
  if (strict) return result("built", `capture helper compiles without a warning: ${target}`);
  renameSync(target, HELPER);
  writeFileSync(stampFile, stamp);
  return result("built", `capture helper built: ${HELPER}`);
}

function compilerFlags() {
  const compile = [
    "-std=c11",
    "-D_GNU_SOURCE",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Wshadow",
    "-Wformat=2",
    "-Wstrict-prototypes",
  ];
  compile.push("-fPIE", "-fstack-protector-strong", "-D_FORTIFY_SOURCE=2", "-pthread");
  const link = process.platform === "linux" ? ["-pie", "-Wl,-z,relro,-z,now,-z,noexecstack"] : [];
  return { compile, link };
}

function compiles(compiler, flags, source) {
  return spawnSync(compiler, [...flags, "-fsyntax-only", "-xc", "-"], { input: source }).status === 0;
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  const { status, message } = buildHelper({ strict: process.argv.includes("--strict") });
  console.log(message);
  process.exitCode = status === "failed" ? 1 : 0;
}
