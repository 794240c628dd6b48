// Serves a directory to the fleet over HTTP: node file-server-main.ts OPTIONS (JSON). See file-server.ts, which starts it.
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

interface Options {
  readonly directory: string;
  readonly address: string;
  readonly port: number;
  /** The same files on the port after that, of which large ones come a byte at a time. */
  readonly slowly: string;
}

const { directory, address, port, slowly } = JSON.parse(process.argv[2] ?? "{}") as Options;

const server = createServer((request, response) => {
  const pathname = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
  const isSlow = pathname.startsWith(slowly);
  const file = join(directory, isSlow ? pathname.slice(slowly.length) : pathname);
  if (pathname.includes("..") || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  const { size } = statSync(file);
  process.stdout.write(`${JSON.stringify({ path: pathname, bytes: size })}\n`);
  response.writeHead(200, { "content-length": size });
  if (isSlow && size > 100_000) {
    void trickle(readFileSync(file), response);
    return;
  }
  createReadStream(file).pipe(response);
});
server.listen(port, address, () => process.stdout.write('"listening"\n'));

async function trickle(content: Buffer, response: ServerResponse): Promise<void> {
  for (let sent = 0; sent < content.length && !response.destroyed; sent += 1) {
    response.write(content.subarray(sent, sent + 1));
    await sleep(200);
  }
}
