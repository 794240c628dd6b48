// The lab's mirror, as a process: node mirror-server.ts OPTIONS (JSON). See mirror.ts, which starts it.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, answerTo } from "./mirror-answers.ts";
import type { Fault, Faults, FromServer, MirrorRequest, ServerOptions, ToServer } from "./mirror-protocol.ts";

const options: ServerOptions = JSON.parse(process.argv[2] ?? "{}");
let { archives, signatures } = options;
let faults: Faults = options.faults;
let timesUsed = new Map<string, number>();
let requests: MirrorRequest[] = [];

/** The fault for `host/path`, unless it has had all of its times. */
function findFault(place: string): Fault {
  const starred = Object.keys(faults)
    .filter((key) => {
      const [start, end] = key.split("*");
      return start !== undefined && end !== undefined && place.startsWith(start) && place.endsWith(end);
    })
    .toSorted((a, b) => b.length - a.length);
  for (const key of [place, ...starred]) {
    let fault = Object.hasOwn(faults, key) ? faults[key] : undefined;
    const used = timesUsed.get(key) ?? 0;
    let before = 0;
    while (fault !== undefined && used >= before + (fault.times ?? Infinity)) {
      before += fault.times ?? 0;
      fault = fault.afterwards;
    }
    if (fault === undefined) continue;
    timesUsed.set(key, used + 1);
    return fault;
  }
  return {};
}

/** What a fault makes of a right answer; what happens to the connection is left to `send`. */
function distort(answer: Answer, fault: Fault): Answer {
  const withBody = (status: number, type: string, body: Buffer): Answer => ({
    status,
    headers: { "content-type": type },
    body,
  });
  if (fault.redirectTo !== undefined)
    return { status: 302, headers: { location: fault.redirectTo }, body: Buffer.alloc(0) };
  if (fault.status !== undefined) return withBody(fault.status, "text/plain", Buffer.from(`status ${fault.status}\n`));
  if (fault.html200 === true) {
    return withBody(
      200,
      "text/html; charset=utf-8",
      Buffer.from("<!DOCTYPE html>\n<title>Sign in</title>\n<p>Sign in to use this network.</p>\n"),
    );
  }
  if (fault.replaceBody !== undefined) return { ...answer, status: 200, body: Buffer.from(fault.replaceBody) };
  if (fault.replaceFile !== undefined) return { ...answer, status: 200, body: readFileSync(fault.replaceFile) };
  if (fault.corruptByteAt !== undefined) {
    const body = Buffer.from(answer.body);
    body.writeUInt8((body[fault.corruptByteAt] ?? 0) ^ 1, fault.corruptByteAt);
    return { ...answer, body };
  }
  return answer;
}

/** Cuts the answer to the range that was asked for, by the rules of RFC 9110 for a single range. */
function cutToRange(answer: Answer, request: IncomingMessage): Answer {
  const etag = answer.headers["etag"];
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (answer.status !== 200 || etag === undefined || range === null) return answer;
  const ifRange = request.headers["if-range"];
  if (ifRange !== undefined && ifRange !== etag && ifRange !== answer.headers["last-modified"]) return answer;
  const total = answer.body.length;
  const first = Number(range[1]);
  const last = Math.min(range[2] === "" ? total - 1 : Number(range[2]), total - 1);
  if (first > last) {
    return { status: 416, headers: { ...answer.headers, "content-range": `bytes */${total}` }, body: Buffer.alloc(0) };
  }
  const headers = { ...answer.headers, "content-range": `bytes ${first}-${last}/${total}` };
  return { status: 206, headers, body: answer.body.subarray(first, last + 1) };
}

function distortRange(answer: Answer, fault: Fault): Answer {
  if (answer.status !== 206) return answer;
  if (fault.wrongRange === true) {
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers["content-range"] ?? "");
    const [first, last, total] = (range ?? []).slice(1).map(Number);
    return {
      ...answer,
      headers: { ...answer.headers, "content-range": `bytes ${(first ?? 0) - 1}-${(last ?? 0) - 1}/${total}` },
    };
  }
  if (fault.otherBytesInRange !== true) return answer;
  const body = Buffer.from(answer.body);
  body.writeUInt8((body[0] ?? 0) ^ 1, 0);
  return { ...answer, body };
}

const chunk = 256 * 1024;

