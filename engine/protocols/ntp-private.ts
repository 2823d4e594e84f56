/** Items of ntpd's private mode (mode 7): the structures of its `ntp_request.h`, as they lie in memory. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  type Field,
  i8,
  i16,
  i32,
  i64,
  ipv4,
  ipv6,
  SET_NOTSET,
  str,
  strz,
  u8,
  u16,
  u32,
  u64,
  widthOf,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { INTERFACE_ACTIONS, MODES, REQUESTS, STRATA } from "./names/ntp.ts";

/** Fields that private items share with packets of time. */
export const timeFields = {
  stratum: u8("ntp.stratum", "Peer Clock Stratum", { names: STRATA }),
  ppoll: u8("ntp.ppoll", "Peer Polling Interval"),
  precision: u8("ntp.precision", "Peer Clock Precision"),
  rootdelay: u32("ntp.rootdelay", "Root Delay"),
  rootdispersion: u32("ntp.rootdispersion", "Root Dispersion"),
  refid: bytes("ntp.refid", "Reference ID"),
  reftime: absTime("ntp.reftime", "Reference Timestamp", { base: "NTP_UTC" }),
  org: absTime("ntp.org", "Origin Timestamp", { base: "NTP_UTC" }),
  rec: absTime("ntp.rec", "Receive Timestamp", { base: "NTP_UTC" }),
  xmt: absTime("ntp.xmt", "Transmit Timestamp", { base: "NTP_UTC" }),
  keyid: bytes("ntp.keyid", "Key ID"),
};

