import { posix } from "node:path";
import type { AbsolutePath } from "../host/absolute-path.ts";
import type { ShellDialect } from "./managed-block.ts";

/** The language of a file that `chooseRcFiles` named, by its name alone. */
export function dialectOf(path: AbsolutePath): ShellDialect {
  const name = posix.basename(path);
  if (name.endsWith(".fish")) return "fish";
  if (name.startsWith(".z")) return "zsh";
  return name.startsWith(".bash") ? "bash" : "sh";
}
