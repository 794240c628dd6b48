import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cached } from "../suite/lab-cache.ts";
import { type LabArchive, makeSmallRelease, officialRelease, officialVersions } from "./releases.ts";

const run = promisify(execFile);

/**
 * A small release with a real go command, an official one under the number of a release that no list knows. Its other
 * programs are all the smallest of the official tools: nothing is compiled by them, but they say which release made them.
 */
export async function makeRealGoRelease(version: `1.${number}.${number}`): Promise<LabArchive> {
  const own = officialVersions.older;
  // The bytes of the program stay where they are.
  if (own.length !== version.length) throw new Error(`the lab needs a Go whose name is as long as go${version}`);
  const programs = await cached(`programs/official-go-${own}`, async (into) => {
    const { path } = await officialRelease(own);
    await run("tar", ["-xzf", path, "-C", into, "--strip-components=1", "go/bin", "go/pkg/tool"]);
  });
  const rename = (path: string): Buffer =>
    Buffer.from(readFileSync(path).toString("latin1").replaceAll(`go${own}`, `go${version}`), "latin1");
  const tools = join(programs, "pkg/tool/linux_amd64");
  const [smallest = ""] = readdirSync(tools)
    .map((name) => join(tools, name))
    .toSorted((one, other) => statSync(one).size - statSync(other).size);
  const tool = rename(smallest);
  const names = ["asm", "cgo", "compile", "link", "vet"].map((name) => `pkg/tool/linux_amd64/${name}`);
  const others = Object.fromEntries(["bin/gofmt", ...names].map((path) => [path, tool]));
  return makeSmallRelease(version, { files: { ...others, "bin/go": rename(join(programs, "bin/go")) } });
}
