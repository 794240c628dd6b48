import { toJsonSchema } from "@valibot/to-json-schema";
import { resultParts, resultSchemaVersion, resultShape } from "../src/report/result/result-shape.ts";

/** docs/result.schema.json: JSON Schema (2020-12) of what `--json` prints. */
export function formatResultSchema(): string {
  const { $schema, ...schema } = toJsonSchema(resultShape, {
    target: "draft-2020-12",
    definitions: resultParts,
    // TypeScript's word, not JSON Schema's.
    ignoreActions: ["readonly"],
  });
  const head = {
    $schema,
    $id: `urn:readygo:result:${resultSchemaVersion}`,
    title: `What a readygo command came to, version ${resultSchemaVersion}`,
    description:
      "Printed by --json, written by --report json:FILE, read by `readygo report`. docs/reports.md explains it.",
  };
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`;
}
