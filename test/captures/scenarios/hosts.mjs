/** What a host says before it says anything: addresses, neighbours, routers; and the tools that look after it. */
import { sleep } from "../lab.mjs";

/** Three hosts in a row, the middle one a router: 192.0.2.0/24 and 198.51.100.0/24, the same for IPv6. */
function row(lab, mtu = 1500) {
  const client = lab.host("client");
  const router = lab.host("router");
  const server = lab.host("server");
  lab.cable(client, router);
  lab.cable(router, server, { aLink: "eth1" });
  for (const setting of [
    "net.ipv4.ip_forward=1",
    "net.ipv6.conf.all.forwarding=1",
    "net.ipv4.icmp_ratelimit=0",
  ]) {
    router.sysctl(setting);
  }
  client.address("eth0", "192.0.2.10/24", "2001:db8:1::10/64");
  router.address("eth0", "192.0.2.1/24", "2001:db8:1::1/64");
  router.address("eth1", "198.51.100.1/24", "2001:db8:2::1/64");
  server.address("eth0", "198.51.100.10/24", "2001:db8:2::10/64");
  for (const [host, to] of [
    [client, ["192.0.2.1", "2001:db8:1::1"]],
    [server, ["198.51.100.1", "2001:db8:2::1"]],
  ]) {
    for (const via of to) host.ip("route", "add", "default", "via", via);
  }
  router.ip("link", "set", "eth1", "mtu", String(mtu));
  return { client, router, server };
}

