import { basename, join } from "node:path";
import { rolldown } from "rolldown";

/** Makes one JavaScript file of a program, which Node starts in a quarter of the time; in `into`, for any account to read. */
export async function compileProgram(entry: string, into: string): Promise<string> {
  const file = join(into, basename(entry).replace(/\.ts$/, ".mjs"));
  const bundle = await rolldown({ input: entry, platform: "node", logLevel: "silent" });
  await bundle.write({ file });
  await bundle.close();
  return file;
}
