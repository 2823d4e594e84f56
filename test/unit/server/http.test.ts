import { existsSync, readFileSync, statSync } from "node:fs";
import { request } from "node:http";
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { raw, send, startServer, type TestServer } from "./support.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.end());

const get = (path: string, headers: Record<string, string> = {}) => send(server.port, path, { headers });
const own = () => ({ Cookie: server.cookie });

describe("the access token", () => {
  it("is asked for by every path", async () => {
    for (const path of ["/", "/index.html", "/upload", "/ws", "/nothing", "/?token="]) {
      const answer = await get(path);
      expect(answer.status, path).toBe(403);
      expect(answer.body).not.toContain("<");
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
  });

  it("is refused when it is wrong, in length or content", async () => {
    const turned = [...server.token].reverse().join("");
    for (const token of [turned, server.token.slice(1), `${server.token}0`, "x", "%00", "é".repeat(32)]) {
      const answer = await get(`/?token=${encodeURIComponent(token)}`);
      expect(answer.status).toBe(403);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
  });

  it("is exchanged for a cookie that scripts and other sites cannot use", async () => {
    const answer = await get(`/?token=${server.token}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe("/");
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toContain(`tapline-${server.port}=${server.token};`);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
  });

  it("opens the page as a cookie, and only the right one does", async () => {
    const page = await get("/", own());
    expect(page.status).toBe(200);
    expect(page.body).toContain('<div id="root">');
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(page.headers["x-content-type-options"]).toBe("nosniff");
    expect(page.headers["cache-control"]).toBe("no-store");
    expect((await get("/", { Cookie: `tapline-${server.port}=${"0".repeat(64)}` })).status).toBe(403);
    expect((await get("/", { Cookie: `tapline-1=${server.token}` })).status).toBe(403);
    expect((await get("/", { Cookie: `other=1; ${server.cookie}` })).status).toBe(200);
  });
});

describe("where a request comes from", () => {
  it("must be an address of this machine, against rebinding of names", async () => {
    for (const host of ["evil.example", `evil.example:${server.port}`, "127.0.0.1", "127.0.0.1:1"]) {
      expect((await get("/", { ...own(), Host: host })).status, host).toBe(403);
    }
    expect((await get("/", { ...own(), Host: `localhost:${server.port}` })).status).toBe(200);
  });

  it("must not be another site, whose token would not help either", async () => {
    for (const Origin of ["http://evil.example", "null", `http://127.0.0.1:${server.port + 1}`, "file://"]) {
      expect((await get("/", { ...own(), Origin })).status, Origin).toBe(403);
      expect((await get(`/?token=${server.token}`, { Origin })).status, Origin).toBe(403);
    }
    expect((await get("/", { ...own(), Origin: server.origin })).status).toBe(200);
  });
});

describe("paths", () => {
  it("name a file of the window or nothing", async () => {
    for (const path of [
      "/../package.json",
      "/..%2fpackage.json",
      "/%2e%2e/%2e%2e/package.json",
      "/assets/../../../package.json",
      "/....//package.json",
      "/\\..\\package.json",
      "/etc/passwd",
      "//etc/passwd",
      "/index.html%00.js",
      "/assets",
    ]) {
      const answer = await get(path, own());
      expect([403, 404], path).toContain(answer.status);
      expect(answer.body).not.toContain("root:");
      expect(answer.body).not.toContain('"name"');
    }
  });

  it("that are no URL at all are answered, and do no harm", async () => {
    for (const path of ["//", "///", "http://[", "http://", "*", "?", "//[::1"]) {
      const answer = await raw(
        server.port,
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer, path).toMatch(/^HTTP\/1\.1 4\d\d /);
      const upgrade = await raw(
        server.port,
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      );
      expect(upgrade, path).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    expect((await get("/", own())).status).toBe(200);
  });

  it("and headers of any length are refused beyond a bound, and the server goes on", async () => {
    for (const text of [
      `GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nCookie: ${"x".repeat(100_000)}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n${"A: b\r\n".repeat(20_000)}\r\n`,
    ]) {
      // Where the connection breaks while it is still being written to, there is no answer to read.
      const answer = await raw(server.port, text).catch(() => "");
      expect(answer).toMatch(/^(HTTP\/1\.1 4(31|14|00|03) |$)/);
      expect(answer).not.toContain('<div id="root">');
    }
    expect((await get("/", own())).status).toBe(200);
  });

  it("take no other methods", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
      expect((await send(server.port, "/", { method, headers: own() })).status, method).toBe(405);
    }
    const head = await send(server.port, "/", { method: "HEAD", headers: own() });
    expect(head.status).toBe(200);
    expect(head.body).toBe("");
  });
});

describe("uploads", () => {
  const put = (name: string, body: string, headers = own()) =>
    send(server.port, `/upload?name=${encodeURIComponent(name)}`, { method: "PUT", headers, body });

  it("need the cookie", async () => {
    const answer = await send(server.port, "/upload?name=a", { method: "PUT", body: "x" });
    expect(answer.status).toBe(403);
  });

  it("keep the last part of the name, and can leave their folder by no name", async () => {
    const names = [
      ["a.pcap", "a.pcap"],
      ["../../../etc/cron.d/evil", "evil"],
      ["..\\..\\evil.exe", "evil.exe"],
      ["..", "capture"],
      ["", "capture"],
      ["a\0b\nc", "a_b_c"],
      ["x".repeat(5000), "x".repeat(200)],
    ] as const;
    for (const [given, kept] of names) {
      const answer = await put(given, "content");
      expect(answer.status).toBe(200);
      const { path } = JSON.parse(answer.body) as { path: string };
      expect(basename(path)).toBe(kept);
      expect(path).toMatch(/\/tapline-upload-[^/]+\/\d+\/[^/]+$/);
      expect(readFileSync(path, "utf8")).toBe("content");
    }
  });

  it("that break off leave nothing behind", async () => {
    const before = JSON.parse((await put("before", "x")).body) as { path: string };
    await raw(
      server.port,
      `PUT /upload?name=broken HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nCookie: ${server.cookie}\r\nContent-Length: 100000\r\n\r\nabc`,
    );
    const number = Number(/\/(\d+)\/[^/]+$/.exec(before.path)?.[1]);
    const broken = before.path.replace(/\/\d+\/[^/]+$/, `/${number + 1}/broken`);
    await expect.poll(() => existsSync(broken), { timeout: 5000 }).toBe(false);
    expect((await put("after", "x")).status).toBe(200);
  });

  it("that are cancelled end at once, and others go on", async () => {
    const { path } = JSON.parse((await put("before", "x")).body) as { path: string };
    const number = Number(/\/(\d+)\/[^/]+$/.exec(path)?.[1]);
    const sending = path.replace(/\/\d+\/[^/]+$/, `/${number + 1}/large`);
    const upload = request({
      host: "127.0.0.1",
      port: server.port,
      path: "/upload?name=large",
      method: "PUT",
      headers: { ...own(), "Content-Length": String(2 ** 30) },
    });
    upload.on("error", () => {});
    upload.write(Buffer.alloc(8 * 2 ** 20));
    await expect.poll(() => existsSync(sending) && statSync(sending).size > 0, { timeout: 5000 }).toBe(true);
    upload.destroy();
    const started = performance.now();
    while (existsSync(sending) && performance.now() - started < 5000) await new Promise(setImmediate);
    expect(performance.now() - started).toBeLessThan(1000);
    expect((await put("after", "x")).status).toBe(200);
  });
});
