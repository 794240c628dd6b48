import { ProvisionError } from "../../errors/provision-error.ts";
import type { InstallRequest } from "../../provision/request.ts";
import { sources } from "../../provision/sources.ts";
import { formatSources, type SourceLine } from "../../report/format-sources.ts";
import { listKnownSources } from "../../sources/known-sources.ts";
import type { SourceProbe } from "../../sources/probe-sources.ts";
import type { Command, CommandResult } from "../command.ts";
import { networkOptions } from "../option-groups.ts";
import type { Settings } from "../options.ts";
import { listSourceTexts, parseInstallRequest } from "../parse-request.ts";

export const sourcesCommand: Command = {
  name: "sources",
  positional: { name: "version-or-file", describe: "as for install; default: the newest stable release" },
  summary: "Ask each source for a release, and time it",
  options: ["source", "all", "arch", ...networkOptions],
  help: { all: "Also those that are off unless they are named", arch: "amd64 or arm64; default: this host's" },
  examples: [
    ["sources", "which of this host's sources deliver, best first"],
    ["sources --all", "the known mirrors too, to choose one for --source or readygo.ini"],
    ["sources 1.26.8 --source aliyun --source https://mirror.example/go", "these two"],
    ["sources --json", "for machines"],
  ],
  async run(session, input) {
    const request = parseInstallRequest(input, session);
    const { version, architecture, probes } = await sources(session, request, listNames(input.settings));
    return {
      ...describe(probes, request, input.settings),
      version,
      extra: { architecture, sources: probes.map(toJson) },
    };
  },
};

/** Those that install would try; with --all every known one besides. */
function listNames(settings: Settings): readonly string[] {
  const more = settings.all === true ? listKnownSources().map(({ name }) => name) : [];
  return [...new Set([...listSourceTexts(settings), ...more])];
}

function describe(
  probes: readonly SourceProbe[],
  request: InstallRequest,
  settings: Settings,
): Omit<CommandResult, "version" | "extra"> {
  const isOneThere = probes.some(({ status }) => status === "delivers");
  const off = listKnownSources().filter(({ name }) => !probes.some((probe) => probe.name === name)).length;
  const isHinting = off > 0 && !request.areSourcesNamed && settings.all !== true;
  const hint = isHinting ? `\n${off} more are off unless they are named: readygo sources --all` : "";
  return {
    status: isOneThere ? "unchanged" : "failed",
    previous: null,
    changes: [],
    checks: [],
    exit: isOneThere ? 0 : 4,
    text: `${formatSources(probes.map(toJson), request.columns)}${hint}`,
    ...(isOneThere ? {} : { error: noneDelivers(probes) }),
  };
}

function noneDelivers(probes: readonly SourceProbe[]): ProvisionError {
  const details = probes.flatMap((probe) => (probe.status === "delivers" ? [] : [[probe.name, probe.why] as const]));
  return new ProvisionError("sources-failed", "none of these sources delivers the release now", {
    details: Object.fromEntries(details),
    remedy: ["readygo sources --all", "set GOPROXY, HTTPS_PROXY or readygo.ini's [source] for this network"],
  });
}

interface JsonSource extends SourceLine {
  readonly operator: string;
  readonly size: number | null;
}

function toJson(probe: SourceProbe): JsonSource {
  const { name, operator, status } = probe;
  if (probe.status !== "delivers") {
    const { url, why } = probe;
    return { name, status, url, operator, firstByteMs: null, bytesPerSecond: null, size: null, why };
  }
  const { from, size = null, firstByteMs, bytesPerSecond } = probe.sample;
  return { name, status, url: from, operator, firstByteMs, bytesPerSecond, size, why: null };
}
