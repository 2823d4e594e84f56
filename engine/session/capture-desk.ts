/** Interfaces, capture filters and traffic, as the contract shows them; one for all sessions of a process. */
import type {
  CaptureFilterHint,
  CaptureFilterVerdict,
  DoctorReport,
  InterfaceList,
  TrafficSample,
} from "../api.ts";
import { examine, type GatherRequest, gather } from "../capture/doctor/index.ts";
import { captureFilterHints, quotedPlace, syntaxErrorPlace } from "../capture/filter-hints.ts";
import {
  type CaptureDriver,
  chooseDriver,
  type InterfaceInfo,
  listCaptureInterfaces,
  TrafficMonitor,
} from "../capture/index.ts";

export class CaptureDesk {
  readonly #extcapFolder: string;
  #chosen: Promise<CaptureDriver> | null = null;
  readonly #traffic = new TrafficMonitor();
  /** Interface → link type to compile capture filters for, from the last listing. */
  readonly #linkTypes = new Map<string, number>();

  /** @param extcapFolder Tapline's own folder of programs that capture */
  constructor(extcapFolder: string) {
    this.#extcapFolder = extcapFolder;
  }

  driver(): Promise<CaptureDriver> {
    this.#chosen ??= chooseDriver(this.#extcapFolder).then(({ driver }) => driver);
    return this.#chosen;
  }

  async interfaces(): Promise<InterfaceList> {
    const { interfaces, problem } = await listCaptureInterfaces(await this.driver());
    for (const { name, linkTypes } of interfaces) {
      if (linkTypes[0] !== undefined) this.#linkTypes.set(name, linkTypes[0].linkType);
    }
    const refused = interfaces.find(
      (iface) => iface.canCapture === false && iface.error?.code === "permission",
    );
    return {
      interfaces: interfaces.map(shown),
      problem: problem?.message ?? refused?.reason ?? "",
      fix: problem?.fix ?? refused?.fix ?? "",
    };
  }

  /**
   * Compiles a capture filter for an interface's link type; Ethernet when none is named.
   * @param dump also answer the program it compiles to
   */
  async checkFilter(filter: string, name: string | undefined, dump: boolean): Promise<CaptureFilterVerdict> {
    const verdict = { message: "", place: null, hints: [], instructions: null, dump: null };
    if (filter.trim() === "") return { ok: true, ...verdict };
    const driver = await this.driver();
    const linkType = name === undefined ? undefined : this.#linkTypes.get(name);
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
    const searches = /syntax error/.test(message) && driver.name === "helper";
    const place =
      quotedPlace(filter, message) ?? (searches ? await syntaxErrorPlace(filter, compiles) : null);
    return { ok: false, ...verdict, message, place, hints };
  }

  /** Examines how capturing does here; see `gather` for what is asked. */
  async doctor(request: Omit<GatherRequest, "list">): Promise<DoctorReport> {
    const list = await listCaptureInterfaces(await this.driver());
    return examine(await gather({ ...request, list }), new Date());
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

function shown(info: InterfaceInfo): InterfaceList["interfaces"][number] {
  const addresses = info.addresses
    .filter(({ family }) => family !== "mac")
    .map(({ address, prefix }) => (prefix === undefined ? address : `${address}/${prefix}`));
  const links = { up: "up", down: "no carrier", unknown: info.up ? "up" : "unknown" } as const;
  return {
    name: info.name,
    description: info.description,
    kind: info.kind,
    addresses,
    mac: info.mac ?? "",
    up: info.up ?? false,
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
  };
}
