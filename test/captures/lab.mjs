/** Network namespaces with real programs in them, and captures of what these say to each other. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const PREFIX = "tapline";
const FOLDER = "tapline-record-";
const quiet = { stdio: ["ignore", "pipe", "pipe"] };

/** Runs a program and returns what it prints. Throws when it fails. */
export const run = (command, ...args) => execFileSync(command, args, { ...quiet, timeout: 20_000 });

/** Removes what an earlier recording, killed before it could clean up, has left. */
export function removeLeftovers() {
  for (const line of String(run("ip", "netns", "list")).split("\n")) {
    const [name] = line.split(" ");
    const [prefix, pid] = name.split("-");
    if (prefix === PREFIX && !existsSync(`/proc/${pid}`)) removeNamespace(name);
  }
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(FOLDER) || existsSync(`/proc/${name.slice(FOLDER.length).split("-")[0]}`)) continue;
    rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
  }
}

function removeNamespace(name) {
  const pids = spawnSync("ip", ["netns", "pids", name], { encoding: "utf8" }).stdout ?? "";
  for (const pid of pids.split("\n").filter(Boolean)) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  spawnSync("ip", ["netns", "del", name]);
}

/** A network namespace: a machine of its own, as far as the network is concerned. */
class Host {
  constructor(lab, name) {
    this.lab = lab;
    this.name = name;
    this.namespace = `${PREFIX}-${process.pid}-${name}`;
    lab.file(`hosts-${name}`, `127.0.0.1 localhost\n127.0.1.1 ${name}.example.com ${name}\n`);
    lab.file("resolver", "");
    run("ip", "netns", "add", this.namespace);
    this.ip("link", "set", "lo", "up");
    this.sysctl("net.ipv6.conf.default.accept_dad=0");
    this.sysctl("net.ipv6.conf.all.accept_dad=0");
    // Segments of the size that a wire would carry are captured only when TCP does not probe for larger ones.
    this.sysctl("net.ipv4.tcp_congestion_control=reno");
  }

  /** The words that run a program here, on a machine that has this host's name and knows no other. */
  #inside(args) {
    const { folder } = this.lab;
    const named =
      `mount --bind ${folder}/hosts-${this.name} /etc/hosts; mount --bind ${folder}/resolver /etc/resolv.conf; ` +
      `hostname ${this.name}; exec "$@"`;
    return ["netns", "exec", this.namespace, "unshare", "--uts", "sh", "-c", named, "sh", ...args];
  }

  /** `ip ARGS` in this namespace. Throws when it fails. */
  ip(...args) {
    return run("ip", "-n", this.namespace, ...args);
  }

  sysctl(setting) {
    run("ip", "netns", "exec", this.namespace, "sysctl", "-qw", setting);
  }

  /** Runs a program to its end. @returns {string} what it printed; a program that fails is no error */
  exec(...args) {
    const options = { encoding: "utf8", timeout: 15_000, cwd: this.lab.folder, env: this.lab.environment };
    const result = spawnSync("ip", this.#inside(args), options);
    this.lab.log(`$ ${this.name}: ${args.join(" ")}\n${result.stdout ?? ""}${result.stderr ?? ""}`);
    return result.stdout ?? "";
  }

  /** As `exec`, with text on standard input. */
  feed(input, ...args) {
    const options = {
      input,
      encoding: "utf8",
      timeout: 15_000,
      cwd: this.lab.folder,
      env: this.lab.environment,
    };
    const result = spawnSync("ip", this.#inside(args), options);
    this.lab.log(`$ ${this.name}: ${args.join(" ")}\n${result.stdout ?? ""}${result.stderr ?? ""}`);
    return result.stdout ?? "";
  }

  /** Runs a program while others do. @returns {Promise<void>} when it has ended */
  meanwhile(...args) {
    const child = this.start(...args);
    return new Promise((resolve) => child.on("exit", () => resolve()));
  }

  /** Starts a program that runs until the scenario ends. */
  start(...args) {
    const child = spawn("ip", this.#inside(args), {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: this.lab.folder,
      env: this.lab.environment,
    });
    const say = (text) => this.lab.log(`  ${this.name} ${args[0]}: ${text}`);
    child.stdout.on("data", say);
    child.stderr.on("data", say);
    child.on("error", (error) => say(error.message));
    return child;
  }

  /** Runs JavaScript in a Node of its own until the scenario ends. */
  script(text, ...args) {
    return this.start(process.execPath, "--input-type=module", "-e", text, ...args);
  }

  /** Gives an interface an address (`192.0.2.1/24`) or several. */
  address(link, ...addresses) {
    for (const address of addresses) this.ip("addr", "add", address, "dev", link);
  }

  up(...links) {
    for (const link of links) this.ip("link", "set", link, "up");
  }
}

/** The hosts, files and captures of one scenario. */
export class Lab {
  #hosts = [];
  #captures = [];
  #log = [];
  #macs = 0;

  constructor() {
    this.folder = mkdtempSync(path.join(tmpdir(), `${FOLDER}${process.pid}-`));
    this.environment = { ...process.env, LC_ALL: "C.UTF-8", HOME: this.folder };
  }

  host(name) {
    const host = new Host(this, name);
    this.#hosts.push(host);
    return host;
  }

  log(text) {
    this.#log.push(String(text));
  }

  get transcript() {
    return this.#log.join("");
  }

