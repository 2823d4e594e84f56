/**
 * TLVs of organisations in LLDP: IEEE 802.1Q-2018 annex D, IEEE 802.3-2018 section 79, LLDP-MED (ANSI/TIA-1057),
 * Cisco's UPOE, manufacturer usage descriptions (RFC 8520 section 11).
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  Field,
  SET_NOTSET,
  SUPPORTED,
  str,
  strz,
  u8,
  u16,
  u24,
  u32,
  YES_NO,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import {
  APPLICATION_SELECTOR_NAMES,
  CISCO_SUBTYPE_NAMES,
  IANA_SUBTYPE_NAMES,
  IEEE8021_AGGREGATION_STATUS_PORTTYPE_NAMES,
  IEEE8021_SUBTYPE_NAMES,
  IEEE8023_MDI_POWER_CLASS_NAMES,
  IEEE8023_MDI_POWER_PRIORITY_NAMES,
  IEEE8023_MDI_POWER_TYPE_NAMES,
  IEEE8023_PMD_MAU_TYPE_NAMES,
  IEEE8023_SUBTYPE_NAMES,
  MEDIA_APP_TYPE_NAMES,
  MEDIA_CIVIC_TYPE_NAMES,
  MEDIA_CIVIC_WHAT_NAMES,
  MEDIA_LOC_ALT_TYPE_NAMES,
  MEDIA_LOC_DATA_FORMAT_NAMES,
  MEDIA_POWER_TYPE_NAMES,
  MEDIA_SUBTYPE_CLASS_NAMES,
  MEDIA_SUBTYPE_NAMES,
  TRANSMISSION_SELECTION_NAMES,
} from "./names/lldp.ts";

const CAPABLE = ["Capable", "Not capable"] as const;
const ENABLED = ["Enabled", "Disabled"] as const;

/** One boolean a priority, from bit 0 on. */
const priorities = (name: string, title: (i: number) => string, tf: readonly [string, string]): Field[] =>
  Array.from({ length: 8 }, (_, i) => bool(`${name}${i}`, title(i), { mask: 1 << i, tf }));
const PMD_CAPABILITIES = [
  ["1000base_tfd", "1000BASE-T (full duplex mode)"],
  ["1000base_t", "1000BASE-T (half duplex mode)"],
  ["1000base_xfd", "1000BASE-X (-LX, -SX, -CX full duplex mode)"],
  ["1000base_x", "1000BASE-X (-LX, -SX, -CX half duplex mode)"],
  ["fdx_bpause", "Asymmetric and Symmetric PAUSE (for full-duplex links)"],
  ["fdx_spause", "Symmetric PAUSE (for full-duplex links)"],
  ["fdx_apause", "Asymmetric PAUSE (for full-duplex links)"],
  ["fdx_pause", "PAUSE (for full-duplex links)"],
  ["100base_t2fd", "100BASE-T2 (full duplex mode)"],
  ["100base_t2", "100BASE-T2 (half duplex mode)"],
  ["100base_txfd", "100BASE-TX (full duplex mode)"],
  ["100base_tx", "100BASE-TX (half duplex mode)"],
  ["100base_t4", "100BASE-T4"],
  ["10base_tfd", "10BASE-T (full duplex mode)"],
  ["10base_t", "10BASE-T (half duplex mode)"],
  ["other", "Other or unknown"],
] as const;
const pmdBits = (prefix: string, inverted: boolean): Field[] =>
  PMD_CAPABILITIES.map(([name, title], bit) =>
    bool(`${prefix}.${name}`, title, { mask: inverted ? 0x8000 >> bit : 1 << bit, bits: 16, tf: CAPABLE }),
  );

