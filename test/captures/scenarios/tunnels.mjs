/** Tags and tunnels, most of them by Open vSwitch in user space. */
import { run, sleep, until } from "../lab.mjs";
import { Switch } from "../ovs.mjs";

/** Two hosts whose cable ends in a switch each; the switches' own addresses are 192.0.2.10 and .1. */
async function switches(lab) {
  const client = lab.host("client");
  const server = lab.host("server");
  lab.cable(client, server);
  const made = [];
  for (const [host, address, address6] of [
    [client, "192.0.2.10/24", "2001:db8::10/64"],
    [server, "192.0.2.1/24", "2001:db8::1/64"],
  ]) {
    const sw = await new Switch(host).start();
    sw.bridge("under");
    sw.set("add-port", "under", "eth0");
    await until(() => host.exec("ip", "link", "show", "under") !== "");
    host.address("under", address, address6);
    host.up("under");
    made.push(sw);
  }
  return { client, server, clientSwitch: made[0], serverSwitch: made[1] };
}

/** A tunnel of Open vSwitch: pings, IPv6 and a little TCP through it. */
const tunnel = (name, shows, type, options, { three = false, six = false } = {}) => ({
  name,
  programs: ["ovs", "ping", "socat"],
  shows,
  async record(lab) {
    const { client, server, clientSwitch, serverSwitch } = await switches(lab);
    for (const [host, sw, own, remote, remote6] of [
      [client, clientSwitch, 10, "192.0.2.1", "2001:db8::1"],
      [server, serverSwitch, 1, "192.0.2.10", "2001:db8::10"],
    ]) {
      sw.bridge("over", `other-config:hwaddr=02:00:00:00:01:${String(own).padStart(2, "0")}`);
      sw.set(
        ...["add-port", "over", "tunnel0", "--", "set", "interface", "tunnel0", `type=${type}`],
        ...[`options:remote_ip=${six ? remote6 : remote}`, ...options.map((option) => `options:${option}`)],
      );
      await until(() => host.exec("ip", "link", "show", "over") !== "");
      host.address("over", `198.51.100.${own}/24`, `2001:db8:1::${own}/64`);
      host.up("over");
      if (three) {
        sw.flow(
          "over",
          `priority=10,in_port=tunnel0,actions=mod_dl_dst:02:00:00:00:01:${String(own).padStart(2, "0")},LOCAL`,
        );
        for (const kind of ["ip", "ipv6"])
          sw.flow("over", `priority=10,in_port=LOCAL,${kind},actions=output:tunnel0`);
        for (const [at, mac] of [
          ["1", "01"],
          ["10", "10"],
        ]) {
          if (at === String(own)) continue;
          host.ip("neigh", "replace", `198.51.100.${at}`, "lladdr", `02:00:00:00:01:${mac}`, "dev", "over");
          host.ip("neigh", "replace", `2001:db8:1::${at}`, "lladdr", `02:00:00:00:01:${mac}`, "dev", "over");
        }
      }
    }
    await sleep(600);
    // The switches learn each other's hardware addresses when they first need them.
    client.exec("ping", "-c", "2", "-i", "0.3", "-W", "1", "192.0.2.1");
    if (six) client.exec("ping", "-c", "2", "-i", "0.3", "-W", "1", "2001:db8::1");
    server.start("socat", "TCP-LISTEN:5000,fork", "EXEC:cat");
    await lab.capture(client, "eth0", { filter: "not ip6 multicast" });
    client.exec("ping", "-c", "3", "-i", "0.3", "-W", "1", "198.51.100.1");
    client.exec("ping", "-c", "2", "-i", "0.3", "-W", "1", "2001:db8:1::1");
    client.feed("hello\n", "socat", "-t", "0.3", "STDIO", "TCP:198.51.100.1:5000");
  },
});

/** Two switches that carry tagged frames between them. */
const tagged = (name, shows, settings) => ({
  name,
  programs: ["ovs", "ping", "socat"],
  shows,
  async record(lab) {
    const client = lab.host("client");
    const server = lab.host("server");
    lab.cable(client, server);
    for (const [host, own] of [
      [client, 10],
      [server, 1],
    ]) {
      const sw = await new Switch(host).start();
      sw.bridge("br0", `other-config:hwaddr=02:00:00:00:01:${String(own).padStart(2, "0")}`);
      sw.set("add-port", "br0", "eth0");
      for (const args of settings.set ?? []) sw.set(...args);
      for (const flow of settings.flows ?? []) sw.flow("br0", flow);
      await until(() => host.exec("ip", "link", "show", "br0") !== "");
      host.address("br0", `192.0.2.${own}/24`, `2001:db8::${own}/64`);
      host.up("br0");
    }
    server.start("socat", "TCP-LISTEN:5000,fork", "EXEC:cat");
    await sleep(800);
    await lab.capture(client, "eth0", { filter: settings.filter ?? "" });
    client.exec("ping", "-c", "2", "-i", "0.3", "-W", "1", "192.0.2.1");
    client.exec("ping", "-c", "1", "-W", "1", "2001:db8::1");
    client.exec("ping", "-c", "1", "-s", "1", "-W", "1", "192.0.2.1");
    client.feed("hello\n", "socat", "-t", "0.3", "STDIO", "TCP:192.0.2.1:5000");
  },
});

