/**
 * Options of mobility headers: RFC 6275 section 6.2, RFC 3963 (networks), RFC 5568 (fast handovers), RFC 4283 and
 * RFC 4285 (identifiers), RFC 4866 (route optimization), RFC 5026, RFC 5094, RFC 5149, RFC 5213 and RFC 5844 (proxies),
 * RFC 5555 (dual stack), RFC 5648 (several addresses), RFC 6463 (redirection), RFC 6757 (access networks).
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  expert,
  type Field,
  i24,
  ipv4,
  ipv6,
  none,
  str,
  u8,
  u16,
  u32,
} from "../dissect/field.ts";
import { decodeText, formatAbsTime, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { ENTERPRISES } from "./names/enterprises.ts";
import {
  ATT_NAMES,
  HI_NAMES,
  IPV4AA_STS_NAMES,
  N3GPP_SPEC_PMIPV6_ERR_CODE_NAMES,
  OPTION_NAMES,
  VSM_SUBTYPE_NAMES,
} from "./names/mipv6.ts";

const VENDORS: Readonly<Record<number, string>> = { ...ENTERPRISES, 10415: "3GPP" };

/** Sign and 8 bits, 15 bits of their fraction. */
const degrees = (value: number): string => (value / 32768).toFixed(6);

const f = {
  optionAccNetId: bytes("mip6.options.acc_net_id", "MIPv6 Option - Access Network Identifier"),
  optionAtt: bytes("mip6.options.att", "MIPv6 Option - Access Technology Type Option"),
  optionAcoa: bytes("mip6.options.acoa", "MIPv6 Option - Alternate Care-of Address"),
  optionAltIp4: bytes("mip6.options.alt_ip4", "MIPv6 Option - Alternate IPv4"),
  optionAuth: bytes("mip6.options.auth", "MIPv6 Option - AUTH-OPTION-TYPE"),
  optionBadAuth: bytes("mip6.options.bad_auth", "MIPv6 Option - Authorization Data"),
  optionBadff: bytes("mip6.options.badff", "MIPv6 Option - Binding Authorization Data for FMIPv6 (BADF)"),
  optionBi: bytes("mip6.options.bi", "MIPv6 Option - Binding Identifier"),
  optionBra: bytes("mip6.options.bra", "MIPv6 Option - Binding Refresh Advice"),
  optionCot: bytes("mip6.options.cot", "MIPv6 Option - Care-of Test"),
  optionCoti: bytes("mip6.options.coti", "MIPv6 Option - Care-of Test Init"),
  optionCgar: bytes("mip6.options.cgar", "MIPv6 Option - CGA Parameters"),
  optionCgapr: bytes("mip6.options.cgapr", "MIPv6 Option - CGA Parameters Request"),
  optionCr: bytes("mip6.options.cr", "MIPv6 Option - Context Request"),
  optionDmnp: bytes("mip6.options.dmnp", "MIPv6 Option - Delegated Mobile Network Prefix"),
  optionDnsu: bytes("mip6.options.dnsu", "MIPv6 Option - DNS-UPDATE-TYPE"),
  optionEm: bytes("mip6.options.em", "MIPv6 Option - Experimental"),
  optionGrek: bytes("mip6.options.grek", "MIPv6 Option - GRE Key"),
  optionHi: bytes("mip6.options.hi", "MIPv6 Option - Handoff Indicator"),
  optionHnp: bytes("mip6.options.hnp", "MIPv6 Option - Home Network Prefix"),
  optionIpv4aa: bytes("mip6.options.ipv4aa", "MIPv6 Option - IPv4 Address Acknowledgement"),
  optionIpv4coa: bytes("mip6.options.ipv4coa", "MIPv6 Option - IPv4 Care-of Address"),
  optionIpv4dra: bytes("mip6.options.ipv4dra", "MIPv6 Option - IPv4 Default-Router Address"),
  optionIpv4dsm: bytes("mip6.options.ipv4dsm", "MIPv6 Option - IPv4 DHCP Support Mode"),
  optionIpv4ha: bytes("mip6.options.ipv4ha", "MIPv6 Option - IPv4 Home Address"),
  optionIpv4harep: bytes("mip6.options.ipv4harep", "MIPv6 Option - IPv4 Home Address Reply"),
  optionIpv4hareq: bytes("mip6.options.ipv4hareq", "MIPv6 Option - IPv4 Home Address Request"),
  optionLla: bytes("mip6.options.lla", "MIPv6 Option - Link-local Address"),
  optionLoadInf: bytes("mip6.options.load_inf", "MIPv6 Option - Load Information"),
  optionMagIpv6: bytes("mip6.options.mag_ipv6", "MIPv6 Option - MAG IPv6 Address"),
  optionMsegId: bytes("mip6.options.mseg_id", "MIPv6 Option - MESG-ID-OPTION-TYPE"),
  optionMnp: bytes("mip6.options.mnp", "MIPv6 Option - Mobile Network Prefix"),
  optionMng: bytes("mip6.options.mng", "MIPv6 Option - Mobile Node Group Identifier"),
  optionMnid: bytes("mip6.options.mnid", "MIPv6 Option - Mobile Node Identifier"),
  optionMnlli: bytes("mip6.options.mnlli", "MIPv6 Option - Mobile Node Link-layer Identifier"),
  optionLmaa: bytes(
    "mip6.options.lmaa",
    "MIPv6 Option - Mobile Node Link-local Address Interface Identifier",
  ),
  optionMhipv6ap: bytes("mip6.options.mhipv6ap", "MIPv6 Option - Mobility Header IPv6 Address/Prefix"),
  optionMhlla: bytes("mip6.options.mhlla", "MIPv6 Option - Mobility Header Link-Layer Address"),
  optionNatd: bytes("mip6.options.natd", "MIPv6 Option - NAT Detection"),
  optionNi: bytes("mip6.options.ni", "MIPv6 Option - Nonce Indices"),
  optionPad1: bytes("mip6.options.pad1", "MIPv6 Option - Pad1"),
  optionPadn: bytes("mip6.options.padn", "MIPv6 Option - PadN"),
  optionPhkt: bytes("mip6.options.phkt", "MIPv6 Option - Permanent Home Keygen Token"),
  optionRedir: bytes("mip6.options.redir", "MIPv6 Option - Redirect"),
  optionRecap: bytes("mip6.options.recap", "MIPv6 Option - Redirect-Capability"),
  optionRc: bytes("mip6.options.rc", "MIPv6 Option - Restart Counter"),
  optionSsm: bytes("mip6.options.ssm", "MIPv6 Option - Service Selection"),
  optionSign: bytes("mip6.options.sign", "MIPv6 Option - Signature"),
  optionTs: bytes("mip6.options.ts", "MIPv6 Option - Timestamp"),
  optionVsm: bytes("mip6.options.vsm", "MIPv6 Option - Vendor Specific"),
  n3gppReserved: u8("mip6.3gpp.reserved", "Reserved", { mask: 0xfe }),
  n3gppFlagM: bool("mip6.3gpp.flag.m", "M flag", { mask: 0x1 }),
  n3gppSpecPmipv6ErrCode: u8("mip6.3gpp.spec_pmipv6_err_code", "3GPP Specific PMIPv6 Error Code", {
    names: N3GPP_SPEC_PMIPV6_ERR_CODE_NAMES,
  }),
  n3gppPdnGwIpv4Addr: ipv4("mip6.3gpp.pdn_gw_ipv4_addr", "PDN GW IPv4 address"),
  n3gppPdnGwIpv6Addr: ipv6("mip6.3gpp.pdn_gw_ipv6_addr", "PDN GW IPv6 address"),
  n3gppDhcpv4AddrAllProcInd: u8(
    "mip6.3gpp.dhcpv4_addr_all_proc_ind",
    "DHCPv4 Address Allocation Procedure Indication",
  ),
  n3gppPdnType: u8("mip6.3gpp.pdn_type", "PDN type"),
  n3gppPdnIndCause: u8("mip6.3gpp.pdn_ind_cause", "Cause", { names: N3GPP_SPEC_PMIPV6_ERR_CODE_NAMES }),
  n3gppChgId: u32("mip6.3gpp.chg_id", "Charging ID"),
  n3gppChargingCharacteristic: u16("mip6.3gpp.charging_characteristic", "Charging Characteristic", {
    base: "HEX",
    mask: 0xffff,
  }),
  n3gppMei: str("mip6.3gpp.mei", "Mobile Equipment Identity (MEI)"),
  n3gppMsisdn: str("mip6.3gpp.msisdn", "MSISDN"),
  n3gppApnRest: u8("mip6.3gpp.apn_rest", "APN Restriction"),
  n3gppMaxApnRest: u8("mip6.3gpp.max_apn_rest", "Maximum APN Restriction"),
  n3gppImsi: str("mip6.3gpp.imsi", "Unauthenticated IMSI"),
  n3gppPdnConnId: u8("mip6.3gpp.pdn_conn_id", "PDN Connection ID", { mask: 0xf }),
  n3gppLapi: bool("mip6.3gpp.lapi", "LAPI (Low Access Priority Indication)", { mask: 0x1 }),
  braInterval: u16("mip6.bra.interval", "Refresh interval"),
  acoaAcoa: ipv6("mip6.acoa.acoa", "Alternate care-of address"),
  niHni: u16("mip6.ni.hni", "Home nonce index"),
  niCni: u16("mip6.ni.cni", "Care-of nonce index"),
  badAuth: bytes("mip6.bad.auth", "Authenticator"),
  lla: bytes("mip6.lla", "Link-layer address", { base: "SEP_COLON" }),
  llaOptcode: u8("mip6.lla.optcode", "Option-Code", { names: { 2: "Link Layer Address of the MN" } }),
  nemoMnpPfl: u8("mip6.nemo.mnp.pfl", "Mobile Network Prefix Length"),
  nemoMnpMnp: ipv6("mip6.nemo.mnp.mnp", "Mobile Network Prefix"),
  mnidSubtype: u8("mip6.mnid.subtype", "Subtype", { names: { 1: "Network Access Identifier (NAI)" } }),
  mnidIdentifier: str("mip6.mnid.identifier", "Identifier"),
  authSubtype: u8("mip6.auth.subtype", "Subtype", {
    names: {
      0: "Reserved (not available for assignment)",
      3: "HMAC_SHA1_SPI",
      5: "Reserved for use by 3GPP2",
    },
  }),
  authMobilitySpi: u32("mip6.auth.mobility_spi", "Mobility SPI"),
  authAuthData: bytes("mip6.auth.auth_data", "Authentication Data"),
  msegIdTimestamp: absTime("mip6.mseg_id.timestamp", "Timestamp", { base: "UTC" }),
  cgarCgaPar: bytes("mip6.cgar.cga_par", "CGA Parameters"),
  signSign: bytes("mip6.sign.sign", "CGA Parameters"),
  phktPhkt: bytes("mip6.phkt.phkt", "Permanent Home Keygen Token"),
  mocotCoKeygenTok: bytes("mip6.mocot.co_keygen_tok", "Care-of Keygen Token"),
  dnsuStatus: u8("mip6.dnsu.status", "Status", {
    names: {
      0: "DNS update performed",
      128: "Reason unspecified",
      129: "Administratively prohibited",
      130: "DNS Update Failed",
    },
  }),
  dnsuFlagR: bool("mip6.dnsu.flag.r", "R flag", {
    mask: 0x80,
    tf: [
      "Mobile Node is requesting the HA to remove the DNS entry",
      "Mobile Node is requesting the HA to create or update a DNS entry",
    ],
  }),
  dnsuMnId: bytes("mip6.dnsu.mn_id", "MN identity (FQDN)"),
  vsmVendorId: u32("mip6.vsm.vendorId", "Vendor Id", { names: VENDORS }),
  vsmSubtype: u8("mip6.vsm.subtype", "Subtype", { names: VSM_SUBTYPE_NAMES }),
  ssIdentifier: str("mip6.ss.identifier", "Identifier"),
  badffSpi: u32("mip6.badff.spi", "SPI"),
  badffAuth: bytes("mip6.badff.auth", "Authenticator"),
  hi: u8("mip6.hi", "Handoff Indicator", { names: HI_NAMES }),
  hiReserved: u8("mip6.hi.reserved", "Reserved"),
  attReserved: u8("mip6.att.reserved", "Reserved"),
  att: u8("mip6.att", "Access Technology Type", { names: ATT_NAMES }),
  mnlliReserved: u16("mip6.mnlli.reserved", "Reserved", { mask: 0xffff }),
  mnlliLli: bytes("mip6.mnlli.lli", "Link-layer Identifier"),
  timestampTmp: absTime("mip6.timestamp_tmp", "Timestamp", { base: "UTC" }),
  lilaLla: ipv6("mip6.lila_lla", "Link-local Address"),
  rc: u32("mip6.rc", "Restart Counter"),
  ipv4haPreflen: u8("mip6.ipv4ha.preflen", "Prefix-len", { mask: 0xfc }),
  ipv4haPFlag: bool("mip6.ipv4ha.p_flag", "mobile network prefix (P) flag", {
    mask: 0x200,
    bits: 16,
    tf: ["mobile network prefixt requested", "mobile network prefix not requested"],
  }),
  ipv4haHa: ipv4("mip6.ipv4ha.ha", "IPv4 Home Address"),
  ipv4haReserved: u8("mip6.ipv4ha.reserved", "Reserved", { base: "HEX" }),
  ipv4aaSts: u8("mip6.ipv4aa.sts", "Status", { names: IPV4AA_STS_NAMES }),
  natdFFlag: bool("mip6.natd.f_flag", "(F) flag", {
    mask: 0x8000,
    bits: 16,
    tf: ["MUST use UDP encapsulation", "Do not use UDP encapsulation"],
  }),
  natdReserved: u16("mip6.natd.reserved", "Reserved", { mask: 0x7fff }),
  natdRefreshT: u32("mip6.natd.refresh_t", "Refresh time", { unit: "s" }),
  ipv4coaReserved: u16("mip6.ipv4coa.reserved", "Reserved", { mask: 0xffff }),
  ipv4coaAddr: ipv4("mip6.ipv4coa.addr", "IPv4 Care-of address"),
  greKey: u32("mip6.gre_key", "GRE Key"),
  mhipv6apOptCode: u8("mip6.mhipv6ap.opt_code", "Option-Code"),
  mhipv6apLen: u8("mip6.mhipv6ap.len", "Prefix Length"),
  mhipv6apIpv6Address: ipv6("mip6.mhipv6ap.ipv6_address", "IPv6 Address"),
  mhipv6apIpv6AddressPrefix: str("mip6.mhipv6ap.ipv6_address_prefix", "IPv6 Address/Prefix"),
  biBid: u16("mip6.bi.bid", "Binding ID (BID)"),
  biStatus: u8("mip6.bi.status", "Status"),
  biHFlag: bool("mip6.bi.h_flag", "Simultaneous Home and Foreign Binding (H)", { mask: 0x80 }),
  biCoaIpv4: ipv4("mip6.bi.coa_ipv4", "IPv4 care-of address (CoA)"),
  biCoaIpv6: ipv6("mip6.bi.coa_ipv6", "IPv6 care-of address (CoA)"),
  emData: bytes("mip6.em.data", "Data"),
  vsmData: bytes("mip6.vsm.data", "Data"),
  vsmReqData: bytes("mip6.vsm.req_data", "Req-Data"),
  padn: bytes("mip6.padn", "PadN"),
  ipv4draReserved: u16("mip6.ipv4dra.reserved", "Reserved"),
  ipv4draDra: ipv4("mip6.ipv4dra.dra", "IPv4 Default-Router Address"),
  ipv4dsmReserved: u16("mip6.ipv4dsm.reserved", "Reserved", { mask: 0xfffe }),
  ipv4dsmSFlag: bool("mip6.ipv4dsm.s_flag", "DHCP Support Mode (S)", {
    mask: 0x1,
    bits: 16,
    tf: ["DHCP Server", "DHCP Relay"],
  }),
  crReserved: u16("mip6.cr.reserved", "Reserved"),
  crReqType: u8("mip6.cr.req_type", "Req-type", { names: OPTION_NAMES }),
  crReqLength: u8("mip6.cr.req_length", "Req-length"),
  lmaaOptCode: u8("mip6.lmaa.opt_code", "Option-Code"),
  lmaaReserved: u8("mip6.lmaa.reserved", "Reserved"),
  lmaaIpv4: ipv4("mip6.lmaa.ipv4", "Local Mobility Anchor Address"),
  lmaaIpv6: ipv6("mip6.lmaa.ipv6", "Local Mobility Anchor Address"),
  mobilityOpt: u8("mip6.mobility_opt", "Mobility Option", { names: OPTION_NAMES }),
  mobilityOptLen: u8("mip6.mobility_opt.len", "Length"),
  recapReserved: u16("mip6.recap.reserved", "Reserved", { base: "HEX" }),
  redirK: bool("mip6.redir.k", "K", { mask: 0x8000, bits: 16 }),
  redirN: bool("mip6.redir.n", "N", { mask: 0x4000, bits: 16 }),
  redirReserved: u16("mip6.redir.reserved", "Reserved", { base: "HEX", mask: 0x3fff }),
  redirAddrR2lmaIpv6: ipv6("mip6.redir.addr_r2lma_ipv6", "IPv6 r2LMA Address"),
  redirAddrR2lmaIpv4: ipv4("mip6.redir.addr_r2lma_ipv4", "IPv4 r2LMA Address"),
  loadInfPriority: u16("mip6.load_inf.priority", "Priority"),
  loadInfSessionsInUse: u32("mip6.load_inf.sessions_in_use", "Sessions in Use"),
  loadInfMaximumSessions: u32("mip6.load_inf.maximum_sessions", "Maximum Sessions"),
  loadInfUsedCapacity: u32("mip6.load_inf.used_capacity", "Used Capacity"),
  loadInfMaximumCapacity: u32("mip6.load_inf.maximum_capacity", "Maximum Capacity"),
  altIp4: ipv4("mip6.alt_ip4", "Alternate IPv4 Care-of Address"),
  mngSubType: u8("mip6.mng.sub_type", "Sub Type", {
    names: { 0: "Reserved", 1: "Bulk Binding Update Group" },
  }),
  mngReserved: u8("mip6.mng.reserved", "Reserved"),
  mngMngId: u32("mip6.mng.mng_id", "Mobile Node Group Identifier"),
  magIpv6Reserved: u8("mip6.mag_ipv6.reserved", "Reserved", { base: "HEX" }),
  magIpv6AddressLength: u8("mip6.mag_ipv6.address_length", "Address Length"),
  magIpv6Address: ipv6("mip6.mag_ipv6.address", "Address"),
  accNetId: none("mip6.acc_net_id", "ANI"),
  accNetIdAni: u8("mip6.acc_net_id.ani", "ANI Type", {
    names: { 0: "Reserved", 1: "Network-Identifier", 2: "Geo-Location", 3: "Operator-Identifier" },
  }),
  accNetIdSubOptLen: u8("mip6.acc_net_id.sub_opt_len", "Length"),
  accNetIdEBit: bool("mip6.acc_net_id.e_bit", "E(Encoding)", {
    mask: 0x80,
    tf: ["UTF-8", "Encoding is undefined"],
  }),
  accNetIdNetNameLen: u8("mip6.acc_net_id.net_name_len", "Net-Name Length"),
  accNetIdNetName: str("mip6.acc_net_id.net_name", "Network Name"),
  accNetIdNetNameData: bytes("mip6.acc_net_id.net_name_data", "Network Name"),
  accNetIdApNameLen: u8("mip6.acc_net_id.ap_name_len", "AP-Name Length"),
  accNetIdApName: str("mip6.acc_net_id.ap_name", "Access-Point Name"),
  accNetIdGeoLatitudeDegrees: i24("mip6.acc_net_id.geo.latitude_degrees", "Latitude Degrees", {
    base: "CUSTOM",
    text: degrees,
  }),
  accNetIdGeoLongitudeDegrees: i24("mip6.acc_net_id.geo.longitude_degrees", "Longitude Degrees", {
    base: "CUSTOM",
    text: degrees,
  }),
  accNetIdOpIdType: u8("mip6.acc_net_id.op_id.type", "Op-ID Type", {
    names: { 0: "Reserved", 1: "Private Enterprise Number (PEN)", 2: "Realm of the operator" },
  }),
  accNetIdOpId: bytes("mip6.acc_net_id.op_id", "Op-ID"),
  dmnpVFlag: bool("mip6.dmnp.v_flag", "IPv4 Prefix (V) flag", {
    mask: 0x80,
    tf: ["IPv4 Prefix", "IPv6 Prefix"],
  }),
  dmnpReserved: u8("mip6.dmnp.reserved", "Reserved", { mask: 0x7f }),
  dmnpPrefixLen: u8("mip6.dmnp.prefix_len", "Prefix Length"),
  dmnpDmnpIpv4: ipv4("mip6.dmnp.dmnp_ipv4", "IPv4 Delegated Mobile Network Prefix"),
  dmnpDmnpIpv6: ipv6("mip6.dmnp.dmnp_ipv6", "IPv6 Delegated Mobile Network Prefix"),
};
export const mobilityOptionFields = f;

