import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath, parseAbsolutePath } from "../../host/absolute-path.ts";
import { bundle, type BundleResult } from "../../provision/bundle/bundle.ts";
import { architectures, parseArchitecture, type Architecture } from "../../release/architecture.ts";
import { formatBytes } from "../../report/format-bytes.ts";
import type { Command } from "../command.ts";
import { networkOptions } from "../option-groups.ts";
import { parseInstallRequest } from "../parse-request.ts";

export const bundleCommand: Command = {
  name: "bundle",
  positional: {
    name: "versions",
    describe: "latest, 1.27, 1.27.4, or a version file; several may be named",
    isRepeatable: true,
  },
  summary: "Write releases and their proofs, for hosts offline",
  options: ["output", "arch", "source", "trust", ...networkOptions],
  help: { arch: "amd64, arm64 or both; default: this host's" },
  examples: [
    ["bundle 1.27 --output /media/usb/go", "the newest of a line; then there: install --source /media/usb/go"],
    ["bundle 1.26.8 1.27.4 --arch both --output /srv/www/go", "what a web server can serve to many hosts"],
  ],
  async run(session, input) {
    const { output: text, arch, ...settings } = input.settings;
    if (text === undefined) throw new ProvisionError("usage", "bundle needs --output DIR");
    const versions = input.words.length === 0 ? [[]] : input.words.map((word) => [word]);
    const written = await bundle(session, {
      output: parseAbsolutePath(text) ?? absolutePath(session.port.cwd, text),
      architectures: parseArchitectures(arch),
      installs: versions.map((words) => parseInstallRequest({ ...input, settings, words }, session)),
    });
    const { output, added, releases, version } = written;
    return {
      status: added.length === 0 ? "unchanged" : "changed",
      version: version ?? null,
      previous: null,
      changes: added.map((name) => ({ path: `${output}/${name}`, change: "created" })),
      checks: [],
      exit: 0,
      text: describe(written),
      extra: { output, releases },
    };
  },
};

function parseArchitectures(text: string | undefined): readonly Architecture[] | undefined {
  if (text === undefined) return undefined;
  if (text === "both") return architectures;
  const architecture = parseArchitecture(text);
  if (architecture !== undefined) return [architecture];
  throw new ProvisionError("arch-unsupported", `--arch takes amd64, arm64 or both, not "${text}"`);
}

function describe({ output, releases, added }: BundleResult): string {
  const head = added.length === 0 ? `unchanged: ${output} is whole` : `${output}: ${added.length} files written`;
  const lines = releases.map(({ file, size, trust }) => `  ${file}  ${formatBytes(size)}\n    ${trust.join("\n    ")}`);
  return [head, ...lines, `there:  readygo install --source ${output}`].join("\n");
}