const PGID_MASKS = [0xf000, 0x0f00, 0x00f0, 0x000f] as const;
const lists = {
  congestion: priorities("lldp.ieee.802_1qau.cnpv.prio", (i) => `Priority ${i} CNPV Capability`, ENABLED),
  ready: priorities("lldp.ieee.802_1qau.ready.prio", (i) => `Priority ${i} Ready Indicator`, SET_NOTSET),
  flowControl: priorities("lldp.dcbx.feature.pfc.prio", (i) => `PFC for Priority ${i}`, ENABLED),
  groups: Array.from({ length: 8 }, (_, i) =>
    u16(`lldp.dcbx.feature.pg.pgid_prio${i}`, `PGID for Prio ${i}`, { mask: PGID_MASKS[i & 3] }),
  ),
  bandwidth: Array.from({ length: 8 }, (_, i) =>
    u8(`lldp.dcbx.feature.pg.per${i}`, `Bandwidth for PGID ${i}`),
  ),
  selection: Array.from({ length: 8 }, (_, i) =>
    u8(`lldp.dcbx.ieee.ets.tsa${i}`, `TSA for Traffic Class ${i}`, { names: TRANSMISSION_SELECTION_NAMES }),
  ),
  advertised: pmdBits("lldp.ieee.802_3.pmd_auto_neg_advertised_caps", false),
  advertisedInverted: pmdBits("lldp.ieee.802_3.pmd_auto_neg_advertised_caps_inv", true),
};

const degrees =
  (directions: readonly [string, string]) =>
  (value: number): string => {
    // 34 bits of two's complement, 25 of them behind the point (RFC 3825 section 2.1).
    const bits = BigInt(value);
    const negative = bits >= 0x2_0000_0000n;
    const whole = Number(negative ? 0x4_0000_0000n - bits : bits);
    return `${(whole / 0x0200_0000).toFixed(4)} degrees ${negative ? directions[1] : directions[0]} (0x${value.toString(16).padStart(10, "0")})`;
  };
const tenthsOfWatt = (value: number): string => `${Math.floor(value / 10)}.${value % 10}. Watt`;

