/** Reports of the boot protocol, the same on USB and on Bluetooth: Device Class Definition for HID 1.11, appendix B. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, i8, u8 } from "../dissect/field.ts";
import { KEYCODES } from "./names/usbhid.ts";

const keyboard = "usbhid.boot_report.keyboard";
const mouse = "usbhid.boot_report.mouse";
const key = (place: number) =>
  u8(`${keyboard}.keycode_${place}`, `Keycode ${place}`, { base: "HEX", names: KEYCODES });

export const bootFields = {
  rightGui: bool(`${keyboard}.modifier.right_gui`, "Modifier: RIGHT GUI", { mask: 0x80 }),
  rightAlt: bool(`${keyboard}.modifier.right_alt`, "Modifier: RIGHT ALT", { mask: 0x40 }),
  rightShift: bool(`${keyboard}.modifier.right_shift`, "Modifier: RIGHT SHIFT", { mask: 0x20 }),
  rightCtrl: bool(`${keyboard}.modifier.right_ctrl`, "Modifier: RIGHT CTRL", { mask: 0x10 }),
  leftGui: bool(`${keyboard}.modifier.left_gui`, "Modifier: LEFT GUI", { mask: 0x08 }),
  leftAlt: bool(`${keyboard}.modifier.left_alt`, "Modifier: LEFT ALT", { mask: 0x04 }),
  leftShift: bool(`${keyboard}.modifier.left_shift`, "Modifier: LEFT SHIFT", { mask: 0x02 }),
  leftCtrl: bool(`${keyboard}.modifier.left_ctrl`, "Modifier: LEFT CTRL", { mask: 0x01 }),
  reserved: u8(`${keyboard}.reserved`, "Reserved", { base: "HEX" }),
  key1: key(1),
  key2: key(2),
  key3: key(3),
  key4: key(4),
  key5: key(5),
  key6: key(6),
  constants: u8(`${keyboard}.leds.constants`, "Constants", { base: "HEX", mask: 0xe0 }),
  kana: bool(`${keyboard}.leds.kana`, "KANA", { mask: 0x10 }),
  compose: bool(`${keyboard}.leds.compose`, "COMPOSE", { mask: 0x08 }),
  scrollLock: bool(`${keyboard}.leds.scroll_lock`, "SCROLL LOCK", { mask: 0x04 }),
  capsLock: bool(`${keyboard}.leds.caps_lock`, "CAPS LOCK", { mask: 0x02 }),
  numLock: bool(`${keyboard}.leds.num_lock`, "NUM LOCK", { mask: 0x01 }),
  button8: bool(`${mouse}.button.8`, "Button 8", { mask: 0x80 }),
  button7: bool(`${mouse}.button.7`, "Button 7", { mask: 0x40 }),
  button6: bool(`${mouse}.button.6`, "Button 6", { mask: 0x20 }),
  button5: bool(`${mouse}.button.5`, "Button 5", { mask: 0x10 }),
  button4: bool(`${mouse}.button.4`, "Button 4", { mask: 0x08 }),
  middle: bool(`${mouse}.button.middle`, "Button Middle", { mask: 0x04 }),
  right: bool(`${mouse}.button.right`, "Button Right", { mask: 0x02 }),
  left: bool(`${mouse}.button.left`, "Button Left", { mask: 0x01 }),
  x: i8(`${mouse}.x_displacement`, "X Displacement"),
  y: i8(`${mouse}.y_displacement`, "Y Displacement"),
  horizontal: i8(`${mouse}.scroll_wheel.horizontal`, "Horizontal Scroll Wheel"),
  vertical: i8(`${mouse}.scroll_wheel.vertical`, "Vertical Scroll Wheel"),
};

const f = bootFields;
const MODIFIERS = [
  f.rightGui,
  f.rightAlt,
  f.rightShift,
  f.rightCtrl,
  f.leftGui,
  f.leftAlt,
  f.leftShift,
  f.leftCtrl,
] as const;
const KEYS = [f.key1, f.key2, f.key3, f.key4, f.key5, f.key6] as const;
const LEDS = [f.constants, f.kana, f.compose, f.scrollLock, f.capsLock, f.numLock] as const;
const BUTTONS = [f.button8, f.button7, f.button6, f.button5, f.button4, f.middle, f.right, f.left] as const;
const MODIFIER_NAMES = [
  "LEFT CTRL",
  "LEFT SHIFT",
  "LEFT ALT",
  "LEFT GUI",
  "RIGHT CTRL",
  "RIGHT SHIFT",
  "RIGHT ALT",
  "RIGHT GUI",
] as const;

/** What a keyboard sends; returns the keys that are held, for the info text. */
export function addKeyboardReport(d: Dissection): string {
  const held: string[] = [];
  const modifiers = d.peek8();
  for (const field of MODIFIERS) d.bits(field, d.pos, 1);
  MODIFIER_NAMES.forEach((name, bit) => {
    if ((modifiers >> bit) & 1) held.push(`<${name}>`);
  });
  d.skip(1);
  d.u8(f.reserved);
  for (const field of KEYS) {
    const code = d.u8(field);
    if (code !== 0) held.push(KEYCODES[code] ?? "Unknown");
  }
  return held.length === 0 ? "<action key up>" : held.join(" + ");
}

const LED_NAMES = ["NumLock", "CapsLock", "ScrollLock", "Compose", "Kana"] as const;

/** What is sent to a keyboard; returns the lights that are on. */
export function addLedReport(d: Dissection): string {
  const lit = d.peek8();
  for (const field of LEDS) d.bits(field, d.pos, 1);
  d.skip(1);
  const names = LED_NAMES.filter((_, bit) => (lit >> bit) & 1);
  return names.length === 0 ? "none" : names.join(", ");
}

export function addMouseReport(d: Dissection): void {
  for (const field of BUTTONS) d.bits(field, d.pos, 1);
  d.skip(1);
  d.int(f.x, 1);
  d.int(f.y, 1);
  if (d.remaining > 0) d.int(f.horizontal, 1);
  if (d.remaining > 0) d.int(f.vertical, 1);
}
