import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { buildZip, modulePrefix, smallModule, type ZipItem } from "../unit/fetch/unpack/build-zip.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

// The whole directory is looked at before the first byte is written.
test.each<[string, ZipItem]>([
  ["climbs out", { name: `${modulePrefix}../../../../victim` }],
  ["is absolute", { name: "/etc/readygo-victim" }],
  ["is of another module", { name: "golang.org/toolchain@v0.0.1-go1.99.2.linux-amd64/VERSION" }],
  ["is there twice", { name: `${modulePrefix}bin/go`, content: "another" }],
  ["differs in case only", { name: `${modulePrefix}bin/GO`, content: "another" }],
  ["becomes one that is there", { name: `${modulePrefix}src/go.mod`, content: "another" }],
  ["is a directory", { name: `${modulePrefix}lib/` }],
  ["is inside a file", { name: `${modulePrefix}bin/go/inner` }],
  ["is of a folder that no module has", { name: `${modulePrefix}test/x.go` }],
  ["has a backslash", { name: `${modulePrefix}src\\x.go` }],
  ["is a symbolic link", { name: `${modulePrefix}link`, content: "../victim", mode: 0o120_777 }],
  ["is a device", { name: `${modulePrefix}null`, mode: 0o020_666 }],
  ["is encrypted", { name: `${modulePrefix}secret`, flags: 1 }],
  ["is compressed by another method", { name: `${modulePrefix}x`, method: 12 }],
])("an entry that %s", async (_, item) => {
  const room = createStagingRoom();
  expect(await refusalOf(room.zip(buildZip([...smallModule, item]), { expectedH1: "h1:any" }))).toMatchObject({
    code: "archive-hostile",
    entry: expect.any(String),
  });
  expect(readdirSync(room.into)).toEqual([]);
  expect(room.outside()).toEqual(["victim"]);
});
