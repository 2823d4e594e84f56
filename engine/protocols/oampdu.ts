/** Operations, administration and maintenance of Ethernet links, IEEE 802.3 clause 57. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, u8, u16, u24, u32, u64 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { slowSubtypes } from "./lacp.ts";
import { ATTRIBUTES, INDICATIONS, OBJECTS, PACKAGES } from "./names/oampdu.ts";

const CODES: Readonly<Record<number, string>> = {
  0: "Information",
  1: "Event Notification",
  2: "Variable Request",
  3: "Variable Response",
  4: "Loopback Control",
  254: "Organization Specific",
};
const INFORMATION_TLVS = {
  0: "End of TLV marker",
  1: "Local Information TLV",
  2: "Remote Information TLV",
  254: "Organization Specific Information TLV",
} as const;
const EVENTS = {
  0: "End of TLV marker",
  1: "Errored Symbol Period Event",
  2: "Errored Frame Event",
  3: "Errored Frame Period Event",
  4: "Errored Frame Seconds Summary Event",
  254: "Organization Specific Event TLV",
} as const;
const PARSER_ACTIONS = {
  0: "Forward non-OAMPDUs to higher sublayer",
  1: "Loopback non-OAMPDUs to the lower sublayer",
  2: "Discarding non-OAMPDUs",
  3: "Reserved",
} as const;
const BRANCHES = { 3: "Object", 4: "Package", 6: "nameBinding", 7: "Attribute" } as const;

const flag = (name: string, title: string, mask: number): Field =>
  bool(`oampdu.flags.${name}`, title, { mask });
const does = (name: string, title: string, mask: number, capable: string, incapable: string): Field =>
  bool(`oampdu.flags.${name}`, title, { mask, tf: [`DTE ${capable}`, `DTE ${incapable}`] });
const f = {
  flags: u16("oampdu.flags", "Flags", { base: "HEX" }),
  linkFault: flag("linkFault", "Link Fault", 0x01),
  dyingGasp: flag("dyingGasp", "Dying Gasp", 0x02),
  critical: flag("criticalEvent", "Critical Event", 0x04),
  localEvaluating: flag("localEvaluating", "Local Evaluating", 0x08),
  localStable: flag("localStable", "Local Stable", 0x10),
  remoteEvaluating: flag("remoteEvaluating", "Remote Evaluating", 0x20),
  remoteStable: flag("remoteStable", "Remote Stable", 0x40),
  code: u8("oampdu.code", "OAMPDU code", { base: "HEX", names: CODES }),
  type: u8("oampdu.info.type", "Type", { base: "HEX", names: INFORMATION_TLVS }),
  length: u8("oampdu.info.length", "TLV Length"),
  version: u8("oampdu.info.version", "TLV Version", { base: "HEX" }),
  revision: u16("oampdu.info.revision", "TLV Revision"),
  state: u8("oampdu.info.state", "OAM DTE States", { base: "HEX" }),
  parser: u8("oampdu.info.state.parser", "Parser Action", { base: "HEX", mask: 0x03, names: PARSER_ACTIONS }),
  multiplexer: bool("oampdu.info.state.multiplexer", "Multiplexer Action", {
    mask: 0x04,
    tf: ["Discard non-OAMPDUs", "Forward non-OAMPDUs to lower sublayer"],
  }),
  configuration: u8("oampdu.info.oamConfig", "OAM Configuration", { base: "HEX" }),
  mode: bool("oampdu.info.oamConfig.mode", "OAM Mode", {
    mask: 0x01,
    tf: ["DTE configured in Active mode", "DTE configured in Passive mode"],
  }),
  // Wireshark gives the rest of the configuration the names of the flags above.
  unidirectional: does(
    "dyingGasp",
    "Unidirectional support",
    0x02,
    "is capable of sending OAMPDUs when rcv path is down",
    "is not capable of sending OAMPDUs when rcv path is down",
  ),
  loopback: does(
    "criticalEvent",
    "Loopback support",
    0x04,
    "is capable of OAM remote loopback mode",
    "is not capable of OAM remote loopback mode",
  ),
  linkEvents: does(
    "localEvaluating",
    "Link Events support",
    0x08,
    "supports interpreting Link Events",
    "does not support interpreting Link Events",
  ),
  variables: does(
    "localStable",
    "Variable Retrieval",
    0x10,
    "supports sending Variable Response",
    "does not support sending Variable Response",
  ),
  longest: u16("oampdu.info.oampduConfig", "Max OAMPDU Size", { unit: " bytes" }),
  oui: u24("oampdu.info.oui", "Organizationally Unique Identifier", { base: "OUI" }),
  vendor: bytes("oampdu.info.vendor", "Vendor Specific Information"),
  sequence: u16("oampdu.event.sequence", "Sequence Number"),
  event: u8("oampdu.event.type", "Event Type", { base: "HEX", names: EVENTS }),
  eventLength: u8("oampdu.event.length", "Event Length", { base: "HEX" }),
  timestamp: u16("oampdu.event.timestamp", "Event Timestamp (100ms)"),
  symbolWindow: u64("oampdu.event.espeWindow", "Errored Symbol Window"),
  symbolThreshold: u64("oampdu.event.espeThreshold", "Errored Symbol Threshold"),
  symbolErrors: u64("oampdu.event.espeErrors", "Errored Symbols"),
  symbolTotal: u64("oampdu.event.espeTotalErrors", "Error Running Total"),
  symbolEvents: u32("oampdu.event.espeTotalEvents", "Event Running Total"),
  frameWindow: u16("oampdu.event.efeWindow", "Errored Frame Window"),
  frameThreshold: u32("oampdu.event.efeThreshold", "Errored Frame Threshold"),
  frameErrors: u32("oampdu.event.efeErrors", "Errored Frames"),
  frameTotal: u64("oampdu.event.efeTotalErrors", "Error Running Total"),
  frameEvents: u32("oampdu.event.efeTotalEvents", "Event Running Total"),
  periodWindow: u32("oampdu.event.efpeWindow", "Errored Frame Window"),
  periodThreshold: u32("oampdu.event.efpeThreshold", "Errored Frame Threshold"),
  periodTotal: u64("oampdu.event.efpeTotalErrors", "Error Running Total"),
  periodEvents: u32("oampdu.event.efpeTotalEvents", "Event Running Total"),
  secondsWindow: u16("oampdu.event.efsseWindow", "Errored Frame Window"),
  secondsThreshold: u16("oampdu.event.efsseThreshold", "Errored Frame Threshold"),
  secondsTotal: u32("oampdu.event.efsseTotalErrors", "Error Running Total"),
  secondsEvents: u32("oampdu.event.efsseTotalEvents", "Event Running Total"),
  branch: u8("oampdu.variable.branch", "Branch", { base: "HEX", names: BRANCHES }),
  object: u16("oampdu.variable.object", "Leaf", { base: "HEX", names: OBJECTS }),
  package: u16("oampdu.variable.package", "Leaf", { base: "HEX", names: PACKAGES }),
  binding: u16("oampdu.variable.binding", "Leaf", { base: "HEX", names: { 26: "repeaterPortName" } }),
  attribute: u16("oampdu.variable.attribute", "Leaf", { base: "HEX", names: ATTRIBUTES }),
  width: u8("oampdu.variable.width", "Variable Width"),
  indication: u8("oampdu.variable.indication", "Variable indication", { base: "HEX", names: INDICATIONS }),
  value: bytes("oampdu.variable.value", "Variable Value"),
  commands: u8("oampdu.lpbk.commands", "Commands", { base: "HEX" }),
  enable: bool("oampdu.lpbk.commands.enable", "Enable Remote Loopback", { mask: 0x01 }),
  disable: bool("oampdu.lpbk.commands.disable", "Disable Remote Loopback", { mask: 0x02 }),
};

export const oampdu = protocol({
  name: "oampdu",
  title: "OAM Protocol",
  short: "Ethernet OAM PDU",
  fields: f,
  contained: true,
  on: [[slowSubtypes, 3]],
  dissect,
});

const ITU_T = 0x0019a7;
const END = 0;
const INFORMATION = 0;
const EVENT = 1;
const REQUEST = 2;
const RESPONSE = 3;
const LOOPBACK = 4;
const ORGANIZATION = 0xfe;
const FLAGS: readonly Field[] = [
  f.linkFault,
  f.dyingGasp,
  f.critical,
  f.localEvaluating,
  f.localStable,
  f.remoteEvaluating,
  f.remoteStable,
];

function dissect(d: Dissection): void {
  const { end } = d;
  const code = d.peek8(2);
  if (d.columns) {
    d.setProtocol("OAM");
    d.setInfo(`OAMPDU: ${CODES[code] ?? "Unknown"}`);
  }
  addPduFlags(d);
  d.u8(f.code);
  if (code === INFORMATION) while (d.remaining > 0 && addInformation(d));
  else if (code === EVENT) {
    d.u16(f.sequence);
    while (d.remaining > 0 && addEvent(d));
  } else if (code === REQUEST) {
    while (d.remaining > 0 && d.peek8() !== END && addLeaf(d));
  } else if (code === RESPONSE) {
    while (d.remaining > 0 && d.peek8() !== END && addVariable(d));
  } else if (code === LOOPBACK) addFlags(d, f.commands, 1, [f.enable, f.disable]);
  else if (code === ORGANIZATION) addOui(d);
  d.layerEnd(end);
}

/** All flags are in the second octet, and are shown as if there were no other. */
function addPduFlags(d: Dissection): void {
  const at = d.pos;
  const flags = d.peek16();
  d.skip(2);
  if (!d.building) return;
  d.open(f.flags, at, 2, flags);
  for (const field of FLAGS) {
    const set = (flags & field.mask) !== 0;
    d.add(field, at, 2, set ? 1 : 0);
    if (set && d.labels) d.appendParent(`, ${field.title}`);
  }
  d.close();
}

