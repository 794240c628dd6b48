import { gzipSync } from "node:zlib";
import { readdirSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { buildTar, buildTarGz, smallRelease } from "../unit/fetch/unpack/build-tar.ts";
import { boundedBy, createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

test("a file that inflates beyond any release's is refused by what its header says, before it is written", async () => {
  const room = createStagingRoom();
  const bytes = buildTarGz([...smallRelease, { name: "go/zeros", content: Buffer.alloc(2_000_000) }]);
  expect(await refusalOf(room.tarGz(bytes, boundedBy({ fileBytes: 1_000_000 })))).toEqual({
    code: "archive-hostile",
    message: "the archive is refused: a file is larger than 1000000 bytes",
    entry: '"zeros"',
  });
  expect(readdirSync(room.into)).not.toContain("zeros");
});

test("many files together are bounded too", async () => {
  const room = createStagingRoom();
  const files = Array.from({ length: 50 }, (_, index) => ({ name: `go/f${index}`, content: Buffer.alloc(100_000) }));
  expect(await refusalOf(room.tarGz(buildTarGz(files), boundedBy({ unpackedBytes: 1_000_000 })))).toMatchObject({
    code: "archive-hostile",
    message: "the archive is refused: it unpacks to more than 1000000 bytes",
  });
  const written = readdirSync(room.into).reduce((sum, name) => sum + statSync(`${room.into}/${name}`).size, 0);
  expect(written).toBeLessThanOrEqual(1_000_000);
});

test("so are entries without content, which cost inodes", async () => {
  const room = createStagingRoom();
  const files = Array.from({ length: 200 }, (_, index) => ({ name: `go/f${index}` }));
  expect(await refusalOf(room.tarGz(buildTarGz(files), boundedBy({ entries: 100 })))).toMatchObject({
    code: "archive-hostile",
    message: "the archive is refused: there are more than 100 entries",
  });
  expect(readdirSync(room.into)).toHaveLength(100);
});

test("so is what comes after the end of the tar", async () => {
  const room = createStagingRoom();
  const bytes = gzipSync(Buffer.concat([buildTar(smallRelease), Buffer.alloc(40_000_000)]));
  expect(await refusalOf(room.tarGz(bytes, boundedBy({ unpackedBytes: 1_000_000, entries: 100 })))).toMatchObject({
    code: "archive-hostile",
    message: "the archive is refused: it unpacks to more than 1000000 bytes",
  });
});
