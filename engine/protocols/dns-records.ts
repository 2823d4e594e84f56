/** The data of DNS resource records. RFC 1035 3.3 and the RFC of each later type. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  ether,
  eui64,
  expert,
  type Field,
  ipv4,
  ipv6,
  nameOf,
  none,
  str,
  u8,
  u16,
  u32,
  type ValueNames,
  YES_NO,
} from "../dissect/field.ts";
import { escapeText, formatDuration, formatG, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { addName, nameLength, octetsText, readName } from "./dns-name.ts";
import {
  ADDRESS_FAMILIES,
  ALGORITHMS,
  CERT_TYPES,
  CLASSES,
  DIGESTS,
  EXTENDED_ERRORS,
  GATEWAY_ALGORITHMS,
  GATEWAY_TYPES,
  HIP_ALGORITHMS,
  IP_VERSIONS,
  NSEC3_ALGORITHMS,
  OPTIONS,
  RCODES,
  SSHFP_ALGORITHMS,
  SSHFP_TYPES,
  SVC_PARAMS,
  TKEY_MODES,
  TLSA_MATCHINGS,
  TLSA_SELECTORS,
  TLSA_USAGES,
  TRANSPORTS,
  TYPES,
  ZONEMD_HASHES,
  ZONEMD_SCHEMES,
} from "./names/dns.ts";

export const recordFields = {
  respName: str("dns.resp.name", "Name"),
  respType: u16("dns.resp.type", "Type", { names: TYPES }),
  respClass: u16("dns.resp.class", "Class", { base: "HEX", names: CLASSES }),
  respClassMdns: u16("dns.resp.class", "Class", { base: "HEX", names: CLASSES, mask: 0x7fff }),
  respCacheFlush: bool("dns.resp.cache_flush", "Cache flush", { mask: 0x8000, bits: 16 }),
  respTtl: u32("dns.resp.ttl", "Time to live"),
  respLen: u16("dns.resp.len", "Data length"),
  payloadSize: u16("dns.rr.udp_payload_size", "UDP payload size"),
  payloadSizeMdns: u16("dns.rr.udp_payload_size", "UDP payload size", { base: "HEX", mask: 0x7fff }),
  srvService: str("dns.srv.service", "Service"),
  srvProto: str("dns.srv.proto", "Protocol"),
  srvName: str("dns.srv.name", "Name"),
  respExtRcode: u8("dns.resp.ext_rcode", "Higher bits in extended RCODE", { base: "HEX" }),
  respEdns0Version: u8("dns.resp.edns0_version", "EDNS0 version"),
  respZ: u16("dns.resp.z", "Z", { base: "HEX" }),
  respZDo: bool("dns.resp.z.do", "DO bit", {
    mask: 0x8000,
    bits: 16,
    tf: ["Accepts DNSSEC security RRs", "Cannot handle DNSSEC security RRs"],
  }),
  respZReserved: u16("dns.resp.z.reserved", "Reserved", { base: "HEX", mask: 0x7fff }),
  srvPriority: u16("dns.srv.priority", "Priority"),
  srvWeight: u16("dns.srv.weight", "Weight"),
  srvPort: u16("dns.srv.port", "Port"),
  srvTarget: str("dns.srv.target", "Target"),
  naptrOrder: u16("dns.naptr.order", "Order"),
  naptrPreference: u16("dns.naptr.preference", "Preference"),
  naptrFlagsLength: u8("dns.naptr.flags_length", "Flags Length"),
  naptrFlags: str("dns.naptr.flags", "Flags"),
  naptrServiceLength: u8("dns.naptr.service_length", "Service Length"),
  naptrService: str("dns.naptr.service", "Service"),
  naptrRegexLength: u8("dns.naptr.regex_length", "Regex Length"),
  naptrRegex: str("dns.naptr.regex", "Regex"),
  naptrReplacementLength: u8("dns.naptr.replacement_length", "Replacement Length"),
  naptrReplacement: str("dns.naptr.replacement", "Replacement"),
  a: ipv4("dns.a", "Address"),
  md: str("dns.md", "Mail Destination"),
  mf: str("dns.mf", "Mail Forwarder"),
  mb: str("dns.mb", "MailBox Domaine"),
  mg: str("dns.mg", "Mail Group member"),
  mr: str("dns.mr", "Mail Rename domaine"),
  null: bytes("dns.null", "Null (data)"),
  aaaa: ipv6("dns.aaaa", "AAAA Address"),
  cname: str("dns.cname", "CNAME"),
  soaMname: str("dns.soa.mname", "Primary name server"),
  soaRname: str("dns.soa.rname", "Responsible authority's mailbox"),
  soaSerialNumber: u32("dns.soa.serial_number", "Serial Number"),
  soaRefreshInterval: u32("dns.soa.refresh_interval", "Refresh Interval"),
  soaRetryInterval: u32("dns.soa.retry_interval", "Retry Interval"),
  soaExpireLimit: u32("dns.soa.expire_limit", "Expire limit"),
  soaMinimumTtl: u32("dns.soa.minimum_ttl", "Minimum TTL"),
  ptrDomainName: str("dns.ptr.domain_name", "Domain Name"),
  wksAddress: ipv4("dns.wks.address", "Address"),
  wksProtocol: u8("dns.wks.protocol", "Protocol", { names: TRANSPORTS }),
  wksBits: u8("dns.wks.bits", "Bits", { base: "HEX" }),
  hinfoCpuLength: u8("dns.hinfo.cpu_length", "CPU Length"),
  hinfoCpu: str("dns.hinfo.cpu", "CPU"),
  hinfoOsLength: u8("dns.hinfo.os_length", "OS Length"),
  hinfoOs: str("dns.hinfo.os", "OS"),
  minfoR: str("dns.minfo.r", "Responsible Mailbox"),
  minfoE: str("dns.minfo.e", "Error Mailbox"),
  mxPreference: u16("dns.mx.preference", "Preference"),
  mxMailExchange: str("dns.mx.mail_exchange", "Mail Exchange"),
  txtLength: u8("dns.txt.length", "TXT Length"),
  txt: str("dns.txt", "TXT"),
  openpgpkey: str("dns.openpgpkey", "OpenPGP Key"),
  csyncSoa: u32("dns.csync.soa", "SOA"),
  csyncFlags: u16("dns.csync.flags", "Flags", { base: "HEX" }),
  csyncFlagsImmediate: bool("dns.csync.flags.immediate", "immediate", { mask: 0x1, bits: 16 }),
  csyncFlagsSoaminimum: bool("dns.csync.flags.soaminimum", "soaminimum", { mask: 0x2, bits: 16 }),
  csyncTypeBitmap: bytes("dns.csync.type_bitmap", "Type Bitmap"),
  zonemdSerial: u32("dns.zonemd.serial", "Serial"),
  zonemdScheme: u8("dns.zonemd.scheme", "Scheme", { names: ZONEMD_SCHEMES }),
  zonemdHashAlgo: u8("dns.zonemd.hash_algo", "Hash Algorithm", { names: ZONEMD_HASHES }),
  zonemdDigest: bytes("dns.zonemd.digest", "Digest"),
  svcbSvcpriority: u16("dns.svcb.svcpriority", "SvcPriority"),
  svcbTargetname: str("dns.svcb.targetname", "TargetName"),
  svcbSvcparamKey: u16("dns.svcb.svcparam.key", "SvcParamKey", { names: SVC_PARAMS }),
  svcbSvcparamValueLength: u16("dns.svcb.svcparam.value.length", "SvcParamValue length"),
  svcbSvcparamValue: bytes("dns.svcb.svcparam.value", "SvcParamValue"),
  svcbSvcparam: none("dns.svcb.svcparam", "SvcParam"),
  svcbSvcparamMandatoryKey: u16("dns.svcb.svcparam.mandatory.key", "Mandatory key", { names: SVC_PARAMS }),
  svcbSvcparamAlpnLength: u8("dns.svcb.svcparam.alpn.length", "ALPN length"),
  svcbSvcparamAlpn: str("dns.svcb.svcparam.alpn", "ALPN"),
  svcbSvcparamPort: u16("dns.svcb.svcparam.port", "Port"),
  svcbSvcparamIpv4hintIp: ipv4("dns.svcb.svcparam.ipv4hint.ip", "IP"),
  svcbSvcparamEchconfig: bytes("dns.svcb.svcparam.echconfig", "ECHConfig"),
  svcbSvcparamIpv6hintIp: ipv6("dns.svcb.svcparam.ipv6hint.ip", "IP"),
  svcbSvcparamOdohconfig: bytes("dns.svcb.svcparam.odohconfig", "ODoHConfig"),
  spfLength: u8("dns.spf.length", "SPF Length"),
  spf: str("dns.spf", "SPF"),
  ilnpNidPreference: u16("dns.ilnp.nid.preference", "Preference"),
  ilnpNid: bytes("dns.ilnp.nid", "NodeID"),
  ilnpL32Preference: u16("dns.ilnp.l32.preference", "Preference"),
  ilnpL32: ipv4("dns.ilnp.l32", "Locator32"),
  ilnpL64Preference: u16("dns.ilnp.l64.preference", "Preference"),
  ilnpL64: bytes("dns.ilnp.l64", "Locator64"),
  ilnpLpPreference: u16("dns.ilnp.lp.preference", "Preference"),
  ilnpLp: str("dns.ilnp.lp", "Locator FQDN"),
  eui48: ether("dns.eui48", "EUI48 Address"),
  eui64: eui64("dns.eui64", "EUI64 Address"),
  rrsigTypeCovered: u16("dns.rrsig.type_covered", "Type Covered", { names: TYPES }),
  rrsigAlgorithm: u8("dns.rrsig.algorithm", "Algorithm", { names: ALGORITHMS }),
  rrsigLabels: u8("dns.rrsig.labels", "Labels"),
  rrsigOriginalTtl: u32("dns.rrsig.original_ttl", "Original TTL"),
  rrsigSignatureExpiration: absTime("dns.rrsig.signature_expiration", "Signature Expiration", {
    base: "UTC",
  }),
  rrsigSignatureInception: absTime("dns.rrsig.signature_inception", "Signature Inception", { base: "UTC" }),
  rrsigKeyTag: u16("dns.rrsig.key_tag", "Key Tag"),
  rrsigSignersName: str("dns.rrsig.signers_name", "Signer's name"),
  rrsigSignature: bytes("dns.rrsig.signature", "Signature"),
  dnskeyFlags: u16("dns.dnskey.flags", "Flags", { base: "HEX" }),
  dnskeyFlagsZoneKey: bool("dns.dnskey.flags.zone_key", "Zone Key", {
    mask: 0x100,
    bits: 16,
    tf: ["This is the zone key for specified zone", "This it not a zone key"],
  }),
  dnskeyFlagsKeyRevoked: bool("dns.dnskey.flags.key_revoked", "Key Revoked", {
    mask: 0x80,
    bits: 16,
    tf: YES_NO,
  }),
  dnskeyFlagsSecureEntryPoint: bool("dns.dnskey.flags.secure_entry_point", "Key Signing Key", {
    mask: 0x1,
    bits: 16,
    tf: YES_NO,
  }),
  dnskeyFlagsReserved: u16("dns.dnskey.flags.reserved", "Key Signing Key", { base: "HEX", mask: 0xfe7e }),
  dnskeyProtocol: u8("dns.dnskey.protocol", "Protocol"),
  dnskeyAlgorithm: u8("dns.dnskey.algorithm", "Algorithm", { names: ALGORITHMS }),
  dnskeyKeyId: u16("dns.dnskey.key_id", "Key id"),
  dnskeyPublicKey: bytes("dns.dnskey.public_key", "Public Key"),
  keyFlags: u16("dns.key.flags", "Flags", { base: "HEX" }),
  keyFlagsAuthentication: bool("dns.key.flags.authentication", "Key allowed for authentication", {
    mask: 0x8000,
    bits: 16,
    tf: ["Not Allowed", "Allowed"],
  }),
  keyFlagsConfidentiality: bool("dns.key.flags.confidentiality", "Key allowed for confidentiality", {
    mask: 0x4000,
    bits: 16,
    tf: ["Not Allowed", "Allowed"],
  }),
  keyFlagsRequired: bool("dns.key.flags.required", "Key required", {
    mask: 0x2000,
    bits: 16,
    tf: ["Experimental or optional", "Required"],
  }),
  keyFlagsAssociatedUser: bool("dns.key.flags.associated_user", "Key is associated with a user", {
    mask: 0x400,
    bits: 16,
    tf: YES_NO,
  }),
  keyFlagsAssociatedNamedEntity: bool(
    "dns.key.flags.associated_named_entity",
    "Key is associated with the named entity",
    { mask: 0x200, bits: 16, tf: YES_NO },
  ),
  keyFlagsIpsec: bool("dns.key.flags.ipsec", "Key use with IPSEC", {
    mask: 0x80,
    bits: 16,
    tf: ["Valid", "Invalid"],
  }),
  keyFlagsMime: bool("dns.key.flags.mime", "Key use with MIME security multiparts", {
    mask: 0x40,
    bits: 16,
    tf: ["Valid", "Invalid"],
  }),
  keyFlagsSignatory: u16("dns.key.flags.signatory", "Signatory", { mask: 0xf }),
  keyProtocol: u8("dns.key.protocol", "Protocol"),
  keyAlgorithm: u8("dns.key.algorithm", "Algorithm", { names: ALGORITHMS }),
  keyKeyId: u16("dns.key.key_id", "Key ID"),
  keyPublicKey: bytes("dns.key.public_key", "Public Key"),
  pxPreference: u16("dns.px.preference", "Preference"),
  pxMap822: str("dns.px.map822", "MAP822"),
  pxMap400: str("dns.px.map400", "MAPX400"),
  tkeyAlgoName: str("dns.tkey.algo_name", "Algorithm name"),
  tkeySignatureExpiration: absTime("dns.tkey.signature_expiration", "Signature Expiration", { base: "UTC" }),
  tkeySignatureInception: absTime("dns.tkey.signature_inception", "Signature Inception", { base: "UTC" }),
  tkeyMode: u16("dns.tkey.mode", "Mode", { names: TKEY_MODES }),
  tkeyError: u16("dns.tkey.error", "Error", { names: RCODES }),
  tkeyKeySize: u16("dns.tkey.key_size", "Key Size"),
  tkeyKeyData: bytes("dns.tkey.key_data", "Key Data"),
  tkeyOtherSize: u16("dns.tkey.other_size", "Other Size"),
  tkeyOtherData: bytes("dns.tkey.other_data", "Other Data"),
  ipseckeyGatewayPrecedence: u8("dns.ipseckey.gateway_precedence", "Gateway Precedence"),
  ipseckeyGatewayAlgorithm: u8("dns.ipseckey.gateway_algorithm", "Gateway Algorithm", {
    names: GATEWAY_ALGORITHMS,
  }),
  ipseckeyGatewayType: u8("dns.ipseckey.gateway_type", "Gateway Type", { names: GATEWAY_TYPES }),
  ipseckeyGatewayIpv4: ipv4("dns.ipseckey.gateway_ipv4", "IPv4 Gateway"),
  ipseckeyGatewayIpv6: ipv6("dns.ipseckey.gateway_ipv6", "IPv6 Gateway"),
  ipseckeyGatewayDns: str("dns.ipseckey.gateway_dns", "DNS Gateway"),
  ipseckeyPublicKey: bytes("dns.ipseckey.public_key", "Public Key"),
  xpfIpVersion: u16("dns.xpf.ip_version", "IP Version", { names: IP_VERSIONS }),
  xpfProtocol: u8("dns.xpf.protocol", "Protocol", { names: TRANSPORTS }),
  xpfSourceIpv4: ipv4("dns.xpf.source_ipv4", "IPv4 Source"),
  xpfDestinationIpv4: ipv4("dns.xpf.destination_ipv4", "IPv4 Destination"),
  xpfSourceIpv6: ipv6("dns.xpf.source_ipv6", "IPv6 Source"),
  xpfDestinationIpv6: ipv6("dns.xpf.destination_ipv6", "IPv6 Destination"),
  xpfSport: u16("dns.xpf.sport", "Source port"),
  xpfDport: u16("dns.xpf.dport", "Destination port"),
  a6PrefixLen: u8("dns.a6.prefix_len", "Prefix len"),
  a6AddressSuffix: ipv6("dns.a6.address_suffix", "Address Suffix"),
  a6PrefixName: str("dns.a6.prefix_name", "Prefix name"),
  dname: str("dns.dname", "Dname"),
  locVersion: u8("dns.loc.version", "Version"),
  locSize: u8("dns.loc.size", "Size"),
  locHorizontalPrecision: u8("dns.loc.horizontal_precision", "Horizontal Precision"),
  locVerticalPrecision: u8("dns.loc.vertical_precision", "Vertical Precision"),
  locLatitude: u32("dns.loc.latitude", "Latitude"),
  locLongitude: u32("dns.loc.longitude", "Longitude"),
  locAltitude: u32("dns.loc.altitude", "Altitude"),
  locUnknownData: bytes("dns.loc.unknown_data", "Unknown data"),
  nxtNextDomainName: str("dns.nxt.next_domain_name", "Next Domain Name"),
  kxPreference: u16("dns.kx.preference", "Preference"),
  kxKeyExchange: str("dns.kx.key_exchange", "Key Exchange"),
  certType: u16("dns.cert.type", "Type", { names: CERT_TYPES }),
  certKeyTag: u16("dns.cert.key_tag", "Key Tag", { base: "HEX" }),
  certAlgorithm: u8("dns.cert.algorithm", "Algorithm", { names: ALGORITHMS }),
  certCertificate: bytes("dns.cert.certificate", "Certificate (or CRL)"),
  nsecNextDomainName: str("dns.nsec.next_domain_name", "Next Domain Name"),
  ns: str("dns.ns", "Name Server"),
  opt: none("dns.opt", "Option"),
  optCode: u16("dns.opt.code", "Option Code", { names: OPTIONS }),
  optLen: u16("dns.opt.len", "Option Length"),
  optData: bytes("dns.opt.data", "Option Data"),
  optDau: u8("dns.opt.dau", "DAU", { names: ALGORITHMS }),
  optDhu: u8("dns.opt.dhu", "DHU", { names: DIGESTS }),
  optN3u: u8("dns.opt.n3u", "N3U", { names: NSEC3_ALGORITHMS }),
  optClientFamily: u16("dns.opt.client.family", "Family", { names: ADDRESS_FAMILIES }),
  optClientNetmask: u8("dns.opt.client.netmask", "Source Netmask"),
  optClientScope: u8("dns.opt.client.scope", "Scope Netmask"),
  optClientAddr: bytes("dns.opt.client.addr", "Client Subnet"),
  optClientAddr4: ipv4("dns.opt.client.addr4", "Client Subnet"),
  optClientAddr6: ipv6("dns.opt.client.addr6", "Client Subnet"),
  optCookieClient: bytes("dns.opt.cookie.client", "Client Cookie"),
  optCookieServer: bytes("dns.opt.cookie.server", "Server Cookie"),
  optEdnsTcpKeepaliveTimeout: u16("dns.opt.edns_tcp_keepalive.timeout", "Timeout"),
  optPadding: bytes("dns.opt.padding", "Padding"),
  optChainFqdn: str("dns.opt.chain.fqdn", "Closest Trust Point"),
  optExtErrorInfoCode: u16("dns.opt.ext_error.info_code", "Info Code", { names: EXTENDED_ERRORS }),
  optExtErrorExtraText: str("dns.opt.ext_error.extra_text", "Extra Text"),
  nsec3Algo: u8("dns.nsec3.algo", "Hash algorithm", { names: NSEC3_ALGORITHMS }),
  nsec3Flags: u8("dns.nsec3.flags", "NSEC3 flags"),
  nsec3FlagsOptOut: bool("dns.nsec3.flags.opt_out", "NSEC3 Opt-out flag", {
    mask: 0x1,
    bits: 8,
    tf: ["Additional insecure delegations allowed", "Additional insecure delegations forbidden"],
  }),
  nsec3Iterations: u16("dns.nsec3.iterations", "NSEC3 iterations"),
  nsec3SaltLength: u8("dns.nsec3.salt_length", "Salt length"),
  nsec3SaltValue: bytes("dns.nsec3.salt_value", "Salt value"),
  nsec3HashLength: u8("dns.nsec3.hash_length", "Hash length"),
  nsec3HashValue: str("dns.nsec3.hash_value", "Next hashed owner"),
  tlsaCertificateUsage: u8("dns.tlsa.certificate_usage", "Certificate Usage", { names: TLSA_USAGES }),
  tlsaSelector: u8("dns.tlsa.selector", "Selector", { names: TLSA_SELECTORS }),
  tlsaMatchingType: u8("dns.tlsa.matching_type", "Matching Type", { names: TLSA_MATCHINGS }),
  tlsaCertificateAssociationData: bytes(
    "dns.tlsa.certificate_association_data",
    "Certificate Association Data",
  ),
  tsigAlgorithmName: str("dns.tsig.algorithm_name", "Algorithm Name"),
  tsigTimeSigned: absTime("dns.tsig.time_signed", "Time Signed", { base: "UTC" }),
  tsigOriginalId: u16("dns.tsig.original_id", "Original Id"),
  tsigError: u16("dns.tsig.error", "Error", { names: RCODES }),
  tsigFudge: u16("dns.tsig.fudge", "Fudge"),
  tsigMacSize: u16("dns.tsig.mac_size", "MAC Size"),
  tsigOtherLen: u16("dns.tsig.other_len", "Other Len"),
  tsigMac: none("dns.tsig.mac", "MAC"),
  tsigOtherData: bytes("dns.tsig.other_data", "Other Data"),
  sshfpAlgorithm: u8("dns.sshfp.algorithm", "Algorithm", { names: SSHFP_ALGORITHMS }),
  sshfpFingerprintType: u8("dns.sshfp.fingerprint.type", "Fingerprint type", { names: SSHFP_TYPES }),
  sshfpFingerprint: bytes("dns.sshfp.fingerprint", "Fingerprint"),
  hipHitLength: u8("dns.hip.hit.length", "HIT length"),
  hipHitPkAlgo: u8("dns.hip.hit.pk.algo", "HIT length", { names: HIP_ALGORITHMS }),
  hipPkLength: u16("dns.hip.pk.length", "PK length"),
  hipHit: bytes("dns.hip.hit", "Host Identity Tag"),
  hipPk: bytes("dns.hip.pk", "HIP Public Key"),
  hipRendezvousServer: str("dns.hip.rendezvous_server", "Rendezvous Server"),
  dhcidRdata: bytes("dns.dhcid.rdata", "DHCID Data"),
  dsKeyId: u16("dns.ds.key_id", "Key id", { base: "HEX" }),
  dsAlgorithm: u8("dns.ds.algorithm", "Algorithm", { names: ALGORITHMS }),
  dsDigestType: u8("dns.ds.digest_type", "Digest Type", { names: DIGESTS }),
  dsDigest: bytes("dns.ds.digest", "Digest"),
  aplAddressFamily: u16("dns.apl.address_family", "Address Family", { names: ADDRESS_FAMILIES }),
  aplCodedPrefix: u8("dns.apl.coded_prefix", "Prefix Length"),
  aplNegation: bool("dns.apl.negation", "Negation Flag", { mask: 0x80, bits: 8, tf: ["Yes (!)", "No (0)"] }),
  aplAfdlength: u8("dns.apl.afdlength", "Address Length", { mask: 0x7f }),
  aplAfdpartIpv4: ipv4("dns.apl.afdpart.ipv4", "Address"),
  aplAfdpartIpv6: ipv6("dns.apl.afdpart.ipv6", "Address"),
  aplAfdpartData: bytes("dns.apl.afdpart.data", "Address"),
  gposLongitudeLength: u8("dns.gpos.longitude_length", "Longitude length"),
  gposLongitude: str("dns.gpos.longitude", "Longitude"),
  gposLatitudeLength: u8("dns.gpos.latitude_length", "Latitude length"),
  gposLatitude: str("dns.gpos.latitude", "Latitude"),
  gposAltitudeLength: u8("dns.gpos.altitude_length", "Altitude length"),
  gposAltitude: str("dns.gpos.altitude", "Altitude"),
  rpMailbox: str("dns.rp.mailbox", "Mailbox"),
  rpTxtRr: str("dns.rp.txt_rr", "TXT RR"),
  afsdbSubtype: u16("dns.afsdb.subtype", "Subtype"),
  afsdbHostname: str("dns.afsdb.hostname", "Hostname"),
  x25Length: u8("dns.x25.length", "Length"),
  x25PsdnAddress: str("dns.x25.psdn_address", "PSDN-Address"),
  rtSubtype: u16("dns.rt.subtype", "Preference"),
  rtIntermediateHost: str("dns.rt.intermediate_host", "Intermediate Hostname"),
  nsapRdata: bytes("dns.nsap.rdata", "NSAP Data"),
  nsapPtrOwner: str("dns.nsap_ptr.owner", "Owner"),
  caaFlags: u8("dns.caa.flags", "CAA Flags", { base: "HEX" }),
  caaFlagsIssuerCritical: bool("dns.caa.flags.issuer_critical", "Issuer Critical", {
    mask: 0x80,
    bits: 8,
    tf: ["Critical", "Not critical"],
  }),
  caaIssue: str("dns.caa.issue", "Issue"),
  caaIssuewild: str("dns.caa.issuewild", "Issue Wildcard"),
  caaIodef: str("dns.caa.iodef", "Report URL"),
  caaUnknown: str("dns.caa.unknown", "Unknown tag"),
  caaTagLength: u8("dns.caa.tag_length", "Tag length"),
  caaTag: str("dns.caa.tag", "Tag"),
  caaValue: str("dns.caa.value", "Value"),
  winsLocalFlag: bool("dns.wins.local_flag", "Local Flag", { mask: 0x1, bits: 32 }),
  winsLookupTimeout: u32("dns.wins.lookup_timeout", "Lookup timeout"),
  winsCacheTimeout: u32("dns.wins.cache_timeout", "Cache timeout"),
  winsNbWinsServers: u32("dns.wins.nb_wins_servers", "Number of WINS servers"),
  winsWinsServer: ipv4("dns.wins.wins_server", "WINS Server Address"),
  winsrLocalFlag: bool("dns.winsr.local_flag", "Local Flag", { mask: 0x1, bits: 32 }),
  winsrLookupTimeout: u32("dns.winsr.lookup_timeout", "Lookup timeout"),
  winsrCacheTimeout: u32("dns.winsr.cache_timeout", "Cache timeout"),
  winsrNameResultDomain: str("dns.winsr.name_result_domain", "Name Result Domain"),
  data: bytes("dns.data", "Data"),
  idsnLength: u8("dns.idsn.length", "Length"),
  idsnAddress: str("dns.idsn.address", "ISDN Address"),
  idsnSaLength: u8("dns.idsn.sa.length", "Length"),
  idsnSaAddress: str("dns.idsn.sa.address", "Sub Address"),
} as const;
const f = recordFields;

export const recordExperts = {
  undecoded: expert("dns.undecoded.type", "note", "Undecoded", "Undecoded option"),
  ttlHigh: expert(
    "dns.ttl.high_bit_set",
    "warning",
    "Protocol",
    "The uppermost bit of the TTL is set (RFC 2181, section 8)",
  ),
  noAlgorithm: expert("dns.tsig.noalg", "warning", "Undecoded", "No dissector for algorithm"),
  deprecated: expert("dns.depr.opc", "warning", "Protocol", "Deprecated opcode"),
  badLength: expert(
    "dns.rr.opt.bad_length",
    "error",
    "Malformed",
    "Length too long for any type of IP address.",
  ),
} as const;
const x = recordExperts;

const OPT = 41;
const SRV = 33;

/** Short name of a record type: "A", "AAAA"; "Unknown (4444)" for others. */
export function typeName(type: number): string {
  const name = nameOf(TYPES, type);
  if (name === undefined) return `Unknown (${type})`;
  if (type === 255) return "ANY";
  const blank = name.indexOf(" ");
  return blank === -1 ? name : name.slice(0, blank);
}

