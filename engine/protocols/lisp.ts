/** Locator/ID separation protocol: control messages (RFC 6830, RFC 8111), canonical addresses (RFC 8060), data. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  expert,
  type Field,
  ipv4,
  ipv6,
  none,
  SET_NOTSET,
  str,
  strz,
  u8,
  u16,
  u24,
  u32,
  u64,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, udpPorts } from "../dissect/tables.ts";
import { decodeText, formatEther, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { data } from "./data.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";

const TYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Map-Request",
  2: "Map-Reply",
  3: "Map-Register",
  4: "Map-Notify",
  6: "Map-Referral",
  7: "Info",
  8: "Encapsulated Control Message",
};
const MAPPING_ACT_NAMES: Readonly<Record<number, string>> = {
  0: "No-Action",
  1: "Natively-Forward",
  2: "Send-Map-Request",
  3: "Drop/No-Reason",
  4: "Drop/Policy-Denied",
  5: "Drop/Authentication-Failure",
  6: "Forward-For-Unknown-Address",
};
const LCAF_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Null Body",
  1: "AFI List",
  2: "Instance ID",
  3: "AS Number",
  4: "Application Data",
  5: "Geo Coordinates",
  6: "Opaque Key",
  7: "NAT Traversal",
  8: "Nonce Locator",
  9: "Multicast Info",
  10: "Explicit Locator Path",
  11: "Security Key",
  12: "Source/Dest Key",
  13: "Replication List Entry",
  14: "JSON Data Model",
  15: "Key/Value Address Pair",
  255: "Vendor Specific LCAF",
};
const LCAF_GEO_LAT_HEMISPHERE_NAMES: Readonly<Record<number, string>> = {
  0: "S",
  1: "N",
};
const LCAF_GEO_LON_HEMISPHERE_NAMES: Readonly<Record<number, string>> = {
  0: "W",
  1: "E",
};

const f = {
  type: u24("lisp.type", "Type", { mask: 0xf00000, names: TYPE_NAMES }),
  irc: u24("lisp.irc", "ITR-RLOC Count", { mask: 0x1f }),
  records: u8("lisp.records", "Record Count"),
  nonce: u64("lisp.nonce", "Nonce", { base: "HEX" }),
  mreqFlags: u24("lisp.mreq.flags", "Flags", { base: "HEX", mask: 0xfc000 }),
  mreqFlagsAuth: bool("lisp.mreq.flags.auth", "A bit (Authoritative)", {
    mask: 0x80000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mreqFlagsMrp: bool("lisp.mreq.flags.mrp", "M bit (Map-Reply present)", {
    mask: 0x40000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mreqFlagsProbe: bool("lisp.mreq.flags.probe", "P bit (Probe)", { mask: 0x20000, bits: 24, tf: SET_NOTSET }),
  mreqFlagsSmr: bool("lisp.mreq.flags.smr", "S bit (Solicit-Map-Request)", {
    mask: 0x10000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mreqFlagsPitr: bool("lisp.mreq.flags.pitr", "p bit (Proxy ITR)", {
    mask: 0x8000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mreqFlagsSmri: bool("lisp.mreq.flags.smri", "s bit (SMR-invoked)", {
    mask: 0x4000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mreqRes: u24("lisp.mreq.res", "Reserved bits", { base: "HEX", mask: 0x3fe0 }),
  mreqSrceidAfi: u16("lisp.mreq.srceid.afi", "Source EID AFI", { names: ADDRESS_FAMILIES }),
  mreqSrceidString: str("lisp.mreq.srceid.string", "Source EID"),
  mreqSrceidIpv4: ipv4("lisp.mreq.srceid.ipv4", "Source EID"),
  mreqSrceidIpv6: ipv6("lisp.mreq.srceid_ipv6", "Source EID"),
  mreqSrceidMac: ether("lisp.mreq.srceid.mac", "Source EID"),
  mreqItrRloc: none("lisp.mreq.itr_rloc", "ITR-RLOC"),
  mreqItrRlocAfi: u16("lisp.mreq.itr_rloc.afi", "ITR-RLOC AFI", { names: ADDRESS_FAMILIES }),
  mreqItrRlocIpv4: ipv4("lisp.mreq.itr_rloc_ipv4", "ITR-RLOC Address"),
  mreqItrRlocIpv6: ipv6("lisp.mreq.itr_rloc_ipv6", "ITR-RLOC Address"),
  mreqRecordRes: u8("lisp.mreq.record.res", "Reserved", { base: "HEX" }),
  mreqRecordPrefixLength: u8("lisp.mreq.record.prefix.length", "Prefix Length"),
  mreqRecordPrefixAfi: u16("lisp.mreq.record.prefix.afi", "Prefix AFI", { names: ADDRESS_FAMILIES }),
  mreqRecordPrefixIpv4: ipv4("lisp.mreq.record.prefix.ipv4", "Prefix"),
  mreqRecordPrefixIpv6: ipv6("lisp.mreq.record.prefix.ipv6", "Prefix"),
  mreqRecordPrefixMac: ether("lisp.mreq.record.prefix.mac", "Prefix"),
  mreqRecordPrefixDn: strz("lisp.mreq.record.prefix.dn", "Prefix"),
  mreqRecord: none("lisp.mreq.record", "Map-Request Record"),
  mrepRecord: none("lisp.mrep.record", "Map-Reply Record"),
  mrepFlagsProbe: bool("lisp.mrep.flags.probe", "P bit (Probe)", { mask: 0x80000, bits: 24, tf: SET_NOTSET }),
  mrepFlagsEnlr: bool("lisp.mrep.flags.enlr", "E bit (Echo-Nonce locator reachability algorithm enabled)", {
    mask: 0x40000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mrepFlagsSec: bool("lisp.mrep.flags.sec", "S bit (LISP-SEC capable)", {
    mask: 0x20000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mrepRes: u24("lisp.mrep.res", "Reserved bits", { base: "HEX", mask: 0x1ffff }),
  mregFlagsPmr: bool("lisp.mreg.flags.pmr", "P bit (Proxy-Map-Reply)", {
    mask: 0x80000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mregFlagsSec: bool("lisp.mreg.flags.sec", "S bit (LISP-SEC capable)", {
    mask: 0x40000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mregFlagsXtrid: bool("lisp.mreg.flags.xtrid", "I bit (xTR-ID present)", {
    mask: 0x20000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mregFlagsRtr: bool("lisp.mreg.flags.rtr", "R bit (Built for an RTR)", {
    mask: 0x10000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mregFlagsWmn: bool("lisp.mreg.flags.wmn", "M bit (Want-Map-Notify)", {
    mask: 0x1,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mregRes: u24("lisp.mreg.res", "Reserved bits", { base: "HEX", mask: 0xfffe }),
  mrefRes: u24("lisp.mref.res", "Reserved bits", { base: "HEX", mask: 0xfffff }),
  keyid: u16("lisp.keyid", "Key ID", { base: "HEX" }),
  authlen: u16("lisp.authlen", "Authentication Data Length"),
  auth: bytes("lisp.auth", "Authentication Data"),
  msrtrKeyid: u16("lisp.msrtr.keyid", "MS-RTR Key ID", { base: "HEX" }),
  msrtrAuthlen: u16("lisp.msrtr.authlen", "MS-RTR Authentication Data Length"),
  msrtrAuth: bytes("lisp.msrtr.auth", "MS-RTR Authentication Data"),
  xtrid: bytes("lisp.xtrid", "xTR-ID"),
  siteid: bytes("lisp.siteid", "Site-ID"),
  mnotFlagsXtrid: bool("lisp.mnot.flags.xtrid", "I bit (xTR-ID present)", {
    mask: 0x80000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mnotFlagsRtr: bool("lisp.mnot.flags.rtr", "R bit (Built for an RTR)", {
    mask: 0x40000,
    bits: 24,
    tf: SET_NOTSET,
  }),
  mnotRes: u24("lisp.mnot.res", "Reserved bits", { base: "HEX", mask: 0x3ffff }),
  infoR: bool("lisp.info.r", "R bit (Info-Reply)", { mask: 0x80000, bits: 24, tf: SET_NOTSET }),
  infoRes1: u32("lisp.info.res1", "Reserved bits", { base: "HEX", mask: 0x7ffffff }),
  infoTtl: u32("lisp.info.ttl", "TTL"),
  infoRes2: u8("lisp.info.res2", "Reserved bits", { base: "HEX", mask: 0xff }),
  infoPrefixMasklen: u8("lisp.info.prefix.masklen", "EID Prefix Mask Length"),
  infoPrefixAfi: u16("lisp.info.prefix.afi", "Prefix AFI", { names: ADDRESS_FAMILIES }),
  infoPrefixIpv4: ipv4("lisp.info.prefix.ipv4", "Prefix"),
  infoPrefixIpv6: ipv6("lisp.info.prefix.ipv6", "Prefix"),
  infoAfi: u16("lisp.info.afi", "AFI", { names: ADDRESS_FAMILIES }),
  loc: none("lisp.loc", "Locator Record"),
  locPriority: u8("lisp.loc.priority", "Priority"),
  locWeight: u8("lisp.loc.weight", "Weight"),
  locMulticastPriority: u8("lisp.loc.multicast_priority", "Multicast Priority"),
  locMulticastWeight: u8("lisp.loc.multicast_weight", "Multicast Weight"),
  locFlags: u16("lisp.loc.flags", "Flags", { base: "HEX" }),
  locFlagsLocal: bool("lisp.loc.flags.local", "Local", { mask: 0x4, bits: 16, tf: SET_NOTSET }),
  locFlagsProbe: bool("lisp.loc.flags.probe", "Probe", { mask: 0x2, bits: 16, tf: SET_NOTSET }),
  locFlagsReach: bool("lisp.loc.flags.reach", "Reachable", { mask: 0x1, bits: 16, tf: SET_NOTSET }),
  locFlagsRes: u16("lisp.loc.flags.res", "Reserved", { base: "HEX", mask: 0xfff8 }),
  locAfi: u16("lisp.loc.afi", "AFI", { names: ADDRESS_FAMILIES }),
  locLocator: str("lisp.loc.locator", "Locator"),
  mapping: none("lisp.mapping", "Mapping Record"),
  mappingTtl: u32("lisp.mapping.ttl", "Record TTL"),
  mappingLoccnt: u8("lisp.mapping.loccnt", "Locator Count"),
  mappingEidMasklen: u8("lisp.mapping.eid.masklen", "EID Mask Length"),
  mappingAct: u16("lisp.mapping.act", "Action", { mask: 0xe000, names: MAPPING_ACT_NAMES }),
  mappingAuth: bool("lisp.mapping.auth", "Authoritative bit", { mask: 0x1000, bits: 16, tf: SET_NOTSET }),
  referralIncomplete: bool("lisp.referral.incomplete", "Incomplete", {
    mask: 0x800,
    bits: 16,
    tf: SET_NOTSET,
  }),
  mappingRes1: u16("lisp.mapping.res1", "Reserved", { base: "HEX", mask: 0x7ff }),
  mappingRes2: u16("lisp.mapping.res2", "Reserved", { base: "HEX", mask: 0xf000 }),
  mappingVer: u16("lisp.mapping.ver", "Mapping Version", { mask: 0xfff }),
  referralSigcnt: u16("lisp.referral.sigcnt", "Signature Count", { mask: 0xf000 }),
  mappingEidAfi: u16("lisp.mapping.eid.afi", "EID Prefix AFI", { names: ADDRESS_FAMILIES }),
  mappingEidIpv4: ipv4("lisp.mapping.eid.ipv4", "EID Prefix"),
  mappingEidIpv6: ipv6("lisp.mapping.eid.ipv6", "EID Prefix"),
  mappingEidMac: ether("lisp.mapping.eid.mac", "EID Prefix"),
  mappingEidDn: strz("lisp.mapping.eid.dn", "EID Prefix"),
  ecmFlagsSec: bool("lisp.ecm.flags.sec", "S bit (LISP-SEC capable)", {
    mask: 0x8000000,
    bits: 32,
    tf: SET_NOTSET,
  }),
  ecmFlagsDdt: bool("lisp.ecm.flags.ddt", "D bit (DDT-originated)", {
    mask: 0x4000000,
    bits: 32,
    tf: SET_NOTSET,
  }),
  ecmRes: u32("lisp.ecm.res", "Reserved bits", { base: "HEX", mask: 0x3ffffff }),
  lcaf: none("lisp.lcaf", "LCAF"),
  lcafHeader: bytes("lisp.lcaf.header", "LCAF Header"),
  lcafRes1: u8("lisp.lcaf.res1", "Reserved bits", { base: "HEX" }),
  lcafFlags: u8("lisp.lcaf.flags", "Flags", { base: "HEX" }),
  lcafType: u8("lisp.lcaf.type", "Type", { names: LCAF_TYPE_NAMES }),
  lcafRes2: u8("lisp.lcaf.res2", "Reserved bits", { base: "HEX" }),
  lcafLength: u16("lisp.lcaf.length", "Length"),
  lcafAfiListItem: none("lisp.lcaf.afi_list.item", "List Item"),
  lcafAfiListAfi: u16("lisp.lcaf.afi_list.afi", "List Item AFI", { names: ADDRESS_FAMILIES }),
  lcafAfiListIpv4: ipv4("lisp.lcaf.afi_list.ipv4", "List Item Address"),
  lcafAfiListIpv6: ipv6("lisp.lcaf.afi_list.ipv6", "List Item Address"),
  lcafAfiListMac: ether("lisp.lcaf.afi_list.mac", "List Item Address"),
  lcafAfiListDn: strz("lisp.lcaf.afi_list.dn", "List Item Address"),
  lcafIid: u32("lisp.lcaf.iid", "Instance ID"),
  lcafIidAfi: u16("lisp.lcaf.iid.afi", "Address AFI", { names: ADDRESS_FAMILIES }),
  lcafIidIpv4: ipv4("lisp.lcaf.iid.ipv4", "Address"),
  lcafIidIpv6: ipv6("lisp.lcaf.iid.ipv6", "Address"),
  lcafIidMac: ether("lisp.lcaf.iid.mac", "Address"),
  lcafIidDn: strz("lisp.lcaf.iid.dn", "Address"),
  lcafAsn: u32("lisp.lcaf.asn", "AS Number"),
  lcafAsnAfi: u16("lisp.lcaf.asn.afi", "Address AFI", { names: ADDRESS_FAMILIES }),
  lcafAsnIpv4: ipv4("lisp.lcaf.asn.ipv4", "Address"),
  lcafAsnIpv6: ipv6("lisp.lcaf.asn.ipv6", "Address"),
  lcafAsnMac: ether("lisp.lcaf.asn.mac", "Address"),
  lcafAsnDn: strz("lisp.lcaf.asn.dn", "Address"),
  lcafGeoLat: none("lisp.lcaf.geo.lat", "Latitude"),
  lcafGeoLatHemisphere: u16("lisp.lcaf.geo.lat.hemisphere", "Hemisphere", {
    mask: 0x8000,
    names: LCAF_GEO_LAT_HEMISPHERE_NAMES,
  }),
  lcafGeoLatDeg: u16("lisp.lcaf.geo.lat.deg", "Degrees", { mask: 0x7fff }),
  lcafGeoLatMin: u8("lisp.lcaf.geo.lat.min", "Minutes"),
  lcafGeoLatSec: u8("lisp.lcaf.geo.lat.sec", "Seconds"),
  lcafGeoLon: none("lisp.lcaf.geo.lon", "Longitude"),
  lcafGeoLonHemisphere: u16("lisp.lcaf.geo.lon.hemisphere", "Hemisphere", {
    mask: 0x8000,
    names: LCAF_GEO_LON_HEMISPHERE_NAMES,
  }),
  lcafGeoLonDeg: u16("lisp.lcaf.geo.lon.deg", "Degrees", { mask: 0x7fff }),
  lcafGeoLonMin: u8("lisp.lcaf.geo.lon.min", "Minutes"),
  lcafGeoLonSec: u8("lisp.lcaf.geo.lon.sec", "Seconds"),
  lcafGeoAlt: none("lisp.lcaf.geo.alt", "Altitude"),
  lcafGeoAfi: u16("lisp.lcaf.geo.afi", "Address AFI", { names: ADDRESS_FAMILIES }),
  lcafGeoIpv4: ipv4("lisp.lcaf.geo.ipv4", "Address"),
  lcafGeoIpv6: ipv6("lisp.lcaf.geo.ipv6", "Address"),
  lcafGeoMac: ether("lisp.lcaf.geo.mac", "Address"),
  lcafGeoDn: strz("lisp.lcaf.geo.dn", "Address"),
  lcafNonceLocRes: u8("lisp.lcaf.nonce_loc.res", "Reserved bits", { base: "HEX" }),
  lcafNonceLoc: u24("lisp.lcaf.nonce_loc", "Nonce", { base: "HEX" }),
  lcafNonceLocAfi: u16("lisp.lcaf.nonce_loc.afi", "Address AFI", { names: ADDRESS_FAMILIES }),
  lcafNonceLocIpv4: ipv4("lisp.lcaf.nonce_loc.ipv4", "Address"),
  lcafNonceLocIpv6: ipv6("lisp.lcaf.nonce_loc.ipv6", "Address"),
  lcafNonceLocMac: ether("lisp.lcaf.nonce_loc.mac", "Address"),
  lcafNonceLocDn: strz("lisp.lcaf.nonce_loc.dn", "Address"),
  lcafMcinfoFlags: u8("lisp.lcaf.mcinfo.flags", "Multicast Info Flags", { base: "HEX" }),
  lcafMcinfoFlagsRes: u8("lisp.lcaf.mcinfo.flags.res", "Reserved", { base: "HEX", mask: 0xf8 }),
  lcafMcinfoFlagsRp: bool("lisp.lcaf.mcinfo.flags.rp", "RP-bit", { mask: 0x4, tf: SET_NOTSET }),
  lcafMcinfoFlagsLeave: bool("lisp.lcaf.mcinfo.flags.leave", "Leave (L-bit)", { mask: 0x2, tf: SET_NOTSET }),
  lcafMcinfoFlagsJoin: bool("lisp.lcaf_mcinfo.flags.join", "Join (J-bit)", { mask: 0x1, tf: SET_NOTSET }),
  lcafMcinfoIid: u32("lisp.lcaf.mcinfo_iid", "Instance ID"),
  lcafMcinfoRes: u16("lisp.lcaf.mcinfo.res", "Reserved bits", { base: "HEX" }),
  lcafMcinfoSrcMasklen: u8("lisp.lcaf.mcinfo.src.masklen", "Source Mask Length"),
  lcafMcinfoGrpMasklen: u8("lisp.lcaf.mcinfo.grp.masklen", "Group Mask Length"),
  lcafMcinfoSrc: none("lisp.lcaf.mcinfo.src", "Source/Subnet Address"),
  lcafMcinfoSrcAfi: u16("lisp.lcaf.mcinfo.src.afi", "Source/Subnet AFI", { names: ADDRESS_FAMILIES }),
  lcafMcinfoSrcIpv4: ipv4("lisp.lcaf.mcinfo.src.ipv4", "Source/Subnet Address"),
  lcafMcinfoSrcIpv6: ipv6("lisp.lcaf.mcinfo.src.ipv6", "Source/Subnet Address"),
  lcafMcinfoGrp: none("lisp.lcaf.mcinfo.grp", "Group Address"),
  lcafMcinfoGrpAfi: u16("lisp.lcaf.mcinfo.grp.afi", "Group AFI", { names: ADDRESS_FAMILIES }),
  lcafMcinfoGrpIpv4: ipv4("lisp.lcaf.mcinfo.grp.ipv4", "Group Address"),
  lcafMcinfoGrpIpv6: ipv6("lisp.lcaf.mcinfo.grp.ipv6", "Group Address"),
  lcafElpHop: none("lisp.lcaf.elp_hop", "Reencap Hop"),
  lcafElpHopFlags: u16("lisp.lcaf.elp_hop.flags", "Flags", { base: "HEX" }),
  lcafElpHopFlagsRes: u16("lisp.lcaf.elp_hop.flags.res", "Reserved", { base: "HEX", mask: 0xfff8 }),
  lcafElpHopFlagsLocal: bool("lisp.lcaf.elp_hop.flags.local", "Lookup", {
    mask: 0x4,
    bits: 16,
    tf: SET_NOTSET,
  }),
  lcafElpHopFlagsProbe: bool("lisp.lcaf.elp_hop.flags.probe", "Probe", {
    mask: 0x2,
    bits: 16,
    tf: SET_NOTSET,
  }),
  lcafElpHopFlagsStrict: bool("lisp.lcaf_elp_hop.flags.strict", "Strict", {
    mask: 0x1,
    bits: 16,
    tf: SET_NOTSET,
  }),
  lcafElpHopAfi: u16("lisp.lcaf.elp_hop.afi", "Reencap Hop AFI", { names: ADDRESS_FAMILIES }),
  lcafElpHopIpv4: ipv4("lisp.lcaf.elp_hop.ipv4", "Reencap Hop"),
  lcafElpHopIpv6: ipv6("lisp.lcaf.elp_hop.ipv6", "Reencap Hop"),
  lcafSrcdstRes: u16("lisp.lcaf.srcdst.res", "Reserved bits", { base: "HEX" }),
  lcafSrcdstSrcMasklen: u8("lisp.lcaf.srcdst.src.masklen", "Source Prefix Mask Length"),
  lcafSrcdstDstMasklen: u8("lisp.lcaf.srcdst.dst.masklen", "Destination Prefix Mask Length"),
  lcafSrcdstSrc: none("lisp.lcaf.srcdst.src", "Source Prefix"),
  lcafSrcdstSrcAfi: u16("lisp.lcaf.srcdst.src.afi", "Source Prefix AFI", { names: ADDRESS_FAMILIES }),
  lcafSrcdstSrcIpv4: ipv4("lisp.lcaf.srcdst.src.ipv4", "Source Prefix"),
  lcafSrcdstSrcIpv6: ipv6("lisp.lcaf.srcdst.src.ipv6", "Source Prefix"),
  lcafSrcdstSrcMac: ether("lisp.lcaf.srcdst.src.mac", "Destination Prefix"),
  lcafSrcdstDst: none("lisp.lcaf.srcdst.dst", "Destination Prefix"),
  lcafSrcdstDstAfi: u16("lisp.lcaf.srcdst.dst.afi", "Destination Prefix AFI", {
    names: ADDRESS_FAMILIES,
  }),
  lcafSrcdstDstIpv4: ipv4("lisp.lcaf.srcdst.dst.ipv4", "Destination Prefix"),
  lcafSrcdstDstIpv6: ipv6("lisp.lcaf.srcdst.dst.ipv6", "Destination Prefix"),
  lcafSrcdstDstMac: ether("lisp.lcaf.srcdst.dst.mac", "Destination Prefix"),
  lcafRleEntry: none("lisp.lcaf.rle_entry", "RTR/ETR"),
  lcafRleEntryRes: u24("lisp.lcaf.rle_entry.res", "Reserved bits", { base: "HEX" }),
  lcafRleEntryLevel: u8("lisp.lcaf.rle_entry.level", "Level Value"),
  lcafRleEntryAfi: u16("lisp.lcaf.rle_entry.afi", "RTR/ETR AFI", { names: ADDRESS_FAMILIES }),
  lcafRleEntryIpv4: ipv4("lisp.lcaf.rle_entry.ipv4", "RTR/ETR"),
  lcafRleEntryIpv6: ipv6("lisp.lcaf.rle_entry.ipv6", "RTR/ETR"),
  lcafKvKey: none("lisp.lcaf.kv_key", "Key"),
  lcafKvKeyAfi: u16("lisp.lcaf.kv_key.afi", "Key AFI", { names: ADDRESS_FAMILIES }),
  lcafKvKeyIpv4: ipv4("lisp.lcaf.kv_key.ipv4", "Key"),
  lcafKvKeyIpv6: ipv6("lisp.lcaf.kv_key.ipv6", "Key"),
  lcafKvKeyMac: ether("lisp.lcaf.kv_key.mac", "Key"),
  lcafKvKeyDn: strz("lisp.lcaf.kv_key.dn", "Key"),
  lcafKvValue: none("lisp.lcaf.kv_value", "Value"),
  lcafKvValueAfi: u16("lisp.lcaf.kv_value.afi", "Value AFI", { names: ADDRESS_FAMILIES }),
  lcafKvValueIpv4: ipv4("lisp.lcaf.kv_value.ipv4", "Value"),
  lcafKvValueIpv6: ipv6("lisp.lcaf.kv_value.ipv6", "Value"),
  lcafKvValueMac: ether("lisp.lcaf.kv_value.mac", "Value"),
  lcafKvValueDn: strz("lisp.lcaf.kv_value.dn", "Value"),
  lcafNattRloc: none("lisp.lcaf.natt.rloc", "RLOC"),
  lcafNattRlocAfi: u16("lisp.lcaf.natt.rloc.afi", "RLOC AFI", { names: ADDRESS_FAMILIES }),
  lcafNattRlocIpv4: ipv4("lisp.lcaf.natt.rloc.ipv4", "RLOC"),
  lcafNattRlocIpv6: ipv6("lisp.lcaf.natt.rloc.ipv6", "RLOC"),
  lcafNattMsport: u16("lisp.lcaf.natt.msport", "MS UDP Port Number"),
  lcafNattEtrport: u16("lisp.lcaf.natt.etrport", "ETR UDP Port Number"),
};
const g = {
  flags: u8("lisp-data.flags", "Flags", { base: "HEX" }),
  flagsNonce: bool("lisp-data.flags.nonce", "N bit (Nonce present)", { mask: 0x80, tf: SET_NOTSET }),
  flagsLsb: bool("lisp-data.flags.lsb", "L bit (Locator-Status-Bits field enabled)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  flagsEnr: bool("lisp-data.flags.enr", "E bit (Echo-Nonce-Request)", { mask: 0x20, tf: SET_NOTSET }),
  flagsMv: bool("lisp-data.flags.mv", "V bit (Map-Version present)", { mask: 0x10, tf: SET_NOTSET }),
  flagsIid: bool("lisp-data.flags.iid", "I bit (Instance ID present)", { mask: 0x8, tf: SET_NOTSET }),
  flagsRes: u8("lisp-data.flags.res", "Reserved", { base: "HEX", mask: 0x7 }),
  nonce: u24("lisp-data.nonce", "Nonce", { base: "DEC_HEX" }),
  mapver: u24("lisp-data.mapver", "Map-Version", { base: "HEX" }),
  srcmapver: u24("lisp-data.srcmapver", "Source Map-Version", { mask: 0xfff000 }),
  dstmapver: u24("lisp-data.dstmapver", "Destination Map-Version", { mask: 0xfff }),
  iid: u24("lisp-data.iid", "Instance ID"),
  lsb: u32("lisp-data.lsb", "Locator-Status-Bits", { base: "HEX", mask: 0xffffffff }),
  lsb8: u8("lisp-data.lsb8", "Locator-Status-Bits", { base: "HEX", mask: 0xff }),
};

const x = {
  undecoded: expert("lisp.undecoded", "warning", "Undecoded", "Not dissected yet (report to wireshark.org)"),
  unexpected: expert("lisp.unexpected_field", "error", "Protocol", "Unexpected field"),
};

export const lisp = protocol({
  name: "lisp",
  title: "Locator/ID Separation Protocol",
  short: "LISP",
  fields: f,
  experts: x,
  on: [[udpPorts, 4342]],
  dissect,
});

const MAP_REQUEST = 1;
const MAP_REPLY = 2;
const MAP_REGISTER = 3;
const MAP_NOTIFY = 4;
const MAP_REFERRAL = 6;
const INFO = 7;
const ENCAPSULATED = 8;

function dissect(d: Dissection): void {
  const type = d.peek8() >> 4;
  if (d.columns) {
    d.setProtocol("LISP");
    const name = TYPE_NAMES[type] ?? `Unknown LISP Control Packet (${type})`;
    d.setInfo(encapsulated ? `Encapsulated ${name}` : type === ENCAPSULATED ? "Encapsulated" : name);
  }
  d.bits(f.type, d.pos, 3);
  switch (type) {
    case MAP_REQUEST:
      dissectRequest(d);
      break;
    case MAP_REPLY:
      dissectReply(d);
      break;
    case MAP_REGISTER:
      dissectRegister(d);
      break;
    case MAP_NOTIFY:
      dissectNotify(d);
      break;
    case MAP_REFERRAL:
      d.bits(f.mrefRes, d.pos, 3);
      d.skip(3);
      addMappings(d, d.u8(f.records), true);
      break;
    case INFO:
      dissectInfo(d);
      break;
    case ENCAPSULATED:
      dissectEncapsulated(d);
      return;
    default:
      d.call(data);
      return;
  }
  if (d.remaining > 0) d.call(data);
}

// ------------------------------------------------------------------ messages

const REQUEST_FLAGS = [
  f.mreqFlagsAuth,
  f.mreqFlagsMrp,
  f.mreqFlagsProbe,
  f.mreqFlagsSmr,
  f.mreqFlagsPitr,
  f.mreqFlagsSmri,
] as const;

function dissectRequest(d: Dissection): void {
  const word = d.peek24();
  if (d.columns) {
    if (word & 0x020000) d.addInfo(" (RLOC-probe)");
    if (word & 0x010000) d.addInfo(" (SMR)");
    if (word & 0x004000) d.addInfo(" (SMR-invoked)");
  }
  d.bitset(f.mreqFlags, 3, REQUEST_FLAGS);
  d.pos -= 3;
  d.bits(f.mreqRes, d.pos, 3);
  const locators = d.bits(f.irc, d.pos, 3) + 1;
  d.skip(3);
  const records = d.u8(f.records);
  d.u64(f.nonce);
  const afi = d.u16(f.mreqSrceidAfi);
  if (afi === AFI_NONE) d.add(f.mreqSrceidString, d.pos - 2, 2, "not set");
  else addAddress(d, afi, SOURCE);
  for (let i = 1; i <= locators; i++) {
    const at = d.pos;
    d.open(f.mreqItrRloc, at, 0);
    const kind = d.u16(f.mreqItrRlocAfi);
    const text = addAddress(d, kind, ITR);
    if (d.labels) d.relabelParent(`ITR-RLOC ${i}: ${text}`);
    d.close(d.pos);
  }
  for (let i = 1; i <= records; i++) {
    const at = d.pos;
    d.open(f.mreqRecord, at, 0);
    d.u8(f.mreqRecordRes);
    const length = d.u8(f.mreqRecordPrefixLength);
    const kind = d.u16(f.mreqRecordPrefixAfi);
    const text = addAddress(d, kind, RECORD);
    if (d.labels) d.relabelParent(`Map-Request Record ${i}: ${text}/${length}`);
    if (d.columns && records === 1) d.addInfo(` for ${text}/${length}`);
    d.close(d.pos);
    if (text === UNKNOWN) return;
  }
  if (word & 0x040000) {
    d.open(f.mrepRecord, d.pos, d.remaining);
    if (d.labels) d.relabelParent("Map-Reply record");
    addMappings(d, 1, false);
    d.close(d.pos);
  }
}

function dissectReply(d: Dissection): void {
  const word = d.peek24();
  d.bits(f.mrepFlagsProbe, d.pos, 3);
  d.bits(f.mrepFlagsEnlr, d.pos, 3);
  d.bits(f.mrepFlagsSec, d.pos, 3);
  d.bits(f.mrepRes, d.pos, 3);
  d.skip(3);
  if (d.columns && word & 0x080000) d.addInfo(" (RLOC-probe reply)");
  const records = d.u8(f.records);
  d.u64(f.nonce);
  for (let i = 1; i <= records && addMapping(d, i, records, false) !== ""; i++);
}

function addMappings(d: Dissection, records: number, referral: boolean): string {
  if (referral) d.u64(f.nonce);
  let prefix = "";
  for (let i = 1; i <= records; i++) {
    prefix = addMapping(d, i, records, referral);
    if (prefix === "") break;
  }
  return prefix;
}

function addAuthentication(d: Dissection): void {
  d.u16(f.keyid);
  const length = d.u16(f.authlen);
  d.bytes(f.auth, length);
}

/** A Map-Register from its first byte on; returns the prefix of its last record. */
export function dissectRegister(d: Dissection): string {
  const word = d.peek24();
  for (const field of [
    f.mregFlagsPmr,
    f.mregFlagsSec,
    f.mregFlagsXtrid,
    f.mregFlagsRtr,
    f.mregRes,
    f.mregFlagsWmn,
  ]) {
    d.bits(field, d.pos, 3);
  }
  d.skip(3);
  const records = d.u8(f.records);
  d.u64(f.nonce);
  addAuthentication(d);
  const prefix = addMappings(d, records, false);
  if (word & 0x020000) addXtr(d);
  if (word & 0x010000 && d.remaining > 0) addRtrAuthentication(d);
  return prefix;
}

