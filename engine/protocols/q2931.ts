/** Signalling of connections over ATM (ITU-T Q.2931; the information elements of section 4.5). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, none, str, u8, u16, u24 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";
import { NLPIDS } from "./names/osi.ts";
import {
  AAL_MODE_NAMES,
  AAL_TYPE_NAMES,
  BEARER_NAMES,
  CALL_STATE_NAMES,
  CAPABILITY_NAMES,
  CAUSE_NAMES,
  CBR_RATE_NAMES,
  CELL_RATE_NAMES,
  CLOCK_NAMES,
  CONDITION_NAMES,
  CORRECTION_NAMES,
  ELEMENT_ACTION_NAMES,
  ELEMENT_NAMES,
  ENDPOINT_STATE_NAMES,
  HIGH_LAYER_NAMES,
  LANE_NAMES,
  LAYER2_NAMES,
  LAYER3_NAMES,
  LOCATION_NAMES,
  MESSAGE_ACTION_NAMES,
  MESSAGE_NAMES,
  QOS_NAMES,
  REASON_NAMES,
  RESTART_NAMES,
  SSCS_NAMES,
  SUBTYPE_NAMES,
} from "./names/q2931.ts";

const hex = { base: "HEX" } as const;
const ALLOWED = ["Allowed", "Not Allowed"] as const;
const REQUESTED = ["Requested", "Not Requested"] as const;
/** What both directions of an OAM flow have as their share of the cell rate. */
const FLOW_NAMES = (direction: string): Readonly<Record<number, string>> => ({
  0: `0% of the ${direction} cell rate`,
  1: `0.1% of the ${direction} cell rate`,
  4: `1% of the ${direction} cell rate`,
});

