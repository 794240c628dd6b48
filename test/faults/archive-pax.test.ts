import { expect, test } from "vitest";
import { buildTarGz, formatPax, smallRelease, type TarEntry } from "../unit/fetch/unpack/build-tar.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

// A PAX header may rename, resize or retype the entry after it, and so hide from a reader that does not know it.
test.each<[string, TarEntry[]]>([
  ["a path that climbs out", [{ name: "go/x", pax: { path: "go/../victim" }, content: "x" }]],
  ["an absolute path", [{ name: "go/x", pax: { path: "/victim" }, content: "x" }]],
  ["a link's target", [{ name: "go/x", pax: { linkpath: "../victim" }, content: "x" }]],
  [
    "a sparse file's map",
    [{ name: "go/x", pax: { "GNU.sparse.major": "1", "GNU.sparse.name": "go/y" }, content: "x" }],
  ],
  ["an unknown key", [{ name: "go/x", pax: { "SCHILY.xattr.security.capability": "\u0001" }, content: "x" }]],
  [
    "a size that swallows the next header",
    [
      { name: "go/x", pax: { size: "1024" }, content: "x" },
      { name: "go/y", content: "y" },
    ],
  ],
  [
    "a header for all entries to come",
    [
      { name: "global", type: "GlobalExtendedHeader", content: formatPax({ uname: "root" }) },
      { name: "go/x", content: "x" },
    ],
  ],
])("%s", async (_, entries) => {
  const room = createStagingRoom();
  const refusal = await refusalOf(room.tarGz(buildTarGz([...smallRelease, ...entries])));
  expect(refusal.code).toBe("archive-hostile");
  expect(room.outside()).toEqual(["victim"]);
});
