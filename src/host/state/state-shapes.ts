import {
  array,
  custom,
  integer,
  maxValue,
  minValue,
  number,
  type ObjectEntries,
  type GenericSchema,
  picklist,
  pipe,
  readonly,
  regex,
  strictObject,
  string,
} from "valibot";
import { architectures } from "../../release/architecture.ts";
import { type GoVersion, parseGoVersion } from "../../release/go-version.ts";
import type { Sha256 } from "../../release/sha256.ts";
import { type AbsolutePath, parseAbsolutePath } from "../absolute-path.ts";

/** An object with these keys and no others: what readygo does not know, it does not act on. */
export const closed = <const Entries extends ObjectEntries>(entries: Entries) =>
  pipe(strictObject(entries), readonly());

export const listOf = <const Item extends GenericSchema<unknown, unknown>>(item: Item) => pipe(array(item), readonly());

/** A hash as readygo writes it: 64 lower-case digits. */
export const sha256 = custom<Sha256>(isMatch(/^[0-9a-f]{64}$/), "not a SHA-256");

export const goVersion = custom<GoVersion>(
  (value) => typeof value === "string" && parseGoVersion(value) === value,
  "not a release",
);

export const architecture = picklist(architectures, "not an architecture");

/** Normalised and absolute. */
export const path = custom<AbsolutePath>(
  (value) => typeof value === "string" && value.length < 4096 && parseAbsolutePath(value) === value,
  "not an absolute path",
);

/** A path of which only certain ones are readygo's to name. */
export const pathWhere = (isAllowed: (path: AbsolutePath) => boolean) =>
  custom<AbsolutePath>(
    (value) => typeof value === "string" && parseAbsolutePath(value) === value && isAllowed(value as AbsolutePath),
    "a path that is not one of readygo's",
  );

/** One component of a path, and neither `.`, `..` nor hidden. */
export const componentPattern = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$/;
export const component = pipe(string(), regex(componentPattern, "not the name of a file of readygo's"));

/** A name of passwd(5). Its length and letters are the host's own matter; a path or a line it is not. */
export const accountName = pipe(string(), regex(/^[^\s/:]{1,256}$/, "not the name of an account"));

export const mode = pipe(number(), integer(), minValue(0), maxValue(0o7777));
export const count = pipe(number(), integer(), minValue(0), maxValue(Number.MAX_SAFE_INTEGER));
export const digits = pipe(string(), regex(/^\d{1,30}$/, "not a number in digits"));
export const time = pipe(string(), regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "not a time"));

function isMatch(pattern: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === "string" && pattern.test(value);
}
