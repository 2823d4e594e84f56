/** Novell's IPX with SPX, RIP and SAP (IPX Router Specification 1.30). */
import { ADDRESS_TEXT } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, ether, type Field, ipxNet, none, str, u8, u16 } from "../dissect/field.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, llcSaps, pppProtocols } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { dissectNbipx, dissectNmpi, nbipx, nmpi } from "./nbipx.ts";

const PACKET_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "IPX",
  1: "RIP",
  2: "Echo",
  3: "Error",
  4: "PEP",
  5: "SPX",
  16: "Experimental Protocol",
  17: "NCP",
  18: "Experimental Protocol",
  19: "Experimental Protocol",
  20: "NetBIOS Broadcast",
  21: "Experimental Protocol",
  22: "Experimental Protocol",
  23: "Experimental Protocol",
  24: "Experimental Protocol",
  25: "Experimental Protocol",
  26: "Experimental Protocol",
  27: "Experimental Protocol",
  28: "Experimental Protocol",
  29: "Experimental Protocol",
  30: "Experimental Protocol",
  31: "Experimental Protocol",
};
const SOCKET_NAMES: Readonly<Record<number, string>> = {
  2: "CISCO PING",
  1105: "NCP",
  1106: "SAP",
  1107: "RIP",
  1109: "NetBIOS",
  1110: "Diagnostic",
  1111: "Serialization",
  1360: "NWLink SMB Server",
  1361: "NWLink SMB Name Query",
  1362: "NWLink SMB Redirector",
  1363: "NWLink SMB Mailslot Datagram",
  1364: "NWLink SMB Messenger",
  1365: "NWLink SMB Browse",
  1373: "Attachmate Gateway",
  16385: "IPX Message",
  16387: "IPX Message",
  16390: "NetWare Directory Server",
  16396: "HP LaserJet/QuickSilver",
  33028: "NetWare 386",
  34082: "ADSM",
  34238: "Cisco EIGRP for IPX",
  36739: "Powerchute UPS Monitoring",
  36865: "NetWare Link Services Protocol",
  36868: "IPX WAN",
  36879: "SNMP Agent",
  36880: "SNMP Sink",
  36987: "SMS Testing and Development",
  36998: "Novell PING",
  37009: "TCP Tunnel",
  37010: "UDP Tunnel",
  37042: "NDPS Printer Agent/PSM",
  37043: "NDPS Broker",
  37044: "NDPS Service Registry Service",
  37045: "NDPS Event Notification Service",
  37046: "NDPS Remote Management Service",
  37047: "NDPS Notify Listener",
  59525: "NT Server-RPC/GW",
};

const f = {
  checksum: u16("ipx.checksum", "Checksum", { base: "HEX" }),
  src: str("ipx.src", "Source Address"),
  dst: str("ipx.dst", "Destination Address"),
  addr: str("ipx.addr", "Src/Dst Address"),
  len: u16("ipx.len", "Length"),
  hops: u8("ipx.hops", "Transport Control (Hops)"),
  packetType: u8("ipx.packet_type", "Packet Type", { base: "HEX", names: PACKET_TYPE_NAMES }),
  dstNet: ipxNet("ipx.dst.net", "Destination Network"),
  dstNode: ether("ipx.dst.node", "Destination Node"),
  dstSocket: u16("ipx.dst.socket", "Destination Socket", { base: "HEX", names: SOCKET_NAMES }),
  srcNet: ipxNet("ipx.src.net", "Source Network"),
  srcNode: ether("ipx.src.node", "Source Node"),
  srcSocket: u16("ipx.src.socket", "Source Socket", { base: "HEX", names: SOCKET_NAMES }),
  net: ipxNet("ipx.net", "Source or Destination Network"),
  node: ether("ipx.node", "Source or Destination Node"),
  socket: u16("ipx.socket", "Source or Destination Socket", { base: "HEX", names: SOCKET_NAMES }),
};
const CTL_NAMES: Readonly<Record<number, string>> = {
  0: "Data, No Ack Required",
  16: "End-of-Message",
  32: "Attention",
  64: "Acknowledgment Required",
  80: "Send Ack: End Message",
  128: "System Packet",
  192: "System Packet: Send Ack",
};

