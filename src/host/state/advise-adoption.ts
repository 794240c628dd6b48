import { parseGoVersion } from "../../release/go-version.ts";
import { absolutePath } from "../absolute-path.ts";
import { places } from "../places.ts";
import type { ReadFiles } from "../ports.ts";

/**
 * The command that leads out of a state that cannot be used: it sets that state aside and takes the host as it is. It
 * names the release that stands there, so that it changes no more than it has to; where none stands there, none.
 */
export function adviseAdoption(files: ReadFiles): string {
  const first = files.readStart(absolutePath(places.goroot, "VERSION"), 100)?.toString("utf8").split("\n")[0] ?? "";
  const version = parseGoVersion(first)?.slice(2);
  return `readygo install ${version === undefined ? "" : `${version} `}--adopt`;
}
