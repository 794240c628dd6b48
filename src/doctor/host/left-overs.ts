import { advise, runAsRoot } from "../../errors/remedy.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import type { ReadFiles } from "../../host/ports.ts";
import { diagnostic, findInfo } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { formatMiB } from "./format-mib.ts";

/** What readygo keeps on purpose and nobody may need any more. */
interface LeftOver {
  readonly path: AbsolutePath;
  readonly what: string;
}

export const leftOvers = diagnostic({
  id: "left-overs",
  group: "host",
  severity: "info",
  sees: "what readygo has set aside or kept, and does not need itself",
  why: "It takes room, and nothing removes it by itself.",
  needs: ["root"],
  async run(context) {
    const found = listLeftOvers(context.files, context.receipt);
    const sizes = await measure(
      context,
      found.map(({ path }) => path),
    );
    return found.map(({ path, what }) => {
      const size = sizes.get(path);
      return findInfo({
        evidence: `${path}: ${what}${size === undefined ? "" : ` (${formatMiB(size)})`}`,
        origins: [path],
        remedy: runAsRoot("rm", "-r", context.files.locate(path)),
      });
    });
  },
});

const setAside = /\.set-aside-\d{8}T\d+Z$/;

export function listLeftOvers(files: ReadFiles, receipt: DoctorContext["receipt"]): readonly LeftOver[] {
  const aside = ["/var/lib", places.state, "/usr/local", places.store, "/run"].flatMap((directory) =>
    list(files, absolutePath(directory))
      .filter(({ name }) => setAside.test(name))
      .map(({ path }): LeftOver => ({
        path,
        what: "state that could not be used, set aside by readygo install --adopt",
      })),
  );
  const partial = list(files, places.partial)
    .slice(0, 1)
    .map((): LeftOver => ({
      path: places.partial,
      what: "a download that was cut off; the next install goes on with it, or removes it",
    }));
  // What a receipt names is for rollback and uninstall.
  const named = new Set([
    ...(receipt?.previous ?? []).map(({ keptAs }) => keptAs),
    ...(receipt?.original.kind === "absent" || receipt === undefined ? [] : [receipt.original.keptAs]),
  ]);
  const kept = list(files, places.previous)
    .filter(({ name }) => receipt !== undefined && !named.has(name) && /^(?:damaged-|foreign|added-to-)/.test(name))
    .map(({ path, name }): LeftOver => ({
      path,
      what: describeKept(name),
    }));
  return [...aside, ...partial, ...kept];
}

function describeKept(name: string): string {
  if (name.startsWith("damaged-")) return "a tree that was not the release any more, moved aside by install";
  if (name.startsWith("added-to-")) return "what somebody had put into a tree that was replaced";
  return "a Go that readygo did not install, moved aside by install";
}

function list(
  files: ReadFiles,
  directory: AbsolutePath,
): readonly { readonly name: string; readonly path: AbsolutePath }[] {
  // A link there is nobody's that readygo made.
  if (files.stat(directory)?.kind !== "directory") return [];
  return files.list(directory).map((name) => ({ name, path: absolutePath(directory, name) }));
}

const mostMs = 2_000;

/** Those that are not measured in time have no size. */
async function measure(
  { processes, files }: DoctorContext,
  paths: readonly AbsolutePath[],
): Promise<ReadonlyMap<AbsolutePath, number>> {
  const byPlace = new Map(paths.map((path) => [files.locate(path), path]));
  if (byPlace.size === 0) return new Map();
  const { stdout } = await processes.run({
    argv: ["/usr/bin/du", "-sk0", "--", ...byPlace.keys()],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    timeoutMs: mostMs,
  });
  return new Map(
    stdout.split("\0").flatMap((row): readonly (readonly [AbsolutePath, number])[] => {
      const [size, place] = row.split("\t");
      const path = byPlace.get(place ?? "");
      return path === undefined ? [] : [[path, Number(size) * 1024]];
    }),
  );
}

const ownProgram = absolutePath("/usr/local/bin/readygo");

export const readygoItself = diagnostic({
  id: "readygo-itself",
  group: "host",
  severity: "info",
  sees: "a readygo that is not at /usr/local/bin/readygo",
  why: "The commands that remedies name, `sudo readygo …`, are then not found.",
  // An image is set up by the readygo of another host.
  needs: ["running"],
  async run({ files }) {
    const real = files.resolve(ownProgram);
    const stat = real === undefined ? undefined : files.stat(real);
    if (stat?.kind === "file" && (stat.mode & 0o111) === 0o111) return [];
    const why = stat === undefined ? "does not exist" : "is no program that everybody can start";
    return [
      findInfo({
        evidence: `${ownProgram} ${why}: sudo readygo is not found where this readygo was started from another place`,
        origins: [ownProgram],
        remedy: advise("type the path of this readygo in place of the word, or install it (README, Use)"),
      }),
    ];
  },
});