const s = {
  ctl: u8("spx.ctl", "Connection Control", { base: "HEX", mask: 0xf0, names: CTL_NAMES }),
  ctlSys: bool("spx.ctl.sys", "System Packet", { mask: 0x80 }),
  ctlSendAck: bool("spx.ctl.send_ack", "Send Ack", { mask: 0x40 }),
  ctlAttn: bool("spx.ctl.attn", "Attention", { mask: 0x20 }),
  ctlEom: bool("spx.ctl.eom", "End of Message", { mask: 0x10 }),
  type: u8("spx.type", "Datastream Type", { base: "HEX" }),
  src: u16("spx.src", "Source Connection ID"),
  dst: u16("spx.dst", "Destination Connection ID"),
  seq: u16("spx.seq", "Sequence Number"),
  ack: u16("spx.ack", "Acknowledgment Number"),
  alloc: u16("spx.alloc", "Allocation Number"),
};
const PACKET_TYPE_NAMES2: Readonly<Record<number, string>> = {
  1: "Request",
  2: "Response",
};

const r = {
  request: bool("ipxrip.request", "Request"),
  response: bool("ipxrip.response", "Response"),
  packetType: u16("ipxrip.packet_type", "RIP packet type", { names: PACKET_TYPE_NAMES2 }),
  routeVector: ipxNet("ipxrip.route_vector", "Route Vector"),
  hops: u16("ipxrip.hops", "Hops"),
  ticks: u16("ipxrip.ticks", "Ticks"),
};
const PACKET_TYPE_NAMES3: Readonly<Record<number, string>> = {
  1: "General Query",
  2: "General Response",
  3: "Nearest Query",
  4: "Nearest Response",
};
const SERVER_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Unknown",
  1: "User",
  2: "User Group",
  3: "Print Queue or Print Group",
  4: "File Server (SLIST source)",
  5: "Job Server",
  6: "Gateway",
  7: "Print Server or Silent Print Server",
  8: "Archive Queue",
  9: "Archive Server",
  10: "Job Queue",
  11: "Administration",
  15: "Novell TI-RPC",
  23: "Diagnostics",
  32: "NetBIOS",
  33: "NAS SNA Gateway",
  35: "NACS Async Gateway or Asynchronous Gateway",
  36: "Remote Bridge or Routing Service",
  38: "Bridge Server or Asynchronous Bridge Server",
  39: "TCP/IP Gateway Server",
  40: "Point to Point (Eicon) X.25 Bridge Server",
  41: "Eicon 3270 Gateway",
  42: "CHI Corp",
  44: "PC Chalkboard",
  45: "Time Synchronization Server or Asynchronous Timer",
  46: "ARCserve 5.0 / Palindrome Backup Director 4.x (PDB4)",
  69: "DI3270 Gateway",
  71: "Advertising Print Server",
  74: "NetBlazer Modems",
  75: "Btrieve VAP/NLM 5.0",
  76: "NetWare SQL VAP/NLM Server",
  77: "Xtree Network Version/NetWare XTree",
  80: "Btrieve VAP 4.11",
  82: "QuickLink (Cubix)",
  83: "Print Queue User",
  88: "Multipoint X.25 Eicon Router",
  96: "STLB/NLM",
  100: "ARCserve",
  102: "ARCserve 3.0",
  114: "WAN Copy Utility",
  122: "TES-NetWare for VMS",
  146: "WATCOM Debugger or Emerald Tape Backup Server",
  149: "DDA OBGYN",
  152: "NetWare Access Server (Asynchronous gateway)",
  154: "NetWare for VMS II or Named Pipe Server",
  155: "NetWare Access Server",
  158: "Portable NetWare Server or SunLink NVT",
  161: "Powerchute APC UPS NLM",
  170: "LAWserve",
  172: "Compaq IDA Status Monitor",
  256: "PIPE STAIL",
  258: "LAN Protect Bindery",
  259: "Oracle DataBase Server",
  263: "NetWare 386 or RSPX Remote Console",
  271: "Novell SNA Gateway",
  273: "Test Server",
  274: "Print Server (HP)",
  276: "CSA MUX (f/Communications Executive)",
  277: "CSA LCA (f/Communications Executive)",
  278: "CSA CM (f/Communications Executive)",
  279: "CSA SMA (f/Communications Executive)",
  280: "CSA DBA (f/Communications Executive)",
  281: "CSA NMA (f/Communications Executive)",
  282: "CSA SSA (f/Communications Executive)",
  283: "CSA STATUS (f/Communications Executive)",
  286: "CSA APPC (f/Communications Executive)",
  294: "SNA TEST SSA Profile",
  298: "CSA TRACE (f/Communications Executive)",
  299: "NetWare for SAA",
  302: "IKARUS virus scan utility",
  304: "Communications Executive",
  307: "NNS Domain Server or NetWare Naming Services Domain",
  309: "NetWare Naming Services Profile",
  311: "NetWare 386 Print Queue or NNS Print Queue",
  321: "LAN Spool Server (Vap, Intel)",
  338: "IRMALAN Gateway",
  340: "Named Pipe Server",
  358: "NetWare Management",
  360: "Intel PICKIT Comm Server or Intel CAS Talk Server",
  371: "Compaq",
  372: "Compaq SNMP Agent",
  373: "Compaq",
  384: "XTree Server or XTree Tools",
  394: "NASI services broadcast server (Novell)",
  432: "GARP Gateway (net research)",
  433: "Binfview (Lan Support Group)",
  447: "Intel LanDesk Manager",
  458: "AXTEC",
  459: "Shiva NetModem/E",
  460: "Shiva LanRover/E",
  461: "Shiva LanRover/T",
  462: "Shiva Universal",
  472: "Castelle FAXPress Server",
  474: "Castelle LANPress Print Server",
  476: "Castelle FAX/Xerox 7033 Fax Server/Excel Lan Fax",
  496: "LEGATO",
  501: "LEGATO",
  563: "NMS Agent or NetWare Management Agent",
  567: "NMS IPX Discovery or LANtern Read/Write Channel",
  568: "NMS IP Discovery or LANtern Trap/Alarm Channel",
  570: "LANtern",
  572: "MAVERICK",
  575: "SMS Testing and Development",
  590: "NetWare Connect",
  591: "NASI server broadcast (Cisco)",
  618: "Network Management (NMS) Service Console",
  619: "Time Synchronization Server (NetWare 4.x)",
  632: "Directory Server (NetWare 4.x)",
  635: "NetWare Management Agent",
  640: "Novell File and Printer Sharing Service for PC",
  772: "Novell SAA Gateway",
  776: "COM or VERMED 1",
  778: "Galacticomm's Worldgroup Server",
  780: "Intel Netport 2 or HP JetDirect or HP Quicksilver",
  800: "Attachmate Gateway",
  807: "Microsoft Diagnostics",
  808: "WATCOM SQL server",
  821: "MultiTech Systems Multisynch Comm Server",
  835: "Xylogics Remote Access Server or LAN Modem",
  853: "Arcada Backup Exec",
  856: "MSLCD1",
  865: "NETINELO",
  894: "Powerchute UPS Monitoring",
  895: "ViruSafe Notify",
  902: "HP Bridge",
  903: "HP Hub",
  916: "NetWare SAA Gateway",
  923: "Lotus Notes",
  951: "Certus Anti Virus NLM",
  964: "ARCserve 4.0 (Cheyenne)",
  967: "LANspool 3.5 (Intel)",
  983: "Lexmark printer server (type 4033-011)",
  984: "Lexmark XLE printer server (type 4033-301)",
  989: "Banyan ENS for NetWare Client NLM",
  990: "Gupta Sequel Base Server or NetWare SQL",
  993: "Univel Unixware",
  996: "Univel Unixware",
  1020: "Intel Netport",
  1021: "Intel Print Server Queue",
  1034: "ipnServer",
  1037: "LVERRMAN",
  1038: "LVLIC",
  1044: "NET Silicon (DPI)/Kyocera",
  1065: "Site Lock Virus (Brightworks)",
  1074: "UFHELP R",
  1075: "Synoptics 281x Advanced SNMP Agent",
  1092: "Microsoft NT SNA Server",
  1096: "Oracle",
  1100: "ARCserve 5.01",
  1111: "Canon GP55 Running on a Canon GP55 network printer",
  1114: "QMS Printers",
  1115: "Dell SCSI Array (DSA) Monitor",
  1169: "NetBlazer Modems",
  1196: "On-Time Scheduler NLM",
  1200: "CD-Net (Meridian)",
  1299: "Emulex NQA",
  1312: "Site Lock Checks",
  1321: "Site Lock Checks (Brightworks)",
  1325: "Citrix OS/2 App Server",
  1333: "Tektronix",
  1334: "Milan",
  1373: "Attachmate SNA gateway",
  1387: "IBM 8235 modem server",
  1388: "Shiva LanRover/E PLUS",
  1389: "Shiva LanRover/T PLUS",
  1408: "McAfee's NetShield anti-virus",
  1464: "NLM to workstation communication (Revelation Software)",
  1466: "Compatible Systems Routers",
  1470: "Cheyenne Hierarchical Storage Manager",
  1542: "JCWatermark Imaging",
  1548: "AXIS Network Printer",
  1552: "Adaptec SCSI Management",
  1569: "IBM AntiVirus NLM",
  1600: "Microsoft Gateway Services for NetWare",
  1614: "Microsoft Internet Information Server",
  1659: "Microsoft Win95/98 File and Print Sharing for NetWare",
  1660: "Microsoft Win95/98 File and Print Sharing for NetWare",
  1900: "Xerox",
  1947: "Shiva LanRover/E 115",
  1948: "Shiva LanRover/T 115",
  1972: "Cubix WorldDesk",
  1985: "Quarterdeck IWare Connect V3.x NLM",
  1986: "Quarterdeck IWare Connect V2.x NLM",
  2064: "ELAN License Server Demo",
  2084: "Shiva LanRover Access Switch/E",
  2154: "ISSC collector NLMs",
  2175: "ISSC DAS agent for AIX",
  2176: "Intel Netport PRO",
  2177: "Intel Netport PRO",
  2857: "Site Lock",
  3113: "Site Lock Applications",
  3116: "Licensing Server",
  8449: "Performance Technology Instant Internet",
  9088: "LAI Site Lock",
  9100: "Meeting Maker",
  18440: "Site Lock Server or Site Lock Metering VAP/NLM",
  21845: "Site Lock User",
  25362: "Tapeware",
  28416: "Rabbit Gateway (3270)",
  30467: "MODEM",
  32770: "NetPort Printers (Intel) or LANport",
  32771: "SEH InterCon Printserver",
  32776: "WordPerfect Network Version",
  34238: "Cisco Enhanced Interior Routing Protocol (EIGRP)",
  34952: "WordPerfect Network Version or Quick Network Management",
  36864: "McAfee's NetShield anti-virus",
  38404: "CSA-NT_MON",
  46760: "Ocean Isle Reachout Remote Control",
  61727: "Site Lock Metering VAP/NLM",
  61951: "Site Lock",
  62723: "Microsoft SQL Server",
  63749: "IBM Time and Place/2 application",
  64507: "TopCall III fax server",
  65535: "Any Service or Wildcard",
};
const a = {
  request: bool("ipxsap.request", "Request"),
  response: bool("ipxsap.response", "Response"),
  packetType: u16("ipxsap.packet_type", "SAP packet type", { names: PACKET_TYPE_NAMES3 }),
  server: none("ipxsap.server", "Server"),
  serverType: u16("ipxsap.server.type", "Server Type", { base: "HEX", names: SERVER_TYPE_NAMES }),
  serverName: str("ipxsap.server.name", "Server Name"),
  serverNetwork: ipxNet("ipxsap.server.network", "Network"),
  serverNode: ether("ipxsap.server.node", "Node"),
  serverSocket: u16("ipxsap.server.socket", "Socket", { base: "HEX", names: SOCKET_NAMES }),
  serverIntermediateNetworks: u16("ipxsap.server.intermediate_networks", "Intermediate Networks"),
};

