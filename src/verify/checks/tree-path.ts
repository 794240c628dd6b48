import { quoteForShell } from "../../errors/aim-at-image.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { hasOneWriter } from "../../host/one-writer.ts";
import { places } from "../../host/places.ts";
import type { FileStat, ReadFiles } from "../../host/ports.ts";
import { type Check, fail, pass } from "../check.ts";

/** Who can write a directory above the tree can put another tree in its place. */
const way: readonly AbsolutePath[] = [absolutePath("/"), absolutePath("/usr"), places.usrLocal, places.goroot];

export const treePath: Check = {
  id: "tree-path",
  layer: 1,
  proves: "root alone can change what lies on the way to the tree: owner and mode of /, /usr, /usr/local and the tree",
  cost: "look",
  bound: 1,
  isProof: true,
  needsRunning: false,
  run({ files }) {
    // What is no directory is no way either: `tree-manifest` tells that.
    const open = way.flatMap((path) => {
      const stat = files.stat(path);
      if (stat?.kind !== "directory" || hasOneWriter(stat, { uid: 0, gid: 0 })) return [];
      return [{ path, who: `can be written by ${nameWriters(files, stat)}` }];
    });
    if (open.length === 0) return Promise.resolve(pass(`${way.join(", ")}: root's, and nobody else may write there`));
    // Under --root DIR what is said to be done would else be done to this machine.
    const paths = open.map(({ path }) => quoteForShell(files.locate(path))).join(" ");
    return Promise.resolve(
      fail(open.map(({ path, who }) => `${path} ${who}`).join("; "), `chown root:root ${paths} && chmod go-w ${paths}`),
    );
  },
};

/** An access list shows in the group's bits: they are the most that it grants (acl(5)). */
function nameWriters(files: ReadFiles, { uid, gid, mode }: FileStat): string {
  if ((mode & 0o002) !== 0) return `everybody (mode ${mode.toString(8)})`;
  const owner = uid === 0 ? [] : [`its owner ${nameOf(files, "/etc/passwd", uid)}`];
  const isGroups = gid !== 0 && (mode & 0o020) !== 0;
  return [...owner, ...(isGroups ? [`the group ${nameOf(files, "/etc/group", gid)}`] : [])].join(" and ");
}

function nameOf(files: ReadFiles, file: string, id: number): string {
  const lines = files.read(absolutePath(file))?.toString("utf8").split("\n") ?? [];
  const name = lines.map((line) => line.split(":")).find((fields) => fields[2] === String(id))?.[0];
  return name ?? String(id);
}