const f = {
  disc: u8("q2931.disc", "Protocol discriminator", hex),
  refLength: u8("q2931.call_ref_len", "Call reference value length", { mask: 0x0f }),
  refFlag: bool("q2931.call_ref_flag", "Call reference flag", {
    tf: ["Message sent to originating side", "Message sent from originating side"],
  }),
  ref: bytes("q2931.call_ref", "Call reference value"),
  type: u8("q2931.message_type", "Message type", { base: "HEX", names: MESSAGE_NAMES }),
  typeExt: u8("q2931.message_type_ext", "Message type extension", hex),
  messageFlag: bool("q2931.message_flag", "Flag", {
    mask: 0x10,
    tf: ["Regular error handling procedures apply", "Follow explicit error handling instructions"],
  }),
  messageAction: u8("q2931.message_action_indicator", "Action indicator", {
    mask: 0x03,
    names: MESSAGE_ACTION_NAMES,
  }),
  length: u16("q2931.message_len", "Message length"),
  element: u8("q2931.information_element", "Information element", { base: "HEX", names: ELEMENT_NAMES }),
  elementExt: u8("q2931.information_element.extension", "Information element extension", hex),
  coding: u8("q2931.ie_coding_standard", "Coding standard", {
    mask: 0x60,
    names: {
      0: "ITU-T standardized coding",
      1: "ISO/IEC standard",
      2: "National standard",
      3: "Standard defined for the network",
    },
  }),
  handling: bool("q2931.ie_handling_instructions", "Handling Instructions", {
    mask: 0x10,
    tf: ["Follow explicit error handling instructions", "Regular error handling procedures apply"],
  }),
  elementAction: u8("q2931.ie_action_indicator", "Action indicator", {
    mask: 0x07,
    names: ELEMENT_ACTION_NAMES,
  }),
  elementLength: u16("q2931.information_element.length", "Length"),
  elementData: bytes("q2931.information_element.data", "Data"),
  aalType: u8("q2931.aal_type", "AAL type", { base: "HEX", names: AAL_TYPE_NAMES }),
  aalUser: bytes("q2931.user_defined_aal_information", "User defined AAL information"),
  aalId: u8("q2931.aal.parameter_identifier", "Identifier", hex),
  subtype: u8("q2931.aal1.subtype", "Subtype", { base: "HEX", names: SUBTYPE_NAMES }),
  cbrRate: u8("q2931.aal1.cbr_rate", "CBR rate", { base: "HEX", names: CBR_RATE_NAMES }),
  multiplier: u16("q2931.aal1.multiplier", "Multiplier"),
  clock: u8("q2931.aal1.source_clock_frequency_recovery_method", "Source clock frequency recovery method", {
    base: "HEX",
    names: CLOCK_NAMES,
  }),
  correction: u8("q2931.aal1.error_correction_method", "Error correction method", {
    base: "HEX",
    names: CORRECTION_NAMES,
  }),
  blockSize: u16("q2931.aal1.structured_data_transfer_block_size", "Structured data transfer block size"),
  filled: u8("q2931.aal1.partially_filled_cells_method", "Partially filled cells method"),
  forwardSdu: u16("q2931.aal1.forward_max_cpcs_sdu_size", "Forward maximum CPCS-SDU size"),
  backwardSdu: u16("q2931.aal1.backward_max_cpcs_sdu_size", "Backward maximum CPCS-SDU size"),
  midRange: bytes("q2931.midrange", "MID range"),
  aalMode: u8("q2931.aal1.mode", "Mode", { base: "HEX", names: AAL_MODE_NAMES }),
  sscs: u8("q2931.aal1.sscs_type", "SSCS type", { base: "HEX", names: SSCS_NAMES }),
  rateId: u8("q2931.atm_identifier", "Identifier", { base: "HEX", names: CELL_RATE_NAMES }),
  rate: u24("q2931.atm_identifier_value", "Value", { unit: " cells/s" }),
  discardForward: bool("q2931.frame_discard_forward_dir", "Frame discard in forward direction", {
    mask: 0x80,
    tf: ALLOWED,
  }),
  discardBackward: bool("q2931.frame_discard_backward_dir", "Frame discard in backward direction", {
    mask: 0x40,
    tf: ALLOWED,
  }),
  taggingBackward: bool("q2931.tagging_backward_dir", "Tagging in backward direction", {
    mask: 0x02,
    tf: REQUESTED,
  }),
  taggingForward: bool("q2931.tagging_forward_dir", "Tagging in forward direction", {
    mask: 0x01,
    tf: REQUESTED,
  }),
  bearer: u8("q2931.bearer_class", "Bearer class", { base: "HEX", mask: 0x1f, names: BEARER_NAMES }),
  capability: u8("q2931.atm_transfer_capability", "ATM Transfer Capability", {
    base: "HEX",
    mask: 0x1f,
    names: CAPABILITY_NAMES,
  }),
  clipping: u8("q2931.susceptibility_to_clipping", "Susceptibility to clipping", {
    base: "HEX",
    mask: 0x60,
    names: { 0: "Not susceptible to clipping", 1: "Susceptible to clipping" },
  }),
  configuration: u8("q2931.user_plane_connection_configuration", "User-plane connection configuration", {
    base: "HEX",
    mask: 0x03,
    names: { 0: "Point-to-point", 1: "Point-to-multipoint" },
  }),
  highLayer: u8("q2931.high_layer_information_type", "High layer information type", {
    base: "HEX",
    mask: 0x7f,
    names: HIGH_LAYER_NAMES,
  }),
  layer1: u8("q2931.bband_low_layer_info.user_info_l1_proto", "User information layer 1 protocol", {
    base: "HEX",
    mask: 0x1f,
  }),
  layer2: u8("q2931.bband_low_layer_info.user_info_l2_proto", "User information layer 2 protocol", {
    base: "HEX",
    mask: 0x1f,
    names: LAYER2_NAMES,
  }),
  layer2User: u8(
    "q2931.bband_low_layer_info.user_specified_l2_proto",
    "User-specified layer 2 protocol information",
    { base: "HEX", mask: 0x7f },
  ),
  lowMode: u8("q2931.bband_low_layer_info.mode", "Mode", {
    base: "HEX",
    mask: 0x60,
    names: { 1: "Normal mode", 2: "Extended mode" },
  }),
  window: u8("q2931.bband_low_layer_info.window_size", "Window size", { mask: 0x7f, unit: "k" }),
  layer3: u8("q2931.bband_low_layer_info.user_info_l3_proto", "User information layer 3 protocol", {
    base: "HEX",
    mask: 0x1f,
    names: LAYER3_NAMES,
  }),
  packetSize: u8("q2931.bband_low_layer_info.default_packet_size", "Default packet size", {
    mask: 0x0f,
    unit: [" octet", " octets"],
  }),
  packetWindow: u8("q2931.bband_low_layer_info.packet_window_size", "Packet window size", {
    mask: 0x7f,
    unit: "k",
  }),
  nlpid: u8("q2931.bband_low_layer_info.additional_l3_proto", "Additional layer 3 protocol information", {
    base: "HEX",
    names: NLPIDS,
  }),
  oui: u24("q2931.bband_low_layer_info.organization_code", "Organization Code", { base: "OUI" }),
  ethertype: u16("q2931.bband_low_layer_info.ethernet_type", "Ethernet type", {
    base: "HEX",
    names: ETHERTYPE_NAMES,
  }),
  lane: u16("q2931.bband_low_layer_info.lane_protocol_id", "LANE Protocol ID", {
    base: "HEX",
    names: LANE_NAMES,
  }),
  pid: u16("q2931.bband_low_layer_info.protocol_id", "Protocol ID", hex),
  location: u8("q2931.cause.location", "Location", { base: "HEX", mask: 0x0f, names: LOCATION_NAMES }),
  cause: u8("q2931.cause.value", "Cause value", { base: "HEX", mask: 0x7f, names: CAUSE_NAMES }),
  service: bool("q2931.cause.network_service", "Network service", { mask: 0x80, tf: ["User", "Provider"] }),
  behavior: bool("q2931.cause.network_behavior", "Network behavior", {
    mask: 0x40,
    tf: ["Abnormal", "Normal"],
  }),
  reason: u8("q2931.cause.rejection.reason", "Rejection reason", {
    base: "HEX",
    mask: 0x7c,
    names: Object.fromEntries(
      Object.entries(REASON_NAMES).map(([value, name]) => [Number(value) >> 2, name]),
    ),
  }),
  condition: u8("q2931.cause.rejection.condition", "Condition", {
    base: "HEX",
    mask: 0x03,
    names: CONDITION_NAMES,
  }),
  diagnostic: bytes("q2931.cause.rejection.diagnostic", "Diagnostic"),
  userDiagnostic: bytes("q2931.cause.rejection.user_specific_diagnostic", "User specific diagnostic"),
  missing: u8("q2931.cause.rejection.missing_information_element", "Missing information element", {
    base: "HEX",
    names: ELEMENT_NAMES,
  }),
  insufficient: u8(
    "q2931.cause.rejection.insufficient_information_element",
    "Insufficient information element",
    { base: "HEX", names: ELEMENT_NAMES },
  ),
  causeElement: u8("q2931.cause.information_element", "Information element", {
    base: "HEX",
    names: ELEMENT_NAMES,
  }),
  causeRate: u8("q2931.cause.cell_rate_subfield_identifier", "Cell rate subfield identifier", {
    base: "HEX",
    names: CELL_RATE_NAMES,
  }),
  causeVpci: u16("q2931.cause.vpci", "VPCI"),
  causeVci: u16("q2931.cause.vci", "VCI"),
  causeMessage: u8("q2931.cause.message_type", "Message type", { base: "HEX", names: MESSAGE_NAMES }),
  timer: str("q2931.cause.timer", "Timer"),
  callState: u8("q2931.call_state", "Call state", { base: "HEX", mask: 0x3f, names: CALL_STATE_NAMES }),
  numberType: u8("q2931.number.type", "Type of number", {
    base: "HEX",
    mask: 0x70,
    names: {
      0: "Unknown",
      1: "International number",
      2: "National number",
      3: "Network specific number",
      4: "Subscriber number",
      6: "Abbreviated number",
    },
  }),
  numberPlan: u8("q2931.number.plan", "Numbering plan", {
    base: "HEX",
    mask: 0x0f,
    names: {
      0: "Unknown",
      1: "E.164 ISDN/telephony numbering",
      2: "ISO/IEC 8348 NSAP addressing",
      9: "Private numbering",
    },
  }),
  presentation: u8("q2931.number.presentation_indicator", "Presentation indicator", {
    base: "HEX",
    mask: 0x60,
    names: { 0: "Presentation allowed", 1: "Presentation restricted", 2: "Number not available" },
  }),
  screening: u8("q2931.number.screening_indicator", "Screening indicator", {
    base: "HEX",
    mask: 0x03,
    names: {
      0: "User-provided, not screened",
      1: "User-provided, verified and passed",
      2: "User-provided, verified and failed",
      3: "Network-provided",
    },
  }),
  number: str("q2931.number.string", "Number"),
  numberBytes: bytes("q2931.number.bytes", "Number"),
  afi: u8("arp.src.atm_afi", "AFI", {
    base: "HEX",
    names: {
      57: "DCC ATM format",
      69: "E.164 ATM format",
      71: "ICD ATM format",
      189: "DCC ATM group format",
      195: "E.164 ATM group format",
      197: "ICD ATM group format",
    },
  }),
  country: u16("arp.src.atm_data_country_code", "Data Country Code", hex),
  designator: u16("arp.src.atm_international_code_designator", "International Code Designator", hex),
  isdn: bytes("arp.src.atm_e.164_isdn", "E.164 ISDN"),
  domain: bytes("arp.src.atm_high_order_dsp", "High Order DSP"),
  system: bytes("arp.src.atm_end_system_identifier", "End System Identifier"),
  selector: u8("arp.src.atm_selector", "Selector", hex),
  rest: bytes("arp.src.atm_rest_of_address", "Rest of address"),
  subaddressType: u8("q2931.party_subaddr.type_of_subaddress", "Type of subaddress", {
    base: "HEX",
    mask: 0x70,
    names: { 0: "X.213/ISO 8348 NSAP", 1: "User-specified ATM endsystem address", 2: "User-specified" },
  }),
  oddEven: u8("q2931.party_subaddr.odd_even_indicator", "Odd/even indicator", {
    base: "HEX",
    mask: 0x10,
    names: { 0: "Even number of address signals", 1: "Odd number of address signals" },
  }),
  subaddress: bytes("q2931.party_subaddr.subaddress", "Subaddress"),
  associated: u8("q2931.conn_id.vp_associated_signalling", "VP-associated signalling", {
    base: "HEX",
    mask: 0x18,
    names: { 0: "Yes", 1: "No - explicit indication of VPCI" },
  }),
  preferred: u8("q2931.conn_id.preferred_exclusive", "Preferred/exclusive", {
    base: "HEX",
    mask: 0x07,
    names: { 0: "Exclusive VPCI; exclusive VCI", 1: "Exclusive VPCI; any VCI", 4: "Exclusive VPCI; no VCI" },
  }),
  vpci: u16("q2931.conn_id.vpci", "VPCI"),
  vci: u16("q2931.conn_id.vci", "VCI"),
  delayId: u8("q2931.transit_delay.identifier", "Identifier", hex),
  delay: u16("q2931.e2e_transit_delay.cumulative", "Cumulative transit delay", { unit: "ms" }),
  delayMax: u16("q2931.e2e_transit_delay.maximum_end_to_end", "Maximum end-to-end transit delay", {
    unit: "ms",
  }),
  qosForward: u8("q2931.qos_class_forward", "QOS class forward", { base: "HEX", names: QOS_NAMES }),
  qosBackward: u8("q2931.qos_class_backward", "QOS class backward", { base: "HEX", names: QOS_NAMES }),
  repeat: u8("q2931.broadband_repeat_indicator", "Broadband repeat indicator", {
    base: "HEX",
    mask: 0x0f,
    names: { 2: "Prioritized list for selecting one possibility (descending order)" },
  }),
  completeId: u8("q2931.bband_sending_complete.id", "Identifier", hex),
  complete: none("q2931.bband_sending_complete", "Broadband sending complete indication"),
  restart: u8("q2931.restart_indicator", "Restart indicator", {
    base: "HEX",
    mask: 0x07,
    names: RESTART_NAMES,
  }),
  networkType: u8("q2931.transit_network_sel.type", "Type of network identification", {
    base: "HEX",
    mask: 0x70,
    names: {
      0: "User specified",
      2: "National network identification",
      3: "International network identification",
    },
  }),
  networkPlan: u8("q2931.transit_network_sel.plan", "Network identification plan", {
    base: "HEX",
    mask: 0x0f,
    names: { 0: "Unknown", 1: "Carrier Identification Code", 3: "X.121 data network identification code" },
  }),
  network: str("q2931.transit_network_sel.network_identification", "Network identification"),
  shaping: u8("q2931.oam_traffic_descriptor.shaping_indicator", "Shaping indicator", {
    base: "HEX",
    mask: 0x60,
    names: { 0: "No user specified requirement", 1: "Aggregate shaping of user and OAM cells not allowed" },
  }),
  endToEnd: bool("q2931.oam_end_to_end_f5_flow", "Use of end-to-end OAM F5 flow", {
    mask: 0x10,
    tf: ["Mandatory", "Optional"],
  }),
  management: u8(
    "q2931.oam_traffic_descriptor.management_indicator",
    "User-Network fault management indicator",
    {
      base: "HEX",
      mask: 0x07,
      names: {
        0: "No user-originated fault management indications",
        1: "User-originated fault management indications, cell rate 1 cell/s",
      },
    },
  ),
  forwardFlow: u8(
    "q2931.oam_traffic_descriptor.forward_f5_flow_indicator",
    "Forward end-to-end OAM F5 flow indicator",
    { base: "HEX", mask: 0x70, names: FLOW_NAMES("forward") },
  ),
  backwardFlow: u8(
    "q2931.oam_traffic_descriptor.backward_f5_flow_indicator",
    "Backward end-to-end OAM F5 flow indicator",
    { base: "HEX", mask: 0x07, names: FLOW_NAMES("backward") },
  ),
  endpointType: u8("q2931.endpoint_reference.type", "Endpoint reference type", {
    base: "HEX",
    names: { 0: "Locally defined integer" },
  }),
  endpointFlag: bool("q2931.endpoint_reference.flag", "Endpoint reference identifier value", {
    mask: 0x8000,
    bits: 16,
    tf: [
      "Message sent to side that originates the endpoint reference",
      "Message sent from side that originates the endpoint reference",
    ],
  }),
  endpoint: u16("q2931.endpoint_reference.identifier_value", "Endpoint reference identifier value", {
    mask: 0x7fff,
  }),
  endpointState: u8("q2931.endpoint_state", "Endpoint reference party-state", {
    base: "HEX",
    mask: 0x3f,
    names: ENDPOINT_STATE_NAMES,
  }),
};