export const ipx = protocol({
  name: "ipx",
  title: "Internetwork Packet eXchange",
  short: "IPX",
  fields: f,
  on: [
    [ethertypes, 0x8137],
    [llcSaps, 0xe0, 0x10],
    [pppProtocols, 0x002b],
  ],
  dissect,
});

const HEADER = 30;
const TYPE_RIP = 0x01;
const TYPE_SPX = 0x05;
const TYPE_BROADCAST = 0x14;
const SOCKET_SAP = 0x0452;
const SOCKET_RIP = 0x0453;
const encoder = new TextEncoder();
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const nodeText = (bytes: Uint8Array): string => [...bytes].map((byte) => hex(byte, 2)).join("");

function dissect(d: Dissection): void {
  const start = d.pos;
  d.need(HEADER);
  const length = d.peek16(2);
  const type = d.peek8(5);
  const destination = d.peek16(16);
  const source = d.peek16(28);
  if (d.building || d.columns) addAddresses(d, start);
  if (d.columns) d.setInfo(SOCKET_NAMES[destination] ?? `Unknown (0x${hex(destination, 4)})`);
  d.u16(f.checksum);
  d.u16(f.len);
  if (d.labels) d.append(" bytes");
  const { wireEnd } = d;
  d.limit(Math.max(0, length - 4));
  if (d.wireEnd < wireEnd) d.payloadEnd = d.wireEnd;
  const hops = d.u8(f.hops);
  if (d.labels) d.relabel(`Transport Control: ${hops} hops`);
  d.u8(f.packetType);
  addEnd(d, f.dstNet, f.dstNode, f.dstSocket);
  addEnd(d, f.srcNet, f.srcNode, f.srcSocket);
  const app = payload(type, destination, source);
  if (app === nbipx) dissectNbipx(d, type === TYPE_BROADCAST);
  else if (app === nmpi) dissectNmpi(d);
  else d.call(app ?? data);
}

