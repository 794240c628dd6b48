import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { minifySync } from "rolldown/experimental";
import { type Plugin, rolldown } from "rolldown";
import { commentEnd, separator } from "./lazy-modules.ts";
import { readBuildTime } from "./read-build-time.ts";
import { readReleaseIdentity } from "./release-identity.ts";

const workerText = "/src/fetch/unpack/unpack-worker-text.ts";

/** Puts the text of the unpacking thread's program, one script, in place of src/fetch/unpack/unpack-worker-text.ts. */
export function inlineUnpackWorker(): Plugin {
  return {
    name: "inline-unpack-worker",
    async load(id) {
      if (!id.endsWith(workerText)) return undefined;
      const text = await bundleOne("src/fetch/unpack/unpack-worker-entry.ts", "cjs");
      return `export const unpackWorkerText = ${JSON.stringify(text)};`;
    },
  };
}

/**
 * yargs loads string-width at each start to lay out help. Its patterns for emoji and its segmenter take 20 ms, as long
 * as Node itself; readygo's help is ASCII.
 */
function narrowYargs(): Plugin {
  return {
    name: "narrow-yargs",
    resolveId(source, importer) {
      const isHelp = /\/node_modules\/(?:yargs|cliui|wrap-ansi)\//.test(importer ?? "");
      return isHelp && source === "string-width" ? resolve("scripts/build/ascii-width.ts") : undefined;
    },
  };
}

/** JSON stays JSON: V8 reads 180 kB of it several times faster than as the object literal that rolldown makes of it. */
function keepJson(): Plugin {
  return {
    name: "keep-json",
    load(id) {
      if (!id.endsWith(".json")) return undefined;
      const text = JSON.stringify(JSON.parse(readFileSync(id, "utf8")));
      return { code: `export default JSON.parse(${JSON.stringify(text)});`, moduleType: "js" };
    },
  };
}

interface PackedModule {
  readonly name: string;
  readonly text: string;
}

/** The command's modules in the form that lazy-modules.ts runs; all that they need is among them. */
export async function buildModules(): Promise<readonly PackedModule[]> {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const { keys, base, mark } = readReleaseIdentity();
  const bundle = await rolldown({
    input: "src/main.ts",
    platform: "node",
    plugins: [inlineUnpackWorker(), narrowYargs(), keepJson()],
    transform: {
      define: {
        __READYGO_VERSION__: JSON.stringify(version),
        __READYGO_VERSION_TEXT__: JSON.stringify(version + mark),
        __READYGO_RELEASE_KEYS__: JSON.stringify(keys.join("\n")),
        __READYGO_BASE__: JSON.stringify(base),
        __READYGO_BUILT__: JSON.stringify(readBuildTime()),
        __READYGO_SOURCES__: JSON.stringify(readFileSync("manifests/sources.ini", "utf8")),
        __READYGO_MODULE_PROXIES__: JSON.stringify(readFileSync("manifests/module-proxies.ini", "utf8")),
      },
    },
    checks: { pluginTimings: false },
    onLog(level, log) {
      // CommonJS has none; yargs looks there for a place of its own, which it does not need.
      if (log.code !== "EMPTY_IMPORT_META") throw new Error(`${level}: ${log.message}`);
    },
  });
  const { output } = await bundle.generate({
    format: "cjs",
    preserveModules: true,
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
  });
  await bundle.close();
  return output.map((chunk) => {
    if (chunk.type !== "chunk") throw new Error(`${chunk.fileName} is no module`);
    return { name: chunk.fileName, text: isOthers(chunk.fileName) ? squeeze(chunk.fileName, chunk.code) : chunk.code };
  });
}

function isOthers(name: string): boolean {
  return name.startsWith("node_modules/");
}

/** Without white space and long local names. readygo's own modules keep both, so that a stack trace says where. */
function squeeze(name: string, text: string): string {
  const { code, errors } = minifySync(name, text, { compress: false, mangle: true });
  if (errors.length > 0) throw new Error(`${name}: ${errors[0]?.message}`);
  return code;
}

/** Modules as one text that can stand in a comment; openPack reads it. */
export function packModules(modules: readonly PackedModule[]): string {
  let pack = "";
  for (const { name, text } of modules) {
    if ([separator, commentEnd.packed].some((mark) => text.includes(mark))) {
      throw new Error(`${name} has a character that packs are made with`);
    }
    pack += separator + name + separator + text;
  }
  return (pack + separator).replaceAll(commentEnd.plain, commentEnd.packed);
}

/** One module and all that it imports as one script. */
export async function bundleOne(input: string, format: "cjs" | "esm"): Promise<string> {
  const bundle = await rolldown({ input, platform: "node" });
  const { output } = await bundle.generate({
    format,
    codeSplitting: false,
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await bundle.close();
  return output[0].code;
}
