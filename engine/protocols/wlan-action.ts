/** Action frames: IEEE 802.11-2020 section 9.6, of each category the action's name and its fixed fields. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  type Field,
  i8,
  nameOf,
  none,
  RangeNames,
  str,
  u8,
  u16,
  u32,
} from "../dissect/field.ts";
import { TAG_NAMES, VENUE_GROUP_NAMES } from "./names/wlan-management.ts";
import { addAdvertisementProtocol, addExtendedSwitch } from "./wlan-elements.ts";
import { p2pAction } from "./wlan-vendor.ts";

/** IEEE 802.11-2020 table 9-331: ANQP elements. */
const ANQP_ELEMENTS = {
  256: "ANQP Query list",
  257: "ANQP Capability list",
  258: "Venue Name information",
  259: "Emergency Call Number information",
  260: "Network Authentication Type information",
  261: "Roaming Consortium list",
  262: "IP Address Type Availability information",
  263: "NAI Realm list",
  264: "3GPP Cellular Network information",
  265: "AP Geospatial Location",
  266: "AP Civic Location",
  267: "AP Location Public Identifier URI",
  268: "Domain Name list",
  269: "Emergency Alert Identifier URI",
  270: "TDLS Capability information",
  271: "Emergency NAI",
  272: "Neighbor Report",
  273: "Query AP List",
  274: "AP List Response",
  275: "FILS Realm Info",
  276: "CAG",
  277: "Venue URL",
  278: "Advice of Charge",
  279: "Local Content",
  280: "Network Authentication Type with Timestamp",
  56797: "ANQP vendor-specific list",
};