function addXtr(d: Dissection): void {
  d.bytes(f.xtrid, 16);
  d.bytes(f.siteid, 8);
}

function addRtrAuthentication(d: Dissection): void {
  d.u16(f.msrtrKeyid);
  const length = d.u16(f.msrtrAuthlen);
  d.bytes(f.msrtrAuth, length);
}

function dissectNotify(d: Dissection): void {
  const word = d.peek24();
  for (const field of [f.mnotFlagsXtrid, f.mnotFlagsRtr, f.mnotRes]) d.bits(field, d.pos, 3);
  d.skip(3);
  const records = d.u8(f.records);
  d.u64(f.nonce);
  addAuthentication(d);
  addMappings(d, records, false);
  if (word & 0x080000 && d.remaining >= 24) addXtr(d);
  if (word & 0x040000 && d.remaining > 0) addRtrAuthentication(d);
}

function dissectInfo(d: Dissection): void {
  const reply = (d.peek8() & 0x08) !== 0;
  d.bits(f.infoR, d.pos, 3);
  d.bits(f.infoRes1, d.pos, 4);
  d.skip(4);
  if (d.columns) d.setInfo(reply ? "Info-Reply" : "Info-Request");
  d.u64(f.nonce);
  addAuthentication(d);
  d.u32(f.infoTtl);
  d.u8(f.infoRes2);
  const at = d.pos;
  const length = d.peek8();
  d.openText(at, 0, "EID Prefix");
  d.u8(f.infoPrefixMasklen);
  const afi = d.u16(f.infoPrefixAfi);
  const text = addAddress(d, afi, PREFIX);
  if (d.labels) {
    d.relabelParent(`EID Prefix: ${text}/${length}`);
    d.close(d.pos);
  }
  if (d.columns) d.addInfo(` for ${text}/${length}`);
  const kind = d.u16(f.infoAfi);
  if (reply && kind === AFI_LCAF) addCanonical(d);
}