/** Types of which the info column shows the owner's name, for want of anything shorter in their data. */
const SHOWN_BY_OWNER = new Set([
  3, 4, 7, 8, 9, 10, 14, 17, 18, 19, 20, 21, 22, 23, 26, 27, 42, 49, 51, 52, 55,
]);

/** Types whose data is one name: its field and the word the summary has before it. */
const NAME_TYPES: Readonly<Record<number, readonly [Field, string | null]>> = {
  2: [f.ns, "ns "],
  3: [f.md, null],
  4: [f.mf, null],
  5: [f.cname, "cname "],
  7: [f.mb, null],
  8: [f.mg, null],
  9: [f.mr, null],
  12: [f.ptrDomainName, ""],
  23: [f.nsapPtrOwner, null],
  39: [f.dname, "dname "],
};

/**
 * Dissects one resource record at the cursor.
 * @param message index in `d.buf` of the message's first octet
 * @param multicast true for mDNS, where the class has the cache-flush bit (RFC 6762 10.2)
 */
export function dissectRecord(d: Dissection, message: number, multicast: boolean): void {
  if (!d.building && !d.columns) {
    readName(d, message, false);
    d.skip(8);
    d.skip(d.peek16() + 2);
    return;
  }
  const start = d.pos;
  const owner = readName(d, message, true);
  const nameEnd = d.pos;
  const type = d.peek16();
  const wireClass = d.peek16(2);
  const flush = multicast && (wireClass & 0x8000) !== 0;
  const size = d.peek16(8);
  const dataStart = nameEnd + 10;
  if (d.columns) d.addInfo(`${typeName(type)}${flush ? ", cache flush" : ""}`, " ");
  d.needAt(start, dataStart + size - start);
  if (d.labels) {
    let label = `${owner}: type ${typeName(type)}`;
    if (type !== OPT) {
      label += `, class ${nameOf(CLASSES, multicast ? wireClass & 0x7fff : wireClass) ?? "Unknown"}`;
    }
    d.openText(start, dataStart + size - start, flush ? `${label}, cache flush` : label);
  }
  if (d.building) {
    if (type === SRV) addService(d, owner, start, nameEnd);
    else d.add(f.respName, start, nameEnd - start, owner);
  }
  d.u16(f.respType);
  if (type === OPT) dissectOptHeader(d, multicast);
  else dissectClassTtl(d, multicast);
  d.u16(f.respLen);
  if (d.columns && size > 0 && SHOWN_BY_OWNER.has(type)) d.addInfo(owner, " ");
  if (size > 0) dissectData(d, message, type, dataStart, size);
  d.pos = dataStart;
  d.skip(size);
  d.close();
}