export const q2931 = protocol({
  name: "q2931",
  title: "Q.2931",
  short: "Q.2931",
  fields: f,
  contained: true,
  dissect,
});

/** Coding standards of an information element: what the network defines has no layout known here. */
const ITU_CODING = 0;

function dissect(d: Dissection): void {
  d.u8(f.disc);
  const refLength = d.bits(f.refLength, d.pos, 1);
  d.skip(1);
  if (refLength > 0) {
    d.need(refLength);
    const value = d.buf.slice(d.pos, d.pos + refLength);
    d.add(f.refFlag, d.pos, 1, value[0] >> 7);
    value[0] &= 0x7f;
    d.add(f.ref, d.pos, refLength, value);
    d.pos += refLength;
  }
  const type = d.u8(f.type);
  if (d.columns) {
    const unknown = `Unknown message type (0x${type.toString(16).toUpperCase().padStart(2, "0")})`;
    d.setInfo(MESSAGE_NAMES[type] ?? unknown);
  }
  addMessageExtension(d);
  const length = d.u16(f.length);
  d.limit(length);
  if (!d.building) return;
  while (d.pos < d.end) addElement(d);
}

function addMessageExtension(d: Dissection): void {
  const at = d.pos;
  const extension = d.u8(f.typeExt);
  d.openLast();
  d.bits(f.messageFlag, at, 1);
  const explicit = (extension & 0x10) !== 0;
  if (explicit) d.bits(f.messageAction, at, 1);
  if (d.labels && explicit) {
    d.appendParent(`, Flag, Action indicator: ${MESSAGE_ACTION_NAMES[extension & 3] ?? "Unknown"}`);
  }
  d.close();
}

