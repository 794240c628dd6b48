import { absolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { CheckContext } from "./check.ts";

/** The programs of the release, by their paths in the tree: what others have put into bin is not among them. */
export function listPrograms({ files, architecture }: Pick<CheckContext, "files" | "architecture">): readonly string[] {
  const directory = `pkg/tool/linux_${architecture}`;
  const tools = files.list(absolutePath(places.goroot, directory)).map((name) => `${directory}/${name}`);
  // Without it nothing is compiled, and an empty directory would else pass.
  const compiler = `${directory}/compile`;
  return ["bin/go", "bin/gofmt", ...(tools.includes(compiler) ? [] : [compiler]), ...tools];
}
