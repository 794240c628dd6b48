import type { AbsolutePath } from "../host/absolute-path.ts";
import type { Origin } from "./origin.ts";

/** `~/.bashrc:12`, `/etc/profile.d/x.sh:3`; `undefined` where there is no file to name. */
export function describeOrigin(origin: Origin, home: AbsolutePath): string | undefined {
  if (origin.kind !== "line") return undefined;
  const isInHome = home !== "/" && origin.file.startsWith(`${home}/`);
  const file = isInHome ? `~${origin.file.slice(home.length)}` : origin.file;
  return origin.line === null ? file : `${file}:${origin.line}`;
}