const f = {
  vlanSubtype: u8("lldp.ieee.802_1.subtype", "IEEE 802.1 Subtype", {
    base: "HEX",
    names: IEEE8021_SUBTYPE_NAMES,
  }),
  portVlan: u16("lldp.ieee.802_1.port_vlan.id", "Port VLAN Identifier", { base: "DEC_HEX" }),
  protocolVlanFlags: u8("lldp.ieee.802_1.port_and_vlan_id_flag", "Flags", { base: "HEX" }),
  protocolVlanSupported: bool("lldp.ieee.802_1.port_and_vlan_id_flag.supported", "Port and Protocol VLAN", {
    mask: 0x02,
    tf: SUPPORTED,
  }),
  protocolVlanEnabled: bool("lldp.ieee.802_1.port_and_vlan_id_flag.enabled", "Port and Protocol VLAN", {
    mask: 0x04,
    tf: ENABLED,
  }),
  protocolVlan: u16("lldp.ieee.802_1.port_proto_vlan.id", "Port and Protocol VLAN Identifier", {
    base: "DEC_HEX",
  }),
  vlan: u16("lldp.ieee.802_1.vlan.id", "VLAN Identifier", { base: "DEC_HEX" }),
  vlanNameLength: u8("lldp.ieee.802_1.vlan.name_len", "VLAN Name Length"),
  vlanName: str("lldp.ieee.802_1.vlan.name", "VLAN Name"),
  identityLength: u8("lldp.ieee.802_1.proto.id_length", "Protocol Identity Length"),
  identity: bytes("lldp.ieee.802_1.proto.id", "Protocol Identity"),
  aggregation1: u8("lldp.ieee.802_1.aggregation_status", "Aggregation Status", { base: "HEX" }),
  aggregation1Capable: bool("lldp.ieee.802_1.aggregation_status.cap", "Aggregation Capability", {
    mask: 0x01,
    tf: YES_NO,
  }),
  aggregation1Enabled: bool("lldp.ieee.802_1.aggregation_status.enabled", "Aggregation Status", {
    mask: 0x02,
    tf: ENABLED,
  }),
  aggregation1Type: u8("lldp.ieee.802_1.aggregation_status.porttype", "Aggregation Status", {
    mask: 0x0c,
    names: IEEE8021_AGGREGATION_STATUS_PORTTYPE_NAMES,
  }),
  aggregation1Port: u32("lldp.ieee.802_1.aggregated_port_id", "Aggregated Port Id"),
  willing: bool("lldp.dcbx.ieee.willing", "Willing", { mask: 0x80, tf: YES_NO }),
  shaper: bool("lldp.dcbx.ieee.ets.cbs", "Credit-Based Shaper", { mask: 0x40, tf: SUPPORTED }),
  maxClasses: u8("lldp.dcbx.ieee.ets.maxtcs", "Maximum Number of Traffic Classes", {
    base: "CUSTOM",
    mask: 0x07,
    text: (value) => `${value === 0 ? 8 : value} (0x${value.toString(16)})`,
  }),
  groupsReserved: u8("lldp.dcbx.feature.pg.reserved", "Reserved", { base: "HEX", mask: 0xfe }),
  bypass: bool("lldp.dcbx.ieee.pfc.mbc", "MACsec Bypass Capability", { mask: 0x40, tf: CAPABLE }),
  pfcClasses: u8("lldp.dcbx.ieee.pfc.numtcs", "Max PFC Enabled Traffic Classes", { mask: 0x0f }),
  applicationReserved: u8("lldp.dcbx.ieee.app.reserved", "Reserved", { base: "HEX" }),
  applicationPriority: u8("lldp.dcbx.ieee.app.prio", "Application Priority", { mask: 0xe0 }),
  applicationSelector: u8("lldp.dcbx.iee.app.sf", "Application Selector", {
    mask: 0x07,
    names: APPLICATION_SELECTOR_NAMES,
  }),
  applicationProtocol: u16("lldp.dcbx.feature.app.proto", "Application Protocol Id", { base: "HEX" }),

  etherSubtype: u8("lldp.ieee.802_3.subtype", "IEEE 802.3 Subtype", {
    base: "HEX",
    names: IEEE8023_SUBTYPE_NAMES,
  }),
  negotiation: u8("lldp.ieee.802_3.mac_phy_auto_neg_status", "Auto-Negotiation Support/Status", {
    base: "HEX",
  }),
  negotiationSupported: bool("lldp.ieee.802_3.mac_phy_auto_neg_status.supported", "Auto-Negotiation", {
    mask: 0x01,
    tf: SUPPORTED,
  }),
  negotiationEnabled: bool("lldp.ieee.802_3.mac_phy_auto_neg_status.enabled", "Auto-Negotiation", {
    mask: 0x02,
    tf: ENABLED,
  }),
  advertised: u16(
    "lldp.ieee.802_3.pmd_auto_neg_advertised_caps",
    "PMD Auto-Negotiation Advertised Capability",
    {
      base: "HEX",
    },
  ),
  mauType: u16("lldp.ieee.802_3.pmd_mau_type", "Operational MAU Type", {
    base: "HEX",
    names: IEEE8023_PMD_MAU_TYPE_NAMES,
  }),
  mdiSupport: u8("lldp.ieee.802_3.mdi_power_support", "MDI Power Support", { base: "HEX" }),
  mdiPortClass: bool("lldp.ieee.802_3.mdi_power_support.port_class", "Port Class", {
    mask: 0x01,
    tf: ["PSE", "PD"],
  }),
  mdiSupported: bool("lldp.ieee.802_3.mdi_power_support.supported", "PSE MDI Power", {
    mask: 0x02,
    tf: SUPPORTED,
  }),
  mdiEnabled: bool("lldp.ieee.802_3.mdi_power_support.enabled", "PSE MDI Power", { mask: 0x04, tf: ENABLED }),
  mdiPairs: bool("lldp.ieee.802_3.mdi_power_support.pse_pairs", "PSE Pairs Control Ability", {
    mask: 0x08,
    tf: YES_NO,
  }),
  mdiPair: u8("lldp.ieee.802_3.mdi_pse_pair", "PSE Power Pair"),
  mdiClass: u8("lldp.ieee.802_3.mdi_power_class", "Power Class", { names: IEEE8023_MDI_POWER_CLASS_NAMES }),
  mdiType: u8("lldp.ieee.802_3.mdi_power_type", "Power Type", {
    mask: 0xc0,
    names: IEEE8023_MDI_POWER_TYPE_NAMES,
  }),
  mdiSource: u8("lldp.ieee.802_3.mdi_power_source", "Power Source", { mask: 0x30 }),
  mdiPriority: u8("lldp.ieee.802_3.mdi_power_priority", "Power Priority", {
    mask: 0x0f,
    names: IEEE8023_MDI_POWER_PRIORITY_NAMES,
  }),
  mdiRequested: u16("lldp.ieee.802_3.mdi_pde_requested", "PD Requested Power Value", {
    base: "CUSTOM",
    text: tenthsOfWatt,
  }),
  mdiAllocated: u16("lldp.ieee.802_3.mdi_pse_allocated", "PSE Allocated Power Value", {
    base: "CUSTOM",
    text: tenthsOfWatt,
  }),
  aggregation3: u8("lldp.ieee.802_3.aggregation_status", "Aggregation Status", { base: "HEX" }),
  aggregation3Capable: bool("lldp.ieee.802_3.aggregation_status.cap", "Aggregation Capability", {
    mask: 0x01,
    tf: YES_NO,
  }),
  aggregation3Enabled: bool("lldp.ieee.802_3.aggregation_status.enabled", "Aggregation Status", {
    mask: 0x02,
    tf: ENABLED,
  }),
  aggregation3Port: u32("lldp.ieee.802_3.aggregated_port_id", "Aggregated Port Id"),
  maxFrame: u16("lldp.ieee.802_3.max_frame_size", "Maximum Frame Size"),
  eeeTransmit: u16("lldp.ieee.802_3.eee.transmit", "Transmit"),
  eeeReceive: u16("lldp.ieee.802_3.eee.receive", "Receive"),
  eeeFallback: u16("lldp.ieee.802_3.eee.fallback_receive", "Fallback Receive"),
  eeeEchoTransmit: u16("lldp.ieee.802_3.eee.echo_transmit", "Echo Transmit"),
  eeeEchoReceive: u16("lldp.ieee.802_3.eee.echo_receive", "Echo Receive"),
  preemption: u16("lldp.ieee.802_3br.eac", "Additional Ethernet Capabilities", { base: "HEX" }),
  preemptionSupport: bool("lldp.ieee.802_3br.aec.support", "Preemption capabilities support", {
    mask: 0x0001,
    bits: 16,
    tf: SUPPORTED,
  }),
  preemptionEnable: bool("lldp.ieee.802_3br.aec.enable", "Preemption capabilities enable", {
    mask: 0x0002,
    bits: 16,
    tf: ENABLED,
  }),
  preemptionActive: bool("lldp.ieee.802_3br.aec.active", "Preemption capabilities active", {
    mask: 0x0004,
    bits: 16,
    tf: ["Active", "Inactive"],
  }),
  preemptionFragment: u16("lldp.ieee.802_3br.aec.addfragsize", "Additional Fragment Size", { mask: 0x0018 }),
  preemptionReserved: u16("lldp.ieee.802_3br.aec.reserved", "Reserved", { base: "HEX", mask: 0xffe0 }),

  mediaSubtype: u8("lldp.media.subtype", "Media Subtype", { base: "HEX", names: MEDIA_SUBTYPE_NAMES }),
  mediaCaps: u16("lldp.media.subtype.caps", "Capabilities", { base: "HEX" }),
  mediaCapsMed: bool("lldp.media.subtype.caps.llpd", "LLDP-MED Capabilities", {
    mask: 0x0001,
    bits: 16,
    tf: CAPABLE,
  }),
  mediaCapsPolicy: bool("lldp.media.subtype.caps.network_policy", "Network Policy", {
    mask: 0x0002,
    bits: 16,
    tf: CAPABLE,
  }),
  mediaCapsLocation: bool("lldp.media.subtype.caps.location_id", "Location Identification", {
    mask: 0x0004,
    bits: 16,
    tf: CAPABLE,
  }),
  mediaCapsPse: bool("lldp.media.subtype.caps.mdi_pse", "Extended Power via MDI-PSE", {
    mask: 0x0008,
    bits: 16,
    tf: CAPABLE,
  }),
  mediaCapsPd: bool("lldp.media.subtype.caps.mid_pd", "Extended Power via MDI-PD", {
    mask: 0x0010,
    bits: 16,
    tf: CAPABLE,
  }),
  mediaCapsInventory: bool("lldp.media.subtype.caps.inventory", "Inventory", {
    mask: 0x0020,
    bits: 16,
    tf: CAPABLE,
  }),
  mediaClass: u8("lldp.media.subtype.class", "Class Type", { names: MEDIA_SUBTYPE_CLASS_NAMES }),
  application: u8("lldp.media.app_type", "Application Type", { names: MEDIA_APP_TYPE_NAMES }),
  policyUnknown: bool("lldp.media.policy_flag", "Policy", {
    mask: 0x800000,
    bits: 24,
    tf: ["Unknown", "Defined"],
  }),
  policyTagged: bool("lldp.media.tag_flag", "Tagged", { mask: 0x400000, bits: 24, tf: YES_NO }),
  policyVlan: u24("lldp.media.vlan_id", "VLAN Id", { mask: 0x1ffe00 }),
  policyPriority: u24("lldp.media.l2_prio", "L2 Priority", { mask: 0x0001c0 }),
  policyDscp: u24("lldp.media.dscp", "DSCP Priority", { mask: 0x00003f }),
  locationFormat: u8("lldp.media.loc.data_format", "Location Data Format", {
    names: MEDIA_LOC_DATA_FORMAT_NAMES,
  }),
  latitudeResolution: u8("lldp.media.loc.lat_resolution", "Latitude Resolution", { mask: 0xfc }),
  latitude: new Field("lldp.media.loc.latitude", "Latitude", "FT_UINT40", {
    base: "CUSTOM",
    text: degrees(["North", "South"]),
  }),
  longitudeResolution: u8("lldp.media.loc.long_resolution", "Longitude Resolution", { mask: 0xfc }),
  longitude: new Field("lldp.media.loc.longitude", "Longitude", "FT_UINT40", {
    base: "CUSTOM",
    text: degrees(["East", "West"]),
  }),
  altitudeType: u8("lldp.media.loc.alt_type", "Altitude Type", {
    mask: 0xf0,
    names: MEDIA_LOC_ALT_TYPE_NAMES,
  }),
  altitudeResolution: u16("lldp.media.loc.alt_resolution", "Altitude Resolution", { mask: 0x0fc0 }),
  altitude: u32("lldp.media.loc.altitude", "Altitude", { mask: 0x3fff_ffff }),
  datum: u8("lldp.media.loc.datum", "Datum"),
  civicLength: u8("lldp.media.civic.length", "LCI Length"),
  civicWhat: u8("lldp.media.civic.what", "What", { names: MEDIA_CIVIC_WHAT_NAMES }),
  civicCountry: str("lldp.media.civic.country", "Country"),
  civicType: u8("lldp.media.civic.type", "CA Type", { names: MEDIA_CIVIC_TYPE_NAMES }),
  civicValue: strz("lldp.media.civic.value", "CA Value"),
  emergency: strz("lldp.media.ecs", "ELIN"),
  powerType: u8("lldp.media.power.type", "Power Type", { mask: 0xc0, names: MEDIA_POWER_TYPE_NAMES }),
  powerSource: u8("lldp.media.power.source", "Power Source", { mask: 0x30 }),
  powerPriority: u8("lldp.media.power.prio", "Power Priority", {
    mask: 0x0f,
    names: IEEE8023_MDI_POWER_PRIORITY_NAMES,
  }),
  powerValue: u16("lldp.media.power.value", "Power Value", {
    base: "CUSTOM",
    text: (value) => `${value * 100} mW`,
  }),
  hardware: str("lldp.media.hardware", "Hardware Revision"),
  firmware: str("lldp.media.firmware", "Firmware Revision"),
  software: str("lldp.media.software", "Software Revision"),
  serial: str("lldp.media.sn", "Serial Number"),
  manufacturer: str("lldp.media.manufacturer", "Manufacturer Name"),
  model: str("lldp.media.model", "Model Name"),
  asset: str("lldp.media.asset", "Asset ID"),

  ciscoSubtype: u8("lldp.cisco.subtype", "Cisco Subtype", { base: "HEX", names: CISCO_SUBTYPE_NAMES }),
  upoe: u8("lldp.cisco.upoe", "UPOE Capabilities", { base: "HEX" }),
  upoeSupported: bool("lldp.cisco.upoe.supported", "UPOE Supported", { mask: 0x01, tf: YES_NO }),
  upoeDetection: bool("lldp.cisco.upoe.altb_detection_required", "ALT-B Detection required", {
    mask: 0x02,
    tf: YES_NO,
  }),
  upoeDesired: bool("lldp.cisco.upoe.pd_altb_desired", "PD Request Spare Pair PoE", {
    mask: 0x04,
    tf: ["Desired", "Not Desired"],
  }),
  upoeOperation: bool("lldp.cisco.upoe.pse_altb_oper", "PSE Spare Pair PoE", { mask: 0x08, tf: ENABLED }),
  ianaSubtype: u8("lldp.iana.subtype", "IANA Subtype", { base: "HEX", names: IANA_SUBTYPE_NAMES }),
  usageUrl: str("lldp.iana.mudurl", "Manufacturer Usage Description URL"),
  unknownSubtype: u8("lldp.unknown_subtype", "Unknown Subtype"),
  unknownContent: bytes("lldp.unknown_subtype.content", "Unknown Subtype Content"),
};

