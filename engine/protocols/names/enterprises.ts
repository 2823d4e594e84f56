/** Some private enterprise numbers, https://www.iana.org/assignments/enterprise-numbers */
export const ENTERPRISES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "NxNetworks",
  2: "IBM",
  9: "ciscoSystems",
  11: "Hewlett-Packard",
  43: "3Com",
  128: "Tektronix, Inc.",
  193: "Ericsson AB",
  311: "Microsoft",
  2636: "Juniper Networks, Inc.",
  3561: "Broadband Forum (previously 'DSL Forum')",
  4491: "Cable Television Laboratories, Inc.",
  8072: "net-snmp",
  12356: "Fortinet, Inc.",
  30065: "Arista Networks, Inc.",
  40712: "DHCPCD Project",
};