const f = {
  rmDialogToken: u8("wlan.rm.dialog_token", "Dialog token"),
  staAddress: ether("wlan.fixed.sta_address", "STA Address"),
  targetApAddress: ether("wlan.fixed.target_ap_address", "Target AP Address"),
  rmTpc: none("wlan.rm.tpc", "TPC Report"),
  rmTpcElementId: u8("wlan.rm.tpc.element_id", "TPC Element ID"),
  rmTpcLength: u8("wlan.rm.tpc.length", "TPC Length"),
  rmTpcTxPower: i8("wlan.rm.tpc.tx_power", "TPC Transmit Power"),
  rmTpcLinkMargin: i8("wlan.rm.tpc.link_margin", "TPC Link Margin"),
  rmRxAntennaId: u8("wlan.rm.rx_antenna_id", "Receive Antenna ID"),
  rmTxAntennaId: u8("wlan.rm.tx_antenna_id", "Transmit Antenna ID"),
  rmRcpi: u8("wlan.rm.rcpi", "Received Channel Power"),
  rmRsni: u8("wlan.rm.rsni", "Received Signal to noise indication"),
  requestModePrefCand: u8("wlan.fixed.request_mode.pref_cand", "Preferred Candidate List Included", {
    mask: 0x1,
  }),
  requestModeAbridged: u8("wlan.fixed.request_mode.abridged", "Abridged", { mask: 0x2 }),
  requestModeDisassocImminent: u8("wlan.fixed.request_mode.disassoc_imminent", "Disassociation Imminent", {
    mask: 0x4,
  }),
  requestModeBssTermIncluded: u8("wlan.fixed.request_mode.bss_term_included", "BSS Termination Included", {
    mask: 0x8,
  }),
  requestModeEssDisassocImminent: u8(
    "wlan.fixed.request_mode.ess_disassoc_imminent",
    "ESS Disassociation Imminent",
    { mask: 0x10 },
  ),
  disassocTimer: u16("wlan.fixed.disassoc_timer", "Disassociation Timer"),
  validityInterval: u8("wlan.fixed.validity_interval", "Validity Interval"),
  sessionInformationUrlLength: u8(
    "wlan.fixed.session_information.url_length",
    "Session Information URL Length",
  ),
  sessionInformationUrl: str("wlan.fixed.session_information.url", "Session Information URL"),
  bssTransitionCandidateListEntries: bytes(
    "wlan.fixed.bss_transition_candidate_list_entries",
    "BSS Transition Candidate List Entries",
  ),
  bssTransitionStatusCode: u8("wlan.fixed.bss_transition_status_code", "BSS Transition Status Code"),
  bssTerminationDelay: u8("wlan.fixed.bss_termination_delay", "BSS Termination Delay"),
  bssTransitionTargetBss: ether("wlan.fixed.bss_transition_target_bss", "BSS Transition Target BSS"),
  anqpInfoId: u16("wlan.fixed.anqp.info_id", "Info ID", { names: ANQP_ELEMENTS }),
  anqpInfoLength: u16("wlan.fixed.anqp.info_length", "Length"),
  anqpQueryId: u16("wlan.fixed.anqp.query_id", "ANQP Query ID", { names: ANQP_ELEMENTS }),
  anqpCapability: u16("wlan.fixed.anqp.capability", "ANQP Capability", { names: ANQP_ELEMENTS }),
  anqpIpAddrAvailabilityIpv6: u8("wlan.fixed.anqp.ip_addr_availability.ipv6", "IPv6 Address", {
    mask: 0x3,
    names: {
      0: "Address type not available",
      1: "Address type available",
      2: "Availability of the address type not known",
    },
  }),
  anqpIpAddrAvailabilityIpv4: u8("wlan.fixed.anqp.ip_addr_availability.ipv4", "IPv4 Address", {
    mask: 0xfc,
    names: {
      0: "Address type not available",
      1: "Public IPv4 address available",
      2: "Port-restricted IPv4 address available",
      3: "Single NATed private IPv4 address available",
      4: "Double NATed private IPv4 address available",
      5: "Port-restricted IPv4 address and single NATed IPv4 address available",
      6: "Port-restricted IPv4 address and double NATed IPv4 address available",
      7: "Availability of the address type is not known",
    },
  }),
  anqpDomainNameListLen: u8("wlan.fixed.anqp.domain_name_list.len", "Domain Name Length"),
  anqpDomainNameListName: str("wlan.fixed.anqp.domain_name_list.name", "Domain Name"),
  anqpInfo: bytes("wlan.fixed.anqp.info", "Information"),
  venueInfoGroup: u8("wlan.fixed.venue_info.group", "Venue Group", {
    names: VENUE_GROUP_NAMES,
  }),
  venueInfoType: u8("wlan.fixed.venue_info.type", "Venue Type"),
  anqpVenueLength: u8("wlan.fixed.anqp.venue.length", "Venue Name Duple Length"),
  anqpVenueLanguage: str("wlan.fixed.anqp.venue.language", "Language Code"),
  anqpVenueName: str("wlan.fixed.anqp.venue.name", "Venue Name"),
  tagNumber: u8("wlan.tag.number", "Tag Number", { names: TAG_NAMES }),
  tagLength: u32("wlan.tag.length", "Tag length"),
  queryRequestLength: u16("wlan.fixed.query_request_length", "Query Request Length"),
  queryRequest: bytes("wlan.fixed.query_request", "Query Request"),
  queryResponseLength: u16("wlan.fixed.query_response_length", "Query Response Length"),
  queryResponse: bytes("wlan.fixed.query_response", "Query Response"),
  gasFragmentId: u8("wlan.fixed.gas_fragment_id", "GAS Query Response Fragment ID", { mask: 0x7f }),
  moreGasFragments: u8("wlan.fixed.more_gas_fragments", "More GAS Fragments", { mask: 0x80 }),
  tagOuiWfaSubtype: u8("wlan.tag.oui.wfa_subtype", "WFA Subtype", {
    names: {
      0: "Subscription Remediation",
      1: "Deauthentication Imminent",
      2: "Non-preferred Channel Report",
      3: "Cellular Data Capabilities",
      9: "P2P",
      16: "Hotspot 2.0 Indication",
      18: "OSU Server-only l2 Encryption Network",
      19: "NAN",
      22: "Multi Band Operation - Optimized Connectivity Experience",
      23: "60GHz Information Element",
      24: "NAN Action",
      26: "Device Provisioning Protocol",
      27: "IEEE1905 Multi-AP",
      28: "OWE Transition Mode",
      33: "QoS Management",
    },
  }),
  smPowercontrolEnabled: bool("wlan.fixed.sm.powercontrol.enabled", "SM Power Save", {
    mask: 0x1,
    tf: ["Enabled", "Disabled"],
  }),
  smPowercontrolMode: bool("wlan.fixed.sm.powercontrol.mode", "SM Mode", {
    mask: 0x2,
    tf: ["Dynamic SM Power Save mode", "Static SM Power Save mode"],
  }),
  smPowercontrolReserved: u8("wlan.fixed.sm.powercontrol.reserved", "Reserved", { base: "HEX", mask: 0xfc }),
  gasComebackDelay: u16("wlan.fixed.gas_comeback_delay", "GAS Comeback Delay"),
  rmRepetitions: u16("wlan.rm.repetitions", "Repetitions"),
  rmTxPower: i8("wlan.rm.tx_power", "Transmit Power Used", { unit: " dBm" }),
  rmMaxTxPower: i8("wlan.rm.max_tx_power", "Max Transmit Power", { unit: " dBm" }),
  chanwidth: u8("wlan.fixed.chanwidth", "Supported Channel Width", {
    base: "HEX",
    names: {
      0: "20 MHz channel width only",
      1: "Any channel width in the STA's Supported Channel Width Set",
    },
  }),
  smPowercontrol: u8("wlan.fixed.sm.powercontrol", "Spatial Multiplexing (SM) Power Control", {
    base: "HEX",
  }),
  transactionId: u16("wlan.fixed.transaction_id", "Transaction Id", { base: "HEX" }),
  bssTransitionQueryReason: u8("wlan.fixed.bss_transition_query_reason", "BSS Transition Query Reason", {
    names: {
      0: "Unspecified",
      1: "Excessive frame loss rates and/or poor conditions",
      2: "Excessive delay for current traffic streams",
      3: "Insufficient QoS capacity for current traffic streams (TSPEC rejected)",
      4: "First association to ESS (the association initiated by an Association Request frame instead of a Reassociation Request frame)",
      5: "Load balancing",
      6: "Better AP found",
      7: "Deauthenticated or Disassociated from the previous AP",
      8: "AP failed IEEE 802.1X EAP Authentication",
      9: "AP failed 4-way handshake",
      10: "Received too many replay counter failures",
      11: "Received too many data MIC failures",
      12: "Exceeded maximum number of retransmissions",
      13: "Received too many broadcast disassociations",
      14: "Received too many broadcast deauthentications",
      15: "Previous transition failed",
      16: "Low RSSI",
      17: "Roam from a non-IEEE-802.11 system",
      18: "Transition due to received BSS Transition Request frame",
      19: "Preferred BSS transition candidate list included",
      20: "Leaving ESS",
    },
  }),
  wnmNotificationType: u8("wlan.fixed.wnm_notification_type", "WNM-Notification type", {
    names: { 0: "Firmware Update Notification", 1: "Reserved for use by WFA", 221: "Vendor Specific" },
  }),
  vhtGroupIdManagement: bytes("wlan.vht.group_id_management", "Group ID Management"),
  vhtOperationModeNotification: bytes("wlan.vht.operation_mode_notification", "Operation Mode Notification"),
  publicact: u8("wlan.fixed.publicact", "Public Action", {
    base: "HEX",
    names: {
      0: "20/40 BSS Coexistence Management",
      1: "DSE enablement",
      2: "DSE deenablement",
      3: "DSE Registered Location Announcement",
      4: "Extended Channel Switch Announcement",
      5: "DSE measurement request",
      6: "DSE measurement report",
      7: "Measurement Pilot",
      8: "DSE power constraint",
      9: "Vendor Specific",
      10: "GAS Initial Request",
      11: "GAS Initial Response",
      12: "GAS Comeback Request",
      13: "GAS Comeback Response",
      14: "TDLS Discovery Response",
      15: "Location Track Notification",
      16: "QAB Request",
      17: "QAB Response",
      18: "QMF Policy",
      19: "QMF Policy Change",
      20: "QLoad Request",
      21: "QLoad Report",
      22: "HCCA TXOP Advertisement",
      23: "HCCA TXOP Response",
      24: "Public Key",
      25: "Channel Availability Query",
      26: "Channel Schedule Management",
      27: "Contact Verification Signal",
      28: "GDD Enablement Request",
      29: "GDD Enablement Response",
      30: "Network Channel Control",
      31: "White Space Map Announcement",
      32: "FTM Request",
      33: "FTM",
      34: "FILS Discovery",
      47: "Location Measurement Report",
      48: "ISTA Passive TB Ranging Measurement Report",
      49: "Primary RSTA Broadcast Passive TB Ranging Measurement Report",
      50: "Secondary RSTA Broadcast Passive TB Ranging Measurement Report",
    },
  }),
  htact: u8("wlan.fixed.htact", "HT Action", {
    base: "HEX",
    names: {
      0: "Notify Channel Width",
      1: "Spatial Multiplexing (SM) Power Save",
      2: "Power Save Multi-Poll (PSMP) action frame",
      3: "Set PCO Phase",
      4: "MIMO CSI Matrices",
      5: "MIMO Non-compressed Beamforming",
      6: "MIMO Compressed Beamforming",
      7: "Antenna Selection Indices Feedback",
      8: "HT Information Exchange",
    },
  }),
  meshAction: u8("wlan.fixed.mesh_action", "Mesh Action code", {
    base: "HEX",
    names: {
      0: "Mesh Link Metric Report",
      1: "HWMP Mesh Path Selection",
      2: "Gate Announcement",
      3: "Congestion Control Notification",
      4: "MCCA Setup Request",
      5: "MCCA Setup Reply",
      6: "MCCA Advertisement Request",
      7: "MCCA Advertisement",
      8: "MCCA Teardown",
      9: "TBTT Adjustment Request",
      10: "TBTT Adjustment Response",
    },
  }),
  selfprotAction: u8("wlan.fixed.selfprot_action", "Self-protected Action code", {
    base: "HEX",
    names: {
      1: "Mesh Peering Open",
      2: "Mesh Peering Confirm",
      3: "Mesh Peering Close",
      4: "Mesh Group Key Inform",
      5: "Mesh Group Key Ack",
    },
  }),
  fstActionCode: u8("wlan.fst.action_code", "FST Action Code", {
    base: "HEX",
    names: {
      0: "FST Setup Request",
      1: "FST Setup Response",
      2: "FST Tear Down",
      3: "FST Ack Request",
      4: "FST Ack Response",
      5: "FST On-channel Tunnel Request",
    },
  }),
  vhtAction: u8("wlan.vht.action", "VHT Action", {
    names: { 0: "VHT Compressed Beamforming", 1: "Group ID Management", 2: "Operating Mode Notification" },
  }),
  s1gAction: u8("wlan.s1g.action", "S1G Action", {
    names: {
      0: "AID Switch Request",
      1: "AID Switch Response",
      2: "Sync Control",
      3: "STA Information Announcement",
      4: "EDCA Parameter Set",
      5: "EL Operation",
      6: "TWT Setup",
      7: "TWT Teardown",
      8: "Sectorized Group ID List",
      9: "Sector ID Feedback",
      10: "Reserved",
      11: "TWT Information",
    },
  }),
  heAction: u8("wlan.he.action", "HE Action", {
    names: new RangeNames([
      [0, 0, "HE Compressed Beamforming And CQI"],
      [1, 1, "Quiet Time Period"],
      [2, 255, "Reserved"],
    ]),
  }),
  actionOuiType: u8("wlan.action.oui_type", "OUI Type", { base: "HEX", names: { 26: "QoS Management" } }),
};
const own = (prefix: string): Record<string, Field> =>
  Object.fromEntries(
    Object.entries(f)
      .filter(([, field]) => field.name.startsWith(prefix))
      .map(([key, field]) => [`action ${key}`, field]),
  );