/** The fields of organisations' TLVs, to be registered with LLDP's own. */
export const organisationFields = {
  ...f,
  ...Object.fromEntries(
    Object.values(lists)
      .flat()
      .map((field) => [field.name, field]),
  ),
};

export const lldpExperts = {
  incorrectLength: expert("lldp.incorrect_length", "warning", "Malformed", "Invalid length, too short"),
  excessLength: expert("lldp.excess_length", "warning", "Malformed", "Invalid length, greater than expected"),
  badType: expert("lldp.bad_type", "warning", "Malformed", "Incorrect type"),
  deprecated: expert("lldp.tlv_deprecated", "warning", "Protocol", "TLV has been deprecated"),
};

/** An organisation and the TLVs it defined. */
export interface Organisation {
  readonly name: string;
  readonly subtype: Field;
  readonly names: Readonly<Record<number, string>> | undefined;
  /** What stands for a subtype without a name. */
  readonly unknown: (subtype: number) => string;
  /** Adds what lies between the cursor, behind the subtype, and `end`; the TLV's bytes are there. */
  readonly add: (d: Dissection, subtype: number, end: number) => void;
}

const unknownSubtype = (subtype: number): string =>
  `Unknown subtype 0x${subtype.toString(16).padStart(2, "0")}`;
const KNOWN: Readonly<Record<number, Organisation>> = {
  94: {
    name: "ICANN, IANA Department",
    subtype: f.ianaSubtype,
    names: IANA_SUBTYPE_NAMES,
    unknown: unknownSubtype,
    add: addIana,
  },
  322: {
    name: "Cisco Systems, Inc",
    subtype: f.ciscoSubtype,
    names: CISCO_SUBTYPE_NAMES,
    unknown: unknownSubtype,
    add: addCisco,
  },
  4623: {
    name: "Ieee 802.3",
    subtype: f.etherSubtype,
    names: IEEE8023_SUBTYPE_NAMES,
    unknown: unknownSubtype,
    add: addEthernet,
  },
  4795: {
    name: "Telecommunications Industry Association TR-41 Committee",
    subtype: f.mediaSubtype,
    names: MEDIA_SUBTYPE_NAMES,
    unknown: unknownSubtype,
    add: addMedia,
  },
  32962: {
    name: "IEEE",
    subtype: f.vlanSubtype,
    names: IEEE8021_SUBTYPE_NAMES,
    unknown: unknownSubtype,
    add: addBridging,
  },
};
/** Organisations whose TLVs are not public but whose names are. */
const NAMES: Readonly<Record<number, string>> = {
  9953: "Stanford University, OpenFlow Group",
  3829: "PROFIBUS Nutzerorganisation e.V.",
};

