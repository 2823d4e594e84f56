/**
 * The one contract between the engine and its faces (desktop, browser, command line).
 *
 * A face sends requests `{id, method, params}`, gets one response each, `{id, result}` or `{id, error}`, and
 * receives events `{event, data}`. The parameters' schemas stand here because every face checks them at its
 * edge, once, with `parseParams`. All values are JSON.
 *
 * One connection drives one session; a session holds at most one capture.
 */
import { z } from "zod";
import { DECODE_TABLE_NAMES, DECODE_TABLES, type DecodeTableName } from "./dissect/decode-tables.ts";

const path = z.string().min(1).max(4096);
const filterText = z.string().max(100_000);
const frameNumber = z
  .number()
  .int()
  .min(1)
  .max(2 ** 32);
const count = z.number().int().min(0);

/** The built-in columns of the packet list; `field:NAME` shows a field's value, as tshark's custom columns. */
export const BUILT_IN_COLUMNS = [
  "number",
  "time",
  "source",
  "destination",
  "protocol",
  "length",
  "info",
] as const;
const column = z.union([z.enum(BUILT_IN_COLUMNS), z.string().regex(/^field:[A-Za-z0-9_.-]{1,200}$/)]);
export type Column = z.infer<typeof column>;

/** How times are shown, named as in Wireshark's View menu. */
export const TIME_FORMATS = [
  "relative",
  "absolute",
  "date",
  "utc",
  "delta",
  "delta-displayed",
  "epoch",
] as const;
const timeFormat = z.enum(TIME_FORMATS);
export type TimeFormat = z.infer<typeof timeFormat>;

/** Values of a program's options, by what the program calls them ("--remote-host"); empty for its own default. */
const extcapValues = z.record(z.string().max(256), z.string().max(10_000));

/** When the next of several files is begun: at whichever is reached first. */
const severalFiles = z
  .object({
    /** Size in kilobytes (1000 bytes). */
    kilobytes: z.number().int().min(1).max(1e12).optional(),
    packets: z.number().int().min(1).max(1e12).optional(),
    /** How long a file is written. */
    seconds: z.number().min(0.001).max(1e9).optional(),
    /** At the multiples of this on the wall clock. */
    intervalSeconds: z.number().int().min(1).max(1e9).optional(),
    /** Files kept, the oldest goes first; all of them when it is left out. */
    keep: z.number().int().min(1).max(100_000).optional(),
    /** Whether files that are complete are compressed: NAME becomes NAME.gz. They stay in the list. */
    compress: z.enum(["none", "gzip"]).default("none"),
  })
  .refine(
    ({ kilobytes, packets, seconds, intervalSeconds }) =>
      (kilobytes ?? packets ?? seconds ?? intervalSeconds) !== undefined,
    "say when the next file is begun: by kilobytes, packets, seconds or intervalSeconds",
  );

/** Something that libpcap names: a link type, a clock. */
const libpcapName = (what: string) => z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, what);

/** How packets are taken from an interface. */
const readingOptions = z.strictObject({
  /** libpcap capture filter; empty for none. */
  filter: z.string().max(10_000),
  promiscuous: z.boolean(),
  /** Snapshot length in bytes; 0 for the whole packet. */
  snapLen: z.number().int().min(0).max(262_144),
  /** Kernel buffer in MiB; libpcap counts its bytes in 31 bits. */
  bufferMiB: z.number().int().min(1).max(2047),
  /** Monitor mode, of wireless interfaces that have it. */
  monitor: z.boolean(),
  /** Only packets that come in, or go out. */
  direction: z.enum(["in", "out", "inout"]),
  /** Milliseconds the system may gather packets before it hands them over; 40 when left out. */
  readTimeoutMs: z.number().int().min(1).max(2000),
  /** What time stamps count; nanoseconds, where the system has them, when left out. */
  precision: z.enum(["ns", "us"]),
  /** Hand each packet over as it comes. */
  immediate: z.boolean(),
});

/** What an interface has for itself; what is left out is as for all of them. */
const interfaceOptions = readingOptions.partial().extend({
  /** By libpcap's name, as `interfaces` lists them; the interface's usual one when left out. */
  linkType: libpcapName("a link type is named as libpcap does, like EN10MB").optional(),
  /** The clock that stamps packets, by libpcap's name, as `interfaces` lists them. */
  timestampType: libpcapName("a clock is named as libpcap does, like host or adapter").optional(),
});
export type InterfaceOptions = z.infer<typeof interfaceOptions>;

const { shape: reading } = readingOptions;

/** What a capture is started with. */
const captureOptions = z.object({
  /** Interface names as `interfaces` lists them, and paths of pipes (FIFOs). */
  interfaces: z.array(z.string().min(1).max(4096)).min(1).max(64),
  filter: reading.filter.default(""),
  promiscuous: reading.promiscuous.default(true),
  snapLen: reading.snapLen.default(0),
  bufferMiB: reading.bufferMiB.default(16),
  monitor: reading.monitor.optional(),
  direction: reading.direction.optional(),
  readTimeoutMs: reading.readTimeoutMs.optional(),
  precision: reading.precision.optional(),
  immediate: reading.immediate.optional(),
  /** What single interfaces have in place of that, by their names. */
  perInterface: z.record(z.string().min(1).max(4096), interfaceOptions).default({}),
  /** Stop by itself after this many seconds, packets or kilobytes (1000 bytes). */
  stopAfter: z
    .object({
      seconds: z.number().positive().optional(),
      packets: z.number().int().positive().optional(),
      kilobytes: z.number().int().positive().optional(),
      /** Files written; only with several. */
      files: z.number().int().min(1).max(1e9).optional(),
    })
    .default({}),
  /** Options of programs that capture (extcap), by the name of the interface. */
  extcap: z.record(z.string().max(256), extcapValues).default({}),
  /** Where the packets are written to, on the engine's machine; null for a spool that is saved, or not, later. */
  output: z
    .object({
      file: z.string().min(1).max(4096),
      overwrite: z.boolean().default(false),
      /** Several files, named after `file` with a number and the time: NAME_00001_YYYYMMDDHHMMSS.EXT. */
      several: severalFiles.nullable().default(null),
    })
    .nullable()
    .default(null),
});
export type CaptureOptions = z.infer<typeof captureOptions>;

