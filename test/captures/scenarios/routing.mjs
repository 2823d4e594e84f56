/** Routers: FRR's daemons, and keepalived. */
import path from "node:path";
import { run, sleep } from "../lab.mjs";

const FRR = "/usr/lib/frr";

/** Starts zebra and the daemons of a configuration (daemon → text) on a host. */
async function frr(host, daemons) {
  const { lab } = host;
  const folder = path.dirname(lab.file(`frr-${host.name}/.keep`, ""));
  run("chmod", "755", lab.folder);
  run("chown", "frr", folder);
  for (const [name, text] of Object.entries({ zebra: "", ...daemons })) {
    const configuration = lab.file(`frr-${host.name}/${name}.conf`, `hostname ${host.name}\n${text}`);
    host.start(
      ...[`${FRR}/${name}`, "-f", configuration, "-i", `${folder}/${name}.pid`, "-z", `${folder}/zserv.api`],
      ...["--vty_socket", folder, "-P", "0", "--log", "stdout", "--log-level", "warn"],
    );
    await sleep(name === "zebra" ? 700 : 150);
  }
}

/** Two routers with 192.0.2.0/24 between them and a network of their own each. */
function routers(lab) {
  const client = lab.host("west");
  const server = lab.host("east");
  lab.cable(client, server, { up: false });
  for (const [host, own] of [
    [client, 1],
    [server, 2],
  ]) {
    host.sysctl("net.ipv4.ip_forward=1");
    host.sysctl("net.ipv6.conf.all.forwarding=1");
    host.address("lo", `10.${own}.0.1/16`, `2001:db8:${own}::1/48`);
    host.address("eth0", `192.0.2.${own}/24`, `2001:db8::${own}/64`);
  }
  return { west: client, east: server };
}

/**
 * @param {(own: number, other: number) => Record<string, string>} daemons the configuration of router 1 or 2
 * @param {(routers: { west: object, east: object }) => Promise<void>} [then] what happens after `seconds`
 */
const routing = (name, shows, filter, seconds, daemons, then = async () => {}) => ({
  name,
  programs: ["frr"],
  shows,
  async record(lab) {
    const { west, east } = routers(lab);
    west.up("eth0");
    await lab.capture(west, "eth0", { filter });
    east.up("eth0");
    await frr(west, daemons(1, 2));
    await frr(east, daemons(2, 1));
    await sleep(seconds * 1000);
    await then({ west, east });
  },
});

/** Ends a daemon as an administrator would. */
const end = (host, daemon) =>
  host.exec("bash", "-c", `kill -TERM $(cat ${host.lab.folder}/frr-${host.name}/${daemon}.pid)`);

