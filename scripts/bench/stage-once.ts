import { readFileSync, writeFileSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { createHttpClient } from "../../src/fetch/http-client.ts";
import { stageTarGz } from "../../src/fetch/stage-tar-gz.ts";
import { releaseBounds } from "../../src/release/archive-bounds.ts";
import { parseSha256 } from "../../src/release/sha256.ts";
import { formatTreeManifest } from "../../src/release/tree-manifest.ts";

// What the benchmark times: fetch, check, unpack and tree.manifest; or, without a digest, fetch and inflate alone. Prints
// the peak of resident memory, threads included, in KiB.
async function main(): Promise<void> {
  const [, , url = "", into = "", digest = ""] = process.argv;
  const http = createHttpClient({ env: {}, userAgent: "readygo/bench" });
  const { body } = await http.openBody(url, { expectedContent: "archive" });
  const sha256 = parseSha256(digest);
  if (sha256 === undefined) {
    const gunzip = createGunzip({ chunkSize: 1 << 20 });
    const drained = gunzip.resume();
    for await (const chunk of body) {
      if (!gunzip.write(chunk)) {
        await new Promise((resolve) => {
          gunzip.once("drain", resolve);
        });
      }
    }
    await new Promise((resolve) => {
      drained.once("end", resolve);
      gunzip.end();
    });
  } else {
    const staged = await stageTarGz({
      body,
      into,
      expected: { sha256 },
      bounds: releaseBounds,
      sourceName: url,
    });
    writeFileSync(`${into}.manifest`, formatTreeManifest(staged.manifest));
  }
  await http.close();
  // getrusage's maximum is inherited from the process that forked this one.
  const [, peak = ""] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  process.stdout.write(`${peak}\n`);
}

await main();
