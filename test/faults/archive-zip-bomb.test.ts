import { readdirSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { buildZip, modulePrefix, smallModule } from "../unit/fetch/unpack/build-zip.ts";
import { boundedBy, createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

const zeros = Buffer.alloc(2_000_000);

test("what the directory announces is bounded before anything is written", async () => {
  const room = createStagingRoom();
  const bytes = buildZip([...smallModule, { name: `${modulePrefix}zeros`, content: zeros }]);
  for (const bounds of [{ fileBytes: 1_000_000 }, { unpackedBytes: 1_000_000 }, { entries: 5 }]) {
    expect(await refusalOf(room.zip(bytes, boundedBy(bounds)))).toMatchObject({ code: "archive-hostile" });
  }
  expect(readdirSync(room.into)).toEqual([]);
});

test("an entry that inflates to more than it announces is not inflated further", async () => {
  const room = createStagingRoom();
  const bytes = buildZip([{ name: `${modulePrefix}zeros`, content: zeros, size: 1000 }]);
  expect(await refusalOf(room.zip(bytes))).toMatchObject({
    code: "archive-hostile",
    message: expect.stringContaining("the zip is damaged"),
  });
  expect(readdirSync(room.into)).toEqual([]);
});

test("nor is a large one, of which no byte more than announced is written", async () => {
  const room = createStagingRoom();
  const bytes = buildZip([{ name: `${modulePrefix}zeros`, content: zeros, size: 1_500_000 }]);
  expect(await refusalOf(room.zip(bytes))).toMatchObject({
    code: "archive-hostile",
    message: "the archive is refused: the zip is damaged: an entry is not what its checksum says",
  });
  expect(readdirSync(room.into)).toEqual(["zeros"]);
  expect(statSync(`${room.into}/zeros`).size).toBeLessThanOrEqual(1_500_000);
});

test("nor is one that inflates to less, or to other bytes, taken", async () => {
  for (const lie of [{ size: 3_000_000 }, { crc: 1 }]) {
    const room = createStagingRoom();
    const bytes = buildZip([{ name: `${modulePrefix}zeros`, content: zeros, ...lie }]);
    expect(await refusalOf(room.zip(bytes))).toMatchObject({
      code: "archive-hostile",
      message: "the archive is refused: the zip is damaged: an entry is not what its checksum says",
    });
  }
});
