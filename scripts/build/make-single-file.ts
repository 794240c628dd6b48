import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";
import { groupModules } from "./module-group.ts";
import { buildModules, bundleOne, packModules } from "./pack-modules.ts";

const run = promisify(execFile);

/** The mark in Node's binary that postject sets: https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/**
 * Makes readygo one executable from `node`, a Node of the running one's version for any architecture: the same bytes each
 * time. V8's code cache, a third of the time that a run with nothing to do takes, can only be made by a Node that runs
 * here: `hasCodeCache` is for this machine's own architecture. One that `isReleased` is made as small as can be, which takes
 * elfutils and seconds.
 */
export async function makeSingleFile(
  node: string,
  into: string,
  { hasCodeCache, isReleased }: { readonly hasCodeCache: boolean; readonly isReleased: boolean },
): Promise<void> {
  const scratch = mkdtempSync(`${into}.part-`);
  try {
    const blob = join(scratch, "blob");
    const executable = join(scratch, "executable");
    writeFileSync(join(scratch, "main.js"), await bundleOne("scripts/build/start-single-file.ts", "cjs"));
    const modules = await buildModules();
    const groups = readStartModules();
    const groupOf = new Map(groups.flatMap(({ group, names }) => names.map((name) => [name, group])));
    const lost = [...groupOf.keys()].filter((listed) => !modules.some(({ name }) => name === listed));
    if (lost.length > 0) throw new Error(`start-modules.json names what is no module: ${lost.join(", ")}`);
    for (const { group } of groups) {
      writeFileSync(join(scratch, group), groupModules(modules.filter(({ name }) => groupOf.get(name) === group)));
    }
    writeFileSync(join(scratch, "groups.json"), JSON.stringify(Object.fromEntries(groupOf)));
    const others = Buffer.from(packModules(modules.filter(({ name }) => !groupOf.has(name))));
    writeFileSync(join(scratch, "others"), brotliCompressSync(others, isReleased ? brotliOptions : quickOptions));
    const scripts = groups.map(({ group }) => group);
    const cached = hasCodeCache ? scripts : [];
    await run(process.execPath, ["--random-seed=1", "scripts/build/write-code-cache.ts", scratch, ...cached]);
    const names = ["others", "groups.json", ...scripts, ...cached.map((name) => `${name}.cache`)];
    const config = {
      main: "main.js",
      output: "blob",
      assets: Object.fromEntries(names.map((name) => [name, name])),
      disableExperimentalSEAWarning: true,
      // The heap's young generation grows to 48 MB else, of garbage; no slower with 3. A heap that may have 1 GB and more is
      // let grow fourfold between two collections, one of less twofold: 40 MB less at the peak, no slower.
      execArgv: ["--max-semi-space-size=1", "--max-old-space-size=960"],
      // What a root command runs is not for NODE_OPTIONS to say.
      execArgvExtension: "none",
    };
    writeFileSync(join(scratch, "sea.json"), JSON.stringify(config));
    // From there, since the path of the main script becomes part of the bytes.
    await run(process.execPath, ["--experimental-sea-config", "sea.json"], { cwd: scratch });
    // GNU strip knows the machine's own architecture only, elfutils' all. First: postject's section would not survive it.
    if (isReleased) await run("eu-strip", ["-o", executable, node]);
    else copyFileSync(node, executable);
    await run(process.execPath, [
      "node_modules/postject/dist/cli.js",
      executable,
      "NODE_SEA_BLOB",
      blob,
      "--sentinel-fuse",
      fuse,
    ]);
    chmodSync(executable, 0o755);
    renameSync(executable, into);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Its best, with all that it has seen to look back on. */
const brotliOptions = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS },
};

const quickOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

interface StartGroup {
  /** The file name of its script. */
  readonly group: string;
  readonly names: readonly string[];
}

/**
 * Modules by what loads them: any process of readygo, the child that works in a home, a command with nothing to do.
 * test/hosts/release.test.ts holds the lists against a run.
 */
function readStartModules(): readonly StartGroup[] {
  const lists = JSON.parse(readFileSync("scripts/build/start-modules.json", "utf8")) as Record<string, string[]>;
  return Object.entries(lists).map(([name, names]) => ({ group: `${name}.group.js`, names }));
}