const decodePlace = z
  .object({
    table: z.enum(DECODE_TABLE_NAMES),
    value: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1),
  })
  .refine(({ table, value }) => value <= DECODE_TABLES[table].most, "The value is too large for the table.");

const filterMacro = z.object({
  /** Letters, digits and underscores. */
  name: z.string().max(200),
  /** The text put in its place; `$1`, `$2` … stand for its arguments. */
  expression: filterText,
});
const macroList = z.array(filterMacro).max(1000);
/** A piece of display filter text with a name. */
export type FilterMacro = z.infer<typeof filterMacro>;

const savedFilter = z.object({ name: z.string().max(200), expression: filterText });
const filterButton = z.object({
  /** What the button says; `Group//Name` stands in a menu named Group. */
  label: z.string().max(200),
  expression: filterText,
  comment: z.string().max(1000).default(""),
  enabled: z.boolean().default(true),
});
/** A button beside the filter bar that applies a display filter. */
export type FilterButton = z.infer<typeof filterButton>;

const color = z.string().regex(/^#[0-9a-f]{6}$/, "A colour is #rrggbb in lower case.");
const colorPair = z.object({ background: color, text: color });
export type ColorPair = z.infer<typeof colorPair>;
const colorRule = z.object({
  name: z.string().max(200),
  filter: filterText,
  enabled: z.boolean().default(true),
  light: colorPair,
  /** Null: made from the light colours. */
  dark: colorPair.nullable().default(null),
  /** True for rules that mark a problem: drawn by more than colour. */
  problem: z.boolean().default(false),
});
const colorRuleList = z.array(colorRule).max(1000);
/** A colouring rule as it is kept. */
export type ColorRuleSetting = z.infer<typeof colorRule>;

/** The files that Wireshark keeps filters and colouring rules in, with what they hold. */
const filterFile = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("dfilters"), entries: z.array(savedFilter).max(1000) }),
  z.object({ kind: z.literal("dfilter_buttons"), entries: z.array(filterButton).max(1000) }),
  z.object({ kind: z.literal("dfilter_macros"), entries: macroList }),
  z.object({ kind: z.literal("colorfilters"), entries: colorRuleList }),
]);
export type FilterFile = z.infer<typeof filterFile>;
export const FILTER_FILES = ["dfilters", "dfilter_buttons", "dfilter_macros", "colorfilters"] as const;

const settings = z.object({
  theme: z.enum(["system", "light", "dark"]),
  timeFormat,
  /** Digits behind the second: 0, 1, 2, 3, 6 or 9; "auto" takes the capture's own. */
  timePrecision: z.union([z.literal("auto"), z.number().int().min(0).max(9)]),
  columns: z
    .array(z.object({ column, title: z.string().max(100), width: z.number().min(20).max(4000) }))
    .max(100),
  colorize: z.boolean(),
  autoScroll: z.boolean(),
  /** Display filters, newest first. */
  filterHistory: z.array(filterText).max(200),
  savedFilters: z.array(savedFilter).max(1000),
  filterButtons: z.array(filterButton).max(1000),
  filterMacros: macroList,
  /** Colouring rules, the first that matches counts; null for the built-in ones. */
  colorRules: colorRuleList.nullable(),
  captureFilterHistory: z.array(z.string().max(10_000)).max(100),
  savedCaptureFilters: z
    .array(z.object({ name: z.string().max(200), expression: z.string().max(10_000) }))
    .max(1000),
  /** The last used capture options, offered again. */
  capture: captureOptions.partial(),
  /** Field or protocol names whose subtrees stay open. */
  expanded: z.array(z.string().max(200)).max(5000),
  /** Sizes of the panes in per cent, by the name of the group. */
  layout: z.record(z.string().max(50), z.array(z.number()).max(10)),
  /** "Decode as": what has this value in a table is this protocol, or "none". A change dissects the capture anew. */
  decodeAs: z.array(decodePlace.and(z.object({ protocol: z.string().min(1).max(200) }))).max(10_000),
  /** Wireshark's preferences of dissection; those left out have their defaults. A change dissects the capture anew. */
  preferences: z.strictObject({
    "ip.check_checksum": z.boolean().optional(),
    "tcp.check_checksum": z.boolean().optional(),
    "udp.check_checksum": z.boolean().optional(),
  }),
});
/** What a user chose, kept between runs. Unknown or broken entries of the file fall back to the default. */
export type Settings = z.infer<typeof settings>;
export const settingsSchema = settings;

/** The selected frame, whose values `${field}` stands for; left out when none is selected. */
const reference = frameNumber.optional();

const saveWhich = z.union([
  z.enum(["all", "displayed"]),
  /** Frame numbers and ranges as in Wireshark's "Range" box: "1-5,8,20-". */
  z.object({ range: z.string().max(100_000) }),
  z.object({ frames: z.array(frameNumber).max(1_000_000) }),
]);

/** Work that takes its time, tells how far it is, and can be cancelled. */
const work = z.enum(["open", "filter", "save", "sort", "find", "experts", "compress"]);
export type Work = z.infer<typeof work>;

/** Names an unsaved capture that was left behind, as `recoverable` lists it. */
const spoolId = z.string().min(1).max(255);