function addElement(d: Dissection): void {
  const at = d.pos;
  const id = d.peek8();
  const length = d.peek16(2);
  d.need(4 + length);
  const name =
    ELEMENT_NAMES[id] ?? `Unknown information element (0x${id.toString(16).toUpperCase().padStart(2, "0")})`;
  d.openText(at, 4 + length, name);
  d.u8(f.element);
  const extension = d.u8(f.elementExt);
  d.openLast();
  d.bits(f.coding, at + 1, 1);
  d.bits(f.handling, at + 1, 1);
  if (extension & 0x10) d.bits(f.elementAction, at + 1, 1);
  d.close();
  d.u16(f.elementLength);
  const { end, wireEnd } = d;
  const last = d.pos + length;
  d.limit(length);
  if (((extension >> 5) & 3) !== ITU_CODING) {
    if (d.remaining > 0) d.bytes(f.elementData, d.remaining);
  } else (ELEMENTS[id] ?? ignore)(d);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = last;
  d.close();
}

const ignore = (): void => undefined;

/** One byte of which a field is a part. */
const octet = (d: Dissection, ...members: readonly Field[]): number => {
  const at = d.pos;
  const value = d.peek8();
  d.skip(1);
  for (const member of members) d.bits(member, at, 1);
  return value;
};

