import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import type { Damage, StatePlace } from "./state-damage.ts";
import type { StateImage } from "../state/state-image.ts";

/** Something else stands where a file or a directory of the state should be. Links are relative: they stay in the image. */
export function damageForms({ path, label }: StatePlace): readonly Damage[] {
  const replace = (what: string, make: (real: string, image: StateImage) => void): Damage => ({
    name: `${label} is replaced by ${what}`,
    apply(image) {
      const real = image.path(path);
      rmSync(real, { recursive: true });
      make(real, image);
    },
  });
  const toRoot = posix.relative(posix.dirname(path), "/");
  return [
    replace("nothing", () => undefined),
    replace("an empty directory", (real) => mkdirSync(real, { mode: 0o700 })),
    replace("an empty file", (real) => writeFileSync(real, "", { mode: 0o600 })),
    replace("a link to a file outside", (real) => symlinkSync(`${toRoot}/opt/canary/file`, real)),
    replace("a link to a directory outside", (real) => symlinkSync(`${toRoot}/opt/canary/dir`, real)),
    replace("a dangling link", (real) => symlinkSync(`${toRoot}/opt/canary/nothing`, real)),
    replace("a FIFO", (real) => void spawnSync("mkfifo", ["-m", "600", real])),
    {
      name: `${label} is moved away, with a link in its place`,
      apply(image) {
        renameSync(image.path(path), image.path("/opt/canary/moved"));
        symlinkSync(`${toRoot}/opt/canary/moved`, image.path(path));
      },
    },
  ];
}

/** Others than root can write it. */
export function damageRights({ path, label }: StatePlace): readonly Damage[] {
  return [
    { name: `${label} is another user's`, apply: (image) => chownSync(image.path(path), 4322, 4322) },
    { name: `${label} can be written by its group`, apply: (image) => addMode(image, path, 0o020) },
    { name: `${label} can be written by everybody`, apply: (image) => addMode(image, path, 0o002) },
  ];
}

function addMode(image: StateImage, path: string, bits: number): void {
  chmodSync(image.path(path), (lstatSync(image.path(path)).mode & 0o7777) | bits);
}