const x = {
  length: expert("mip6.opt.len.invalid", "warning", "Protocol", "Invalid length for option"),
  undecoded: expert("mip6.ie_not_dissected", "note", "Undecoded", "IE data not dissected yet"),
  undecodedNetwork: expert("mip6.acc_net_id.ani.unknown", "note", "Undecoded", "ANI Type not dissect yet"),
  undecodedVendor: expert("mip6.vsm.data_not_dissected", "note", "Undecoded", "Data (Not dissected yet)"),
};
export const mobilityOptionExperts = x;

const namesOf = (field: Field): Readonly<Record<number, string>> =>
  field.names as Readonly<Record<number, string>>;

interface Option {
  readonly field: Field;
  /** Bytes behind the length byte: exactly that many, or at least (`variable`). */
  readonly length: number;
  readonly variable?: boolean;
  /** Adds the contents up to `end`; may return what the option's line says behind its name. */
  readonly add: (d: Dissection, end: number) => unknown;
}

const nothing = (): undefined => undefined;

/** Wireshark takes type and length for part of these options' contents, which loses the last two bytes. */
function addCutBytes(field: Field): Option["add"] {
  return (d, end) => d.bytes(field, end - d.pos >= 2 ? end - d.pos - 2 : end - d.pos);
}

const OPTIONS: Readonly<Record<number, Option>> = {
  1: {
    field: f.optionPadn,
    length: 0,
    variable: true,
    add: (d, end) => {
      if (d.pos < end) d.bytes(f.padn, end - d.pos);
    },
  },
  2: { field: f.optionBra, length: 2, add: (d) => addInFours(d, f.braInterval) },
  3: { field: f.optionAcoa, length: 16, add: (d) => d.ipv6(f.acoaAcoa) },
  4: {
    field: f.optionNi,
    length: 4,
    add: (d) => {
      d.u16(f.niHni);
      d.u16(f.niCni);
    },
  },
  5: {
    field: f.optionBadAuth,
    length: 0,
    variable: true,
    add: (d, end) => d.bytes(f.badAuth, end - d.pos),
  },
  6: { field: f.optionMnp, length: 18, add: addNetworkPrefix },
  7: {
    field: f.optionMhlla,
    length: 1,
    variable: true,
    add: (d, end) => {
      d.u8(f.llaOptcode);
      d.bytes(f.lla, end - d.pos);
    },
  },
  8: {
    field: f.optionMnid,
    length: 1,
    variable: true,
    add: (d, end) => {
      d.u8(f.mnidSubtype);
      return `: ${d.str(f.mnidIdentifier, end - d.pos)}`;
    },
  },
  9: {
    field: f.optionAuth,
    length: 5,
    variable: true,
    add: (d, end) => {
      d.u8(f.authSubtype);
      d.u32(f.authMobilitySpi);
      addCutBytes(f.authAuthData)(d, end);
    },
  },
  10: {
    field: f.optionMsegId,
    length: 8,
    add: (d) => {
      const ns = BigInt(d.peek32()) * 1_000_000_000n + BigInt(d.peek32(4));
      d.add(f.msegIdTimestamp, d.pos, 8, ns);
    },
  },
  11: { field: f.optionCgapr, length: 0, add: nothing },
  12: { field: f.optionCgar, length: 1, variable: true, add: addCutBytes(f.cgarCgaPar) },
  13: { field: f.optionSign, length: 1, variable: true, add: addCutBytes(f.signSign) },
  14: { field: f.optionPhkt, length: 1, variable: true, add: addCutBytes(f.phktPhkt) },
  15: { field: f.optionCoti, length: 0, add: nothing },
  16: { field: f.optionCot, length: 8, add: addCutBytes(f.mocotCoKeygenTok) },
  17: {
    field: f.optionDnsu,
    length: 5,
    variable: true,
    add: (d, end) => {
      d.u8(f.dnsuStatus);
      d.bits(f.dnsuFlagR, d.pos, 1);
      d.skip(1);
      addCutBytes(f.dnsuMnId)(d, end);
    },
  },
  18: { field: f.optionEm, length: 1, variable: true, add: addCutBytes(f.emData) },
  19: { field: f.optionVsm, length: 2, variable: true, add: addVendor },
  20: {
    field: f.optionSsm,
    length: 1,
    variable: true,
    add: (d, end) => `: ${d.str(f.ssIdentifier, end - d.pos)}`,
  },
  21: {
    field: f.optionBadff,
    length: 4,
    variable: true,
    add: (d, end) => {
      d.u32(f.badffSpi);
      addCutBytes(f.badffAuth)(d, end);
    },
  },
  22: { field: f.optionHnp, length: 18, add: addNetworkPrefix },
  23: {
    field: f.optionHi,
    length: 2,
    add: (d) => {
      d.u8(f.hiReserved);
      const value = d.u8(f.hi);
      return `: ${namesOf(f.hi)[value] ?? "<unknown>"}`;
    },
  },
  24: {
    field: f.optionAtt,
    length: 2,
    add: (d) => {
      d.u8(f.attReserved);
      const value = d.u8(f.att);
      return `: ${namesOf(f.att)[value] ?? "<unknown>"}`;
    },
  },
  25: {
    field: f.optionMnlli,
    length: 2,
    variable: true,
    add: (d, end) => {
      d.bits(f.mnlliReserved, d.pos, 2);
      d.skip(2);
      d.bytes(f.mnlliLli, end - d.pos);
    },
  },
  26: { field: f.optionLla, length: 16, add: (d) => d.ipv6(f.lilaLla) },
  27: { field: f.optionTs, length: 8, add: addTimestamp },
  28: {
    field: f.optionRc,
    length: 4,
    add: (d) => {
      d.u32(f.rc);
    },
  },
  29: {
    field: f.optionIpv4ha,
    length: 6,
    add: (d) => {
      d.bits(f.ipv4haPreflen, d.pos, 1);
      d.bits(f.ipv4haPFlag, d.pos, 2);
      d.skip(2);
      d.ipv4(f.ipv4haHa);
    },
  },
  30: { field: f.optionIpv4aa, length: 6, add: addHomeReply },
  31: {
    field: f.optionNatd,
    length: 6,
    add: (d) => {
      d.bits(f.natdFFlag, d.pos, 2);
      d.bits(f.natdReserved, d.pos, 2);
      d.skip(2);
      d.u32(f.natdRefreshT);
    },
  },
  32: {
    field: f.optionIpv4coa,
    length: 6,
    add: (d) => {
      d.bits(f.ipv4coaReserved, d.pos, 2);
      d.skip(2);
      d.ipv4(f.ipv4coaAddr);
    },
  },
  33: {
    field: f.optionGrek,
    length: 6,
    add: (d) => {
      d.u16(f.ipv4draReserved);
      return `: ${d.u32(f.greKey)}`;
    },
  },
  34: { field: f.optionMhipv6ap, length: 18, add: addAddressOrPrefix },
  35: { field: f.optionBi, length: 4, variable: true, add: addBinding },
  36: {
    field: f.optionIpv4hareq,
    length: 6,
    add: (d) => {
      d.bits(f.ipv4haPreflen, d.pos, 1);
      d.skip(1);
      d.u8(f.ipv4haReserved);
      return `: ${formatIpv4(d.ipv4(f.ipv4haHa))}`;
    },
  },
  37: {
    field: f.optionIpv4harep,
    length: 6,
    add: (d) => {
      const status = namesOf(f.ipv4aaSts)[d.peek8()] ?? "<unknown>";
      return `: ${status} : ${formatIpv4(addHomeReply(d))}`;
    },
  },
  38: {
    field: f.optionIpv4dra,
    length: 6,
    add: (d) => {
      d.u16(f.ipv4draReserved);
      return `: ${formatIpv4(d.ipv4(f.ipv4draDra))}`;
    },
  },
  39: {
    field: f.optionIpv4dsm,
    length: 2,
    add: (d) => {
      d.bits(f.ipv4dsmReserved, d.pos, 2);
      d.bits(f.ipv4dsmSFlag, d.pos, 2);
      d.skip(2);
    },
  },
  40: { field: f.optionCr, length: 4, variable: true, add: addContextRequest },
  41: { field: f.optionLmaa, length: 6, variable: true, add: addAnchor },
  46: {
    field: f.optionRecap,
    length: 2,
    add: (d) => {
      d.u16(f.recapReserved);
    },
  },
  47: { field: f.optionRedir, length: 6, variable: true, add: addRedirect },
  48: {
    field: f.optionLoadInf,
    length: 18,
    add: (d) => {
      d.u16(f.loadInfPriority);
      d.u32(f.loadInfSessionsInUse);
      d.u32(f.loadInfMaximumSessions);
      d.u32(f.loadInfUsedCapacity);
      d.u32(f.loadInfMaximumCapacity);
    },
  },
  49: {
    field: f.optionAltIp4,
    length: 4,
    add: (d) => {
      d.ipv4(f.altIp4);
    },
  },
  50: {
    field: f.optionMng,
    length: 6,
    add: (d) => {
      d.u8(f.mngSubType);
      d.u8(f.mngReserved);
      d.u32(f.mngMngId);
    },
  },
  51: {
    field: f.optionMagIpv6,
    length: 16,
    add: (d) => {
      d.u8(f.magIpv6Reserved);
      d.u8(f.magIpv6AddressLength);
      d.ipv6(f.magIpv6Address);
    },
  },
  52: { field: f.optionAccNetId, length: 2, variable: true, add: addAccessNetwork },
  55: { field: f.optionDmnp, length: 6, variable: true, add: addDelegatedPrefix },
};