const ELEMENTS: Readonly<Record<number, (d: Dissection) => void>> = {
  8: addCause,
  20: (d) => octet(d, f.callState),
  66: addDelay,
  84: (d) => {
    d.u8(f.endpointType);
    d.bits(f.endpointFlag, d.pos, 2);
    d.bits(f.endpoint, d.pos, 2);
  },
  85: (d) => octet(d, f.endpointState),
  88: addAal,
  89: addCellRate,
  90: (d) => {
    octet(d, f.associated, f.preferred);
    d.u16(f.vpci);
    if (d.remaining >= 2) d.u16(f.vci);
  },
  91: (d) => {
    octet(d, f.shaping, f.endToEnd, f.management);
    if (d.remaining > 0) octet(d, f.forwardFlow, f.backwardFlow);
  },
  92: (d) => {
    d.u8(f.qosForward);
    d.u8(f.qosBackward);
  },
  93: (d) => octet(d, f.highLayer),
  94: (d) => {
    if ((octet(d, f.bearer) & 0x80) === 0) octet(d, f.capability);
    else if (d.remaining > 1) octet(d, f.capability);
    if (d.remaining > 0) octet(d, f.clipping, f.configuration);
  },
  95: addLowLayer,
  98: (d) => {
    if (d.u8(f.completeId) === 0xa1) d.add(f.complete, d.pos - 1, 1, null);
  },
  99: (d) => octet(d, f.repeat),
  108: addNumber,
  109: addSubaddress,
  112: addNumber,
  113: addSubaddress,
  120: (d) => {
    octet(d, f.networkType, f.networkPlan);
    if (d.remaining > 0) d.str(f.network, d.remaining, "ascii");
  },
  121: (d) => octet(d, f.restart),
};

