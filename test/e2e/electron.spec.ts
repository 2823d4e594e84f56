/** The desktop app with Electron's real runtime, where it is installed and there is a display. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { _electron } from "playwright/test";
import { writeFew } from "../tools/packets.ts";
import { expect, packetCount, packetRow, test } from "./support.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** Path of the runtime, or why there is none. */
function runtime(): { path: string } | { missing: string } {
  try {
    const home = dirname(createRequire(import.meta.url).resolve("electron/package.json"));
    const name = join(home, "path.txt");
    if (!existsSync(name)) return { missing: "Electron's runtime has not been downloaded" };
    const path = join(home, "dist", readFileSync(name, "utf8").trim());
    return existsSync(path) ? { path } : { missing: "Electron's runtime has not been downloaded" };
  } catch {
    return { missing: "the package electron is not installed" };
  }
}

test("the packaged main process opens a capture in a real window", async ({ place }) => {
  const found = runtime();
  test.skip("missing" in found, "missing" in found ? found.missing : "");
  test.skip(
    process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY,
    "there is no display",
  );
  writeFew(place.file("few.pcapng"));
  const app = await _electron.launch({
    ...("path" in found ? { executablePath: found.path } : {}),
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ROOT, place.file("few.pcapng")],
    env: { ...(process.env as Record<string, string>), HOME: place.home, TAPLINE_HOME: place.state },
  });
  const page = await app.firstWindow();
  await expect(packetCount(page)).toHaveText("6 packets");
  await packetRow(page, 4).click();
  await expect(page.getByRole("treeitem", { name: /^Frame 4/ })).toBeVisible();
  expect(await page.evaluate<string>("typeof require + typeof process")).toBe("undefinedundefined");
  await app.close();
});
