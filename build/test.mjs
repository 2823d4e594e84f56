// `npm test [-- lint|types|unit|e2e …]`: set up, build, then every check, with one count at the end.

import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "./build.mjs";
import { cause, readJson, root, run, say, which } from "./lib.mjs";
import { setup } from "./setup.mjs";

const reports = path.join(root, "test-results");
const bin = (name) => path.join(root, "node_modules", name);

const steps = [
  { name: "lint", build: false, run: lint },
  { name: "types", build: false, run: types },
  { name: "unit", build: true, run: unit },
  { name: "e2e", build: true, run: e2e },
];

const passed = (count) => ({ passed: count, failed: 0, skips: [] });
const failed = (log) => ({ passed: 0, failed: 1, skips: [], log });

process.exitCode = await main(process.argv.slice(2));

async function main(wanted) {
  const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    say(`unknown part: ${unknown.join(", ")} (there are ${steps.map(({ name }) => name).join(", ")})`);
    return total([failed("")]);
  }
  const chosen = wanted.length === 0 ? steps : steps.filter(({ name }) => wanted.includes(name));

  const unready = await setup({ testing: true });
  if (unready !== undefined) {
    say(unready);
    return total([failed("")]);
  }

  const results = [];
  const record = (name, started, result) => {
    results.push({ name, ...result });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    const skipped = result.skips.length > 0 ? `, ${result.skips.length} skipped` : "";
    say(`${name}: ${result.passed} passed, ${result.failed} failed${skipped} (${seconds} s)`);
    if (result.failed > 0) process.stdout.write(`${result.log.trimEnd()}\n\n`);
  };

  let built = true;
  if (chosen.some((step) => step.build)) {
    const started = Date.now();
    const failure = await build();
    built = failure === undefined;
    record("build", started, built ? passed(1) : failed(failure));
  }
  mkdirSync(reports, { recursive: true });
  for (const step of chosen) {
    const started = Date.now();
    if (step.name === "e2e" && !built) {
      record("e2e", started, {
        passed: 0,
        failed: 0,
        skips: [{ name: "end-to-end", reason: "the build failed" }],
      });
    } else {
      record(step.name, started, await step.run());
    }
  }
  return total(results);
}

/** Prints why tests were skipped and, as the last line, the count. @returns {number} the exit status */
function total(results) {
  const sum = (key) => results.reduce((count, result) => count + result[key], 0);
  const skips = results.flatMap((result) => result.skips.map((skip) => ({ ...skip, step: result.name })));
  if (skips.length > 0) {
    process.stdout.write("\nskipped:\n");
    for (const { step, name, reason } of skips) process.stdout.write(`  ${step}: ${name} (${reason})\n`);
  }
  const tail = skips.length > 0 ? `, ${skips.length} skipped` : "";
  process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed${tail}\n`);
  return sum("failed") > 0 ? 1 : 0;
}

/** Runs a tool that checks the whole tree at once: one test. */
async function check(seconds, file, ...args) {
  const result = await run(process.execPath, [bin(file), ...args], { seconds });
  if (result.code === 0) return passed(1);
  return failed(result.timedOut ? `${file}: no end after ${seconds} s\n${result.output}` : result.output);
}

function lint() {
  return check(120, "@biomejs/biome/bin/biome", "check", "--error-on-warnings", "--colors=off", ".");
}

async function types() {
  const tsc = "typescript/bin/tsc";
  const results = [
    await check(180, tsc, "-p", "tsconfig.json", "--pretty", "false"),
    await check(180, tsc, "-p", "renderer/tsconfig.json", "--pretty", "false"),
  ];
  const wrong = results.filter((result) => result.failed > 0);
  return wrong.length === 0 ? passed(1) : failed(wrong.map(({ log }) => log).join("\n"));
}

async function unit() {
  const report = path.join(reports, "unit.json");
  rmSync(report, { force: true });
  const args = ["run", "--reporter=dot", "--reporter=./build/vitest-reporter.mjs"];
  const env = { ...process.env, NO_COLOR: "1", TAPLINE_REPORT: report };
  const seconds = 1200;
  const result = await run(process.execPath, [bin("vitest/vitest.mjs"), ...args], { env, seconds });
  const counts = readJson(report);
  for (const name of counts?.repeated ?? []) say(`unit: passed only when repeated: ${name}`);
  return outcome("vitest", result, counts, seconds);
}

async function e2e() {
  const chromium = process.env.CHROMIUM || which("chromium");
  if (chromium === undefined || !existsSync(chromium)) {
    const reason = chromium === undefined ? "no chromium (set CHROMIUM to its path)" : `no file ${chromium}`;
    return { passed: 0, failed: 0, skips: [{ name: "end-to-end", reason }] };
  }
  const report = path.join(reports, "e2e.json");
  rmSync(report, { force: true });
  const env = { ...process.env, NO_COLOR: "1", CHROMIUM: chromium, TAPLINE_REPORT: report };
  delete env.FORCE_COLOR;
  const seconds = 1000;
  const result = await run(process.execPath, [bin("playwright/cli.js"), "test"], { env, seconds });
  return outcome("Playwright", result, playwrightCounts(readJson(report)), seconds);
}

/**
 * Joins what a runner reported with how it ended: one that broke off, or complains of something beside its
 * tests, has failed even when no test did.
 */
function outcome(runner, result, counts, seconds) {
  if (result.timedOut) {
    const log = `${runner}: no end after ${seconds} s\n${result.output}`;
    return counts === undefined ? failed(log) : { ...counts, failed: counts.failed + 1, log };
  }
  if (counts === undefined) return failed(`${runner} broke off: ${cause(result.output)}\n${result.output}`);
  if (result.code !== 0 && counts.failed === 0) return { ...counts, failed: 1, log: result.output };
  return { ...counts, log: result.output };
}

/** @returns counts of Playwright's JSON report; a test that passed only when repeated is named, and counts as passed */
function playwrightCounts(report) {
  if (report?.stats === undefined) return undefined;
  const skips = [];
  const walk = (suite, names) => {
    for (const child of suite.suites ?? []) walk(child, [...names, child.title]);
    for (const { title, tests } of suite.specs ?? []) {
      for (const test of tests) {
        if (test.status === "flaky") say(`e2e: passed only when repeated: ${[...names, title].join(" > ")}`);
        if (test.status !== "skipped") continue;
        const notes = [
          ...(test.annotations ?? []),
          ...test.results.flatMap((result) => result.annotations ?? []),
        ];
        const reason = notes.find(({ type }) => type === "skip" || type === "fixme")?.description;
        skips.push({ name: [...names, title].join(" > "), reason: reason ?? "no reason given" });
      }
    }
  };
  for (const suite of report.suites) walk(suite, [suite.title]);
  const { expected, unexpected, flaky } = report.stats;
  return { passed: expected + flaky, failed: unexpected + (report.errors ?? []).length, skips };
}