/** Fields of the protocol `wlan`. */
export const actionFields = own("wlan.");

/** What other management frames have too. */
export interface Shared {
  readonly action: Field;
  /** The same of two bytes' width, though one byte holds it. */
  readonly wideAction: Field;
  readonly token: Field;
  readonly status: Field;
  readonly reason: Field;
  /** Adds the capability information of two bytes. */
  readonly capabilities: (d: Dissection) => void;
  /** Adds the association identifier. */
  readonly association: (d: Dissection) => void;
  /** Adds an organisation's number, which it returns. */
  readonly organisation: (d: Dissection) => number;
}

type Part = (d: Dissection, shared: Shared) => void;
const token: Part = (d, shared) => void d.u8(shared.token);
const status: Part = (d, shared) => void d.u16le(shared.status);
const reason: Part = (d, shared) => void d.u16le(shared.reason);
const capabilities: Part = (d, shared) => shared.capabilities(d);
const association: Part = (d, shared) => shared.association(d);
const one =
  (field: Field): Part =>
  (d) =>
    void d.u8(field);
const two =
  (field: Field): Part =>
  (d) =>
    void d.u16le(field);
const mac =
  (field: Field): Part =>
  (d) =>
    d.ether(field);
const rmToken = one(f.rmDialogToken);
const stations = [mac(f.staAddress), mac(f.targetApAddress)];
const power =
  (field: Field): Part =>
  (d) => {
    d.int(field, 1);
    d.append(" dBm");
  };

