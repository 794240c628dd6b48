import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { RequestFailure } from "../../../../src/errors/request-failure.ts";
import { prepareUnpackThread } from "../../../../src/fetch/unpack/unpack-thread.ts";
import { createHttpClient } from "../../../../src/fetch/http/http-client.ts";
import { scanTree } from "../../../../src/host/trees/scan-tree.ts";
import { compareTree } from "../../../../src/release/tree-manifest.ts";
import { buildTar, buildTarGz, smallRelease } from "./build-tar.ts";
import { serve } from "../http/loopback-server.ts";
import { boundedBy, createStagingRoom, inChunks, refusalOf, sha256Of } from "./staging-room.ts";

const archive = buildTarGz(smallRelease);
const whole = { missing: [], added: [], changed: [] };

test("a release is unpacked with Go's own modes, and its manifest is what lies on the disk", async () => {
  const room = createStagingRoom();
  const progress: number[] = [];

  const staged = await room.tarGz(archive, {
    expected: { sha256: sha256Of(archive), size: archive.length },
    onProgress: (received) => progress.push(received),
  });

  const print = "package fmt\n".repeat(1000);
  expect(staged).toEqual({
    archive: { kind: "tar.gz", sha256: sha256Of(archive), size: archive.length },
    manifest: {
      directories: ["bin", "src", "src/fmt"],
      files: [
        { path: "VERSION", mode: 0o644, size: 35, sha256: sha256Of("go1.99.1\ntime 2026-01-02T03:04:05Z\n") },
        { path: "bin/go", mode: 0o755, size: 14, sha256: sha256Of("the go command") },
        { path: "src/all.bash", mode: 0o755, size: 20, sha256: sha256Of("#!/usr/bin/env bash\n") },
        { path: "src/empty.go", mode: 0o644, size: 0, sha256: sha256Of("") },
        { path: "src/fmt/print.go", mode: 0o644, size: print.length, sha256: sha256Of(print) },
      ],
    },
  });
  expect(compareTree(staged.manifest, scanTree(room.into, { hash: true }))).toEqual(whole);
  expect(progress.at(-1)).toBe(archive.length);
});

test("a thread that was prepared unpacks the next archive, another one the archive after it", async () => {
  prepareUnpackThread();
  prepareUnpackThread();
  for (const room of [createStagingRoom(), createStagingRoom()]) {
    const staged = await room.tarGz(archive, { expected: { sha256: sha256Of(archive), size: archive.length } });
    expect(compareTree(staged.manifest, scanTree(room.into, { hash: true }))).toEqual(whole);
  }
});

test("neither the umask nor the group bit of the directory above shows in the tree", async () => {
  const room = createStagingRoom();
  chownSync(room.into, 0, 1);
  chmodSync(room.into, 0o2777);
  const callersUmask = process.umask(0o077);
  try {
    const staged = await room.tarGz(archive);
    expect(compareTree(staged.manifest, scanTree(room.into, { hash: false }))).toEqual(whole);
    expect(statSync(`${room.into}/src/fmt`).gid).toBe(0);
    expect(process.umask(0o077)).toBe(0o077);
  } finally {
    process.umask(callersUmask);
  }
});

test("files that cross the pieces in which a stream is handed over come out whole", async () => {
  const room = createStagingRoom();
  const big = Buffer.alloc(3_000_001, "0123456789abcdef");
  const files = Array.from({ length: 40 }, (_, index) => ({
    name: `go/src/f${index}.go`,
    content: big.subarray(0, 20_000 * index + index),
  }));
  const bytes = buildTarGz([...files, { name: "go/pkg/tool/linux_amd64/compile", content: big }]);
  const staged = await room.tarGz(bytes);
  expect(staged.manifest.files).toHaveLength(41);
  expect(staged.manifest.files.find(({ path }) => path.startsWith("pkg/"))).toEqual({
    path: "pkg/tool/linux_amd64/compile",
    mode: 0o755,
    size: big.length,
    sha256: sha256Of(big),
  });
  expect(compareTree(staged.manifest, scanTree(room.into, { hash: true }))).toEqual(whole);
});