/** Every request: its name and the schema of its parameters. */
export const REQUESTS = {
  /** Who answers, and the session's present state; the first request of every face. */
  hello: z.object({}),
  status: z.object({}),

  /** Opens a capture file; answers when it is indexed to its end. Rows come with `status` events long before. */
  open: z.object({
    path,
    /** Throw away a live capture that has not been saved. Without it such an open is refused (UNSAVED). */
    discard: z.boolean().default(false),
    /**
     * The file is still being written by another program: its packets are shown as they come, until
     * `stopFollowing`. Answers as soon as it is open.
     */
    follow: z.boolean().default(false),
  }),
  /** Reads a file that is followed to its present end and no further. */
  stopFollowing: z.object({}),
  close: z.object({ discard: z.boolean().default(false) }),
  reload: z.object({}),
  /**
   * Stops what runs: opening keeps what is indexed, a filter keeps the old result, a save leaves no file, compressing
   * leaves the files that are not compressed yet as they are.
   */
  cancel: z.object({ what: work }),
  captureInfo: z.object({}),

  /** Applies a display filter; answers when every frame was judged. Empty clears. A new one cancels the old. */
  filter: z.object({ expression: filterText, reference }),
  /** Judges a display filter while it is typed. */
  checkFilter: z.object({ expression: filterText, reference }),
  /** Why a frame matches a display filter or does not: the verdict and the values of each of its clauses. */
  explainFilter: z.object({ expression: filterText, number: frameNumber, reference }),
  /** How many frames a display filter would find, when that can be told at once; a newer one cancels the old. */
  countMatches: z.object({ expression: filterText, reference }),
  /** Judges display filters that are kept to be applied later; `macros` in place of those in force. */
  checkFilters: z.object({ expressions: z.array(filterText).max(1000), macros: macroList.optional() }),
  /** Judges macros, each with the others. */
  checkMacros: z.object({ macros: macroList }),
  /**
   * Reads one of Wireshark's files; what is wrong in it is told line by line, the rest is taken. Its filters are judged
   * with `macros` in place of those in force.
   */
  readFilterFile: z.object({
    kind: z.enum(FILTER_FILES),
    text: z.string().max(4_000_000),
    macros: macroList.optional(),
  }),
  /** Writes one of them. */
  writeFilterFile: z.object({ file: filterFile }),
  /** What could stand at `position` (UTF-16 index) of the text. */
  completeFilter: z.object({ expression: filterText, position: count }),
  /** What stands at `position` (UTF-16 index) of the text: a field, a function, an operator. */
  describeFilter: z.object({ expression: filterText, position: count }),
  /** Looks fields up by part of their name or title. */
  searchFields: z.object({
    text: z.string().max(200),
    limit: z.number().int().min(1).max(1000).default(100),
  }),

  /** Rows of the displayed list, `start` counted from 0. */
  rows: z.object({
    start: count,
    count: z.number().int().min(0).max(1000),
    columns: z
      .array(column)
      .max(100)
      .default([...BUILT_IN_COLUMNS]),
    timeFormat: timeFormat.default("relative"),
    timePrecision: settings.shape.timePrecision.default("auto"),
  }),
  /** One frame: its layer tree, and what its bytes begin with. */
  frame: z.object({ number: frameNumber }),
  /** A range of the bytes of one of a frame's sources, which are counted from 0 as `frame` lists them. */
  frameBytes: z.object({
    number: frameNumber,
    source: count,
    offset: count,
    length: z.number().int().min(1).max(65_536),
  }),
  /** Value and filter of one node of a frame's tree, however long; `path` is the index of the child at each level. */
  fieldTexts: z.object({ number: frameNumber, path: z.array(count).min(1).max(1000) }),
  /** Where a frame stands in the displayed list (the nearest one when it is filtered out). */
  locate: z.object({ number: frameNumber }),
  /** The next displayed frame of the same conversation. */
  neighbour: z.object({ number: frameNumber, direction: z.enum(["next", "previous"]) }),
  sort: z.object({ column: column.nullable(), descending: z.boolean().default(false) }),
  /** Find packet (Ctrl+F): the next displayed frame that matches, wrapping around; null when there is none. */
  find: z.object({
    kind: z.enum(["filter", "hex", "string", "regex"]),
    text: z.string().min(1).max(10_000),
    /** For string and regex: look into the packet list's info, the tree's text or the bytes. */
    where: z.enum(["list", "tree", "bytes"]).default("bytes"),
    caseSensitive: z.boolean().default(false),
    /** Row of the displayed list to begin behind. */
    from: z.number().int().min(-1),
    direction: z.enum(["next", "previous"]).default("next"),
    reference,
  }),
  /** The expert infos of all frames, or of those displayed, counted by kind; null when it was cancelled. */
  experts: z.object({ displayed: z.boolean().default(false) }),
  /** Packets over time for the strip above the list: `buckets` counts by protocol group. */
  timeline: z.object({ buckets: z.number().int().min(1).max(2000) }),
  /** Colours and matches along the whole displayed list for the scrollbar strip. */
  overview: z.object({ buckets: z.number().int().min(1).max(4000) }),

  save: z.object({
    path,
    format: z.enum(["pcapng", "pcap"]).default("pcapng"),
    which: saveWhich.default("all"),
    compress: z.enum(["none", "gzip"]).default("none"),
    overwrite: z.boolean().default(false),
  }),

  interfaces: z.object({}),
  /** The options of an interface that a program captures from. */
  extcapOptions: z.object({ interface: z.string().min(1).max(256) }),
  /** The choices of one of them, asked for again with these values of the others. */
  extcapReload: z.object({
    interface: z.string().min(1).max(256),
    option: z.string().min(1).max(256),
    values: extcapValues,
  }),
  /** Turns the once-a-second `traffic` events on or off. */
  watchTraffic: z.object({ on: z.boolean() }),
  checkCaptureFilter: z.object({
    filter: z.string().max(10_000),
    interface: z.string().max(4096).optional(),
    /** One of its link types that is not its usual one, by name. */
    linkType: z.string().max(64).optional(),
    /** The interface will be in monitor mode. */
    monitor: z.boolean().default(false),
    /** Also answer the BPF program that it compiles to. */
    dump: z.boolean().default(false),
  }),
  /**
   * Examines why capturing fails, loses packets or shows something else than expected. Reads only. What is left out is
   * taken from the running capture, else from the options used last.
   */
  doctor: z.object({
    interfaces: z.array(z.string().min(1).max(4096)).max(64).optional(),
    /** Address or name: where would packets to it leave? */
    host: z.string().max(253).default(""),
    options: captureOptions.pick({ bufferMiB: true, snapLen: true }).partial().default({}),
  }),
  startCapture: z.object({
    options: captureOptions
      .refine(
        ({ output, stopAfter }) => !output?.several || stopAfter.kilobytes === undefined,
        "with several files, the size is that of each file",
      )
      .refine(
        ({ output, stopAfter }) => output?.several || stopAfter.files === undefined,
        "stopAfter.files goes with several files only",
      )
      .superRefine(({ interfaces, perInterface }, context) => {
        for (const name of Object.keys(perInterface)) {
          if (interfaces.includes(name)) continue;
          const message = "the capture is not on this interface";
          context.addIssue({ code: "custom", path: ["perInterface", name], message });
        }
      }),
    discard: z.boolean().default(false),
  }),
  stopCapture: z.object({}),
  restartCapture: z.object({ discard: z.boolean().default(false) }),
  /** Keeps the packet list of a running capture as it is while packets go on being captured, or goes on with it. */
  pauseView: z.object({ on: z.boolean() }),

  /**
   * Step mode: the list ends at a frame, as if those behind it had not come yet, and is taken on step by step or at the
   * pace of the frames' times. A capture that runs goes on behind it.
   */
  replay: z.discriminatedUnion("action", [
    /** Begins at a frame; left out, at the first, or of a running capture at the newest. */
    z.object({ action: z.literal("begin"), at: frameNumber.optional() }),
    /** Shows the next displayed frames, or with a negative number lets the last ones go. */
    z.object({ action: z.literal("step"), by: z.number().int().min(-1000).max(1000) }),
    /** Ends the list at a frame. */
    z.object({ action: z.literal("go"), to: frameNumber }),
    /** Shows frames as fast as they came, or so many times as fast. */
    z.object({ action: z.literal("play"), speed: z.number().min(0.01).max(10_000) }),
    z.object({ action: z.literal("pause") }),
    /** Shows all frames again. */
    z.object({ action: z.literal("leave") }),
  ]),

  /** How the engine does. What is measured over time is so since this was asked last, else since the start. */
  health: z.object({}),
  /**
   * Writes all that a thread has on its heap to a file, for a developer to find what fills it: the process with the
   * sessions, or the decoder. The thread does nothing else meanwhile, and V8 offers no way to stop it: a large heap
   * (see `health`) is refused unless `large` is set. The file holds what was seen of packets.
   */
  heapSnapshot: z.object({
    of: z.enum(["process", "decoder"]),
    /** Where to write it; it must be there. Left out: a folder beside the settings. */
    folder: path.optional(),
    /** Also of a heap that takes a minute and more. */
    large: z.boolean().default(false),
  }),

  /** Captures that were never saved, of a Tapline that was killed or a machine that crashed. */
  recoverable: z.object({}),
  /** Opens one of them, which then is an unsaved capture as any other; or deletes it. */
  recover: z.discriminatedUnion("action", [
    z.object({ action: z.literal("open"), id: spoolId, discard: z.boolean().default(false) }),
    z.object({ action: z.literal("discard"), id: spoolId }),
  ]),

  recent: z.object({}),
  forgetRecent: z.object({ path: path.optional() }),
  /** Lists a folder of the machine the engine runs on, for the browser face's file dialog. */
  browse: z.object({ folder: z.string().max(4096).optional() }),

  settings: z.object({}),
  changeSettings: z.object({ change: settings.partial() }),
  /** The colouring rules in force; or `rules` as they would be, with `null` for the built-in ones. */
  colorRules: z.object({ rules: colorRuleList.nullable().optional(), macros: macroList.optional() }),

  /** What can be chosen for "decode as", and what these values stand for without it. */
  decodeChoices: z.object({ values: z.array(decodePlace).max(10_000).default([]) }),

  /** The files that describe protocols, and what is wrong with them. */
  protocolFiles: z.object({}),
  /** Reads them again; what changed dissects the open capture anew. They are also read when they change. */
  reloadProtocolFiles: z.object({}),
} as const;

