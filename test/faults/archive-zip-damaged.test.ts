import { expect, test } from "vitest";
import { buildZip, smallModule } from "../unit/fetch/unpack/build-zip.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

const archive = buildZip(smallModule);

test.each([
  ["cut in the middle", archive.subarray(0, 100)],
  ["cut in its directory", archive.subarray(0, -30)],
  ["with something after its end", Buffer.concat([archive, Buffer.from("more")])],
  ["with something before its start", Buffer.concat([Buffer.from("PK more"), archive])],
  ["without entries", buildZip([])],
])("a zip %s", async (_, bytes) => {
  expect(await refusalOf(createStagingRoom().zip(bytes))).toMatchObject({ code: "archive-hostile" });
});

test("where the database knows the module, damage is a checksum mismatch", async () => {
  const cut = createStagingRoom().zip(archive.subarray(0, -30), { expectedH1: "h1:known" });
  expect(await refusalOf(cut)).toMatchObject({ code: "checksum-mismatch" });
});
