/** Open vSwitch with its datapath in user space: tags and tunnels that need nothing of the kernel. */
import path from "node:path";
import { run, sleep } from "./lab.mjs";

const SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

export class Switch {
  #folder;
  #host;

  constructor(host) {
    this.#host = host;
    this.#folder = path.join(host.lab.folder, `ovs-${host.name}`);
  }

  get #environment() {
    return ["env", `OVS_RUNDIR=${this.#folder}`, `OVS_LOGDIR=${this.#folder}`, `OVS_DBDIR=${this.#folder}`];
  }

  async start() {
    const database = path.join(this.#folder, "conf.db");
    run("mkdir", "-p", this.#folder);
    run("ovsdb-tool", "create", database, SCHEMA);
    const socket = path.join(this.#folder, "db.sock");
    this.#host.start(
      ...this.#environment,
      "ovsdb-server",
      database,
      `--remote=punix:${socket}`,
      "--unixctl=ctl",
    );
    await sleep(400);
    this.set("init");
    this.#host.start(...this.#environment, "ovs-vswitchd", `unix:${socket}`);
    await sleep(800);
    return this;
  }

  /** `ovs-vsctl ARGS` */
  set(...args) {
    const socket = `--db=unix:${path.join(this.#folder, "db.sock")}`;
    return this.#host.exec(...this.#environment, "ovs-vsctl", "--no-wait", socket, ...args);
  }

  bridge(name, ...settings) {
    this.set("add-br", name, "--", "set", "bridge", name, "datapath_type=netdev", ...settings);
  }

  /** `ovs-ofctl add-flow` */
  flow(bridge, flow) {
    this.#host.exec(...this.#environment, "ovs-ofctl", "-O", "OpenFlow13", "add-flow", bridge, flow);
  }

  /** `ovs-appctl ARGS` */
  control(...args) {
    return this.#host.exec(...this.#environment, "ovs-appctl", ...args);
  }
}
