import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../../../engine/api.ts";
import { browse } from "../../../engine/session/browse.ts";
import { DEFAULT_SETTINGS, RecentStore, SettingsStore, stateFolder } from "../../../engine/session/stores.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapline-stores-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

describe("settings", () => {
  it("are the defaults without a file, and none is written for that", () => {
    expect(new SettingsStore(folder).get()).toEqual(DEFAULT_SETTINGS);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("are kept, in a folder that is made when it is not there, readable by their owner alone", () => {
    const place = join(folder, "not", "yet");
    new SettingsStore(place).change({ theme: "dark", filterHistory: ["tcp"] });
    expect(new SettingsStore(place).get()).toMatchObject({ theme: "dark", filterHistory: ["tcp"] });
    expect(readdirSync(place)).toEqual(["settings.json"]);
  });

  it("fall back one by one when the file is broken", () => {
    const stored = {
      theme: "pink",
      timeFormat: "utc",
      columns: [{ column: "no such column", title: "x", width: 5 }],
      colorize: "yes",
      filterHistory: ["arp", 7],
      expanded: ["ip"],
      layout: { panes: [1, "x"] },
      unknown: { deep: true },
    };
    write("settings.json", JSON.stringify(stored));
    const settings = new SettingsStore(folder).get();
    expect(settings).toEqual({ ...DEFAULT_SETTINGS, timeFormat: "utc", expanded: ["ip"] });
  });

  it("survive any file at all", () => {
    for (const text of [
      "",
      "{",
      "null",
      "[]",
      "5",
      '"x"',
      "\0\0\0",
      "[".repeat(100_000),
      '{"__proto__":{"x":1}}',
    ]) {
      write("settings.json", text);
      expect(new SettingsStore(folder).get(), text.slice(0, 20)).toEqual(DEFAULT_SETTINGS);
    }
    rmSync(join(folder, "settings.json"));
    mkdirSync(join(folder, "settings.json"));
    expect(new SettingsStore(folder).get()).toEqual(DEFAULT_SETTINGS);
  });

  it("hold for the run when they cannot be written", () => {
    mkdirSync(join(folder, "settings.json"));
    const store = new SettingsStore(folder);
    store.change({ theme: "light" });
    expect(store.problem).toMatch(/settings\.json" cannot be written/);
    expect(store.get().theme).toBe("light");
    expect(readdirSync(folder)).toEqual(["settings.json"]);
  });

  it("do not touch the defaults", () => {
    new SettingsStore(folder).change({ theme: "light" });
    expect(DEFAULT_SETTINGS.theme).toBe("system");
  });
});

describe("recent captures", () => {
  it("are listed newest first, each once, 20 at most, those gone marked", () => {
    const store = new RecentStore(folder);
    write("here.pcap", "12345");
    for (let i = 0; i < 25; i++) store.add(join(folder, `${i}.pcap`));
    store.add(join(folder, "here.pcap"));
    store.add(join(folder, "10.pcap"));
    const list = new RecentStore(folder).list();
    expect(list).toHaveLength(20);
    expect(list[0]).toMatchObject({ name: "10.pcap", exists: false, bytes: 0 });
    expect(list[1]).toMatchObject({ name: "here.pcap", exists: true, bytes: 5 });
    expect(list.filter(({ name }) => name === "10.pcap")).toHaveLength(1);
    expect(Number.isNaN(Date.parse(list[0]!.opened))).toBe(false);
  });

  it("are forgotten one by one or all", () => {
    const store = new RecentStore(folder);
    store.add("/a");
    store.add("/b");
    store.forget("/a");
    expect(store.list().map(({ path }) => path)).toEqual(["/b"]);
    store.forget();
    expect(new RecentStore(folder).list()).toEqual([]);
  });

  it("survive a broken file and one that cannot be written", () => {
    for (const text of ["", "{}", '[{"path":1}]', "null"]) {
      write("recent.json", text);
      expect(new RecentStore(folder).list()).toEqual([]);
    }
    rmSync(join(folder, "recent.json"));
    mkdirSync(join(folder, "recent.json"));
    const store = new RecentStore(folder);
    store.add("/a");
    expect(store.list().map(({ path }) => path)).toEqual(["/a"]);
  });
});

describe("the folder for both", () => {
  it("is TAPLINE_HOME, or the platform's own", () => {
    const before = { ...process.env };
    process.env.TAPLINE_HOME = "/somewhere";
    expect(stateFolder()).toBe("/somewhere");
    delete process.env.TAPLINE_HOME;
    process.env.XDG_CONFIG_HOME = "/config";
    if (process.platform === "linux") expect(stateFolder()).toBe("/config/tapline");
    process.env = before;
  });
});

describe("browsing", () => {
  it("lists folders first, then files by name, and knows captures by theirs", () => {
    for (const name of ["b.pcap", "a.pcapng.gz", "notes.txt", "ring.pcap3"]) write(name, "x");
    mkdirSync(join(folder, "zeta"));
    const listing = browse(folder);
    expect(listing.entries.map(({ name, folder, capture }) => [name, folder, capture])).toEqual([
      ["zeta", true, false],
      ["a.pcapng.gz", false, true],
      ["b.pcap", false, true],
      ["notes.txt", false, false],
      ["ring.pcap3", false, true],
    ]);
    expect(listing.parent).toBe(join(folder, ".."));
    expect(listing.home).toBe(homedir());
  });

  it("begins at home and knows the tilde; the root has no parent", () => {
    expect(browse(undefined).folder).toBe(browse("~").folder);
    expect(browse("").folder).toBe(browse("~").folder);
    expect(browse("/").parent).toBeNull();
  });

  it("refuses what is no folder, by name", () => {
    write("file", "x");
    expect(existsSync(join(folder, "file"))).toBe(true);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("x");
    for (const [name, message] of [
      ["nowhere", "There is no folder"],
      ["file", "is a file, not a folder"],
    ] as const) {
      expect(() => browse(join(folder, name))).toThrow(ApiError);
      expect(() => browse(join(folder, name))).toThrow(message);
      expect(() => browse(join(folder, name))).toThrow(join(folder, name));
    }
  });
});
