// Says how large each folder of src/ is: `npm run house`, or `npm run house -- DIR` for another checkout's src.
// The median and the files under 30 are by all lines of a file; the last column is code, without blank lines and comments.
// An importer is a file of src/ that imports a file.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { layers } from "./layers.ts";

const top = process.argv[2] ?? "src";

interface Measured {
  readonly path: string;
  readonly lines: number;
  readonly codeLines: number;
  readonly imports: readonly string[];
}

const files = globSync("**/*.ts", { cwd: top }).toSorted().map(measure);
const importers = Map.groupBy(
  files.flatMap(({ path, imports }) => imports.map((target) => ({ path, target }))),
  ({ target }) => target,
);
const folders = Map.groupBy(files, ({ path }) => dirname(path));

console.log("folder                 files  median  under 30  one importer   code");
for (const [folder, members] of [...folders].toSorted(([a], [b]) => (a < b ? -1 : 1))) printRow(folder, members);
printRow("all", files);
console.log(`circles: ${countCircles()}`);

function measure(path: string): Measured {
  const text = readFileSync(join(top, path), "utf8");
  const code = text.replaceAll(/^\s*\/\*[^]*?\*\/[ \t]*$/gm, "").split("\n");
  const imports = [...text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)].map(([, target = ""]) =>
    normalize(join(dirname(path), target)),
  );
  const codeLines = code.filter((line) => !/^\s*(?:\/\/.*)?$/.test(line)).length;
  return { path, lines: text.split("\n").length - 1, codeLines, imports: [...new Set(imports)] };
}

function printRow(name: string, members: readonly Measured[]): void {
  const sizes = members.map(({ lines }) => lines).toSorted((a, b) => a - b);
  const numbers = [
    members.length,
    sizes[Math.floor(sizes.length / 2)] ?? 0,
    sizes.filter((lines) => lines < 30).length,
    members.filter(({ path }) => importers.get(path)?.length === 1).length,
    members.reduce((sum, { codeLines }) => sum + codeLines, 0),
  ];
  const widths = [7, 8, 10, 14, 7];
  console.log(name.padEnd(21) + numbers.map((number, at) => String(number).padStart(widths[at] ?? 0)).join(""));
}

/** Pairs of layers, or of folders within one, that import each other. */
function countCircles(): number {
  const known = layers.map(({ name }) => name);
  const edges = new Set(
    files.flatMap(({ path, imports }) => imports.map((target) => `${roomOf(path)} ${roomOf(target)}`)),
  );
  return known.flatMap((a) => known.filter((b) => a < b && edges.has(`${a} ${b}`) && edges.has(`${b} ${a}`))).length;
}

function roomOf(path: string): string {
  return path.split("/")[0] ?? "";
}