/** Set while a message inside another is dissected. */
let encapsulated = false;

function dissectEncapsulated(d: Dissection): void {
  d.bits(f.ecmFlagsSec, d.pos, 4);
  d.bits(f.ecmFlagsDdt, d.pos, 4);
  d.bits(f.ecmRes, d.pos, 4);
  d.skip(4);
  const version = d.peek8() >> 4;
  const inner = ethertypes.get(version === 6 ? 0x86dd : version === 4 ? 0x0800 : -1);
  encapsulated = true;
  d.call(inner ?? data);
  encapsulated = false;
}

// ------------------------------------------------------------------ records

/** Adds a mapping record; returns its prefix, or an empty text when it cannot be read to its end. */
export function addMapping(d: Dissection, index: number, records: number, referral: boolean): string {
  const at = d.pos;
  const ttl = d.peek32();
  const locators = d.peek8(4);
  const length = d.peek8(5);
  const flags = d.peek16(6);
  d.open(f.mapping, at, 0);
  d.u32(f.mappingTtl);
  if (d.labels && ttl === 0xffff_ffff) d.append(" (Unlimited)");
  d.u8(f.mappingLoccnt);
  d.u8(f.mappingEidMasklen);
  const action = d.bits(f.mappingAct, d.pos, 2);
  d.bits(f.mappingAuth, d.pos, 2);
  if (referral) d.bits(f.referralIncomplete, d.pos, 2);
  d.bits(f.mappingRes1, d.pos, 2);
  d.skip(2);
  const signatures = d.peek8() >> 4;
  d.bits(referral ? f.referralSigcnt : f.mappingRes2, d.pos, 2);
  d.bits(f.mappingVer, d.pos, 2);
  d.skip(2);
  const afi = d.u16(f.mappingEidAfi);
  const text = addAddress(d, afi, EID);
  if (text === UNKNOWN) {
    d.close(d.pos);
    return "";
  }
  if (d.columns && records === 1) d.addInfo(` for ${text}/${length}`);
  if (d.labels) {
    const authority = flags & 0x1000 ? "Authoritative" : "Not Authoritative";
    const name = MAPPING_ACT_NAMES[action] ?? "Unknown";
    const said = referral
      ? `${REFERRALS[action] ?? "Unknown"} (${flags & 0x0800 ? "Incomplete" : "Complete"})`
      : `Action: ${name}`;
    d.relabelParent(
      `Mapping Record ${index}, EID Prefix: ${text}/${length}, TTL: ${ttl}, ${said}, ${authority}`,
    );
  }
  if (d.labels) d.parent!.length = d.pos - at;
  for (let i = 1; i <= locators; i++) addLocator(d, i);
  if (referral && signatures > 0) d.expert(x.undecoded);
  d.close();
  return `${text}/${length}`;
}

