// Test tool: `node --import` this file, and `import "electron"` gets the stand-in.
import { register } from "node:module";

register("./hooks.mjs", import.meta.url);
