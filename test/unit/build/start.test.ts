import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

/** Runs the start script as `npm start -- …` does, from a folder of the user's. */
function start(args: string[], cwd = "/tmp") {
  const script = path.join(root, "build/start.mjs");
  const env = { ...process.env, INIT_CWD: cwd };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: "utf8",
    env,
  });
  return { status, stdout, stderr };
}

describe("npm start", () => {
  test("explains itself", () => {
    const { status, stdout } = start(["--help"]);
    expect(status).toBe(0);
    for (const word of ["FILE", "--browser", "--port N"]) expect(stdout).toContain(word);
  });

  test.each([
    [["--port", "x"], '--port takes a number from 0 to 65535, not "x"'],
    [["--port", "65536"], "--port takes a number"],
    [["a.pcap", "b.pcap"], "only one FILE"],
    [["--brwoser"], "--brwoser"],
  ])("answers %j with its usage", (args, complaint) => {
    const { status, stdout, stderr } = start(args);
    expect(status).toBe(1);
    expect(stderr).toContain(complaint);
    expect(stderr).toContain("Usage: npm start");
    expect(stdout).toBe("");
  });

  test("looks for FILE where the user is, before anything is installed or built", () => {
    const { status, stderr } = start(["no-such.pcap"], "/var/nowhere");
    expect(status).toBe(2);
    expect(stderr).toBe("tapline: there is no file /var/nowhere/no-such.pcap\n");
  });
});