/** The organisation with this OUI; one without a name when it is not known. */
export function organisation(oui: number): Organisation {
  return (
    KNOWN[oui] ?? {
      name: NAMES[oui] ?? "Unknown",
      subtype: f.unknownSubtype,
      names: undefined,
      unknown: (subtype) => `Unknown (${subtype})`,
      add: addUnknown,
    }
  );
}

function addUnknown(d: Dissection, _subtype: number, end: number): void {
  if (end > d.pos) d.bytes(f.unknownContent, end - d.pos);
}

function addIana(d: Dissection, subtype: number, end: number): void {
  if (subtype === 1) d.str(f.usageUrl, end - d.pos);
}

function addCisco(d: Dissection, subtype: number): void {
  if (subtype === 1) {
    d.bitset(f.upoe, 1, [f.upoeSupported, f.upoeDetection, f.upoeDesired, f.upoeOperation]);
  }
}

/** IEEE 802.1Q annex D. */
function addBridging(d: Dissection, subtype: number, end: number): void {
  limit(d, end);
  switch (subtype) {
    case 1:
      d.u16(f.portVlan);
      break;
    case 2:
      d.bitset(f.protocolVlanFlags, 1, [f.protocolVlanSupported, f.protocolVlanEnabled]);
      d.u16(f.protocolVlan);
      break;
    case 3: {
      d.u16(f.vlan);
      const length = d.u8(f.vlanNameLength);
      if (length > 0) d.str(f.vlanName, length);
      break;
    }
    case 4: {
      const length = d.u8(f.identityLength);
      if (length > 0) d.bytes(f.identity, length);
      break;
    }
    case 7:
      d.bitset(f.aggregation1, 1, [f.aggregation1Capable, f.aggregation1Enabled, f.aggregation1Type]);
      d.u32(f.aggregation1Port);
      break;
    case 8:
      d.need(2);
      for (const field of lists.congestion) d.bits(field, d.pos, 1);
      for (const field of lists.ready) d.bits(field, d.pos + 1, 1);
      break;
    case 9:
    case 10:
      addTransmissionSelection(d, subtype === 9);
      break;
    case 11:
      d.need(2);
      d.bits(f.willing, d.pos, 1);
      d.bits(f.bypass, d.pos, 1);
      d.bits(f.pfcClasses, d.pos, 1);
      for (const field of lists.flowControl) d.bits(field, d.pos + 1, 1);
      break;
    case 12:
      d.u8(f.applicationReserved);
      while (d.remaining >= 3) addApplication(d);
  }
}

