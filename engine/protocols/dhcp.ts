/** Dynamic Host Configuration Protocol, RFC 2131 and 2132, and the Bootstrap Protocol it grew from, RFC 951. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  type Expert,
  ether,
  expert,
  type Field,
  guid,
  i32,
  ipv4,
  nameOf,
  SET_NOTSET,
  str,
  strz,
  u8,
  u16,
  u32,
  u64,
  YES_NO,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatDuration, formatEther, formatHex, formatIpv4 } from "../dissect/text.ts";
import { addName, octetsText } from "./dns-name.ts";
import { HARDWARE_NAMES } from "./names/arphrd.ts";
import {
  AGENT_SUBOPTIONS,
  ARCHITECTURES,
  AUTH_ALGORITHMS,
  AUTH_PROTOCOLS,
  AUTH_RDM,
  AUTO_CONFIGURATION,
  DUID_TYPES,
  LEASE_STATES,
  LEASE_STATUS,
  MESSAGE_OPS,
  MESSAGE_TYPES,
  NODE_TYPES,
  NONCE_ALGORITHMS,
  OPTIONS,
  OVERLOAD,
  PXE_MENU_TYPES,
  PXE_SUBOPTIONS,
  PXE_TYPES,
  SIP_ENCODINGS,
  SLP_DISCOVERY,
  SLP_SCOPES,
} from "./names/dhcp.ts";
import { ENTERPRISES } from "./names/enterprises.ts";

const f = {
  bootp: bool("dhcp.bootp", "Frame is BOOTP"),
  type: u8("dhcp.type", "Message type", { names: MESSAGE_OPS }),
  hwType: u8("dhcp.hw.type", "Hardware type", { base: "HEX", names: HARDWARE_NAMES }),
  hwLen: u8("dhcp.hw.len", "Hardware address length"),
  hops: u8("dhcp.hops", "Hops"),
  id: u32("dhcp.id", "Transaction ID", { base: "HEX" }),
  secs: u16("dhcp.secs", "Seconds elapsed"),
  flags: u16("dhcp.flags", "Bootp flags", { base: "HEX" }),
  flagsBc: bool("dhcp.flags.bc", "Broadcast flag", { mask: 0x8000, bits: 16, tf: ["Broadcast", "Unicast"] }),
  flagsReserved: u16("dhcp.flags.reserved", "Reserved flags", { base: "HEX", mask: 0x7fff }),
  ipClient: ipv4("dhcp.ip.client", "Client IP address"),
  ipYour: ipv4("dhcp.ip.your", "Your (client) IP address"),
  ipServer: ipv4("dhcp.ip.server", "Next server IP address"),
  ipRelay: ipv4("dhcp.ip.relay", "Relay agent IP address"),
  hwAddr: bytes("dhcp.hw.addr", "Client hardware address"),
  hwAddrPadding: bytes("dhcp.hw.addr_padding", "Client hardware address padding"),
  hwMacAddr: ether("dhcp.hw.mac_addr", "Client MAC address"),
  server: str("dhcp.server", "Server host name"),
  file: str("dhcp.file", "Boot file name"),
  cookie: ipv4("dhcp.cookie", "Magic cookie"),
  vendorSpecificOptions: bytes("dhcp.vendor_specific_options", "Bootp vendor specific options"),
  fqdnS: bool("dhcp.fqdn.s", "Server", { mask: 0x1, bits: 8, tf: ["Server", "Client"] }),
  fqdnO: bool("dhcp.fqdn.o", "Server overrides", { mask: 0x2, bits: 8, tf: ["Override", "No override"] }),
  fqdnE: bool("dhcp.fqdn.e", "Encoding", { mask: 0x4, bits: 8, tf: ["Binary encoding", "ASCII encoding"] }),
  fqdnN: bool("dhcp.fqdn.n", "Server DDNS", {
    mask: 0x8,
    bits: 8,
    tf: ["No server updates", "Some server updates"],
  }),
  fqdnFlags: u8("dhcp.fqdn.flags", "Flags", { base: "HEX" }),
  fqdnMbz: u8("dhcp.fqdn.mbz", "Reserved flags", { base: "HEX", mask: 0xf0 }),
  fqdnRcode1: u8("dhcp.fqdn.rcode1", "A-RR result"),
  fqdnRcode2: u8("dhcp.fqdn.rcode2", "PTR-RR result"),
  fqdnName: str("dhcp.fqdn.name", "Client name"),
  clientIdUuid: guid("dhcp.client_id.uuid", "Client Identifier (UUID)"),
  clientHardwareAddress: str("dhcp.client_hardware_address", "Client hardware address"),
  clientIdIaid: str("dhcp.client_id.iaid", "IAID"),
  clientIdDuidType: u16("dhcp.client_id.duid_type", "DUID Type", { names: DUID_TYPES }),
  clientIdDuidLltHwType: u16("dhcp.client_id.duid_llt_hw_type", "Hardware type", { names: HARDWARE_NAMES }),
  clientIdDuidLlHwType: u16("dhcp.client_id.duid_ll_hw_type", "Hardware type", { names: HARDWARE_NAMES }),
  clientIdTime: u32("dhcp.client_id.time", "Time"),
  clientIdLinkLayerAddress: str("dhcp.client_id.link_layer_address", "Link layer address"),
  clientIdEnterpriseNum: u32("dhcp.client_id.enterprise_num", "Enterprise-number", { base: "CUSTOM" }),
  clientId: bytes("dhcp.client_id", "Identifier"),
  clientIdType: u8("dhcp.client_id.type", "Type"),
  clientIdUndef: str("dhcp.client_id.undef", "Client Identifier"),
  optionType: u8("dhcp.option.type", "Option"),
  optionLength: u8("dhcp.option.length", "Length"),
  optionSuboptionLength: u8("dhcp.option.suboption_length", "Length"),
  optionValue: bytes("dhcp.option.value", "Value"),
  optionPadding: bytes("dhcp.option.padding", "Padding"),
  optionEnd: u8("dhcp.option.end", "Option End"),
  policyFilterIp: ipv4("dhcp.option.policy_filter.ip", "IP Address"),
  policyFilterSubnetMask: ipv4("dhcp.option.policy_filter.subnet_mask", "Subnet Mask"),
  staticRouteIp: ipv4("dhcp.option.static_route.ip", "Destination IP Address"),
  staticRouteRouter: ipv4("dhcp.option.static_route.router", "Destination Router"),
  vendorValue: bytes("dhcp.option.vendor.value", "Value"),
  optionOverload: u8("dhcp.option.option_overload", "Option Overload", { names: OVERLOAD }),
  dhcp: u8("dhcp.option.dhcp", "DHCP", { names: MESSAGE_TYPES }),
  requestListItem: u8("dhcp.option.request_list_item", "Parameter Request List Item"),
  userClass: u8("dhcp.option.user_class", "Instance of User Class"),
  userClassLength: u8("dhcp.option.user_class.length", "User Class Length"),
  userClassData: bytes("dhcp.option.user_class.data", "User Class Data"),
  userClassText: str("dhcp.option.user_class.text", "User Class Data (Text)"),
  slpDirectoryAgentValue: u8("dhcp.option.slp_directory_agent.value", "Value", { names: SLP_DISCOVERY }),
  slpDirectoryAgentSlpdaAddress: ipv4("dhcp.option.slp_directory_agent.slpda_address", "IP Address"),
  slpServiceScopeValue: u8("dhcp.option.slp_service_scope.value", "Value", { names: SLP_SCOPES }),
  slpServiceScopeString: strz("dhcp.option.slp_service_scope.string", "SLP Service Scope"),
  agentInformationOptionSuboption: u8(
    "dhcp.option.agent_information_option.suboption",
    "Option 82 Suboption",
  ),
  agentInformationOptionValue: bytes("dhcp.option.agent_information_option.value", "Value"),
  agentInformationOptionAgentCircuitId: bytes(
    "dhcp.option.agent_information_option.agent_circuit_id",
    "Agent Circuit ID",
  ),
  agentInformationOptionAgentRemoteId: bytes(
    "dhcp.option.agent_information_option.agent_remote_id",
    "Agent Remote ID",
  ),
  agentInformationOptionDocsisDeviceClass: u32(
    "dhcp.option.agent_information_option.docsis_device_class",
    "DOCSIS Device Class",
    { base: "HEX" },
  ),
  agentInformationOptionLinkSelection: ipv4(
    "dhcp.option.agent_information_option.link_selection",
    "Link selection",
  ),
  agentInformationOptionSubscriberId: strz(
    "dhcp.option.agent_information_option.subscriber_id",
    "Subscriber ID",
  ),
  agentInformationOptionRadiusAttributes: bytes(
    "dhcp.option.agent_information_option.radius_attributes",
    "RADIUS Attributes",
  ),
  agentInformationOptionAuthentication: bytes(
    "dhcp.option.agent_information_option.authentication",
    "Authentication",
  ),
  agentInformationOptionServerIdOverride: ipv4(
    "dhcp.option.agent_information_option.server_id_override",
    "Server ID Override",
  ),
  agentInformationOptionRelayAgentId: bytes(
    "dhcp.option.agent_information_option.relay_agent_id",
    "Relay Agent Identifier",
  ),
  dhcpAuthenticationProtocol: u8("dhcp.option.dhcp_authentication.protocol", "Protocol", {
    names: AUTH_PROTOCOLS,
  }),
  dhcpAuthenticationAlgDelay: u8("dhcp.option.dhcp_authentication.alg_delay", "Delay Algorithm", {
    names: AUTH_ALGORITHMS,
  }),
  dhcpAuthenticationAlgorithm: u8("dhcp.option.dhcp_authentication.algorithm", "Algorithm"),
  dhcpAuthenticationRdm: u8("dhcp.option.dhcp_authentication.rdm", "Replay Detection Method", {
    names: AUTH_RDM,
  }),
  dhcpAuthenticationRdmReplayDetection: u64(
    "dhcp.option.dhcp_authentication.rdm_replay_detection",
    "RDM Replay Detection Value",
    { base: "HEX" },
  ),
  dhcpAuthenticationInformation: strz(
    "dhcp.option.dhcp_authentication.information",
    "Authentication Information",
  ),
  clientNetworkIdMajor: u8("dhcp.client_network_id_major", "Major Version"),
  clientNetworkIdMinor: u8("dhcp.client_network_id_minor", "Minor Version"),
  dhcpDnsDomainSearchListFqdn: strz("dhcp.option.dhcp_dns_domain_search_list_fqdn", "FQDN"),
  sipServerEncoding: u8("dhcp.option.sip_server.encoding", "SIP Server Encoding", { names: SIP_ENCODINGS }),
  sipServerName: strz("dhcp.option.sip_server.name", "SIP Server Name"),
  sipServerAddress: ipv4("dhcp.option.sip_server.address", "SIP Server Address"),
  classlessStaticRoute: bytes("dhcp.option.classless_static_route", "Subnet/MaskWidth-Router"),
  viClassEnterprise: u32("dhcp.option.vi_class.enterprise", "Enterprise", { base: "CUSTOM" }),
  viEnterprise: u32("dhcp.option.vi.enterprise", "Enterprise", { base: "CUSTOM" }),
  forcerenewNonceAlgorithm: u8("dhcp.option.forcerenew_nonce.algorithm", "Algorithm", {
    names: NONCE_ALGORITHMS,
  }),
  bulkLeaseStatusCode: u8("dhcp.option.bulk_lease.status_code", "Status Code", { names: LEASE_STATUS }),
  bulkLeaseStatusCodeMessage: str("dhcp.option.bulk_lease.status_code_message", "Status Code Message"),
  bulkLeaseBaseTime: absTime("dhcp.option.bulk_lease.base_time", "Base Time", { base: "UTC" }),
  bulkLeaseQueryStartTime: absTime("dhcp.option.bulk_lease.query_start_time", "Query Start Time", {
    base: "UTC",
  }),
  bulkLeaseQueryEndTime: absTime("dhcp.option.bulk_lease.query_end_time", "Query End Time", { base: "UTC" }),
  portparamsOffset: u8("dhcp.option.portparams.offset", "Offset"),
  portparamsPsidLength: u8("dhcp.option.portparams.psid_length", "PSID-Length"),
  portparamsPsid: bytes("dhcp.option.portparams.psid", "PSID"),
  vendorPxeclientSuboption: u8("dhcp.option.vendor.pxeclient.suboption", "Option 43 Suboption"),
  vendorPxeclientPadding: u8("dhcp.option.vendor.pxeclient.padding", "Padding"),
  vendorPxeclientMtftpIp: ipv4("dhcp.option.vendor.pxeclient.mtftp_ip", "mtftp IP"),
  vendorPxeclientMtftpClientPort: u16("dhcp.option.vendor.pxeclient.mtftp_client_port", "mtftp client port"),
  vendorPxeclientMtftpServerPort: u16("dhcp.option.vendor.pxeclient.mtftp_server_port", "mtftp server port"),
  vendorPxeclientMtftpTimeout: u8("dhcp.option.vendor.pxeclient.mtftp_timeout", "mtftp timeout"),
  vendorPxeclientMtftpDelay: u8("dhcp.option.vendor.pxeclient.mtftp_delay", "mtftp delay"),
  vendorPxeclientDiscoveryControl: u8("dhcp.option.vendor.pxeclient.discovery_control", "discovery control", {
    base: "HEX",
  }),
  vendorPxeclientDiscoveryControlBroadcast: bool(
    "dhcp.option.vendor.pxeclient.discovery_control.broadcast",
    "Disable Broadcast",
    { mask: 0x1, bits: 8, tf: SET_NOTSET },
  ),
  vendorPxeclientDiscoveryControlMulticast: bool(
    "dhcp.option.vendor.pxeclient.discovery_control.multicast",
    "Disable Multicast",
    { mask: 0x2, bits: 8, tf: SET_NOTSET },
  ),
  vendorPxeclientDiscoveryControlServerlist: bool(
    "dhcp.option.vendor.pxeclient.discovery_control.serverlist",
    "Serverlist only",
    { mask: 0x4, bits: 8, tf: SET_NOTSET },
  ),
  vendorPxeclientDiscoveryControlBstrap: bool(
    "dhcp.option.vendor.pxeclient.discovery_control.bstrap",
    "Bootstrap override",
    { mask: 0x8, bits: 8, tf: SET_NOTSET },
  ),
  vendorPxeclientMulticastAddress: ipv4(
    "dhcp.option.vendor.pxeclient.multicast_address",
    "multicast address",
  ),
  vendorPxeclientBootServers: bytes("dhcp.option.vendor.pxeclient.boot_servers", "boot servers"),
  vendorPxeclientBootServersType: u16("dhcp.option.vendor.pxeclient.boot_servers.type", "Type", {
    names: PXE_TYPES,
  }),
  vendorPxeclientBootServersCount: u8("dhcp.option.vendor.pxeclient.boot_servers.count", "IP count"),
  vendorPxeclientBootServersIp: ipv4("dhcp.option.vendor.pxeclient.boot_servers.ip", "IP"),
  vendorPxeclientBootMenu: bytes("dhcp.option.vendor.pxeclient.boot_menu", "boot menu"),
  vendorPxeclientBootMenuType: u16("dhcp.option.vendor.pxeclient.boot_menu.type", "Type", {
    names: PXE_MENU_TYPES,
  }),
  vendorPxeclientBootMenuLength: u8("dhcp.option.vendor.pxeclient.boot_menu.length", "Length"),
  vendorPxeclientBootMenuDesc: str("dhcp.option.vendor.pxeclient.boot_menu.desc", "Description"),
  vendorPxeclientMenuPrompt: bytes("dhcp.option.vendor.pxeclient.menu_prompt", "menu prompt"),
  vendorPxeclientMenuPromptTimeout: u8("dhcp.option.vendor.pxeclient.menu_prompt.timeout", "Timeout"),
  vendorPxeclientMenuPromptPrompt: str("dhcp.option.vendor.pxeclient.menu_prompt.prompt", "Prompt"),
  vendorPxeclientBootItem: bytes("dhcp.option.vendor.pxeclient.boot_item", "boot item"),
  vendorPxeclientBootItemType: u16("dhcp.option.vendor.pxeclient.boot_item.type", "Type"),
  vendorPxeclientBootItemLayer: bytes("dhcp.option.vendor.pxeclient.boot_item.layer", "Layer"),
  vendorPxeclientEnd: u8("dhcp.option.vendor.pxeclient.end", "PXE Client End"),
  subnetMask: ipv4("dhcp.option.subnet_mask", "Subnet Mask"),
  timeOffset: i32("dhcp.option.time_offset", "Time Offset"),
  router: ipv4("dhcp.option.router", "Router"),
  timeServer: ipv4("dhcp.option.time_server", "Time Server"),
  nameServer: ipv4("dhcp.option.name_server", "Name Server"),
  domainNameServer: ipv4("dhcp.option.domain_name_server", "Domain Name Server"),
  logServer: ipv4("dhcp.option.log_server", "Log Server"),
  quotesServer: ipv4("dhcp.option.quotes_server", "Quotes Server"),
  lprServer: ipv4("dhcp.option.lpr_server", "LPR Server"),
  impressServer: ipv4("dhcp.option.impress_server", "Impress Server"),
  resourceLocationServer: ipv4("dhcp.option.resource_location_server", "Resource Location Server"),
  hostname: strz("dhcp.option.hostname", "Host Name"),
  bootFileSize: u16("dhcp.option.boot_file_size", "Boot File Size"),
  meritDumpFile: strz("dhcp.option.merit_dump_file", "Merit Dump File"),
  domainName: strz("dhcp.option.domain_name", "Domain Name"),
  swapServer: ipv4("dhcp.option.swap_server", "Swap Server"),
  rootPath: strz("dhcp.option.root_path", "Root Path"),
  extensionPath: strz("dhcp.option.extension_path", "Extensions Path"),
  ipForwarding: bool("dhcp.option.ip_forwarding", "IP Forwarding", { tf: ["Enabled", "Disabled"] }),
  nonLocalSourceRouting: bool("dhcp.option.non_local_source_routing", "Non-Local Source Routing", {
    tf: ["Enabled", "Disabled"],
  }),
  maxDatagramReassemblySize: u16(
    "dhcp.option.max_datagram_reassembly_size",
    "Maximum Datagram Reassembly Size",
  ),
  defaultIpTtl: u8("dhcp.option.default_ip_ttl", "Default IP Time-to-Live"),
  pathMtuAgingTimeout: u32("dhcp.option.path_mtu_aging_timeout", "Path MTU Aging Timeout"),
  pathMtuPlateauTableItem: u16("dhcp.option.path_mtu_plateau_table_item", "Path MTU Plateau Table Item"),
  interfaceMtu: u16("dhcp.option.interface_mtu", "Interface MTU"),
  allSubnetsAreLocal: bool("dhcp.option.all_subnets_are_local", "All Subnets are Local", { tf: YES_NO }),
  broadcastAddress: ipv4("dhcp.option.broadcast_address", "Broadcast Address"),
  performMaskDiscovery: bool("dhcp.option.perform_mask_discovery", "Perform Mask Discovery", {
    tf: ["Enabled", "Disabled"],
  }),
  maskSupplier: bool("dhcp.option.mask_supplier", "Mask Supplier", { tf: YES_NO }),
  performRouterDiscover: bool("dhcp.option.perform_router_discover", "Perform Router Discover", {
    tf: ["Enabled", "Disabled"],
  }),
  routerSolicitationAddress: ipv4("dhcp.option.router_solicitation_address", "Router Solicitation Address"),
  trailerEncapsulation: bool("dhcp.option.trailer_encapsulation", "Trailer Encapsulation", {
    tf: ["Enabled", "Disabled"],
  }),
  arpCacheTimeout: u32("dhcp.option.arp_cache_timeout", "ARP Cache Timeout"),
  ethernetEncapsulation: bool("dhcp.option.ethernet_encapsulation", "Ethernet Encapsulation", {
    tf: ["Enabled", "Disabled"],
  }),
  tcpDefaultTtl: u8("dhcp.option.tcp_default_ttl", "TCP Default TTL"),
  tcpKeepaliveInterval: u32("dhcp.option.tcp_keepalive_interval", "TCP Keepalive Interval"),
  tcpKeepaliveGarbage: bool("dhcp.option.tcp_keepalive_garbage", "TCP Keepalive Garbage", {
    tf: ["Enabled", "Disabled"],
  }),
  nisDomain: strz("dhcp.option.nis_domain", "Network Information Service Domain"),
  nisServer: ipv4("dhcp.option.nis_server", "Network Information Service Server"),
  ntpServer: ipv4("dhcp.option.ntp_server", "Network Time Protocol Server"),
  netbiosOverTcpipNameServer: ipv4(
    "dhcp.option.netbios_over_tcpip_name_server",
    "NetBIOS over TCP/IP Name Server",
  ),
  netbiosOverTcpipDdNameServer: ipv4(
    "dhcp.option.netbios_over_tcpip_dd_name_server",
    "NetBIOS over TCP/IP Datagram Distribution Name Server",
  ),
  netbiosOverTcpipNodeType: u8("dhcp.option.netbios_over_tcpip_node_type", "NetBIOS over TCP/IP Node Type", {
    names: NODE_TYPES,
  }),
  netbiosOverTcpipScope: strz("dhcp.option.netbios_over_tcpip_scope", "NetBIOS over TCP/IP Scope"),
  xwindowsSystemFontServer: ipv4("dhcp.option.xwindows_system_font_server", "X Window System Font Server"),
  xwindowsSystemDisplayManager: ipv4(
    "dhcp.option.xwindows_system_display_manager",
    "X Window System Display Manager",
  ),
  requestedIpAddress: ipv4("dhcp.option.requested_ip_address", "Requested IP Address"),
  ipAddressLeaseTime: u32("dhcp.option.ip_address_lease_time", "IP Address Lease Time"),
  dhcpServerId: ipv4("dhcp.option.dhcp_server_id", "DHCP Server Identifier"),
  message: strz("dhcp.option.message", "Message"),
  dhcpMaxMessageSize: u16("dhcp.option.dhcp_max_message_size", "Maximum DHCP Message Size"),
  renewalTimeValue: u32("dhcp.option.renewal_time_value", "Renewal Time Value"),
  rebindingTimeValue: u32("dhcp.option.rebinding_time_value", "Rebinding Time Value"),
  vendorClassId: strz("dhcp.option.vendor_class_id", "Vendor class identifier"),
  nisPlusDomain: strz("dhcp.option.nis_plus_domain", "Network Information Service+ Domain"),
  nisPlusServer: ipv4("dhcp.option.nis_plus_server", "Network Information Service+ Server"),
  tftpServerName: strz("dhcp.option.tftp_server_name", "TFTP Server Name"),
  bootfileName: strz("dhcp.option.bootfile_name", "Bootfile name"),
  mobileIpHomeAgent: ipv4("dhcp.option.mobile_ip_home_agent", "Mobile IP Home Agent"),
  smtpServer: ipv4("dhcp.option.smtp_server", "SMTP Server"),
  pop3Server: ipv4("dhcp.option.pop3_server", "POP3 Server"),
  nntpServer: ipv4("dhcp.option.nntp_server", "NNTP Server"),
  defaultWwwServer: ipv4("dhcp.option.default_www_server", "Default WWW Server"),
  defaultFingerServer: ipv4("dhcp.option.default_finger_server", "Default Finger Server"),
  defaultIrcServer: ipv4("dhcp.option.default_irc_server", "Default IRC Server"),
  streettalkServer: ipv4("dhcp.option.streettalk_server", "StreetTalk Server"),
  streettalkDaServer: ipv4("dhcp.option.streettalk_da_server", "StreetTalk Directory Assistance Server"),
  novellDssIp: ipv4("dhcp.option.novell_dss.ip", "IP Address"),
  novellDsTreeName: strz("dhcp.option.novell_ds_tree_name", "Novell Directory Services Tree Name"),
  novellDsContext: strz("dhcp.option.novell_ds_context", "Novell Directory Services Context"),
  clientLastTransactionTime: u32("dhcp.option.client_last_transaction_time", "Client last transaction time"),
  associatedIpOption: ipv4("dhcp.option.associated_ip_option", "Associated IP option"),
  clientSystemArchitecture: u16("dhcp.option.client_system_architecture", "Client System Architecture", {
    names: ARCHITECTURES,
  }),
  tzPcode: str("dhcp.option.tz_pcode", "TZ PCode"),
  tzTcode: str("dhcp.option.tz_tcode", "TZ TCode"),
  netinfoParentServerAddress: ipv4(
    "dhcp.option.netinfo_parent_server_address",
    "NetInfo Parent Server Address",
  ),
  netinfoParentServerTag: strz("dhcp.option.netinfo_parent_server_tag", "NetInfo Parent Server Tag"),
  captivePortal: str("dhcp.option.captive_portal", "Captive Portal"),
  dhcpAutoConfiguration: u8("dhcp.option.dhcp_auto_configuration", "DHCP Auto-Configuration", {
    names: AUTO_CONFIGURATION,
  }),
  subnetSelectionOption: ipv4("dhcp.option.subnet_selection_option", "Subnet Selection Option"),
  panaAgent: ipv4("dhcp.option.pana_agent", "PAA IPv4 Address"),
  lostServerDomainName: strz("dhcp.option.lost_server_domain_name", "LoST Server Domain Name"),
  capwapAccessController: ipv4("dhcp.option.capwap_access_controller", "CAPWAP Access Controllers"),
  andsfServer: ipv4("dhcp.option.andsf_server", "ANDSF Server"),
  tftpServerAddress: ipv4("dhcp.option.tftp_server_address", "TFTP Server Address"),
  bulkLeaseStartTimeOfState: u32("dhcp.option.bulk_lease.start_time_of_state", "Start Time Of State"),
  bulkLeaseDhcpState: u8("dhcp.option.bulk_lease.dhcp_state", "Dhcp State", { names: LEASE_STATES }),
  bulkLeaseDataSource: bool("dhcp.option.bulk_lease.data_source", "Data Source", { tf: ["Remote", "Local"] }),
  mudurl: str("dhcp.option.mudurl", "MUDURL"),
  pxeConfigFile: str("dhcp.option.pxe_config_file", "PXELINUX configuration file"),
  pxePathPrefix: str("dhcp.option.pxe_path_prefix", "PXELINUX path prefix"),
  privateProxyAutodiscovery: strz("dhcp.option.private_proxy_autodiscovery", "Private/Proxy autodiscovery"),
};

const x = {
  badLength: expert("dhcp.bad_length", "error", "Protocol", "length isn't 0"),
  noAddress: expert("dhcp.client_address_not_given", "note", "Protocol", "Client address not given"),
  serverOverloaded: expert(
    "dhcp.server_name_overloaded_by_dhcp",
    "note",
    "Protocol",
    "Server name option overloaded by DHCP",
  ),
  fileOverloaded: expert(
    "dhcp.boot_filename_overloaded_by_dhcp",
    "note",
    "Protocol",
    "Boot file name option overloaded by DHCP",
  ),
  serverEnd: expert(
    "dhcp.option.option_overload.sname_end_missing",
    "error",
    "Protocol",
    "sname overload end option missing",
  ),
  fileEnd: expert(
    "dhcp.option.option_overload.file_end_missing",
    "error",
    "Protocol",
    "file overload end option missing",
  ),
  endMissing: expert("dhcp.end_option_missing", "error", "Protocol", "End option missing"),
  nonStandard: expert("dhcp.option.nonstd_data", "note", "Protocol", "Non standard compliant option data"),
};

const PAD = 0;
const OVERLOAD_OPTION = 52;
const MESSAGE_TYPE = 53;
const END = 255;
const MAGIC_COOKIE = 0x63825363;
const OVERLOADS_FILE = 1;
const OVERLOADS_SERVER = 2;

export const dhcp = protocol({
  name: "dhcp",
  title: "Dynamic Host Configuration Protocol",
  short: "DHCP/BOOTP",
  fields: f,
  experts: x,
  on: [[udpPorts, 67, 68, 4011]],
  dissect,
});

/** What a look ahead over the options finds: the message type, -1 for none, and the overload bits. */
let messageType = -1;
let overload = 0;
/** Where the fields that can hold more options begin. */
let serverAt = 0;
let fileAt = 0;
/** Vendor class of the present message: how option 43 reads. */
let vendorClass = "";
/** True while a field that holds more options is dissected. */
let inner = false;

