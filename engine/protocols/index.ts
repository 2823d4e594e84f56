/** Every protocol, so that importing this file fills the registry and its tables. One line a file, by layer. */
import "../dissect/marks.ts";
import "./frame.ts";
import "./data.ts";
// link
import "./ethernet.ts";
import "./ethertype.ts";
import "./llc.ts";
import "./loop.ts";
import "./null.ts";
import "./raw.ts";
import "./sll.ts";
import "./vlan.ts";
// network
import "./arp.ts";
import "./ipv4.ts";
// transport
import "./udp.ts";