test("names that need PAX or the ustar prefix are read as Go writes them", async () => {
  const room = createStagingRoom();
  const long = `go/test/${"d".repeat(90)}/${"e".repeat(60)}.go`;
  const bytes = buildTarGz([
    { name: "go/foo.go", pax: { path: "go/test/fixedbugs/issue27836.dir/Þfoo.go" }, content: "x" },
    { name: long, content: "y" },
  ]);
  const staged = await room.tarGz(bytes);
  expect(staged.manifest.files.map(({ path }) => path)).toEqual([
    long.slice(3),
    "test/fixedbugs/issue27836.dir/Þfoo.go",
  ]);
});

test("what system tar packs is read too", async () => {
  const room = createStagingRoom();
  await room.tarGz(archive);
  const packed = execFileSync("tar", ["-C", room.path, "-czf", "-", "go"]);
  const again = createStagingRoom();
  expect((await again.tarGz(packed)).manifest.files).toHaveLength(5);
});

test("a body that the network cuts is the network's failure, with every other check left out", async () => {
  const server = await serve((_, response) => {
    response.setHeader("content-length", archive.length);
    response.write(archive.subarray(0, 200), () => response.destroy());
  });
  const http = createHttpClient({ env: {}, userAgent: "test" });
  const { body } = await http.openBody(server.url, { expectedContent: "archive" });
  const room = createStagingRoom();
  const expected = { sha256: sha256Of(archive) };
  expect(await refusalOf(room.tarGz(archive, { body, expected }))).toMatchObject({ code: "interrupted" });
  await http.close();
  await server.close();
});

test("no answer and a stopped run leave nothing running", async () => {
  const room = createStagingRoom();
  expect(await refusalOf(room.tarGz(Buffer.alloc(0)))).toMatchObject({ code: "content" });
  const stop = new AbortController();
  async function* stopMidway(): AsyncGenerator<Uint8Array> {
    yield archive.subarray(0, 100);
    stop.abort(new Error("stopped by the test"));
    yield archive.subarray(100);
  }
  const stopped = room.tarGz(archive, { body: stopMidway(), signal: stop.signal });
  await expect(stopped).rejects.toThrow("stopped by the test");
});

test("a directory that is not there is a failed step, not a bad archive", async () => {
  const room = createStagingRoom();
  const lost = room.tarGz(archive, { into: `${room.path}/nowhere`, expected: { sha256: sha256Of(archive) } });
  expect(await refusalOf(lost)).toMatchObject({
    code: "step-failed",
    message: `the archive could not be written to ${room.path}/nowhere`,
  });
});

test("an archive larger than any release is not read to its end", async () => {
  const room = createStagingRoom();
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield archive.subarray(0, 100);
    for (;;) {
      given += 10_000;
      yield new Uint8Array(10_000);
    }
  }
  const refused = room.tarGz(archive, { body: endless(), ...boundedBy({ archiveBytes: 100_000 }) });
  expect(await refusalOf(refused)).toMatchObject({ code: "archive-hostile" });
  expect(given).toBeLessThanOrEqual(110_000);
});

test("a tar that ends early inside a whole gzip is damaged", async () => {
  for (const bytes of [buildTar(smallRelease, false), buildTar(smallRelease).subarray(0, 5000), Buffer.alloc(1024)]) {
    const room = createStagingRoom();
    expect(await refusalOf(room.tarGz(gzipSync(bytes)))).toMatchObject({ code: "archive-hostile" });
  }
});

test("failures of the body pass through as they came", async () => {
  const room = createStagingRoom();
  const failure = new RequestFailure("timeout", "http://x/", "it stalled");
  async function* fail(): AsyncGenerator<Uint8Array> {
    yield* inChunks(archive.subarray(0, 50));
    throw failure;
  }
  await expect(room.tarGz(archive, { body: fail() })).rejects.toBe(failure);
});
