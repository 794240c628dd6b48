import { adviseAdoption, checkOwnPlaces } from "./own-places.ts";
import { flatten, type GenericSchema, safeParse } from "valibot";
import { ProvisionError } from "../../errors/provision-error.ts";
import { hashBytes } from "../../release/sha256.ts";
import type { AbsolutePath } from "../absolute-path.ts";
import type { ReadFiles } from "../ports.ts";
import { isErrno } from "../real-files.ts";

/**
 * The schema that this readygo writes. 1 had neither a checksum nor the name of its writer; 2 knew no links and no rc files
 * that are left alone.
 */
export const stateSchema = 3;
const readableSchemas: readonly unknown[] = [2, stateSchema];

/**
 * The text of a state file: one JSON object, whose first keys say which schema it has, who wrote it, and the SHA-256 of
 * the rest as `JSON.stringify` gives it, so that no byte of it changes unseen.
 */
export function formatStateFile(body: object, writtenBy: string): string {
  const checksum = hashBytes(Buffer.from(JSON.stringify(body)));
  return `${JSON.stringify({ schema: stateSchema, writtenBy, checksum, ...body }, null, 2)}\n`;
}

/**
 * A state file, parsed by `schema`; undefined where there is none.
 *
 * @throws ProvisionError `state-invalid` with the file, what is wrong with it, and who wrote it; `rights-missing` where
 *   only root may read it; as checkOwnPlaces
 */
export function readStateFile<Value>(
  files: ReadFiles,
  path: AbsolutePath,
  schema: GenericSchema<unknown, Value>,
): Value | undefined {
  checkOwnPlaces(files);
  const text = readStateText(files, path);
  if (text === undefined) return undefined;
  const { body, writtenBy } = unwrap(files, path, text);
  return parseState(files, path, { schema, value: body, writtenBy });
}

/** @throws ProvisionError `state-invalid` where the value has another shape, or names a place that is not readygo's */
export function parseState<Value>(
  files: ReadFiles,
  path: AbsolutePath,
  { schema, value, writtenBy }: StateValue<Value>,
): Value {
  const parsed = safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const { nested = {}, root = [], other = [] } = flatten(parsed.issues);
  const [where, why] = Object.entries(nested)[0] ?? ["", [...root, ...other]];
  throw stateInvalid(
    files,
    path,
    `${where === "" ? "it" : where}: ${why?.[0] ?? "not what readygo writes"}`,
    writtenBy,
  );
}

interface StateValue<Value> {
  readonly schema: GenericSchema<unknown, Value>;
  readonly value: unknown;
  readonly writtenBy: string;
}

export function stateInvalid(
  files: ReadFiles,
  path: AbsolutePath,
  wrong: string,
  writtenBy: string,
  cause?: unknown,
): ProvisionError {
  // Under --root DIR this machine has a file of that name, too.
  const file = files.locate(path);
  return new ProvisionError("state-invalid", `${file} cannot be used; nothing was changed`, {
    details: { file, wrong, "written by": writtenBy },
    remedy: [adviseAdoption(files)],
    cause,
  });
}

export const unknownWriter = "not known";
/** What the first schema says of its writer. */
export const firstWriter = "a readygo that wrote schema 1";

function unwrap(
  files: ReadFiles,
  path: AbsolutePath,
  text: string,
): { readonly body: unknown; readonly writtenBy: string } {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch (cause) {
    throw stateInvalid(files, path, "it is not JSON", unknownWriter, cause);
  }
  if (typeof whole !== "object" || whole === null || Array.isArray(whole)) {
    throw stateInvalid(files, path, "it is not a JSON object", unknownWriter);
  }
  const { schema, ...rest } = whole as Record<string, unknown>;
  if (schema === 1) return { body: rest, writtenBy: firstWriter };
  const { writtenBy, checksum, ...body } = rest;
  const writer = nameWriter(writtenBy);
  requireKnownSchema(files, path, { schema, writtenBy: writer });
  if (checksum !== hashBytes(Buffer.from(JSON.stringify(body)))) {
    throw stateInvalid(files, path, "its checksum is not that of its content", writer);
  }
  return { body, writtenBy: writer };
}

/** @throws ProvisionError `state-invalid` */
export function requireKnownSchema(
  files: ReadFiles,
  path: AbsolutePath,
  { schema, writtenBy }: { readonly schema: unknown; readonly writtenBy: string },
): void {
  if (readableSchemas.includes(schema)) return;
  const isNewer = typeof schema === "number" && schema > stateSchema;
  const what = isNewer
    ? `its schema is ${schema}, which is newer than this readygo knows (${stateSchema})`
    : `its schema is none that readygo knows (${JSON.stringify(schema ?? null).slice(0, 40)})`;
  throw stateInvalid(files, path, what, writtenBy);
}

export function nameWriter(writtenBy: unknown): string {
  return typeof writtenBy === "string" && /^readygo [\w.+-]{1,40}$/.test(writtenBy) ? writtenBy : unknownWriter;
}

/** @throws ProvisionError `rights-missing`, and `state-invalid` where it is larger than any that readygo writes */
export function readStateText(files: ReadFiles, path: AbsolutePath): string | undefined {
  try {
    return files.read(path)?.toString("utf8");
  } catch (cause) {
    if (isErrno(cause, "EACCES", "EPERM")) {
      throw new ProvisionError("rights-missing", `only root can read ${path}`, { cause });
    }
    if (cause instanceof Error && !("syscall" in cause)) {
      throw stateInvalid(files, path, cause.message, unknownWriter, cause);
    }
    throw cause;
  }
}
