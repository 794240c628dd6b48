import type { CloudConfig } from "./cloud-config.ts";

/**
 * User-data as cloud-init reads it: the mark of its first line, a comment, and YAML 1.1 (what PyYAML knows: `0644` and
 * `yes` would be a number and a boolean there, unless quoted).
 */
export async function formatUserData(cloudConfig: CloudConfig, comment: readonly string[]): Promise<string> {
  const { Document } = await import("yaml");
  const document = new Document(cloudConfig, { version: "1.1" });
  const lines = comment.map((line) => `#${line}\n`).join("");
  // Folding long lines would be right in YAML, and make scripts unreadable.
  return `#cloud-config\n${lines}${document.toString({ lineWidth: 0, blockQuote: "literal", directives: false })}`;
}
