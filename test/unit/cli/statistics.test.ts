import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { statisticsArgument } from "../../../cli/statistics.ts";
import { noTshark, tapline } from "./support.ts";

const recorded = (name: string): string =>
  fileURLToPath(new URL(`../../captures/${name}.pcap`, import.meta.url));

describe("-z expert", () => {
  it("prints the kinds of expert infos by severity, with how often they were found", async () => {
    const { out } = await tapline("-q", "-z", "expert,note", "-r", recorded("tcp-zero-window"));
    expect(out).toContain("\nWarns (");
    expect(out).toMatch(/^ {11}\d {3}Sequence {16}TCP {2}TCP Zero Window segment$/m);
    expect(out).not.toContain("Chats");
  });

  it("counts what the display filter and its own filter let through, behind the packets", async () => {
    const file = recorded("tcp-zero-window");
    const { out } = await tapline("-z", "expert,tcp.flags.syn == 1", "-r", file, "-Y", "tcp.flags.ack == 1");
    expect(out.split("\n").slice(-6)).toEqual([
      "",
      "Chats (1)",
      "=============",
      "   Frequency      Group           Protocol  Summary",
      expect.stringMatching(/^ {11}1 {3}Sequence {16}TCP {2}Connection establish acknowledge \(SYN\+ACK\): /),
      "",
    ]);
  });

  it("refuses what it does not know", async () => {
    expect(() => statisticsArgument("io,stat,1")).toThrow('-z knows expert; not "io,stat,1".');
    const { status, err } = await tapline("-z", "expert,warn,ip.nonsense", "-r", recorded("ping"));
    expect(status).not.toBe(0);
    expect(err).toContain("ip.nonsense");
  });

  it.skipIf(noTshark)("prints what tshark prints", { timeout: 60_000 }, async () => {
    for (const name of ["tcp-loss", "traceroute", "http", "mqtt", "wireguard"]) {
      const file = recorded(name);
      const { stdout } = spawnSync("tshark", ["-n", "-V", "-z", "expert", "-r", file], {
        encoding: "utf8",
        maxBuffer: 1 << 28,
      });
      const { out } = await tapline("-q", "-z", "expert", "-r", file);
      expect(out, name).toBe(/\n(?:Errors|Warns|Notes|Chats) \(\d+\)\n=+\n[\s\S]*$/.exec(stdout)?.[0] ?? "");
    }
  });
});
