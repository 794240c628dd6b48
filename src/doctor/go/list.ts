import { broughtGos } from "./brought-gos.ts";
import { emulation } from "./emulation.ts";
import { goArchitecture } from "./go-architecture.ts";
import { goTrees } from "./go-trees.ts";
import { gorootLink, gorootMount, gorootNetwork, gorootNoexec } from "./goroot-place.ts";
import { loneGo } from "./lone-go.ts";
import { ownParts } from "./own-parts.ts";
import { alternativesGo, aptGo, snapGo } from "./package-gos.ts";
import { toolchainCache, toolchainUnproven } from "./toolchains.ts";
import { goMissing, treeAdditions, treeChanged, treeMixed, treeModes, treePart, treeReplaced } from "./tree-state.ts";

export const goDiagnostics = [
  goMissing,
  treePart,
  treeMixed,
  treeReplaced,
  treeChanged,
  treeModes,
  treeAdditions,
  gorootLink,
  gorootMount,
  gorootNoexec,
  gorootNetwork,
  goArchitecture,
  emulation,
  loneGo,
  ownParts,
  goTrees,
  toolchainUnproven,
  toolchainCache,
  aptGo,
  snapGo,
  alternativesGo,
  ...broughtGos,
] as const;