/** Seconds are four times as many. */
export function addInFours(d: Dissection, field: Field): void {
  const value = d.u16(field);
  if (d.labels) d.append(` (${value * 4} seconds)`);
}

const PAD1 = 0;
const byteCount = (n: number): string => `${n} byte${n === 1 ? "" : "s"}`;

/** Adds the options from the cursor up to `end`. */
export function addMobilityOptions(d: Dissection, end: number): void {
  d.needAt(d.pos, end - d.pos);
  d.openText(d.pos, end - d.pos, "Mobility Options");
  while (d.pos < end) if (!addOption(d, end)) break;
  if (d.labels) d.close();
  d.pos = end;
}

/** @returns false when its length makes the rest unreadable */
function addOption(d: Dissection, end: number): boolean {
  const at = d.pos;
  const type = d.peek8();
  if (type === PAD1) {
    d.bytes(f.optionPad1, 1);
    d.relabel(f.optionPad1.title);
    return true;
  }
  const option = OPTIONS[type];
  const name = OPTION_NAMES[type] ?? `Unknown (0x${type.toString(16).padStart(2, "0")})`;
  const length = at + 1 < end ? d.peek8(1) : -1;
  if (length === -1 || at + 2 + length > end) {
    const problem =
      length === -1
        ? `${name} (length byte past end of options)`
        : `${name} (option length = ${byteCount(length)} says option goes past end of options)`;
    d.text(at, end - at, problem);
    d.expert(x.length, problem);
    return false;
  }
  const optionEnd = at + 2 + length;
  if (option === undefined) addUndecoded(d, name, optionEnd);
  else addKnown(d, option, name, length, optionEnd);
  d.pos = optionEnd;
  return true;
}