/** Reads past the TLV end the layer. */
function limit(d: Dissection, end: number): void {
  d.end = end;
  d.wireEnd = end;
}

function addTransmissionSelection(d: Dissection, isConfiguration: boolean): void {
  if (isConfiguration) {
    d.bits(f.willing, d.pos, 1);
    d.bits(f.shaper, d.pos, 1);
    d.bits(f.maxClasses, d.pos, 1);
  } else d.bits(f.groupsReserved, d.pos, 1);
  d.skip(1);
  lists.groups.forEach((field, i) => {
    d.bits(field, d.pos + (i < 4 ? 0 : 2), 2);
  });
  d.skip(4);
  for (const field of lists.bandwidth) d.u8(field);
  for (const field of lists.selection) d.u8(field);
}

const APPLICATIONS: Readonly<Record<number, string>> = { 3260: "iSCSI", 35078: "FCoE", 35092: "FiP" };

function addApplication(d: Dissection): void {
  d.openText(d.pos, 3, `${APPLICATIONS[d.peek16(1)] ?? "Unknown"} Application`);
  d.bits(f.applicationPriority, d.pos, 1);
  d.bits(f.applicationSelector, d.pos, 1);
  d.skip(1);
  d.u16(f.applicationProtocol);
  if (d.labels) d.close();
}