/** `_service._protocol.name`, RFC 2782: shown in place of the name. */
function addService(d: Dissection, owner: string, at: number, end: number): void {
  const first = owner.indexOf(".");
  const second = first === -1 ? -1 : owner.indexOf(".", first + 1);
  d.add(f.srvService, at, end - at, first === -1 ? owner : owner.slice(0, first));
  if (first === -1) return;
  d.add(f.srvProto, at, end - at, second === -1 ? owner.slice(first + 1) : owner.slice(first + 1, second));
  if (second !== -1) d.add(f.srvName, at, end - at, owner.slice(second + 1));
}

function dissectClassTtl(d: Dissection, multicast: boolean): void {
  if (multicast) {
    d.bits(f.respClassMdns, d.pos, 2);
    d.bits(f.respCacheFlush, d.pos, 2);
    d.skip(2);
  } else d.u16(f.respClass);
  const ttl = d.u32(f.respTtl);
  if (d.labels) d.append(` (${formatDuration(ttl)})`);
  if (ttl >= 0x8000_0000) d.expert(x.ttlHigh);
}

/** EDNS0, RFC 6891 6.1.3: class and TTL of the OPT record mean something else. */
function dissectOptHeader(d: Dissection, multicast: boolean): void {
  if (multicast) {
    d.bits(f.payloadSizeMdns, d.pos, 2);
    d.bits(f.respCacheFlush, d.pos, 2);
    d.skip(2);
  } else d.u16(f.payloadSize);
  d.u8(f.respExtRcode);
  d.u8(f.respEdns0Version);
  d.bitset(f.respZ, 2, [f.respZDo, f.respZReserved]);
}