export type Method = keyof typeof REQUESTS;
/** Parameters as a face sends them (defaults may be left out). */
export type ParamsIn<M extends Method> = z.input<(typeof REQUESTS)[M]>;
/** Parameters as the engine sees them. */
export type Params<M extends Method> = z.output<(typeof REQUESTS)[M]>;

export interface Results {
  hello: Hello;
  status: Status;
  open: OpenResult;
  stopFollowing: null;
  close: null;
  reload: OpenResult;
  cancel: null;
  captureInfo: CaptureProperties;
  filter: FilterResult;
  checkFilter: FilterVerdict;
  explainFilter: FilterExplanation;
  countMatches: MatchCount | null;
  checkFilters: FilterVerdict[];
  checkMacros: MacroVerdict[];
  readFilterFile: FilterFileContent;
  writeFilterFile: { text: string };
  completeFilter: Completion;
  describeFilter: FilterPart | null;
  searchFields: FieldInfo[];
  rows: RowsResult;
  frame: FrameDetail;
  frameBytes: ByteRange;
  fieldTexts: FieldTexts;
  locate: { row: number; number: number; exact: boolean } | null;
  neighbour: { row: number; number: number } | null;
  sort: null;
  find: { row: number; number: number } | null;
  experts: ExpertSummary[] | null;
  timeline: Timeline;
  overview: Overview;
  save: { path: string; frames: number; bytes: number };
  interfaces: InterfaceList;
  extcapOptions: ExtcapOption[];
  extcapReload: ExtcapChoice[];
  watchTraffic: null;
  checkCaptureFilter: CaptureFilterVerdict;
  doctor: DoctorReport;
  startCapture: null;
  stopCapture: null;
  restartCapture: null;
  pauseView: null;
  replay: null;
  health: Health;
  heapSnapshot: HeapSnapshotFile;
  recoverable: RecoverableList;
  /** What was opened; null when it was deleted. */
  recover: OpenResult | null;
  recent: RecentCapture[];
  forgetRecent: null;
  browse: FolderListing;
  settings: Settings;
  changeSettings: Settings;
  colorRules: ColorRule[];
  decodeChoices: DecodeChoices;
  protocolFiles: ProtocolFileList;
  reloadProtocolFiles: ProtocolFileList;
}

