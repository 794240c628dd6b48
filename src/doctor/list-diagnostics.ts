import type { Diagnostic } from "./diagnostic.ts";
import { environmentDiagnostics } from "./environment/list.ts";
import { goDiagnostics } from "./go/list.ts";
import { hostDiagnostics } from "./host/list.ts";
import { networkDiagnostics } from "./network/list.ts";
import { releaseDiagnostics } from "./release/list.ts";

/** Every diagnostic, in the order in which findings are printed. */
const table = [
  ...goDiagnostics,
  ...environmentDiagnostics,
  ...networkDiagnostics,
  ...hostDiagnostics,
  ...releaseDiagnostics,
] as const;

export type DiagnosticId = (typeof table)[number]["id"];

export const diagnostics: readonly Diagnostic<DiagnosticId>[] = table;