export default [
  {
    name: "dhcp",
    programs: ["dnsmasq", "udhcpc"],
    shows: "DHCP: discover, offer, request and acknowledgment with many options, a request that is refused",
    async record(lab) {
      const client = lab.host("client");
      const server = lab.host("server");
      lab.cable(client, server);
      server.address("eth0", "192.0.2.1/24");
      server.start(
        ...[
          "dnsmasq",
          "--no-daemon",
          "--conf-file=/dev/null",
          "--no-resolv",
          "--no-hosts",
          "--user=root",
          "--port=0",
        ],
        ...[
          "--interface=eth0",
          "--bind-interfaces",
          "--dhcp-authoritative",
          "--dhcp-range=192.0.2.100,192.0.2.150,1h",
        ],
        ...[
          "--domain=example.com",
          `--dhcp-leasefile=${lab.folder}/leases`,
          "--dhcp-option=6,192.0.2.1,192.0.2.2",
        ],
        ...["--dhcp-option=42,192.0.2.1", "--dhcp-option=66,tftp.example.com", "--dhcp-option=67,boot.img"],
        ...["--dhcp-option=121,198.51.100.0/24,192.0.2.1", "--dhcp-option=119,example.com,example.org"],
        ...[
          "--dhcp-option=26,1400",
          "--dhcp-option=28,192.0.2.255",
          "--dhcp-option=44,192.0.2.3",
          "--dhcp-option=46,8",
        ],
      );
      await sleep(800);
      await lab.capture(client, "eth0", { filter: "port 67 or port 68" });
      const udhcpc = (...args) =>
        client.exec("udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "2", "-s", "/bin/true", ...args);
      udhcpc(
        "-x",
        "hostname:pc",
        "-O",
        "search",
        "-O",
        "staticroutes",
        "-O",
        "ntpsrv",
        "-O",
        "wins",
        "-O",
        "tftp",
        "-V",
        "tapline",
      );
      udhcpc("-r", "10.9.9.9", "-F", "pc.example.com", "-R");
    },
  },
  {
    name: "dhcp-leases",
    programs: ["dhcpd", "dhclient"],
    shows: "ISC's DHCP server and client: a lease taken, renewed and released, with a client identifier",
    async record(lab) {
      const client = lab.host("client");
      const server = lab.host("server");
      lab.cable(client, server);
      server.address("eth0", "192.0.2.1/24");
      const leases = lab.file("leases", "");
      const configuration = lab.file(
        "dhcpd.conf",
        `authoritative; default-lease-time 600; max-lease-time 1200; option domain-name "example.com";
         option domain-name-servers 192.0.2.1; option time-offset 3600; option log-servers 192.0.2.5;
         subnet 192.0.2.0 netmask 255.255.255.0 { range 192.0.2.100 192.0.2.150; option routers 192.0.2.1;
         next-server 192.0.2.1; filename "pxelinux.0"; }`,
      );
      server.start(
        "dhcpd",
        "-4",
        "-f",
        "-cf",
        configuration,
        "-lf",
        leases,
        "-pf",
        `${lab.folder}/pid`,
        "eth0",
      );
      await sleep(1000);
      await lab.capture(client, "eth0", { filter: "port 67 or port 68" });
      const own = lab.file(
        "dhclient.conf",
        'send host-name "pc"; send dhcp-client-identifier 01:02:03:04; send dhcp-lease-time 300;',
      );
      const dhclient = (...args) =>
        client.exec(
          "dhclient",
          "-4",
          "-1",
          "-cf",
          own,
          "-lf",
          `${lab.folder}/own`,
          "-pf",
          `${lab.folder}/own.pid`,
          ...args,
          "eth0",
        );
      dhclient();
      dhclient("-r");
    },
  },
  {
    name: "dhcpv6",
    programs: ["dhcpd", "dhclient"],
    shows:
      "DHCPv6: an address and a delegated prefix (solicit, advertise, request, reply), information request, release",
    async record(lab) {
      const client = lab.host("client");
      const server = lab.host("server");
      lab.cable(client, server);
      server.address("eth0", "2001:db8::1/64");
      const leases = lab.file("leases", "");
      const configuration = lab.file(
        "dhcpd6.conf",
        `default-lease-time 600; option dhcp6.name-servers 2001:db8::1; option dhcp6.domain-search "example.com";
         option dhcp6.sntp-servers 2001:db8::2; option dhcp6.preference 255;
         subnet6 2001:db8::/64 { range6 2001:db8::100 2001:db8::200; prefix6 2001:db8:100:: 2001:db8:1ff:: /56; }`,
      );
      server.start(
        "dhcpd",
        "-6",
        "-f",
        "-cf",
        configuration,
        "-lf",
        leases,
        "-pf",
        `${lab.folder}/pid`,
        "eth0",
      );
      await sleep(1500);
      await lab.capture(client, "eth0", { filter: "udp port 546 or udp port 547" });
      const dhclient = (...args) =>
        client.exec(
          "dhclient",
          "-6",
          "-1",
          "-lf",
          `${lab.folder}/own`,
          "-pf",
          `${lab.folder}/own.pid`,
          ...args,
          "eth0",
        );
      dhclient("-N", "-P");
      dhclient("-r");
      dhclient("-S");
    },
  },
  {
    name: "neighbours",
    programs: ["radvd", "ndisc6", "ping", "arping"],
    shows:
      "ARP requests, probes, announcements; IPv6 duplicate address detection, neighbour and router solicitations, router advertisements with prefix, routes, DNS servers and MTU; multicast listener reports",
    async record(lab) {
      const client = lab.host("client");
      const server = lab.host("server");
      lab.cable(client, server, { up: false });
      server.up("eth0");
      client.sysctl("net.ipv6.conf.eth0.accept_dad=1");
      server.sysctl("net.ipv6.conf.all.forwarding=1");
      server.address("eth0", "192.0.2.1/24", "2001:db8::1/64");
      const configuration = lab.file(
        "radvd.conf",
        `interface eth0 { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvLinkMTU 1480; AdvOtherConfigFlag on;
         AdvDefaultPreference high; AdvHomeAgentFlag off; AdvReachableTime 30000; AdvRetransTimer 1000;
         prefix 2001:db8::/64 { AdvValidLifetime 3600; AdvPreferredLifetime 1800; };
         route 2001:db8:9::/48 { AdvRoutePreference low; AdvRouteLifetime 600; };
         RDNSS 2001:db8::53 2001:db8::54 { AdvRDNSSLifetime 600; }; DNSSL example.com example.org { AdvDNSSLLifetime 600; }; };`,
        0o600,
      );
      client.up("eth0");
      await lab.capture(client, "eth0");
      server.start(
        "radvd",
        "-n",
        "-C",
        configuration,
        "-p",
        `${lab.folder}/pid`,
        "-u",
        "root",
        "-m",
        "stderr",
      );
      await sleep(2500);
      client.address("eth0", "192.0.2.10/24", "2001:db8::10/64");
      await sleep(1500);
      client.exec("ping", "-c", "1", "2001:db8::1");
      client.exec("ping", "-c", "1", "-W", "1", "2001:db8::99");
      client.exec("ping", "-c", "1", "-W", "1", "192.0.2.1");
      client.exec("ping", "-c", "1", "-W", "1", "192.0.2.99");
      client.exec("rdisc6", "-1", "-w", "500", "eth0");
      client.exec("ndisc6", "-1", "-w", "500", "2001:db8::1", "eth0");
      for (const mode of ["-D", "-U", "-A", "-b"])
        client.exec("arping", mode, "-c", "1", "-w", "1", "-I", "eth0", "192.0.2.1");
    },
  },
  {
    name: "ping",
    programs: ["ping"],
    shows:
      "ping over IPv4 and IPv6: patterns, record route and time stamps, sizes that fragment, unreachable hosts, ports and protocols, TTL exceeded, fragmentation needed, packet too big, redirects",
    async record(lab) {
      const { client, server } = row(lab, 1400);
      await lab.capture(client, "eth0", { filter: "not ip6 multicast" });
      const ping = (...args) => client.exec("ping", "-c", "1", "-W", "1", ...args);
      ping("198.51.100.10");
      ping("-p", "abcd", "-s", "24", "198.51.100.10");
      ping("-R", "198.51.100.10");
      ping("-T", "tsonly", "198.51.100.10");
      ping("-T", "tsandaddr", "198.51.100.10");
      ping("-Q", "0xb8", "-s", "3000", "198.51.100.10");
      ping("-t", "1", "198.51.100.10");
      ping("-M", "do", "-s", "1440", "198.51.100.10");
      ping("203.0.113.1");
      ping("198.51.100.77");
      ping("2001:db8:2::10");
      ping("-s", "3000", "2001:db8:2::10");
      ping("-F", "0x12345", "-t", "1", "2001:db8:2::10");
      ping("-M", "do", "-s", "1440", "2001:db8:2::10");
      ping("2001:db8:9::1");
      client.exec(
        "bash",
        "-c",
        "echo hello > /dev/udp/198.51.100.10/9; echo hello > /dev/udp/2001:db8:2::10/9",
      );
      server.exec("true");
    },
  },
  {
    name: "traceroute",
    programs: ["traceroute"],
    shows: "traceroute by UDP, ICMP and TCP, over IPv4 and IPv6, through one router",
    async record(lab) {
      const { client } = row(lab);
      await lab.capture(client, "eth0", { filter: "not ip6 multicast" });
      const trace = (...args) => client.exec("traceroute", "-n", "-q", "1", "-w", "1", "-m", "3", ...args);
      trace("198.51.100.10");
      trace("-I", "198.51.100.10");
      trace("-T", "-p", "80", "198.51.100.10");
      trace("-U", "-p", "53", "198.51.100.10");
      trace("-6", "2001:db8:2::10");
      trace("-6", "-I", "2001:db8:2::10");
    },
  },
  {
    name: "groups",
    programs: ["socat", "node"],
    shows:
      "IGMP versions 1, 2 and 3 and MLD versions 1 and 2: joins, source filters, leaves, queries of a bridge",
    async record(lab) {
      const { client, server } = lab.pair();
      server.ip(
        ..."link add br0 type bridge mcast_querier 1 mcast_query_interval 200 mcast_igmp_version 3 mcast_mld_version 2".split(
          " ",
        ),
      );
      server.ip("link", "set", "eth0", "master", "br0");
      server.address("br0", "192.0.2.2/24", "2001:db8::2/64");
      await lab.capture(client, "eth0", { filter: "igmp or (ip6 and not udp)" });
      server.up("br0");
      const join = (address, seconds, kind = "UDP4") =>
        client.exec("timeout", String(seconds), "socat", "-u", `${kind}-RECV:4000,${address}`, "STDOUT");
      join("ip-add-membership=239.1.2.3:eth0", 1);
      join("ip-add-source-membership=232.1.2.3:192.0.2.10:192.0.2.1", 1);
      join("ipv6-join-group=[ff05::1234]:eth0", 1, "UDP6");
      join("ipv6-join-source-group=[ff35::1234]:eth0:[2001:db8::1]", 1, "UDP6");
      client.sysctl("net.ipv4.conf.all.force_igmp_version=2");
      client.sysctl("net.ipv6.conf.all.force_mld_version=1");
      join("ip-add-membership=239.1.2.4:eth0", 2);
      join("ipv6-join-group=[ff05::1235]:eth0", 2, "UDP6");
      client.sysctl("net.ipv4.conf.all.force_igmp_version=1");
      join("ip-add-membership=239.1.2.5:eth0", 1);
      server.ip(..."link set br0 type bridge mcast_igmp_version 2 mcast_mld_version 1".split(" "));
      await sleep(2500);
    },
  },
];
