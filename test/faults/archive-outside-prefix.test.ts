import { expect, test } from "vitest";
import { buildTarGz, smallRelease } from "../unit/fetch/unpack/build-tar.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

test.each(["gopher/VERSION", "./go/VERSION", "VERSION", "go.mod"])("%s is no part of a release", async (name) => {
  const room = createStagingRoom();
  const refusal = await refusalOf(room.tarGz(buildTarGz([...smallRelease, { name, content: "x" }])));
  expect(refusal).toEqual({
    code: "archive-hostile",
    message: "the archive is refused: an entry is not under go/",
    entry: JSON.stringify(name),
  });
});
