import type { Diagnostic } from "../diagnostic.ts";

export const hostDiagnostics = [] as const satisfies readonly Diagnostic[];