function linkReport(d: Dissection): void {
  d.open(f.rmTpc, d.pos, 4);
  d.u8(f.rmTpcElementId);
  d.u8(f.rmTpcLength);
  d.int(f.rmTpcTxPower, 1);
  d.int(f.rmTpcLinkMargin, 1);
  d.close();
  for (const field of [f.rmRxAntennaId, f.rmTxAntennaId, f.rmRcpi, f.rmRsni]) d.u8(field);
}

const REQUEST_MODE = [
  f.requestModePrefCand,
  f.requestModeAbridged,
  f.requestModeDisassocImminent,
  f.requestModeBssTermIncluded,
  f.requestModeEssDisassocImminent,
];
const TERMINATION = 0x08;
const ESS_IMMINENT = 0x10;
const CANDIDATES = 0x01;

/** Section 9.6.13.9. */
function transitionRequest(d: Dissection, shared: Shared): void {
  d.u8(shared.token);
  const mode = d.peek8();
  for (const field of REQUEST_MODE) d.bits(field, d.pos, 1);
  d.skip(1);
  d.u16le(f.disassocTimer);
  d.u8(f.validityInterval);
  if (mode & TERMINATION) d.skip(12);
  if (mode & ESS_IMMINENT) {
    const length = d.u8(f.sessionInformationUrlLength);
    d.str(f.sessionInformationUrl, length);
  }
  if (mode & CANDIDATES && d.remaining > 0) candidates(d);
}