function dissect(d: Dissection): void {
  lookAhead(d);
  const kind = messageType === -1 ? "" : messageTypeName(messageType);
  if (!d.building && !d.columns) return;
  const text = info(d, kind);
  if (d.columns) {
    d.setProtocol(messageType === -1 ? "BOOTP" : "DHCP");
    d.setInfo(text);
  }
  if (!d.building) return;
  if (kind !== "") d.relabelLayer(`${dhcp.title} (${kind})`);
  d.u8(f.type);
  const hardware = d.u8(f.hwType);
  const addressLength = d.u8(f.hwLen);
  d.u8(f.hops);
  d.u32(f.id);
  d.u16(f.secs);
  const broadcast = (d.peek16() & 0x8000) !== 0;
  d.bitset(f.flags, 2, [f.flagsBc, f.flagsReserved]);
  d.append(broadcast ? ", Broadcast flag (Broadcast)" : " (Unicast)");
  d.ipv4(f.ipClient);
  d.ipv4(f.ipYour);
  d.ipv4(f.ipServer);
  d.ipv4(f.ipRelay);
  addClientAddress(d, hardware, addressLength);
  serverAt = d.pos;
  addText(d, f.server, 64, OVERLOADS_SERVER, "Server host name not given", x.serverOverloaded);
  fileAt = d.pos;
  addText(d, f.file, 128, OVERLOADS_FILE, "Boot file name not given", x.fileOverloaded);
  vendorClass = "";
  inner = false;
  if (d.peek32() === MAGIC_COOKIE) {
    d.ipv4(f.cookie);
    d.relabel("Magic cookie: DHCP");
    if (!dissectOptions(d, d.end) && messageType !== -1) {
      d.last = d.parent;
      d.expert(x.endMissing);
    }
    if (d.remaining > 0) d.bytes(f.optionPadding, d.remaining);
  } else d.bytes(f.vendorSpecificOptions, 64);
  if (messageType === -1) d.hidden(f.bootp, d.pos, 0, 1);
}

