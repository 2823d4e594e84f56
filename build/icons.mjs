// Renders build/icons/tapline.svg to the formats of the platforms: `npm run icons`, after changing the drawing.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright";
import { root, say, which } from "./lib.mjs";

const folder = path.join(root, "build/icons");
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

const executablePath = process.env.CHROMIUM ?? which("chromium");
if (executablePath === undefined) {
  say("icons: no chromium (set CHROMIUM to its path)");
  process.exit(1);
}
const images = await render();
mkdirSync(path.join(folder, "png"), { recursive: true });
for (const [size, png] of images) writeFileSync(path.join(folder, "png", `${size}x${size}.png`), png);
writeFileSync(path.join(folder, "tapline.ico"), ico([16, 24, 32, 48, 64, 128, 256]));
writeFileSync(
  path.join(folder, "tapline.icns"),
  icns({ icp4: 16, icp5: 32, icp6: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 }),
);
say(`icons: ${images.size} sizes, tapline.ico, tapline.icns`);

/** @returns {Promise<Map<number, Buffer>>} a PNG with a transparent ground for each size */
async function render() {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const drawing = readFileSync(path.join(folder, "tapline.svg"), "utf8");
  const rendered = new Map();
  for (const size of sizes) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`,
    );
    rendered.set(size, await page.screenshot({ omitBackground: true }));
    await page.close();
  }
  await browser.close();
  return rendered;
}

/** A Windows icon: a directory of 16-byte entries, then the PNG files themselves. */
function ico(wanted) {
  const header = Buffer.alloc(6 + 16 * wanted.length);
  header.writeUInt16LE(1, 2); // an icon, not a cursor
  header.writeUInt16LE(wanted.length, 4);
  let offset = header.length;
  wanted.forEach((size, index) => {
    const entry = 6 + 16 * index;
    header.writeUInt8(size % 256, entry); // 0 stands for 256
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4); // planes
    header.writeUInt16LE(32, entry + 6); // bits per pixel
    header.writeUInt32LE(images.get(size).length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += images.get(size).length;
  });
  return Buffer.concat([header, ...wanted.map((size) => images.get(size))]);
}

/** An Apple icon: "icns" and the length of all, then for each type its name, length and PNG. */
function icns(wanted) {
  const chunk = (type, bytes) => {
    const head = Buffer.alloc(8);
    head.write(type, "ascii");
    head.writeUInt32BE(8 + bytes.length, 4);
    return Buffer.concat([head, bytes]);
  };
  return chunk(
    "icns",
    Buffer.concat(Object.entries(wanted).map(([type, size]) => chunk(type, images.get(size)))),
  );
}