const AAL1 = 1;
const AAL34 = 3;
const AAL5 = 5;
const USER_AAL = 16;

function addAal(d: Dissection): void {
  const type = d.u8(f.aalType);
  if (type === USER_AAL) {
    if (d.remaining > 0) d.bytes(f.aalUser, d.remaining);
    return;
  }
  while (d.remaining > 0) {
    const id = d.u8(f.aalId);
    if (id === 0x85 && type === AAL1) d.u8(f.subtype);
    else if (id === 0x86 && type === AAL1) d.u8(f.cbrRate);
    else if (id === 0x87 && type === AAL1) d.u16(f.multiplier);
    else if (id === 0x88 && type === AAL1) d.u8(f.clock);
    else if (id === 0x89 && type === AAL1) d.u8(f.correction);
    else if (id === 0x8a && type === AAL1) d.u16(f.blockSize);
    else if (id === 0x8b && type === AAL1) d.u8(f.filled);
    else if (id === 0x8c && type !== AAL1) d.u16(f.forwardSdu);
    else if (id === 0x81 && type !== AAL1) d.u16(f.backwardSdu);
    else if (id === 0x82 && type === AAL34) d.bytes(f.midRange, 4);
    else if (id === 0x83 && type === AAL5) d.u8(f.aalMode);
    else if (id === 0x84 && type !== AAL1) d.u8(f.sscs);
    else return;
  }
}

