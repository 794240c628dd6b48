import { gzipSync } from "node:zlib";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { buildTar, smallRelease } from "../unit/fetch/unpack/build-tar.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

test.each([
  ["text", Buffer.from("not a tar at all\n".repeat(100))],
  ["a gzip in the gzip", gzipSync(buildTar(smallRelease))],
  ["a zstd frame in the gzip", Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.alloc(2000)])],
  ["nothing", Buffer.alloc(0)],
])("%s", async (_, inner) => {
  const room = createStagingRoom();
  expect(await refusalOf(room.tarGz(gzipSync(inner)))).toMatchObject({ code: "archive-hostile" });
  expect(readdirSync(room.into)).toEqual([]);
});

test("a header whose checksum is wrong ends it", async () => {
  const bytes = buildTar(smallRelease);
  bytes[512 * 3 + 100] = 0x37;
  expect(await refusalOf(createStagingRoom().tarGz(gzipSync(bytes)))).toMatchObject({
    code: "archive-hostile",
    message: "the archive is refused: the tar is damaged: checksum failure",
  });
});
