/** The command line: tshark's flags, read once and checked here. */
import { Command, CommanderError, Option } from "commander";
import { isPreference, PREFERENCE_NAMES, type PreferenceName } from "../engine/dissect/preferences.ts";
import { UsageError } from "./errors.ts";
import { setTableOption, TABLE_DEFAULTS, type TableOptions } from "./print/fields.ts";
import { type StatisticsArgument, statisticsArgument } from "./statistics.ts";
import { TIME_FLAGS, type TimeColumn } from "./times.ts";

export const FORMATS = ["text", "tabs", "fields", "json", "pdml", "psml"] as const;
export type OutputFormat = (typeof FORMATS)[number];

export const REPORTS = ["fields", "protocols", "values"] as const;
export type Report = (typeof REPORTS)[number];

/** File types of `-F` and what they mean for the writer. */
export const FILE_TYPES = {
  pcapng: { format: "pcapng", precision: undefined },
  pcap: { format: "pcap", precision: 6 },
  nsecpcap: { format: "pcap", precision: 9 },
} as const;
export type FileType = keyof typeof FILE_TYPES;

/** As tcpdump calls them. */
const PRECISIONS: Readonly<Record<string, "ns" | "us">> = { nano: "ns", micro: "us" };

/** One `-i` with the capture options that stood behind it. */
export interface SourceArgument {
  name: string;
  filter: string;
  promiscuous: boolean;
  monitor: boolean;
  snapLen: number | undefined;
  bufferMiB: number | undefined;
  linkType: string | undefined;
  /** libpcap's name of the clock that stamps the packets. */
  timestampType: string | undefined;
  precision: "ns" | "us" | undefined;
  readTimeoutMs: number | undefined;
  immediate: boolean;
}

export interface Arguments {
  command:
    | "help"
    | "version"
    | "report"
    | "list-interfaces"
    | "list-link-types"
    | "list-time-stamp-types"
    | "read"
    | "capture";
  report: Report;
  read: string | undefined;
  write: string | undefined;
  fileType: FileType;
  displayFilter: string;
  count: number | undefined;
  twoPass: boolean;
  /** Go on reading a file that another program writes. */
  follow: boolean;
  quiet: boolean;
  flushEach: boolean;
  format: OutputFormat;
  formatGiven: boolean;
  summary: boolean;
  details: boolean;
  hex: boolean;
  only: Set<string> | null;
  fields: string[];
  table: TableOptions;
  time: TimeColumn;
  sources: SourceArgument[];
  /** Options of an interface that was not named. */
  defaults: SourceArgument;
  stopAfter: { seconds?: number; packets?: number; kilobytes?: number; files?: number };
  /** `-b`; null for one file. */
  several: SeveralArgument | null;
  compress: boolean;
  /** Files that describe protocols, beside those of the settings' folder. */
  protocolFiles: string[];
  /** `-d`: what is taken for which protocol. */
  decodeAs: DecodeAs[];
  /** `-o` */
  preferences: { [name in PreferenceName]?: boolean };
  /** `-o extcap.…`: options of programs that capture, as `INTERFACE.OPTION` and their values. */
  extcap: { name: string; value: string }[];
  /** `-z` */
  statistics: StatisticsArgument[];
}

/** All the `-b`: when the next file is begun, how many are kept, and where the names of finished ones are told. */
export interface SeveralArgument {
  kilobytes?: number;
  seconds?: number;
  interval?: number;
  packets?: number;
  files?: number;
  printName?: string;
}

/** One `-d`: these values of a table mean that protocol, `to` among them. */
export interface DecodeAs {
  readonly table: string;
  readonly from: number;
  readonly to: number;
  readonly protocol: string;
}

const whole = (what: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new UsageError(`The ${what} "${text}" must be a whole number ${range}.`);
  }
  return value;
};

function oneOf<T extends string>(flag: string, known: readonly T[], text: string): T {
  const found = known.find((each) => each === text);
  if (found === undefined) throw new UsageError(`${flag} cannot be "${text}"; it must be ${list(known)}.`);
  return found;
}

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;

