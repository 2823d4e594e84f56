import path from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export default defineConfig({
  root: path.join(root, "renderer"),
  // Addresses relative to the page: it is served from the desktop's own protocol and from the server alike.
  base: "./",
  plugins: [react()],
  build: {
    outDir: path.join(root, "dist/renderer"),
    emptyOutDir: true,
    sourcemap: true,
    target: "es2022",
    // The Content-Security-Policy allows no data: addresses and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
});