function addUndecoded(d: Dissection, name: string, end: number): void {
  d.openText(d.pos, end - d.pos, name);
  d.u8(f.mobilityOpt);
  // Wireshark shows the next option's length here.
  d.add(f.mobilityOptLen, end + 1, 1, end + 1 < d.end ? d.buf[end + 1] : d.peek8());
  d.expert(x.undecoded);
  if (d.labels) d.close();
}

function addKnown(d: Dissection, option: Option, name: string, length: number, end: number): void {
  const at = d.pos;
  d.open(option.field, at, end - at, d.peekBytes(end - at));
  d.relabel(option.field.title);
  const line = d.last;
  d.skip(1);
  d.u8(f.mobilityOptLen);
  if (option.variable ? length < option.length : length !== option.length) {
    const wanted = `${option.variable ? ">= " : ""}${option.length}`;
    d.expert(x.length, `${name} (with option length = ${byteCount(length)}; should be ${wanted})`);
  }
  const outer = d.end;
  const text = option.add(d, end);
  d.end = outer;
  if (typeof text === "string" && d.labels && line !== null) line.suffix = text;
  d.close();
}

function addNetworkPrefix(d: Dissection): string {
  d.skip(1);
  const length = d.u8(f.nemoMnpPfl);
  const prefix = formatIpv6(d.peekBytes(16));
  d.ipv6(f.nemoMnpMnp);
  return `: ${prefix}/${length}`;
}

