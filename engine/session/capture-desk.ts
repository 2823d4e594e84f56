/** Interfaces, capture filters and traffic, as the contract shows them; one for all sessions of a process. */
import { isAbsolute } from "node:path";
import {
  ApiError,
  type CaptureFilterHint,
  type CaptureFilterVerdict,
  type CaptureOptions,
  type DoctorReport,
  type ExtcapChoice,
  type ExtcapOption,
  type InterfaceList,
  type Params,
  type TrafficSample,
} from "../api.ts";
import { examine, type GatherRequest, gather } from "../capture/doctor/index.ts";
import { captureFilterHints, quotedPlace, syntaxErrorPlace } from "../capture/filter-hints.ts";
import {
  type CaptureDriver,
  type ExtcapChoice as Choice,
  chooseDriver,
  type DriverLinkType,
  type ExtcapArgument,
  fifoProblem,
  type InterfaceInfo,
  isPipe,
  listCaptureInterfaces,
  TrafficMonitor,
} from "../capture/index.ts";

/** LINKTYPE_IEEE802_11_RADIOTAP: what Linux captures in monitor mode. */
const RADIOTAP = 127;

export class CaptureDesk {
  readonly #extcapFolder: string;
  #chosen: Promise<CaptureDriver> | null = null;
  readonly #traffic = new TrafficMonitor();
  /** Interface → its link types, to compile capture filters for, from the last listing. */
  readonly #linkTypes = new Map<string, readonly DriverLinkType[]>();

  /** @param extcapFolder Tapline's own folder of programs that capture */
  constructor(extcapFolder: string) {
    this.#extcapFolder = extcapFolder;
  }

  driver(): Promise<CaptureDriver> {
    this.#chosen ??= chooseDriver(this.#extcapFolder).then(({ driver }) => driver);
    return this.#chosen;
  }

  async interfaces(): Promise<InterfaceList> {
    const driver = await this.driver();
    const { interfaces, problem } = await listCaptureInterfaces(driver);
    for (const { name, linkTypes } of interfaces) this.#linkTypes.set(name, linkTypes);
    const refused = interfaces.find(
      (iface) => iface.canCapture === false && iface.error?.code === "permission",
    );
    return {
      interfaces: interfaces.map((info) => shown(info, driver.name)),
      problem: problem?.message ?? refused?.reason ?? "",
      fix: problem?.fix ?? refused?.fix ?? "",
    };
  }

  /**
   * The options of an interface that a program captures from.
   * @throws ApiError NOT_FOUND when no program offers it, CAPTURE_FAILED when the program does not tell
   */
  async extcapOptions(name: string): Promise<ExtcapOption[]> {
    return (await this.#config(name)).map(
      ({ call, display, number: _, mustExist: __, choices, ...argument }) => ({
        name: call,
        title: display,
        ...argument,
        choices: choices.map(shownChoice),
      }),
    );
  }

  /**
   * The choices of an option with these values of the others.
   * @throws ApiError as `extcapOptions` does
   */
  async extcapReload(
    name: string,
    option: string,
    values: Readonly<Record<string, string>>,
  ): Promise<ExtcapChoice[]> {
    const config = await this.#config(name);
    const { extcap } = await this.driver();
    const iface = await extcap?.find(name);
    if (extcap === undefined || iface === undefined) throw noProgram(name);
    const choices = await extcap.reload(iface, config, option, values);
    if (!choices.ok) throw new ApiError("CAPTURE_FAILED", choices.error.message);
    return choices.value.map(shownChoice);
  }

  /** Options as they may be shown and kept: without the passwords of programs. */
  async withoutPasswords(options: CaptureOptions): Promise<CaptureOptions> {
    const extcap: CaptureOptions["extcap"] = {};
    for (const [name, values] of Object.entries(options.extcap)) {
      try {
        const config = await this.#config(name);
        const open = Object.entries(values).filter(
          ([call]) => config.find((argument) => argument.call === call)?.type !== "password",
        );
        extcap[name] = Object.fromEntries(open);
      } catch {
        // A program that is gone: which of its options are passwords is not known any more.
      }
    }
    return { ...options, extcap };
  }