function lookAhead(d: Dissection): void {
  messageType = -1;
  overload = 0;
  const options = d.pos + 236;
  if (options + 4 > d.end || d.peek32(236) !== MAGIC_COOKIE) return;
  for (let at = options + 4; at < d.end && d.buf[at] !== END; ) {
    const code = d.buf[at];
    if (code === PAD) at++;
    else {
      if (at + 2 < d.end && d.buf[at + 1] > 0) {
        if (code === MESSAGE_TYPE && messageType === -1) messageType = d.buf[at + 2];
        if (code === OVERLOAD_OPTION) overload = d.buf[at + 2];
      }
      at += 2 + (at + 1 < d.end ? d.buf[at + 1] : 0);
    }
  }
}

const messageTypeName = (type: number): string =>
  nameOf(MESSAGE_TYPES, type) ?? `Unknown Message Type (0x${type.toString(16).padStart(2, "0")})`;

function info(d: Dissection, kind: string): string {
  if (kind !== "") {
    return `DHCP ${kind.padEnd(8)} - Transaction ID 0x${d.peek32(4).toString(16)}`;
  }
  const operation = d.peek8();
  if (operation === 2) return "Boot Reply";
  if (operation !== 1) return `Unknown BOOTP message type (${operation})`;
  const length = d.peek8(2);
  if (isEther(d.peek8(1), length)) {
    const address = formatEther(d.peekBytes(6, 28));
    return `Boot Request from ${address} (${address})`;
  }
  return `Boot Request from ${formatHex(d.peekBytes(Math.min(length, 16), 28))}`;
}

