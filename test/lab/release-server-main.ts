// Serves directories over plain HTTP: node release-server-main.ts OPTIONS (JSON). See release-server.ts, which starts it.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

interface Options {
  readonly directories: Readonly<Record<string, string>>;
  readonly flip?: { readonly path: string; readonly byte: number };
  readonly port: number;
}

const { directories, flip, port } = JSON.parse(process.argv[2] ?? "{}") as Options;

const server = createServer((request, response) => {
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
});
server.listen(port, "127.0.0.1", () => process.stdout.write("listening\n"));
