import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../dist/renderer",
    emptyOutDir: true,
    target: "chrome130",
    cssTarget: "chrome130",
    // The window is loaded from the same machine; one file is read faster than many.
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
  },
});
