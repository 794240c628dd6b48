import { mkdirSync, writeFileSync } from "node:fs";
import { createHttpClient } from "../../src/fetch/http/http-client.ts";
import { usualLimits } from "../../src/fetch/download/download-limits.ts";
import { openDownload } from "../../src/fetch/download/download.ts";
import { createPartialStore, type PartialStore } from "../../src/fetch/download/partial-store.ts";
import { stageTarGz } from "../../src/fetch/unpack/stage-tar-gz.ts";
import { prepareUnpackThread } from "../../src/fetch/unpack/unpack-thread.ts";
import { releaseBounds } from "../../src/release/archive-bounds.ts";
import { parseSha256 } from "../../src/release/sha256.ts";
import { formatTreeManifest } from "../../src/release/tree-manifest.ts";

// What the benchmark times, as an install does it: fetch, check, unpack and tree.manifest; with `kept` the archive is
// written to disk as well, as it is where it comes slowly. stage-once URL INTO SHA256 SIZE [kept]
async function main(): Promise<void> {
  const [, , url = "", into = "", digest = "", size = "", how = ""] = process.argv;
  const sha256 = parseSha256(digest);
  if (sha256 === undefined) throw new Error("no digest");
  prepareUnpackThread();
  const http = createHttpClient({ env: {}, userAgent: "readygo/bench" });
  const partial = `${into}.partial`;
  const store = createPartialStore(partial, () => mkdirSync(partial, { mode: 0o700 }));
  const { body } = await openDownload({
    open: (request) => http.openBody(url, request),
    name: "go.tar.gz",
    sha256,
    size: Number(size),
    limits: usualLimits,
    store,
    onNotice: (text) => process.stderr.write(`${text}\n`),
  });
  const whole = how === "kept" ? keepAll(body, store) : body;
  const staged = await stageTarGz({ body: whole, into, expected: { sha256 }, bounds: releaseBounds, sourceName: url });
  writeFileSync(`${into}.manifest`, formatTreeManifest(staged.manifest));
  store.remove();
  await http.close();
}

async function* keepAll(body: AsyncIterable<Uint8Array>, store: PartialStore): AsyncGenerator<Uint8Array> {
  store.begin({ name: "go.tar.gz", url: "", sha256: null, total: null, validator: null }, 0);
  for await (const chunk of body) {
    store.append(chunk);
    yield chunk;
  }
}

await main();
process.exit(0);