/** Adds to the record's line, and to the info column. */
function summary(d: Dissection, line: string, info: string): void {
  d.appendParent(`, ${line}`);
  if (d.columns) d.addInfo(info, " ");
}

function seconds(d: Dissection, field: Field): void {
  const value = d.u32(field);
  if (d.labels) d.append(` (${formatDuration(value)})`);
}

/** Seconds since 1970, 32 bits. */
function time(d: Dissection, field: Field): void {
  const at = d.pos;
  const value = d.peek32();
  d.skip(4);
  if (d.building) d.add(field, at, 4, BigInt(value) * 1_000_000_000n);
}

/** A length octet and as many octets of text. */
function charString(d: Dissection, length: Field, text: Field): string {
  const size = d.u8(length);
  return d.str(text, size, "utf-8", true);
}

function dissectData(d: Dissection, message: number, type: number, start: number, size: number): void {
  const end = start + size;
  const simple = NAME_TYPES[type];
  if (simple !== undefined) {
    const [field, word] = simple;
    const name = addName(d, message, field);
    if (word !== null) summary(d, word + name, name);
    return;
  }
  switch (type) {
    case 1:
      addressRecord(d);
      return;
    case 6: {
      const primary = addName(d, message, f.soaMname);
      summary(d, `mname ${primary}`, primary);
      addName(d, message, f.soaRname);
      d.u32(f.soaSerialNumber);
      seconds(d, f.soaRefreshInterval);
      seconds(d, f.soaRetryInterval);
      seconds(d, f.soaExpireLimit);
      seconds(d, f.soaMinimumTtl);
      return;
    }
    case 10:
      if (size > 0) d.bytes(f.null, size);
      return;
    case 11:
      wellKnownServices(d, end);
      return;
    case 13: {
      const cpu = escapeText(charString(d, f.hinfoCpuLength, f.hinfoCpu));
      const os = escapeText(charString(d, f.hinfoOsLength, f.hinfoOs));
      summary(d, `CPU ${cpu}, OS ${os}`, `${cpu} ${os}`);
      return;
    }
    case 14:
      addName(d, message, f.minfoR);
      addName(d, message, f.minfoE);
      return;
    case 15: {
      const preference = d.u16(f.mxPreference);
      const exchange = addName(d, message, f.mxMailExchange);
      summary(d, `preference ${preference}, mx ${exchange}`, `${preference} ${exchange}`);
      return;
    }
    case 16:
      while (d.pos < end) charString(d, f.txtLength, f.txt);
      return;
    case 99:
      while (d.pos < end) charString(d, f.spfLength, f.spf);
      return;
    case 17:
      addName(d, message, f.rpMailbox);
      addName(d, message, f.rpTxtRr);
      return;
    case 18:
      d.u16(f.afsdbSubtype);
      addName(d, message, f.afsdbHostname);
      return;
    case 19:
      charString(d, f.x25Length, f.x25PsdnAddress);
      return;
    case 20:
      charString(d, f.idsnLength, f.idsnAddress);
      if (d.pos < end) charString(d, f.idsnSaLength, f.idsnSaAddress);
      return;
    case 21:
      d.u16(f.rtSubtype);
      addName(d, message, f.rtIntermediateHost);
      return;
    case 22:
      if (size > 0) d.bytes(f.nsapRdata, size);
      return;
    case 24:
    case 46:
      signature(d, message, end);
      return;
    case 25:
      key(d, end);
      return;
    case 26:
      d.u16(f.pxPreference);
      addName(d, message, f.pxMap822);
      addName(d, message, f.pxMap400);
      return;
    case 27:
      charString(d, f.gposLongitudeLength, f.gposLongitude);
      charString(d, f.gposLatitudeLength, f.gposLatitude);
      charString(d, f.gposAltitudeLength, f.gposAltitude);
      return;
    case 28: {
      const text = d.labels || d.columns ? formatIpv6(d.peekBytes(16)) : "";
      d.ipv6(f.aaaa);
      summary(d, `addr ${text}`, text);
      return;
    }
    case 29:
      location(d, end);
      return;
    case 30: {
      const next = addName(d, message, f.nxtNextDomainName);
      summary(d, `next domain name ${next}`, next);
      nextTypes(d, end);
      return;
    }
    case SRV: {
      const priority = d.u16(f.srvPriority);
      const weight = d.u16(f.srvWeight);
      const port = d.u16(f.srvPort);
      const target = addName(d, message, f.srvTarget);
      summary(
        d,
        `priority ${priority}, weight ${weight}, port ${port}, target ${target}`,
        `${priority} ${weight} ${port} ${target}`,
      );
      return;
    }
    case 35:
      namingAuthority(d, message);
      return;
    case 36: {
      const preference = d.u16(f.kxPreference);
      const exchange = addName(d, message, f.kxKeyExchange);
      summary(d, `preference ${preference}, kx ${exchange}`, `${preference} ${exchange}`);
      return;
    }
    case 37:
      d.u16(f.certType);
      d.u16(f.certKeyTag);
      d.u8(f.certAlgorithm);
      rest(d, f.certCertificate, end);
      return;
    case 38:
      ipv6Chain(d, message);
      return;
    case OPT:
      options(d, end);
      return;
    case 42:
      addressPrefixes(d, end);
      return;
    case 43:
    case 59:
    case 32769:
      d.u16(f.dsKeyId);
      d.u8(f.dsAlgorithm);
      d.u8(f.dsDigestType);
      rest(d, f.dsDigest, end);
      return;
    case 44:
      d.u8(f.sshfpAlgorithm);
      d.u8(f.sshfpFingerprintType);
      rest(d, f.sshfpFingerprint, end);
      return;
    case 45:
      ipsecKey(d, message, end);
      return;
    case 47: {
      const next = addName(d, message, f.nsecNextDomainName);
      summary(d, `next domain name ${next}`, next);
      typeBitmap(d, end);
      return;
    }
    case 48:
    case 60:
      dnsKey(d, end);
      return;
    case 49:
      d.bytes(f.dhcidRdata, size);
      return;
    case 50:
      nsec3(d, end);
      return;
    case 51: {
      d.u8(f.nsec3Algo);
      d.u8(f.nsec3Flags);
      d.u16(f.nsec3Iterations);
      d.bytes(f.nsec3SaltValue, d.u8(f.nsec3SaltLength));
      return;
    }
    case 52:
      d.u8(f.tlsaCertificateUsage);
      d.u8(f.tlsaSelector);
      d.u8(f.tlsaMatchingType);
      rest(d, f.tlsaCertificateAssociationData, end);
      return;
    case 55:
      hostIdentity(d, message, end);
      return;
    case 61:
      d.str(f.openpgpkey, size);
      return;
    case 62:
      d.u32(f.csyncSoa);
      d.bitset(f.csyncFlags, 2, [f.csyncFlagsImmediate, f.csyncFlagsSoaminimum]);
      d.add(f.csyncTypeBitmap, d.pos, end - d.pos, d.peekBytes(end - d.pos));
      typeBitmap(d, end);
      return;
    case 63:
      d.u32(f.zonemdSerial);
      d.u8(f.zonemdScheme);
      d.u8(f.zonemdHashAlgo);
      rest(d, f.zonemdDigest, end);
      return;
    case 64:
    case 65:
      serviceBinding(d, message, end);
      return;
    case 104:
      d.u16(f.ilnpNidPreference);
      d.bytes(f.ilnpNid, 8);
      return;
    case 105:
      d.u16(f.ilnpL32Preference);
      d.ipv4(f.ilnpL32);
      return;
    case 106:
      d.u16(f.ilnpL64Preference);
      d.bytes(f.ilnpL64, 8);
      return;
    case 107:
      d.u16(f.ilnpLpPreference);
      addName(d, message, f.ilnpLp);
      return;
    case 108:
      d.ether(f.eui48);
      return;
    case 109:
      d.bytes(f.eui64, 8);
      return;
    case 249:
      transactionKey(d, message);
      return;
    case 250:
      transactionSignature(d, message);
      return;
    case 257:
      certificateAuthority(d, end);
      return;
    case 65281: {
      d.bits(f.winsLocalFlag, d.pos, 4);
      d.skip(4);
      d.u32(f.winsLookupTimeout);
      d.u32(f.winsCacheTimeout);
      d.u32(f.winsNbWinsServers);
      while (d.pos + 4 <= end) d.ipv4(f.winsWinsServer);
      return;
    }
    case 65282: {
      d.bits(f.winsrLocalFlag, d.pos, 4);
      d.skip(4);
      d.u32(f.winsrLookupTimeout);
      d.u32(f.winsrCacheTimeout);
      const domain = addName(d, message, f.winsrNameResultDomain);
      summary(d, `name result domain ${domain}`, domain);
      return;
    }
    case 65422:
      forwarded(d);
      return;
    default:
      if (d.building) {
        d.last = d.parent;
        d.expert(x.undecoded, `DNS Type (${type}) is not dissected`);
      }
      d.bytes(f.data, size);
  }
}

