import type { Diagnostic } from "../diagnostic.ts";

export const releaseDiagnostics = [] as const satisfies readonly Diagnostic[];