const BEST_EFFORT = 0xbe;
const MANAGEMENT_OPTIONS = 0xbf;

function addCellRate(d: Dissection): void {
  while (d.remaining > 0) {
    const id = d.u8(f.rateId);
    if (id === MANAGEMENT_OPTIONS) {
      octet(d, f.discardForward, f.discardBackward, f.taggingBackward, f.taggingForward);
    } else if (CELL_RATE_NAMES[id] !== undefined && id !== BEST_EFFORT) d.u24(f.rate);
    else if (id !== BEST_EFFORT) return;
  }
}

const LAYER1 = 1;
const LAYER2 = 2;
const LAYER3 = 3;
const LAST = 0x80;
const USER_SPECIFIED = 0x10;
const TR9577 = 0x0b;
const SNAP = 0x80;

/** Protocols of layers one to three; what follows a protocol belongs to it as long as no byte is the last. */
function addLowLayer(d: Dissection): void {
  while (d.remaining > 0) {
    const layer = (d.peek8() >> 5) & 3;
    if (layer === LAYER1) octet(d, f.layer1);
    else if (layer === LAYER2) addLayer2(d);
    else if (layer === LAYER3) addLayer3(d);
    else return;
  }
}

function addLayer2(d: Dissection): void {
  const value = octet(d, f.layer2);
  if ((value & LAST) !== 0 || d.remaining === 0) return;
  if ((value & 0x1f) === USER_SPECIFIED) {
    octet(d, f.layer2User);
    return;
  }
  if ((octet(d, f.lowMode) & LAST) === 0 && d.remaining > 0) octet(d, f.window);
}

function addLayer3(d: Dissection): void {
  const value = octet(d, f.layer3);
  if ((value & LAST) !== 0 || d.remaining === 0) return;
  const kind = value & 0x1f;
  if (kind === TR9577) {
    addInitialProtocol(d);
    return;
  }
  if (kind === USER_SPECIFIED) {
    octet(d, f.packetSize);
    return;
  }
  if ((octet(d, f.lowMode) & LAST) !== 0 || d.remaining === 0) return;
  if ((octet(d, f.packetSize) & LAST) === 0 && d.remaining > 0) octet(d, f.packetWindow);
}

