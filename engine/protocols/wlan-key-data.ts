/** Key data encapsulations of EAPOL-Key frames: IEEE 802.11-2020 section 12.7.2, table 12-9. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, type Field, RangeNames, u8, u16, u32, u48 } from "../dissect/field.ts";

const f = {
  keyLifetimeKdeLifetime: u32("wlan.rsn.ie.key_lifetime_kde.lifetime", "Key Lifetime", { unit: "s" }),
  gtkKdeKeyId: u8("wlan.rsn.ie.gtk_kde.key_id", "Key ID", { base: "HEX", mask: 0x3 }),
  gtkKdeTx: bool("wlan.rsn.ie.gtk_kde.tx", "Tx", {
    mask: 0x4,
    tf: ["Temporal key used for both transmission and reception", "Temporal key used only for reception"],
  }),
  gtkKdeRes1: u8("wlan.rsn.ie.gtk_kde.res1", "Reserved", { base: "HEX", mask: 0xf8 }),
  gtkKdeRes2: u8("wlan.rsn.ie.gtk_kde.res2", "Reserved", { base: "HEX" }),
  gtkKdeGtk: bytes("wlan.rsn.ie.gtk_kde.gtk", "GTK"),
  macAddressKdeMacAddress: ether("wlan.rsn.ie.mac_address_kde.mac_address", "MAC Address"),
  pmkid: bytes("wlan.rsn.ie.pmkid", "PMKID"),
  keyNonceKdeNonce: bytes("wlan.rsn.ie.key_nonce_kde.nonce", "Key Nonce"),
  igtkKdeKeyid: u16("wlan.rsn.ie.igtk.kde.keyid", "KeyId"),
  igtkKdeIpn: u48("wlan.rsn.ie.igtk.kde.ipn", "IPN"),
  igtkKdeIgtk: bytes("wlan.rsn.ie.igtk.kde.igtk", "IGTK"),
  ptkKeyid: u8("wlan.rsn.ie.ptk.keyid", "KeyID", { mask: 0x3 }),
  ociKdeOperatingClass: u8("wlan.rsn.ie.oci_kde.operating_class", "Operating Class"),
  ociKdePrimaryChannelNumber: u8("wlan.rsn.ie.oci_kde.primary_channel_number", "Primary Channel Number"),
  ociKdeFrequencySegment1ChannelNumber: u8(
    "wlan.rsn.ie.oci_kde.frequency_segment_1_channel_number",
    "Frequency Segment 1 Channel Number",
  ),
  bigtkKdeKeyId: u16("wlan.rsn.ie.bigtk_kde.key_id", "Key ID"),
  bigtkKdeBipn: u48("wlan.rsn.ie.bigtk_kde.bipn", "BIPN"),
  bigtkKdeBigtk: bytes("wlan.rsn.ie.bigtk_kde.bigtk", "Key ID"),
  kdeDataType: u16("wlan.rsn.ie.kde.data_type", "Data Type", {
    names: new RangeNames([
      [0, 0, "Reserved"],
      [1, 1, "GTK KDE"],
      [2, 2, "Reserved"],
      [3, 3, "MAC address KDE"],
      [4, 4, "PMKID KDE"],
      [5, 5, "Reserved"],
      [6, 6, "Nonce KDE"],
      [7, 7, "Lifetime KDE"],
      [8, 8, "Error KDE"],
      [9, 9, "IGTK KDE"],
      [10, 10, "Key ID KDE"],
      [11, 11, "Multi-band GTK KDE"],
      [12, 12, "Multi-band Key ID KDE"],
      [13, 13, "OCI KDE"],
      [14, 14, "BIGTK KDE"],
      [15, 15, "Reserved"],
      [16, 16, "MLO GTK KDE"],
      [17, 17, "MLO IGTK KDE"],
      [18, 18, "MLO BIGTK KDE"],
      [19, 19, "MLO LINK KDE"],
      [20, 255, "Reserved"],
    ]),
  }),
  unknown: bytes("wlan.rsn.ie.unknown", "RSN Unknown"),
};
/** Fields of the protocol `wlan`. */
export const keyDataFields = Object.fromEntries(
  Object.entries(f).map(([key, field]) => [`key data ${key}`, field]),
);

interface Kde {
  readonly title: string;
  readonly name: string;
  readonly take: (d: Dissection) => void;
}
const left =
  (field: Field) =>
  (d: Dissection): void => {
    if (d.remaining > 0) d.bytes(field, d.remaining);
  };
const packetNumber = (d: Dissection, field: Field): void => {
  d.add(field, d.pos, 6, BigInt(d.peekUintLe(6)));
  d.skip(6);
};
const lifetime = (d: Dissection): void => {
  const value = d.u32le(f.keyLifetimeKdeLifetime);
  if (d.labels) d.relabel(`Key Lifetime: ${value}s`);
};
const GROUP_BITS = [f.gtkKdeKeyId, f.gtkKdeTx, f.gtkKdeRes1];

const KDES: Readonly<Record<number, Kde>> = {
  1: {
    title: "RSN GTK",
    name: "GTK KDE",
    take: (d) => {
      for (const field of GROUP_BITS) d.bits(field, d.pos, 1);
      d.skip(1);
      d.u8(f.gtkKdeRes2);
      left(f.gtkKdeGtk)(d);
    },
  },
  3: { title: "MAC Address KDE", name: "MAC address KDE", take: (d) => d.ether(f.macAddressKdeMacAddress) },
  4: { title: "RSN PMKID", name: "PMKID KDE", take: (d) => d.bytes(f.pmkid, 16) },
  6: { title: "", name: "Nonce KDE", take: (d) => d.bytes(f.keyNonceKdeNonce, 32) },
  7: { title: "Lifetime KDE", name: "Lifetime KDE", take: lifetime },
  9: {
    title: "RSN IGTK",
    name: "IGTK KDE",
    take: (d) => {
      d.u16le(f.igtkKdeKeyid);
      packetNumber(d, f.igtkKdeIpn);
      left(f.igtkKdeIgtk)(d);
    },
  },
  10: {
    title: "RSN PTK",
    name: "Key ID KDE",
    take: (d) => {
      d.bits(f.ptkKeyid, d.pos, 1);
    },
  },
  13: {
    title: "OCI KDE",
    name: "OCI KDE",
    take: (d) => {
      d.u8(f.ociKdeOperatingClass);
      d.u8(f.ociKdePrimaryChannelNumber);
      d.u8(f.ociKdeFrequencySegment1ChannelNumber);
    },
  },
  14: {
    title: "BIGTK KDE",
    name: "BIGTK KDE",
    take: (d) => {
      d.u16le(f.bigtkKdeKeyId);
      packetNumber(d, f.bigtkKdeBipn);
      left(f.bigtkKdeBigtk)(d);
    },
  },
};

/** A key data encapsulation from its type on; its element's line is the last opened. */
export function addKeyData(d: Dissection): void {
  const type = d.peek8();
  const kde = KDES[type];
  d.add(f.kdeDataType, d.pos, 1, type);
  d.skip(1);
  if (d.labels) {
    d.relabel(`Data Type: ${kde?.name ?? "Reserved"} (${type})`);
    if (kde?.title !== "") d.appendParent(`: ${kde?.title ?? "RSN UNKNOWN"}`);
  }
  if (kde !== undefined) kde.take(d);
  else left(f.unknown)(d);
}
