import { expect, test } from "vitest";
import { buildZip, modulePrefix, smallModule } from "../unit/fetch/unpack/build-zip.ts";
import { boundedBy, createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

// The zip bomb that needs no nesting: thousands of entries share one piece of compressed data. Each has its own name,
// and that piece has one.
test("entries that share their bytes are refused by the name in front of them", async () => {
  const bytes = buildZip([
    ...smallModule,
    ...Array.from({ length: 50 }, (_, index) => ({ name: `${modulePrefix}src/f${index}.go`, offset: 0 })),
  ]);
  expect(await refusalOf(createStagingRoom().zip(bytes))).toMatchObject({
    code: "archive-hostile",
    message: "the archive is refused: an entry has two names",
  });
});

test("what they announce is added up before one is unpacked", async () => {
  const content = Buffer.alloc(100_000);
  const items = Array.from({ length: 50 }, (_, index) => ({ name: `${modulePrefix}src/f${index}.go`, content }));
  const room = createStagingRoom();
  expect(await refusalOf(room.zip(buildZip(items), boundedBy({ unpackedBytes: 1_000_000 })))).toMatchObject({
    code: "archive-hostile",
    message: "the archive is refused: it unpacks to more than 1000000 bytes",
  });
});