function addOui(d: Dissection): void {
  if (d.u24(f.oui) === ITU_T && d.labels) d.append(" (Itu-T)");
}

const INFORMATION_LENGTH = 16;
const STATE = [f.parser, f.multiplexer] as const;
const CONFIGURATION = [f.mode, f.unidirectional, f.loopback, f.linkEvents, f.variables] as const;

/** 57.5.2; false at the end of the list. */
function addInformation(d: Dissection): boolean {
  const start = d.pos;
  const type = d.peek8();
  if (type === END) return false;
  d.u8(f.type);
  const length = d.u8(f.length);
  if (type === ORGANIZATION) {
    if (length < 5) return false;
    addOui(d);
    d.bytes(f.vendor, length - 5);
    return true;
  }
  if (length < INFORMATION_LENGTH) return false;
  d.u8(f.version);
  d.u16(f.revision);
  addFlags(d, f.state, 1, STATE);
  addFlags(d, f.configuration, 1, CONFIGURATION);
  d.u16(f.longest);
  addOui(d);
  d.bytes(f.vendor, 4);
  d.pos = start + length;
  return true;
}

/** What follows the time stamp of an event: fields with their sizes. */
const EVENT_FIELDS: Readonly<Record<number, readonly (readonly [Field, number])[]>> = {
  1: [
    [f.symbolWindow, 8],
    [f.symbolThreshold, 8],
    [f.symbolErrors, 8],
    [f.symbolTotal, 8],
    [f.symbolEvents, 4],
  ],
  2: [
    [f.frameWindow, 2],
    [f.frameThreshold, 4],
    [f.frameErrors, 4],
    [f.frameTotal, 8],
    [f.frameEvents, 4],
  ],
  3: [
    [f.periodWindow, 4],
    [f.periodThreshold, 4],
    [f.frameErrors, 4],
    [f.periodTotal, 8],
    [f.periodEvents, 4],
  ],
  4: [
    [f.secondsWindow, 2],
    [f.secondsThreshold, 2],
    [f.frameErrors, 2],
    [f.secondsTotal, 4],
    [f.secondsEvents, 4],
  ],
};