/** Sends the answer as far as the fault lets it, and tells `count` of each piece that went out. */
async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  fault: Fault,
  count: (bytes: number) => void,
): Promise<void> {
  const { body } = answer;
  const limits = [fault.cutAfterBytes, fault.stallAfterBytes, fault.resetAfterBytes].filter((at) => at !== undefined);
  const end = Math.min(body.length, fault.wrongContentLength ?? Infinity, ...limits);
  const length = fault.wrongContentLength ?? body.length;
  response.strictContentLength = false;
  const size = fault.isSizeUnstated === true ? {} : { "content-length": String(length) };
  if (fault.isSizeUnstated === true) response.useChunkedEncodingByDefault = false;
  response.writeHead(answer.status, { ...size, ...answer.headers, ...fault.headers });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  response.flushHeaders();
  const rate = fault.rate ?? Infinity;
  const startedAt = performance.now();
  let sent = 0;
  while (sent < end && !response.destroyed) {
    const piece = body.subarray(sent, Math.min(sent + Math.min(chunk, Math.max(1, rate / 20)), end));
    sent += piece.length;
    count(piece.length);
    // A reader that has gone away never drains.
    if (!response.write(piece)) await Promise.race([once(response, "drain"), once(response, "close")]);
    const ahead = (sent / rate) * 1000 - (performance.now() - startedAt);
    if (ahead > 1) await sleep(ahead);
  }
  // An end that comes too early makes the client throw away what it has not read yet.
  if (end < length && fault.cutAfterBytes === undefined) await sleep(400);
  if (fault.stallAfterBytes !== undefined) await once(response, "close");
  else if (fault.resetAfterBytes !== undefined) await reset(request);
  else if (fault.isSizeUnstated !== true && (fault.cutAfterBytes !== undefined || end < length)) request.socket.end();
  else response.end();
}

/** The TCP connections below TLS, by the client's port: only they can be reset. */
const connections = new Map<number, Socket>();

async function reset(request: IncomingMessage): Promise<void> {
  // A reset takes back what the client hasn't read yet: let it read.
  await sleep(100);
  connections.get(request.socket.remotePort ?? 0)?.resetAndDestroy();
  request.socket.destroy();
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  const url = request.url ?? "/";
  const entry = {
    host,
    method: request.method ?? "",
    url,
    range: request.headers.range ?? "",
    status: 0,
    bytes: 0,
    at: Date.now(),
    userAgent: request.headers["user-agent"] ?? "",
    authorization: request.headers.authorization ?? "",
  };
  requests.push(entry);
  const fault = findFault(`${host}${url.split("?", 1)[0]}`);
  if (fault.delayMs !== undefined) await sleep(fault.delayMs);
  if (fault.down === true) {
    await reset(request);
    return;
  }
  const right = answerTo(host, new URL(url, "https://lab"), {
    archives,
    signatures,
    moduleDirectories: options.moduleDirectories,
    publicProxies: options.publicProxies,
  });
  const whole = distort(right, fault);
  const answer = distortRange(fault.ignoreRange === true ? whole : cutToRange(whole, request), fault);
  entry.status = answer.status;
  await send(request, response, answer, fault, (bytes) => (entry.bytes += bytes));
}

function tell(message: FromServer): void {
  process.send?.(message);
}

const contexts = new Map<string, SecureContext>();

/** A certificate is shown before there is a request: by the name alone. */
function chooseContext(name: string): SecureContext {
  const kind = Object.hasOwn(faults, name) ? faults[name]?.certificate : undefined;
  const { key, certificate } = kind === undefined ? options : options.badCertificates[kind];
  const known = contexts.get(certificate);
  if (known !== undefined) return known;
  const made = createSecureContext({ key: readFileSync(key), cert: readFileSync(certificate) });
  contexts.set(certificate, made);
  return made;
}

const server = createServer(
  {
    key: readFileSync(options.key),
    cert: readFileSync(options.certificate),
    SNICallback: (name, done) => done(null, chooseContext(name)),
  },
  (request, response) => {
    handle(request, response).catch((error: unknown) => {
      process.stderr.write(`${request.url}: ${error instanceof Error ? error.stack : String(error)}\n`);
      request.socket.destroy();
    });
  },
);
server.on("connection", (connection: Socket) => {
  const port = connection.remotePort ?? 0;
  connections.set(port, connection);
  connection.once("close", () => connections.delete(port));
});
server.on("tlsClientError", () => {}); // a client that doesn't trust the certificate ends the handshake
server.listen(options.port, options.address, () => {
  tell({ kind: "listening", port: (server.address() as AddressInfo).port });
});
process.on("message", (message: ToServer) => {
  if (message.kind === "faults") {
    faults = message.faults;
    timesUsed = new Map();
  } else if (message.kind === "archives") {
    ({ archives, signatures } = message);
  } else if (message.kind === "forget") {
    requests = [];
  }
  tell({ kind: "answer", id: message.id, requests: message.kind === "requests" ? requests : [] });
});
process.on("disconnect", () => process.exit());