function payload(type: number, destination: number, source: number): Protocol | undefined {
  if (type === TYPE_SPX) return spx;
  return socketProtocol(destination) ?? socketProtocol(source) ?? (type === TYPE_RIP ? ipxRip : undefined);
}

function socketProtocol(socket: number): Protocol | undefined {
  switch (socket) {
    case SOCKET_SAP:
      return ipxSap;
    case SOCKET_RIP:
      return ipxRip;
    case 0x0451:
      return protocolNamed("ncp");
    case 0x0455:
      return nbipx;
    case 0x0551:
    case 0x0553:
      return nmpi;
    default:
      return undefined;
  }
}

/** `a8f87967.000000000001`, as they are shown and filtered for. */
function addAddresses(d: Dissection, start: number): void {
  const text = (at: number): string =>
    `${nodeText(d.buf.subarray(at, at + 4))}.${nodeText(d.buf.subarray(at + 4, at + 10))}`;
  const dst = text(start + 6);
  const src = text(start + 18);
  const from = encoder.encode(src.slice(9)).subarray(0, 18);
  const to = encoder.encode(dst.slice(9)).subarray(0, 18);
  d.setSource(ADDRESS_TEXT, from, 0, from.length);
  d.setDestination(ADDRESS_TEXT, to, 0, to.length);
  d.generated(f.src, start, 0, src);
  d.hidden(f.addr, start, 0, src);
  d.generated(f.dst, start, 0, dst);
  d.hidden(f.addr, start, 0, dst);
}