/** Everything up to `end`, if there is anything. */
function rest(d: Dissection, field: Field, end: number): void {
  if (d.pos < end) d.bytes(field, end - d.pos);
}

function addressRecord(d: Dissection): void {
  const address = d.ipv4(f.a);
  const text = d.labels || d.columns ? formatIpv4(address) : "";
  summary(d, `addr ${text}`, text);
}

/** RFC 1035 3.4.2: one bit a port, the first bit port 0. */
function wellKnownServices(d: Dissection, end: number): void {
  const address = d.ipv4(f.wksAddress);
  const text = d.labels || d.columns ? formatIpv4(address) : "";
  summary(d, `addr ${text}`, text);
  d.u8(f.wksProtocol);
  for (let port = 0; d.pos < end; port += 8) {
    const bits = d.peek8();
    if (bits === 0) d.skip(1);
    else {
      d.u8(f.wksBits);
      const ports: number[] = [];
      for (let bit = 0; bit < 8; bit++) if (bits & (0x80 >> bit)) ports.push(port + bit);
      d.append(` (${ports.join(", ")})`);
    }
  }
}

/** SIG and RRSIG, RFC 4034 3.1. */
function signature(d: Dissection, message: number, end: number): void {
  d.u16(f.rrsigTypeCovered);
  d.u8(f.rrsigAlgorithm);
  d.u8(f.rrsigLabels);
  seconds(d, f.rrsigOriginalTtl);
  time(d, f.rrsigSignatureExpiration);
  time(d, f.rrsigSignatureInception);
  d.u16(f.rrsigKeyTag);
  addName(d, message, f.rrsigSignersName);
  rest(d, f.rrsigSignature, end);
}