  /** Writes a file in the scenario's folder. @returns {string} its path */
  file(name, text, mode = 0o644) {
    const place = path.join(this.folder, name);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text, { mode });
    return place;
  }

  /** Joins two hosts by a cable; the interfaces are up, checksums and segments are those of a real wire. */
  cable(a, b, { aLink = "eth0", bLink = "eth0", up = true } = {}) {
    run(
      ...["ip", "link", "add", aLink, "netns", a.namespace, "address", this.#mac(), "type", "veth"],
      ...["peer", "name", bLink, "netns", b.namespace, "address", this.#mac()],
    );
    for (const [host, link] of [
      [a, aLink],
      [b, bLink],
    ]) {
      host.exec("ethtool", "-K", link, "tx", "off", "tso", "off", "gso", "off", "gro", "off");
      if (up) host.up(link);
    }
  }

  #mac() {
    return `02:00:00:00:00:${(++this.#macs).toString(16).padStart(2, "0")}`;
  }

  /**
   * Two hosts, "client" and "server", joined by a cable and with addresses 192.0.2.10 and .1, 2001:db8::10 and ::1.
   */
  pair() {
    const client = this.host("client");
    const server = this.host("server");
    this.cable(client, server);
    client.address("eth0", "192.0.2.10/24", "2001:db8::10/64");
    server.address("eth0", "192.0.2.1/24", "2001:db8::1/64");
    return { client, server };
  }

  /**
   * Joins two hosts by a bad cable: taps with a program between them (see `bad-cable.mjs`).
   * @param {object} faults what the program does to the frames
   */
  async badCable(a, b, faults) {
    const middle = this.host("middle");
    let ready = false;
    const program = middle.start(process.execPath, path.join(here, "bad-cable.mjs"), JSON.stringify(faults));
    program.stdout.on("data", () => {
      ready = true;
    });
    await until(() => ready);
    for (const [index, host] of [a, b].entries()) {
      const tap = `tap${index}`;
      middle.start(
        "socat",
        `TUN,tun-type=tap,iff-no-pi,tun-name=${tap}`,
        `UDP:127.0.0.1:${7000 + index},bind=127.0.0.1:${7100 + index},sourceport=${7100 + index}`,
      );
      await until(() => spawnSync("ip", ["-n", middle.namespace, "link", "show", tap]).status === 0);
      middle.ip("link", "set", tap, "netns", host.namespace, "name", "eth0", "address", this.#mac());
      host.up("eth0");
    }
    await sleep(300);
  }

  /**
   * Starts to capture what passes an interface.
   * @param {{ filter?: string, snap?: number, count?: number }} [options] capture filter, bytes kept of a frame, and
   * number of frames after which to stop
   */
  async capture(host, link, { filter = "", snap = 0, count = 0 } = {}) {
    const raw = path.join(this.folder, `capture${this.#captures.length}.pcapng`);
    const args = ["dumpcap", "-q", "-i", link, "-w", raw];
    if (filter !== "") args.push("-f", filter);
    if (snap > 0) args.push("-s", String(snap));
    if (count > 0) args.push("-c", String(count));
    const child = host.start(...args);
    let ready = false;
    child.stderr.on("data", (text) => {
      if (String(text).includes("File:")) ready = true;
    });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    this.#captures.push({ child, raw, ended });
    await until(() => ready);
    await sleep(150);
  }

  /**
   * Ends the captures and writes the first to `output`, without the recording machine's name in it.
   * @param {{ edit?: string[], format?: string }} options more arguments of editcap; the file's format
   */
  async write(output, { edit = [], format = "pcap" } = {}) {
    await sleep(300);
    for (const { child, ended } of this.#captures) {
      child.kill("SIGINT");
      await Promise.race([ended, sleep(3000)]);
    }
    const [first] = this.#captures;
    if (first === undefined) throw new Error("the scenario has captured nothing");
    let source = first.raw;
    if (this.#captures.length > 1) {
      source = path.join(this.folder, "merged.pcapng");
      run("mergecap", "-w", source, ...this.#captures.map((capture) => capture.raw));
    }
    // A classic file has no room for the names of hardware, system and program.
    const plain = path.join(this.folder, "plain.pcap");
    const classic = this.#captures.length > 1 ? "pcapng" : "nsecpcap";
    run("editcap", "-F", format === "pcap" ? classic : "pcapng", ...edit, source, plain);
    mkdirSync(path.dirname(output), { recursive: true });
    writeFileSync(output, withoutMachine(readFileSync(plain)));
    return statSync(output).size;
  }

  /** Ends every program in the hosts, and removes hosts and files. */
  close() {
    for (const host of this.#hosts) removeNamespace(host.namespace);
    this.#hosts = [];
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const SECTION_HEADER = 0x0a0d0d0a;

/** A pcapng file without the options of its section header, which name hardware, system and program. */
function withoutMachine(bytes) {
  if (bytes.readUInt32LE(0) !== SECTION_HEADER) return bytes;
  const length = bytes.readUInt32LE(4);
  const header = Buffer.from(bytes.subarray(0, 28));
  header.writeUInt32LE(28, 4);
  header.writeUInt32LE(28, 24);
  return Buffer.concat([header, bytes.subarray(length)]);
}

/** Waits until something holds, at most ten seconds. @returns {Promise<boolean>} whether it does */
export async function until(holds, limit = 10_000) {
  const end = Date.now() + limit;
  while (!holds()) {
    if (Date.now() > end) return false;
    await sleep(50);
  }
  return true;
}

export { sleep };
