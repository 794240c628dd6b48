import { ProvisionError } from "../../errors/provision-error.ts";
import { toDiskFailure } from "../../fetch/unpack/describe-disk-failure.ts";
import { absolutePath, parseAbsolutePath } from "../../host/absolute-path.ts";
import { openBundleDirectory, type BundleDirectory } from "../../host/bundle-directory.ts";
import { decideArchitecture, readArchitectureWitnesses } from "../../host/host-facts.ts";
import { architectures, parseArchitecture, type Architecture } from "../../release/architecture.ts";
import {
  type BundledRelease,
  bundleIndexName,
  formatBundleIndex,
  parseBundleIndex,
} from "../../sources/bundle-index.ts";
import { compareGoVersions } from "../../release/go-version.ts";
import { formatBytes } from "../../report/format-bytes.ts";
import { bundleLog } from "../../provision/bundle/bundle-log.ts";
import { bundleProgram } from "../../provision/bundle/bundle-program.ts";
import type { BundleTarget } from "../../provision/bundle/bundle-proof.ts";
import { bundleRelease } from "../../provision/bundle/bundle-release.ts";
import type { Command, CommandResult } from "../command.ts";
import type { Config } from "../config.ts";
import { sourceOptions } from "../options.ts";
import { parseInstallRequest } from "../parse-request.ts";
import { settleSources, settleVersion } from "../../provision/prepare-install.ts";
import type { Session } from "../../provision/session.ts";
import { readText, readTexts, type Values } from "../values.ts";

const positional = "versions";

export const bundleCommand: Command = {
  name: "bundle",
  positional: {
    name: positional,
    describe: "latest, 1.27, 1.27.4, or a version file; several may be named",
    isRepeatable: true,
  },
  summary: "Write releases and their proofs, for hosts offline",
  options: {
    output: { type: "string", requiresArg: true, describe: "Directory to write to; made where it is missing" },
    arch: { type: "string", requiresArg: true, describe: "amd64, arm64 or both; default: this host's" },
    source: sourceOptions.source,
    trust: sourceOptions.trust,
    proxy: sourceOptions.proxy,
    noproxy: sourceOptions.noproxy,
    "ca-file": sourceOptions["ca-file"],
  },
  examples: [
    ["bundle 1.27 --output /media/usb/go", "the newest of a line; then there: install --source /media/usb/go"],
    ["bundle 1.26.8 1.27.4 --arch both --output /srv/www/go", "what a web server can serve to many hosts"],
  ],
  async run(session, values, config) {
    const output = readText(values, "output");
    if (output === undefined) throw new ProvisionError("usage", "bundle needs --output DIR");
    const path = parseAbsolutePath(output) ?? absolutePath(session.port.cwd, output);
    try {
      const directory = openBundleDirectory(path);
      return await writeBundle(session, await settleTargets(session, values, config), directory);
    } catch (error) {
      throw toDiskFailure(error, path);
    }
  },
};

async function writeBundle(
  session: Session,
  targets: readonly SettledTarget[],
  directory: BundleDirectory,
): Promise<CommandResult> {
  const text = directory.read(bundleIndexName)?.toString("utf8");
  const before = text === undefined ? undefined : parseBundleIndex(text);
  if (text !== undefined && before === undefined)
    throw new ProvisionError("output-differs", `${directory.path}/${bundleIndexName} is no index of a bundle`);
  const entries = new Map(before?.releases.map((entry) => [entry.file, entry]));
  const added: string[] = [];
  for (const { target, sources } of targets) {
    added.push(...((await bundleLog(session, directory, target, { sources, others: [...entries.values()] })) ?? []));
    const { entry, added: files } = await bundleRelease(session, directory, target, sources);
    // Where its bytes came from is known to the run that fetched them.
    entries.set(entry.file, entry.from === "" ? { ...entry, from: entries.get(entry.file)?.from ?? "" } : entry);
    added.push(...files);
  }
  const program = bundleProgram(session, directory);
  added.push(...program.added);
  const releases = [...entries.values()].toSorted(byVersion);
  const createdBy = before?.createdBy ?? `readygo/${session.port.version}`;
  const index = { format: 1, createdBy, program: program.name ?? before?.program ?? null, releases } as const;
  const list = "golang.org/toolchain/@v/list";
  const modules = releases.flatMap(({ file }) => /([^/]+)\.zip$/.exec(file)?.[1] ?? []);
  if (modules.length > 0 && directory.replace(list, modules.map((name) => `${name}\n`).join(""))) added.push(list);
  if (directory.replace(bundleIndexName, formatBundleIndex(index))) added.push(bundleIndexName);
  directory.removeParts();
  return {
    status: added.length === 0 ? "unchanged" : "changed",
    version: targets[0]?.target.version ?? null,
    previous: null,
    changes: added.map((name) => ({ path: `${directory.path}/${name}`, change: "created" })),
    checks: [],
    exit: 0,
    text: describe(directory, releases, added.length),
    extra: { output: directory.path, releases },
  };
}

interface SettledTarget {
  readonly target: BundleTarget;
  readonly sources: Awaited<ReturnType<typeof settleSources>>;
}

/** Every version that was asked for, for every architecture that was. */
async function settleTargets(session: Session, values: Values, config: Config): Promise<readonly SettledTarget[]> {
  const versions = readTexts(values, positional);
  const targets: SettledTarget[] = [];
  for (const architecture of await listArchitectures(session, readText(values, "arch"))) {
    for (const version of versions.length === 0 ? [undefined] : versions) {
      const asInstall = { ...values, arch: undefined, "version-or-file": version };
      const request = parseInstallRequest(asInstall, session.port, session.request, config);
      const sources = await settleSources(session, request);
      const host = { architecture, receipt: undefined, sources: async () => sources };
      const settled = await settleVersion(session, request, host);
      const { version: settledVersion, release } = settled;
      targets.push({ sources, target: { version: settledVersion, release, architecture, policy: request.policy } });
    }
  }
  return targets;
}

async function listArchitectures(session: Session, text: string | undefined): Promise<readonly Architecture[]> {
  if (text === "both") return architectures;
  if (text === undefined)
    return [decideArchitecture(await readArchitectureWitnesses(session.machine, session.processes)).architecture];
  const architecture = parseArchitecture(text);
  if (architecture !== undefined) return [architecture];
  throw new ProvisionError("arch-unsupported", `--arch takes amd64, arm64 or both, not "${text}"`);
}

function byVersion(a: BundledRelease, b: BundledRelease): number {
  return compareGoVersions(b.version, a.version) || (a.architecture < b.architecture ? -1 : 1);
}

function describe({ path }: BundleDirectory, releases: readonly BundledRelease[], added: number): string {
  const head = added === 0 ? `unchanged: ${path} is whole` : `${path}: ${added} files written`;
  const lines = releases.map(({ file, size, trust }) => `  ${file}  ${formatBytes(size)}\n    ${trust.join("\n    ")}`);
  return [head, ...lines, `there:  readygo install --source ${path}`].join("\n");
}
