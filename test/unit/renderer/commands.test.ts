import { beforeEach, describe, expect, it } from "vitest";
import {
  COMMANDS,
  commandById,
  MENUS,
  menuGroups,
  runCommand,
  shortcutsOf,
} from "../../../renderer/commands/commands.ts";
import { menuModel } from "../../../renderer/commands/menus.ts";
import {
  accelerator,
  matchesShortcut,
  parseShortcut,
  shortcutText,
} from "../../../renderer/lib/shortcuts.ts";
import { EMPTY_STATUS, useSession } from "../../../renderer/state/session.ts";
import { ui } from "../../../renderer/state/ui.ts";

const key = (name: string, modifiers: string[] = [], code = "") => ({
  key: name,
  code,
  ctrlKey: modifiers.includes("ctrl"),
  metaKey: modifiers.includes("meta"),
  altKey: modifiers.includes("alt"),
  shiftKey: modifiers.includes("shift"),
});

describe("shortcuts", () => {
  it("are read", () => {
    expect(parseShortcut("Mod+Shift+S")).toEqual({
      mod: true,
      ctrl: false,
      alt: false,
      shift: true,
      key: "s",
    });
    expect(parseShortcut("Mod++").key).toBe("+");
    expect(parseShortcut("F3")).toMatchObject({ mod: false, key: "F3" });
    expect(() => parseShortcut("Hyper+S")).toThrow("Hyper");
    expect(() => parseShortcut("Mod+")).toThrow("no key");
  });
  it("match their key on each platform", () => {
    const save = parseShortcut("Mod+S");
    expect(matchesShortcut(save, key("s", ["ctrl"]), false)).toBe(true);
    expect(matchesShortcut(save, key("s", ["meta"]), false)).toBe(false);
    expect(matchesShortcut(save, key("s", ["meta"]), true)).toBe(true);
    expect(matchesShortcut(save, key("S", ["ctrl", "shift"]), false)).toBe(false);
    expect(matchesShortcut(save, key("s"), false)).toBe(false);
  });
  it("match by the physical key where the letter is another, and punctuation with Shift", () => {
    expect(matchesShortcut(parseShortcut("Mod+S"), key("ы", ["ctrl"], "KeyS"), false)).toBe(true);
    expect(matchesShortcut(parseShortcut("Mod+/"), key("/", ["ctrl", "shift"]), false)).toBe(true);
  });
  it("are written for menus", () => {
    expect(shortcutText("Mod+Shift+S", false)).toBe("Ctrl+Shift+S");
    expect(shortcutText("Mod+Shift+S", true)).toBe("⇧⌘S");
    expect(shortcutText("Mod+ArrowDown", false)).toBe("Ctrl+↓");
    expect(accelerator("Mod++")).toBe("CmdOrCtrl+Plus");
    expect(accelerator("Alt+ArrowLeft")).toBe("Alt+Left");
  });
});

describe("the command table", () => {
  beforeEach(() => useSession.setState({ status: EMPTY_STATUS }));

  it("names every command once", () => {
    const ids = COMMANDS.map((command) => command.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
  it("has Wireshark's shortcuts", () => {
    const expected: Record<string, string> = {
      "file.open": "Mod+O",
      "file.save": "Mod+S",
      "file.saveAs": "Mod+Shift+S",
      "capture.start": "Mod+E",
      "capture.stop": "Mod+E",
      "capture.options": "Mod+K",
      "edit.find": "Mod+F",
      "go.toPacket": "Mod+G",
      "go.next": "Mod+ArrowDown",
      "go.nextInConversation": "Mod+.",
    };
    for (const [id, shortcut] of Object.entries(expected)) {
      expect(shortcutsOf(commandById(id)!, false)[0], id).toBe(shortcut);
    }
  });
  it("gives the browser no shortcut that it keeps for itself", () => {
    const kept = new Set(["Mod+W", "Mod+N", "Mod+T", "Mod+Shift+W", "Mod+Shift+N", "Mod+Shift+T", "Mod+Tab"]);
    for (const command of COMMANDS) {
      for (const shortcut of shortcutsOf(command, false)) expect(kept.has(shortcut), command.id).toBe(false);
    }
    expect(shortcutsOf(commandById("file.close")!, true)[0]).toBe("Mod+W");
  });
  it("never enables two commands for one shortcut at once", () => {
    const states = [
      EMPTY_STATUS,
      {
        ...EMPTY_STATUS,
        live: { ...EMPTY_STATUS.live, phase: "capturing" as const },
        displayed: 5,
        frames: 5,
      },
    ];
    for (const status of states) {
      useSession.setState({ status });
      const taken = new Map<string, string>();
      for (const command of COMMANDS.filter((entry) => entry.group !== "zoom" && entry.enabled())) {
        for (const shortcut of shortcutsOf(command, true)) {
          expect(taken.get(shortcut), `${shortcut}: ${command.id}`).toBeUndefined();
          taken.set(shortcut, command.id);
        }
      }
    }
  });
  it("does not run what is not possible", () => {
    expect(runCommand("go.toPacket")).toBe(false);
    expect(ui().goToBar).toBe(false);
    useSession.setState({ status: { ...EMPTY_STATUS, frames: 9, displayed: 9 } });
    expect(runCommand("go.toPacket")).toBe(true);
    expect(ui().goToBar).toBe(true);
    expect(runCommand("no.such")).toBe(false);
  });
  it("becomes menus with submenus in their place", () => {
    for (const menu of MENUS) expect(menuGroups(menu).flat().length, menu).toBeGreaterThan(0);
    const view = menuModel().find((menu) => menu.label === "View")!;
    const time = view.items.find((item) => item.kind === "submenu" && item.label === "Time display format");
    expect(time?.kind === "submenu" && time.items).toHaveLength(7);
    const start = menuModel()
      .find((menu) => menu.label === "Capture")!
      .items.find((item) => item.kind === "command" && item.id === "capture.start");
    expect(start).toMatchObject({ accelerator: "CmdOrCtrl+E", enabled: true, checked: null });
  });
});
