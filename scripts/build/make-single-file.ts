import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundleOne, packModules } from "./pack-modules.ts";

const run = promisify(execFile);

/** The mark in Node's binary that postject sets: https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/**
 * Makes readygo one executable from `node`, a Node of the same version for any architecture: the same bytes each time.
 * Without V8's code cache, which differs from run to run and can only be made by a Node that runs here.
 */
export async function makeSingleFile(node: string, into: string): Promise<void> {
  const scratch = mkdtempSync(`${into}.part-`);
  try {
    const blob = join(scratch, "blob");
    const executable = join(scratch, "executable");
    writeFileSync(join(scratch, "main.js"), await bundleOne("scripts/build/start-single-file.ts", "cjs"));
    writeFileSync(join(scratch, "modules"), await packModules());
    const config = {
      main: "main.js",
      output: "blob",
      assets: { modules: "modules" },
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
