import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { buildTarGz, smallRelease } from "../unit/fetch/unpack/build-tar.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

test("an absolute entry is refused, and not made relative", async () => {
  const room = createStagingRoom();
  const name = `${room.path}/escaped`;
  const refusal = await refusalOf(room.tarGz(buildTarGz([...smallRelease, { name, content: "escaped" }])));
  expect(refusal).toEqual({
    code: "archive-hostile",
    message: "the archive is refused: an entry has an absolute path",
    entry: JSON.stringify(name),
  });
  expect(existsSync(name)).toBe(false);
});