function candidates(d: Dissection): void {
  const at = d.pos;
  d.bytes(f.bssTransitionCandidateListEntries, d.remaining);
  d.pos = at;
}

function transitionResponse(d: Dissection, shared: Shared): void {
  d.u8(shared.token);
  const code = d.u8(f.bssTransitionStatusCode);
  d.u8(f.bssTerminationDelay);
  if (code === 0) d.ether(f.bssTransitionTargetBss);
  if (d.remaining > 0) candidates(d);
}

const ANQP_NAMES: Readonly<Record<number, string>> = f.anqpInfoId.names as Readonly<Record<number, string>>;
const QUERY_LIST = 256;
const CAPABILITY_LIST = 257;
const VENUE_NAME = 258;
const ADDRESS_TYPES = 262;
const DOMAIN_NAMES = 268;

function query(kind: "Request" | "Response", length: Field, raw: Field): Part {
  return (d) => {
    const size = d.peek16le();
    d.openText(d.pos, 2 + size, `Query ${kind}`);
    d.u16le(length);
    const next = d.pos + size;
    d.need(size);
    const { end, wireEnd } = d;
    d.limit(size);
    if (!anqp.used) {
      if (size > 0) d.bytes(raw, size);
    } else for (let first = true; d.remaining >= 4; first = false) information(d, kind, first);
    d.end = end;
    d.wireEnd = wireEnd;
    d.pos = next;
    d.close();
  };
}

