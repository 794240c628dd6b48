import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath } from "../absolute-path.ts";
import { places } from "../places.ts";
import type { FileStat, ReadFiles } from "../ports.ts";
import { hashBytes } from "../../release/sha256.ts";
import type { InstalledRelease } from "./receipt.ts";

type TreeMark = Omit<InstalledRelease["tree"], "manifestSha256">;

/**
 * By what a run that changes nothing recognises the tree at /usr/local/go without a walk: its root directory, VERSION and
 * bin/go. Whoever has changed owners or modes of the whole tree has changed those of bin/go, and with them its ctime, which
 * nobody can set. Undefined where no tree stands there.
 */
function markTree(files: ReadFiles): TreeMark | undefined {
  const [root, program] = [files.stat(places.goroot), files.stat(places.goBinary)];
  const versionFile = files.read(absolutePath(places.goroot, "VERSION"));
  if (root?.kind !== "directory" || versionFile === undefined) return undefined;
  return {
    inode: root.inode,
    mtimeNs: root.mtimeNs,
    versionFileSha256: hashBytes(versionFile),
    ...(program === undefined ? {} : { program: { size: program.size, ctimeNs: program.ctimeNs } }),
  };
}

/** @throws ProvisionError `step-failed` where no tree stands at /usr/local/go right after one was put there */
export function markPlacedTree(files: ReadFiles): TreeMark {
  const mark = markTree(files);
  if (mark === undefined) throw new ProvisionError("step-failed", `${places.goroot} is not what was just put there`);
  return mark;
}

/** Whether what stands at /usr/local/go can be taken for the tree that was marked; where not, every file has to be looked at. */
export function isTreeAsMarked(files: ReadFiles, marked: InstalledRelease["tree"]): boolean {
  const found = markTree(files);
  // A receipt of an earlier readygo says nothing of bin/go.
  const known = marked.program ?? found?.program;
  return (
    found?.inode === marked.inode &&
    found.mtimeNs === marked.mtimeNs &&
    found.versionFileSha256 === marked.versionFileSha256 &&
    found.program?.size === known?.size &&
    found.program?.ctimeNs === known?.ctimeNs &&
    isAsReleased(files.stat(places.goroot)) &&
    isAsReleased(files.stat(places.goBinary))
  );
}

/** The root directory of a tree and its programs are root's, and 0755 in every release. */
function isAsReleased(stat: FileStat | undefined): boolean {
  return stat?.uid === 0 && stat.mode === 0o755;
}
