/** Names of the option classes of Geneve: IANA. */
import { RangeNames } from "../../dissect/field.ts";

export const OPTION_CLASSES = new RangeNames([
  [0x0, 0xff, "Standard"],
  [0x100, 0x100, "Linux"],
  [0x101, 0x101, "Open vSwitch"],
  [0x102, 0x102, "Open Virtual Networking (OVN)"],
  [0x103, 0x103, "In-band Network Telemetry (INT)"],
  [0x104, 0x104, "VMware"],
  [0x105, 0x105, "Amazon.com, Inc."],
  [0x106, 0x106, "Cisco Systems, Inc."],
  [0x107, 0x107, "Oracle Corporation"],
  [0x108, 0x110, "Amazon.com, Inc."],
  [0x111, 0x118, "IBM"],
  [0x119, 0x128, "Ericsson"],
  [0x129, 0x129, "Oxide Computer Company"],
  [0x130, 0x131, "Cisco Systems, Inc."],
  [0x132, 0x135, "Google LLC"],
  [0x136, 0x136, "InfoQuick Global Connection Tech Ltd."],
  [0x137, 0xfeff, "Unassigned"],
  [0xfff0, 0xffff, "Experimental"],
]);
