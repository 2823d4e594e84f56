// Counts for build/test.mjs. Vitest's own JSON report leaves out why a test was skipped.

import { writeFileSync } from "node:fs";

/** Writes { passed, failed, skips: [{ name, reason }], repeated: [name] } to the file that TAPLINE_REPORT names. */
export default class Counts {
  onTestRunEnd(modules, errors) {
    let passed = 0;
    let failed = errors.length;
    const skips = [];
    const repeated = [];
    for (const module of modules) {
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (test.diagnostic()?.flaky) repeated.push(test.fullName);
        if (state === "passed") passed++;
        else if (state === "skipped") skips.push({ name: test.fullName, reason: note ?? "no reason given" });
        else failed++;
      }
    }
    writeFileSync(process.env.TAPLINE_REPORT, JSON.stringify({ passed, failed, skips, repeated }));
  }
}
