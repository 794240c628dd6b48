import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { buildTarGz, smallRelease } from "../unit/fetch/unpack/build-tar.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

test.each([
  "CharacterDevice",
  "BlockDevice",
  "FIFO",
  "ContiguousFile",
  "GNUDumpDir",
  "SparseFile",
  "ContinuationFile",
  "TapeVolumeHeader",
  "SolarisACL",
] as const)("%s is no part of a release", async (type) => {
  const room = createStagingRoom();
  const refusal = await refusalOf(room.tarGz(buildTarGz([...smallRelease, { name: "go/special", type }])));
  expect(refusal).toEqual({
    code: "archive-hostile",
    message: expect.stringContaining(type),
    entry: '"go/special"',
  });
  expect(existsSync(`${room.into}/special`)).toBe(false);
});