function freshArguments(): Arguments {
  return {
    command: "capture",
    report: "fields",
    read: undefined,
    write: undefined,
    fileType: "pcapng",
    displayFilter: "",
    count: undefined,
    twoPass: false,
    follow: false,
    quiet: false,
    flushEach: false,
    format: "text",
    formatGiven: false,
    summary: false,
    details: false,
    hex: false,
    only: null,
    fields: [],
    table: { ...TABLE_DEFAULTS },
    time: "relative",
    sources: [],
    defaults: {
      name: "",
      filter: "",
      promiscuous: true,
      monitor: false,
      snapLen: undefined,
      bufferMiB: undefined,
      linkType: undefined,
      timestampType: undefined,
      precision: undefined,
      readTimeoutMs: undefined,
      immediate: false,
    },
    stopAfter: {},
    several: null,
    compress: false,
    protocolFiles: [],
    decodeAs: [],
    preferences: {},
    extcap: [],
    statistics: [],
  };
}

/** A flag: how it is written, what the help says of it, what it does. */
type Flag = readonly [flags: string, help: string, apply: (value: string) => void];

/** Every flag, acting on `a` in the order of the command line: `-f` behind `-i` belongs to that interface. */
function flagsOf(a: Arguments): readonly Flag[] {
  const source = (): SourceArgument => a.sources[a.sources.length - 1] ?? a.defaults;
  return [
    [
      "-r, --read-file <file>",
      "read packets from a capture file (- for standard input)",
      (v) => set(a, { read: v }),
    ],
    [
      "-i, --interface <interface>",
      "capture on this interface (name or number of -D; - for a capture on standard input; path of a FIFO; may be repeated)",
      (v) => {
        a.sources.push({ ...a.defaults, name: v });
      },
    ],
    ["-f <capture filter>", "capture filter, as libpcap understands it", (v) => set(source(), { filter: v })],
    [
      "-s, --snapshot-length <bytes>",
      "bytes kept of each packet (0: all)",
      (v) => {
        const bytes = whole("snapshot length", v, 0, 262_144);
        source().snapLen = bytes === 0 ? undefined : bytes;
      },
    ],
    [
      "-p, --no-promiscuous-mode",
      "do not capture in promiscuous mode",
      () => set(source(), { promiscuous: false }),
    ],
    ["-I, --monitor-mode", "capture in monitor mode", () => set(source(), { monitor: true })],
    [
      "-B, --buffer-size <MiB>",
      "size of the kernel's buffer",
      (v) => {
        source().bufferMiB = whole("buffer size", v, 1, 2047);
      },
    ],
    ["-y, --linktype <type>", "link type to capture (see -L)", (v) => set(source(), { linkType: v })],
    [
      "--time-stamp-type <type>",
      "what stamps the packets: host, adapter or another that libpcap names",
      (v) => set(source(), { timestampType: v }),
    ],
    [
      "--time-stamp-precision <precision>",
      "what time stamps count: nano (default) or micro",
      (v) => {
        const precision = PRECISIONS[v];
        if (precision === undefined)
          throw new UsageError(`The time stamp precision is micro or nano, not "${v}".`);
        source().precision = precision;
      },
    ],
    [
      "--update-interval <ms>",
      "milliseconds the system may gather packets before they are written (default 40)",
      (v) => {
        source().readTimeoutMs = whole("update interval", v, 1, 2000);
      },
    ],
    ["--immediate-mode", "take each packet as it comes", () => set(source(), { immediate: true })],
    ["-D, --list-interfaces", "list the interfaces and exit", () => set(a, { command: "list-interfaces" })],
    [
      "-L, --list-data-link-types",
      "list the link types of the interface and exit",
      () => set(a, { command: "list-link-types" }),
    ],
    [
      "--list-time-stamp-types",
      "list what can stamp the packets of the interface and exit",
      () => set(a, { command: "list-time-stamp-types" }),
    ],
    [
      "-c <count>",
      "stop after this many packets were read or captured",
      (v) => {
        a.count = whole("packet count", v, 1);
      },
    ],
    [
      "-a, --autostop <condition>",
      "stop capturing at duration:SECONDS, packets:N, filesize:KB or, with -b, files:N",
      (v) => autostop(a, v),
    ],
    [
      "-b, --ring-buffer <condition>",
      "write several files and begin the next at filesize:KB, duration:SECONDS, interval:SECONDS of the clock or packets:N; keep the last files:N; printname:FILE tells the names of finished ones (may be repeated)",
      (v) => ringBuffer(a, v),
    ],
    [
      "--compress <method>",
      "compress the files captured, each when it is complete: gzip",
      (v) => {
        oneOf("--compress", ["gzip"], v);
        a.compress = true;
      },
    ],
    ["-w <file>", "write the packets to a capture file (- for standard output)", (v) => set(a, { write: v })],
    [
      "-F <type>",
      `type of that file: ${list(Object.keys(FILE_TYPES))} (default pcapng)`,
      (v) => {
        a.fileType = oneOf("-F", Object.keys(FILE_TYPES) as FileType[], v);
      },
    ],
    [
      "-Y, --display-filter <filter>",
      "show and write only packets that match; with -w while capturing, each is judged as it is first dissected, and written then",
      (v) => set(a, { displayFilter: v }),
    ],
    [
      "-2",
      "walk the file twice, so that packets show what later ones tell of them",
      () => set(a, { twoPass: true }),
    ],
    [
      "--follow",
      "go on with packets that another program adds to the file (-r), until Ctrl+C or -c",
      () => set(a, { follow: true }),
    ],
    ["-n", "no name resolution (Tapline resolves none)", () => undefined],
    ["-V", "print the layer tree", () => set(a, { details: true })],
    [
      "-O <protocols>",
      "print the layer tree of these protocols only",
      (v) => {
        a.details = true;
        a.only = new Set(v.split(",").map((name) => name.trim().toLowerCase()));
      },
    ],
    ["-x", "print the bytes as hex and ASCII", () => set(a, { hex: true })],
    [
      "-P, --print",
      "print the packet list even when writing a file or the layer tree",
      () => set(a, { summary: true }),
    ],
    [
      "-T <format>",
      `format of the output: ${list(FORMATS)}`,
      (v) => {
        a.format = oneOf("-T", FORMATS, v);
        a.formatGiven = true;
      },
    ],
    [
      "-e <field>",
      "field to print with -T fields, json or pdml; _ws.col.Info for a column (may be repeated)",
      (v) => {
        a.fields.push(...v.split(/[\s,]+/).filter((name) => name !== ""));
      },
    ],
    [
      "-E <option>",
      "option of -T fields: header=y, bom=y, separator=, occurrence=f|l|a, aggregator=, quote=d|s|n",
      (v) => {
        setTableOption(a.table, v);
      },
    ],
    [
      "-t <format>",
      `format of times: ${list(Object.keys(TIME_FLAGS))}`,
      (v) => {
        a.time = TIME_FLAGS[oneOf("-t", Object.keys(TIME_FLAGS), v)];
      },
    ],
    [
      "-d <table==value,protocol>",
      "take what has this value (or 8000-8005, or 8000:3) for this protocol, or none, as in tcp.port==8888,http (may be repeated)",
      (v) => {
        a.decodeAs.push(decodeAs(v));
      },
    ],
    [
      "-o <preference:value>",
      "dissect by this preference, as in tcp.check_checksum:TRUE; or give a program that captures an option: extcap.INTERFACE.OPTION:VALUE (may be repeated)",
      (v) => preference(a, v),
    ],
    [
      "--protocol-file <file>",
      "also know the protocol that this file describes (may be repeated)",
      (v) => {
        a.protocolFiles.push(v);
      },
    ],
    [
      "-z <statistics>",
      "print statistics at the end: expert[,error|warn|note|chat|comment][,filter] (may be repeated)",
      (v) => {
        a.statistics.push(statisticsArgument(v));
      },
    ],
    ["-l", "write out each packet at once", () => set(a, { flushEach: true })],
    ["-q", "print no packets unless asked for, and no counts while capturing", () => set(a, { quiet: true })],
    [
      "-G [report]",
      `print what is known and exit: ${list(REPORTS)}`,
      (v) => {
        a.command = "report";
        a.report = oneOf("-G", REPORTS, v ?? "fields");
      },
    ],
    ["-h, --help", "print this and exit", () => set(a, { command: "help" })],
    ["-v, --version", "print the version and exit", () => set(a, { command: "version" })],
  ];
}