export interface Events {
  /** The session changed; sent at most 20 times a second, the last one always. */
  status: Status;
  /** Per interface, once a second while watched. */
  traffic: TrafficSample[];
  /** Something to tell the user that no request waits for. */
  notice: Notice;
  settings: Settings;
  /** The colouring rules changed; the rows that are drawn by them follow. */
  colorRules: ColorRule[];
  /** Protocol files changed. */
  protocols: ProtocolFileList;
}
export type EventName = keyof Events;
export const EVENTS = [
  "status",
  "traffic",
  "notice",
  "settings",
  "colorRules",
  "protocols",
] as const satisfies EventName[];

export interface Hello {
  version: string;
  face: "desktop" | "browser" | "rpc";
  /** `process.platform` of the machine the engine runs on. */
  platform: string;
  hostname: string;
  /** Path of the bundled sample capture, when there is one. */
  sample: string | null;
  status: Status;
}

export type CapturePhase = "idle" | "starting" | "capturing" | "stopping";

/** Everything the window shows about the session outside of its packets. */
export interface Status {
  /** Rises when a different capture is shown; rows and frames of an older one mean nothing any more. */
  capture: number;
  /** Rises when the displayed list is a different one (filter, sort, a step back), not when it only grew at its end. */
  view: number;
  file: FileStatus | null;
  /** Frames indexed so far. */
  frames: number;
  /** Frames in the displayed list so far. */
  displayed: number;
  /** The display filter in force, empty for none. */
  filter: string;
  sort: { column: Column; descending: boolean } | null;
  /** Where step mode is; null when all frames are shown. */
  replay: ReplayStatus | null;
  /** Work under way, by what `cancel` calls it. */
  progress: Progress[];
  live: LiveStatus;
  /** True when there are captured packets that exist only in the spool. */
  unsaved: boolean;
  /** What is wrong with the file or its reading; the newest last. */
  notices: Notice[];
}

export interface ReplayStatus {
  /** The last frame that is shown or filtered out; 0 before the first. */
  position: number;
  /** How many times as fast as they came frames are shown; null while they are stepped through. */
  speed: number | null;
  /** While playing: seconds to the next frame; null when there is none yet. */
  next: number | null;
}

export interface FileStatus {
  path: string;
  /** The last part of the path, or the interface's name for a live capture. */
  name: string;
  temporary: boolean;
  bytes: number;
  description: string;
  /** True when indexed to the end. */
  complete: boolean;
  /** True while another program writes it and its packets are shown as they come. */
  following: boolean;
  /** Time of the first packet: seconds since 1970 and nanoseconds; null without packets. */
  firstTime: { sec: number; nsec: number } | null;
}

/** One kind of expert information in a capture. */
export interface ExpertSummary {
  severity: "error" | "warning" | "note" | "chat" | "comment";
  /** "Sequence", "Malformed", … */
  group: string;
  /** As in the Protocol column. */
  protocol: string;
  message: string;
  /** The display filter that finds the frames with this kind, whatever its text says. */
  field: string;
  /** How often it was found, in how many frames, and the first of these. */
  count: number;
  frames: number;
  first: number;
}

export interface Progress {
  what: Work;
  /** 0 to 1. */
  done: number;
  /** "Reading big.pcapng", for the status bar. */
  label: string;
}

export interface LiveStatus {
  phase: CapturePhase;
  interfaces: string[];
  options: CaptureOptions | null;
  /** Packets written to the spool. */
  packets: number;
  /** Counters of the system; null where it does not count. */
  received: number | null;
  droppedByKernel: number | null;
  droppedByInterface: number | null;
  bytes: number;
  /** Milliseconds from the start of capturing to when these counters were read. */
  elapsed: number;
  /** Each interface by itself. */
  rates: InterfaceRate[];
  /** Packets lost so far, and when the first of them was noticed, in ISO 8601; null while none was. */
  drops: { count: number; since: string } | null;
  /** True while the packet list is kept as it is; see `pauseView`. */
  paused: boolean;
  /** Of a capture into several files; null for others. */
  files: RingStatus | null;
  /** Why the last capture ended when it ended by itself, or could not start. */
  error: ErrorInfo | null;
  /** "Times are receive times …" and the like. */
  caveats: string[];
}

/** The files of a capture that writes several. */
export interface RingStatus {
  /** Files begun so far. */
  written: number;
  /** Files there are. */
  kept: number;
  /** The first of the files whose packets are listed, counted from 1. */
  firstShown: number;
  /** Packets before those that are listed: in older files, or gone with them. */
  before: number;
  /** Number of the capture's first list; each that is begun anew has the next or a later one. */
  since: number;
}

/** What comes in on one interface of a running capture. */
export interface InterfaceRate {
  name: string;
  packets: number;
  /** Over the last second or so. */
  packetsPerSecond: number;
  bytesPerSecond: number;
  /** Lost in the kernel or the interface; null where that is not counted. */
  dropped: number | null;
}

/** How the engine does: the process of the sessions, its threads, its queues. */
export interface Health {
  /** ISO 8601. */
  time: string;
  process: ProcessHealth;
  /** The process's main thread, the decoder, and the threads that help it, as far as they were started. */
  threads: ThreadHealth[];
  queues: QueueHealth[];
  /** What the open capture takes in memory; null without one, or when the decoder does not answer. */
  index: IndexHealth | null;
  spool: SpoolHealth;
  /** The running capture; null without one. */
  capture: CaptureHealth | null;
  /** The list of a ring's packets that begins anew, read by a second decoder; null while none does. */
  renewal: RenewalHealth | null;
  /** The heap snapshot that is being written; null while none is. */
  snapshot: { of: "process" | "decoder"; path: string; bytes: number } | null;
  /**
   * What heap snapshots cost: bytes of a heap from which on one is large, and bytes of it that are written in a second
   * at least and at most.
   */
  snapshots: { large: number; least: number; most: number };
}

export interface RenewalHealth {
  /** Bytes read of the files that it begins with, and bytes they have; more than those when files came since. */
  read: number;
  bytes: number;
  /** Packets read. */
  frames: number;
}

export interface ProcessHealth {
  pid: number;
  /** Seconds since it was started. */
  uptime: number;
  /** Processors kept busy, by all threads together: 1.5 is one and a half. */
  processors: number;
  /** Bytes of memory of all threads together. */
  rss: number;
}

