import { expect, test } from "vitest";
import { dissect } from "./harness.ts";

const LLC = "0180c2000014c20229980001";

test("a hello on a point-to-point link with its state of adjacency", () => {
  const hello = dissect(
    `${LLC}0027fefe03831401001101000003111111111111001e0024058101cc01040349000af0050200000001`,
  );
  expect(hello.chain).toBe("eth:llc:osi:isis:isis.hello");
  expect(hello.protocol).toBe("ISIS HELLO");
  expect(hello.info).toBe("P2P HELLO, System-ID: 1111.1111.1111");
  expect(hello.text).toContain("  Protocols Supported (t=129, l=1)");
  expect(hello.text).toContain("    NLPID: IP (0xcc)");
  expect(hello.text).toContain("Area address (3): 49.000a");
  expect(hello.text).toContain("Adjacency State: Down (2)");
  expect(hello.fields.get("isis.hello.extended_local_circuit_id")).toEqual(["0x00000001"]);
});

test("a link state PDU with a prefix segment and a neighbour", () => {
  const lsp = dissect(
    `${LLC}004dfefe03831b010012010000004a04b011111111111100010000000786130b8902723187110000000a580a010208030640000000002816162222222222220100000a0b120300000a060401010101`,
  );
  expect(lsp.chain).toBe("eth:llc:osi:isis:isis.lsp");
  expect(lsp.info).toBe("L1 LSP, LSP-ID: 1111.1111.1111.00-01, Sequence: 0x00000007, Lifetime:  1200s");
  expect(lsp.text).toContain("Checksum: 0x8613 [correct]");
  expect(lsp.text).toContain(
    "Type block(0x0b): Partition Repair:0, Attached bits:1, Overload bit:0, IS type:3",
  );
  expect(lsp.text).toContain("Hostname: r1");
  expect(lsp.text).toContain("Ext. IP Reachability: 10.1.2.0/24");
  expect(lsp.text).toContain("subTLV: Prefix-SID (c=3, l=6)");
  expect(lsp.text).toContain("SID/Label/Index: 0x00000028");
  expect(lsp.text).toContain("IS Neighbor: 2222.2222.2222.01");
  expect(lsp.text).toContain("Traffic engineering default metric: 10");
  expect(lsp.fields.get("isis.lsp.ext_is_reachability.ipv4_interface_address")).toEqual(["1.1.1.1"]);
});

test("a wrong checksum is told, with the right one", () => {
  const lsp = dissect(`${LLC}0021fefe03831b010012010000001e04b01111111111110001000000071234038101cc`);
  expect(lsp.text).toMatch(/Checksum: 0x1234 incorrect, should be 0x[0-9a-f]{4}/);
  expect(lsp.text).toContain("Expert Info (Error/Checksum): Bad checksum [should be");
});

test("complete sequence numbers", () => {
  const csnp = dissect(
    `${LLC}0036fefe0383210100180100000033333333333333000000000000000000ffffffffffffffff091004b022222222222200000000000f1234`,
  );
  expect(csnp.info).toBe(
    "L1 CSNP, Source-ID: 3333.3333.3333.00, Start LSP-ID: 0000.0000.0000.00-00, End LSP-ID: ffff.ffff.ffff.ff-ff",
  );
  expect(csnp.fields.get("isis.csnp.lsp_id")).toEqual(["2222.2222.2222.00-00"]);
});

test("a header shorter than it can be, and a PDU that breaks off", () => {
  const short = dissect(`${LLC}000bfefe038303010612010002`);
  expect(short.text).toContain("ISIS length indicator value smaller than the fixed length header size");
  expect(short.chain).toBe("eth:llc:osi:isis");
  const cut = dissect(`${LLC}0012fefe03831b0100120100000000004a04b0`);
  expect(cut.info).toContain("[Malformed Packet]");
});

test("an end system's neighbour says hello", () => {
  const esis = dissect(`${LLC}0011fefe03820e010004003c407d0449000122`);
  expect(esis.chain).toBe("eth:llc:osi:esis");
  expect(esis.info).toBe("IS HELLO");
  expect(esis.text).toContain("Checksum: 0x407d [correct]");
  expect(esis.text).toContain("NET: 49000122");
});

test("an identifier of no protocol that is dissected", () => {
  const idrp = dissect(`${LLC}0009fefe03850102030405`);
  expect(idrp.protocol).toBe("IDRP");
  expect(idrp.chain).toBe("eth:llc:osi:data");
});