/** A network by its number: the first byte, then the whole of it. */
function addNetwork(d: Dissection, field: Field): void {
  const value = d.peek32();
  d.u32(field);
  if (d.labels) {
    const text = hex(value, 8);
    d.relabel(`${field.title}: ${text.slice(0, 2)} (0x${text.toUpperCase()})`);
  }
}

function addEnd(d: Dissection, net: Field, node: Field, socket: Field): void {
  const at = d.pos;
  addNetwork(d, net);
  if (d.building) {
    const value = d.buf.subarray(at + 4, at + 10);
    d.pos = at;
    d.hidden(f.net, at, 4, d.peek32());
    if (d.labels) {
      const text = hex(d.peek32(), 8);
      d.relabel(`${f.net.title}: ${text.slice(0, 2)} (0x${text.toUpperCase()})`);
    }
    d.pos = at + 4;
    d.ether(node);
    d.hidden(f.node, at + 4, 6, value);
    d.hidden(f.socket, at + 10, 2, d.peek16());
    const hidden = d.last;
    d.u16(socket);
    if (d.labels && hidden !== null) moveBehind(d);
  } else d.skip(8);
}

/** The socket's own line stands before the hidden one. */
function moveBehind(d: Dissection): void {
  const list = d.parent?.children;
  if (!list || list.length < 2) return;
  const last = list.pop()!;
  const before = list.pop()!;
  list.push(last, before);
}

// ------------------------------------------------------------------ SPX

