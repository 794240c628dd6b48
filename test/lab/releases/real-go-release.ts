import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { findGo } from "./machine-go.ts";
import { type LabArchive, makeSmallRelease } from "./releases.ts";

/** A small release with a real go command, this machine's own under the number of a release that no list knows. */
export async function makeRealGoRelease(version: `1.${number}.${number}`): Promise<LabArchive> {
  const own = execFileSync(findGo(), ["env", "GOVERSION"], { encoding: "utf8" }).trim();
  // The bytes of the program stay where they are.
  if (own.length !== `go${version}`.length) throw new Error(`the lab needs a Go whose name is as long as go${version}`);
  const program = readFileSync(realpathSync(findGo())).toString("latin1").replaceAll(own, `go${version}`);
  return makeSmallRelease(version, { files: { "bin/go": Buffer.from(program, "latin1") } });
}
