import { expect, test } from "vitest";
import { buildZip, modulePrefix, smallModule } from "../unit/fetch/unpack/build-zip.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

// The hash covers the directory's name; a reader that goes by the local header would see another file.
test("an entry with one name in the directory and another in its own header", async () => {
  const name = `${modulePrefix}src/innocent.go`;
  const bytes = buildZip([...smallModule, { name, localName: `${modulePrefix}src/hidden_go.go`, content: "x" }]);
  expect(await refusalOf(createStagingRoom().zip(bytes))).toEqual({
    code: "archive-hostile",
    message: "the archive is refused: an entry has two names",
    entry: JSON.stringify(name),
  });
});
