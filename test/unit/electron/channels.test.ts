import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CHANNELS, callSchema, menuSchema, windowActionSchema } from "../../../electron/channels.ts";

const source = (name: string) => readFileSync(join(import.meta.dirname, "../../../electron", name), "utf8");

describe("the channels between window and main process", () => {
  it("have the same names in the preload script, which cannot import them", () => {
    const own = /const CHANNELS = (\{[\s\S]*?\n\}) as const;/.exec(source("preload.ts"))?.[1] ?? "";
    const pairs = [...own.matchAll(/(\w+): "([^"]+)"/g)].map(([, key, value]) => [key, value]);
    expect(Object.fromEntries(pairs)).toEqual({ ...CHANNELS });
  });

  it("carry requests, menus and actions of one shape only", () => {
    expect(callSchema.safeParse({ method: "status", params: {} }).success).toBe(true);
    expect(callSchema.safeParse({ method: 1 }).success).toBe(false);
    expect(windowActionSchema.safeParse("close").success).toBe(true);
    expect(windowActionSchema.safeParse("quit").success).toBe(false);
    const entry = {
      kind: "command",
      id: "file.open",
      label: "Open…",
      accelerator: "CmdOrCtrl+O",
      enabled: true,
      checked: null,
    };
    expect(menuSchema.safeParse([{ kind: "submenu", label: "File", items: [entry] }]).success).toBe(true);
    for (const odd of [
      [{ ...entry, click: "x", kind: "role" }],
      [{ ...entry, label: "x".repeat(201) }],
      [{ ...entry, enabled: "yes" }],
      Array.from({ length: 21 }, () => entry),
    ]) {
      expect(menuSchema.safeParse(odd).success).toBe(false);
    }
  });
});