export const privateFields = {
  item: strz("ntp.priv.mode7.item", "Mode7 item"),
  monlistAvgint: u32("ntp.priv.monlist.avgint", "avgint"),
  monlistLsint: u32("ntp.priv.monlist.lsint", "lsint"),
  monlistRestr: u32("ntp.priv.monlist.restr", "restr", { base: "HEX" }),
  monlistCount: u32("ntp.priv.monlist.count", "count"),
  monlistRemoteAddress: ipv4("ntp.priv.monlist.remote_address", "remote address"),
  monlistLocalAddress: ipv4("ntp.priv.monlist.local_address", "local address"),
  monlistFlags: u32("ntp.priv.monlist.flags", "flags", { base: "HEX" }),
  monlistPort: u16("ntp.priv.monlist.port", "port"),
  monlistMode: u8("ntp.priv.monlist.mode", "mode"),
  monlistVersion: u8("ntp.priv.monlist.version", "version"),
  monlistIpv6: u32("ntp.priv.monlist.ipv6", "ipv6", { base: "HEX" }),
  monlistUnused: u32("ntp.priv.monlist.unused", "unused", { base: "HEX" }),
  monlistAddr6: ipv6("ntp.priv.monlist.addr6", "ipv6 remote addr"),
  monlistDaddr6: ipv6("ntp.priv.monlist.daddr6", "ipv6 local addr"),
  tstamp: absTime("ntp.priv.tstamp", "Authentication timestamp", { base: "NTP_UTC" }),
  address: ipv4("ntp.priv.mode7.address", "Address"),
  mask: ipv4("ntp.priv.mode7.mask", "Mask"),
  bcast: ipv4("ntp.priv.mode7.bcast", "Bcast"),
  port: u16("ntp.priv.mode7.port", "Port"),
  hmode: u8("ntp.priv.mode7.hmode", "HMode", { names: MODES }),
  peerFlags: u8("ntp.priv.mode7.peer.flags", "Flags", { base: "HEX", mask: 0xff }),
  ipv6Flag: u32("ntp.priv.mode7.ipv6_flag", "IPv6 Flag"),
  unused: bytes("ntp.priv.mode7.unused", "Unused"),
  address6: ipv6("ntp.priv.mode7.address6", "IPv6 addr"),
  mask6: ipv6("ntp.priv.mode7.mask6", "IPv6 mask"),
  bcast6: ipv6("ntp.priv.mode7.bcast6", "IPv6 bcast"),
  peerFlagsConfig: bool("ntp.priv.mode7.peer.flags.config", "Config", { mask: 0x1, tf: SET_NOTSET }),
  peerFlagsSyspeer: bool("ntp.priv.mode7.peer.flags.syspeer", "Syspeer", { mask: 0x2, tf: SET_NOTSET }),
  peerFlagsBurst: bool("ntp.priv.mode7.peer.flags.burst", "Burst", { mask: 0x4, tf: SET_NOTSET }),
  peerFlagsRefclock: bool("ntp.priv.mode7.peer.flags.refclock", "Refclock", { mask: 0x8, tf: SET_NOTSET }),
  peerFlagsPrefer: bool("ntp.priv.mode7.peer.flags.prefer", "Prefer", { mask: 0x10, tf: SET_NOTSET }),
  peerFlagsAuthenable: bool("ntp.priv.mode7.peer.flags.authenable", "Auth enable", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  peerFlagsSelCandidate: bool("ntp.priv.mode7.peer.flags.sel_candidate", "Sel Candidate", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  peerFlagsShortlist: bool("ntp.priv.mode7.peer.flags.shortlist", "Shortlist", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  dstaddress: ipv4("ntp.priv.mode7.dstaddress", "Destination address"),
  srcaddress: ipv4("ntp.priv.mode7.srcaddress", "Source address"),
  srcport: u16("ntp.priv.mode7.srcport", "Source port"),
  count: u32("ntp.priv.mode7.count", "Count"),
  hpoll: i8("ntp.priv.mode7.hpoll", "Host polling interval"),
  reach: u8("ntp.priv.mode7.reach", "Reach"),
  delay: i32("ntp.priv.mode7.delay", "Delay"),
  offset: u64("ntp.priv.mode7.offset", "Offset"),
  dispersion: u32("ntp.priv.mode7.dispersion", "Dispersion"),
  dstaddress6: ipv6("ntp.priv.mode7.dstaddress6", "IPv6 destination addr"),
  srcaddress6: ipv6("ntp.priv.mode7.srcaddress6", "IPv6 source addr"),
  leap: u8("ntp.priv.mode7.leap", "Leap"),
  pmode: u8("ntp.priv.mode7.pmode", "Peer mode", { names: MODES }),
  version: u8("ntp.priv.mode7.version", "Version"),
  unreach: u8("ntp.priv.mode7.unreach", "Unreach"),
  flash: u8("ntp.priv.mode7.flash", "Flash"),
  ttl: u8("ntp.priv.mode7.ttl", "TTL"),
  flash2: u16("ntp.priv.mode7.flash2", "Flash new"),
  associd: u16("ntp.priv.mode7.associd", "Association ID"),
  pkeyid: u32("ntp.priv.mode7.pkeyid", "Peer Key ID"),
  timer: u32("ntp.priv.mode7.timer", "Timer"),
  filtdelay: i32("ntp.priv.mode7.filtdelay", "Filt delay"),
  filtoffset: i64("ntp.priv.mode7.filtoffset", "Filt offset"),
  order: u8("ntp.priv.mode7.order", "Order"),
  selectdis: u32("ntp.priv.mode7.selectdis", "Selectdis"),
  estbdelay: i32("ntp.priv.mode7.estbdelay", "Estbdelay"),
  bdelay: i32("ntp.priv.mode7.bdelay", "Bdelay"),
  authdelay: i64("ntp.priv.mode7.authdelay", "Auth delay"),
  minpoll: u8("ntp.priv.mode7.minpoll", "Minpoll"),
  maxpoll: u8("ntp.priv.mode7.maxpoll", "Maxpoll"),
  configFlags: u8("ntp.priv.config.flags", "Flags", { base: "HEX", mask: 0xff }),
  configFlagsAuthenable: bool("ntp.priv.mode7.config.flags.authenable", "Authenable", {
    mask: 0x1,
    tf: SET_NOTSET,
  }),
  configFlagsPrefer: bool("ntp.priv.mode7.config.flags.prefer", "Prefer", { mask: 0x2, tf: SET_NOTSET }),
  configFlagsBurst: bool("ntp.priv.mode7.config.flags.burst", "Burst", { mask: 0x4, tf: SET_NOTSET }),
  configFlagsIburst: bool("ntp.priv.mode7.config.flags.iburst", "IBurst", { mask: 0x8, tf: SET_NOTSET }),
  configFlagsNoSelect: bool("ntp.priv.mode7.config.flags.no_select", "No Select", {
    mask: 0x10,
    tf: SET_NOTSET,
  }),
  configFlagsSkey: bool("ntp.priv.mode7.config.flags.skey", "Skey", { mask: 0x20, tf: SET_NOTSET }),
  keyFile: str("ntp.priv.mode7.key_file", "Key file name"),
  sysFlags: u32("ntp.priv.mode7.sys.flags", "Flags", { base: "HEX", mask: 0xff }),
  sysFlagsBclient: bool("ntp.priv.mode7.sys.flags.bclient", "Bclient", { mask: 0x1, tf: SET_NOTSET }),
  sysFlagsPps: bool("ntp.priv.mode7.sys.flags.pps", "PPS", { mask: 0x2, tf: SET_NOTSET }),
  sysFlagsNtp: bool("ntp.priv.mode7.sys.flags.ntp", "NTP", { mask: 0x4, tf: SET_NOTSET }),
  sysFlagsKernel: bool("ntp.priv.mode7.sys.flags.kernel", "Kernel", { mask: 0x8, tf: SET_NOTSET }),
  sysFlagsMonitor: bool("ntp.priv.mode7.sys.flags.monitor", "Monitor", { mask: 0x10, tf: SET_NOTSET }),
  sysFlagsFilegen: bool("ntp.priv.mode7.sys.flags.filegen", "Filegen", { mask: 0x20, tf: SET_NOTSET }),
  sysFlagsAuth: bool("ntp.priv.mode7.sys.flags.auth", "Auth", { mask: 0x40, tf: SET_NOTSET }),
  sysFlagsCal: bool("ntp.priv.mode7.sys.flags.cal", "Cal", { mask: 0x80, tf: SET_NOTSET }),
  resetStatsFlags: u32("ntp.priv.mode7.reset_stats.flags", "Flags", { base: "HEX", mask: 0xff }),
  resetStatsFlagsAllpeers: bool("ntp.priv.mode7.reset_stats.flags.allpeers", "All Peers", {
    mask: 0x1,
    bits: 32,
    tf: SET_NOTSET,
  }),
  resetStatsFlagsIo: bool("ntp.priv.mode7.reset_stats.flags.io", "IO", {
    mask: 0x2,
    bits: 32,
    tf: SET_NOTSET,
  }),
  resetStatsFlagsSys: bool("ntp.priv.mode7.reset_stats.flags.sys", "Sys", {
    mask: 0x4,
    bits: 32,
    tf: SET_NOTSET,
  }),
  resetStatsFlagsMem: bool("ntp.priv.mode7.reset_stats.flags.mem", "Mem", {
    mask: 0x8,
    bits: 32,
    tf: SET_NOTSET,
  }),
  resetStatsFlagsTimer: bool("ntp.priv.mode7.reset_stats.flags.timer", "Timer", {
    mask: 0x10,
    bits: 32,
    tf: SET_NOTSET,
  }),
  resetStatsFlagsAuth: bool("ntp.priv.mode7.reset_stats.flags.auth", "Auth", {
    mask: 0x20,
    bits: 32,
    tf: SET_NOTSET,
  }),
  resetStatsFlagsCtl: bool("ntp.priv.mode7.reset_stats.flags.ctl", "Ctl", {
    mask: 0x40,
    bits: 32,
    tf: SET_NOTSET,
  }),
  key: u64("ntp.priv.mode7.key", "Key", { base: "HEX" }),
  timeup: u32("ntp.priv.mode7.timeup", "Time up"),
  timereset: u32("ntp.priv.mode7.timereset", "Time reset"),
  timereceived: u32("ntp.priv.mode7.timereceived", "Time received"),
  timetosend: u32("ntp.priv.mode7.timetosend", "Time to send"),
  timereachable: u32("ntp.priv.mode7.timereachable", "Time reachable"),
  sent: u32("ntp.priv.mode7.sent", "Sent"),
  processed: u32("ntp.priv.mode7.processed", "Processed"),
  badauth: u32("ntp.priv.mode7.badauth", "Bad authentication"),
  bogusorg: u32("ntp.priv.mode7.bogusorg", "Bogus origin"),
  oldpkt: u32("ntp.priv.mode7.oldpkt", "Old packet"),
  seldisp: u32("ntp.priv.mode7.seldisp", "Bad dispersion"),
  selbroken: u32("ntp.priv.mode7.selbroken", "Bad reference time"),
  candidate: u32("ntp.priv.mode7.candidate", "Candidate"),
  numkeys: u32("ntp.priv.mode7.numkeys", "Num keys"),
  numfreekeys: u32("ntp.priv.mode7.numfreekeys", "Num free keys"),
  keylookups: u32("ntp.priv.mode7.keylookups", "Keylookups"),
  keynotfound: u32("ntp.priv.mode7.keynotfound", "Key not found"),
  encryptions: u32("ntp.priv.mode7.encryptions", "Encryptions"),
  decryptions: u32("ntp.priv.mode7.decryptions", "Decryptions"),
  expired: u32("ntp.priv.mode7.expired", "Expired"),
  keyuncached: u32("ntp.priv.mode7.keyuncached", "Key uncached"),
  localAddress: ipv4("ntp.priv.mode7.local_address", "Local address"),
  trapAddress: ipv4("ntp.priv.mode7.trap_address", "Trap address"),
  trapPort: u16("ntp.priv.mode7.trap_port", "Trap port"),
  sequence: u16("ntp.priv.mode7.sequence", "Sequence number"),
  settime: u32("ntp.priv.mode7.settime", "Trap set time"),
  origtime: u32("ntp.priv.mode7.origtime", "Trap originally time"),
  resets: u32("ntp.priv.mode7.resets", "Resets"),
  trapsFlags: u32("ntp.priv.traps.flags", "Flags", { base: "HEX" }),
  localAddress6: ipv6("ntp.priv.mode7.local_address6", "IPv6 local addr"),
  trapAddress6: ipv6("ntp.priv.mode7.trap_address6", "IPv6 trap addr"),
  requests: u32("ntp.priv.mode7.requests", "Requests"),
  badPackets: u32("ntp.priv.mode7.bad_packets", "Bad packets"),
  responses: u32("ntp.priv.mode7.responses", "Responses"),
  fragments: u32("ntp.priv.mode7.fragments", "Fragments"),
  errors: u32("ntp.priv.mode7.errors", "Errors"),
  tooShort: u32("ntp.priv.mode7.too_short", "Too short packets"),
  inputResponses: u32("ntp.priv.mode7.input_responses", "Responses on input"),
  inputFragments: u32("ntp.priv.mode7.input_fragments", "Fragments on input"),
  inputErrors: u32("ntp.priv.mode7.input_errors", "Errors on input"),
  badOffset: u32("ntp.priv.mode7.bad_offset", "Non zero offset packets"),
  badVersion: u32("ntp.priv.mode7.bad_version", "Unknown version packets"),
  dataTooShort: u32("ntp.priv.mode7.data_too_short", "Data too short"),
  badop: u32("ntp.priv.mode7.badop", "Bad op code found"),
  asyncMessages: u32("ntp.priv.mode7.async_messages", "Async messages"),
  type: u8("ntp.priv.mode7.type", "Type"),
  clockFlags: u8("ntp.priv.mode7.clock_flags", "Clock Flags"),
  lastevent: u8("ntp.priv.mode7.lastevent", "Last event"),
  currentstatus: u8("ntp.priv.mode7.currentstatus", "Current status"),
  polls: u32("ntp.priv.mode7.polls", "Polls"),
  noresponse: u32("ntp.priv.mode7.noresponse", "Noresponse"),
  badformat: u32("ntp.priv.mode7.badformat", "Bad format"),
  baddata: u32("ntp.priv.mode7.baddata", "Bad data"),
  timestarted: u32("ntp.priv.mode7.timestarted", "Time started"),
  fudgetime1: u64("ntp.priv.mode7.fudgetime1", "Fudge time 1", { base: "HEX" }),
  fudgetime2: u64("ntp.priv.mode7.fudgetime2", "Fudge time 2", { base: "HEX" }),
  fudgeval1: i32("ntp.priv.mode7.fudgeval1", "Fudge val 1"),
  fudgeval2: u32("ntp.priv.mode7.fudgeval2", "Fudge val 2"),
  kernelOffset: i32("ntp.priv.mode7.kernel_offset", "Offset"),
  freq: i32("ntp.priv.mode7.freq", "Freq"),
  stability: u32("ntp.priv.mode7.stability", "Stability (ppm)"),
  maxerror: i32("ntp.priv.mode7.maxerror", "Max error"),
  esterror: i32("ntp.priv.mode7.esterror", "Est error"),
  status: u16("ntp.priv.mode7.status", "Status"),
  shift: u16("ntp.priv.mode7.shift", "Shift"),
  constant: i32("ntp.priv.mode7.constant", "Constant"),
  kernelPrecision: i32("ntp.priv.mode7.precision", "Precision"),
  tolerance: i32("ntp.priv.mode7.tolerance", "tolerance"),
  ppsfreq: i32("ntp.priv.mode7.ppsfreq", "ppsfreq"),
  jitter: i32("ntp.priv.mode7.jitter", "jitter"),
  stabil: i32("ntp.priv.mode7.stabil", "stabil"),
  jitcnt: i32("ntp.priv.mode7.jitcnt", "jitcnt"),
  calcnt: i32("ntp.priv.mode7.calcnt", "calcnt"),
  errcnt: i32("ntp.priv.mode7.errcnt", "errcnt"),
  stbcnt: i32("ntp.priv.mode7.stbcnt", "stbcnt"),
  lastOffset: i64("ntp.priv.mode7.last_offset", "Last offset"),
  driftComp: i64("ntp.priv.mode7.drift_comp", "Drift comp"),
  compliance: u32("ntp.priv.mode7.compliance", "Compliance"),
  watchdogTimer: u32("ntp.priv.mode7.watchdog_timer", "Watchdog timer"),
  poll: u32("ntp.priv.mode7.poll", "Poll"),
  sysFlags8: u8("ntp.priv.mode7.sys.flags8", "Flags", { base: "HEX", mask: 0xff }),
  denied: u32("ntp.priv.mode7.denied", "Denied"),
  oldversion: u32("ntp.priv.mode7.oldversion", "Old version"),
  newversion: u32("ntp.priv.mode7.newversion", "New version"),
  badlength: u32("ntp.priv.mode7.badlength", "Bad length"),
  limitrejected: u32("ntp.priv.mode7.limitrejected", "Limit rejected"),
  lamport: u32("ntp.priv.mode7.lamport", "Lamport violation"),
  tsrounding: u32("ntp.priv.mode7.tsrounding", "Timestamp rounding error"),
  totalmem: u16("ntp.priv.mode7.totalmem", "Total memory"),
  freemem: u16("ntp.priv.mode7.freemem", "Free memory"),
  findpeerCalls: u32("ntp.priv.mode7.findpeer_calls", "Find peer calls"),
  allocations: u32("ntp.priv.mode7.allocations", "Allocations"),
  demobilizations: u32("ntp.priv.mode7.demobilizations", "Demobilizations"),
  hashcount: bytes("ntp.priv.mode7.hashcount", "Hashcount"),
  totalrecvbufs: u16("ntp.priv.mode7.totalrecvbufs", "Toal receive buffer"),
  freerecvbufs: u16("ntp.priv.mode7.freerecvbufs", "Free receive buffer"),
  fullrecvbufs: u16("ntp.priv.mode7.fullrecvbufs", "Full receive buffer"),
  lowwater: u16("ntp.priv.mode7.lowwater", "Low water"),
  dropped: u32("ntp.priv.mode7.dropped", "Dropped packets"),
  ignored: u32("ntp.priv.mode7.ignored", "Ignored packets"),
  received: u32("ntp.priv.mode7.received", "Received packets"),
  notsent: u32("ntp.priv.mode7.notsent", "Not sent packets"),
  interrupts: u32("ntp.priv.mode7.interrupts", "Interrupts"),
  intReceived: u32("ntp.priv.mode7.int_received", "Received by interrupt handler"),
  alarms: u32("ntp.priv.mode7.alarms", "Alarms"),
  overflows: u32("ntp.priv.mode7.overflows", "Overflows"),
  xmtcalls: u32("ntp.priv.mode7.xmtcalls", "Transmitted calls"),
  rflags: u16("ntp.priv.mode7.rflags", "Rflags"),
  mflags: u16("ntp.priv.mode7.mflags", "Mflags"),
  intName: str("ntp.priv.mode7.int_name", "Interface name"),
  intFlags: i32("ntp.priv.mode7.int_flags", "Interface flags"),
  lastTtl: i32("ntp.priv.mode7.last_ttl", "Last TTL specified"),
  numMcast: i32("ntp.priv.mode7.num_mcast", "Numer multicast sockets"),
  uptime: i32("ntp.priv.mode7.uptime", "Uptime"),
  scopeid: u32("ntp.priv.mode7.scopeid", "Scopeid"),
  ifindex: u32("ntp.priv.mode7.ifindex", "Ifindex"),
  ifnum: u32("ntp.priv.mode7.ifnum", "Ifnum"),
  peercnt: u32("ntp.priv.mode7.peercnt", "Peer count"),
  family: u16("ntp.priv.mode7.family", "Address family"),
  ignorePkts: u8("ntp.priv.mode7.ignore_pkts", "Ignore packets"),
  action: u8("ntp.priv.mode7.action", "Action", { names: INTERFACE_ACTIONS }),
  nvalues: u8("ntp.priv.mode7.nvalues", "Nvalues"),
  ntimes: u8("ntp.priv.mode7.ntimes", "Ntimes"),
  svalues: u16("ntp.priv.mode7.svalues", "Svalues"),
  stimes: u32("ntp.priv.mode7.stimes", "Stimes"),
  values: bytes("ntp.priv.mode7.values", "Values"),
  times: bytes("ntp.priv.mode7.times", "Times"),
  which: u32("ntp.priv.mode7.which", "Which"),
  fudgetime: u64("ntp.priv.mode7.fudgetime", "Fudgetime"),
  fudgevalFlags: u32("ntp.priv.mode7.fudgeval_flags", "Fudgeval flags"),
  ippeerlimit: i16("ntp.priv.mode7.ippeerlimit", "IP peer limit"),
  restrictFlags: u16("ntp.priv.mode7.restrict_flags", "Restrict flags"),
};

const t = timeFields;
const f = privateFields;

/** A field and its bytes in the item; the field alone when its type says how many. */
type Part = Field | readonly [Field, number];
/** To the end of the item. */
const REST = 0;
/** Slots of ntpd's clock filter. */
const SHIFT = 8;
const times = (count: number, part: Part): Part[] => Array(count).fill(part);

const PEER: readonly Part[] = [
  f.address,
  f.port,
  f.hmode,
  f.peerFlags,
  f.ipv6Flag,
  [f.unused, 4],
  f.address6,
];
const ADDRESS: readonly Part[] = [f.address, f.ipv6Flag, f.address6];
const SYSTEM_FLAGS: readonly Part[] = [f.sysFlags];
const KEY_ID: readonly Part[] = [[t.keyid, 4]];
const TRAP: readonly Part[] = [
  f.localAddress,
  f.trapAddress,
  f.trapPort,
  [f.unused, 2],
  f.ipv6Flag,
  f.localAddress6,
  f.trapAddress6,
];
const RESTRICT: readonly Part[] = [
  f.address,
  f.mask,
  f.ippeerlimit,
  f.restrictFlags,
  f.mflags,
  [f.unused, 2],
  f.ipv6Flag,
  f.address6,
  f.mask6,
];
const INTERFACE: readonly Part[] = [
  f.address6,
  f.bcast6,
  f.mask6,
  f.ipv6Flag,
  [f.intName, 32],
  f.intFlags,
  f.lastTtl,
  f.numMcast,
  f.received,
  f.sent,
  f.notsent,
  f.uptime,
  f.scopeid,
  f.ifindex,
  f.ifnum,
  f.peercnt,
  f.family,
  f.ignorePkts,
  f.action,
  [f.unused, 4],
];

/** What an item holds, by request code, where request and response agree. */
const ITEMS: Readonly<Record<number, readonly Part[]>> = {
  0: PEER,
  1: [
    f.dstaddress,
    f.srcaddress,
    f.srcport,
    t.stratum,
    f.hpoll,
    t.ppoll,
    f.reach,
    f.peerFlags,
    f.hmode,
    f.delay,
    f.offset,
    f.dispersion,
    f.ipv6Flag,
    [f.unused, 4],
    f.dstaddress6,
    f.srcaddress6,
  ],
  2: PEER,
  3: PEER,
  4: [
    f.address,
    f.pmode,
    f.leap,
    t.stratum,
    t.precision,
    t.rootdelay,
    t.rootdispersion,
    [t.refid, 4],
    t.reftime,
    f.poll,
    f.sysFlags8,
    [f.unused, 3],
    f.bdelay,
    f.freq,
    f.authdelay,
    f.stability,
    f.ipv6Flag,
    [f.unused, 4],
    f.address6,
  ],
  5: [
    f.timeup,
    f.timereset,
    f.denied,
    f.oldversion,
    f.newversion,
    f.badVersion,
    f.badlength,
    f.processed,
    f.badauth,
    f.timereceived,
    f.limitrejected,
    f.lamport,
    f.tsrounding,
  ],
  6: [
    f.timereset,
    f.totalrecvbufs,
    f.freerecvbufs,
    f.fullrecvbufs,
    f.lowwater,
    f.dropped,
    f.ignored,
    f.received,
    f.sent,
    f.notsent,
    f.interrupts,
    f.intReceived,
  ],
  7: [
    f.timereset,
    f.totalmem,
    f.freemem,
    f.findpeerCalls,
    f.allocations,
    f.demobilizations,
    [f.hashcount, REST],
  ],
  8: [f.lastOffset, f.driftComp, f.compliance, f.watchdogTimer],
  9: [f.timereset, f.alarms, f.overflows, f.xmtcalls],
  10: [
    f.address,
    f.hmode,
    f.version,
    f.minpoll,
    f.maxpoll,
    f.configFlags,
    f.ttl,
    [f.unused, 2],
    [t.keyid, 4],
    [f.keyFile, 128],
    f.ipv6Flag,
    [f.unused, 4],
    f.address6,
  ],
  11: ADDRESS,
  12: SYSTEM_FLAGS,
  13: SYSTEM_FLAGS,
  16: [f.address, f.mask, f.count, f.rflags, f.mflags, f.ipv6Flag, [f.unused, 4], f.address6, f.mask6],
  17: RESTRICT,
  18: RESTRICT,
  19: RESTRICT,
  21: [f.resetStatsFlags],
  22: ADDRESS,
  26: [f.key],
  27: [f.key],
  28: [
    f.timereset,
    f.numkeys,
    f.numfreekeys,
    f.keylookups,
    f.keynotfound,
    f.encryptions,
    f.decryptions,
    f.expired,
    f.keyuncached,
  ],
  29: [
    f.localAddress,
    f.trapAddress,
    f.trapPort,
    f.sequence,
    f.settime,
    f.origtime,
    f.resets,
    f.trapsFlags,
    f.ipv6Flag,
    f.localAddress6,
    f.trapAddress6,
  ],
  30: TRAP,
  31: TRAP,
  32: KEY_ID,
  33: KEY_ID,
  34: [
    f.timereset,
    f.requests,
    f.badPackets,
    f.responses,
    f.fragments,
    f.errors,
    f.tooShort,
    f.inputResponses,
    f.inputFragments,
    f.inputErrors,
    f.badOffset,
    f.badVersion,
    f.dataTooShort,
    f.badop,
    f.asyncMessages,
  ],
  36: [f.address],
  37: [f.address, f.which, f.fudgetime, f.fudgevalFlags],
  38: [
    f.kernelOffset,
    f.freq,
    f.maxerror,
    f.esterror,
    f.status,
    f.shift,
    f.constant,
    f.kernelPrecision,
    f.tolerance,
    f.ppsfreq,
    f.jitter,
    f.stabil,
    f.jitcnt,
    f.calcnt,
    f.errcnt,
    f.stbcnt,
  ],
  39: [f.address],
  44: INTERFACE,
  45: INTERFACE,
};

/** What an item of a response holds where the request's differs. */
const RESPONSES: Readonly<Record<number, readonly Part[]>> = {
  2: [
    f.dstaddress,
    f.srcaddress,
    f.srcport,
    f.peerFlags,
    f.leap,
    f.hmode,
    f.pmode,
    t.stratum,
    t.ppoll,
    f.hpoll,
    t.precision,
    f.version,
    [f.unused, 1],
    f.reach,
    f.unreach,
    f.flash,
    f.ttl,
    f.flash2,
    f.associd,
    [t.keyid, 4],
    f.pkeyid,
    [t.refid, 4],
    f.timer,
    t.rootdelay,
    t.rootdispersion,
    t.reftime,
    t.org,
    t.rec,
    t.xmt,
    ...times(SHIFT, f.filtdelay),
    ...times(SHIFT, f.filtoffset),
    ...times(SHIFT, f.order),
    f.delay,
    f.dispersion,
    f.offset,
    f.selectdis,
    ...times(7, [f.unused, 4]),
    f.estbdelay,
    f.ipv6Flag,
    [f.unused, 4],
    f.dstaddress6,
    f.srcaddress6,
  ],
  3: [
    f.dstaddress,
    f.srcaddress,
    f.srcport,
    [f.peerFlags, 2],
    f.timereset,
    f.timereceived,
    f.timetosend,
    f.timereachable,
    f.sent,
    [f.unused, 4],
    f.processed,
    [f.unused, 4],
    f.badauth,
    f.bogusorg,
    f.oldpkt,
    [f.unused, 4],
    [f.unused, 4],
    f.seldisp,
    f.selbroken,
    [f.unused, 4],
    [f.candidate, 1],
    ...times(3, [f.unused, 1]),
    f.ipv6Flag,
    [f.unused, 4],
    f.dstaddress6,
    f.srcaddress6,
  ],
  36: [
    f.address,
    f.type,
    f.clockFlags,
    f.lastevent,
    f.currentstatus,
    f.polls,
    f.noresponse,
    f.badformat,
    f.baddata,
    f.timestarted,
    f.fudgetime1,
    f.fudgetime2,
    f.fudgeval1,
    f.fudgeval2,
  ],
  39: [f.address, f.nvalues, f.ntimes, f.svalues, f.stimes, [f.values, 64], [f.times, 256]],
};

/** Structures from before `ippeerlimit` came, by their size. */
const OLD_RESTRICT_SIZES: readonly number[] = [12, 48];
const OLD_RESTRICT: readonly Part[] = [
  f.address,
  f.mask,
  f.restrictFlags,
  f.mflags,
  f.ipv6Flag,
  f.address6,
  f.mask6,
];

/** Interfaces without IPv6 hold addresses of 4 bytes in the space for 16. */
const INTERFACE_IPV4: Readonly<Record<string, Field>> = {
  [f.address6.name]: f.address,
  [f.bcast6.name]: f.bcast,
  [f.mask6.name]: f.mask,
};
const INTERFACE_FAMILY_AT = 48;

const FLAG_BITS: ReadonlyMap<Field, readonly Field[]> = new Map<Field, readonly Field[]>([
  [
    f.peerFlags,
    [
      f.peerFlagsConfig,
      f.peerFlagsSyspeer,
      f.peerFlagsBurst,
      f.peerFlagsRefclock,
      f.peerFlagsPrefer,
      f.peerFlagsAuthenable,
      f.peerFlagsSelCandidate,
      f.peerFlagsShortlist,
    ],
  ],
  [
    f.configFlags,
    [
      f.configFlagsAuthenable,
      f.configFlagsPrefer,
      f.configFlagsBurst,
      f.configFlagsIburst,
      f.configFlagsNoSelect,
      f.configFlagsSkey,
    ],
  ],
  ...[f.sysFlags, f.sysFlags8].map((field): [Field, readonly Field[]] => [
    field,
    [
      f.sysFlagsBclient,
      f.sysFlagsPps,
      f.sysFlagsNtp,
      f.sysFlagsKernel,
      f.sysFlagsMonitor,
      f.sysFlagsFilegen,
      f.sysFlagsAuth,
      f.sysFlagsCal,
    ],
  ]),
  [
    f.resetStatsFlags,
    [
      f.resetStatsFlagsAllpeers,
      f.resetStatsFlagsIo,
      f.resetStatsFlagsSys,
      f.resetStatsFlagsMem,
      f.resetStatsFlagsTimer,
      f.resetStatsFlagsAuth,
      f.resetStatsFlagsCtl,
    ],
  ],
]);

const MONLIST = 20;
const MONLIST_1 = 42;

/** An item of `size` bytes at the cursor; moves on behind it. */
export function addPrivateItem(d: Dissection, code: number, response: boolean, size: number): void {
  const at = d.pos;
  if (code === MONLIST || code === MONLIST_1) addMonitorItem(d, size, code === MONLIST_1);
  else {
    const name = REQUESTS[code as keyof typeof REQUESTS];
    d.open(f.item, at, size, "");
    if (d.labels) d.relabelParent(`${name ?? "Unknown"} Item`);
    const parts = layoutOf(code, response, size);
    if (parts !== undefined) addParts(d, code, parts, at + size);
    d.close();
  }
  d.pos = at;
  d.skip(size);
}

function layoutOf(code: number, response: boolean, size: number): readonly Part[] | undefined {
  const parts = (response ? RESPONSES[code] : undefined) ?? ITEMS[code];
  return parts === RESTRICT && OLD_RESTRICT_SIZES.includes(size) ? OLD_RESTRICT : parts;
}

/** What of the parts is before `end`: older programs know less of a structure. */
function addParts(d: Dissection, code: number, parts: readonly Part[], end: number): void {
  const small =
    parts === INTERFACE && d.remaining >= INTERFACE_FAMILY_AT + 4 && d.peek32(INTERFACE_FAMILY_AT) === 0;
  for (const part of parts) {
    const [field, width] = "type" in part ? [part, sizeOf(part)] : part;
    const n = width === REST ? end - d.pos : width;
    if (n <= 0 || d.pos + n > end) return;
    const at = d.pos;
    d.need(n);
    const v4 = small ? INTERFACE_IPV4[field.name] : undefined;
    if (v4 !== undefined) d.ipv4(v4);
    else addPart(d, code, field, n);
    d.pos = at + n;
  }
}

const WIDE: Readonly<Record<string, number>> = { FT_IPv4: 4, FT_IPv6: 16, FT_ABSOLUTE_TIME: 8 };
const sizeOf = (field: Field): number => WIDE[field.type] ?? widthOf(field.type) / 8;

function addPart(d: Dissection, code: number, field: Field, n: number): void {
  const bits = FLAG_BITS.get(field);
  if (bits !== undefined) {
    // The byte of the flags is the last of a wider integer.
    const width = sizeOf(field);
    d.skip(n - width);
    addFlags(d, field, width, bits);
    return;
  }
  switch (field.type) {
    case "FT_IPv4":
      d.ipv4(field);
      break;
    case "FT_IPv6":
      d.ipv6(field);
      break;
    case "FT_BYTES":
      d.bytes(field, n);
      break;
    case "FT_STRING":
      d.str(field, n);
      break;
    case "FT_ABSOLUTE_TIME":
      addTimestamp(d, field);
      break;
    case "FT_INT64":
      d.add(field, d.pos, n, BigInt.asIntN(64, d.peek64()));
      break;
    case "FT_UINT64":
      // Keys are in the byte order of the host, which hardly ever is the network's.
      if (code === 26 || code === 27) d.u64le(field);
      else d.u64(field);
      break;
    case "FT_INT8":
    case "FT_INT16":
    case "FT_INT32":
      d.int(field, n);
      break;
    default:
      d.uint(field, n);
  }
}

/** One client a server remembers: `struct info_monitor` and `info_monitor_1`. */
function addMonitorItem(d: Dissection, size: number, withLocal: boolean): void {
  const at = d.pos;
  const end = at + size;
  d.needAt(at, size);
  d.open(f.item, at, size, "Monlist Item");
  d.u32(f.monlistAvgint);
  d.u32(f.monlistLsint);
  d.u32(f.monlistRestr);
  d.u32(f.monlistCount);
  const remote = d.ipv4(f.monlistRemoteAddress);
  if (withLocal) {
    d.ipv4(f.monlistLocalAddress);
    d.u32(f.monlistFlags);
  }
  const port = d.u16(f.monlistPort);
  d.u8(f.monlistMode);
  d.u8(f.monlistVersion);
  const inet6 = d.pos + 4 <= end ? d.u32(f.monlistIpv6) : 0;
  if (d.pos + 4 <= end) d.u32(f.monlistUnused);
  let address = d.labels ? formatIpv4(remote) : "";
  if (inet6 !== 0 && d.pos + 16 <= end) {
    if (d.labels) address = formatIpv6(d.peekBytes(16));
    d.ipv6(f.monlistAddr6);
    if (withLocal && d.pos + 16 <= end) d.ipv6(f.monlistDaddr6);
  }
  d.close();
  d.relabel(`Monlist item: address: ${address}:${port}`);
}

/** 1 January 1970 and 7 February 2036, where the seconds begin again, as seconds since 1900. */
const EPOCH_1970 = 2_208_988_800;
const ERA_1 = 0x1_0000_0000;

/** RFC 5905 6: seconds since 1900 or, without the highest bit, since 2036, and their fraction. 0 means none. */
export function addTimestamp(d: Dissection, field: Field): void {
  const sec = d.peek32();
  const fraction = d.peek32(4);
  if (d.building) {
    const nsec = Math.floor((fraction * 1e9) / 2 ** 32);
    const era = sec < 0x8000_0000 ? ERA_1 : 0;
    // No time is shown as the zero of Unix, not as that of NTP.
    const none = sec === 0 && nsec === 0;
    const value = none ? 0n : BigInt(sec + era - EPOCH_1970) * 1_000_000_000n + BigInt(nsec);
    d.add(field, d.pos, 8, value);
  }
  d.skip(8);
}
