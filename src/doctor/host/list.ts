import { cacheOwner } from "./cache-owner.ts";
import { leftOvers, readygoItself } from "./left-overs.ts";
import { lowLimits } from "./limits.ts";
import { compilerMissing, gitMissing } from "./missing-programs.ts";
import { diskSpace, homeUnwritable, inodes } from "./room.ts";
import { containerInit, memory, wsl } from "./surroundings.ts";
import { dpkgKernel, glibcFloor, kernelFloor } from "./system-floors.ts";
import { binNoexec, tmpdirMissing, tmpdirNoexec, tmpdirSmall } from "./temporary-directories.ts";
import { ubuntuRelease } from "./ubuntu-release.ts";
import { usrLocalWritable } from "./usr-local-writable.ts";

export const hostDiagnostics = [
  kernelFloor,
  glibcFloor,
  dpkgKernel,
  ubuntuRelease,
  usrLocalWritable,
  diskSpace,
  inodes,
  homeUnwritable,
  cacheOwner,
  tmpdirMissing,
  tmpdirSmall,
  tmpdirNoexec,
  binNoexec,
  lowLimits,
  memory,
  compilerMissing,
  gitMissing,
  wsl,
  containerInit,
  leftOvers,
  readygoItself,
] as const;
