import { gzipSync } from "node:zlib";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { buildTar, smallRelease } from "../unit/fetch/unpack/build-tar.ts";
import { createStagingRoom } from "../unit/fetch/unpack/staging-room.ts";

// Two blocks of zeros end a tar. What comes after them, which `tar --ignore-zeros` would unpack, is no part of the tree;
// that it is there at all shows in the digest.
test.each([
  ["another tar", buildTar([{ name: "go/hidden.go", content: "x" }])],
  ["a tar that climbs out", buildTar([{ name: "../victim", content: "escaped" }])],
  ["bytes without meaning", Buffer.alloc(5000, "trailing garbage ")],
])("%s after the end of the tar is not unpacked", async (_, more) => {
  const room = createStagingRoom();
  const staged = await room.tarGz(gzipSync(Buffer.concat([buildTar(smallRelease), more])));
  expect(staged.manifest.files).toHaveLength(5);
  expect(readdirSync(room.into).sort()).toEqual(["VERSION", "bin", "src"]);
  expect(room.outside()).toEqual(["victim"]);
});