/** 48 bits of seconds, 16 bits of their fraction. */
function addTimestamp(d: Dissection): string {
  const value = d.peek64();
  const seconds = value >> 16n;
  const fraction = ((value & 0xffffn) * 1_000_000_000n) >> 16n;
  d.add(f.timestampTmp, d.pos, 8, seconds * 1_000_000_000n + fraction);
  d.skip(8);
  return `: ${formatAbsTime(Number(seconds), Number(fraction), true)}`;
}

function addHomeReply(d: Dissection): number {
  d.u8(f.ipv4aaSts);
  d.bits(f.ipv4haPreflen, d.pos, 1);
  d.skip(1);
  return d.ipv4(f.ipv4haHa);
}

function addAddressOrPrefix(d: Dissection): void {
  d.u8(f.mhipv6apOptCode);
  const length = d.u8(f.mhipv6apLen);
  const at = d.pos;
  const text = formatIpv6(d.peekBytes(16));
  d.ipv6(f.mhipv6apIpv6Address);
  d.generated(f.mhipv6apIpv6AddressPrefix, at, 16, text);
  if (d.labels) d.append(`/${length}`);
}

function addBinding(d: Dissection, end: number): void {
  d.u16(f.biBid);
  d.u8(f.biStatus);
  d.bits(f.biHFlag, d.pos, 1);
  d.skip(1);
  if (end - d.pos === 4) d.ipv4(f.biCoaIpv4);
  else if (end - d.pos === 16) d.ipv6(f.biCoaIpv6);
}