export const spx = protocol({
  name: "spx",
  title: "Sequenced Packet eXchange",
  short: "SPX",
  fields: s,
  dissect: dissectSpx,
});

const CONTROLS: Readonly<Record<number, string>> = {
  16: "End of Message",
  32: "Attention",
  48: "Attention, End of Message",
  64: "Send Ack",
  80: "Send Ack: End Message",
  128: "System Packet",
  192: "System Packet: Send Ack",
};
const STREAMS: Readonly<Record<number, string>> = {
  252: "Orderly Release Request",
  253: "Orderly Release Acknowledge",
  254: "End-of-Connection",
  255: "End-of-Connection Acknowledgment",
};
const CONTROL_BITS = [s.ctlSys, s.ctlSendAck, s.ctlAttn, s.ctlEom] as const;

function dissectSpx(d: Dissection): void {
  const at = d.pos;
  d.need(12);
  const control = d.peek8() & 0xf0;
  const stream = d.peek8(1);
  const said = CONTROLS[control] ?? `Unknown (0x${hex(control, 2)})`;
  const streamName = STREAMS[stream];
  if (d.columns) d.setInfo(`SPX ${said}${streamName === undefined ? "" : ` (${streamName})`}`);
  d.bits(s.ctl, at, 1);
  d.openLast();
  for (const bit of CONTROL_BITS) d.bits(bit, at, 1);
  d.close();
  d.skip(1);
  d.u8(s.type);
  if (d.labels && streamName !== undefined) {
    d.relabel(`Datastream Type: ${streamName} (0x${hex(stream, 2).toUpperCase()})`);
  }
  d.u16(s.src);
  d.u16(s.dst);
  d.u16(s.seq);
  d.u16(s.ack);
  d.u16(s.alloc);
  if (d.remaining > 0) d.call(data);
}

// ------------------------------------------------------------------ RIP

export const ipxRip = protocol({
  name: "ipxrip",
  title: "IPX Routing Information Protocol",
  short: "IPX RIP",
  fields: r,
  dissect: dissectRip,
});

const REQUEST = 1;
const RESPONSE = 2;

function dissectRip(d: Dissection): void {
  const operation = d.u16(r.packetType);
  const name = PACKET_TYPE_NAMES2[operation];
  if (d.columns) d.setInfo(name ?? "Unknown Packet Type");
  if (operation === RESPONSE) d.hidden(r.response, d.pos - 2, 2, 1);
  else if (operation === REQUEST) d.hidden(r.request, d.pos - 2, 2, 1);
  while (d.remaining >= 8) {
    const ticks = d.peek16(6);
    d.openText(d.pos, 8, `Route Vector: ${hex(d.peek8(), 2)} (0x${hex(d.peek32(), 8).toUpperCase()})`);
    addNetwork(d, r.routeVector);
    d.u16(r.hops);
    d.u16(r.ticks);
    if (d.labels) {
      d.relabel(`Ticks: ${Math.floor((ticks * 1000) / 18)} ms`);
      d.close();
    }
  }
}

// ------------------------------------------------------------------ SAP

export const ipxSap = protocol({
  name: "ipxsap",
  title: "Service Advertisement Protocol",
  short: "IPX SAP",
  fields: a,
  dissect: dissectSap,
});

const RESPONSES: readonly number[] = [2, 4];
const SERVER = 64;

function dissectSap(d: Dissection): void {
  const operation = d.u16(a.packetType);
  if (d.columns) d.setInfo(PACKET_TYPE_NAMES3[operation] ?? "Unknown Packet Type");
  // Wireshark takes every odd type for a response.
  d.hidden(operation & 1 ? a.response : a.request, d.pos - 2, 2, 1);
  if (!RESPONSES.includes(operation)) {
    d.u16(a.serverType);
    return;
  }
  while (d.remaining >= SERVER) {
    const at = d.pos;
    d.open(a.server, at, SERVER);
    d.u16(a.serverType);
    const name = d.str(a.serverName, 48, "ascii");
    if (d.labels) d.relabelParent(`Server: ${name}`);
    addNetwork(d, a.serverNetwork);
    d.ether(a.serverNode);
    d.u16(a.serverSocket);
    const hops = d.u16(a.serverIntermediateNetworks);
    if (d.labels && hops >= 16) d.append(" (unreachable)");
    d.close();
  }
}
