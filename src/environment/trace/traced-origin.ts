import type { AbsolutePath } from "../../host/absolute-path.ts";

/**
 * Where a setting of a shell comes from:
 * - `line`: the command that made the value; `line` is null where only the file is known
 * - `start`: the shell was started with it, and no file of the shell changed it
 * - `unset`: the shell ends without it
 * - `unknown`: the shell's own tracing does not tell
 */
export type TracedOrigin =
  | { readonly kind: "line"; readonly file: AbsolutePath; readonly line: number | null }
  | { readonly kind: "start" }
  | { readonly kind: "unset" }
  | { readonly kind: "unknown"; readonly why: string };

export function unknownOrigin(why: string): TracedOrigin {
  return { kind: "unknown", why };
}
