import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildTarGz, smallRelease, type TarEntry } from "../unit/fetch/unpack/build-tar.ts";
import { buildZip, modulePrefix, smallModule } from "../unit/fetch/unpack/build-zip.ts";
import { createStagingRoom } from "../unit/fetch/unpack/staging-room.ts";

// No archive's word is taken for a mode or an owner: a set-user-ID program of root's, a directory that all may write, a
// file that only its owner may read. Modes are computed by Go's own rule.
const modes = [0o4755, 0o2755, 0o1777, 0o7777, 0o777, 0o000, 0o600];

test.each(modes.map((mode) => [mode.toString(8), mode] as const))("mode %s in a tar", async (_, mode) => {
  const room = createStagingRoom();
  const entries: TarEntry[] = [
    { name: "go/lib/", mode },
    { name: "go/lib/data.txt", content: "x", mode },
    { name: "go/bin/tool", content: "x", mode },
  ];
  await room.tarGz(buildTarGz([...smallRelease, ...entries]));
  expect(lookAt(room.into, ["lib", "lib/data.txt", "bin/tool"])).toEqual(["755 0:0", "644 0:0", "755 0:0"]);
  expect(readdirSync(room.into, { recursive: true }).map((name) => modeOf(join(room.into, String(name)))).filter(isOdd)).toEqual([]); // prettier-ignore
});

test.each(modes.map((mode) => [mode.toString(8), mode] as const))("mode %s in a zip", async (_, mode) => {
  const room = createStagingRoom();
  const items = ["lib/data.txt", "bin/tool"].map((name) => ({
    name: modulePrefix + name,
    content: "x",
    mode: 0o100_000 | mode,
  }));
  await room.zip(buildZip([...smallModule, ...items]));
  expect(lookAt(room.into, ["lib", "lib/data.txt", "bin/tool"])).toEqual(["755 0:0", "644 0:0", "755 0:0"]);
});

function lookAt(tree: string, names: readonly string[]): readonly string[] {
  return names.map((name) => {
    const { uid, gid } = lstatSync(join(tree, name));
    return `${modeOf(join(tree, name)).toString(8)} ${uid}:${gid}`;
  });
}

function modeOf(path: string): number {
  return lstatSync(path).mode & 0o7777;
}

function isOdd(mode: number): boolean {
  return mode !== 0o755 && mode !== 0o644;
}
