import { execFile } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect, createServer } from "node:net";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { describeAttempts } from "../../../../src/fetch/download/attempt-log.ts";
import { createHttpClient, type HttpClient, type HttpClientOptions } from "../../../../src/fetch/http/http-client.ts";
import { describeFailure, RequestFailure } from "../../../../src/errors/request-failure.ts";
import { endsWithNewline } from "../../../../src/fetch/http/whole-texts.ts";
import { createTestClock } from "../test-clock.ts";
import { type Answer, type LoopbackServer, serve, serveTls } from "./loopback-server.ts";
import { serveSocks } from "./socks-server.ts";

const execFileAsync = promisify(execFile);
const bound = { maxBytes: 1000, timeoutMs: 5000 };
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(answer: Answer): Promise<LoopbackServer> {
  const server = await serve(answer);
  open.push(server);
  return server;
}

async function startTls(answer: Answer): Promise<LoopbackServer & { readonly caFile: string }> {
  const server = await serveTls(answer);
  open.push(server);
  return server;
}

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const http = createHttpClient({ env: {}, userAgent: "readygo/test", ...options });
  open.push(http);
  return http;
}

/** Kind, status and message of the failure that a request must end with. */
async function failureOf(
  request: Promise<unknown>,
): Promise<{ kind: string; status: number | undefined; message: string }> {
  const error: unknown = await request.then(
    (value) => new Error(`it succeeded: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof RequestFailure)) throw error;
  return { kind: error.kind, status: error.status, message: error.message };
}

/** @param then is called once the body is waited for again, after each chunk */
async function drain(body: AsyncIterable<Uint8Array>, then?: () => void): Promise<number> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (then !== undefined) setImmediate(then);
  }
  return size;
}

test("reads a small text and says who asks", async () => {
  const server = await start((request, response) => {
    response.end(`${request.headers["user-agent"]} ${request.headers["accept-encoding"]}`);
  });
  expect(await client().readText(`${server.url}/list`, bound)).toBe("readygo/test identity");
});

test("a text above its bound is not read to the end", async () => {
  const server = await start((_, response) => response.end("x".repeat(1001)));
  expect(await failureOf(client().readText(server.url, bound))).toEqual({
    kind: "content",
    status: undefined,
    message: "it answers more than 1000 bytes",
  });
});

test.each([
  [404, "absent"],
  [410, "absent"],
  [403, "status"],
  [400, "status"],
  [206, "status"],
])("status %i is %s, and is not asked for twice", async (status, kind) => {
  const server = await start((_, response) => response.writeHead(status).end());
  expect(await failureOf(client().readText(server.url, bound))).toEqual({
    kind,
    status,
    message: `it answers ${status}`,
  });
  expect(server.requests).toHaveLength(1);
});

test("503 and then 200 is a success", async () => {
  const server = await start((_, response) => {
    if (server.requests.length === 1) response.writeHead(503).end();
    else response.end("here");
  });
  expect(await client({ clock: createTestClock() }).readText(server.url, bound)).toBe("here");
});

test.each(["3600", "Thu, 01 Jan 2026 01:00:00 GMT"])(
  "who asks to be left alone until %s is: the next source has its turn",
  async (retryAfter) => {
    const server = await start((_, response) => response.writeHead(503, { "retry-after": retryAfter }).end());
    const clock = createTestClock();
    expect(await failureOf(client({ clock }).openBody(server.url))).toMatchObject({ kind: "status", status: 503 });
    expect([server.requests.length, clock.sleeps]).toEqual([1, []]);
  },
);

test("429 is tried three times, and Retry-After is waited for", async () => {
  const clock = createTestClock();
  const retryAfter = ["1", "Thu, 01 Jan 2026 00:00:30 GMT"];
  const server = await start((_, response) => {
    response.writeHead(429, { "retry-after": retryAfter[server.requests.length - 1] ?? "1" }).end();
  });
  expect(await failureOf(client({ clock }).openBody(server.url))).toEqual({
    kind: "status",
    status: 429,
    message: "it answers 429",
  });
  expect([server.requests.length, clock.sleeps]).toEqual([3, [1000, 29_000]]);
});

test("the last of several failures tells of those before it, also where a bound ends the tries", async () => {
  const clock = createTestClock();
  const http = client({ clock });
  const server = await start((_, response) => response.writeHead(500 + server.requests.length).end());
  const told = async (request: Promise<unknown>): Promise<readonly string[]> => {
    const error: unknown = await request.catch((reason: unknown) => reason);
    if (!(error instanceof RequestFailure)) throw error;
    return [
      ...describeAttempts(error).map((line) => line.replace(/^(attempt \d, ).*(?=: )/, "$1…")),
      describeFailure(error),
    ];
  };
  expect(await told(http.openBody(`${server.url}/x`))).toEqual([
    "attempt 1, …: it answers 501",
    "attempt 2, …: it answers 502",
    "attempt 3, …: it answers 503",
    `it answers 503 (${server.url}/x, after 3 attempts)`,
  ]);
  const slow = await start((_, response) => {
    if (slow.requests.length === 1) response.writeHead(503).end();
    else clock.move(1500);
  });
  expect(await told(http.readText(slow.url, { maxBytes: 1000, timeoutMs: 1500 }))).toEqual([
    "attempt 1, …: it answers 503",
    "attempt 2, …: not whole within 1.5 s",
    `not whole within 1.5 s (${slow.url}, after 2 attempts)`,
  ]);
  // One attempt is all that is said of it.
  const absent = await start((_, response) => response.writeHead(404).end());
  expect(await told(http.openBody(absent.url))).toEqual([`it answers 404 (${absent.url}/)`]);
});

test("a proxy whose name does not resolve is named: it is not the source's that was asked for", async () => {
  const { kind, message } = await failureOf(
    client({ proxy: "http://proxy.invalid:3128" }).readText("http://releases.example/x", bound),
  );
  expect([kind, message]).toEqual([
    "unreachable",
    expect.stringMatching(
      /^proxy\.invalid: its name (does not resolve|cannot be resolved).* \(by way of the proxy http:\/\/proxy\.invalid:3128, named by \S+\)$/,
    ),
  ]);
});

test("a refused connection is tried again, a name that does not resolve is not", async () => {
  const server = await start((_, response) => response.end());
  const { url } = server;
  await server.close();
  const clock = createTestClock();
  const http = client({ clock });
  expect(await failureOf(http.readText(url, bound))).toEqual({
    kind: "unreachable",
    status: undefined,
    message: "the connection was refused",
  });
  expect(clock.sleeps).toHaveLength(2);
  const name = await failureOf(http.readText("http://readygo.invalid/", bound));
  expect(name.kind).toBe("unreachable");
  expect(name.message).toMatch(/^its name (does not resolve|cannot be resolved)/);
  expect(clock.sleeps).toHaveLength(2);
});

test("a server that accepts and says nothing is left after the bound", async () => {
  const clock = createTestClock();
  const http = client({ clock });
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
  const moveWhenAsked = (milliseconds: number): void => {
    silent.once("connection", (socket) => socket.once("data", () => clock.move(milliseconds)));
  };
  moveWhenAsked(300);
  const probe = { connectTimeoutMs: 300, headersTimeoutMs: 300, retries: 0 };
  expect(await failureOf(http.openBody(url, probe))).toEqual({
    kind: "timeout",
    status: undefined,
    message: "no answer within 0.3 s",
  });
  moveWhenAsked(200);
  expect(await failureOf(http.readText(url, { maxBytes: 10, timeoutMs: 200 }))).toEqual({
    kind: "timeout",
    status: undefined,
    message: "not whole within 0.2 s",
  });
  silent.close();
});

test("a body that is cut is interrupted, with and without a length", async () => {
  const server = await start((request, response) => {
    if (request.url === "/length") response.setHeader("content-length", 1000);
    response.write("x".repeat(100), () => response.destroy());
  });
  const kinds = ["/length", "/chunked"].map(async (path) => {
    const { body } = await client().openBody(server.url + path);
    return failureOf(drain(body));
  });
  const cut = { kind: "interrupted", status: undefined, message: "the connection was cut after 100 bytes" };
  expect(await Promise.all(kinds)).toEqual([cut, cut]);
});

test("a body that stalls is left", async () => {
  const server = await start((_, response) => {
    response.setHeader("content-length", 1000);
    response.write("x".repeat(100));
  });
  const clock = createTestClock();
  const { body, contentLength } = await client({ clock }).openBody(server.url, { stallTimeoutMs: 400 });
  expect(contentLength).toBe(1000);
  expect(await failureOf(drain(body, () => clock.move(400)))).toEqual({
    kind: "timeout",
    status: undefined,
    message: "the answer stalled after 100 bytes",
  });
});

test("redirects are followed and the final address is told without the password", async () => {
  const server = await start((request, response) => {
    if (request.url === "/from") response.writeHead(302, { location: "/to" }).end();
    else response.end(request.headers.authorization);
  });
  const url = server.url.replace("//", "//user:secret@");
  const { body, finalUrl } = await client().openBody(`${url}/from`);
  expect(finalUrl).toBe(`${server.url}/to`);
  expect(await drain(body)).toBe("Basic dXNlcjpzZWNyZXQ=".length);
});

test("user and password do not go along to another origin", async () => {
  const other = await start((request, response) => response.end(String(request.headers.authorization)));
  const server = await start((_, response) => response.writeHead(301, { location: other.url }).end());
  expect(await client().readText(server.url.replace("//", "//user:secret@"), bound)).toBe("undefined");
});

test("a redirect loop ends after ten", async () => {
  const server = await start((_, response) => response.writeHead(302, { location: "/again" }).end());
  expect(await failureOf(client().openBody(server.url))).toMatchObject({
    kind: "status",
    message: "it redirects without end",
  });
  expect(server.requests).toHaveLength(11);
});

test("https is trusted by the CA file, and refused without", async () => {
  const server = await startTls((_, response) => response.end("secret"));
  expect(await client({ caFile: server.caFile }).readText(server.url, bound)).toBe("secret");
  expect(await failureOf(client().readText(server.url, bound))).toMatchObject({ kind: "tls-unknown-ca" });
  const lost = client({ caFile: "/nonexistent/ca.pem" }).readText(server.url, bound);
  await expect(lost).rejects.toMatchObject({ code: "config-invalid" });
});

test("a redirect from https to http is refused", async () => {
  const plain = await start((_, response) => response.end());
  const server = await startTls((_, response) => response.writeHead(302, { location: plain.url }).end());
  expect(await failureOf(client({ caFile: server.caFile }).openBody(server.url))).toMatchObject({
    kind: "status",
    message: "it redirects from https to http",
  });
  expect(plain.requests).toEqual([]);
});

test("a web page in place of an archive is refused before its body is looked at", async () => {
  const server = await start((_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html>");
  });
  expect(await failureOf(client().openBody(server.url, { expectedContent: "archive" }))).toMatchObject({
    kind: "content",
    status: 200,
  });
});

test("an offset is asked for as a range, and the answer's status tells whether it was granted", async () => {
  const server = await start((request, response) => {
    if (request.url === "/granted") response.writeHead(206);
    response.end(request.headers.range);
  });
  const granted = await client().openBody(`${server.url}/granted`, { offset: 5 });
  const whole = await client().openBody(`${server.url}/whole`, { offset: 5 });
  expect([granted.status, await drain(granted.body), whole.status]).toEqual([206, "bytes=5-".length, 200]);
  await drain(whole.body);
});

test("a proxy carries http by itself and https through a tunnel, with its password", async () => {
  const origin = await startTls((_, response) => response.end("through the tunnel"));
  const seen: string[] = [];
  const proxy = await start((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"]}`);
    response.end("by the proxy");
  });
  const tunnel = createServer((socket) => {
    socket.once("data", (head) => {
      seen.push(head.toString().split("\r\n")[0] ?? "");
      const target = connect(Number(new URL(origin.url).port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(target).pipe(socket);
      });
      target.on("error", () => socket.destroy());
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => {
    tunnel.listen(0, "127.0.0.1", resolve);
  });
  const address = tunnel.address();
  const tunnelUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;

  const plain = client({ proxy: proxy.url.replace("//", "//me:pw@") });
  expect(await plain.readText("http://origin.invalid/x", bound)).toBe("by the proxy");
  const secure = client({ proxy: tunnelUrl, caFile: origin.caFile });
  expect(await secure.readText(origin.url, bound)).toBe("through the tunnel");
  expect(seen).toEqual(["GET http://origin.invalid/x Basic bWU6cHc=", `CONNECT ${new URL(origin.url).host} HTTP/1.1`]);
  tunnel.close();
});

test.each([
  ["socks5", undefined],
  ["socks5h", undefined],
  ["socks5", "me:p@ss word"],
])("a %s proxy carries http and https, with user and password %j, and is given the names", async (scheme, user) => {
  const warnings: string[] = [];
  const onWarning = (warning: Error): number => warnings.push(warning.name);
  process.on("warning", onWarning);
  const plain = await start((_, response) => response.end("plain"));
  const secure = await startTls((_, response) => response.end("secure"));
  const socks = await serveSocks(user);
  open.push(socks);
  const [name, password] = (user ?? "").split(":").map(encodeURIComponent);
  const proxy = `${scheme}://${user === undefined ? "" : `${name}:${password}@`}127.0.0.1:${socks.port}`;
  const http = client({ proxy, caFile: secure.caFile });
  const { port } = new URL(plain.url);
  expect(await http.readText(`http://origin.invalid:${port}/x`, bound)).toBe("plain");
  expect(await http.readText(secure.url, bound)).toBe("secure");
  const given = user === undefined ? "" : `${user}@`;
  expect(socks.asked).toEqual([`${given}origin.invalid:${port}`, `${given}${new URL(secure.url).host}`]);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", onWarning);
  // A certificate for an address alone is this test's, and not the world's.
  expect(warnings.filter((each) => each !== "DeprecationWarning")).toEqual([]);
});

test("the .netrc of who asks has the password for a host: over https alone, and where the URL has none", async () => {
  const seen: (string | undefined)[] = [];
  const note: Answer = ({ headers }, response) => {
    seen.push(headers.authorization);
    response.end("x");
  };
  const [plain, secure] = [await start(note), await startTls(note)];
  let reads = 0;
  const readNetrc = async (): Promise<string> => {
    reads += 1;
    return "machine 127.0.0.1 login me password pw\nmachine other.example login x password y\n";
  };
  const http = client({ caFile: secure.caFile, readNetrc });
  await http.readText(plain.url, bound);
  await http.readText(secure.url, bound);
  await http.readText(secure.url.replace("//", "//own:user@"), bound);
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
  expect([seen, reads]).toEqual([[undefined, basic("me:pw"), basic("own:user")], 1]);
});

test("a SOCKS proxy that refuses, or is none, is told with its name and without its password", async () => {
  const socks = await serveSocks("me:right");
  const none = await start((_, response) => response.end());
  open.push(socks);
  const at = (port: number | string): string => `socks5h://me:wrong@127.0.0.1:${port}`;
  const refused = await failureOf(client({ proxy: at(socks.port) }).readText("http://go.test/", bound));
  expect(refused).toMatchObject({ kind: "unreachable", message: expect.stringContaining(`(by way of the proxy socks5h://***@127.0.0.1:${socks.port}, named by --proxy)`) }); // prettier-ignore
  const { kind } = await failureOf(client({ proxy: at(new URL(none.url).port), connectTimeoutMs: 1000 }).readText("http://go.test/", bound)); // prettier-ignore
  expect(["unreachable", "timeout"]).toContain(kind);
});

// Else a proxy's refusal or certificate reads as the server's own.
test("what fails by way of a proxy is told with it, without its password", async () => {
  const proxy = await startTls((_, response) => response.end());
  const by = (url: string): HttpClient => client({ proxy: url.replace("//", "//me:secret@") });
  const refused = await failureOf(by("http://127.0.0.1:9").readText("https://go.test/", bound));
  expect(refused.message).toBe(
    "the connection was refused (by way of the proxy http://***@127.0.0.1:9, named by --proxy)",
  );
  const unknown = await by(proxy.url)
    .readText("https://go.test/", bound)
    .catch((reason: unknown) => reason);
  expect(unknown).toMatchObject({
    kind: "tls-unknown-ca",
    message: expect.stringContaining(`***@127.0.0.1:`) as unknown,
  });
  expect(unknown).toMatchObject({
    remedy: expect.arrayContaining([expect.stringContaining(" -proxy 127.0.0.1:")]) as unknown,
  });
});

// Whatever an answer is, it may be the proxy's.
test.each<[string, Answer, (http: HttpClient, url: string) => Promise<unknown>]>([
  ["404", (_, response) => response.writeHead(404).end(), (http, url) => http.readText(url, bound)],
  ["503", (_, response) => response.writeHead(503).end(), (http, url) => http.openBody(url, { retries: 0 })],
  [
    "a web page",
    (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    (http, url) => http.openBody(url, { expectedContent: "archive" }),
  ],
  ["too much", (_, response) => response.end("x".repeat(1001)), (http, url) => http.readText(url, bound)],
  [
    "a body that is cut",
    (request, response) => {
      response.writeHead(200, { "content-length": "10" }).write("x");
      setTimeout(() => request.socket.destroy(), 50);
    },
    async (http, url) => drain((await http.openBody(url)).body),
  ],
  [
    "a body that stalls",
    (_, response) => response.writeHead(200).write("x"),
    async (http, url) => drain((await http.openBody(url, { stallTimeoutMs: 50 })).body),
  ],
  ["no answer", () => undefined, (http, url) => http.readText(url, { ...bound, timeoutMs: 300 })],
])("%s by way of a proxy is told with the proxy and who named it, once", async (_what, answer, ask) => {
  const [socks, server] = [await serveSocks("me:secret"), await start(answer)];
  open.push(socks);
  const ways: string[] = [];
  const proxy = `socks5h://me:secret@127.0.0.1:${socks.port}`;
  const http = client({ proxy, proxyNamedBy: "proxy in readygo.ini", onWay: (text) => ways.push(text) });
  const way = `by way of the proxy socks5h://***@127.0.0.1:${socks.port}, named by proxy in readygo.ini`;
  const { message } = await failureOf(ask(http, server.url));
  expect(message.split(way)).toHaveLength(2);
  await ask(http, server.url).catch(() => undefined);
  expect(ways).toEqual([`requests go ${way}`]);
});

/** HTTP/1.0: the body ends where the connection does. */
function endUnstated(response: ServerResponse, text: string): void {
  response.useChunkedEncodingByDefault = false;
  response.shouldKeepAlive = false;
  response.end(text);
}

test("a small text without a stated size that was cut is fetched again", async () => {
  const server = await start((_, response) =>
    endUnstated(response, server.requests.length === 1 ? "one\ntw" : "one\ntwo\n"),
  );
  const http = client({ clock: createTestClock() });
  expect(await http.readText(server.url, { ...bound, isWhole: endsWithNewline })).toBe("one\ntwo\n");
  expect(await http.readText(server.url, { ...bound, isWhole: endsWithNewline })).toBe("one\ntwo\n");
  expect(server.requests).toHaveLength(3);
});

test("one that comes the same twice is what the server has", async () => {
  const server = await start((_, response) => endUnstated(response, "one\ntwo"));
  const http = client({ clock: createTestClock() });
  expect(await http.readText(server.url, { ...bound, isWhole: endsWithNewline })).toBe("one\ntwo");
  expect(server.requests).toHaveLength(2);
});

test("one with a stated size is not asked for again, unless it was cut within that", async () => {
  const server = await start((request, response) => {
    if (request.url === "/whole") response.setHeader("content-length", 7).end("one\ntwo");
    else if (server.requests.length > 2) response.end("one\ntwo\n");
    else {
      response.writeHead(200, { "content-length": "8" }).write("one\n");
      setTimeout(() => request.socket.destroy(), 50);
    }
  });
  const http = client({ clock: createTestClock() });
  expect(await http.readText(`${server.url}/whole`, { ...bound, isWhole: endsWithNewline })).toBe("one\ntwo");
  expect(await http.readText(`${server.url}/cut`, bound)).toBe("one\ntwo\n");
  expect(server.requests).toEqual(["GET /whole", "GET /cut", "GET /cut"]);
});

test("the caller's signal ends a request, and its reason is what is thrown", async () => {
  const server = await start((_, response) => {
    response.write("x");
  });
  const stop = new AbortController();
  const { body } = await client().openBody(server.url, { signal: stop.signal });
  const stopped = drain(body, () => stop.abort(new Error("stopped by the test")));
  await expect(stopped).rejects.toThrow("stopped by the test");
});

test("errors carry no password", async () => {
  const error: unknown = await client()
    .readText("http://user:secret@readygo.invalid/?token=abc", bound)
    .catch((reason: unknown) => reason);
  expect(JSON.stringify(error) + String(error)).not.toMatch(/secret|abc/);
});

test("apt's proxy is used, and one that carries packages only is left for the rest of the run", async () => {
  const seen: string[] = [];
  const proxy = await start((request, response) => {
    seen.push(`${request.url}`);
    if (request.url === "http://origin.invalid/one") response.end("by apt's proxy");
    else response.writeHead(403).end("packages only");
  });
  let asked = 0;
  const http = client({
    readAptConfig: async () => {
      asked += 1;
      return `Acquire::http::Proxy "${proxy.url}";\n`;
    },
  });
  expect(await http.readText("http://origin.invalid/one", bound)).toBe("by apt's proxy");
  expect((await failureOf(http.readText("http://origin.invalid/two", bound))).message).toMatch(/^its name/);
  await failureOf(http.readText("http://origin.invalid/three", bound));
  expect([asked, seen]).toEqual([1, ["http://origin.invalid/one", "http://origin.invalid/two"]]);
});

test("what is no http URL is refused, and leaves no timer that would keep the process", async () => {
  expect(await failureOf(client().openBody("ftp://host.example/file"))).toMatchObject({
    kind: "unreachable",
    message: "it is no http or https URL",
  });
  const script = `
    const { createHttpClient } = await import("./src/fetch/http/http-client.ts");
    await createHttpClient({ env: {}, userAgent: "x" }).openBody("ftp://host.example/file").catch(() => undefined);
    console.log(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length);`;
  const { stdout } = await execFileAsync(process.execPath, ["--input-type=module", "-e", script], { timeout: 15_000 });
  expect(stdout).toBe("0\n");
});
