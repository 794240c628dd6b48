import { accountGo } from "./checks/account-go.ts";
import { archiveDigest } from "./checks/archive-digest.ts";
import { buildInfo } from "./checks/build-info.ts";
import { commandLinksCheck } from "./checks/command-links.ts";
import type { Check } from "./check.ts";
import { cgoBuild } from "./checks/cgo-build.ts";
import { crossCompile } from "./checks/cross-compile.ts";
import { noGopath, noGoroot } from "./checks/foreign-settings.ts";
import { goTest, raceDetector, sameBytes } from "./checks/deep-runtime.ts";
import { goEnv } from "./checks/go-env.ts";
import { goRun } from "./checks/go-run.ts";
import { goproxyEntries } from "./checks/goproxy-entries.ts";
import { goproxy } from "./checks/goproxy.ts";
import { goroot } from "./checks/goroot.ts";
import { hostFloors } from "./checks/host-floors.ts";
import { launchContexts } from "./checks/launch-contexts.ts";
import { modDownload } from "./checks/mod-download.ts";
import { interactiveShell, loginShell } from "./checks/shell-path.ts";
import { publicTree } from "./checks/public-tree.ts";
import { shellsKept } from "./checks/shells-kept.ts";
import { standardLibrary } from "./checks/standard-library.ts";
import { treeArchitecture } from "./checks/tree-architecture.ts";
import { treePath } from "./checks/tree-path.ts";
import { treeVersion } from "./checks/tree-version.ts";
import { whichGo } from "./checks/which-go.ts";
import { workDirectory } from "./checks/work-directory.ts";
import { runtimeTrace } from "./checks/runtime-trace.ts";
import { buildStd, testStd, vetStd } from "./checks/whole-library.ts";
import { wholeTree } from "./checks/whole-tree.ts";

/** Every check, in the order in which they run: what lies there, then who sees it, then what it can do. */
export const checks: readonly Check[] = [
  archiveDigest,
  treeArchitecture,
  wholeTree,
  publicTree,
  treePath,
  treeVersion,
  buildInfo,
  commandLinksCheck,
  whichGo,
  loginShell,
  interactiveShell,
  shellsKept,
  launchContexts,
  noGoroot,
  noGopath,
  goroot,
  accountGo,
  goproxy,
  goEnv,
  standardLibrary,
  buildStd,
  vetStd,
  testStd,
  workDirectory,
  hostFloors,
  goRun,
  crossCompile,
  cgoBuild,
  modDownload,
  goproxyEntries,
  raceDetector,
  goTest,
  sameBytes,
  runtimeTrace,
];