export default [
  routing(
    "ospf",
    "OSPFv2: hello, database description, request, update, acknowledgment; router, network, external and opaque advertisements; MD5 authentication",
    "ip proto 89",
    9,
    (own) => ({
      ospfd: `interface eth0\n ip ospf hello-interval 1\n ip ospf dead-interval 3\n ip ospf authentication message-digest\n ip ospf message-digest-key 1 md5 secret\nrouter ospf\n ospf router-id 10.${own}.0.1\n capability opaque\n router-info area\n mpls-te on\n mpls-te router-address 10.${own}.0.1\n redistribute connected\n network 192.0.2.0/24 area 0\n`,
    }),
    async ({ east }) => {
      end(east, "ospfd");
      await sleep(1500);
    },
  ),
  routing(
    "ospf-areas",
    "OSPFv2 in a stub area and over a point-to-point link without authentication",
    "ip proto 89",
    6,
    (own) => ({
      ospfd: `interface eth0\n ip ospf hello-interval 1\n ip ospf dead-interval 3\n ip ospf network point-to-point\nrouter ospf\n ospf router-id 10.${own}.0.1\n network 192.0.2.0/24 area 1\n network 10.0.0.0/8 area ${own === 1 ? 0 : 1}\n area 1 stub\n`,
    }),
  ),
  routing(
    "ospf-ipv6",
    "OSPFv3: all packet types, router, link, intra-area and external advertisements",
    "ip6 proto 89",
    8,
    (own) => ({
      ospf6d: `interface eth0\n ipv6 ospf6 area 0.0.0.0\n ipv6 ospf6 hello-interval 1\n ipv6 ospf6 dead-interval 3\ninterface lo\n ipv6 ospf6 area 0.0.0.0\nrouter ospf6\n ospf6 router-id 10.${own}.0.1\n redistribute kernel\n`,
    }),
  ),
  routing(
    "bgp",
    "BGP: open with capabilities, updates for IPv4 and IPv6 with communities, route refresh, withdrawal, notification",
    "tcp port 179",
    8,
    (own, other) => ({
      bgpd: `router bgp 6500${own}\n bgp router-id 10.${own}.0.1\n no bgp ebgp-requires-policy\n neighbor 192.0.2.${other} remote-as 6500${other}\n neighbor 192.0.2.${other} timers 2 6\n neighbor 192.0.2.${other} timers connect 1\n neighbor 192.0.2.${other} advertisement-interval 0\n address-family ipv4 unicast\n  network 10.${own}.0.0/16\n  neighbor 192.0.2.${other} route-map mark out\n  neighbor 192.0.2.${other} soft-reconfiguration inbound\n exit-address-family\n address-family ipv6 unicast\n  network 2001:db8:${own}::/48\n  neighbor 192.0.2.${other} activate\n  neighbor 192.0.2.${other} route-map mark out\n exit-address-family\nroute-map mark permit 10\n set community 65001:100 no-export\n set large-community 65001:1:2\n set extcommunity rt 65001:7\n set metric 50\n set as-path prepend 65001 65001\n`,
    }),
    async ({ west, east }) => {
      west.exec("vtysh", "--vty_socket", `${west.lab.folder}/frr-west`, "-c", "clear bgp ipv4 unicast * in");
      west.exec(
        "vtysh",
        "--vty_socket",
        `${west.lab.folder}/frr-west`,
        "-c",
        "conf t",
        "-c",
        "router bgp 65001",
        "-c",
        "address-family ipv4 unicast",
        "-c",
        "no network 10.1.0.0/16",
      );
      await sleep(1500);
      end(east, "bgpd");
      await sleep(800);
    },
  ),
  routing(
    "bgp-evpn",
    "BGP between routers of one system: EVPN, VPNv4, labelled unicast, flow specification, add-path, extended messages",
    "tcp port 179",
    7,
    (own, other) => ({
      bgpd: `router bgp 4200000001\n bgp router-id 10.${own}.0.1\n neighbor 192.0.2.${other} remote-as internal\n neighbor 192.0.2.${other} timers connect 1\n neighbor 192.0.2.${other} advertisement-interval 0\n address-family ipv4 unicast\n  network 10.${own}.0.0/16\n  neighbor 192.0.2.${other} addpath-tx-all-paths\n exit-address-family\n address-family ipv4 labeled-unicast\n  neighbor 192.0.2.${other} activate\n exit-address-family\n address-family ipv4 vpn\n  neighbor 192.0.2.${other} activate\n exit-address-family\n address-family l2vpn evpn\n  neighbor 192.0.2.${other} activate\n  advertise-all-vni\n exit-address-family\n address-family ipv4 flowspec\n  neighbor 192.0.2.${other} activate\n exit-address-family\n`,
    }),
  ),
  routing(
    "isis",
    "IS-IS: padded hellos of both levels, link state, complete and partial sequence numbers",
    "iso or ether proto 0x00fe or ether[14:2] = 0xfefe",
    7,
    (own) => ({
      isisd: `router isis lab\n net 49.0001.0000.0000.000${own}.00\n metric-style wide\n lsp-gen-interval 1\ninterface eth0\n ip router isis lab\n ipv6 router isis lab\n isis hello-interval 2\n isis csnp-interval 3\n isis priority ${own * 10}\ninterface lo\n ip router isis lab\n ipv6 router isis lab\n isis passive\n`,
    }),
  ),
  routing(
    "isis-p2p",
    "IS-IS over a point-to-point link, with MD5 authentication and traffic engineering, no padding",
    "iso or ether[14:2] = 0xfefe",
    7,
    (own) => ({
      isisd: `router isis lab\n net 49.0001.0000.0000.000${own}.00\n is-type level-2-only\n area-password md5 secret\n domain-password md5 secret\n mpls-te on\n mpls-te router-address 10.${own}.0.1\ninterface eth0\n ip router isis lab\n isis network point-to-point\n isis hello-interval 2\n no isis hello padding\n isis password md5 secret\n`,
    }),
  ),
  routing(
    "rip",
    "RIP version 2 with a password: request, response, a poisoned route",
    "udp port 520",
    9,
    (own) => ({
      ripd: `key chain lab\n key 1\n  key-string secret\ninterface eth0\n ip rip authentication mode ${own === 1 ? "md5" : "md5"}\n ip rip authentication key-chain lab\nrouter rip\n timers basic 5 10 5\n network 192.0.2.0/24\n network 10.0.0.0/8\n redistribute connected metric 3\n`,
    }),
    async ({ east }) => {
      end(east, "ripd");
      await sleep(1000);
    },
  ),
  routing("rip-1", "RIP version 1", "udp port 520", 4, () => ({
    ripd: "router rip\n version 1\n timers basic 5 10 5\n network 192.0.2.0/24\n network 10.0.0.0/8\n",
  })),
  routing("ripng", "RIPng: request and responses", "udp port 521", 5, () => ({
    ripngd: "router ripng\n timers basic 5 10 5\n network eth0\n redistribute connected\n",
  })),
  routing(
    "eigrp",
    "EIGRP: hello, update, query, reply, acknowledgment, the farewell",
    "ip proto 88",
    8,
    (own) => ({
      eigrpd: `router eigrp 7\n eigrp router-id 10.${own}.0.1\n network 192.0.2.0/24\n network 10.0.0.0/8\ninterface eth0\n ip hello-interval eigrp 1\n ip hold-time eigrp 3\n`,
    }),
    async ({ east }) => {
      end(east, "eigrpd");
      await sleep(1500);
    },
  ),
  routing(
    "pim",
    "PIM: hello, join and prune to a rendezvous point, and the IGMP queries and reports beside it",
    "ip proto 103 or igmp",
    7,
    (own) => ({
      pimd: `ip pim rp 10.1.0.1 224.0.0.0/4\ninterface eth0\n ip pim\n ip pim hello 1\n ip igmp\n ip igmp query-interval 3\ninterface lo\n ip pim\n${own === 2 ? " ip igmp\n ip igmp join 239.1.2.3\n ip igmp join 232.1.1.1 10.1.0.1\n" : ""}`,
    }),
    async ({ east }) => {
      end(east, "pimd");
      await sleep(1200);
    },
  ),
  routing(
    "bfd",
    "BFD: a session from down to up, then administratively down",
    "udp portrange 3784-3785",
    4,
    (_own, other) => ({
      bfdd: `bfd\n peer 192.0.2.${other}\n  receive-interval 300\n  transmit-interval 300\n  no shutdown\n`,
    }),
    async ({ east }) => {
      end(east, "bfdd");
      await sleep(700);
    },
  ),
  routing(
    "ldp",
    "LDP: hellos over UDP, initialization, keep-alive, addresses and label mappings over TCP",
    "port 646",
    10,
    (own) => ({
      ldpd: `mpls ldp\n router-id 10.${own}.0.1\n address-family ipv4\n  discovery transport-address 10.${own}.0.1\n  discovery hello interval 2\n  interface eth0\n  exit\n exit-address-family\n`,
      staticd: `ip route 10.${3 - own}.0.0/16 192.0.2.${3 - own}\n`,
    }),
  ),
  {
    name: "vrrp",
    programs: ["keepalived"],
    shows: "VRRP versions 2 and 3, IPv4 and IPv6: advertisements, a take-over, the farewell with priority 0",
    async record(lab) {
      const { client, server } = lab.pair();
      const instance = (name, id, priority, address, more) =>
        `vrrp_instance ${name} {\n state BACKUP\n interface eth0\n virtual_router_id ${id}\n priority ${priority}\n advert_int 1\n ${more}\n virtual_ipaddress {\n ${address}\n }\n}\n`;
      const configuration = (host, priority) =>
        lab.file(
          `keepalived-${host.name}.conf`,
          "global_defs {\n vrrp_garp_master_repeat 1\n vrrp_garp_master_delay 0\n script_user root\n}\n" +
            instance(
              "two",
              51,
              priority,
              "192.0.2.200/24",
              "version 2\n authentication {\n auth_type PASS\n auth_pass secret\n }",
            ) +
            instance("three", 52, priority, "192.0.2.201/24", "version 3") +
            instance("six", 53, priority, "fe80::200\n 2001:db8::200", "version 3\n native_ipv6"),
        );
      await lab.capture(client, "eth0", { filter: "ip proto 112 or ip6 proto 112 or ah" });
      for (const [host, priority] of [
        [client, 100],
        [server, 150],
      ]) {
        const files = ["-p", `${lab.folder}/${host.name}.pid`, "-r", `${lab.folder}/${host.name}-vrrp.pid`];
        host.start("keepalived", "-n", "-l", "-P", "-f", configuration(host, priority), ...files);
        await sleep(4500);
      }
      server.exec("bash", "-c", `kill -TERM $(cat ${lab.folder}/server.pid)`);
      await sleep(2500);
    },
  },
];
