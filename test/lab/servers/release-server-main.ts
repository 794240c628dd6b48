// Serves directories over HTTP or, with `tls`, HTTPS: node release-server-main.ts OPTIONS (JSON). See release-server.ts, which starts it.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";

interface Options {
  readonly directories: Readonly<Record<string, string>>;
  readonly flip?: { readonly path: string; readonly byte: number };
  /** Paths of PEM files. */
  readonly tls?: { readonly key: string; readonly certificate: string };
  readonly port: number;
}

const { directories, flip, tls, port } = JSON.parse(process.argv[2] ?? "{}") as Options;

const answer: RequestListener = (request, response) => {
  const url = request.url ?? "/";
  process.stdout.write(`${url}\n`);
  const pathname = decodeURIComponent(new URL(url, "http://localhost").pathname);
  const [, first = "", ...rest] = pathname.split("/");
  const file =
    directories[first] === undefined ? join(directories[""] ?? "", pathname) : join(directories[first], ...rest);
  if (pathname.includes("..") || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  const body = readFileSync(file);
  if (flip?.path === pathname) body.writeUInt8((body[flip.byte] ?? 0) ^ 1, flip.byte);
  response.writeHead(200, { "content-length": body.length }).end(body);
};
const server =
  tls === undefined
    ? createServer(answer)
    : createTlsServer({ key: readFileSync(tls.key), cert: readFileSync(tls.certificate) }, answer);
server.listen(port, "127.0.0.1", () => process.stdout.write("listening\n"));