export interface ThreadHealth {
  /** "main", "decoder", "second decoder", "assistant 1" … */
  name: string;
  /** Share of the time its event loop was at work. */
  load: number;
  /** Milliseconds its event loop came too late to what was due; null where that is not known yet. */
  delay: { mean: number; p99: number; max: number } | null;
  /** Bytes of objects, bytes taken for them, and the most that may be taken; null where that is not known yet. */
  heap: { used: number; total: number; limit: number } | null;
  /** Messages it has not answered yet, and the milliseconds the oldest of them waits. */
  pending: number;
  oldest: number;
  /** False when it was too busy to say how it does: what is told of it is older. */
  answered: boolean;
}

export const QUEUES = [
  "decoder-requests",
  "shared-batches",
  "scanning-threads",
  "window-requests",
  "window-bytes",
  "capture-messages",
  "files-to-compress",
] as const;

export interface QueueHealth {
  id: (typeof QUEUES)[number];
  length: number;
  /** The most it is let grow to; null where nothing holds it. */
  limit: number | null;
  unit: "requests" | "batches" | "threads" | "bytes" | "files";
}

export interface IndexHealth {
  frames: number;
  /** Bytes of the index. */
  bytes: number;
  /** Bytes of what is kept of answers to display filters. */
  answers: number;
}

export interface SpoolHealth {
  /** Where the live capture is written to; without one, where the next spool would be. */
  folder: string;
  /** Bytes of the files that the live capture is written to; 0 without one. */
  bytes: number;
  /** Bytes free on its disk and of the disk; null where the system does not say. */
  free: number | null;
  disk: number | null;
}

export interface CaptureHealth {
  driver: "helper" | "cap";
  /** The capturing process; null while there is none. */
  pid: number | null;
  /** Bytes of memory it takes; null where the system does not say. */
  rss: number | null;
  /** Kernel buffers in KiB, by interface. */
  buffers: { interface: string; kib: number }[];
  /** Packets written to the spool, and those of them that are indexed. */
  written: number;
  indexed: number;
  received: number | null;
  droppedByKernel: number | null;
  droppedByInterface: number | null;
  /** Messages taken from the capturing process, and milliseconds since the last of them; null before the first. */
  messages: number;
  quiet: number | null;
}

export interface HeapSnapshotFile {
  path: string;
  bytes: number;
  /** Milliseconds the thread did nothing else. */
  elapsed: number;
}

export interface RecoverableList {
  /** Oldest first. */
  captures: RecoverableCapture[];
  /** Bytes that they take. */
  bytes: number;
  /** Bytes from which on it is worth a warning. */
  limit: number;
}

export interface RecoverableCapture {
  id: string;
  interfaces: string[];
  /** The capture filter; empty for none. */
  filter: string;
  /** ISO 8601 times of the start and of the first and last packet; these null without packets. */
  started: string;
  firstTime: string | null;
  lastTime: string | null;
  /** Whole packets. */
  packets: number;
  bytes: number;
  /** Bytes behind the last whole packet: one that was being written. */
  torn: number;
  /** Where it had been saved to; null when it is nowhere else. */
  saved: string | null;
}

export interface Notice {
  severity: "note" | "warning" | "error";
  message: string;
}

export interface OpenResult {
  frames: number;
  path: string;
  format: string;
  /** Milliseconds from the request to the index's end. */
  elapsed: number;
  cancelled: boolean;
  notices: Notice[];
}

export interface CaptureProperties {
  path: string;
  bytes: number;
  format: string;
  compression: string;
  sections: { hardware?: string; os?: string; application?: string; comments: string[] }[];
  interfaces: {
    id: number;
    name: string;
    description: string;
    linkType: number;
    linkTypeName: string;
    snapLen: number;
    filter: string;
    packets: number;
    dropped: number | null;
  }[];
  firstTime: string | null;
  lastTime: string | null;
  /** Seconds between the first and the last packet. */
  duration: number;
  frames: number;
  /** Bytes on the wire. */
  wireBytes: number;
  capturedBytes: number;
  names: number;
  secrets: number;
}

export interface FilterResult {
  count: number;
  /** Frames judged. */
  frames: number;
  elapsed: number;
  cancelled: boolean;
}

/** Green, yellow or red under the filter bar. Positions are UTF-16 indexes into the expression. */
export interface FilterVerdict {
  verdict: "empty" | "ok" | "warning" | "error";
  message: string;
  start: number;
  end: number;
  /** "Did you mean …", nearest field names. */
  hints: string[];
}

/** Why a frame matches a display filter, or does not. */
export interface FilterExplanation {
  number: number;
  matches: boolean;
  /** Names of the frame's protocols, from the outermost on. */
  protocols: string[];
  clause: FilterClause;
}

/**
 * A part of a filter that is true or false. Positions are UTF-16 indexes into the expression; of what a macro stands
 * for, those of the macro.
 */
export interface FilterClause {
  kind: "and" | "or" | "xor" | "not" | "test";
  start: number;
  end: number;
  text: string;
  verdict: boolean;
  /** False when the clause above it would have its verdict without this one. */
  counts: boolean;
  /** What the verdict does not say by itself, in one sentence; often empty. */
  note: string;
  clauses: FilterClause[];
  /** What a test compares, in the order of the text; empty for other kinds. */
  operands: FilterOperand[];
}

export interface FilterOperand {
  kind: "field" | "reference" | "constant" | "computed";
  start: number;
  end: number;
  text: string;
  /** Of a field: its filter name; its title and type in words. */
  field: string;
  title: string;
  type: string;
  /** Why it has no values: "not in this packet: it has no TCP"; empty when it has some. */
  missing: string;
  /** The first of its values in the frame. */
  values: FilterValue[];
  /** How many values there are. */
  count: number;
  /** What a computed operand is made of. */
  parts: FilterOperand[];
}

export interface FilterValue {
  /** As the tree shows it; long ones are cut. */
  text: string;
  /** Its first bytes in the frame, in hex; empty for values without. */
  raw: string;
  /** Whether the test would be true if the frame had this value alone; null where single values cannot be judged. */
  verdict: boolean | null;
  /** Which layer of its protocol it is in, counted from 1, and how many such layers there are; 0 for none. */
  layer: number;
  layers: number;
  /** The line of the tree that shows it: the index of the child at each level; null when none does. */
  path: number[] | null;
}