/** An IP protocol number carried by socat between a tun interface and raw sockets. */
const rawTunnel = (name, shows, protocol, inner) => ({
  name,
  programs: ["socat", "ping"],
  shows,
  async record(lab) {
    const { client, server } = lab.pair();
    for (const [host, own, other] of [
      [client, 10, 1],
      [server, 1, 10],
    ]) {
      host.start(
        "socat",
        "TUN,iff-no-pi,tun-name=tun0,up",
        `IP4-DATAGRAM:192.0.2.${other}:${protocol},bind=192.0.2.${own}`,
      );
      await until(() => host.exec("ip", "link", "show", "tun0") !== "");
      host.address("tun0", `${inner}${own}/${inner.includes(":") ? 64 : 24}`);
      host.up("tun0");
    }
    server.start("socat", "TCP6-LISTEN:5000,fork,ipv6only=0", "EXEC:cat");
    await sleep(500);
    await lab.capture(client, "eth0", { filter: `ip proto ${protocol}` });
    client.exec("ping", "-c", "2", "-i", "0.3", "-W", "1", `${inner}1`);
    client.exec("ping", "-c", "1", "-s", "2000", "-W", "1", `${inner}1`);
    client.feed(
      "hello\n",
      "socat",
      "-t",
      "0.3",
      "STDIO",
      inner.includes(":") ? `TCP6:[${inner}1]:5000` : `TCP:${inner}1:5000`,
    );
  },
});

