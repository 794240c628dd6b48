import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildTarGz, smallRelease, type TarEntry } from "../unit/fetch/unpack/build-tar.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

// Two entries for one path: what one reader checks is not what another one runs.
test.each<[string, TarEntry]>([
  ["a file twice", { name: "go/bin/go", content: "another command" }],
  ["two files that differ in case only", { name: "go/BIN/GO", content: "another command" }],
  ["a file in a directory's place", { name: "go/src", content: "x" }],
  ["a file inside a file", { name: "go/bin/go/inner", content: "x" }],
  ["a directory in a file's place", { name: "go/VERSION/" }],
])("%s", async (_, entry) => {
  const room = createStagingRoom();
  const refusal = await refusalOf(room.tarGz(buildTarGz([...smallRelease, entry])));
  expect(refusal).toMatchObject({
    code: "archive-hostile",
    message: "the archive is refused: an entry is there twice, or differs from another in case only",
  });
  expect(readFileSync(`${room.into}/bin/go`, "utf8")).toBe("the go command");
});
