import { createHash } from "node:crypto";
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import type { Damage, StatePlace } from "./state-damage.ts";
import type { StateImage } from "../state/state-image.ts";

/** What a disk or a cut-off write does: the file ends early, or one bit of it is another. `every`: of the sixteenths. */
export function damageBytes(image: StateImage, { path, label }: StatePlace, every: number): readonly Damage[] {
  const sixteenths = Array.from({ length: 16 }, (_, index) => index).filter((index) => index % every === 0);
  const { size } = statSync(image.path(path));
  if (size === 0) return [];
  return [
    ...sixteenths.map((index) => ({
      name: index === 0 ? `${label} is empty` : `${label} is cut at ${index}/16`,
      isLikeCrash: path === "/var/lib/readygo/journal",
      apply: (copy: StateImage) => truncateSync(copy.path(path), Math.floor((size * index) / 16)),
    })),
    ...sixteenths.map((index) => ({
      name: `${label} has a bit flipped in its ${index + 1}. sixteenth`,
      apply: (copy: StateImage) => flipBit(copy.path(path), index, seedOf(label, index)),
    })),
  ];
}

function flipBit(real: string, sixteenth: number, seed: number): void {
  const bytes = readFileSync(real);
  const start = Math.floor((bytes.length * sixteenth) / 16);
  const end = Math.max(Math.floor((bytes.length * (sixteenth + 1)) / 16), start + 1);
  const at = start + ((seed >>> 3) % (end - start));
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (seed & 7));
  writeFileSync(real, bytes);
}

/** A number that depends on nothing but the words: which bit of which byte is flipped. */
function seedOf(...words: readonly (string | number)[]): number {
  return createHash("sha256").update(words.join("\0")).digest().readUInt32LE(0);
}