/** Ethernet and other IEEE 802 networks. */
const isEther = (hardware: number, length: number): boolean =>
  length === 6 && (hardware === 1 || hardware === 6);

function addClientAddress(d: Dissection, hardware: number, length: number): void {
  d.need(16);
  if (length === 0 || length > 16) {
    d.text(d.pos, 16, "Client address not given");
    d.expert(x.noAddress);
    d.pos += 16;
    return;
  }
  if (isEther(hardware, length)) d.ether(f.hwMacAddr);
  else d.bytes(f.hwAddr, length);
  if (length < 16) d.bytes(f.hwAddrPadding, 16 - length);
}

/** The server's name or the boot file: text, or room for more options (RFC 2132 9.3). */
function addText(d: Dissection, field: Field, size: number, bit: number, absent: string, note: Expert): void {
  if (overload & bit) {
    d.need(size);
    d.text(d.pos, size, note.message);
    d.expert(note);
    d.pos += size;
  } else if (d.str(field, size) === "") d.relabel(absent);
}

/** Dissects options up to `end`; returns false when no end option closed them. */
function dissectOptions(d: Dissection, end: number): boolean {
  while (d.pos < end) {
    const at = d.pos;
    const code = d.peek8();
    if (code === PAD) {
      while (d.pos < end && d.buf[d.pos] === PAD) d.pos++;
      openOption(d, f.optionType, at, d.pos - at, PAD, "Option: (0) Padding");
      d.add(f.optionPadding, at, d.pos - at, d.buf.subarray(at, d.pos));
      d.close();
    } else if (code === END) {
      // Wireshark 4.0 gives the end option the value 0.
      openOption(d, f.optionType, at, 1, 0, "Option: (255) End");
      d.u8(f.optionEnd);
      d.close();
      return true;
    } else dissectOption(d, code);
  }
  return false;
}