/** 57.5.3; false at the end of the list. */
function addEvent(d: Dissection): boolean {
  const start = d.pos;
  const type = d.peek8();
  if (type === END) return false;
  d.u8(f.event);
  const length = d.u8(f.eventLength);
  if (length < 2) return false;
  const fields = EVENT_FIELDS[type];
  if (fields !== undefined) {
    d.u16(f.timestamp);
    for (const [field, size] of fields) {
      if (size === 8) d.u64(field);
      else d.uint(field, size);
    }
  }
  d.pos = start;
  d.skip(length);
  return true;
}

const LEAVES: Readonly<Record<number, Field>> = { 3: f.object, 4: f.package, 6: f.binding, 7: f.attribute };

/** Branch and leaf of a variable; false when the branch is unknown. */
function addLeaf(d: Dissection): boolean {
  const branch = d.u8(f.branch);
  const leaf = LEAVES[branch];
  if (leaf === undefined) return false;
  d.u16(leaf);
  return true;
}

const OBJECT = 3;
const PACKAGE = 4;

/** 57.6.2: a variable with its value; objects and packages have several. */
function addVariable(d: Dissection): boolean {
  const branch = d.peek8();
  if (!addLeaf(d)) return false;
  addValue(d);
  if (branch === OBJECT || branch === PACKAGE) while (d.remaining > 0) addValue(d);
  return true;
}

const INDICATION = 0x80;

function addValue(d: Dissection): void {
  const at = d.pos;
  const width = d.peek8();
  d.skip(1);
  if (width > INDICATION) {
    d.add(f.indication, at, 1, width & ~INDICATION);
    return;
  }
  const length = width === 0 ? 128 : width;
  d.add(f.width, at, 1, length);
  d.bytes(f.value, length);
}
