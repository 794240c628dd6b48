import { mkdirSync, writeFileSync } from "node:fs";
import { createHttpClient } from "../../src/fetch/http-client.ts";
import { usualLimits } from "../../src/fetch/download-limits.ts";
import { openDownload } from "../../src/fetch/open-download.ts";
import { createPartialStore } from "../../src/fetch/partial-store.ts";
import { stageTarGz } from "../../src/fetch/stage-tar-gz.ts";
import { releaseBounds } from "../../src/release/archive-bounds.ts";
import { parseSha256 } from "../../src/release/sha256.ts";
import { formatTreeManifest } from "../../src/release/tree-manifest.ts";

// What the benchmark times, as an install does it: fetch, keep, check, unpack and tree.manifest.
// stage-once URL INTO SHA256 SIZE [nothing-kept]
async function main(): Promise<void> {
  const [, , url = "", into = "", digest = "", size = "", how = ""] = process.argv;
  const sha256 = parseSha256(digest);
  if (sha256 === undefined) throw new Error("no digest");
  const http = createHttpClient({ env: {}, userAgent: "readygo/bench" });
  const partial = `${into}.partial`;
  const store = createPartialStore(partial, () => mkdirSync(partial, { mode: 0o700 }));
  const { body } = await openDownload({
    open: (request) => http.openBody(url, request),
    name: "go.tar.gz",
    sha256,
    size: Number(size),
    limits: usualLimits,
    store: how === "nothing-kept" ? undefined : store,
    onNotice: (text) => process.stderr.write(`${text}\n`),
  });
  const staged = await stageTarGz({ body, into, expected: { sha256 }, bounds: releaseBounds, sourceName: url });
  writeFileSync(`${into}.manifest`, formatTreeManifest(staged.manifest));
  store.remove();
  await http.close();
}

await main();
process.exit(0);
