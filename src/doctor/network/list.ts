import type { Diagnostic } from "../diagnostic.ts";

export const networkDiagnostics = [] as const satisfies readonly Diagnostic[];