function set<T extends object>(target: T, change: Partial<T>): void {
  Object.assign(target, change);
}

/** `tcp.port==8888,http`, `tcp.port==8000-8005,http` or `tcp.port==8000:3,http` */
function decodeAs(text: string): DecodeAs {
  const [, table, first, sign, second, protocol] =
    /^([\w.]+)==(0x[0-9a-f]+|\d+)(?:([-:])(0x[0-9a-f]+|\d+))?,([\w.-]+)$/i.exec(text) ?? [];
  if (table === undefined)
    throw new UsageError(
      `-d wants a table, a number and a protocol, as in tcp.port==8888,http; not "${text}". ` +
        "Several numbers are 8000-8005 or, from 8000 on, 8000:3.",
    );
  const from = Number(first);
  const to = sign === "-" ? Number(second) : sign === ":" ? from + Number(second) - 1 : from;
  if (to < from) throw new UsageError(`-d ${text}: there is no number from ${from} to ${to}.`);
  return { table, from, to, protocol };
}

/** `tcp.check_checksum:TRUE` */
function preference(a: Arguments, text: string): void {
  const colon = text.indexOf(":");
  const name = colon === -1 ? text : text.slice(0, colon);
  if (name.startsWith("extcap.") && colon !== -1) {
    a.extcap.push({ name: name.slice("extcap.".length), value: text.slice(colon + 1) });
    return;
  }
  const value = colon === -1 ? "" : text.slice(colon + 1).toLowerCase();
  if (!isPreference(name))
    throw new UsageError(`-o knows no preference "${name}"; it knows ${list(PREFERENCE_NAMES)}.`);
  if (value !== "true" && value !== "false")
    throw new UsageError(
      `-o ${name} is TRUE or FALSE, as in ${name}:TRUE; not "${text.slice(name.length + 1)}".`,
    );
  a.preferences[name] = value === "true";
}