/** Whether the advertisement protocol met last is ANQP. */
const anqp = { used: false };

/** One element of ANQP: section 9.4.5. */
function information(d: Dissection, kind: string, first: boolean): void {
  const id = d.peek16le();
  const length = d.peek16le(2);
  const name = ANQP_NAMES[id] ?? "Unknown";
  if (d.labels) d.appendParent(first ? `: ANQP ${kind} - ${name}` : `, ${name}`);
  d.open(f.anqpInfoId, d.pos, 2, id);
  d.skip(2);
  d.u16le(f.anqpInfoLength);
  d.need(length);
  const next = d.pos + length;
  if (id === QUERY_LIST) while (d.pos + 2 <= next) d.u16le(f.anqpQueryId);
  else if (id === CAPABILITY_LIST) while (d.pos + 2 <= next) d.u16le(f.anqpCapability);
  else if (id === ADDRESS_TYPES && length >= 1) {
    d.bits(f.anqpIpAddrAvailabilityIpv6, d.pos, 1);
    d.bits(f.anqpIpAddrAvailabilityIpv4, d.pos, 1);
  } else if (id === VENUE_NAME && length >= 2) venue(d, next);
  else if (id === DOMAIN_NAMES) {
    while (d.pos < next) {
      const size = d.u8(f.anqpDomainNameListLen);
      d.str(f.anqpDomainNameListName, Math.min(size, next - d.pos));
    }
  } else if (length > 0) d.bytes(f.anqpInfo, length);
  d.pos = next;
  d.close();
}

function venue(d: Dissection, end: number): void {
  d.u8(f.venueInfoGroup);
  d.u8(f.venueInfoType);
  while (d.pos + 4 <= end) {
    const length = d.u8(f.anqpVenueLength);
    if (length < 3) return;
    d.str(f.anqpVenueLanguage, 3);
    d.str(f.anqpVenueName, Math.min(length - 3, end - d.pos));
  }
}

/** The advertisement protocol as an element among the fixed fields. */
function advertisement(d: Dissection): void {
  const length = d.peek8(1);
  d.u8(f.tagNumber);
  d.u8(f.tagLength);
  d.need(length);
  const { end, wireEnd } = d;
  const next = d.pos + length;
  d.limit(length);
  anqp.used = addAdvertisementProtocol(d);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = next;
}

const request = query("Request", f.queryRequestLength, f.queryRequest);
const response = query("Response", f.queryResponseLength, f.queryResponse);
const fragment: Part = (d) => {
  d.bits(f.gasFragmentId, d.pos, 1);
  d.bits(f.moreGasFragments, d.pos, 1);
  d.skip(1);
};

const P2P = 9;
const WFA = 0x506f9a;

/** A vendor's public action; those of Wi-Fi Direct in full. */
function vendorPublic(d: Dissection, shared: Shared): void {
  const organisation = shared.organisation(d);
  if (organisation !== WFA || d.remaining === 0) return;
  const subtype = d.u8(f.tagOuiWfaSubtype);
  if (subtype !== P2P || d.remaining < 2) return;
  d.u8(p2pAction.publicSubtype);
  d.u8(p2pAction.publicToken);
}

const SM_BITS = [f.smPowercontrolEnabled, f.smPowercontrolMode, f.smPowercontrolReserved];

const SPECTRUM = 0;
const QOS = 1;
const PUBLIC = 4;
const MEASUREMENT = 5;
const TRANSITION = 6;
const HT = 7;
const QUERY = 8;
const PROTECTED_PUBLIC = 9;
const WNM = 10;
const UNPROTECTED_WNM = 11;
const TDLS = 12;
const MESH = 13;
const SELF_PROTECTED = 15;
const NOTIFICATION = 17;
const VHT = 21;
const VENDOR = 127;