/** IEEE 802.3 section 79.3. */
function addEthernet(d: Dissection, subtype: number, end: number): void {
  limit(d, end);
  switch (subtype) {
    case 1:
      d.bitset(f.negotiation, 1, [f.negotiationSupported, f.negotiationEnabled]);
      addAdvertised(d);
      d.u16(f.mauType);
      break;
    case 2:
      addPower(d);
      break;
    case 3:
      d.expert(lldpExperts.deprecated);
      d.bitset(f.aggregation3, 1, [f.aggregation3Capable, f.aggregation3Enabled]);
      d.u32(f.aggregation3Port);
      break;
    case 4:
      d.u16(f.maxFrame);
      break;
    case 5:
      d.u16(f.eeeTransmit);
      d.u16(f.eeeReceive);
      d.u16(f.eeeFallback);
      d.u16(f.eeeEchoTransmit);
      d.u16(f.eeeEchoReceive);
      break;
    case 7:
      addFlags(d, f.preemption, 2, [
        f.preemptionSupport,
        f.preemptionEnable,
        f.preemptionActive,
        f.preemptionFragment,
        f.preemptionReserved,
      ]);
      break;
    default:
      return;
  }
  addExcess(d);
}

/** Bytes behind what the TLV is known to hold. */
function addExcess(d: Dissection): void {
  if (d.remaining === 0) return;
  d.text(d.pos, d.remaining, "Invalid length, greater than expected");
  d.expert(lldpExperts.excessLength);
}

/** The bits as the standard counts them, and as systems send them that count from the other end. */
function addAdvertised(d: Dissection): void {
  const at = d.pos;
  d.bitset(f.advertised, 2, lists.advertised);
  d.openText(at, 2, "Same in inverse (wrong) bitorder");
  for (const field of lists.advertisedInverted) d.bits(field, at, 2);
  if (d.labels) d.close();
}