/** RFC 4034 appendix B: the tag of the key whose record data is `buf[start .. end)`. */
function keyTag(d: Dissection, start: number, end: number, algorithm: number): number {
  d.needAt(start, end - start);
  if (algorithm === 1) return end - start < 4 ? 0 : (d.buf[end - 3] << 8) | d.buf[end - 2];
  let sum = 0;
  for (let at = start; at < end; at++) sum += (at - start) & 1 ? d.buf[at] : d.buf[at] << 8;
  return (sum + ((sum >> 16) & 0xffff)) & 0xffff;
}

const KEY_TYPE = [f.keyFlagsAuthentication, f.keyFlagsConfidentiality];
const KEY_FLAGS = [
  ...KEY_TYPE,
  f.keyFlagsRequired,
  f.keyFlagsAssociatedUser,
  f.keyFlagsAssociatedNamedEntity,
  f.keyFlagsIpsec,
  f.keyFlagsMime,
  f.keyFlagsSignatory,
];

/** KEY, RFC 2535 3.1; both type bits set say that there is no key. */
function key(d: Dissection, end: number): void {
  const start = d.pos;
  d.bitset(f.keyFlags, 2, (d.peek16() & 0xc000) === 0xc000 ? KEY_TYPE : KEY_FLAGS);
  d.u8(f.keyProtocol);
  const algorithm = d.u8(f.keyAlgorithm);
  if (d.building) d.generated(f.keyKeyId, start, end - start, keyTag(d, start, end, algorithm));
  rest(d, f.keyPublicKey, end);
}

/** DNSKEY, RFC 4034 2.1. */
function dnsKey(d: Dissection, end: number): void {
  const start = d.pos;
  d.bitset(f.dnskeyFlags, 2, [
    f.dnskeyFlagsZoneKey,
    f.dnskeyFlagsKeyRevoked,
    f.dnskeyFlagsSecureEntryPoint,
    f.dnskeyFlagsReserved,
  ]);
  d.u8(f.dnskeyProtocol);
  const algorithm = d.u8(f.dnskeyAlgorithm);
  if (d.building) d.generated(f.dnskeyKeyId, start, end - start, keyTag(d, start, end, algorithm));
  d.bytes(f.dnskeyPublicKey, end - d.pos);
}

