import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import type { CheckContext } from "./check.ts";

/** The system's own, which root runs: nothing that somebody has put into /usr/local. */
const compilers = [absolutePath("/usr/bin/gcc"), absolutePath("/usr/bin/clang")] as const;

/** The C compiler that checks use; undefined where the host has none. */
export function findCompiler({ files }: Pick<CheckContext, "files">): AbsolutePath | undefined {
  return compilers.find((path) => files.resolve(path) !== undefined);
}