function addContextRequest(d: Dissection, end: number): void {
  d.u16(f.crReserved);
  while (d.pos < end) {
    d.u8(f.crReqType);
    const length = d.u8(f.crReqLength);
    if (length > 0) d.bytes(f.vsmReqData, length);
  }
}

const ANCHOR_IPV6 = 1;
const ANCHOR_IPV4 = 2;

function addAnchor(d: Dissection): string | undefined {
  const code = d.u8(f.lmaaOptCode);
  d.u8(f.lmaaReserved);
  if (code === ANCHOR_IPV6) {
    const text = formatIpv6(d.peekBytes(16));
    d.ipv6(f.lmaaIpv6);
    return `: ${text}`;
  }
  return code === ANCHOR_IPV4 ? `: ${formatIpv4(d.ipv4(f.lmaaIpv4))}` : undefined;
}

function addRedirect(d: Dissection): void {
  const flags = d.peek16();
  for (const bit of [f.redirK, f.redirN, f.redirReserved]) d.bits(bit, d.pos, 2);
  d.skip(2);
  if (flags & f.redirK.mask) d.ipv6(f.redirAddrR2lmaIpv6);
  if (flags & f.redirN.mask) d.ipv4(f.redirAddrR2lmaIpv4);
}

function addDelegatedPrefix(d: Dissection): void {
  const isIpv4 = d.bits(f.dmnpVFlag, d.pos, 1) === 1;
  d.bits(f.dmnpReserved, d.pos, 1);
  d.skip(1);
  d.u8(f.dmnpPrefixLen);
  if (isIpv4) d.ipv4(f.dmnpDmnpIpv4);
  else d.ipv6(f.dmnpDmnpIpv6);
}

