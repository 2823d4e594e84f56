/**
 * Link types: the DLT_ values a system's libpcap uses and the LINKTYPE_ values capture files hold.
 * See https://www.tcpdump.org/linktypes.html. Most are equal; the ones below differ, some by system.
 */

/** LINKTYPE_ values that capture code meets by name. */
export const LINKTYPE_NULL = 0;
export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_RAW = 101;
export const LINKTYPE_LINUX_SLL = 113;
export const LINKTYPE_IEEE802_11_RADIOTAP = 127;
export const LINKTYPE_LINUX_SLL2 = 276;

/** DLT_ values below this differ between systems where they were numbered before files agreed on LINKTYPE_. */
const COMMON: ReadonlyMap<number, number> = new Map([
  [11, 100], // ATM_RFC1483
  [12, 101], // RAW
  [15, 102], // SLIP_BSDOS
  [16, 103], // PPP_BSDOS
]);

const BY_SYSTEM: Partial<Record<NodeJS.Platform, ReadonlyMap<number, number>>> = {
  openbsd: new Map([
    [11, 100],
    [12, 108], // LOOP
    [13, 109], // ENC
    [14, 101], // RAW
    [15, 102],
    [16, 103],
    [18, 246], // PFSYNC
  ]),
  darwin: new Map([
    [18, 246], // PFSYNC
    [149, 258], // PKTAP
  ]),
  freebsd: new Map([[121, 246]]),
};

/**
 * LINKTYPE_ value of a DLT_ value of the given system (default: this one).
 * Values without a rule are equal in both.
 */
export function dltToLinkType(dlt: number, platform: NodeJS.Platform = process.platform): number {
  if (platform === "openbsd") return BY_SYSTEM.openbsd?.get(dlt) ?? dlt;
  return BY_SYSTEM[platform]?.get(dlt) ?? COMMON.get(dlt) ?? dlt;
}

/** Titles of the LINKTYPE_ values that live interfaces have. */
const TITLES: ReadonlyMap<number, string> = new Map([
  [0, "BSD loopback"],
  [1, "Ethernet"],
  [9, "PPP"],
  [100, "ATM (RFC 1483)"],
  [101, "Raw IP"],
  [105, "802.11"],
  [107, "Frame Relay"],
  [108, "OpenBSD loopback"],
  [109, "OpenBSD encapsulation"],
  [113, "Linux cooked v1"],
  [117, "OpenBSD pflog"],
  [119, "802.11 with Prism header"],
  [127, "802.11 with radiotap header"],
  [143, "DOCSIS"],
  [163, "802.11 with AVS header"],
  [189, "USB with Linux header"],
  [192, "Per-packet information"],
  [195, "802.15.4 with FCS"],
  [201, "Bluetooth HCI with direction"],
  [220, "USB with Linux header, padded"],
  [227, "CAN (SocketCAN)"],
  [228, "Raw IPv4"],
  [229, "Raw IPv6"],
  [239, "Netfilter log"],
  [246, "pfsync"],
  [249, "USBPcap"],
  [253, "Netlink"],
  [254, "Bluetooth Linux monitor"],
  [258, "Apple PKTAP"],
  [276, "Linux cooked v2"],
]);

/** Title of a LINKTYPE_ value for users, "Link type 299" when it has none here. */
export function linkTypeTitle(linkType: number): string {
  return TITLES.get(linkType) ?? `Link type ${linkType}`;
}