/** LOC, RFC 1876. */
function location(d: Dissection, end: number): void {
  if (d.u8(f.locVersion) !== 0) {
    d.pos--;
    d.bytes(f.locUnknownData, end - d.pos);
    return;
  }
  for (const field of [f.locSize, f.locHorizontalPrecision, f.locVerticalPrecision]) {
    const value = d.u8(field);
    if (d.labels) d.append(` (${formatG(((value >> 4) * 10 ** (value & 15)) / 100, 6)} m)`);
  }
  const latitude = d.u32(f.locLatitude);
  if (d.labels) d.append(` (${degrees(latitude, "N", "S")})`);
  const longitude = d.u32(f.locLongitude);
  if (d.labels) d.append(` (${degrees(longitude, "E", "W")})`);
  const altitude = d.u32(f.locAltitude);
  if (d.labels) d.append(` (${formatG((altitude - 10_000_000) / 100, 6)} m)`);
}

/** Thousandths of an arc second, with 2^31 for the equator or the prime meridian. */
function degrees(value: number, above: string, below: string): string {
  const offset = value - 0x8000_0000;
  const ms = Math.abs(offset);
  const whole = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  return `${whole} deg ${minutes} min ${((ms % 60_000) / 1000).toFixed(3)} sec ${offset < 0 ? below : above}`;
}

function addTypeBit(d: Dissection, at: number, type: number): void {
  d.add(f.respType, at, 1, type);
  d.relabel(`RR type in bit map: ${nameOf(TYPES, type) ?? `Unknown (${type})`}`);
}

/** NXT, RFC 2535 5.2: one bitmap for the types 0 to 127. */
function nextTypes(d: Dissection, end: number): void {
  for (let type = 0; d.pos < end; type += 8) {
    const bits = d.peek8();
    if (d.building) for (let i = 0; i < 8; i++) if (bits & (0x80 >> i)) addTypeBit(d, d.pos, type + i);
    d.skip(1);
  }
}

/** RFC 4034 4.1.2: blocks of 256 types, each with as much of its bitmap as is needed. */
function typeBitmap(d: Dissection, end: number): void {
  while (d.pos < end) {
    const block = d.peek8() << 8;
    const size = d.peek8(1);
    d.skip(2);
    for (let n = 0; n < size; n++) {
      const bits = d.peek8();
      if (d.building)
        for (let i = 0; i < 8; i++) if (bits & (0x80 >> i)) addTypeBit(d, d.pos, block + n * 8 + i);
      d.skip(1);
    }
  }
}

/** NAPTR, RFC 3403 4.1. */
function namingAuthority(d: Dissection, message: number): void {
  const order = d.u16(f.naptrOrder);
  const preference = d.u16(f.naptrPreference);
  const flags = escapeText(charString(d, f.naptrFlagsLength, f.naptrFlags));
  charString(d, f.naptrServiceLength, f.naptrService);
  charString(d, f.naptrRegexLength, f.naptrRegex);
  const at = d.pos;
  const replacement = readName(d, message, true);
  d.generated(f.naptrReplacementLength, at, 0, nameLength);
  d.add(f.naptrReplacement, at, d.pos - at, replacement);
  summary(d, `order ${order}, preference ${preference}, flags ${flags}`, `${order} ${preference} ${flags}`);
}

/** A6, RFC 2874 3.1. */
function ipv6Chain(d: Dissection, message: number): void {
  const prefix = d.u8(f.a6PrefixLen);
  const octets = prefix > 128 ? 0 : 16 - (prefix >> 3);
  const address = new Uint8Array(16);
  address.set(d.peekBytes(octets), 16 - octets);
  if (octets > 0) d.add(f.a6AddressSuffix, d.pos, octets, address);
  d.skip(octets);
  const name = prefix > 0 ? addName(d, message, f.a6PrefixName) : "";
  const text = `${prefix} ${formatIpv6(address)} ${name}`;
  summary(d, `addr ${text}`, text);
}

/** APL, RFC 3123 4. */
function addressPrefixes(d: Dissection, end: number): void {
  while (d.pos < end) {
    const family = d.u16(f.aplAddressFamily);
    d.u8(f.aplCodedPrefix);
    d.bits(f.aplNegation, d.pos, 1);
    const size = d.bits(f.aplAfdlength, d.pos, 1);
    d.skip(1);
    if (family === 1 && size <= 4) addPadded4(d, f.aplAfdpartIpv4, size);
    else if (family === 2 && size <= 16) addPadded6(d, f.aplAfdpartIpv6, size);
    else d.bytes(f.aplAfdpartData, size);
  }
}

/** An IPv4 address of which only the first `n` octets are there. */
function addPadded4(d: Dissection, field: Field, n: number): void {
  d.add(field, d.pos, n, n === 0 ? 0 : d.peekUint(n) * 256 ** (4 - n));
  d.skip(n);
}

function addPadded6(d: Dissection, field: Field, n: number): void {
  const address = new Uint8Array(16);
  address.set(d.peekBytes(n));
  d.add(field, d.pos, n, address);
  d.skip(n);
}

/** IPSECKEY, RFC 4025 2.1. */
function ipsecKey(d: Dissection, message: number, end: number): void {
  d.u8(f.ipseckeyGatewayPrecedence);
  const type = d.u8(f.ipseckeyGatewayType);
  d.u8(f.ipseckeyGatewayAlgorithm);
  if (type === 1) d.ipv4(f.ipseckeyGatewayIpv4);
  else if (type === 2) d.ipv6(f.ipseckeyGatewayIpv6);
  else if (type === 3) addName(d, message, f.ipseckeyGatewayDns);
  rest(d, f.ipseckeyPublicKey, end);
}

/** NSEC3, RFC 5155 3.2. */
function nsec3(d: Dissection, end: number): void {
  d.u8(f.nsec3Algo);
  d.bitset(f.nsec3Flags, 1, [f.nsec3FlagsOptOut]);
  d.u16(f.nsec3Iterations);
  d.bytes(f.nsec3SaltValue, d.u8(f.nsec3SaltLength));
  const size = d.u8(f.nsec3HashLength);
  if (d.building) d.generated(f.nsec3HashValue, d.pos, size, base32Hex(d.peekBytes(size)));
  d.skip(size);
  typeBitmap(d, end);
}

const BASE32_HEX = "0123456789abcdefghijklmnopqrstuv";

/** RFC 4648 7 without padding; the last group is filled with zero bits. */
function base32Hex(octets: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const octet of octets) {
    held = ((held << 8) | octet) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32_HEX[(held >> bits) & 31];
    }
  }
  if (bits > 0) text += BASE32_HEX[(held << (5 - bits)) & 31];
  return text;
}

/** HIP, RFC 8005 5. */
function hostIdentity(d: Dissection, message: number, end: number): void {
  const hit = d.u8(f.hipHitLength);
  d.u8(f.hipHitPkAlgo);
  const publicKey = d.u16(f.hipPkLength);
  d.bytes(f.hipHit, hit);
  d.bytes(f.hipPk, publicKey);
  while (d.pos < end) addName(d, message, f.hipRendezvousServer);
}

const SVC_KEYS: ValueNames = SVC_PARAMS;
const svcKeyName = (key: number): string => nameOf(SVC_KEYS, key) ?? `key${key}`;

