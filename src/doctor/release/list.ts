import { releasePatch, releaseUnsupported, releaseVulnerable } from "./release-state.ts";

export const releaseDiagnostics = [releaseUnsupported, releaseVulnerable, releasePatch] as const;
