import { archiveDigest } from "./checks/archive-digest.ts";
import type { Check } from "./check.ts";
import { crossCompile } from "./checks/cross-compile.ts";
import { noGopath, noGoroot } from "./checks/foreign-settings.ts";
import { goRun } from "./checks/go-run.ts";
import { goproxy } from "./checks/goproxy.ts";
import { goroot } from "./checks/goroot.ts";
import { launchContexts } from "./checks/launch-contexts.ts";
import { modDownload } from "./checks/mod-download.ts";
import { interactiveShell, loginShell } from "./checks/shell-path.ts";
import { publicTree } from "./checks/public-tree.ts";
import { shellsKept } from "./checks/shells-kept.ts";
import { standardLibrary } from "./checks/standard-library.ts";
import { treeArchitecture } from "./checks/tree-architecture.ts";
import { treeVersion } from "./checks/tree-version.ts";
import { whichGo } from "./checks/which-go.ts";
import { wholeTree } from "./checks/whole-tree.ts";

/** Every check, in the order in which they run: what lies there, then who sees it, then what it can do. */
export const checks: readonly Check[] = [
  archiveDigest,
  treeArchitecture,
  wholeTree,
  publicTree,
  treeVersion,
  whichGo,
  loginShell,
  interactiveShell,
  shellsKept,
  launchContexts,
  noGoroot,
  noGopath,
  goroot,
  goproxy,
  standardLibrary,
  goRun,
  crossCompile,
  modDownload,
];