export default [
  tunnel("gretap", "GRE with Ethernet inside, a key and sequence numbers", "gre", ["key=42", "seq=true"]),
  tunnel("gre", "GRE with IPv4 and IPv6 inside", "gre", ["packet_type=legacy_l3"], { three: true }),
  tunnel("gre-ipv6", "GRE over IPv6, Ethernet inside", "ip6gre", ["key=7"], { six: true }),
  tunnel("vxlan", "VXLAN with Ethernet inside: ARP, IPv4, IPv6, TCP", "vxlan", ["key=1234"]),
  tunnel(
    "vxlan-gpe",
    "VXLAN-GPE with IPv4 and IPv6 inside",
    "vxlan",
    ["key=5", "exts=gpe", "packet_type=legacy_l3", "dst_port=4790"],
    { three: true },
  ),
  tunnel("geneve", "Geneve with Ethernet inside", "geneve", ["key=77", "csum=true"]),
  tunnel("erspan", "ERSPAN type II in GRE", "erspan", ["key=100", "erspan_ver=1", "erspan_idx=0x12"]),
  tunnel("erspan3", "ERSPAN type III in GRE", "erspan", [
    "key=101",
    "erspan_ver=2",
    "erspan_dir=1",
    "erspan_hwid=0x4",
  ]),
  tunnel("gtp-u", "GTP-U with IPv4 and IPv6 inside", "gtpu", ["key=4660", "packet_type=legacy_l3"], {
    three: true,
  }),
  tagged("vlan", "802.1Q tags with priorities", {
    set: [
      ["set", "port", "br0", "tag=100"],
      ["set", "port", "eth0", "trunks=100"],
    ],
  }),
  tagged("qinq", "802.1ad service tags around 802.1Q tags", {
    flows: [
      "priority=10,in_port=LOCAL,actions=push_vlan:0x8100,set_field:4196->vlan_vid,set_field:3->vlan_pcp,push_vlan:0x88a8,set_field:4396->vlan_vid,set_field:5->vlan_pcp,output:eth0",
      "priority=10,in_port=eth0,dl_vlan=300,actions=pop_vlan,pop_vlan,LOCAL",
    ],
  }),
  tagged("mpls", "MPLS with a stack of two labels around IPv4, and one label for IPv6", {
    flows: [
      "priority=10,in_port=LOCAL,ip,actions=push_mpls:0x8847,set_field:16->mpls_label,set_field:3->mpls_tc,push_mpls:0x8847,set_field:1000->mpls_label,output:eth0",
      "priority=10,in_port=LOCAL,ipv6,actions=push_mpls:0x8847,set_field:17->mpls_label,output:eth0",
      "priority=10,in_port=eth0,mpls,mpls_label=1000,actions=pop_mpls:0x8847,resubmit(,1)",
      "priority=10,in_port=eth0,mpls,mpls_label=17,actions=pop_mpls:0x86dd,LOCAL",
      "table=1,mpls,actions=pop_mpls:0x0800,LOCAL",
    ],
  }),
  rawTunnel("ipip", "IPv4 in IPv4, with a packet that fragments inside", 4, "198.51.100."),
  rawTunnel("6in4", "IPv6 in IPv4", 41, "2001:db8:1::"),
  {
    name: "wireguard",
    programs: ["wireguard-go", "wg", "ping", "socat"],
    shows: "WireGuard: handshake, data, keep-alive, and a peer that does not know the initiator",
    async record(lab) {
      const { client, server } = lab.pair();
      const keys = {};
      for (const [host, link] of [
        [client, `wgc${process.pid % 10_000}`],
        [server, `wgs${process.pid % 10_000}`],
      ]) {
        const secret = String(run("wg", "genkey")).trim();
        const file = lab.file(`${host.name}.key`, `${secret}\n`, 0o600);
        const own = host.feed(`${secret}\n`, "wg", "pubkey").trim();
        host.start("wireguard-go", "-f", link);
        await until(() => host.exec("ip", "link", "show", link) !== "");
        keys[host.name] = { link, file, own };
      }
      await lab.capture(client, "eth0", { filter: "udp" });
      for (const [host, other, end, inner] of [
        [client, keys.server, "192.0.2.1", 10],
        [server, keys.client, "192.0.2.10", 1],
      ]) {
        const { link, file } = keys[host.name];
        host.exec(
          "wg",
          "set",
          link,
          "listen-port",
          "51820",
          "private-key",
          file,
          "peer",
          other.own,
          "allowed-ips",
          "198.51.100.0/24",
          "endpoint",
          `${end}:51820`,
          "persistent-keepalive",
          "2",
        );
        host.address(link, `198.51.100.${inner}/24`);
        host.up(link);
      }
      client.exec("ping", "-c", "2", "-i", "0.3", "-W", "1", "198.51.100.1");
      await sleep(2500);
    },
  },
  {
    name: "ipsec",
    programs: ["charon", "ping"],
    shows: "IKEv2 with a pre-shared key and NAT traversal, ESP in UDP, dead peer detection, deletion",
    seconds: 90,
    async record(lab) {
      const { client, server } = lab.pair();
      const stop = [];
      for (const [host, own, other] of [
        [client, 10, 1],
        [server, 1, 10],
      ]) {
        const folder = `etc-${host.name}`;
        lab.file(
          `${folder}/strongswan.conf`,
          `charon {\n load = random nonce aes sha1 sha2 hmac kdf gmp curve25519 pem pkcs1 x509 kernel-libipsec kernel-netlink socket-default stroke updown\n install_routes = yes\n plugins {\n  kernel-libipsec {\n   allow_peer_ts = yes\n  }\n }\n filelog {\n  stdout {\n   default = 1\n  }\n }\n}\n`,
        );
        lab.file(
          `${folder}/ipsec.conf`,
          `config setup\n\nconn lab\n keyexchange=ikev2\n authby=secret\n left=192.0.2.${own}\n leftid=@${host.name}.example.com\n leftsubnet=198.51.${own}.0/24\n right=192.0.2.${other}\n rightid=@${host.name === "client" ? "server" : "client"}.example.com\n rightsubnet=198.51.${other}.0/24\n ike=aes128-sha256-curve25519!\n esp=aes128-sha256!\n forceencaps=yes\n dpdaction=clear\n dpddelay=2s\n auto=add\n`,
        );
        lab.file(`${folder}/ipsec.secrets`, `: PSK "shared secret"\n`, 0o600);
        lab.file(`${folder}/ipsec.d/.keep`, "");
        lab.file(`run-${host.name}/.keep`, "");
        host.address("lo", `198.51.${own}.1/24`);
        // The daemon's files have fixed places, so it gets folders of its own there.
        const enter = `for f in strongswan.conf ipsec.conf ipsec.secrets; do mount --bind ${lab.folder}/${folder}/$f /etc/$f; done; mount --bind ${lab.folder}/run-${host.name} /run;`;
        host.start("unshare", "-m", "bash", "-c", `${enter} exec ipsec start --nofork`);
        stop.push((...args) =>
          host.exec(
            "unshare",
            "-m",
            "bash",
            "-c",
            `mount --bind ${lab.folder}/run-${host.name} /run; timeout 8 ipsec ${args.join(" ")}`,
          ),
        );
      }
      await sleep(4000);
      await lab.capture(client, "eth0", { filter: "udp port 500 or udp port 4500 or esp" });
      stop[0]("up", "lab");
      client.exec("ping", "-c", "3", "-i", "0.3", "-W", "1", "-I", "198.51.10.1", "198.51.1.1");
      await sleep(2500);
      stop[0]("down", "lab");
    },
  },
];
