// Test tool: resolves the module `electron` to the stand-in beside this file.
export function resolve(specifier, context, next) {
  if (specifier !== "electron") return next(specifier, context);
  return { url: new URL("./electron.mjs", import.meta.url).href, format: "module", shortCircuit: true };
}
