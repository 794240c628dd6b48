import { spawnSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { layers } from "../../../scripts/layers.ts";

const root = join(import.meta.dirname, "../../..");
const names = layers.map(({ name }) => name);
const rankOf = (path: string): number => names.indexOf(path.split("/")[0] ?? "");

/** What the lint says of a tree that has only these files. */
function lint(files: Readonly<Record<string, string>>): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), "readygo-layers-"));
  try {
    copyFileSync(join(root, "scripts/layers.oxlintrc.json"), join(directory, ".oxlintrc.json"));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(directory, dirname(path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const run = spawnSync(join(root, "node_modules/.bin/oxlint"), ["--format=unix", "."], {
      cwd: directory,
      encoding: "utf8",
    });
    return run.stdout.split("\n").flatMap((line) => /(src\/[^:]+):\d+/.exec(line)?.[1] ?? []);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("an import against the order of the layers fails the lint, in each direction that there is", () => {
  const pairs = names.flatMap((upper, at) => names.slice(at + 1).map((lower) => [upper, lower] as const));
  const against = pairs.map(([upper, lower]) => [
    `src/${lower}/to-${upper}.ts`,
    `export { x } from "../${upper}/x.ts";\n`,
  ]);
  const along = pairs.map(([upper, lower]) => [
    `src/${upper}/of-${lower}.ts`,
    `export { x } from "../${lower}/x.ts";\n`,
  ]);
  const files = Object.fromEntries([...against, ...along, ["src/errors/deep/main.ts", 'import "../../main.ts";\n']]);
  expect(new Set(lint(files))).toEqual(new Set([...against.map(([path]) => path), "src/errors/deep/main.ts"]));
});

test("a layer without the world has none of its modules", () => {
  const files = {
    "src/plan/a.ts": 'import { readFileSync } from "node:fs";\nexport const a = readFileSync;\n',
    "src/sources/b.ts": 'import { request } from "undici";\nexport const b = request;\n',
    "src/fetch/c.ts": 'import { request } from "undici";\nexport const c = request;\n',
    "src/verify/d.ts": "export const d = process.env;\n",
    "src/provision/e.ts": 'import ora from "ora";\nexport const e = ora;\n',
  };
  expect(new Set(lint(files))).toEqual(
    new Set(["src/plan/a.ts", "src/sources/b.ts", "src/verify/d.ts", "src/provision/e.ts"]),
  );
});

// The lint does not see import() expressions.
test("no import of src/ leads upwards", () => {
  const src = join(root, "src");
  const upwards = globSync("*/**/*.ts", { cwd: src }).flatMap((path) =>
    [...readFileSync(join(src, path), "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)]
      .map(([, target = ""]) => normalize(join(dirname(path), target)))
      .filter((target) => !target.startsWith("..") && rankOf(target) < rankOf(path))
      .map((target) => `${path} imports ${target}`),
  );
  expect(upwards).toEqual([]);
});
