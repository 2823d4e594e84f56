/** Reads tshark's PDML as a stream of packets. tshark writes one element a line, so lines are all that is parsed. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface PdmlField {
  /** Protocol element it stands in. */
  readonly protocol: string;
  /** Place of that element in `protocols` of the packet. */
  readonly layer: number;
  readonly name: string;
  readonly show: string;
  readonly showname: string;
  readonly hidden: boolean;
}

export interface PdmlPacket {
  readonly number: number;
  readonly protocols: readonly string[];
  readonly fields: readonly PdmlField[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&#x27;": "'",
};
const unescape_ = (text: string): string =>
  text.replace(/&(?:lt|gt|amp|quot|#x27);/g, (entity) => ENTITIES[entity]);

const attribute = (line: string, name: string): string => {
  const at = line.indexOf(` ${name}="`);
  if (at === -1) return "";
  const start = at + name.length + 3;
  return unescape_(line.slice(start, line.indexOf('"', start)));
};

/**
 * Runs tshark on a capture and yields its packets.
 * @param args further arguments ("-o" preferences, "-c" count)
 */
export async function* tsharkPackets(path: string, args: readonly string[] = []): AsyncGenerator<PdmlPacket> {
  const child = spawn("tshark", ["-n", "-r", path, "-T", "pdml", ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let number = 0;
  let protocols: string[] = [];
  let fields: PdmlField[] = [];
  let protocol = "";
  let layer = -1;
  /** The elements around the present one, innermost last: a packet quoted in another stands inside it. */
  let outside: { protocol: string; layer: number }[] = [];
  try {
    let open = "";
    for await (const raw of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
      // Values may hold line ends.
      let line = open === "" ? raw.trimStart() : `${open}\n${raw}`;
      open = "";
      if (line.startsWith("<field ") && !line.endsWith(">")) {
        open = line;
        line = "";
      }
      if (line.startsWith("<field ")) {
        fields.push({
          protocol,
          layer,
          name: attribute(line, "name"),
          show: attribute(line, "show"),
          showname: attribute(line, "showname"),
          hidden: line.includes(' hide="yes"'),
        });
      } else if (line.startsWith("</proto>")) {
        // What follows at the top level stands beside the protocol that was shown last.
        const outer = outside.pop();
        if (outside.length > 0 && outer !== undefined) ({ protocol, layer } = outer);
      } else if (line.startsWith("<proto ")) {
        const name = attribute(line, "name");
        if (!line.endsWith("/>")) outside.push({ protocol, layer });
        protocols.push(name);
        // The wrapper stands around fields of the protocol before it.
        if (name === "fake-field-wrapper") continue;
        protocol = name;
        layer = protocols.length - 1;
        fields.push({
          protocol,
          layer,
          name: protocol,
          show: "",
          showname: attribute(line, "showname"),
          hidden: false,
        });
      } else if (line.startsWith("<packet>")) {
        number++;
        protocols = [];
        fields = [];
        outside = [];
      } else if (line.startsWith("</packet>")) {
        yield { number, protocols, fields };
      }
    }
  } finally {
    child.kill();
  }
}
