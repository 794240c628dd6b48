import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { findGo } from "./machine-go.ts";
import { type LabArchive, makeSmallRelease } from "./releases.ts";

/**
 * A small release with a real go command, this machine's own under the number of a release that no list knows. Its other
 * programs are all the smallest of this machine's tools: nothing is compiled by them, but they say which release made them.
 */
export async function makeRealGoRelease(version: `1.${number}.${number}`): Promise<LabArchive> {
  const [own = "", tools = ""] = execFileSync(findGo(), ["env", "GOVERSION", "GOTOOLDIR"], { encoding: "utf8" }).split("\n"); // prettier-ignore
  // The bytes of the program stay where they are.
  if (own.length !== `go${version}`.length) throw new Error(`the lab needs a Go whose name is as long as go${version}`);
  const rename = (path: string): Buffer =>
    Buffer.from(readFileSync(realpathSync(path)).toString("latin1").replaceAll(own, `go${version}`), "latin1");
  const [smallest = ""] = readdirSync(tools)
    .map((name) => join(tools, name))
    .toSorted((one, other) => statSync(one).size - statSync(other).size);
  const tool = rename(smallest);
  const names = ["asm", "cgo", "compile", "link", "vet"].map((name) => `pkg/tool/linux_amd64/${name}`);
  const others = Object.fromEntries(["bin/gofmt", ...names].map((path) => [path, tool]));
  return makeSmallRelease(version, { files: { ...others, "bin/go": rename(findGo()) } });
}