  async #config(name: string): Promise<ExtcapArgument[]> {
    const { extcap } = await this.driver();
    const iface = await extcap?.find(name);
    if (extcap === undefined || iface === undefined) throw noProgram(name);
    const config = await extcap.config(iface);
    if (!config.ok) throw new ApiError("CAPTURE_FAILED", config.error.message);
    return config.value;
  }

  /** Compiles a capture filter for a link type of an interface; for Ethernet when no interface is named. */
  async checkFilter({
    filter,
    interface: name,
    linkType: wanted,
    monitor,
    dump,
  }: Params<"checkCaptureFilter">): Promise<CaptureFilterVerdict> {
    const verdict = { message: "", place: null, hints: [], instructions: null, dump: null };
    if (filter.trim() === "") return { ok: true, ...verdict };
    const driver = await this.driver();
    const types = name === undefined ? [] : (this.#linkTypes.get(name) ?? []);
    const named = wanted === undefined ? undefined : types.find((type) => type.name === wanted);
    const linkType = named?.linkType ?? (monitor ? RADIOTAP : types[0]?.linkType);
    const compile = (text: string, withDump = false) =>
      driver.checkFilter({ filter: text, linkType, interface: name, dump: withDump });
    const compiles = async (text: string): Promise<boolean | null> => {
      const { state } = await compile(text);
      return state === "unchecked" ? null : state === "ok";
    };
    const checked = await compile(filter, dump);
    const hints: CaptureFilterHint[] = [];
    for (const hint of captureFilterHints(filter)) {
      const usable = hint.suggestion === "" || (await compiles(hint.suggestion)) !== false;
      if (usable) hints.push(hint);
      // What is wrong is worth saying even where the way out is not found.
      else if (checked.state === "error") hints.push({ ...hint, suggestion: "" });
    }
    if (checked.state === "ok") {
      const { instructions, dump: lines } = checked;
      return { ok: true, ...verdict, hints, instructions, dump: lines === null ? null : [...lines] };
    }
    const { message } = checked;
    if (checked.state === "unchecked") return { ok: true, ...verdict, message, hints };
    // The package answers each question with a process of its own: too slow to search with.
    const foreign = name !== undefined && (isPipe(name) || driver.extcap?.known(name) !== undefined);
    const searches = /syntax error/.test(message) && driver.name === "helper" && !foreign;
    const place =
      quotedPlace(filter, message) ?? (searches ? await syntaxErrorPlace(filter, compiles) : null);
    return { ok: false, ...verdict, message, place, hints };
  }

  /** Examines how capturing does here; see `gather` for what is asked. */
  async doctor(request: Omit<GatherRequest, "list">): Promise<DoctorReport> {
    const list = await listCaptureInterfaces(await this.driver());
    // What programs capture elsewhere is not this machine's to examine.
    const interfaces = list.interfaces.filter(({ extcap }) => extcap === null);
    return examine(await gather({ ...request, list: { ...list, interfaces } }), new Date());
  }

  /** Calls `listener` about once a second; returns the function that ends it. */
  onTraffic(listener: (samples: TrafficSample[]) => void): () => void {
    return this.#traffic.on((sample) => listener([...sample.rates]));
  }

  /** Ends background processes of the driver. */
  async close(): Promise<void> {
    if (this.#chosen !== null) (await this.#chosen).close();
  }
}

/**
 * Refuses pipes that cannot be captured from.
 * @throws ApiError CAPTURE_FAILED
 */
export function checkPipes(names: readonly string[]): void {
  for (const name of names) {
    if (!isPipe(name)) continue;
    const problem = isAbsolute(name)
      ? fifoProblem(name)
      : `"${name}" is no interface, and no absolute path of a pipe (FIFO).`;
    if (problem !== null) throw new ApiError("CAPTURE_FAILED", problem);
  }
}

const noProgram = (name: string): ApiError =>
  new ApiError("NOT_FOUND", `No program captures from "${name}".`);

const shownChoice = ({ value, display, enabled, parent }: Choice): ExtcapChoice => ({
  value,
  title: display,
  enabled,
  parent,
});

/** Why an interface cannot be in monitor mode; empty when it can. */
export function noMonitor(info: InterfaceInfo, driver: CaptureDriver["name"]): string {
  if (info.canMonitor) return "";
  if (info.extcap !== null) return "A program captures here, in its own way.";
  if (driver === "cap") return "The cap package cannot turn monitor mode on.";
  if (info.canCapture === null) return "Not asked: opening this device has effects.";
  if (!info.canCapture) return info.reason ?? "It cannot be opened.";
  if (info.kind !== "wireless") return "It is not wireless.";
  return "The driver of this interface does not offer it.";
}

function shown(info: InterfaceInfo, driver: CaptureDriver["name"]): InterfaceList["interfaces"][number] {
  const addresses = info.addresses
    .filter(({ family }) => family !== "mac")
    .map(({ address, prefix }) => (prefix === undefined ? address : `${address}/${prefix}`));
  const unknown = info.extcap !== null ? "" : info.up ? "up" : "unknown";
  const links = { up: "up", down: "no carrier", unknown } as const;
  return {
    name: info.name,
    description: info.description,
    kind: info.kind,
    addresses,
    mac: info.mac ?? "",
    up: info.up ?? info.extcap !== null,
    running: info.link === "up",
    link: info.up === false ? "down" : links[info.link],
    loopback: info.kind === "loopback",
    canCapture: info.canCapture ?? true,
    reason: info.reason ?? "",
    linkTypes: info.linkTypes.map(({ linkType, name, description }) => ({
      value: linkType,
      name: name ?? String(linkType),
      description: description ?? "",
    })),
    timestampTypes: [...info.timestampTypes],
    noMonitor: noMonitor(info, driver),
    extcap: info.extcap === null ? null : { ...info.extcap },
  };
}
