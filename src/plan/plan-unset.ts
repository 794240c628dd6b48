import type { ObservedFile } from "./observed-state.ts";
import type { WriteFileStep } from "./plan.ts";
import { planWrite } from "./plan-write.ts";

/**
 * What `go env -u NAME…` does to an account's file, less its other rewriting: the lines that set these names go. Undefined
 * where there are none.
 */
export function planUnset(file: ObservedFile, names: readonly string[]): WriteFileStep | undefined {
  const text = file.text ?? "";
  const kept = text
    .split("\n")
    .filter((line) => !names.some((name) => line.startsWith(`${name}=`)))
    .join("\n");
  if (kept === text) return undefined;
  return planWrite(file, kept, `${names.join(", ")} ${names.length === 1 ? "is" : "are"} unset, as by go env -u`);
}
