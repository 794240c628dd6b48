import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly repository?: string | { readonly url: string };
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** What a licence refers to and its package does not bring: the Lesser GPL is the GPL with exceptions. */
const others: Readonly<Record<string, string>> = { "LGPL-3.0+": "/usr/share/common-licenses/GPL-3" };

/** Readable texts of packages that contain others' work and say so in comments alone, which minifying takes away. */
const commented: Readonly<Record<string, string>> = { openpgp: "dist/node/openpgp.mjs" };

const head = `readygo is under the MIT licence. It contains the packages below, each under its own licence, which follows its name.

The library OpenPGP.js is used by readygo and is covered by the GNU Lesser General Public License, version 3 or later.
Its source is at the address below; readygo's own, and what joins the two, is readygo's repository, where
\`npm run release\` makes the same file with any other OpenPGP.js in node_modules.

What readygo knows of vulnerabilities in Go's releases (manifests/go-advisories.json) is an extract of the Go vulnerability
database, https://vuln.go.dev, by The Go Authors, under the Creative Commons Attribution 4.0 International licence,
https://creativecommons.org/licenses/by/4.0/: numbers, names of packages and affected versions, in another form.
`;

/**
 * Writes the licences of all that is shipped: every package of package-lock.json that is not for development, as in the
 * SBOM; Node's own, with those of what Node contains, where `hasNode`.
 *
 * @throws Error where a package has no licence file
 */
export function writeNotices(path: string, hasNode: boolean): void {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as LockFile;
  const directories = Object.entries(lock.packages)
    .filter(([directory, { dev }]) => directory !== "" && dev !== true && existsSync(directory))
    .map(([directory]) => directory)
    .filter((directory) => hasNode || !isNode(directory));
  // Every Node has the same text; only this machine's own is installed.
  if (hasNode && !directories.some(isNode)) throw new Error("node_modules has no Node, whose licence is needed");
  writeFileSync(path, [head, ...directories.sort().map(describe)].join(`\n${"-".repeat(100)}\n\n`));
}

function isNode(directory: string): boolean {
  return basename(directory).startsWith("node-linux-");
}

function describe(directory: string): string {
  const { name, version, license, repository } = JSON.parse(
    readFileSync(join(directory, "package.json"), "utf8"),
  ) as Package;
  const file = readdirSync(directory).find((entry) => /^licen[cs]e(?:-\w+)?(?:\.(?:md|txt))?$/i.test(entry));
  if (file === undefined) throw new Error(`${directory} has no licence file`);
  const source = typeof repository === "string" ? repository : (repository?.url ?? "");
  const title = isNode(directory) ? `Node.js ${version}, in the single files only` : `${name} ${version}, ${license}`;
  const other = others[license];
  const comments = commented[name];
  const texts = [
    ...[join(directory, file), ...(other === undefined ? [] : [other])].map((path) => readText(path)),
    ...(comments === undefined ? [] : readCopyrightComments(join(directory, comments))),
  ];
  return `${title}\n${isNode(directory) ? "https://nodejs.org" : source}\n\n${texts.join("\n")}`;
}

/** Each once, in their order. */
function readCopyrightComments(path: string): readonly string[] {
  const comments = readFileSync(path, "utf8").match(/\/\*[^]*?\*\/|(?:^[ \t]*\/\/.*\n)+/gm) ?? [];
  const found = comments.filter((comment) => /copyright|\(c\) \d|public domain/i.test(comment));
  if (found.length === 0) throw new Error(`${path} has no copyright comments`);
  return [...new Set(found.map((comment) => `${comment.replace(/^[ \t]+/gm, "").trim()}\n`))];
}

function readText(path: string): string {
  return `${readFileSync(path, "utf8").replaceAll("\r\n", "\n").trim()}\n`;
}
