import type { ObservedFile } from "./observed-state.ts";
import type { WriteFileStep } from "./plan.ts";

/** Then it has to come into the receipt again, or `uninstall` would not know of it. */
export const lostReceipt = "readygo's part is in it, and the receipt does not know";

export function planWrite(file: ObservedFile, content: string, reason: string): WriteFileStep {
  return {
    kind: "write-file",
    target: file.path,
    owner: file.owner,
    content,
    formerContent: file.text,
    mode: file.mode,
    beforeSha256: file.sha256,
    restores: file.restores,
    missingDirectories: file.missingDirectories,
    reason,
    before: file.text === null ? "absent" : describeSize(file.text),
    after: describeSize(content),
  };
}

function describeSize(text: string): string {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return `${lines} lines, ${text.length} bytes`;
}
