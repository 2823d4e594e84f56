/** Every protocol, so that importing this file fills the registry and its tables. One line a file, by layer. */
import "../dissect/marks.ts";
import "./frame.ts";
import "./data.ts";
// link
import "./ethernet.ts";
import "./ethertype.ts";
// network
import "./ipv4.ts";
// transport
import "./udp.ts";
// application
import "./dhcp.ts";
import "./dns.ts";
import "./nbns.ts";
import "./ntp.ts";