function openOption(
  d: Dissection,
  field: Field,
  at: number,
  length: number,
  value: number,
  label: string,
): void {
  d.add(field, at, length, value);
  d.relabel(label);
  d.openLast();
}

/** How an option's value reads. */
type Kind = "ip" | "ips" | "str" | "u8" | "u16" | "u16s" | "u32" | "time";

/** Bytes of one value, and of all values when a kind takes several. */
const SIZES: Readonly<Record<Kind, number>> = {
  ip: 4,
  ips: 4,
  str: 0,
  u8: 1,
  u16: 2,
  u16s: 2,
  u32: 4,
  time: 4,
};

/** Options that are one value, or one kind of value again and again. */
const SIMPLE: Readonly<Record<number, readonly [Kind, Field]>> = {
  1: ["ip", f.subnetMask],
  2: ["time", f.timeOffset],
  3: ["ips", f.router],
  4: ["ips", f.timeServer],
  5: ["ips", f.nameServer],
  6: ["ips", f.domainNameServer],
  7: ["ips", f.logServer],
  8: ["ips", f.quotesServer],
  9: ["ips", f.lprServer],
  10: ["ips", f.impressServer],
  11: ["ips", f.resourceLocationServer],
  12: ["str", f.hostname],
  13: ["u16", f.bootFileSize],
  14: ["str", f.meritDumpFile],
  15: ["str", f.domainName],
  16: ["ip", f.swapServer],
  17: ["str", f.rootPath],
  18: ["str", f.extensionPath],
  19: ["u8", f.ipForwarding],
  20: ["u8", f.nonLocalSourceRouting],
  22: ["u16", f.maxDatagramReassemblySize],
  23: ["u8", f.defaultIpTtl],
  24: ["time", f.pathMtuAgingTimeout],
  25: ["u16s", f.pathMtuPlateauTableItem],
  26: ["u16", f.interfaceMtu],
  27: ["u8", f.allSubnetsAreLocal],
  28: ["ip", f.broadcastAddress],
  29: ["u8", f.performMaskDiscovery],
  30: ["u8", f.maskSupplier],
  31: ["u8", f.performRouterDiscover],
  32: ["ip", f.routerSolicitationAddress],
  34: ["u8", f.trailerEncapsulation],
  35: ["time", f.arpCacheTimeout],
  36: ["u8", f.ethernetEncapsulation],
  37: ["u8", f.tcpDefaultTtl],
  38: ["time", f.tcpKeepaliveInterval],
  39: ["u8", f.tcpKeepaliveGarbage],
  40: ["str", f.nisDomain],
  41: ["ips", f.nisServer],
  42: ["ips", f.ntpServer],
  44: ["ips", f.netbiosOverTcpipNameServer],
  45: ["ips", f.netbiosOverTcpipDdNameServer],
  46: ["u8", f.netbiosOverTcpipNodeType],
  47: ["str", f.netbiosOverTcpipScope],
  48: ["ips", f.xwindowsSystemFontServer],
  49: ["ips", f.xwindowsSystemDisplayManager],
  50: ["ip", f.requestedIpAddress],
  51: ["time", f.ipAddressLeaseTime],
  54: ["ip", f.dhcpServerId],
  56: ["str", f.message],
  57: ["u16", f.dhcpMaxMessageSize],
  58: ["time", f.renewalTimeValue],
  59: ["time", f.rebindingTimeValue],
  60: ["str", f.vendorClassId],
  64: ["str", f.nisPlusDomain],
  65: ["ips", f.nisPlusServer],
  66: ["str", f.tftpServerName],
  67: ["str", f.bootfileName],
  68: ["ips", f.mobileIpHomeAgent],
  69: ["ips", f.smtpServer],
  70: ["ips", f.pop3Server],
  71: ["ips", f.nntpServer],
  72: ["ips", f.defaultWwwServer],
  73: ["ips", f.defaultFingerServer],
  74: ["ips", f.defaultIrcServer],
  75: ["ips", f.streettalkServer],
  76: ["ips", f.streettalkDaServer],
  85: ["ips", f.novellDssIp],
  86: ["str", f.novellDsTreeName],
  87: ["str", f.novellDsContext],
  91: ["time", f.clientLastTransactionTime],
  92: ["ips", f.associatedIpOption],
  93: ["u16s", f.clientSystemArchitecture],
  100: ["str", f.tzPcode],
  101: ["str", f.tzTcode],
  112: ["ips", f.netinfoParentServerAddress],
  113: ["str", f.netinfoParentServerTag],
  114: ["str", f.captivePortal],
  116: ["u8", f.dhcpAutoConfiguration],
  118: ["ips", f.subnetSelectionOption],
  136: ["ips", f.panaAgent],
  137: ["str", f.lostServerDomainName],
  138: ["ips", f.capwapAccessController],
  142: ["ips", f.andsfServer],
  150: ["ips", f.tftpServerAddress],
  153: ["time", f.bulkLeaseStartTimeOfState],
  156: ["u8", f.bulkLeaseDhcpState],
  157: ["u8", f.bulkLeaseDataSource],
  160: ["str", f.captivePortal],
  161: ["str", f.mudurl],
  209: ["str", f.pxeConfigFile],
  210: ["str", f.pxePathPrefix],
  252: ["str", f.privateProxyAutodiscovery],
};

