import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { buildTarGz, smallRelease, type TarEntry } from "../unit/fetch/unpack/build-tar.ts";
import { buildZip, modulePrefix, smallModule } from "../unit/fetch/unpack/build-zip.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

// A name that no file system takes, or that takes megabytes of memory, is refused by its length, before it is tried. The
// ways to hide a long name from a reader that does not know them are GNU's own entry and the PAX header.
const deep = "d/".repeat(5000);
const wide = "w".repeat(10_000);
const tooLong = "the archive is refused: an entry's path is longer than any release's";

test.each<[string, TarEntry[]]>([
  ["10,000 bytes deep, by PAX", [{ name: "go/x", pax: { path: `go/${deep}f` }, content: "x" }]],
  ["10,000 bytes wide, by PAX", [{ name: "go/x", pax: { path: `go/${wide}` }, content: "x" }]],
  ["10,000 bytes deep, by GNU's entry", [gnuName(`go/${deep}f`), { name: "go/x", content: "x" }]],
  ["10,000 bytes wide, by GNU's entry", [gnuName(`go/${wide}`), { name: "go/x", content: "x" }]],
  ["256 bytes in one part", [{ name: "go/x", pax: { path: `go/${"w".repeat(256)}` }, content: "x" }]],
  ["a directory of 10,000 bytes", [{ name: "go/x/", pax: { path: `go/${deep}` } }]],
])("a tar's name of %s", async (_, entries) => {
  const room = createStagingRoom();
  expect(await refusalOf(room.tarGz(buildTarGz([...smallRelease, ...entries])))).toMatchObject({
    code: "archive-hostile",
    message: tooLong,
  });
  expect(readdirSync(room.into).sort()).toEqual(["VERSION", "bin", "src"]);
});

test.each([
  ["10,000 bytes deep", `${deep}f`],
  ["10,000 bytes wide", wide],
  ["as long as a zip can have it", "w".repeat(65_535 - modulePrefix.length)],
  ["256 bytes in one part", "w".repeat(256)],
])("a zip's name of %s", async (_, name) => {
  const room = createStagingRoom();
  const refused = room.zip(buildZip([...smallModule, { name: modulePrefix + name, content: "x" }]));
  expect(await refusalOf(refused)).toMatchObject({ code: "archive-hostile", message: tooLong });
  expect(readdirSync(room.into)).toEqual([]);
});

test("GNU's entry leads nowhere a plain name could not", async () => {
  const room = createStagingRoom();
  const bytes = buildTarGz([...smallRelease, gnuName("go/../victim"), { name: "go/x", content: "escaped" }]);
  expect(await refusalOf(room.tarGz(bytes))).toMatchObject({
    message: "the archive is refused: an entry leads out of the tree",
  });
  expect(room.outside()).toEqual(["victim"]);
});

test("a header of two megabytes is not read into memory", async () => {
  const room = createStagingRoom();
  const bytes = buildTarGz([...smallRelease, gnuName("w".repeat(2_000_000)), { name: "go/x", content: "x" }]);
  expect(await refusalOf(room.tarGz(bytes))).toMatchObject({ code: "archive-hostile" });
});

/** What GNU tar writes in front of an entry whose name does not fit: `././@LongLink` of type L. */
function gnuName(name: string): TarEntry {
  return { name: "././@LongLink", type: "NextFileHasLongPath", content: `${name}\0` };
}
