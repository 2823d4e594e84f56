/** Link types (LINKTYPE_, https://www.tcpdump.org/linktypes.html) and the numbers and names Wireshark shows for them. */

/** [LINKTYPE_ value, Wireshark's encapsulation number, name] */
const TABLE: readonly (readonly [number, number, string])[] = [
  [0, 15, "NULL/Loopback"],
  [1, 1, "Ethernet"],
  [101, 7, "Raw IP"],
  [113, 25, "Linux cooked-mode capture v1"],
  [228, 129, "Raw IPv4"],
  [229, 130, "Raw IPv6"],
  [276, 210, "Linux cooked-mode capture v2"],
];

const byLinkType = new Map(TABLE.map(([link, encapsulation]) => [link, encapsulation]));

export const encapsulations = {
  /** Wireshark's encapsulation number → name. */
  names: Object.fromEntries(TABLE.map(([, encapsulation, name]) => [encapsulation, name])),
  /** Wireshark's encapsulation number of a LINKTYPE_ value; 0 when unknown. */
  fromLinkType: (linkType: number): number => byLinkType.get(linkType) ?? 0,
};