function secondsOf(flag: string, text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 0.001 && seconds <= 1e9) || !/^[\d.]+$/.test(text)) {
    throw new UsageError(`${flag} wants a number of seconds above 0, not "${text}".`);
  }
  return seconds;
}

function ringBuffer(a: Arguments, text: string): void {
  const [, name, value] = /^(\w+):(.*)$/s.exec(text) ?? [];
  a.several ??= {};
  switch (name) {
    case "filesize":
      a.several.kilobytes = whole("file size in kB", value, 1, 1e12);
      return;
    case "duration":
      a.several.seconds = secondsOf("-b duration:", value);
      return;
    case "interval":
      a.several.interval = whole("interval in seconds", value, 1, 1e9);
      return;
    case "packets":
      a.several.packets = whole("packet count", value, 1);
      return;
    case "files":
      a.several.files = whole("number of files", value, 1, 100_000);
      return;
    case "printname":
      if (value === "") throw new UsageError("-b printname: wants a file, stdout or stderr.");
      a.several.printName = value;
      return;
    default:
      throw new UsageError(
        `-b has no condition "${text}"; it knows filesize:KB, duration:SECONDS, interval:SECONDS, packets:N, ` +
          "files:N and printname:FILE.",
      );
  }
}

function autostop(a: Arguments, text: string): void {
  const [, name, value] = /^(\w+):(.*)$/.exec(text) ?? [];
  switch (name) {
    case "duration":
      a.stopAfter.seconds = secondsOf("-a duration:", value);
      return;
    case "packets":
      a.stopAfter.packets = whole("packet count", value, 1);
      return;
    case "filesize":
      a.stopAfter.kilobytes = whole("file size in kB", value, 1);
      return;
    case "files":
      a.stopAfter.files = whole("number of files", value, 1);
      return;
    default:
      throw new UsageError(
        `-a has no condition "${text}"; it knows duration:SECONDS, packets:N, filesize:KB and files:N.`,
      );
  }
}

function program(flags: readonly Flag[]): Command {
  const command = new Command("tapline")
    .usage("[-r FILE | -i INTERFACE] [options] [filter]\n       tapline rpc [--protocol-file FILE]")
    .description(
      "Reads capture files or captures packets, and prints what is in them, as tshark does.\n" +
        "What follows the options is a display filter with -r, a capture filter otherwise.\n" +
        '"tapline rpc" speaks JSON-RPC 2.0 on standard input and output, one message a line.',
    )
    .argument("[filter...]")
    .helpOption(false)
    .allowExcessArguments()
    .passThroughOptions()
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureHelp({ helpWidth: 100, visibleArguments: () => [] })
    .configureOutput({ writeErr: () => undefined });
  for (const [text, help, apply] of flags) {
    const option = new Option(text, help);
    command.addOption(option);
    command.on(`option:${option.name()}`, apply);
  }
  return command;
}

/** The text of `-h`. */
export function helpText(): string {
  return program(flagsOf(freshArguments())).helpInformation();
}

/**
 * Reads the command line.
 * @param argv the words behind the program's name
 * @throws UsageError saying what is wrong with them
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const a = freshArguments();
  const command = program(flagsOf(a));
  try {
    command.parse([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageError(sentence(error.message));
    throw error;
  }
  if (a.command === "capture" && a.read !== undefined) a.command = "read";
  takeFilter(a, command.args.join(" "));
  check(a);
  return a;
}

/** "error: unknown option '-Z'" → "Unknown option '-Z'." */
function sentence(message: string): string {
  const bare = message.replace(/^error: /, "");
  return `${bare[0].toUpperCase()}${bare.slice(1)}.`;
}

