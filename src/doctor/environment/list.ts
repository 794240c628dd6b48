import {
  cgoNoCompiler,
  go111module,
  gocache,
  goexperiment,
  goflags,
  goosGoarch,
  gotmpdir,
  gowork,
} from "./build-settings.ts";
import { contextAlias, contextNone, contextOther } from "./contexts.ts";
import { environmentLiteral } from "./environment-literal.ts";
import { goenv, goenvUnreadable, storedSettings } from "./goenv.ts";
import { homeWorkspace } from "./home-workspace.ts";
import { tmuxOldEnvironment } from "./tmux-old-environment.ts";
import { gobinNotOnPath, gopathSrc } from "./own-programs.ts";
import { gobin, gopath, goroot } from "./path-settings.ts";
import { profileDLater, profileHidden, profileOrder } from "./profile-files.ts";
import { rcDuplicates, rcExec, rcUnreachable, shellSilent } from "./rc-lines.ts";
import { contextReal } from "./real-contexts.ts";
import { serviceHome } from "./service-home.ts";
import { gotoolchainOffline, gotoolchainOlder } from "./toolchain-settings.ts";

/** What decides which go a process finds, then what that go is told, then the files of shells. */
export const environmentDiagnostics = [
  contextNone,
  contextOther,
  contextAlias,
  contextReal,
  shellSilent,
  tmuxOldEnvironment,
  goroot,
  gopath,
  gobin,
  gotoolchainOlder,
  gotoolchainOffline,
  go111module,
  goflags,
  gocache,
  goosGoarch,
  cgoNoCompiler,
  goexperiment,
  gowork,
  gotmpdir,
  goenv,
  goenvUnreadable,
  homeWorkspace,
  storedSettings,
  environmentLiteral,
  profileHidden,
  profileOrder,
  profileDLater,
  rcDuplicates,
  rcUnreachable,
  rcExec,
  gopathSrc,
  gobinNotOnPath,
  serviceHome,
] as const;
