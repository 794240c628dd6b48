import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

// A process of its own, as a real server is: serves one file, whole or in ranges, to everyone who asks, and prints its
// URL. From memory: a real server runs elsewhere, and reading the file once more for each client takes 80 to 150 ms of the
// processors that are being measured. serve-archive.ts FILE [ADDRESS]
const [, , path = "", address = "127.0.0.1"] = process.argv;
const archive = readFileSync(path);
const size = archive.length;
const server = createServer((request, response) => {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const start = Number(range?.[1] ?? 0);
  const end = Math.min(Number(range?.[2] || size - 1), size - 1);
  response.writeHead(range === null ? 200 : 206, {
    "content-type": "application/x-gzip",
    "content-length": end - start + 1,
    "accept-ranges": "bytes",
    etag: `"${size}"`,
    ...(range === null ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
  });
  response.end(archive.subarray(start, end + 1));
});
server.listen(0, address, () => {
  process.stdout.write(`http://${address}:${(server.address() as AddressInfo).port}/go.tar.gz\n`);
});