/** An option of code, length and value at the cursor. */
function dissectOption(d: Dissection, code: number): void {
  const at = d.pos;
  const size = d.peek8(1);
  const simple = SIMPLE[code];
  let title = `Option: (${code}) ${OPTIONS[code] ?? "Unknown"}`;
  if (code === MESSAGE_TYPE && size > 0 && d.remaining > 2) title += ` (${messageTypeName(d.peek8(2))})`;
  if (code === 43 && vendorClass.startsWith("PXEClient")) title += " (PXEClient)";
  if (simple?.[0] === "ip" && size === 4 && d.remaining >= 6) title += ` (${formatIpv4(d.peek32(2))})`;
  openOption(d, f.optionType, at, size + 2, code, title);
  d.skip(1);
  d.u8(f.optionLength);
  d.need(size);
  const end = d.pos + size;
  const value = d.buf.subarray(d.pos, end);
  const wrong = simple === undefined ? wrongLength(code, size) : wrongSimpleLength(simple[0], size);
  const shown = size === 0 || (simple === undefined ? !SPECIAL.has(code) : wrong !== null);
  if (shown) d.add(f.optionValue, d.pos, size, value);
  else d.hidden(f.optionValue, d.pos, size, value);
  if (wrong !== null) badLength(d, wrong);
  else if (simple !== undefined) dissectSimple(d, simple[0], simple[1], end);
  else dissectSpecial(d, code, end);
  if (code === 60) vendorClass = octetsText(d.buf, end - size, end);
  d.pos = end;
  d.close();
}

function badLength(d: Dissection, message: string): void {
  d.last = d.parent;
  d.expert(x.badLength, message);
}

function wrongSimpleLength(kind: Kind, size: number): string | null {
  const unit = SIZES[kind];
  if (kind === "ips" || kind === "u16s") {
    return size % unit === 0 ? null : `Option length isn't a multiple of ${unit}`;
  }
  return unit === 0 || size === unit ? null : `length isn't ${unit}`;
}

/** What Wireshark says of the length of an option with a form of its own; null when there is nothing wrong. */
function wrongLength(code: number, size: number): string | null {
  switch (code) {
    case 21:
    case 33:
      return size % 8 === 0 ? null : "Option length isn't a multiple of 8";
    case 77:
      return size < 2 ? "length isn't >= 2" : null;
    case 81:
      return size < 3 ? "length isn't >= 3" : null;
    case 90:
      return size < 11 ? "length isn't >= 11" : null;
    case 121:
    case 249:
      return size < 5 ? "length isn't >= 5" : null;
    case 124:
    case 125:
      return size < 5 ? "length < 5" : null;
    case 152:
    case 154:
    case 155:
    case 159:
      return size === 4 ? null : "length must be 4";
    default:
      return null;
  }
}

function dissectSimple(d: Dissection, kind: Kind, field: Field, end: number): void {
  switch (kind) {
    case "str":
      d.str(field, end - d.pos);
      return;
    case "ip":
    case "ips":
      while (d.pos < end) d.ipv4(field);
      return;
    case "u8":
      d.u8(field);
      return;
    case "u16":
    case "u16s":
      while (d.pos < end) d.u16(field);
      return;
    case "u32":
      d.u32(field);
      return;
    case "time": {
      const signed = field.type === "FT_INT32";
      const seconds = signed ? d.int(field, 4) : d.u32(field);
      d.relabel(`${field.title}: (${seconds}s) ${durationText(seconds, signed)}`);
    }
  }
}

function durationText(seconds: number, signed: boolean): string {
  if (!signed && seconds === 0xffff_ffff) return "infinity";
  return seconds < 0 ? `-${formatDuration(-seconds)}` : formatDuration(seconds);
}

/** Options with a form of their own. */
const SPECIAL = new Set([
  21, 33, 43, 52, 53, 55, 61, 77, 78, 79, 81, 82, 90, 94, 97, 117, 119, 120, 121, 124, 125, 145, 151, 152,
  154, 155, 159, 249,
]);

function dissectSpecial(d: Dissection, code: number, end: number): void {
  const size = end - d.pos;
  switch (code) {
    case 21:
      while (d.pos < end) {
        d.ipv4(f.policyFilterIp);
        d.ipv4(f.policyFilterSubnetMask);
      }
      break;
    case 33:
      while (d.pos < end) {
        d.ipv4(f.staticRouteIp);
        d.ipv4(f.staticRouteRouter);
      }
      break;
    case 43:
      if (vendorClass.startsWith("PXEClient")) pxeOptions(d, end);
      else if (size > 0) d.bytes(f.vendorValue, size);
      break;
    case OVERLOAD_OPTION:
      if (size > 0) overloaded(d);
      break;
    case MESSAGE_TYPE:
      if (size > 0) d.u8(f.dhcp);
      break;
    case 55:
      while (d.pos < end) {
        const item = d.u8(f.requestListItem);
        d.relabel(`Parameter Request List Item: (${item}) ${OPTIONS[item] ?? "Unknown"}`);
      }
      break;
    case 61:
      clientIdentifier(d, end);
      break;
    case 77:
      userClasses(d, end);
      break;
    case 78:
      if (size > 0) d.u8(f.slpDirectoryAgentValue);
      while (d.pos + 4 <= end) d.ipv4(f.slpDirectoryAgentSlpdaAddress);
      break;
    case 79:
      if (size > 0) d.u8(f.slpServiceScopeValue);
      d.str(f.slpServiceScopeString, Math.max(0, end - d.pos));
      break;
    case 81:
      clientName(d, end);
      break;
    case 82:
      agentInformation(d, end);
      break;
    case 90:
      authentication(d, end);
      break;
    case 94:
      d.skip(1);
      d.u8(f.clientNetworkIdMajor);
      d.u8(f.clientNetworkIdMinor);
      break;
    case 97:
      if (size === 17 && d.peek8() === 0) addUuid(d, d.pos + 1);
      break;
    case 117:
      while (d.pos + 2 <= end) {
        const service = d.peek16();
        d.text(d.pos, 2, `Name Service: ${NAME_SERVICES[service] ?? `Unknown (${service})`}`);
        d.skip(2);
      }
      break;
    case 119: {
      const start = d.pos;
      while (d.pos < end) addName(d, start, f.dhcpDnsDomainSearchListFqdn);
      break;
    }
    case 120:
      if (size > 0) sipServers(d, end);
      break;
    case 121:
    case 249:
      classlessRoutes(d, end);
      break;
    case 124:
      enterprise(d, f.viClassEnterprise);
      break;
    case 125:
      enterprise(d, f.viEnterprise);
      break;
    case 145:
      while (d.pos < end) d.u8(f.forcerenewNonceAlgorithm);
      break;
    case 151:
      if (size > 0) d.u8(f.bulkLeaseStatusCode);
      if (d.pos < end) d.str(f.bulkLeaseStatusCodeMessage, end - d.pos);
      break;
    case 152:
      ntpSeconds(d, f.bulkLeaseBaseTime);
      break;
    case 154:
      ntpSeconds(d, f.bulkLeaseQueryStartTime);
      break;
    case 155:
      ntpSeconds(d, f.bulkLeaseQueryEndTime);
      break;
    case 159:
      d.u8(f.portparamsOffset);
      d.u8(f.portparamsPsidLength);
      d.bytes(f.portparamsPsid, 2);
      break;
  }
}

