import { posix } from "node:path";

declare const brand: unique symbol;

/** A normalised absolute path as the provisioned host sees it: under `--root DIR` it is still `/usr/local/go`. */
export type AbsolutePath = string & { readonly [brand]: "AbsolutePath" };

/** Parses a path; `undefined` for relative paths and for paths with a NUL byte. A trailing slash is dropped. */
export function parseAbsolutePath(text: string): AbsolutePath | undefined {
  if (!text.startsWith("/") || text.includes("\0")) return undefined;
  const normal = posix.normalize(text);
  return (normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal) as AbsolutePath;
}

/** For paths that are literals or built from one: throws a plain Error (a bug) where the text is no absolute path. */
export function absolutePath(...parts: readonly [string, ...string[]]): AbsolutePath {
  const path = parseAbsolutePath(posix.join(...parts));
  if (path === undefined) throw new Error(`not an absolute path: ${JSON.stringify(parts)}`);
  return path;
}
