/**
 * The usual mistakes in capture filters (pcap-filter(7)): what is wrong, and how the filter should read.
 *
 * Hints are made from the text alone; whether a suggestion compiles is for libpcap to say.
 */
import { isIPv4, isIPv6 } from "node:net";
import type { CaptureFilterHint } from "../api.ts";

export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The words, operators and brackets of a filter. Positions are UTF-16 indexes. */
export function tokensOf(filter: string): Token[] {
  const pattern = /\{[^}]*\}|"[^"]*"|&&|\|\||==|!=|<>|<=|>=|<<|>>|[()[\]!<>&|=,;]|[^\s()[\]!<>&|=,;"{}]+|\S/g;
  const tokens: Token[] = [];
  for (const match of filter.matchAll(pattern)) {
    tokens.push({ text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return tokens;
}

const KEYWORDS = new Set(
  (
    "host net port portrange proto protochain gateway mask src dst and or not tcp udp sctp icmp icmp6 igmp ip ip6 arp " +
    "rarp ether wlan vlan mpls pppoed pppoes broadcast multicast less greater inbound outbound len iso stp ipx link"
  ).split(" "),
);
const TAKES_VALUE = "host|net|port|portrange|proto|gateway|vlan|mpls|less|greater";

/** Names of display filters that are usually meant by themselves. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  http: "tcp port 80",
  https: "tcp port 443",
  tls: "tcp port 443",
  ssl: "tcp port 443",
  http2: "tcp port 443",
  quic: "udp port 443",
  dns: "port 53",
  mdns: "udp port 5353",
  dhcp: "udp port 67 or udp port 68",
  bootp: "udp port 67 or udp port 68",
  dhcpv6: "udp port 546 or udp port 547",
  ssh: "tcp port 22",
  ftp: "tcp port 21",
  smtp: "tcp port 25",
  telnet: "tcp port 23",
  ntp: "udp port 123",
  snmp: "udp port 161 or udp port 162",
  syslog: "udp port 514",
  sip: "port 5060",
  smb: "tcp port 445",
  smb2: "tcp port 445",
  rdp: "tcp port 3389",
  mqtt: "tcp port 1883",
  tftp: "udp port 69",
  bgp: "tcp port 179",
  icmpv6: "icmp6",
  ipv6: "ip6",
  ipv4: "ip",
  eth: "ether",
};

type Translate = (value: string, operator: string) => string | null;

const isNumber = (text: string): boolean => /^(0x[0-9a-f]+|\d+)$/i.test(text);
const isMac = (text: string): boolean => /^([0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}$/i.test(text);
const negated = (operator: string): boolean => operator === "!=" || operator === "ne";
const isEqual = (operator: string): boolean => ["==", "eq", "=", "", "in"].includes(operator);

/** Wraps what stands for a test, so that a comparison of inequality turns it round. */
function test(make: (value: string) => string | null): Translate {
  return (value, operator) => {
    const plain = isEqual(operator) || negated(operator) ? make(value) : null;
    return plain === null
      ? null
      : negated(operator)
        ? `not ${plain.includes(" or ") ? `(${plain})` : plain}`
        : plain;
  };
}

const address = (direction: string): Translate =>
  test((value) => {
    const bare = value.replace(/^"(.*)"$/, "$1");
    if (/\/\d+$/.test(bare)) {
      const network = networkOf(bare);
      return network && `${direction}net ${network}`;
    }
    return /^[\w.:-]+$/.test(bare) ? `${direction}host ${bare}` : null;
  });

const ether = (direction: string): Translate =>
  test((value) => (isMac(value) ? `ether ${direction || "host "}${value.replaceAll("-", ":")}` : null));

const port =
  (protocol: string, direction: string): Translate =>
  (value, operator) => {
    const head = `${protocol} ${direction}`;
    const range = /^(\d+)\.\.(\d+)$/.exec(value);
    if (range) return `${head}portrange ${range[1]}-${range[2]}`;
    if (!/^[\w-]+$/.test(value)) return null;
    const number = Number(value);
    if (Number.isInteger(number)) {
      if (operator === ">" || operator === "gt") return `${head}portrange ${number + 1}-65535`;
      if (operator === ">=" || operator === "ge") return `${head}portrange ${number}-65535`;
      if (operator === "<" || operator === "lt") return `${head}portrange 0-${number - 1}`;
      if (operator === "<=" || operator === "le") return `${head}portrange 0-${number}`;
    }
    return test((each) => `${head}port ${each}`)(value, operator);
  };

const flag =
  (name: string): Translate =>
  (value, operator) => {
    if (!/^(1|0|true|false)$/i.test(value) || !(isEqual(operator) || negated(operator))) return null;
    const set = /^(1|true)$/i.test(value) !== negated(operator);
    return `tcp[tcpflags] & tcp-${name} ${set ? "!=" : "=="} 0`;
  };

const length: Translate = (value, operator) => {
  if (!isNumber(value)) return null;
  const number = Number(value);
  if (operator === ">" || operator === "gt") return `greater ${number + 1}`;
  if (operator === ">=" || operator === "ge") return `greater ${number}`;
  if (operator === "<" || operator === "lt") return number > 0 ? `less ${number - 1}` : null;
  if (operator === "<=" || operator === "le") return `less ${number}`;
  if (isEqual(operator)) return `len == ${number}`;
  return negated(operator) ? `len != ${number}` : null;
};

const byte =
  (place: string): Translate =>
  (value, operator) => {
    const symbols: Readonly<Record<string, string>> = {
      eq: "==",
      ne: "!=",
      gt: ">",
      lt: "<",
      ge: ">=",
      le: "<=",
      "=": "==",
    };
    return isNumber(value) && operator !== "in" ? `${place} ${symbols[operator] ?? operator} ${value}` : null;
  };

const numbered = (head: string): Translate => test((value) => (isNumber(value) ? `${head} ${value}` : null));

/** Display filter fields that a capture filter can express. */
const FIELDS: Readonly<Record<string, Translate>> = {
  "ip.addr": address(""),
  "ip.host": address(""),
  "ip.src": address("src "),
  "ip.src_host": address("src "),
  "ip.dst": address("dst "),
  "ip.dst_host": address("dst "),
  "ipv6.addr": address(""),
  "ipv6.host": address(""),
  "ipv6.src": address("src "),
  "ipv6.dst": address("dst "),
  "eth.addr": ether(""),
  "eth.src": ether("src "),
  "eth.dst": ether("dst "),
  "eth.type": numbered("ether proto"),
  "tcp.port": port("tcp", ""),
  "tcp.srcport": port("tcp", "src "),
  "tcp.dstport": port("tcp", "dst "),
  "udp.port": port("udp", ""),
  "udp.srcport": port("udp", "src "),
  "udp.dstport": port("udp", "dst "),
  "sctp.port": port("sctp", ""),
  "sctp.srcport": port("sctp", "src "),
  "sctp.dstport": port("sctp", "dst "),
  "ip.proto": numbered("ip proto"),
  "ipv6.nxt": numbered("ip6 proto"),
  "ip.ttl": byte("ip[8]"),
  "ip.version": test((value) => (value === "4" ? "ip" : value === "6" ? "ip6" : null)),
  "icmp.type": byte("icmp[icmptype]"),
  "icmp.code": byte("icmp[icmpcode]"),
  "vlan.id": numbered("vlan"),
  "frame.len": length,
  "frame.cap_len": length,
  "tcp.flags.syn": flag("syn"),
  "tcp.flags.ack": flag("ack"),
  "tcp.flags.fin": flag("fin"),
  "tcp.flags.reset": flag("rst"),
  "tcp.flags.push": flag("push"),
  "tcp.flags.urg": flag("urg"),
};

const COMPARISON = /^(==|!=|<=|>=|<|>|=|eq|ne|gt|lt|ge|le|contains|matches|~|in)$/;
const FIELD = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/i;

/** The network that a prefix names, its host bits cleared; null when it names none. */
export function networkOf(text: string): string | null {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  if (!match?.[1]) return null;
  const bits = Number(match[2]);
  const [base] = [match[1]];
  if (isIPv4(base) && bits <= 32) {
    const value = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const step = 2 ** (32 - bits);
    const network = Math.floor(value / step) * step;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join(".")}/${bits}`;
  }
  if (isIPv6(base) && bits <= 128) {
    const hex = ipv6Number(base);
    if (hex === null) return null;
    const host = BigInt(128 - bits);
    const network = (hex >> host) << host;
    const groups = Array.from({ length: 8 }, (_, index) =>
      ((network >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
    );
    return `${new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1)}/${bits}`;
  }
  return null;
}

function ipv6Number(text: string): bigint | null {
  if (text.includes("%")) return null;
  const plain = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...left, ...new Array<string>(8 - left.length - right.length).fill("0"), ...right];
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** The hints for a filter, the most telling first; empty for one without a usual mistake. */
export function captureFilterHints(filter: string): CaptureFilterHint[] {
  if (filter.trim() === "" || filter.length > 2_000) return [];
  const display = displayFilterHint(filter);
  if (display !== null) return [display];
  const spelling = spellingHint(filter);
  if (spelling !== null) return [spelling];
  return [inheritedHint(filter), precedenceHint(filter)].filter((hint) => hint !== null);
}

/** A display filter typed as a capture filter. */
function displayFilterHint(filter: string): CaptureFilterHint | null {
  const tokens = tokensOf(filter);
  const parts: string[] = [];
  let found = "";
  let impossible = "";
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]?.text ?? "";
    const next = tokens[at + 1]?.text.toLowerCase() ?? "";
    const before = tokens[at - 1]?.text.toLowerCase() ?? "";
    const name = token.toLowerCase();
    if (FIELD.test(token) && (COMPARISON.test(next) || Object.hasOwn(FIELDS, name))) {
      found ||= token;
      const operator = COMPARISON.test(next) ? next : "";
      const value = operator === "" ? "" : (tokens[at + 2]?.text ?? "");
      const part = translated(name, operator, value);
      if (part === null) impossible ||= token;
      else parts.push(part);
      at += operator === "" ? 0 : 2;
    } else if (
      (Object.hasOwn(PROTOCOLS, name) || /^(tcp|udp|icmp|arp|ip|sctp|igmp)$/.test(name)) &&
      !new RegExp(`^(${TAKES_VALUE}|src|dst|\\\\)$`).test(before) &&
      standsAlone(before, next)
    ) {
      const meant = PROTOCOLS[name];
      if (meant !== undefined) found ||= token;
      const text = meant ?? name;
      parts.push(text.includes(" or ") && tokens.length > 1 ? `(${text})` : text);
    } else parts.push(token);
  }
  if (found === "") return null;
  if (impossible !== "") {
    return {
      message: `“${impossible}” is a field of display filters. A capture filter cannot test it: capture more, then filter what is shown.`,
      suggestion: "",
    };
  }
  const isField = FIELD.test(found);
  const words: Readonly<Record<string, string>> = { "&&": "and", "||": "or", "!": "not" };
  const suggestion = parts.map((part) => words[part] ?? part).join(" ");
  return {
    message: isField
      ? `“${found}” is a field of display filters; capture filters have a language of their own.`
      : `Capture filters do not know “${found}”: they see addresses and ports, not what is inside.`,
    suggestion: tidy(suggestion),
  };
}

/** Between operators and brackets only, as a protocol's name in a display filter does. */
function standsAlone(before: string, next: string): boolean {
  const edge = /^(|and|or|not|&&|\|\||!|\(|\))$/;
  return edge.test(before) && edge.test(next);
}

function translated(name: string, operator: string, value: string): string | null {
  const translate = FIELDS[name];
  if (translate === undefined || value === "") return null;
  if (operator === "contains" || operator === "matches" || operator === "~") return null;
  if (operator !== "in") return translate(value, operator);
  const members =
    /^\{(.*)\}$/
      .exec(value)?.[1]
      ?.trim()
      .split(/[\s,]+/) ?? [];
  const parts = members.map((member) => translate(member, "=="));
  if (parts.length === 0 || parts.includes(null)) return null;
  return parts.length === 1 ? (parts[0] ?? null) : `(${parts.join(" or ")})`;
}

const tidy = (text: string): string =>
  text.replace(/\(\s+/g, "(").replace(/\s+\)/g, ")").replace(/\s+\[/g, "[").replace(/\s+/g, " ").trim();

interface Repair {
  readonly pattern: RegExp;
  readonly message: (match: RegExpExecArray) => string;
  readonly replace: (match: RegExpExecArray) => string;
}

const QUALIFIER = "(?:src |dst )?";
const REPAIRS: readonly Repair[] = [
  {
    pattern: new RegExp(`\\b(${TAKES_VALUE})(\\d[\\w.:/-]*)`),
    message: ([, word, value]) => `A space is missing between “${word}” and “${value}”.`,
    replace: ([, word, value]) => `${word} ${value}`,
  },
  {
    pattern: /\b(tcp|udp|sctp)(port|portrange|src|dst)\b/,
    message: ([, first, second]) => `A space is missing between “${first}” and “${second}”.`,
    replace: ([, first, second]) => `${first} ${second}`,
  },
  {
    pattern: /\b(ports|hosts|nets)\b/,
    message: ([, word]) => `The word is “${word?.slice(0, -1)}”.`,
    replace: ([, word]) => word?.slice(0, -1) ?? "",
  },
  {
    pattern: /\b(source|destination|dest)\b(?= )/,
    message: ([, word]) => `The word is “${word === "source" ? "src" : "dst"}”.`,
    replace: ([, word]) => (word === "source" ? "src" : "dst"),
  },
  {
    pattern: /\b(port|host|net|portrange)\s*={1,2}\s*(?=[\w.:])/,
    message: ([, word]) => `“${word}” is followed by its value, without “=”.`,
    replace: ([, word]) => `${word} `,
  },
  {
    pattern: /\bport (\d+)\s*(?:-|\.\.|:)\s*(\d+)\b/,
    message: () => "A range of ports is a “portrange”.",
    replace: ([, from, to]) => `portrange ${from}-${to}`,
  },
  {
    pattern: new RegExp(`\\b((?:tcp |udp )?${QUALIFIER}port) (\\w+)((?:\\s*,\\s*\\w+)+)`),
    message: () => "Each port is named by itself, joined by “or”.",
    replace: ([, head, first, rest]) =>
      `(${[first, ...(rest ?? "").split(",").filter((each) => each.trim() !== "")]
        .map((each) => `${head} ${each?.trim()}`)
        .join(" or ")})`,
  },
  {
    pattern: new RegExp(`\\b((?:tcp |udp )?${QUALIFIER}port) (\\d+)((?: \\d+)+)(?![\\w.:/])`),
    message: () => "Each port is named by itself, joined by “or”.",
    replace: ([, head, first, rest]) =>
      `(${[first, ...(rest ?? "").trim().split(" ")].map((each) => `${head} ${each}`).join(" or ")})`,
  },
  {
    pattern: /\b(?:host|net) ([\da-f.:]+\/\d{1,3})(?![\w.])/i,
    message: ([whole, prefix]) =>
      whole?.toLowerCase().startsWith("host")
        ? `“${prefix}” is a network, not a host.`
        : `“${prefix}” has bits set behind its prefix.`,
    replace: ([, prefix]) => `net ${networkOf(prefix ?? "") ?? prefix}`,
  },
  {
    pattern: /\bhost ((?:[\da-f]{1,2}[:-]){5}[\da-f]{1,2})(?![\w:])/i,
    message: () => "A hardware address is the host of “ether”.",
    replace: ([, mac]) => `host ${mac?.replaceAll("-", ":")}`,
  },
  {
    pattern: /\[([\da-f]*:[\da-f:.]+)\]/i,
    message: () => "An IPv6 address stands without brackets.",
    replace: ([, bare]) => bare ?? "",
  },
  {
    pattern: /(?<![\w.:/])(?:host )?(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})\b/,
    message: () => "Address and port are two tests, joined by “and”.",
    replace: ([, host, number]) => `host ${host} and port ${number}`,
  },
  {
    pattern: /\b(ip6?) (\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:]+)(?![\w./:])/i,
    message: ([, word]) => `“${word}” is a protocol; an address stands behind “host”.`,
    replace: ([, , value]) => `host ${value}`,
  },
  {
    pattern:
      /\b((?:host|net|port|portrange) [\w.:/-]+) (?=(?:src |dst |tcp |udp |not )*(?:host|net|port|portrange)\b)/,
    message: ([, first]) => `Between “${first}” and what follows, “and” or “or” is missing.`,
    replace: ([, first]) => `${first} and `,
  },
];

/** Words that are spelled or joined wrongly; all of them are put right, and the first is told. */
function spellingHint(filter: string): CaptureFilterHint | null {
  let text = filter.trim();
  let message = "";
  for (const token of tokensOf(text).reverse()) {
    const lower = token.text.toLowerCase();
    const alone = KEYWORDS.has(lower) || /^(port|host|net|portrange)\d/.test(lower);
    if (token.text === lower || !alone) continue;
    text = text.slice(0, token.start) + lower + text.slice(token.end);
    message = `The words of capture filters are written in lower case: “${lower}”.`;
  }
  for (const { pattern, message: tell, replace } of REPAIRS) {
    // Each place once; a repair that changes nothing is none.
    for (let round = 0; round < 20; round++) {
      const match = pattern.exec(text);
      if (match === null) break;
      const isMacHost = /^host /i.test(match[0]) && isMac(match[0].slice(5));
      const replaced =
        isMacHost && !/ether $/.test(text.slice(0, match.index)) ? `ether ${replace(match)}` : replace(match);
      if (replaced === match[0]) break;
      message ||= tell(match);
      text = text.slice(0, match.index) + replaced + text.slice(match.index + match[0].length);
    }
  }
  const suggestion = tidy(text).replace(/^\(([^()]*)\)$/, "$1");
  return message === "" || suggestion === filter.trim() ? null : { message, suggestion };
}

const INHERITS =
  /(?<![\w.-])((?:(?:tcp|udp|sctp|ip6?|arp|ether) )?(?:src |dst )?(?:port|portrange|host|net)) ([\w.:/-]+) (and|or|&&|\|\|) ((?:not |! ?)?)([\w.:/-]+)(?=\s*(?:$|\)|and\b|or\b|&&|\|\|))/;

/** A value without a word of its own takes the words before the last one, which is not always what is meant. */
function inheritedHint(filter: string): CaptureFilterHint | null {
  const match = INHERITS.exec(filter);
  if (match === null) return null;
  const [whole, words = "", first, operator, not = "", value = ""] = match;
  if (KEYWORDS.has(value.toLowerCase())) return null;
  const isHost = /(host|net)$/.test(words);
  const meant = isHost && /^\d+$/.test(value) ? "port" : words;
  const message =
    meant === words
      ? `“${value}” stands without a word of its own and is read as “${words} ${value}”.`
      : `“${value}” stands without a word of its own and is read as “${words} ${value}”; a port needs the word “port”.`;
  const suggestion = filter.replace(whole, () => `${words} ${first} ${operator} ${not}${meant} ${value}`);
  return { message, suggestion: suggestion.trim() };
}

/** “and” and “or” side by side without brackets: to libpcap they bind equally, from the left. */
function precedenceHint(filter: string): CaptureFilterHint | null {
  const tokens = tokensOf(filter);
  const operators: { kind: "and" | "or"; token: Token }[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === "(" || token.text === "[") depth++;
    if (token.text === ")" || token.text === "]") depth--;
    if (depth !== 0) continue;
    if (token.text === "and" || token.text === "&&") operators.push({ kind: "and", token });
    if (token.text === "or" || token.text === "||") operators.push({ kind: "or", token });
  }
  const firstOr = operators.findIndex(({ kind }) => kind === "or");
  const last = operators.findLast(({ kind }) => kind === "and");
  if (firstOr < 0 || last === undefined || operators.indexOf(last) < firstOr) return null;
  const head = filter.slice(0, last.token.start).trim();
  const tail = filter.slice(last.token.end).trim();
  return {
    message:
      "“and” and “or” bind equally here and are read from the left, unlike in display filters. This is how it is read now; brackets can say otherwise.",
    suggestion: `(${head}) and ${tail}`,
  };
}

/** The place that a message of libpcap quotes; null when it quotes none. */
export function quotedPlace(filter: string, message: string): { start: number; end: number } | null {
  const quoted = /['"]([^'"]+)['"]/.exec(message)?.[1] ?? /number (\d+)/.exec(message)?.[1];
  if (quoted === undefined) return null;
  const at = filter.indexOf(quoted);
  return at < 0 ? null : { start: at, end: at + quoted.length };
}

/** What could complete the beginning of a filter, by what it lacks. */
const ENDINGS = [
  "",
  " 80",
  " 1.2.3.4",
  " 1.2.3.0/24",
  " 1-2",
  " tcp",
  " port 80",
  " host 1.2.3.4",
  " 0",
  "] = 0",
  " = 0",
  " tcp",
  " a",
];
const MOST_TOKENS = 64;

/**
 * Where a syntax error is: the first token that no ending can make a filter of, found by halving.
 * @param compiles whether a text compiles; null when that cannot be told, which ends the search
 * @returns the place of that token, behind the end of the text when only something is missing; null when not found
 */
export async function syntaxErrorPlace(
  filter: string,
  compiles: (text: string) => Promise<boolean | null>,
): Promise<{ start: number; end: number } | null> {
  const tokens = tokensOf(filter);
  if (tokens.length === 0 || tokens.length > MOST_TOKENS) return null;
  let stuck = false;
  const viable = async (length: number): Promise<boolean> => {
    const text = filter.slice(0, tokens[length - 1]?.end ?? 0);
    const kinds = tokens.slice(0, length).map((token) => token.text);
    const open = kinds.filter((kind) => kind === "(").length - kinds.filter((kind) => kind === ")").length;
    if (open < 0) return false;
    for (const ending of ENDINGS) {
      const verdict = await compiles(text + ending + ")".repeat(open));
      if (verdict === null) stuck = true;
      if (verdict === true || stuck) return true;
    }
    return false;
  };
  let good = 0;
  let bad = tokens.length + 1;
  while (bad - good > 1 && !stuck) {
    const middle = (good + bad) >> 1;
    if (await viable(middle)) good = middle;
    else bad = middle;
  }
  if (stuck) return null;
  const token = tokens[bad - 1];
  return token === undefined
    ? { start: filter.length, end: filter.length }
    : { start: token.start, end: token.end };
}

/**
 * What to say of a filter that is right as far as it goes: a bracket to close, or that something has to follow.
 * @param compiles as in `syntaxErrorPlace`
 */
export async function unfinishedHint(
  filter: string,
  compiles: (text: string) => Promise<boolean | null>,
): Promise<CaptureFilterHint> {
  const kinds = tokensOf(filter).map(({ text }) => text);
  const open = kinds.filter((kind) => kind === "(").length - kinds.filter((kind) => kind === ")").length;
  const closed = filter.trimEnd() + ")".repeat(Math.max(0, open));
  if (open > 0 && (await compiles(closed)) === true) {
    return {
      message: open === 1 ? "A bracket is not closed." : "Brackets are not closed.",
      suggestion: closed,
    };
  }
  const last = kinds.at(-1) ?? "";
  return { message: `Something is missing behind “${last}”.`, suggestion: "" };
}