export interface MatchCount {
  count: number;
  /** Frames judged: all there are. */
  frames: number;
}

export interface MacroVerdict extends FilterVerdict {
  /** What the verdict is about; positions are in the expression. */
  about: "name" | "expression";
}

/** What one of Wireshark's files holds. */
export type FilterFileContent = FilterFile & {
  problems: {
    /** Counted from 1. */
    line: number;
    message: string;
  }[];
};

export interface Completion {
  /** The text from `start` to `end` is what a candidate replaces. */
  start: number;
  end: number;
  candidates: CompletionItem[];
}

export interface CompletionItem {
  text: string;
  /** The field's or protocol's title, the value's meaning. */
  title: string;
  kind: "protocol" | "field" | "value" | "operator" | "function" | "macro" | "history" | "saved";
  /** A field's type in words, how a function is called. */
  type: string;
}

/** A field, function or operator in a filter. */
export interface FilterPart {
  start: number;
  end: number;
  kind: "protocol" | "field" | "function" | "operator";
  name: string;
  title: string;
  /** A field's type in words, how a function is called. */
  type: string;
}

export interface FieldInfo {
  name: string;
  title: string;
  type: string;
  protocol: string;
}

export interface RowsResult {
  capture: number;
  view: number;
  start: number;
  rows: Row[];
}

export interface Row {
  number: number;
  /** One text per column asked for. */
  cells: string[];
  /** Index into `colorRules`, -1 for none. */
  color: number;
}

export interface FrameDetail {
  number: number;
  tree: TreeNode[];
  /** The frame's bytes first, then reassembled, decompressed or decrypted ones. */
  sources: ByteSourceInfo[];
}

export interface ByteSourceInfo {
  /** "Frame (74 bytes)", "Reassembled TCP (5,120 bytes)". */
  name: string;
  /** Bytes in all. */
  length: number;
  /** The first of them, in base64; `frameBytes` gives the others. */
  bytes: string;
}

export interface ByteRange {
  /** Base64; fewer bytes than asked for where the source ends, none behind its end. */
  bytes: string;
  /** Bytes of the source in all. */
  length: number;
}

export interface FieldTexts {
  value: string;
  filter: string;
}

export type Severity = "comment" | "chat" | "note" | "warning" | "error";

export interface TreeNode {
  /** The line as Wireshark shows it. */
  label: string;
  /** Filter name; empty for a line that is text only. */
  field: string;
  /** Title of the field, for the status bar. */
  title: string;
  /** The value alone, for "copy value"; empty when there is none. */
  value: string;
  /** A display filter that finds this value; empty when none can. */
  filter: string;
  /** True when `value` or `filter` is only the beginning of it; `fieldTexts` gives the whole. */
  cut: boolean;
  source: number;
  offset: number;
  length: number;
  generated: boolean;
  hidden: boolean;
  severity: Severity | null;
  /** For frame references (`FT_FRAMENUM`): where a double click leads. */
  link: number | null;
  children: TreeNode[];
}

export interface Timeline {
  /** Seconds relative to the first packet. */
  start: number;
  end: number;
  groups: { name: string; counts: number[] }[];
}

export interface Overview {
  /** Per bucket the index of the most noteworthy colour rule, -1 for none. */
  colors: number[];
  rows: number;
}

export interface InterfaceList {
  interfaces: InterfaceInfo[];
  /** Why nothing (or not everything) can be captured, in one sentence; empty when all is well. */
  problem: string;
  /** What to run or do about it; empty when all is well. */
  fix: string;
}

export interface InterfaceInfo {
  name: string;
  description: string;
  kind: string;
  addresses: string[];
  mac: string;
  up: boolean;
  running: boolean;
  /** "up", "no carrier", "down". */
  link: string;
  loopback: boolean;
  canCapture: boolean;
  /** Why not; empty when it can. */
  reason: string;
  /** The usual one first. */
  linkTypes: { value: number; name: string; description: string }[];
  /** Clocks that can stamp its packets, by libpcap's names ("host", "adapter"); empty where there is no choice. */
  timestampTypes: string[];
  /** Why it cannot be in monitor mode, in one sentence; empty when it can. */
  noMonitor: string;
  /** The program that captures here, with the address of its help; null for the system's own interfaces. */
  extcap: { program: string; version: string; help: string } | null;
}

/** An option of a program that captures. */
export interface ExtcapOption {
  /** What it is called in `extcap` of the capture's options. */
  name: string;
  title: string;
  type: ExtcapOptionType;
  tooltip: string;
  placeholder: string;
  /** The page of the form it stands on; empty for none. */
  group: string;
  required: boolean;
  /** The program's own value; empty for none. Several are separated by commas. */
  default: string;
  min: number | null;
  max: number | null;
  /** Regular expression that the value has to match; empty for none. */
  validation: string;
  /** True when `extcapReload` answers its choices. */
  reload: boolean;
  choices: ExtcapChoice[];
}

export const EXTCAP_OPTION_TYPES = [
  "integer",
  "unsigned",
  "long",
  "double",
  "string",
  "password",
  "boolean",
  "boolflag",
  "fileselect",
  "selector",
  "editselector",
  "radio",
  "multicheck",
  "table",
  "timestamp",
] as const;
export type ExtcapOptionType = (typeof EXTCAP_OPTION_TYPES)[number];

export interface ExtcapChoice {
  value: string;
  title: string;
  /** False for one that only stands above others. */
  enabled: boolean;
  /** Value of the choice that it stands under; empty for none. */
  parent: string;
}

export interface TrafficSample {
  name: string;
  packetsPerSecond: number;
  bytesPerSecond: number;
}

export interface CaptureFilterVerdict {
  ok: boolean;
  /** libpcap's own message. */
  message: string;
  /** The place it is about, as UTF-16 indexes; null where it cannot be told. */
  place: { start: number; end: number } | null;
  /** Usual mistakes, also of filters that compile and mean something else than they seem to. */
  hints: CaptureFilterHint[];
  /** Instructions of the BPF program; null where that is not known. */
  instructions: number | null;
  /** The program, one instruction a line; null unless asked for. */
  dump: string[] | null;
}

