// Module proxies of every manner, as a process: node goproxy-server.ts OPTIONS (JSON). See goproxy-manners.ts, which starts it.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";

export interface GoproxyServerOptions {
  readonly key: string;
  readonly certificate: string;
  /** In GOPROXY layout, checksum database included. */
  readonly directory: string;
  /** Another zip, which the log does not have. */
  readonly evilZip: string;
  /** A line for each zip that was served: by which manner. */
  readonly log: string;
  /** `user:password` for the manner `auth`. */
  readonly credentials: string;
}

const options = JSON.parse(process.argv[2] ?? "{}") as GoproxyServerOptions;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  const path = new URL(request.url ?? "/", "https://lab").pathname;
  if (host === "sum.golang.org") serve(response, "database", `/sumdb/sum.golang.org${path}`);
  else if (host === "golang.org") {
    // Where `direct` leads for this module.
    response.setHeader("content-type", "text/html");
    response.end('<meta name="go-import" content="golang.org/toolchain mod https://go.dev/dl/mod">');
  } else if (host === "go.dev") serve(response, "direct", path.replace(/^\/dl\/mod/, ""));
  else {
    const [, manner = "", rest = ""] = /^\/([^/]+)(\/.*)$/.exec(path) ?? [];
    play(manner, rest, request, response);
  }
}

function play(manner: string, path: string, request: IncomingMessage, response: ServerResponse): void {
  const isDatabase = path.startsWith("/sumdb/");
  const isZip = path.endsWith(".zip");
  if (/^\d{3}$/.test(manner)) response.writeHead(Number(manner)).end("no\n");
  else if (manner === "hang") return;
  else if (manner === "reset") request.socket.destroy();
  else if (manner === "page") response.setHeader("content-type", "text/html").end("<!DOCTYPE html>\n<p>log in\n");
  else if (manner === "empty") response.end();
  else if (manner === "nosum" && isDatabase) response.writeHead(404).end();
  else if (manner === "nosum410" && isDatabase) response.writeHead(410).end();
  else if (manner === "sum500" && isDatabase) response.writeHead(500).end();
  else if (manner === "sum403" && isDatabase) response.writeHead(403).end();
  else if (manner === "zip404" && isZip) response.writeHead(404).end();
  else if (manner === "zip500" && isZip) response.writeHead(500).end();
  else if (manner === "moved") response.writeHead(302, { location: `/good${path}` }).end();
  else if (manner === "evil" && isZip) serve(response, manner, options.evilZip, true);
  else if (manner === "auth" && request.headers.authorization !== basic()) response.writeHead(401).end();
  else serve(response, manner, path);
}

function basic(): string {
  return `Basic ${Buffer.from(options.credentials).toString("base64")}`;
}

function serve(response: ServerResponse, manner: string, path: string, isFile = false): void {
  const file = isFile ? path : join(options.directory, decodeURIComponent(path));
  if (!existsSync(file)) response.writeHead(404).end();
  else {
    if (path.endsWith(".zip")) appendFileSync(options.log, `${manner}\n`);
    response.end(readFileSync(file));
  }
}

const server = createServer({ key: readFileSync(options.key), cert: readFileSync(options.certificate) }, answer);
server.on("tlsClientError", () => undefined);
server.listen(443, "127.0.0.1", () => process.stdout.write("listening\n"));
