import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

// A process of its own, as a real server is: serves one file to everyone who asks, and prints its URL.
const [, , path = ""] = process.argv;
const size = statSync(path).size;
const server = createServer((_, response) => {
  response.writeHead(200, { "content-type": "application/x-gzip", "content-length": size });
  createReadStream(path, { highWaterMark: 1 << 20 }).pipe(response);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/\n`);
});