export interface CaptureFilterHint {
  /** What is wrong, in one sentence. */
  message: string;
  /** The whole filter as it should be, which compiles; empty where there is no such thing. */
  suggestion: string;
}

export type DoctorTopic =
  | "permission"
  | "interface"
  | "route"
  | "duplicates"
  | "offload"
  | "drops"
  | "snapshot"
  | "clock"
  | "disk";

export interface DoctorReport {
  /** ISO 8601 time of the examination. */
  checked: string;
  /** The interfaces that were looked at closely. */
  interfaces: string[];
  /** The worst first. */
  findings: DoctorFinding[];
  /** Where packets to the host would leave; empty when none was asked about. */
  routes: DoctorRoute[];
  /** What could not be examined, and why, in sentences. */
  unknown: string[];
}

export interface DoctorFinding {
  /** "drops.kernel"; the same for every interface. */
  id: string;
  topic: DoctorTopic;
  severity: Notice["severity"];
  /** The interface it is about; empty when it is about none or all. */
  interface: string;
  title: string;
  explanation: string;
  evidence: DoctorEvidence[];
  fixes: { text: string; command: string }[];
  /** What Tapline itself can do about it at the next start: these capture options. */
  change: DoctorChange | null;
}

export interface DoctorEvidence {
  /** The file, or the command, or "capture" for the capture's own counters. */
  source: string;
  /** Counted from 1; null where lines mean nothing. */
  line: number | null;
  text: string;
}

export interface DoctorChange {
  /** "Use a buffer of 64 MiB". */
  title: string;
  options: Partial<Pick<CaptureOptions, "bufferMiB" | "snapLen" | "interfaces">>;
}

export interface DoctorRoute {
  address: string;
  family: "ipv4" | "ipv6";
  /** Empty when no route leads there. */
  interface: string;
  /** The next hop; empty when the host is on the link itself. */
  gateway: string;
  /** The address packets would leave from; empty when it is not known. */
  source: string;
  evidence: DoctorEvidence;
}

export interface RecentCapture {
  path: string;
  name: string;
  exists: boolean;
  bytes: number;
  /** ISO 8601 time of the last opening. */
  opened: string;
}

export interface FolderListing {
  folder: string;
  parent: string | null;
  home: string;
  entries: {
    name: string;
    path: string;
    folder: boolean;
    bytes: number;
    modified: string;
    capture: boolean;
  }[];
}

/** A colouring rule as it is drawn and judged. */
export interface ColorRule extends ColorRuleSetting {
  dark: ColorPair;
  /** True when the dark colours are made from the light ones. */
  derived: boolean;
  /** A rule with an error is passed over; one with a warning may be used in part. */
  verdict: FilterVerdict;
}

export type DecodeAs = Settings["decodeAs"][number];

export interface DecodeChoices {
  tables: DecodeTableInfo[];
  /** For each value asked for, the name of the protocol that it stands for; null for none. */
  present: (string | null)[];
}
export interface DecodeTableInfo {
  name: DecodeTableName;
  title: string;
  /** Largest value. */
  most: number;
  /** Hexadecimal digits its values are shown with; 0 for decimal numbers. */
  digits: number;
  /** The protocols that can be chosen, ordered by name. */
  protocols: { name: string; title: string }[];
}

export interface ProtocolFileList {
  /** Folder whose files are always read. */
  folder: string;
  files: ProtocolFile[];
}

export interface ProtocolFile {
  path: string;
  name: string;
  /** What it describes; null when it is broken. */
  protocol: {
    name: string;
    title: string;
    /** What it is called for: "tcp.port 9100, udp.port 9100". */
    on: string;
  } | null;
  problems: {
    /** Counted from 1. */
    line: number;
    /** Place in the document: "frame.length.counts"; empty for all of it. */
    path: string;
    message: string;
  }[];
}

/** What a failed request answers. */
export interface ErrorInfo {
  code: ErrorCode;
  /** One or two sentences: what happened, where, what to do. */
  message: string;
  /** For filter errors: the place in the text. */
  start?: number;
  end?: number;
  hints?: string[];
}

export const ERROR_CODES = [
  "BAD_REQUEST",
  "BAD_FILTER",
  "NO_CAPTURE",
  "NOT_FOUND",
  "NOT_A_CAPTURE",
  "UNREADABLE",
  "UNSAVED",
  "EXISTS",
  "NO_SPACE",
  "PERMISSION",
  "CANCELLED",
  "CAPTURE_FAILED",
  "FORMAT",
  "INTERNAL",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** The only error that crosses the contract. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly info: ErrorInfo;
  constructor(code: ErrorCode, message: string, more: Partial<ErrorInfo> = {}) {
    super(message);
    this.info = { ...more, code, message };
  }
}

/** The engine as a face sees it; every transport offers exactly this. */
export interface Api {
  call<M extends Method>(method: M, params: ParamsIn<M>): Promise<Results[M]>;
  /** Returns a function that ends the subscription. */
  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void;
}

export type RequestMessage = { [M in Method]: { id: number; method: M; params: ParamsIn<M> } }[Method];
export type ResponseMessage = { id: number; result: Results[Method] } | { id: number; error: ErrorInfo };
export type EventMessage = { [E in EventName]: { event: E; data: Events[E] } }[EventName];

/**
 * Checks a request that came from outside.
 * @returns the parameters with their defaults filled in
 * @throws ApiError BAD_REQUEST naming the method and the parameter that is wrong
 */
export function parseParams<M extends Method>(method: M, params: unknown): Params<M> {
  const parsed = REQUESTS[method].safeParse(params ?? {});
  if (parsed.success) return parsed.data as Params<M>;
  const issue = parsed.error.issues[0];
  const place = issue && issue.path.length > 0 ? `parameter ${issue.path.join(".")} of ${method}` : method;
  throw new ApiError("BAD_REQUEST", `Bad request: ${place}: ${issue?.message ?? "not understood"}.`);
}

/** True for the name of a request this contract knows. */
export function isMethod(name: unknown): name is Method {
  return typeof name === "string" && Object.hasOwn(REQUESTS, name);
}