/** Section 79.3.2; the second half came with 802.3at. */
function addPower(d: Dissection): void {
  d.bitset(f.mdiSupport, 1, [f.mdiPortClass, f.mdiSupported, f.mdiEnabled, f.mdiPairs]);
  d.u8(f.mdiPair);
  d.u8(f.mdiClass);
  if (d.remaining === 0) return;
  addPowerSource(d, f.mdiType, f.mdiSource, f.mdiPriority);
  d.u16(f.mdiRequested);
  d.u16(f.mdiAllocated);
}

const PSE_SOURCES = ["Unknown", "Primary Power Source", "Backup Power Source", "Reserved"] as const;
const PD_SOURCES = ["Unknown", "PSE", "Local", "PSE and local"] as const;

function addPowerSource(d: Dissection, type: Field, source: Field, priority: Field): void {
  const isDevice = d.bits(type, d.pos, 1) & 1;
  const from = d.bits(source, d.pos, 1);
  if (d.labels) d.append(` ${(isDevice ? PD_SOURCES : PSE_SOURCES)[from]}`);
  d.bits(priority, d.pos, 1);
  d.skip(1);
}

/** ANSI/TIA-1057 section 10. */
function addMedia(d: Dissection, subtype: number, end: number): void {
  limit(d, end);
  const length = d.remaining;
  switch (subtype) {
    case 1:
      d.bitset(f.mediaCaps, 2, [
        f.mediaCapsMed,
        f.mediaCapsPolicy,
        f.mediaCapsLocation,
        f.mediaCapsPse,
        f.mediaCapsPd,
        f.mediaCapsInventory,
      ]);
      d.u8(f.mediaClass);
      break;
    case 2:
      d.u8(f.application);
      for (const field of [f.policyUnknown, f.policyTagged, f.policyVlan, f.policyPriority, f.policyDscp]) {
        d.bits(field, d.pos, 3);
      }
      d.skip(3);
      break;
    case 3:
      addLocation(d);
      return;
    case 4:
      addPowerSource(d, f.powerType, f.powerSource, f.powerPriority);
      d.u16(f.powerValue);
      break;
    default: {
      const field = INVENTORY[subtype];
      if (field === undefined) return;
      d.str(field, length);
    }
  }
  addExcess(d);
}

const INVENTORY: Readonly<Record<number, Field>> = {
  5: f.hardware,
  6: f.firmware,
  7: f.software,
  8: f.serial,
  9: f.manufacturer,
  10: f.model,
  11: f.asset,
};
const COORDINATES = 1;
const CIVIC = 2;
const ELIN = 3;

function addLocation(d: Dissection): void {
  const format = d.u8(f.locationFormat);
  if (format === COORDINATES) addCoordinates(d);
  else if (format === CIVIC) addCivic(d);
  else if (format === ELIN && d.remaining > 0) d.str(f.emergency, d.remaining, "ascii");
}

/** RFC 3825 section 2. */
function addCoordinates(d: Dissection): void {
  d.bits(f.latitudeResolution, d.pos, 1);
  d.add(f.latitude, d.pos, 5, coordinate(d));
  d.skip(5);
  d.bits(f.longitudeResolution, d.pos, 1);
  d.add(f.longitude, d.pos, 5, coordinate(d));
  d.skip(5);
  d.bits(f.altitudeType, d.pos, 1);
  d.bits(f.altitudeResolution, d.pos, 2);
  d.skip(1);
  d.bits(f.altitude, d.pos, 4);
  d.skip(4);
  d.u8(f.datum);
}

/** The 34 bits behind a resolution of six. */
function coordinate(d: Dissection): bigint {
  return BigInt(d.peekUint(5)) & 0x3_ffff_ffffn;
}

/** RFC 4776 section 3.1. */
function addCivic(d: Dissection): void {
  const length = d.peek8();
  if (length > d.remaining - 1) {
    addExcess(d);
    return;
  }
  d.u8(f.civicLength);
  d.u8(f.civicWhat);
  d.str(f.civicCountry, 2, "ascii");
  while (d.remaining >= 2) {
    d.u8(f.civicType);
    const size = d.u8(f.civicLength);
    if (d.labels) d.relabel(`CA Length: ${size}`);
    if (size > 0) d.str(f.civicValue, size);
  }
}
