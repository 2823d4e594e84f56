/** dnsmasq, unbound and dig. */
import { sleep } from "../lab.mjs";

export default [
  {
    name: "dns",
    programs: ["dnsmasq", "dig"],
    shows:
      "DNS over UDP, TCP and IPv6: A, AAAA, CNAME, MX, TXT, SRV, NAPTR, CAA, PTR, NXDOMAIN, REFUSED, class CHAOS, EDNS with cookie, client subnet, NSID and padding, an answer cut short and asked again over TCP",
    async record(lab) {
      const { client, server } = lab.pair();
      server.start(
        ...["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root"],
        ...["--interface=eth0", "--bind-interfaces", "--domain=example.com", "--local=/example.com/"],
        ...[
          "--host-record=www.example.com,192.0.2.80,2001:db8::80",
          "--cname=web.example.com,www.example.com",
        ],
        ...["--mx-host=example.com,mail.example.com,10", "--txt-record=example.com,v=spf1 -all,second text"],
        ...[
          "--srv-host=_http._tcp.example.com,www.example.com,80,5,6",
          "--ptr-record=lb._dns-sd._udp.example.com,here",
        ],
        ...[
          "--naptr-record=example.com,100,10,S,SIP+D2U,,_sip._udp.example.com",
          "--caa-record=example.com,0,issue,ca.example",
        ],
        ...[
          "--dns-rr=example.com,99,0b763d73706631202d616c6c",
          "--dns-rr=example.com,65400,0123456789abcdef",
          ...Array.from({ length: 9 }, (_, i) => `--txt-record=long.example.com,${String(i).repeat(200)}`),
        ],
      );
      await sleep(600);
      await lab.capture(client, "eth0", { filter: "port 53" });
      const dig = (...args) => client.exec("dig", "+tries=1", "+time=1", "@192.0.2.1", ...args);
      dig("www.example.com", "A", "+noedns");
      dig("www.example.com", "AAAA");
      dig("web.example.com", "A", "+noedns", "+norecurse");
      for (const type of ["MX", "TXT", "NAPTR", "CAA", "TYPE99", "TYPE65400", "SOA", "NS", "ANY"])
        dig("example.com", type);
      dig("_http._tcp.example.com", "SRV", "+cd", "+ad");
      dig("lb._dns-sd._udp.example.com", "PTR");
      dig("-x", "192.0.2.80");
      dig("-x", "2001:db8::80");
      dig("nowhere.example.com", "A");
      dig("example.org", "A");
      dig("version.bind", "CH", "TXT");
      dig("www.example.com", "A", "+subnet=198.51.100.0/24", "+nsid", "+padding=128", "+dnssec");
      dig("www.example.com", "A", "+bufsize=512", "+cookie=0123456789abcdef", "+subnet=2001:db8::/48");
      dig("long.example.com", "TXT", "+bufsize=512");
      dig("example.com", "MX", "+tcp", "+keepalive");
      dig("example.com", "AXFR");
      client.exec("dig", "+tries=1", "+time=1", "@2001:db8::1", "www.example.com", "AAAA");
      client.feed(
        "server 192.0.2.1\nzone example.com\nupdate add new.example.com 60 A 192.0.2.9\nsend\n",
        "nsupdate",
        "-t",
        "1",
        "-r",
        "0",
      );
      dig("+opcode=NOTIFY", "example.com", "SOA");
    },
  },
  {
    name: "dns-unbound",
    programs: ["unbound", "dig"],
    shows:
      "DNS from unbound: a zone with many record types (HINFO, SSHFP, TLSA, DS, DNSKEY, LOC, SVCB, HTTPS), NODATA with SOA, SERVFAIL",
    async record(lab) {
      const { client, server } = lab.pair();
      const records = [
        "example.com. 3600 SOA ns.example.com. admin.example.com. 1 7200 900 1209600 300",
        "example.com. 3600 NS ns.example.com.",
        'host.example.com. 300 HINFO "PC" "Linux"',
        "host.example.com. 300 A 192.0.2.7",
        "host.example.com. 300 A 192.0.2.8",
        "host.example.com. 300 SSHFP 4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789",
        "_443._tcp.example.com. 300 TLSA 3 1 1 123456789abcdef67890123456789abcdef67890123456789abcdef123456789",
        "sub.example.com. 300 DS 12345 13 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789",
        "host.example.com. 300 LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
        "host.example.com. 300 RP admin.example.com. text.example.com.",
        "host.example.com. 300 AFSDB 1 afs.example.com.",
        "host.example.com. 300 HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.7",
        "host.example.com. 300 SVCB 1 svc.example.com. alpn=h2",
        'host.example.com. 300 URI 10 1 \\"https://www.example.com/\\"',
        "host.example.com. 300 DNAME other.example.com.",
      ];
      const configuration = lab.file(
        "unbound.conf",
        `server:\n chroot: ""\n username: ""\n directory: "${lab.folder}"\n pidfile: ""\n use-syslog: no\n interface: 192.0.2.1\n` +
          ` access-control: 192.0.2.0/24 allow\n module-config: "iterator"\n local-zone: "example.com." static\n` +
          `${records.map((record) => ` local-data: '${record.replaceAll('\\"', '"')}'\n`).join("")}` +
          ` local-zone: "refused.example." refuse\n do-not-query-localhost: no\n` +
          `forward-zone:\n name: "."\n forward-addr: 127.0.0.9\nremote-control:\n control-enable: no\n`,
      );
      server.start("unbound", "-d", "-d", "-c", configuration);
      await sleep(1000);
      await lab.capture(client, "eth0", { filter: "port 53" });
      const dig = (...args) => client.exec("dig", "+tries=1", "+time=2", "@192.0.2.1", ...args);
      for (const type of ["HINFO", "A", "SSHFP", "LOC", "RP", "AFSDB", "HTTPS", "SVCB", "URI", "MX"]) {
        dig("host.example.com", type);
      }
      dig("_443._tcp.example.com", "TLSA");
      dig("sub.example.com", "DS");
      dig("none.example.com", "A");
      dig("a.refused.example", "A");
      dig("id.server", "CH", "TXT");
    },
  },
];
