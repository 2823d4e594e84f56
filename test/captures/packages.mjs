/** Which Debian package brings each program that the recording uses. */
import { accessSync, constants } from "node:fs";
import path from "node:path";

const PACKAGES = {
  arping: "iputils-arping",
  charon: "strongswan-starter strongswan-charon libcharon-extra-plugins",
  "coap-client": "libcoap3-bin",
  "coap-server": "libcoap3-bin",
  chronyd: "chrony",
  curl: "curl",
  dhclient: "isc-dhcp-client",
  dhcpd: "isc-dhcp-server",
  dig: "bind9-dnsutils",
  dnsmasq: "dnsmasq-base",
  dovecot: "dovecot-imapd dovecot-pop3d",
  dumpcap: "wireshark-common",
  editcap: "wireshark-common",
  ethtool: "ethtool",
  freeradius: "freeradius",
  frr: "frr",
  hostapd: "hostapd",
  ip: "iproute2",
  iperf3: "iperf3",
  keepalived: "keepalived",
  ldapsearch: "ldap-utils",
  lldpd: "lldpd",
  logger: "bsdutils",
  memcached: "memcached",
  mosquitto: "mosquitto",
  mosquitto_pub: "mosquitto-clients",
  ndisc6: "ndisc6",
  nginx: "nginx-light",
  node: "nodejs",
  openssl: "openssl",
  ovs: "openvswitch-switch",
  ping: "iputils-ping",
  postfix: "postfix",
  postgres: "postgresql",
  pppoe: "pppoe",
  radtest: "freeradius-utils",
  radvd: "radvd",
  "redis-cli": "redis-tools",
  "redis-server": "redis-server",
  rsync: "rsync",
  sipp: "sip-tester",
  slapd: "slapd",
  snmpd: "snmpd",
  snmpget: "snmp",
  socat: "socat",
  ssh: "openssh-client",
  sshd: "openssh-server",
  sysctl: "procps",
  telnet: "telnet",
  telnetd: "inetutils-telnetd",
  tftp: "tftp-hpa",
  tftpd: "tftpd-hpa",
  traceroute: "traceroute",
  udhcpc: "udhcpc",
  unbound: "unbound",
  vsftpd: "vsftpd",
  wg: "wireguard-tools",
  "wireguard-go": "wireguard-go",
  wpa_supplicant: "wpasupplicant",
};

/** Programs that are not in a folder of PATH, or have another name than their package's. */
const PLACES = {
  "coap-client": "/usr/bin/coap-client-notls",
  "coap-server": "/usr/bin/coap-server-notls",
  charon: "/usr/lib/ipsec/charon",
  frr: "/usr/lib/frr/zebra",
  node: process.execPath,
  ovs: "/usr/sbin/ovs-vswitchd",
  postgres: "/usr/lib/postgresql",
  telnetd: "/usr/sbin/telnetd",
  tftpd: "/usr/sbin/in.tftpd",
};

/** The packages to install for those of the programs that are missing here. */
export function packagesFor(programs) {
  const missing = new Set();
  for (const program of new Set(programs)) {
    if (!(program in PACKAGES)) throw new Error(`packages.mjs does not know ${program}`);
    if (!found(program)) for (const name of PACKAGES[program].split(" ")) missing.add(name);
  }
  return [...missing].sort();
}

function found(program) {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];
  const places = program in PLACES ? [PLACES[program]] : folders.map((folder) => path.join(folder, program));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