/** Seconds since 1900, or since 2036 when the highest bit is not set (RFC 2030 3). */
function ntpSeconds(d: Dissection, field: Field): void {
  const value = d.peek32();
  const epoch = value < 0x8000_0000 ? 2_085_978_496 : -2_208_988_800;
  d.add(field, d.pos, 4, BigInt(value + epoch) * 1_000_000_000n);
  d.skip(4);
}

/** Option overload: the fields it names hold options themselves. */
function overloaded(d: Dissection): void {
  const bits = d.u8(f.optionOverload);
  // An overload option inside an overloaded field is not followed.
  if (inner) return;
  inner = true;
  const { pos } = d;
  if (bits & OVERLOADS_SERVER) dissectInner(d, serverAt, 64, "Server host name option overload", x.serverEnd);
  if (bits & OVERLOADS_FILE) dissectInner(d, fileAt, 128, "Boot file name option overload", x.fileEnd);
  d.pos = pos;
  inner = false;
}

function dissectInner(d: Dissection, at: number, size: number, title: string, missing: Expert): void {
  d.openText(at, size, title);
  d.pos = at;
  if (!dissectOptions(d, at + size)) {
    d.last = d.parent;
    d.expert(missing);
  }
  d.close();
}

/** Private enterprise number, https://www.iana.org/assignments/enterprise-numbers */
function enterprise(d: Dissection, field: Field): void {
  const number = d.u32(field);
  d.relabel(`${field.title}: ${ENTERPRISES[number] ?? "Unknown"} (${number})`);
}

function addUuid(d: Dissection, at: number): void {
  // The first three parts are little-endian on the wire.
  const b = d.buf;
  const parts = [at + 3, at + 2, at + 1, at, at + 5, at + 4, at + 7, at + 6];
  const uuid = new Uint8Array(16);
  parts.forEach((from, i) => {
    uuid[i] = b[from];
  });
  uuid.set(b.subarray(at + 8, at + 16), 8);
  d.add(f.clientIdUuid, at, 16, uuid);
}

/** Client identifier, RFC 2132 9.14, and with IAID and DUID, RFC 4361. */
function clientIdentifier(d: Dissection, end: number): void {
  const size = end - d.pos;
  const kind = size > 0 ? d.peek8() : 0;
  if (size === 17 && kind === 0) {
    addUuid(d, d.pos + 1);
    return;
  }
  if (kind === 0xff && size > 7) {
    uniqueIdentifier(d, end);
    return;
  }
  if (kind === 0 && size > 1) {
    d.u8(f.clientIdType);
    d.str(f.clientIdUndef, end - d.pos);
  } else if (size === 7 && kind > 0 && kind < 48) {
    d.u8(f.hwType);
    if (isEther(kind, size - 1)) d.ether(f.hwMacAddr);
    else addHex(d, f.clientHardwareAddress, end - d.pos);
  }
}

/** Octets in hex as a text field. */
function addHex(d: Dissection, field: Field, size: number): void {
  d.add(field, d.pos, size, formatHex(d.peekBytes(size)));
  d.skip(size);
}

function addLinkAddress(d: Dissection, hardware: number, size: number): void {
  const octets = d.peekBytes(size);
  const text = isEther(hardware, size) ? formatEther(octets) : formatHex(octets);
  d.add(f.clientIdLinkLayerAddress, d.pos, size, text);
  d.skip(size);
}

/** IAID and DUID, RFC 3315 9. */
function uniqueIdentifier(d: Dissection, end: number): void {
  d.skip(1);
  addHex(d, f.clientIdIaid, 4);
  const type = d.u16(f.clientIdDuidType);
  if (type === 1 && end - d.pos >= 6) {
    const hardware = d.u16(f.clientIdDuidLltHwType);
    d.u32(f.clientIdTime);
    if (d.pos < end) addLinkAddress(d, hardware, end - d.pos);
  } else if (type === 2 && end - d.pos >= 4) {
    enterprise(d, f.clientIdEnterpriseNum);
    if (d.pos < end) d.bytes(f.clientId, end - d.pos);
  } else if (type === 3 && end - d.pos >= 2) {
    const hardware = d.u16(f.clientIdDuidLlHwType);
    if (d.pos < end) addLinkAddress(d, hardware, end - d.pos);
  }
}

/** User classes, RFC 3004; some clients send plain text instead. */
function userClasses(d: Dissection, end: number): void {
  let at = d.pos;
  while (at < end) at += 1 + d.buf[at];
  if (at !== end || d.peek8() === 0) {
    let first = 0;
    while (d.pos < end && d.peek8() > 0 && d.pos + 1 + d.peek8() <= end) addUserClass(d, first++);
    if (d.pos < end) {
      d.str(f.userClassText, end - d.pos);
      d.expert(x.nonStandard);
    }
    return;
  }
  for (let i = 0; d.pos < end; i++) addUserClass(d, i);
}

function addUserClass(d: Dissection, index: number): void {
  openOption(d, f.userClass, d.pos, 1 + d.peek8(), index, `Instance of User Class: [${index}]`);
  d.bytes(f.userClassData, d.u8(f.userClassLength));
  d.close();
}

/** Client FQDN, RFC 4702. */
function clientName(d: Dissection, end: number): void {
  const flags = d.bitset(f.fqdnFlags, 1, [f.fqdnMbz, f.fqdnN, f.fqdnE, f.fqdnO, f.fqdnS]);
  if (flags & 8) d.append(", Server DDNS");
  if (flags & 4) d.append(", Encoding");
  if (flags & 2) d.append(", Server overrides");
  if (flags & 1) d.append(", Server");
  d.u8(f.fqdnRcode1);
  d.u8(f.fqdnRcode2);
  if (d.pos >= end) return;
  if (flags & 4) addName(d, d.pos, f.fqdnName);
  else d.str(f.fqdnName, end - d.pos);
}

const AGENT: Readonly<Record<number, readonly ["ip" | "bytes" | "str" | "u32", Field]>> = {
  1: ["bytes", f.agentInformationOptionAgentCircuitId],
  2: ["bytes", f.agentInformationOptionAgentRemoteId],
  4: ["u32", f.agentInformationOptionDocsisDeviceClass],
  5: ["ip", f.agentInformationOptionLinkSelection],
  6: ["str", f.agentInformationOptionSubscriberId],
  7: ["bytes", f.agentInformationOptionRadiusAttributes],
  8: ["bytes", f.agentInformationOptionAuthentication],
  11: ["ip", f.agentInformationOptionServerIdOverride],
  12: ["bytes", f.agentInformationOptionRelayAgentId],
};