/** The initial protocol identifier: eight bits spread over two bytes, and for SNAP five bytes behind a third. */
function addInitialProtocol(d: Dissection): void {
  if (d.remaining < 2) return;
  const nlpid = ((d.peek8() & 0x7f) << 1) | ((d.peek8(1) & 0x40) >> 6);
  d.add(f.nlpid, d.pos, 2, nlpid);
  d.skip(2);
  if (nlpid !== SNAP || d.remaining < 6) return;
  d.skip(1);
  const oui = d.u24(f.oui);
  if (oui === 0) d.u16(f.ethertype);
  else if (oui === 0x00a03e) d.u16(f.lane);
  else d.u16(f.pid);
}

function addCause(d: Dissection): void {
  octet(d, f.location);
  if (d.remaining === 0) return;
  const cause = octet(d, f.cause) & 0x7f;
  if (d.remaining === 0) return;
  switch (cause) {
    case 1:
    case 3:
    case 16:
    case 39:
    case 88:
      octet(d, f.service, f.behavior, f.condition);
      break;
    case 21:
      addRejection(d);
      break;
    case 35:
    case 82:
      d.u16(f.causeVpci);
      if (d.remaining >= 2) d.u16(f.causeVci);
      break;
    case 37:
    case 73:
      while (d.remaining > 0) d.u8(f.causeRate);
      break;
    case 43:
    case 96:
    case 99:
    case 100:
      while (d.remaining > 0) d.u8(f.causeElement);
      break;
    case 97:
    case 101:
      d.u8(f.causeMessage);
      break;
    case 102:
      d.str(f.timer, Math.min(3, d.remaining), "ascii");
      break;
    default:
      d.bytes(f.diagnostic, d.remaining);
  }
}

function addRejection(d: Dissection): void {
  const reason = octet(d, f.reason, f.condition) & 0x7c;
  if (d.remaining === 0) return;
  if (reason === 0) d.bytes(f.userDiagnostic, d.remaining);
  else if (reason === 4) d.u8(f.missing);
  else if (reason === 8) d.u8(f.insufficient);
  else d.bytes(f.diagnostic, d.remaining);
}

const DELAY_CUMULATIVE = 1;
const DELAY_MAXIMUM = 3;

function addDelay(d: Dissection): void {
  while (d.remaining > 0) {
    const id = d.u8(f.delayId);
    if (id === DELAY_CUMULATIVE) d.u16(f.delay);
    else if (id === DELAY_MAXIMUM) d.u16(f.delayMax);
    else return;
  }
}

const E164 = 1;
const NSAP = 2;
const NSAP_LENGTH = 20;
const DATA_COUNTRY = 0x39;
const CODE_DESIGNATOR = 0x47;
const E164_NUMBER = 0x45;

function addNumber(d: Dissection): void {
  const first = octet(d, f.numberType, f.numberPlan);
  if ((first & LAST) === 0) octet(d, f.presentation, f.screening);
  if (d.remaining === 0) return;
  if ((first & 0x0f) === E164) d.str(f.number, d.remaining, "ascii");
  else if ((first & 0x0f) === NSAP && d.remaining === NSAP_LENGTH) addNsap(d);
  else d.bytes(f.numberBytes, d.remaining);
}

/** An ATM end system address: what comes first says who numbered the next bytes. */
function addNsap(d: Dissection): void {
  d.openText(d.pos, NSAP_LENGTH, "Number");
  const kind = d.u8(f.afi);
  if (kind === DATA_COUNTRY) d.u16(f.country);
  else if (kind === CODE_DESIGNATOR) d.u16(f.designator);
  else if (kind === E164_NUMBER) d.bytes(f.isdn, 8);
  else {
    d.bytes(f.rest, d.remaining);
    d.close();
    return;
  }
  d.bytes(f.domain, kind === E164_NUMBER ? 4 : 10);
  d.bytes(f.system, 6);
  d.u8(f.selector);
  d.close();
}

function addSubaddress(d: Dissection): void {
  octet(d, f.subaddressType, f.oddEven);
  if (d.remaining > 0) d.bytes(f.subaddress, d.remaining);
}