// -------------------------------------------------------------------- vendors

const VENDOR_3GPP = 10415;

/** Options of 3GPP TS 29.282. */
function addVendor(d: Dissection, end: number): string {
  const vendor = d.u32(f.vsmVendorId);
  const subtype = d.u8(f.vsmSubtype);
  const name = VENDORS[vendor] ?? "<unknown>";
  if (vendor !== VENDOR_3GPP) return `: ${name}`;
  d.bits(f.n3gppReserved, d.pos, 1);
  const isFragment = d.bits(f.n3gppFlagM, d.pos, 1) === 1;
  d.skip(1);
  if (isFragment) d.expert(x.undecodedVendor, "Data fragment, handling not implemented yet");
  else add3gpp(d, subtype, end);
  return `: ${name} ${VSM_SUBTYPE_NAMES[subtype] ?? "<unknown>"}`;
}

function add3gpp(d: Dissection, subtype: number, end: number): void {
  switch (subtype) {
    case 2:
      d.u8(f.n3gppSpecPmipv6ErrCode);
      return;
    case 3:
      if (end - d.pos === 4) d.ipv4(f.n3gppPdnGwIpv4Addr);
      else d.ipv6(f.n3gppPdnGwIpv6Addr);
      return;
    case 4:
      d.u8(f.n3gppDhcpv4AddrAllProcInd);
      return;
    case 6:
      d.u8(f.n3gppPdnType);
      d.u8(f.n3gppPdnIndCause);
      return;
    case 7:
      d.u32(f.n3gppChgId);
      return;
    case 10:
      d.bits(f.n3gppChargingCharacteristic, d.pos, 2);
      return;
    case 14:
      d.u8(f.n3gppApnRest);
      return;
    case 15:
      d.u8(f.n3gppMaxApnRest);
      return;
    default:
      d.expert(x.undecodedVendor);
  }
}

