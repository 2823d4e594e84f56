/** Keyboard shortcuts: written as "Mod+Shift+S", where Mod is Ctrl, on macOS Command. */

export interface Shortcut {
  mod: boolean;
  /** The Control key of macOS; elsewhere Mod is Control. */
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
  /** `KeyboardEvent.key`, letters in lower case. */
  key: string;
}

const MODIFIERS = new Set(["mod", "ctrl", "alt", "shift"]);

/**
 * Reads a shortcut. A plus as key is written "Mod++".
 * @throws Error naming the text when it holds no key or an unknown modifier
 */
export function parseShortcut(text: string): Shortcut {
  const plus = text.endsWith("++");
  const parts = (plus ? text.slice(0, -2) : text).split("+");
  const key = plus ? "+" : parts.pop();
  const shortcut: Shortcut = { mod: false, ctrl: false, alt: false, shift: false, key: "" };
  for (const part of parts) {
    const name = part.toLowerCase();
    if (!MODIFIERS.has(name)) throw new Error(`Unknown modifier “${part}” in the shortcut “${text}”.`);
    shortcut[name as "mod" | "ctrl" | "alt" | "shift"] = true;
  }
  if (!key) throw new Error(`The shortcut “${text}” names no key.`);
  shortcut.key = key.length === 1 ? key.toLowerCase() : key;
  return shortcut;
}

export interface KeyLike {
  key: string;
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** True when the key event is this shortcut. */
export function matchesShortcut(shortcut: Shortcut, event: KeyLike, mac: boolean): boolean {
  const mod = mac ? event.metaKey : event.ctrlKey;
  const control = mac ? event.ctrlKey : false;
  if (shortcut.mod !== mod || shortcut.ctrl !== control || shortcut.alt !== event.altKey) return false;
  if (!mac && event.metaKey) return false;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Punctuation may need Shift on some layouts, so only letters, digits and named keys insist on it.
  const punctuation = shortcut.key.length === 1 && !/[a-z0-9]/.test(shortcut.key);
  if (!punctuation && shortcut.shift !== event.shiftKey) return false;
  if (key === shortcut.key) return true;
  // Shift and Alt change the letter on some layouts; the physical key still says what was meant.
  return /^[a-z]$/.test(shortcut.key) && event.code === `Key${shortcut.key.toUpperCase()}`;
}

const KEY_NAMES: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Enter: "Enter",
  " ": "Space",
};

/** The shortcut as menus show it: "Ctrl+Shift+S", on macOS "⇧⌘S". */
export function shortcutText(text: string, mac: boolean): string {
  const shortcut = parseShortcut(text);
  const key =
    KEY_NAMES[shortcut.key] ?? (shortcut.key.length === 1 ? shortcut.key.toUpperCase() : shortcut.key);
  if (mac) {
    return `${shortcut.ctrl ? "⌃" : ""}${shortcut.alt ? "⌥" : ""}${shortcut.shift ? "⇧" : ""}${shortcut.mod ? "⌘" : ""}${key}`;
  }
  return [
    ...(shortcut.mod || shortcut.ctrl ? ["Ctrl"] : []),
    ...(shortcut.alt ? ["Alt"] : []),
    ...(shortcut.shift ? ["Shift"] : []),
    key,
  ].join("+");
}

/** The shortcut as Electron's menus want it: "CmdOrCtrl+Shift+S". */
export function accelerator(text: string): string {
  const shortcut = parseShortcut(text);
  const names: Record<string, string> = {
    ArrowUp: "Up",
    ArrowDown: "Down",
    ArrowLeft: "Left",
    ArrowRight: "Right",
    "+": "Plus",
  };
  const key = names[shortcut.key] ?? (shortcut.key.length === 1 ? shortcut.key.toUpperCase() : shortcut.key);
  return [
    ...(shortcut.mod ? ["CmdOrCtrl"] : []),
    ...(shortcut.ctrl ? ["Ctrl"] : []),
    ...(shortcut.alt ? ["Alt"] : []),
    ...(shortcut.shift ? ["Shift"] : []),
    key,
  ].join("+");
}
