import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { buildModules, bundleOne } from "./pack-modules.ts";

const run = promisify(execFile);

/** The mark in Node's binary that postject sets: https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/**
 * Makes readygo one executable from `node`, a Node of the running one's version for any architecture: the same bytes each
 * time. V8's code cache, a third of the time that a run with nothing to do takes, can only be made by a Node that runs
 * here: `hasCodeCache` is for this machine's own architecture.
 */
export async function makeSingleFile(node: string, into: string, hasCodeCache: boolean): Promise<void> {
  const scratch = mkdtempSync(`${into}.part-`);
  try {
    const blob = join(scratch, "blob");
    const executable = join(scratch, "executable");
    writeFileSync(join(scratch, "main.js"), await bundleOne("scripts/build/start-single-file.ts", "cjs"));
    const modules = await buildModules();
    for (const { name, text } of modules) {
      mkdirSync(dirname(join(scratch, name)), { recursive: true });
      writeFileSync(join(scratch, name), text);
    }
    const cached = hasCodeCache ? modules.map(({ name }) => name).filter(isOfEveryRun) : [];
    await run(process.execPath, ["--random-seed=1", "scripts/build/write-code-cache.ts", scratch, ...cached]);
    const names = [...modules.map(({ name }) => name), ...cached.map((name) => `${name}.cache`)];
    const config = {
      main: "main.js",
      output: "blob",
      assets: Object.fromEntries(names.map((name) => [name, name])),
      disableExperimentalSEAWarning: true,
      // What a root command runs is not for NODE_OPTIONS to say.
      execArgvExtension: "none",
    };
    writeFileSync(join(scratch, "sea.json"), JSON.stringify(config));
    // From there, since the path of the main script becomes part of the bytes.
    await run(process.execPath, ["--experimental-sea-config", "sea.json"], { cwd: scratch });
    // GNU strip knows the machine's own architecture only, elfutils' all. First: postject's section would not survive it.
    await run("eu-strip", ["-o", executable, node]);
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

/** Those that a run with nothing to do loads, about: the rest is for runs that take seconds, and a cache is large. */
function isOfEveryRun(name: string): boolean {
  const isOurs = /^(?:src|scripts|_virtual)\/|^node_modules\/(?:yargs|y18n|ini|escalade|get-caller-file)\b/.test(name);
  return isOurs && !isLater.some((pattern) => pattern.test(name));
}

const isLater = [
  /^node_modules\/yargs\/build\/lib\/completion/,
  /^src\/(?:apply|verify|doctor)\//,
  /^src\/release\/(?:sumdb|signature)\//,
  /^src\/fetch\/(?!http-client|choose-proxy|publisher|build-time)/,
  /^src\/cli\/(?:bundle-|completion\/|probe|(?!install-).*-command)/,
];