/** Actions of a Map-Referral, RFC 8111 section 6.4.1. */
const REFERRALS = [
  "Node Referral",
  "Map-Server Referral",
  "Map-Server Ack",
  "Map-Server Not Registered",
  "Delegation Hole",
  "Not Authoritative",
] as const;

const LOCATOR_FLAGS = [f.locFlagsRes, f.locFlagsLocal, f.locFlagsProbe, f.locFlagsReach] as const;

function addLocator(d: Dissection, index: number): void {
  const at = d.pos;
  d.open(f.loc, at, 0);
  const priority = d.u8(f.locPriority);
  const weight = d.u8(f.locWeight);
  const groupPriority = d.u8(f.locMulticastPriority);
  const groupWeight = d.u8(f.locMulticastWeight);
  const flags = d.bitset(f.locFlags, 2, LOCATOR_FLAGS);
  const afi = d.u16(f.locAfi);
  const text = addAddress(d, afi, LOCATOR);
  if (d.labels) {
    const kind = `${flags & 4 ? "Local " : ""}RLOC`;
    d.relabelParent(
      `Locator Record ${index}, ${kind}: ${text}, ${flags & 1 ? "Reachable" : "Unreachable"}, Priority/Weight: ${priority}/${weight}, Multicast Priority/Weight: ${groupPriority}/${groupWeight}`,
    );
  }
  d.close(d.pos);
}

