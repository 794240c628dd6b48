import { expect, test } from "vitest";
import { buildTarGz, smallRelease } from "../unit/fetch/unpack/build-tar.ts";
import { createStagingRoom, refusalOf, sha256Of } from "../unit/fetch/unpack/staging-room.ts";

const archive = buildTarGz(smallRelease);
const expected = { sha256: sha256Of(archive), size: archive.length };

// Whatever is wrong with the bytes: that they are not the release's is what the user has to hear.
test.each([
  ["another archive", buildTarGz([...smallRelease, { name: "go/more", content: "x" }])],
  ["bytes after the gzip member", Buffer.concat([archive, Buffer.from("trailing garbage")])],
  ["a second gzip member", Buffer.concat([archive, archive])],
  ["a truncated gzip", archive.subarray(0, archive.length - 100)],
  ["a truncated gzip of the right length", Buffer.concat([archive.subarray(0, -100), Buffer.alloc(100)])],
  ["one changed byte", Buffer.concat([archive.subarray(0, 60), Buffer.from([0]), archive.subarray(61)])],
  ["a hostile archive", buildTarGz([...smallRelease, { name: "go/../victim", content: "x" }])],
])("%s", async (_, bytes) => {
  const room = createStagingRoom();
  await expect(room.tarGz(bytes, { expected })).rejects.toMatchObject({
    code: "checksum-mismatch",
    exit: 5,
    details: {
      expected: `sha256:${expected.sha256}, ${expected.size} bytes`,
      received: `sha256:${sha256Of(bytes)}, ${bytes.length} bytes`,
      from: "the test",
    },
  });
  expect(room.outside()).toEqual(["victim"]);
});

test.each([
  ["bytes after the gzip member", Buffer.concat([archive, Buffer.from("trailing garbage")])],
  ["a truncated gzip", archive.subarray(0, archive.length - 100)],
])("without an expected digest %s are still refused", async (_, bytes) => {
  expect(await refusalOf(createStagingRoom().tarGz(bytes))).toMatchObject({
    code: "archive-hostile",
    message: expect.stringContaining("its gzip stream is damaged"),
  });
});

test("the right bytes with a wrong published size are not accepted", async () => {
  const refused = createStagingRoom().tarGz(archive, { expected: { ...expected, size: archive.length + 1 } });
  expect(await refusalOf(refused)).toMatchObject({ code: "checksum-mismatch" });
});
