import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath, parseAbsolutePath } from "../../host/absolute-path.ts";
import { bundle, type BundleResult } from "../../provision/bundle/bundle.ts";
import { architectures, parseArchitecture, type Architecture } from "../../release/architecture.ts";
import { formatBytes } from "../../report/format-bytes.ts";
import type { Command } from "../command.ts";
import { sourceOptions } from "../options.ts";
import { parseInstallRequest } from "../parse-request.ts";
import { readText, readTexts } from "../values.ts";

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
    const text = readText(values, "output");
    if (text === undefined) throw new ProvisionError("usage", "bundle needs --output DIR");
    const versions = readTexts(values, positional);
    const written = await bundle(session, {
      output: parseAbsolutePath(text) ?? absolutePath(session.port.cwd, text),
      architectures: parseArchitectures(readText(values, "arch")),
      installs: (versions.length === 0 ? [undefined] : versions).map((version) => {
        const asInstall = { ...values, arch: undefined, "version-or-file": version };
        return parseInstallRequest(asInstall, session.port, session.request, config);
      }),
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