// ------------------------------------------------------------------ addresses

/** Where an address goes, by its family; `text` for all of them in one. */
export interface Place {
  readonly v4?: Field;
  readonly v6?: Field;
  readonly mac?: Field;
  readonly name?: Field;
  readonly text?: Field;
  /** Label of the line around a canonical address, "" for none. */
  readonly title: string;
  /** What is said of it when its family is not known. */
  readonly expected?: string;
}
const SOURCE: Place = {
  v4: f.mreqSrceidIpv4,
  v6: f.mreqSrceidIpv6,
  mac: f.mreqSrceidMac,
  title: "Source EID",
};
const ITR: Place = { v4: f.mreqItrRlocIpv4, v6: f.mreqItrRlocIpv6, title: "" };
const RECORD: Place = {
  v4: f.mreqRecordPrefixIpv4,
  v6: f.mreqRecordPrefixIpv6,
  mac: f.mreqRecordPrefixMac,
  name: f.mreqRecordPrefixDn,
  title: "Prefix",
};
const PREFIX: Place = { v4: f.infoPrefixIpv4, v6: f.infoPrefixIpv6, title: "Prefix" };
const EID: Place = {
  v4: f.mappingEidIpv4,
  v6: f.mappingEidIpv6,
  mac: f.mappingEidMac,
  name: f.mappingEidDn,
  title: "EID Prefix",
  expected: "EID prefix",
};
const LOCATOR: Place = { text: f.locLocator, title: "Locator" };
const ITEM: Place = {
  v4: f.lcafAfiListIpv4,
  v6: f.lcafAfiListIpv6,
  mac: f.lcafAfiListMac,
  name: f.lcafAfiListDn,
  title: "",
};
const INSTANCE: Place = {
  v4: f.lcafIidIpv4,
  v6: f.lcafIidIpv6,
  mac: f.lcafIidMac,
  name: f.lcafIidDn,
  title: "",
};
const AS_NUMBER: Place = {
  v4: f.lcafAsnIpv4,
  v6: f.lcafAsnIpv6,
  mac: f.lcafAsnMac,
  name: f.lcafAsnDn,
  title: "",
};
const GEO: Place = { v4: f.lcafGeoIpv4, v6: f.lcafGeoIpv6, mac: f.lcafGeoMac, name: f.lcafGeoDn, title: "" };
const NONCE: Place = {
  v4: f.lcafNonceLocIpv4,
  v6: f.lcafNonceLocIpv6,
  mac: f.lcafNonceLocMac,
  name: f.lcafNonceLocDn,
  title: "",
};
const NAT: Place = { v4: f.lcafNattRlocIpv4, v6: f.lcafNattRlocIpv6, title: "" };
const GROUP_SOURCE: Place = { v4: f.lcafMcinfoSrcIpv4, v6: f.lcafMcinfoSrcIpv6, title: "" };
const GROUP: Place = { v4: f.lcafMcinfoGrpIpv4, v6: f.lcafMcinfoGrpIpv6, title: "" };
const HOP: Place = { v4: f.lcafElpHopIpv4, v6: f.lcafElpHopIpv6, title: "" };
const KEY_SOURCE: Place = {
  v4: f.lcafSrcdstSrcIpv4,
  v6: f.lcafSrcdstSrcIpv6,
  mac: f.lcafSrcdstSrcMac,
  title: "",
};
const KEY_DESTINATION: Place = {
  v4: f.lcafSrcdstDstIpv4,
  v6: f.lcafSrcdstDstIpv6,
  mac: f.lcafSrcdstDstMac,
  title: "",
};
const REPLICATION: Place = { v4: f.lcafRleEntryIpv4, v6: f.lcafRleEntryIpv6, title: "" };
const KEY: Place = {
  v4: f.lcafKvKeyIpv4,
  v6: f.lcafKvKeyIpv6,
  mac: f.lcafKvKeyMac,
  name: f.lcafKvKeyDn,
  title: "",
};
const VALUE: Place = {
  v4: f.lcafKvValueIpv4,
  v6: f.lcafKvValueIpv6,
  mac: f.lcafKvValueMac,
  name: f.lcafKvValueDn,
  title: "",
};