// -------------------------------------------------------------------- access networks, RFC 6757

const NETWORK = 1;
const LOCATION = 2;
const OPERATOR = 3;
const UTF8 = 0x80;

function addAccessNetwork(d: Dissection, end: number): void {
  while (d.pos < end) {
    const at = d.pos;
    const type = d.peek8();
    const length = d.peek8(1);
    d.open(f.accNetId, at, 2 + length);
    const line = d.last;
    d.u8(f.accNetIdAni);
    d.u8(f.accNetIdSubOptLen);
    const behind = d.pos + length;
    const name = namesOf(f.accNetIdAni)[type] ?? `Unknown ANI Type (${type.toString(16).padStart(2, "0")})`;
    let text = "";
    if (type === NETWORK) text = addNetworkName(d, behind);
    else if (type === LOCATION) {
      d.int(f.accNetIdGeoLatitudeDegrees, 3);
      d.int(f.accNetIdGeoLongitudeDegrees, 3);
    } else if (type === OPERATOR) {
      d.u8(f.accNetIdOpIdType);
      d.bytes(f.accNetIdOpId, Math.max(0, behind - d.pos));
    } else d.expert(x.undecodedNetwork);
    if (d.labels && line !== null) line.suffix = `: ${name} (t=${type},l=${length})${text}`;
    d.pos = behind;
    d.close();
  }
}

function addNetworkName(d: Dissection, end: number): string {
  const isText = (d.peek8() & UTF8) !== 0;
  d.bits(f.accNetIdEBit, d.pos, 1);
  d.skip(1);
  const length = d.u8(f.accNetIdNetNameLen);
  let text = "";
  if (isText) text = ` Network Name: ${decodeText(d.peekBytes(length), 0, length, "utf-8")}`;
  if (isText) d.str(f.accNetIdNetName, length);
  else d.bytes(f.accNetIdNetNameData, length);
  if (d.pos >= end) return text;
  const pointLength = d.u8(f.accNetIdApNameLen);
  text += ` AP Name: ${decodeText(d.peekBytes(pointLength), 0, pointLength, "utf-8")}`;
  d.str(f.accNetIdApName, pointLength);
  return text;
}