/** Relay agent information, RFC 3046. */
function agentInformation(d: Dissection, end: number): void {
  while (d.pos + 2 <= end) {
    const at = d.pos;
    const code = d.peek8();
    const size = d.peek8(1);
    if (d.pos + 2 + size > end) return;
    const known = AGENT[code];
    let title = `Option 82 Suboption: (${code}) ${AGENT_SUBOPTIONS[code] ?? "Unknown"}`;
    if (known?.[0] === "ip" && size === 4) title += ` (${formatIpv4(d.peek32(2))})`;
    openOption(d, f.agentInformationOptionSuboption, at, size + 2, code, title);
    d.skip(1);
    d.u8(f.optionSuboptionLength);
    const valueEnd = d.pos + size;
    const value = d.buf.subarray(d.pos, valueEnd);
    const fits = known !== undefined && (known[0] === "bytes" || known[0] === "str" || size === 4);
    if (fits) d.hidden(f.agentInformationOptionValue, d.pos, size, value);
    else d.add(f.agentInformationOptionValue, d.pos, size, value);
    if (fits) {
      if (known[0] === "bytes") d.bytes(known[1], size);
      else if (known[0] === "str") d.str(known[1], size);
      else if (known[0] === "ip") d.ipv4(known[1]);
      else d.u32(known[1]);
    }
    d.pos = valueEnd;
    d.close();
  }
}

/** RFC 3118 2. */
function authentication(d: Dissection, end: number): void {
  const kind = d.u8(f.dhcpAuthenticationProtocol);
  d.u8(kind === 1 ? f.dhcpAuthenticationAlgDelay : f.dhcpAuthenticationAlgorithm);
  d.u8(f.dhcpAuthenticationRdm);
  d.u64(f.dhcpAuthenticationRdmReplayDetection);
  if (kind !== 1 && d.pos < end) d.str(f.dhcpAuthenticationInformation, end - d.pos);
}

const NAME_SERVICES: Readonly<Record<number, string>> = {
  6: "Domain Name Server Option",
  41: "Network Information Servers Option",
  44: "NetBIOS Over TCP/IP Name Server Option",
  65: "Network Information Service+ Servers Option",
};

/** RFC 3361. */
function sipServers(d: Dissection, end: number): void {
  const encoding = d.u8(f.sipServerEncoding);
  const start = d.pos;
  if (encoding === 0) while (d.pos < end) addName(d, start, f.sipServerName);
  else if (encoding === 1) while (d.pos + 4 <= end) d.ipv4(f.sipServerAddress);
}

/** RFC 3442: mask width, as much of the destination as the mask covers, router. */
function classlessRoutes(d: Dissection, end: number): void {
  while (d.pos < end) {
    const at = d.pos;
    const width = d.peek8();
    if (width > 32) return;
    const octets = (width + 7) >> 3;
    const destination = octets === 0 ? 0 : d.peekUint(octets, 1) * 256 ** (4 - octets);
    const router = d.peek32(1 + octets);
    d.bytes(f.classlessStaticRoute, 5 + octets);
    const target = width === 0 ? "default" : `${formatIpv4(destination)}/${width}`;
    d.relabel(` ${target}-${formatIpv4(router)}`);
    if (d.pos === at) return;
  }
}

/** Option 43 of PXE clients, Preboot Execution Environment 2.1 table 2-1. */
function pxeOptions(d: Dissection, end: number): void {
  while (d.pos < end) {
    const at = d.pos;
    const code = d.peek8();
    if (code === END) {
      d.u8(f.vendorPxeclientEnd);
      return;
    }
    if (code === PAD) {
      d.u8(f.vendorPxeclientPadding);
      continue;
    }
    if (d.pos + 2 > end || d.pos + 2 + d.peek8(1) > end) return;
    const size = d.peek8(1);
    const title = `Option 43 Suboption: (${code}) ${PXE_SUBOPTIONS[code] ?? "Unknown"}`;
    openOption(d, f.vendorPxeclientSuboption, at, size + 2, code, title);
    d.skip(1);
    d.u8(f.optionSuboptionLength);
    const valueEnd = d.pos + size;
    const value = d.buf.subarray(d.pos, valueEnd);
    if (PXE_SUBOPTIONS[code] !== undefined) d.hidden(f.vendorValue, d.pos, size, value);
    else d.add(f.vendorValue, d.pos, size, value);
    pxeValue(d, code, size, valueEnd);
    d.pos = valueEnd;
    d.close();
  }
}

const PXE_DISCOVERY = [
  f.vendorPxeclientDiscoveryControlBroadcast,
  f.vendorPxeclientDiscoveryControlMulticast,
  f.vendorPxeclientDiscoveryControlServerlist,
  f.vendorPxeclientDiscoveryControlBstrap,
];

function pxeValue(d: Dissection, code: number, size: number, end: number): void {
  switch (code) {
    case 1:
      if (size === 4) d.ipv4(f.vendorPxeclientMtftpIp);
      return;
    case 2:
      if (size === 2) d.u16le(f.vendorPxeclientMtftpClientPort);
      return;
    case 3:
      if (size === 2) d.u16le(f.vendorPxeclientMtftpServerPort);
      return;
    case 4:
      if (size === 1) d.u8(f.vendorPxeclientMtftpTimeout);
      return;
    case 5:
      if (size === 1) d.u8(f.vendorPxeclientMtftpDelay);
      return;
    case 6: {
      if (size !== 1) return;
      const bits = d.bitset(f.vendorPxeclientDiscoveryControl, 1, PXE_DISCOVERY);
      PXE_DISCOVERY.forEach((field) => {
        if (bits & field.mask) d.append(`, ${field.title}`);
      });
      return;
    }
    case 7:
      if (size === 4) d.ipv4(f.vendorPxeclientMulticastAddress);
      return;
    case 8:
      d.open(f.vendorPxeclientBootServers, d.pos, size, d.peekBytes(size));
      while (d.pos + 3 <= end) {
        d.u16(f.vendorPxeclientBootServersType);
        const count = d.u8(f.vendorPxeclientBootServersCount);
        for (let i = 0; i < count && d.pos + 4 <= end; i++) d.ipv4(f.vendorPxeclientBootServersIp);
      }
      d.close();
      return;
    case 9:
      d.open(f.vendorPxeclientBootMenu, d.pos, size, d.peekBytes(size));
      while (d.pos + 3 <= end) {
        d.u16(f.vendorPxeclientBootMenuType);
        const length = d.u8(f.vendorPxeclientBootMenuLength);
        d.str(f.vendorPxeclientBootMenuDesc, Math.min(length, end - d.pos));
      }
      d.close();
      return;
    case 10:
      if (size === 0) return;
      d.open(f.vendorPxeclientMenuPrompt, d.pos, size, d.peekBytes(size));
      d.u8(f.vendorPxeclientMenuPromptTimeout);
      d.str(f.vendorPxeclientMenuPromptPrompt, end - d.pos);
      d.close();
      return;
    case 71:
      if (size !== 4) return;
      d.open(f.vendorPxeclientBootItem, d.pos, size, d.peekBytes(size));
      d.u16(f.vendorPxeclientBootItemType);
      d.bytes(f.vendorPxeclientBootItemLayer, 2);
      d.close();
  }
}
