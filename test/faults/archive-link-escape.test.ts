import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildTarGz, smallRelease, type TarEntry } from "../unit/fetch/unpack/build-tar.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

// A link first, then a file through it: the classic way out. No release has links at all.
test.each<[string, "SymbolicLink" | "Link", string]>([
  ["a symbolic link to a directory above", "SymbolicLink", ".."],
  ["a symbolic link to the file itself", "SymbolicLink", "../victim"],
  ["a hard link", "Link", "go/../victim"],
  ["a symbolic link that stays inside", "SymbolicLink", "VERSION"],
])("%s", async (_, type, linkTo) => {
  const room = createStagingRoom();
  const entries: TarEntry[] = [
    ...smallRelease,
    { name: "go/link", type, linkTo },
    { name: "go/link/escaped", content: "escaped" },
  ];
  expect(await refusalOf(room.tarGz(buildTarGz(entries)))).toEqual({
    code: "archive-hostile",
    message: `the archive is refused: an entry is neither a file nor a directory but a ${type}`,
    entry: '"go/link"',
  });
  expect(room.outside()).toEqual(["victim"]);
  expect(readFileSync(`${room.path}/victim`, "utf8")).toBe("untouched");
  expect(existsSync(`${room.into}/link`)).toBe(false);
});
