import { goTrees } from "./go-trees.ts";
import { ownParts } from "./own-parts.ts";

export const goDiagnostics = [goTrees, ownParts] as const;
