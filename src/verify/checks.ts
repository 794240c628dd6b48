import { archiveDigest } from "./archive-digest.ts";
import type { Check } from "./check.ts";
import { crossCompile } from "./cross-compile.ts";
import { noGopath, noGoroot } from "./foreign-settings.ts";
import { goRun } from "./go-run.ts";
import { goproxy } from "./goproxy.ts";
import { goroot } from "./goroot.ts";
import { modDownload } from "./mod-download.ts";
import { interactiveShell, loginShell } from "./shell-path.ts";
import { publicTree } from "./public-tree.ts";
import { standardLibrary } from "./standard-library.ts";
import { treeArchitecture } from "./tree-architecture.ts";
import { treeVersion } from "./tree-version.ts";
import { whichGo } from "./which-go.ts";
import { wholeTree } from "./whole-tree.ts";

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
  noGoroot,
  noGopath,
  goroot,
  goproxy,
  standardLibrary,
  goRun,
  crossCompile,
  modDownload,
];
