/** Interfaces, capture filters and traffic, as the contract shows them; one for all sessions of a process. */
import type { CaptureFilterVerdict, InterfaceList, TrafficSample } from "../api.ts";
import {
  type CaptureDriver,
  chooseDriver,
  type InterfaceInfo,
  listCaptureInterfaces,
  TrafficMonitor,
} from "../capture/index.ts";

export class CaptureDesk {
  #chosen: Promise<CaptureDriver> | null = null;
  readonly #traffic = new TrafficMonitor();
  /** Interface → link type to compile capture filters for, from the last listing. */
  readonly #linkTypes = new Map<string, number>();

  driver(): Promise<CaptureDriver> {
    this.#chosen ??= chooseDriver().then(({ driver }) => driver);
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

  /** Compiles a capture filter for an interface's link type; Ethernet when none is named. */
  async checkFilter(filter: string, name: string | undefined): Promise<CaptureFilterVerdict> {
    if (filter.trim() === "") return { ok: true, message: "" };
    const driver = await this.driver();
    const linkType = name === undefined ? undefined : this.#linkTypes.get(name);
    const checked = await driver.checkFilter({ filter, linkType, interface: name });
    if (checked.state === "ok") return { ok: true, message: "" };
    return { ok: checked.state === "unchecked", message: checked.message };
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
