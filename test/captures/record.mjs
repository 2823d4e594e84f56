#!/usr/bin/env node
/**
 * Records the project's own captures: real programs talking to each other in network namespaces.
 *
 *   sudo node test/captures/record.mjs                 record all, and write the index README.md
 *   sudo node test/captures/record.mjs NAME…           record only these ("tcp-*" works)
 *   node test/captures/record.mjs --list               say what there is
 *   … --into FOLDER                                    write there instead of beside this file
 *   … --verbose                                        print what the programs said
 *
 * Everything stays inside the namespaces, which are removed at the end, also after an interruption. No scenario runs
 * longer than its limit. Captures of more than 60 kB are refused.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Lab, removeLeftovers, sleep } from "./lab.mjs";
import { packagesFor } from "./packages.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const LARGEST = 60_000;
const LIMIT_SECONDS = 60;

const scenarios = [];
for (const file of readdirSync(path.join(here, "scenarios")).sort()) {
  scenarios.push(...(await import(`./scenarios/${file}`)).default);
}

const args = process.argv.slice(2);
const flag = (name) => {
  const at = args.indexOf(name);
  if (at !== -1) args.splice(at, 1);
  return at !== -1;
};
const into = args.includes("--into") ? path.resolve(args.splice(args.indexOf("--into"), 2)[1]) : here;
const verbose = flag("--verbose");
const list = flag("--list");
const matches = (name) =>
  args.some((arg) => (arg.endsWith("*") ? name.startsWith(arg.slice(0, -1)) : arg === name));
const chosen =
  args.length === 0
    ? scenarios.filter((s) => s.output === undefined)
    : scenarios.filter((s) => matches(s.name));

process.exitCode = await main();

async function main() {
  if (list) {
    for (const { name, programs, shows } of scenarios)
      console.log(`${name}: ${programs.join(", ")}: ${shows}`);
    return 0;
  }
  if (chosen.length === 0)
    return complain(`no scenario is named ${args.join(" ")} (--list says what there is)`);
  if (process.getuid?.() !== 0)
    return complain("recording makes network namespaces, for which it must be run as root");
  const missing = packagesFor(["ip", "dumpcap", "editcap", "ethtool", ...chosen.flatMap((s) => s.programs)]);
  if (missing.length > 0) return complain(`programs are missing: apt-get install ${missing.join(" ")}`);
  removeLeftovers();
  let failed = 0;
  for (const scenario of chosen) failed += (await record(scenario)) ? 0 : 1;
  if (into === here) writeIndex();
  return failed === 0 ? 0 : 1;
}

function complain(text) {
  console.error(text);
  return 1;
}

/** @returns {Promise<boolean>} whether it was recorded */
async function record(scenario) {
  const lab = new Lab();
  const interrupted = (signal) => {
    lab.close();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.once(signal, interrupted);
  const extension = scenario.format === "pcapng" ? "pcapng" : "pcap";
  const output = scenario.output ?? path.join(into, `${scenario.name}.${extension}`);
  try {
    const limit = scenario.seconds ?? LIMIT_SECONDS;
    const overdue = sleep(limit * 1000, undefined, { ref: false }).then(() => {
      throw new Error(`it took longer than ${limit} s`);
    });
    await Promise.race([scenario.record(lab), overdue]);
    const size = await lab.write(output, scenario);
    const frames = spawnSync("capinfos", ["-Mrc", output], { encoding: "utf8" })
      .stdout.trim()
      .split(/\s+/)
      .pop();
    console.log(`${scenario.name}: ${frames} frames, ${size} bytes`);
    if (verbose) console.log(lab.transcript);
    if (size > LARGEST) {
      rmSync(output);
      throw new Error(`its capture has more than ${LARGEST} bytes`);
    }
    return true;
  } catch (error) {
    console.error(`${scenario.name}: ${error.message}`);
    if (verbose) console.error(lab.transcript);
    return false;
  } finally {
    for (const signal of signals) process.removeListener(signal, interrupted);
    lab.close();
  }
}

/** Writes README.md: a line for each capture that is there. */
function writeIndex() {
  const rows = [];
  let bytes = 0;
  for (const { name, format, programs, shows, output } of scenarios) {
    const file = `${name}.${format === "pcapng" ? "pcapng" : "pcap"}`;
    if (output !== undefined || !existsSync(path.join(here, file))) continue;
    bytes += statSync(path.join(here, file)).size;
    rows.push(`| ${file} | ${programs.join(", ")} | ${shows} |`);
  }
  writeFileSync(
    path.join(here, "README.md"),
    `# The project's own captures

Recorded by \`sudo node test/captures/record.mjs\`: the programs named here talk to each other in network namespaces
that the script makes and removes; how each capture comes about stands in \`scenarios/\`. Nobody's private traffic is in
them, and none comes from elsewhere. \`test/conformance/captures.test.ts\` compares Tapline with tshark over them.

The cables are veth pairs without offloading, or two taps with a program between them that loses, delays, doubles or
rewrites frames (\`bad-cable.mjs\`). ${rows.length} captures, ${Math.round(bytes / 1000)} kB. This file is written by the script.

| capture | programs | what it shows |
| --- | --- | --- |
${rows.join("\n")}
`,
  );
}