/** In place of the text of an address whose family is not known. */
const UNKNOWN = "(null)";
const AFI_NONE = 0;
const AFI_IPV4 = 1;
const AFI_IPV6 = 2;
const AFI_NAME = 17;
const AFI_LCAF = 16387;
const AFI_MAC48 = 16389;

/** Reads an address of a family into its place; returns it as text. */
export function addAddress(d: Dissection, afi: number, place: Place): string {
  const at = d.pos;
  let text: string;
  let field: Field | undefined;
  switch (afi) {
    case AFI_NONE:
      return "not set";
    case AFI_IPV4:
      text = formatIpv4(d.peek32());
      field = place.v4;
      if (field !== undefined) d.ipv4(field);
      else d.skip(4);
      break;
    case AFI_IPV6:
      text = formatIpv6(d.peekBytes(16));
      field = place.v6;
      if (field !== undefined) d.ipv6(field);
      else d.skip(16);
      break;
    case AFI_MAC48:
      text = formatEther(d.peekBytes(6));
      field = place.mac;
      if (field !== undefined) d.ether(field);
      else d.skip(6);
      break;
    case AFI_NAME: {
      const stop = d.buf.indexOf(0, at);
      if (stop === -1 || stop >= d.end) d.malformed();
      text = decodeText(d.buf, at, stop, "ascii");
      field = place.name;
      if (field !== undefined) d.strz(field);
      else d.skip(stop + 1 - at);
      break;
    }
    case AFI_LCAF: {
      const length = 6 + d.peek16(4);
      if (place.title !== "") {
        d.openText(at, length, place.title);
        text = addCanonical(d);
        if (d.labels) {
          d.relabelParent(`${place.title}: ${text}`);
          d.close();
        }
      } else text = addCanonical(d);
      return text;
    }
    default:
      d.expert(
        x.unexpected,
        d.wantsMessages
          ? `Unexpected ${place.expected ?? place.title} AFI (${afi}), cannot decode`
          : undefined,
      );
      return UNKNOWN;
  }
  if (place.text !== undefined) d.add(place.text, at, d.pos - at, text);
  return text;
}

