import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { checkout } from "../suite/lab-cache.ts";

/**
 * Judges objects by docs/result.schema.json; an empty list for what it takes. The schema lets later keys pass; here one that it
 * does not name is a key that nobody has documented.
 */
export function createResultJudge(): (result: unknown) => readonly string[] {
  const schema = JSON.parse(readFileSync(join(checkout, "docs/result.schema.json"), "utf8")) as object;
  const validate = new Ajv2020({ allErrors: true, validateFormats: false, strict: false }).compile(
    close(schema) as object,
  );
  return (result) => {
    if (validate(result)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`); // prettier-ignore
  };
}

/** Every object with named keys takes no others. */
function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== "object" || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]));
  return "properties" in schema && schema.properties !== null && !("additionalProperties" in schema)
    ? { ...closed, additionalProperties: false }
    : closed;
}
