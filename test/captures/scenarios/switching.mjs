/** What switches and access points say to each other. */
import { sleep, until } from "../lab.mjs";
import { Switch } from "../ovs.mjs";

/** Two hosts with two cables between them. */
function twoCables(lab) {
  const client = lab.host("client");
  const server = lab.host("server");
  lab.cable(client, server);
  lab.cable(client, server, { aLink: "eth1", bLink: "eth1" });
  return { client, server };
}

/** Two switches of Open vSwitch over two cables. */
async function twoSwitches(lab) {
  const { client, server } = twoCables(lab);
  return {
    client,
    switches: [
      [await new Switch(client).start(), "02:00:00:00:01:10"],
      [await new Switch(server).start(), "02:00:00:00:01:01"],
    ],
  };
}

export default [
  {
    name: "stp",
    programs: ["ip"],
    shows:
      "spanning tree of two Linux bridges with two cables: root election, topology change and its acknowledgment",
    async record(lab) {
      const { client, server } = twoCables(lab);
      for (const [host, priority] of [
        [client, "32768"],
        [server, "4096"],
      ]) {
        host.ip(
          ..."link add br0 type bridge stp_state 1 forward_delay 400 hello_time 100 max_age 600 priority".split(
            " ",
          ),
          priority,
        );
        for (const link of ["eth0", "eth1"]) host.ip("link", "set", link, "master", "br0");
      }
      await lab.capture(client, "eth0", { filter: "stp" });
      server.up("br0");
      await sleep(300);
      client.up("br0");
      await sleep(9500);
      client.ip("link", "set", "eth1", "down");
      await sleep(2500);
    },
  },
  {
    name: "rstp",
    programs: ["ovs"],
    shows: "rapid spanning tree of two switches with two cables: proposal, agreement, topology change",
    async record(lab) {
      const { client, switches } = await twoSwitches(lab);
      await lab.capture(client, "eth0", { filter: "stp" });
      for (const [sw, address] of switches) {
        sw.bridge(
          "br0",
          `other-config:hwaddr=${address}`,
          "rstp_enable=true",
          "other_config:rstp-hello-time=1",
        );
        for (const link of ["eth0", "eth1"]) sw.set("add-port", "br0", link);
      }
      await sleep(7000);
    },
  },
  {
    name: "lacp",
    programs: ["ovs"],
    shows: "LACP: two cables joined to one link, fast rate, one end that is passive",
    async record(lab) {
      const { client, switches } = await twoSwitches(lab);
      await lab.capture(client, "eth0", { filter: "ether proto 0x8809" });
      for (const [index, [sw, address]] of switches.entries()) {
        sw.bridge("br0", `other-config:hwaddr=${address}`);
        sw.set(
          "add-bond",
          "br0",
          "bond0",
          "eth0",
          "eth1",
          `lacp=${index === 0 ? "active" : "passive"}`,
          "other_config:lacp-time=fast",
        );
      }
      await sleep(6000);
    },
  },
  {
    name: "cfm",
    programs: ["ovs"],
    shows: "Ethernet OAM of 802.1ag: continuity check messages of two maintenance points",
    async record(lab) {
      const { client, switches } = await twoSwitches(lab);
      await lab.capture(client, "eth0", { filter: "ether proto 0x8902" });
      for (const [index, [sw, address]] of switches.entries()) {
        sw.bridge("br0", `other-config:hwaddr=${address}`);
        sw.set(
          "add-port",
          "br0",
          "eth0",
          "--",
          "set",
          "interface",
          "eth0",
          `cfm_mpid=${index + 1}`,
          "other_config:cfm_interval=1000",
        );
      }
      await sleep(5000);
    },
  },
  {
    name: "bfd-tunnel",
    programs: ["ovs"],
    shows: "BFD between two switches, from down to up, then administratively down",
    async record(lab) {
      const { client, switches } = await twoSwitches(lab);
      await lab.capture(client, "eth0", { filter: "udp port 3784" });
      for (const [sw, address] of switches) {
        sw.bridge("br0", `other-config:hwaddr=${address}`);
        sw.set(
          "add-port",
          "br0",
          "eth0",
          "--",
          "set",
          "interface",
          "eth0",
          "bfd:enable=true",
          "bfd:min_rx=500",
          "bfd:min_tx=500",
        );
      }
      await sleep(4000);
      switches[0][0].set("set", "interface", "eth0", "bfd:enable=false");
      await sleep(1200);
    },
  },
  {
    name: "lldp",
    programs: ["lldpd"],
    shows:
      "LLDP with 802.1, 802.3 and MED parts, CDP version 1 and 2, EDP, FDP and SONMP, and LLDP's farewell",
    async record(lab) {
      const { client, server } = twoCables(lab);
      client.address("eth0", "192.0.2.10/24", "2001:db8::10/64");
      await lab.capture(server, "eth0", { filter: "not ip6 and not arp" });
      const name = lab.file(
        "lldpd.conf",
        "configure system hostname box.example.com\nconfigure system description 'a box'\nconfigure system platform 'Tapline lab'\nconfigure med location address country XX\nconfigure med policy application voice priority voice dscp 46\nconfigure lldp tx-interval 1\n",
      );
      const daemon = client.start(
        "unshare",
        "-m",
        "bash",
        "-c",
        `mkdir -p ${lab.folder}/run; mount --bind ${lab.folder}/run /run; mkdir -p /run/lldpd; exec lldpd -d -l -ccc -eee -fff -sss -M 1 -I eth0 -S 'a box' -O ${name} -u /run/lldpd.socket`,
      );
      await sleep(9000);
      daemon.kill("SIGTERM");
      await sleep(1500);
    },
  },
  {
    name: "eapol",
    programs: ["hostapd", "wpa_supplicant"],
    shows: "802.1X on a wire: EAPOL start, EAP identity, MD5 challenge, success; a refused one; log-off",
    async record(lab) {
      const { client, server } = lab.pair();
      const users = lab.file("users", '"someone" MD5 "secret"\n"other" TTLS,PEAP,GTC\n');
      const daemon = lab.file(
        "hostapd.conf",
        `interface=eth0\ndriver=wired\nieee8021x=1\neap_reauth_period=3600\neap_server=1\neap_user_file=${users}\nuse_pae_group_addr=1\nlogger_stdout=-1\n`,
      );
      await lab.capture(client, "eth0", { filter: "ether proto 0x888e" });
      server.start("hostapd", daemon);
      await sleep(800);
      for (const password of ["secret", "wrong"]) {
        const configuration = lab.file(
          `supplicant-${password}.conf`,
          `ap_scan=0\nnetwork={\n key_mgmt=IEEE8021X\n eap=MD5\n identity="someone"\n password="${password}"\n eapol_flags=0\n}\n`,
        );
        client.exec(
          "timeout",
          "-s",
          "INT",
          "3",
          "wpa_supplicant",
          "-D",
          "wired",
          "-i",
          "eth0",
          "-c",
          configuration,
        );
      }
    },
  },
  {
    name: "pppoe",
    programs: ["pppoe"],
    shows: "PPPoE discovery: initiation with a service name and a host number, and its offer",
    async record(lab) {
      const { client, server } = lab.pair();
      server.start("pppoe-server", "-F", "-I", "eth0", "-C", "concentrator", "-S", "internet");
      await sleep(600);
      await lab.capture(client, "eth0", { filter: "pppoed or pppoes" });
      client.exec("timeout", "5", "pppoe", "-I", "eth0", "-A", "-U");
      client.exec("timeout", "5", "pppoe-discovery", "-I", "eth0");
      client.exec("timeout", "3", "pppoe", "-I", "eth0", "-S", "internet", "-T", "1");
    },
  },
  {
    name: "sampling",
    programs: ["ovs", "ping"],
    shows: "sFlow, NetFlow version 5 and IPFIX from a switch that samples pings",
    async record(lab) {
      const { client, server } = lab.pair();
      server.ip("addr", "flush", "dev", "eth0");
      const sw = await new Switch(server).start();
      const collector = lab.host("collector");
      lab.cable(server, collector, { aLink: "eth1" });
      server.address("eth1", "198.51.100.1/24");
      collector.address("eth0", "198.51.100.10/24");
      sw.bridge("br0", "other-config:hwaddr=02:00:00:00:01:01");
      sw.set("add-port", "br0", "eth0");
      await until(() => server.exec("ip", "link", "show", "br0") !== "");
      server.address("br0", "192.0.2.1/24");
      server.up("br0");
      sw.set(
        "--",
        "--id=@s",
        "create",
        "sflow",
        "agent=eth1",
        'target="198.51.100.10:6343"',
        "header=64",
        "sampling=1",
        "polling=2",
        "--",
        "set",
        "bridge",
        "br0",
        "sflow=@s",
      );
      sw.set(
        "--",
        "--id=@n",
        "create",
        "netflow",
        'targets="198.51.100.10:2055"',
        "active_timeout=1",
        "--",
        "set",
        "bridge",
        "br0",
        "netflow=@n",
      );
      sw.set(
        "--",
        "--id=@i",
        "create",
        "ipfix",
        'targets="198.51.100.10:4739"',
        "obs_domain_id=1",
        "obs_point_id=2",
        "sampling=1",
        "cache_active_timeout=1",
        "--",
        "set",
        "bridge",
        "br0",
        "ipfix=@i",
      );
      collector.start("socat", "-u", "UDP-RECV:6343", "STDOUT");
      collector.start("socat", "-u", "UDP-RECV:2055", "STDOUT");
      collector.start("socat", "-u", "UDP-RECV:4739", "STDOUT");
      await lab.capture(collector, "eth0", { filter: "udp" });
      client.exec("ping", "-c", "4", "-i", "0.3", "-W", "1", "192.0.2.1");
      await sleep(4000);
    },
  },
];