/** What follows the flags is a filter. */
function takeFilter(a: Arguments, text: string): void {
  if (text === "") return;
  if (a.read !== undefined) {
    if (a.displayFilter !== "")
      throw new UsageError(`There is a display filter already; "${text}" is too much.`);
    a.displayFilter = text;
    return;
  }
  const targets = a.sources.length > 0 ? a.sources : [a.defaults];
  for (const source of targets) {
    if (source.filter !== "")
      throw new UsageError(`There is a capture filter already; "${text}" is too much.`);
    source.filter = text;
  }
}

function check(a: Arguments): void {
  if (a.command !== "read" && a.command !== "capture") return;
  if (a.read !== undefined && a.sources.length > 0) {
    throw new UsageError("-r reads a file and -i captures: choose one of them.");
  }
  if (a.read !== undefined && Object.keys(a.stopAfter).length > 0) {
    throw new UsageError("-a ends a capture; use -c to read only the first packets of a file.");
  }
  if (a.follow) checkFollow(a);
  if (a.read !== undefined && a.extcap.length > 0)
    throw new UsageError("-o extcap. is for capturing, not for -r.");
  if (a.read === undefined && a.twoPass) throw new UsageError("-2 needs a file to read (-r).");
  if (a.format === "fields" && a.fields.length === 0) {
    throw new UsageError('"-T fields" needs the fields to print: add them with -e.');
  }
  if (a.fields.length > 0 && a.format !== "fields" && a.format !== "json" && a.format !== "pdml") {
    throw new UsageError("-e chooses fields for -T fields, json or pdml: add one of them.");
  }
  if (a.hex && a.format !== "text") throw new UsageError("-x prints bytes with -T text only.");
  if (a.write === "-" && printsPackets(a)) {
    throw new UsageError("A capture file and printed packets cannot both go to standard output.");
  }
  if (a.compress) checkCompress(a);
  if (a.several !== null) checkSeveral(a, a.several);
  else if (a.stopAfter.files !== undefined)
    throw new UsageError("-a files:N counts several files: say with -b when the next one is begun.");
}

function checkFollow(a: Arguments): void {
  if (a.read === undefined) throw new UsageError("--follow needs a file to read (-r).");
  if (a.read === "-")
    throw new UsageError("Standard input is shown as it comes with -i -, not with --follow.");
  if (a.twoPass) throw new UsageError("-2 needs a file that is complete, not one to --follow.");
}

function checkCompress(a: Arguments): void {
  if (a.read !== undefined) throw new UsageError("--compress is for capturing, not for -r.");
  if (a.write === undefined || a.write === "-")
    throw new UsageError("--compress needs a file to write: -w FILE.");
}

function checkSeveral(a: Arguments, several: SeveralArgument): void {
  if (a.read !== undefined) throw new UsageError("-b is for capturing, not for -r.");
  if (a.write === undefined) throw new UsageError("-b needs the name of the files: -w FILE.");
  if (a.write === "-") throw new UsageError("Several files (-b) cannot be written to standard output.");
  if (a.fileType !== "pcapng") throw new UsageError("Several files (-b) are pcapng: leave out -F.");
  if (a.displayFilter !== "")
    throw new UsageError(
      "A display filter cannot choose what several files (-b) hold: use a capture filter (-f), or filter them with -r.",
    );
  // With several files, -a filesize means the size of each, as in dumpcap.
  const { kilobytes } = a.stopAfter;
  if (kilobytes !== undefined) {
    if (several.kilobytes !== undefined)
      throw new UsageError("-a filesize and -b filesize are the same with several files: leave out one.");
    several.kilobytes = kilobytes;
    a.stopAfter.kilobytes = undefined;
  }
  const { seconds, interval, packets } = several;
  if ([several.kilobytes, seconds, interval, packets].every((each) => each === undefined))
    throw new UsageError(
      "-b does not say when the next file is begun: add -b filesize:KB, duration:SECONDS, interval:SECONDS or packets:N.",
    );
  if ((several.printName === "-" || several.printName === "stdout") && printsPackets(a))
    throw new UsageError("File names (-b printname) and printed packets cannot both go to standard output.");
}

/** Whether packets are printed at all: yes unless they are written to a file or -q is given, or if asked for. */
export function printsPackets(a: Arguments): boolean {
  const asked = a.summary || a.details || a.hex || a.formatGiven;
  return asked || (a.write === undefined && !a.quiet);
}