/** A canonical address: a header of six bytes, then what its type says. Returns it as text. */
function addCanonical(d: Dissection): string {
  const at = d.pos;
  const type = d.peek8(2);
  const length = d.peek16(4);
  const name = LCAF_TYPE_NAMES[type] ?? `Unknown LCAF Type (${type})`;
  const end = at + 6 + length;
  d.needAt(at, 6);
  d.open(f.lcaf, at, 6 + length);
  if (d.labels) d.relabelParent(`LCAF: ${LCAF_TYPE_NAMES[type] ?? `Unknown (${type})`}`);
  d.open(f.lcafHeader, at, 6, d.peekBytes(6));
  d.u8(f.lcafRes1);
  d.u8(f.lcafFlags);
  d.u8(f.lcafType);
  if (type === 9) d.bitset(f.lcafMcinfoFlags, 1, GROUP_FLAGS);
  else d.u8(f.lcafRes2);
  d.u16(f.lcafLength);
  d.close();
  const text = addCanonicalBody(d, type, end) ?? name;
  d.close();
  d.needAt(at, 6 + length);
  d.pos = end;
  return text;
}

const GROUP_FLAGS = [
  f.lcafMcinfoFlagsRes,
  f.lcafMcinfoFlagsRp,
  f.lcafMcinfoFlagsLeave,
  f.lcafMcinfoFlagsJoin,
] as const;

function addCanonicalBody(d: Dissection, type: number, end: number): string | undefined {
  switch (type) {
    case 0:
      return undefined;
    case 1:
      addList(d, end);
      return undefined;
    case 2: {
      const id = d.u32(f.lcafIid);
      const afi = d.u16(f.lcafIidAfi);
      const text = addAddress(d, afi, INSTANCE);
      if (d.labels) d.relabelParent(`LCAF: Instance ID: ${id}, Address: ${text}`);
      return `[${id}] ${text}`;
    }
    case 3: {
      const number = d.u32(f.lcafAsn);
      const afi = d.u16(f.lcafAsnAfi);
      const text = addAddress(d, afi, AS_NUMBER);
      if (d.labels) d.relabelParent(`LCAF: AS Number: ${number}, Address: ${text}`);
      return `${text} (ASN ${number})`;
    }
    case 5:
      addGeo(d);
      return undefined;
    case 7:
      addNat(d, end);
      return undefined;
    case 8: {
      d.u8(f.lcafNonceLocRes);
      const nonce = d.u24(f.lcafNonceLoc);
      const afi = d.u16(f.lcafNonceLocAfi);
      const text = addAddress(d, afi, NONCE);
      if (d.labels) d.relabelParent(`LCAF: Nonce Locator: ${nonce}, Address: ${text}`);
      return undefined;
    }
    case 9: {
      const id = d.u32(f.lcafMcinfoIid);
      d.u16(f.lcafMcinfoRes);
      const sourceLength = d.u8(f.lcafMcinfoSrcMasklen);
      const groupLength = d.u8(f.lcafMcinfoGrpMasklen);
      const source = addNested(d, f.lcafMcinfoSrc, f.lcafMcinfoSrcAfi, GROUP_SOURCE, "Source/Subnet Address");
      const group = addNested(d, f.lcafMcinfoGrp, f.lcafMcinfoGrpAfi, GROUP, "Group Address");
      if (d.labels) {
        d.relabelParent(`LCAF: Multicast Info ([${id}], ${source}/${sourceLength}, ${group}/${groupLength})`);
      }
      return undefined;
    }
    case 10:
      addHops(d, end);
      return undefined;
    case 12: {
      d.u16(f.lcafSrcdstRes);
      const sourceLength = d.u8(f.lcafSrcdstSrcMasklen);
      const destinationLength = d.u8(f.lcafSrcdstDstMasklen);
      const source = addNested(d, f.lcafSrcdstSrc, f.lcafSrcdstSrcAfi, KEY_SOURCE, "Source Prefix");
      const destination = addNested(
        d,
        f.lcafSrcdstDst,
        f.lcafSrcdstDstAfi,
        KEY_DESTINATION,
        "Destination Prefix",
      );
      if (d.labels) {
        d.relabelParent(
          `LCAF: Source/Dest Key (${source}/${sourceLength}, ${destination}/${destinationLength})`,
        );
      }
      return undefined;
    }
    case 13:
      addReplication(d, end);
      return undefined;
    case 15:
      addNested(d, f.lcafKvKey, f.lcafKvKeyAfi, KEY, "Key");
      addNested(d, f.lcafKvValue, f.lcafKvValueAfi, VALUE, "Value");
      return undefined;
    default:
      if (d.labels) d.last = d.parent;
      d.expert(x.undecoded);
      return undefined;
  }
}