const PUBLIC_PARTS: Readonly<Record<number, readonly Part[]>> = {
  4: [addExtendedSwitch],
  9: [vendorPublic],
  10: [token, advertisement, request],
  11: [token, status, two(f.gasComebackDelay), advertisement, response],
  12: [token],
  13: [token, status, fragment, two(f.gasComebackDelay), advertisement, response],
  14: [token, capabilities],
};

/** Fixed fields of an action, by category and action. */
const PARTS: Readonly<Record<number, Readonly<Record<number, readonly Part[]>>>> = {
  [SPECTRUM]: { 0: [token], 1: [token], 2: [token], 3: [token], 4: [] },
  [QOS]: { 0: [token], 1: [token, status] },
  [PUBLIC]: PUBLIC_PARTS,
  [PROTECTED_PUBLIC]: PUBLIC_PARTS,
  [MEASUREMENT]: {
    0: [rmToken, two(f.rmRepetitions)],
    1: [rmToken],
    2: [rmToken, power(f.rmTxPower), power(f.rmMaxTxPower)],
    3: [rmToken, linkReport],
    4: [rmToken],
    5: [rmToken],
  },
  [TRANSITION]: { 1: stations, 2: [...stations, status], 3: stations, 4: [...stations, status] },
  [HT]: {
    0: [one(f.chanwidth)],
    1: [(d) => void d.bitsetLe(f.smPowercontrol, 1, SM_BITS)],
  },
  [QUERY]: { 0: [two(f.transactionId)], 1: [two(f.transactionId)] },
  [WNM]: {
    6: [token, one(f.bssTransitionQueryReason)],
    7: [transitionRequest],
    8: [transitionResponse],
    16: [token],
    17: [
      token,
      (d) => {
        const length = d.peek16le();
        d.skip(Math.min(2 + length, d.remaining));
      },
    ],
    26: [token, one(f.wnmNotificationType)],
  },
  [TDLS]: {
    0: [token, capabilities],
    1: [
      status,
      token,
      (d, shared) => {
        if (d.remaining >= 2) shared.capabilities(d);
      },
    ],
    2: [status, token],
    3: [reason],
    4: [token],
    7: [token],
    8: [token, status],
    9: [token],
    10: [token],
  },
  [SELF_PROTECTED]: { 1: [capabilities], 2: [capabilities, association], 3: [] },
  [NOTIFICATION]: { 0: [token], 1: [token, status], 2: [token] },
  [VHT]: {
    1: [(d) => d.bytes(f.vhtGroupIdManagement, Math.min(24, d.remaining))],
    2: [(d) => d.bytes(f.vhtOperationModeNotification, 1)],
  },
};

/** Names of `wlan.fixed.action_code`, which each category has its own of, and how many hex digits it is shown with. */
const ACTIONS: Readonly<
  Record<number, { readonly digits: number; readonly names: Readonly<Record<number, string>> }>
