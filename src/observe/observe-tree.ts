import { isMountPoint } from "../host/host-facts.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import type { Receipt } from "../host/state/receipt.ts";
import { readStoredManifest } from "../host/state/stored-manifest.ts";
import { isTreeAsMarked } from "../host/state/tree-mark.ts";
import { listAdditions } from "../host/trees/list-additions.ts";
import { scanTree } from "../host/trees/scan-tree.ts";
import { parseElfArchitecture } from "../release/architecture.ts";
import { type GoVersion, parseGoVersion } from "../release/go-version.ts";
import { compareTree } from "../release/tree-manifest.ts";
import type { ObservedTree } from "../plan/observed-state.ts";

const versionFile = absolutePath(places.goroot, "VERSION");
const mostNamed = 5;

export interface ObserveTreeOptions {
  /** /proc/self/mountinfo of the machine that readygo runs on. */
  readonly mountInfo: string;
  /** Whether every file is held against tree.manifest. */
  readonly isThorough: boolean;
}

/**
 * What stands at /usr/local/go. A tree that readygo installed is recognised without a walk by what the receipt
 * has of it (tree-mark.ts); where that differs, or `isThorough`, every file is held against tree.manifest.
 */
export function observeTree(
  files: ReadFiles,
  receipt: Receipt | undefined,
  { mountInfo, isThorough }: ObserveTreeOptions,
): ObservedTree {
  // Before anything is asked of it: a mount whose server is gone answers nothing, or with an error.
  if (isMountPoint(mountInfo, files.locate(places.goroot))) return { kind: "mount" };
  const stat = files.stat(places.goroot);
  if (stat === undefined) return { kind: "absent" };
  if (stat.kind === "link") return { kind: "link", target: files.readLink(places.goroot) ?? "" };
  if (stat.kind !== "directory") return { kind: "other" };

  const versionText = files.read(versionFile);
  const version = parseVersionText(versionText);
  const elfHeader = files.readStart(places.goBinary, 64);
  const architecture = elfHeader === undefined ? undefined : parseElfArchitecture(elfHeader);
  if (receipt === undefined) return { kind: "directory", version, architecture, drift: undefined };
  if (version !== undefined && version !== receipt.version) {
    return {
      kind: "directory",
      version,
      architecture,
      drift: undefined,
      differences: compareWithReceipt(files, receipt).drift,
    };
  }
  if (!isThorough && isTreeAsMarked(files, receipt.tree))
    return { kind: "directory", version, architecture, drift: [] };
  return { kind: "directory", version, architecture, ...compareWithReceipt(files, receipt) };
}

/** The release that the tree at /usr/local/go says it is, whoever put it there. */
export function readTreeVersion(files: ReadFiles): GoVersion | undefined {
  return parseVersionText(files.read(versionFile));
}

function parseVersionText(content: Buffer | undefined): GoVersion | undefined {
  return parseGoVersion(content?.toString("utf8").split("\n")[0] ?? "");
}

/** Differences from tree.manifest in words, the first few by name; empty where the tree is whole. */
function compareWithReceipt(
  files: ReadFiles,
  receipt: Receipt,
): { readonly drift: readonly string[]; readonly isOnlyAddedTo: boolean } {
  const manifest = readStoredManifest(files, receipt);
  if (manifest === undefined) return { drift: [`${places.treeManifest} is missing or changed`], isOnlyAddedTo: false };
  const difference = compareTree(manifest, scanTree(files.locate(places.goroot), { hash: true }));
  const lines = [
    ...difference.missing.map((path) => `${path} is missing`),
    ...difference.added.map((path) => `${path} was added`),
    ...difference.changed.map(({ path, what }) => `${path} has another ${what}`),
  ];
  const drift =
    lines.length <= mostNamed ? lines : [...lines.slice(0, mostNamed), `and ${lines.length - mostNamed} more`];
  return { drift, isOnlyAddedTo: lines.length > 0 && lines.length === difference.added.length };
}

/** With what somebody put into readygo's own tree, for a plan that replaces it. */
export function observeAdditions(files: ReadFiles, tree: ObservedTree, receipt: Receipt | undefined): ObservedTree {
  if (tree.kind !== "directory" || tree.drift === undefined) return tree;
  const manifest = readStoredManifest(files, receipt);
  return manifest === undefined ? tree : { ...tree, additions: listAdditions(files, places.goroot, manifest) };
}
