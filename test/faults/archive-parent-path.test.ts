import { expect, test } from "vitest";
import { buildTarGz, smallRelease } from "../unit/fetch/unpack/build-tar.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

// An entry that climbs out of the tree would be written by root anywhere on the host.
test.each(["go/../victim", "../victim", "go/src/../../victim", "go/.."])("%s", async (name) => {
  const room = createStagingRoom();
  const refusal = await refusalOf(room.tarGz(buildTarGz([...smallRelease, { name, content: "escaped" }])));
  expect(refusal).toEqual({
    code: "archive-hostile",
    message: "the archive is refused: an entry leads out of the tree",
    entry: JSON.stringify(name),
  });
  expect(room.outside()).toEqual(["victim"]);
});