> = {
  [SPECTRUM]: {
    digits: 0,
    names: {
      0: "Measurement Request",
      1: "Measurement Report",
      2: "TPC Request",
      3: "TPC Report",
      4: "Channel Switch Announcement",
    },
  },
  [QOS]: {
    digits: 4,
    names: { 0: "ADDTS Request", 1: "ADDTS Response", 2: "DELTS", 3: "Schedule", 4: "QoS Map Configure" },
  },
  [MEASUREMENT]: {
    digits: 0,
    names: {
      0: "Radio Measurement Request",
      1: "Radio Measurement Report",
      2: "Link Measurement Request",
      3: "Link Measurement Report",
      4: "Neighbor Report Request",
      5: "Neighbor Report Response",
    },
  },
  [TRANSITION]: { digits: 0, names: { 1: "FT Request", 2: "FT Response", 3: "FT Confirm", 4: "FT Ack" } },
  [QUERY]: { digits: 0, names: { 0: "SA Query Request", 1: "SA Query Response" } },
  [WNM]: {
    digits: 0,
    names: {
      0: "Event Request",
      1: "Event Report",
      2: "Diagnostic Request",
      3: "Diagnostic Report",
      4: "Location Configuration Request",
      5: "Location Configuration Response",
      6: "BSS Transition Management Query",
      7: "BSS Transition Management Request",
      8: "BSS Transition Management Response",
      9: "FMS Request",
      10: "FMS Response",
      11: "Collocated Interference Request",
      12: "Collocated Interference Report",
      13: "TFS Request",
      14: "TFS Response",
      15: "TFS Notify",
      16: "WNM-Sleep Mode Request",
      17: "WNM-Sleep Mode Response",
      18: "TIM Broadcast Request",
      19: "TIM Broadcast Response",
      20: "QoS Traffic Capability Update",
      21: "Channel Usage Request",
      22: "Channel Usage Response",
      23: "DMS Request",
      24: "DMS Response",
      25: "Timing Measurement Request",
      26: "WNM-Notification Request",
      27: "WNM-Notification Response",
    },
  },
  [UNPROTECTED_WNM]: { digits: 0, names: { 0: "TIM", 1: "Timing Measurement" } },
  [TDLS]: {
    digits: 0,
    names: {
      0: "TDLS Setup Request",
      1: "TDLS Setup Response",
      2: "TDLS Setup Confirm",
      3: "TDLS Teardown",
      4: "TDLS Peer Traffic Indication",
      5: "TDLS Channel Switch Request",
      6: "TDLS Channel Switch Response",
      7: "TDLS Peer PSM Request",
      8: "TDLS Peer PSM Response",
      9: "TDLS Peer Traffic Response",
      10: "TDLS Discovery Request",
    },
  },
  [NOTIFICATION]: { digits: 4, names: { 0: "Setup request", 1: "Setup response", 2: "Teardown" } },
};
/** Categories whose action has a field of its own. */
const OWN_ACTION: Readonly<Record<number, Field>> = {
  [PUBLIC]: f.publicact,
  [PROTECTED_PUBLIC]: f.publicact,
  [HT]: f.htact,
  [MESH]: f.meshAction,
  [SELF_PROTECTED]: f.selfprotAction,
  18: f.fstActionCode,
  [VHT]: f.vhtAction,
  22: f.s1gAction,
  30: f.heAction,
};

/** Whether the category's actions are read here. */
export const isKnown = (category: number): boolean =>
  category in ACTIONS || category in OWN_ACTION || category === VENDOR || category === VENDOR - 1;

/**
 * The fixed fields behind the category; returns false when no elements follow them.
 * @param category at least 126 for those of vendors
 */
export function addAction(d: Dissection, category: number, shared: Shared): boolean {
  if (category >= VENDOR - 1) {
    const organisation = shared.organisation(d);
    if (organisation !== WFA || d.remaining === 0) return false;
    const type = d.u8(f.actionOuiType);
    if (type === P2P && d.remaining >= 2) {
      d.u8(p2pAction.subtype);
      d.u8(p2pAction.token);
    }
    return true;
  }
  const isWide = ACTIONS[category]?.digits === 4;
  const field = OWN_ACTION[category] ?? (isWide ? shared.wideAction : shared.action);
  const action = d.u8(field);
  if (d.labels) {
    const known = ACTIONS[category];
    if (known !== undefined) {
      const text =
        known.digits === 0 ? String(action) : `0x${action.toString(16).padStart(known.digits, "0")}`;
      d.relabel(`Action code: ${nameOf(known.names, action) ?? "Unknown"} (${text})`);
    } else if (category === PROTECTED_PUBLIC) {
      const name = nameOf(field.names, action);
      d.relabel(
        `Protected Public Action: ${name === undefined ? "Unknown" : `Protected ${name}`} (0x${action.toString(16).padStart(2, "0")})`,
      );
    }
  }
  for (const part of PARTS[category]?.[action] ?? []) part(d, shared);
  return true;
}
