// `npm run package [-- electron-builder's options]`: packages for this platform, into release/.
//
// A deb names who maintains it and where its project lives: TAPLINE_MAINTAINER="Name <mail address>" and
// TAPLINE_HOMEPAGE=https://… give them. Without them Linux gets the AppImage alone.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { build } from "./build.mjs";
import { root, say } from "./lib.mjs";
import { setup } from "./setup.mjs";

process.exitCode = await main(process.argv.slice(2));

async function main(options) {
  const failure = (await setup()) ?? (await build());
  if (failure !== undefined) {
    say(failure);
    return 1;
  }
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 12)) {
    say(`packaging needs Node 22.12 or newer, because Electron does; this is ${process.versions.node}`);
    return 1;
  }
  if (process.platform !== "win32" && !existsSync(path.join(root, "native/build/tapline-capture"))) {
    say("the capture helper is not built, and a package without it could not capture (see above for why)");
    return 1;
  }

  const args = ["--config", "build/electron-builder.yml", "--publish", "never", ...options];
  const { TAPLINE_MAINTAINER: maintainer, TAPLINE_HOMEPAGE: homepage } = process.env;
  if (process.platform === "win32") args.push("-c.npmRebuild=true");
  if (process.platform === "linux") {
    if (maintainer && homepage) {
      args.push(`-c.linux.maintainer=${maintainer}`, `-c.extraMetadata.homepage=${homepage}`);
    } else {
      say("no deb: it needs TAPLINE_MAINTAINER and TAPLINE_HOMEPAGE");
      args.push("--linux", "AppImage");
    }
  }
  const cli = path.join(root, "node_modules/electron-builder/cli.js");
  const child = spawn(process.execPath, [cli, ...args], { cwd: root, stdio: "inherit" });
  return new Promise((resolve) => child.on("close", (code) => resolve(code ?? 1)));
}