/** A line with an address family and an address below it; returns the address. */
function addNested(d: Dissection, line: Field, family: Field, place: Place, title: string): string {
  d.open(line, d.pos, 0);
  const afi = d.u16(family);
  const text = addAddress(d, afi, place);
  if (d.labels) d.relabelParent(`${title}: ${text}`);
  d.close(d.pos);
  return text;
}

function addList(d: Dissection, end: number): void {
  for (let i = 1; d.pos + 2 <= end; i++) {
    d.open(f.lcafAfiListItem, d.pos, 0);
    const afi = d.u16(f.lcafAfiListAfi);
    const text = addAddress(d, afi, ITEM);
    if (d.labels) {
      const kind =
        afi === AFI_IPV4
          ? "IPv4 Address"
          : afi === AFI_IPV6
            ? "IPv6 Address"
            : afi === AFI_NAME
              ? "Distinguished Name"
              : "MAC Address";
      d.relabelParent(`List Item ${i}. ${kind}: ${text}`);
    }
    d.close(d.pos);
  }
}

function addGeo(d: Dissection): void {
  const coordinate = (
    line: Field,
    hemisphere: Field,
    degrees: Field,
    minutes: Field,
    seconds: Field,
    names: string,
    gap: string,
  ): string => {
    const at = d.pos;
    d.open(line, at, 4);
    const side = names[d.bits(hemisphere, at, 2)];
    const deg = d.bits(degrees, at, 2);
    d.skip(2);
    const min = d.u8(minutes);
    const sec = d.u8(seconds);
    if (d.labels) d.relabelParent(`${line.title}: ${side} ${deg}°${gap}${min}' ${sec}"`);
    d.close();
    return `${side}${deg}°${min}'${sec}"`;
  };
  const latitude = coordinate(
    f.lcafGeoLat,
    f.lcafGeoLatHemisphere,
    f.lcafGeoLatDeg,
    f.lcafGeoLatMin,
    f.lcafGeoLatSec,
    "SN",
    "",
  );
  const longitude = coordinate(
    f.lcafGeoLon,
    f.lcafGeoLonHemisphere,
    f.lcafGeoLonDeg,
    f.lcafGeoLonMin,
    f.lcafGeoLonSec,
    "WE",
    " ",
  );
  const altitude = d.peek32();
  d.add(f.lcafGeoAlt, d.pos, 4, null);
  if (d.labels) d.relabel(`Altitude: ${altitude === 0x7fff_ffff ? "not specified" : `${altitude} m`}`);
  d.skip(4);
  const afi = d.u16(f.lcafGeoAfi);
  const text = addAddress(d, afi, GEO);
  if (d.labels) {
    d.relabelParent(
      `LCAF: Geo Coordinates: (${latitude}, ${longitude}), Altitude: ${altitude} m, Address: ${text}`,
    );
  }
}

const NAT_PARTS = ["RLOC of Global ETR", "RLOC of MS", "RLOC of Private ETR"] as const;

function addNat(d: Dissection, end: number): void {
  d.u16(f.lcafNattMsport);
  d.u16(f.lcafNattEtrport);
  for (let i = 0; d.pos + 2 <= end; i++) {
    addNested(d, f.lcafNattRloc, f.lcafNattRlocAfi, NAT, NAT_PARTS[i] ?? `RLOC of RTR ${i - 2}`);
  }
}

const HOP_FLAGS = [
  f.lcafElpHopFlagsRes,
  f.lcafElpHopFlagsLocal,
  f.lcafElpHopFlagsProbe,
  f.lcafElpHopFlagsStrict,
] as const;

function addHops(d: Dissection, end: number): void {
  for (let i = 1; d.pos + 4 <= end; i++) {
    d.open(f.lcafElpHop, d.pos, 0);
    const flags = d.bitset(f.lcafElpHopFlags, 2, HOP_FLAGS);
    const afi = d.u16(f.lcafElpHopAfi);
    const text = addAddress(d, afi, HOP);
    if (d.labels) {
      const marks = `${flags & 4 ? ", Lookup" : ""}${flags & 2 ? ", RLOC-Probe" : ""}${flags & 1 ? ", Strict" : ""}`;
      d.relabelParent(`Reencap Hop ${i}. ${text}${marks}`);
    }
    d.close(d.pos);
    if (d.labels) d.appendParent(`, ${text}`);
  }
}

function addReplication(d: Dissection, end: number): void {
  for (let i = 1; d.pos + 6 <= end; i++) {
    d.open(f.lcafRleEntry, d.pos, 0);
    d.u24(f.lcafRleEntryRes);
    const level = d.u8(f.lcafRleEntryLevel);
    const afi = d.u16(f.lcafRleEntryAfi);
    const text = addAddress(d, afi, REPLICATION);
    if (d.labels) d.relabelParent(`RTR/ETR ${i}. ${text}, level ${level}`);
    d.close(d.pos);
    if (d.labels) d.appendParent(`, ${text} (${level})`);
  }
}

// ------------------------------------------------------------------ data

export const lispData = protocol({
  name: "lisp-data",
  title: "Locator/ID Separation Protocol (Data)",
  short: "LISP Data",
  fields: g,
  on: [[udpPorts, 4341]],
  dissect: dissectData,
});

const DATA_FLAGS = [g.flagsNonce, g.flagsLsb, g.flagsEnr, g.flagsMv, g.flagsIid, g.flagsRes] as const;

function dissectData(d: Dissection): void {
  if (d.columns) d.setInfo("LISP Encapsulation Header");
  const flags = d.bitset(g.flags, 1, DATA_FLAGS);
  if (flags & 0x10) {
    d.open(g.mapver, d.pos, 3, d.peek24());
    d.bits(g.srcmapver, d.pos, 3);
    d.bits(g.dstmapver, d.pos, 3);
    d.close();
    d.skip(3);
  } else if (flags & 0x80) d.u24(g.nonce);
  else d.skip(3);
  if (flags & 0x08) {
    d.u24(g.iid);
    if (flags & 0x40) d.bits(g.lsb8, d.pos, 1);
    d.skip(1);
  } else {
    if (flags & 0x40) d.bits(g.lsb, d.pos, 4);
    d.skip(4);
  }
  const version = d.peek8() >> 4;
  d.call(ethertypes.get(version === 6 ? 0x86dd : version === 4 ? 0x0800 : -1) ?? data);
}
