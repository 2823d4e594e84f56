/** Where packets would leave, from recorded tables and answers. */
import { expect, test } from "vitest";
import {
  defaultInterface,
  lookUp,
  parseIpv4Routes,
  parseIpv6Routes,
  parseMacRouteGet,
  parseRouteGet,
  routeRule,
  routesOf,
} from "../../../../engine/capture/doctor/route.ts";
import { device, evidence, found, inputs } from "./support.ts";

const IPV4 = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
wg0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
*\t0000010A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0
eth1\t00630A0A\t00000000\t0000\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;
const zero = "0".repeat(32);
const IPV6 = `20010db8000000000000000000000000 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth0
${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo
`;

test("/proc/net/route: the longest prefix, then the lowest metric", () => {
  const routes = parseIpv4Routes(IPV4);
  const to = (address: string) => {
    const route = lookUp(routes, address);
    return route && [route.interface, route.gateway, route.evidence.line];
  };
  expect(to("8.8.8.8")).toEqual(["eth0", "192.0.2.1", 3]);
  expect(to("192.0.2.77")).toEqual(["eth0", "", 4]);
  expect(to("10.2.3.4")).toEqual(["wg0", "", 5]);
  // A route that rejects.
  expect(to("10.1.3.4")).toBeNull();
  // One that is not in force.
  expect(to("10.10.99.1")?.[0]).toBe("wg0");
});

test("/proc/net/ipv6_route", () => {
  const routes = parseIpv6Routes(IPV6);
  expect(lookUp(routes, "2001:db8::5")?.gateway).toBe("");
  const out = lookUp(routes, "2606:4700::1111");
  expect([out?.interface, out?.gateway]).toEqual(["eth0", "fe80::1"]);
  const none = parseIpv6Routes(IPV6.split("\n").slice(2).join("\n"));
  expect(lookUp(none, "2606:4700::1111")).toBeNull();
});

test("broken tables give no routes and do no harm", () => {
  for (const text of ["", "garbage\n\n", "eth0\tXX\tYY\t0003\n", IPV4.slice(0, 130)]) {
    expect(parseIpv6Routes(text)).toEqual([]);
    expect(parseIpv4Routes(text).length).toBeLessThanOrEqual(1);
  }
  expect(parseIpv6Routes(IPV6.replace(" 40 ", " ff "))).toHaveLength(1);
});

test("the interface of the default route", () => {
  expect(defaultInterface(new Map([["/proc/net/route", IPV4]]))).toBe("eth0");
  expect(defaultInterface(new Map([["/proc/net/ipv6_route", IPV6]]))).toBe("eth0");
  expect(defaultInterface(new Map())).toBe("");
});

test("the answers of ip and of macOS's route", () => {
  const text = '[{"dst":"8.8.8.8","gateway":"192.0.2.1","dev":"eth0","prefsrc":"192.0.2.10","flags":[]}]';
  expect(parseRouteGet(text, "8.8.8.8")).toMatchObject({
    interface: "eth0",
    gateway: "192.0.2.1",
    source: "192.0.2.10",
    family: "ipv4",
  });
  for (const bad of ["", "[]", "{}", "null", '[{"dev":7}]', "RTNETLINK answers: Network is unreachable"]) {
    expect(parseRouteGet(bad, "8.8.8.8")).toBeNull();
  }
  const mac = "   route to: 8.8.8.8\ndestination: default\n    gateway: 192.168.1.1\n  interface: en0\n";
  expect(parseMacRouteGet(mac, "8.8.8.8")).toMatchObject({ interface: "en0", gateway: "192.168.1.1" });
  expect(parseMacRouteGet("route: writing to routing socket: not in table", "8.8.8.8")).toBeNull();
});

const asked = {
  host: "example.org",
  interfaces: [
    device("eth0"),
    device("eth1"),
    device("wg0", { kind: "tunnel" }),
    device("lo", { kind: "loopback" }),
  ],
  files: { "/proc/net/route": IPV4, "/proc/net/ipv6_route": IPV6 },
};

test("the kernel's own answer counts more than the table", () => {
  const line = "ip -j route get 8.8.8.8";
  const [route] = routesOf(
    inputs({ ...asked, addresses: ["8.8.8.8"], commands: { [line]: '[{"dev":"wg0"}]' } }),
  );
  expect(route?.interface).toBe("wg0");
  expect(route?.evidence.source).toBe(line);
});

test("own addresses stay inside", () => {
  const routes = routesOf(inputs({ ...asked, addresses: ["192.0.2.10", "127.0.0.5", "::1"] }));
  expect(routes.map((route) => route.interface)).toEqual(["lo", "lo", "lo"]);
});

test("a capture elsewhere than where the packets leave", () => {
  const finding = found(routeRule, { ...asked, addresses: ["8.8.8.8"], chosen: ["eth1"] }).get(
    "route.other-interface",
  );
  expect(finding?.title).toBe("Packets to example.org leave by eth0, not by eth1");
  expect(finding?.change?.options).toEqual({ interfaces: ["eth0"] });
  expect(evidence(finding)[0]).toMatch(/^\/proc\/net\/route:3 eth0 00000000 010200C0/);
  expect(found(routeRule, { ...asked, addresses: ["8.8.8.8"], chosen: ["eth0"] }).size).toBe(0);
  expect(found(routeRule, { ...asked, addresses: ["8.8.8.8"], chosen: ["any"] }).size).toBe(0);
});

test("a tunnel, no route, no such host", () => {
  const ids = (more: object) => [...found(routeRule, { ...asked, ...more }).keys()];
  expect(ids({ addresses: ["10.2.3.4"], chosen: ["wg0"] })).toEqual(["route.tunnel"]);
  expect(ids({ addresses: ["10.1.2.3"] })).toEqual(["route.none"]);
  expect(ids({ hostProblem: "No such name is known." })).toEqual(["route.unknown-host"]);
  expect(ids({ host: "" })).toEqual([]);
});

test("a system whose tables cannot be read says so", () => {
  expect(routeRule(inputs({ ...asked, files: {}, addresses: ["8.8.8.8"] })).unknown).toHaveLength(1);
});