/** SVCB and HTTPS, RFC 9460 2.2. */
function serviceBinding(d: Dissection, message: number, end: number): void {
  d.u16(f.svcbSvcpriority);
  addName(d, message, f.svcbTargetname);
  while (d.pos < end) {
    const at = d.pos;
    const size = d.peek16(2);
    d.open(f.svcbSvcparam, at, size + 4);
    const param = d.u16(f.svcbSvcparamKey);
    d.u16(f.svcbSvcparamValueLength);
    const valueEnd = d.pos + size;
    const shown = serviceParameter(d, param, valueEnd);
    d.appendParent(
      `: ${svcKeyName(param)}${shown === "" && !(param === 5 || param === 32769) ? "" : `=${shown}`}`,
    );
    d.pos = valueEnd;
    d.close();
  }
}

/** Dissects one parameter's value and returns it as zone files write it. */
function serviceParameter(d: Dissection, param: number, end: number): string {
  const shown: string[] = [];
  switch (param) {
    case 0:
      while (d.pos < end) {
        const mandatory = d.u16(f.svcbSvcparamMandatoryKey);
        if (d.labels) shown.push(svcKeyName(mandatory));
      }
      break;
    case 1:
      while (d.pos < end) shown.push(escapeText(charString(d, f.svcbSvcparamAlpnLength, f.svcbSvcparamAlpn)));
      break;
    case 2:
      break;
    case 3:
      return String(d.u16(f.svcbSvcparamPort));
    case 4:
      while (d.pos < end) shown.push(formatIpv4(d.ipv4(f.svcbSvcparamIpv4hintIp)));
      break;
    case 6:
      while (d.pos < end) {
        shown.push(formatIpv6(d.peekBytes(16)));
        d.ipv6(f.svcbSvcparamIpv6hintIp);
      }
      break;
    case 5:
      return encoded(d, f.svcbSvcparamEchconfig, end);
    case 32769:
      return encoded(d, f.svcbSvcparamOdohconfig, end);
    default: {
      if (d.pos >= end) break;
      const at = d.pos;
      d.bytes(f.svcbSvcparamValue, end - at);
      return octetsText(d.buf, at, end);
    }
  }
  return shown.join(",");
}

/** Octets shown in Base64. */
function encoded(d: Dissection, field: Field, end: number): string {
  const octets = d.peekBytes(end - d.pos);
  const text = Buffer.from(octets).toString("base64");
  d.bytes(field, octets.length);
  d.relabel(`${field.title}: ${text}`);
  return text;
}

/** TKEY, RFC 2930 2. */
function transactionKey(d: Dissection, message: number): void {
  addName(d, message, f.tkeyAlgoName);
  time(d, f.tkeySignatureInception);
  time(d, f.tkeySignatureExpiration);
  d.u16(f.tkeyMode);
  d.u16(f.tkeyError);
  const size = d.u16(f.tkeyKeySize);
  if (size > 0) d.bytes(f.tkeyKeyData, size);
  const other = d.u16(f.tkeyOtherSize);
  if (other > 0) d.bytes(f.tkeyOtherData, other);
}

/** TSIG, RFC 8945 4.2. */
function transactionSignature(d: Dissection, message: number): void {
  const algorithm = addName(d, message, f.tsigAlgorithmName);
  const at = d.pos;
  const signed = d.peekUint(6);
  d.skip(6);
  if (d.building) d.add(f.tsigTimeSigned, at, 6, BigInt(signed) * 1_000_000_000n);
  d.u16(f.tsigFudge);
  const size = d.u16(f.tsigMacSize);
  if (size > 0) {
    d.need(size);
    d.add(f.tsigMac, d.pos, size, null);
    if (d.building) d.expert(x.noAlgorithm, `No dissector for algorithm:${algorithm}`);
    d.skip(size);
  }
  d.u16(f.tsigOriginalId);
  d.u16(f.tsigError);
  const other = d.u16(f.tsigOtherLen);
  if (other > 0) d.bytes(f.tsigOtherData, other);
}

const CAA_TAGS: Readonly<Record<string, Field>> = {
  issue: f.caaIssue,
  issuewild: f.caaIssuewild,
  iodef: f.caaIodef,
};

/** CAA, RFC 8659 4.1. */
function certificateAuthority(d: Dissection, end: number): void {
  d.bitset(f.caaFlags, 1, [f.caaFlagsIssuerCritical]);
  const at = d.pos;
  const tagSize = d.peek8();
  const tag = octetsText(d.peekBytes(tagSize, 1), 0, tagSize);
  d.needAt(at, end - at);
  const value = octetsText(d.buf, at + 1 + tagSize, end);
  d.open(CAA_TAGS[tag] ?? f.caaUnknown, at, end - at, value);
  charString(d, f.caaTagLength, f.caaTag);
  d.str(f.caaValue, end - d.pos);
  d.close();
}

/** XPF, draft-bellis-dnsop-xpf. */
function forwarded(d: Dissection): void {
  const version = d.uint(f.xpfIpVersion, 1);
  d.u8(f.xpfProtocol);
  if (version === 4) {
    d.ipv4(f.xpfSourceIpv4);
    d.ipv4(f.xpfDestinationIpv4);
  } else if (version === 6) {
    d.ipv6(f.xpfSourceIpv6);
    d.ipv6(f.xpfDestinationIpv6);
  } else return;
  d.u16(f.xpfSport);
  d.u16(f.xpfDport);
}

/** EDNS0 options, RFC 6891 6.1.2. */
function options(d: Dissection, end: number): void {
  while (d.pos < end) {
    const code = d.peek16();
    const size = d.peek16(2);
    d.open(f.opt, d.pos, size + 4);
    if (d.labels) d.appendParent(`: ${nameOf(OPTIONS, code) ?? `Unknown (${code})`}`);
    d.u16(f.optCode);
    if (code === 20730 && d.building) {
      d.expert(x.deprecated, "Deprecated opcode. Client subnet OPT assigned as 8.");
    }
    d.u16(f.optLen);
    d.bytes(f.optData, size);
    const optionEnd = d.pos;
    d.pos -= size;
    option(d, code, size, optionEnd);
    d.pos = optionEnd;
    d.close();
  }
}

function option(d: Dissection, code: number, size: number, end: number): void {
  switch (code) {
    case 5:
      while (d.pos < end) d.u8(f.optDau);
      return;
    case 6:
      while (d.pos < end) d.u8(f.optDhu);
      return;
    case 7:
      while (d.pos < end) d.u8(f.optN3u);
      return;
    case 8:
    case 20730: {
      // RFC 7871 6
      const family = d.u16(f.optClientFamily);
      d.u8(f.optClientNetmask);
      d.u8(f.optClientScope);
      const octets = end - d.pos;
      if (octets > 16) d.expert(x.badLength);
      else if (family === 1) addPadded4(d, f.optClientAddr4, Math.min(octets, 4));
      else if (family === 2) addPadded6(d, f.optClientAddr6, octets);
      else d.bytes(f.optClientAddr, octets);
      return;
    }
    case 10:
      d.bytes(f.optCookieClient, 8);
      d.bytes(f.optCookieServer, end - d.pos);
      return;
    case 11:
      if (size === 2) d.u16(f.optEdnsTcpKeepaliveTimeout);
      return;
    case 12:
      d.bytes(f.optPadding, size);
      return;
    case 13:
      d.str(f.optChainFqdn, size);
      return;
    case 15:
      d.u16(f.optExtErrorInfoCode);
      if (d.pos < end) d.str(f.optExtErrorExtraText, end - d.pos);
      return;
  }
}
