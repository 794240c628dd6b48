import { ProvisionError } from "../../errors/provision-error.ts";
import type { InstallRequest } from "../../provision/request.ts";
import { sources } from "../../provision/sources.ts";
import { formatSources, type SourceLine } from "../../report/format-sources.ts";
import { listKnownSources } from "../../sources/known-sources.ts";
import type { SourceProbe } from "../../sources/probe-sources.ts";
import type { Command, CommandResult } from "../command.ts";
import type { Config } from "../config.ts";
import { sourceOptions } from "../options.ts";
import { listSourceTexts, parseInstallRequest } from "../parse-request.ts";
import { readFlag, type Values } from "../values.ts";

export const sourcesCommand: Command = {
  name: "sources",
  positional: { name: "version-or-file", describe: "as for install; default: the newest stable release" },
  summary: "Ask each source for a release, and time it",
  options: {
    source: sourceOptions.source,
    all: { type: "boolean", describe: "Also those that are off unless they are named" },
    arch: { type: "string", requiresArg: true, describe: "amd64 or arm64; default: this host's" },
    proxy: sourceOptions.proxy,
    noproxy: sourceOptions.noproxy,
    "ca-file": sourceOptions["ca-file"],
  },
  examples: [
    ["sources", "which of this host's sources deliver, best first"],
    ["sources --all", "the known mirrors too, to choose one for --source or readygo.ini"],
    ["sources 1.26.8 --source aliyun --source https://mirror.example/go", "these two"],
    ["sources --json", "for machines"],
  ],
  async run(session, values, config) {
    const request = parseInstallRequest(values, session.port, session.request, config);
    const { version, architecture, probes } = await sources(session, request, listNames(values, config));
    return { ...describe(probes, request, values), version, extra: { architecture, sources: probes.map(toJson) } };
  },
};

/** Those that install would try; with --all every known one besides. */
function listNames(values: Values, config: Config): readonly string[] {
  const more = readFlag(values, "all") === true ? listKnownSources().map(({ name }) => name) : [];
  return [...new Set([...listSourceTexts(values, config), ...more])];
}

function describe(
  probes: readonly SourceProbe[],
  request: InstallRequest,
  values: Values,
): Omit<CommandResult, "version" | "extra"> {
  const isOneThere = probes.some(({ status }) => status === "delivers");
  const off = listKnownSources().filter(({ name }) => !probes.some((probe) => probe.name === name)).length;
  const isHinting = off > 0 && !request.areSourcesNamed && readFlag(values, "all") !== true;
  const hint = isHinting ? `\n${off} more are off unless they are named: readygo sources --all` : "";
  return {
    status: isOneThere ? "unchanged" : "failed",
    previous: null,
    changes: [],
    checks: [],
    exit: isOneThere ? 0 : 4,
    text: `${formatSources(probes.map(toJson))}${hint}`,
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
