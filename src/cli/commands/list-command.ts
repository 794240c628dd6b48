import { describeUnfinished } from "../../apply/unfinished-files.ts";
import type { Receipt } from "../../host/state/receipt.ts";
import { list } from "../../provision/list.ts";
import type { GoVersion } from "../../release/go-version.ts";
import type { ReleaseHealth } from "../../release/release-health.ts";
import type { Command } from "../command.ts";
import { sourceOptions } from "../option-groups.ts";
import { parseInstallRequest } from "../parse-request.ts";

const mostShown = 20;

export const listCommand: Command = {
  name: "list",
  positional: undefined,
  summary: "Releases: known, installed, previous",
  options: [...sourceOptions, "all", "quick"],
  help: {
    all: `Every release, not only the newest ${mostShown}`,
    quick: "Ask no server: what is here, and what readygo knows itself",
  },
  examples: [
    ["list", "the newest releases, and which of them is here"],
    ["list --all --json", "every known release, for machines"],
    ["list --quick", "what is here, without a network"],
  ],
  async run(session, input) {
    const request = parseInstallRequest(input, session);
    const { architecture, installed, isOurs, receipt, unfinished, available, judge } = await list(session, {
      ...request,
      isQuick: input.settings.quick ?? false,
    });
    const chosen = input.settings.all === true ? available : available.slice(0, mostShown);
    const shown = chosen.map((release) => ({ ...release, health: judge(release.version) }));
    const lines = shown.map(({ version, isStable, health }) =>
      [
        version,
        isStable ? "" : "unstable",
        describeState(version, installed, { receipt, isOurs }),
        ...describeHealth(health),
      ]
        .filter((word) => word !== "")
        .join("  "),
    );
    const rest = available.length - shown.length;
    return {
      status: "unchanged",
      version: installed ?? null,
      previous: receipt?.previous[0]?.version ?? null,
      changes: [],
      checks: [],
      exit: 0,
      text: [
        ...lines,
        ...(rest > 0 ? [`and ${rest} older: readygo list --all`] : []),
        ...unfinished.map(describeUnfinished),
      ].join("\n"),
      isTextWanted: true,
      extra: {
        architecture,
        installed: installed ?? null,
        ours: isOurs,
        unfinished,
        releases: shown.map(({ version, isStable, knownBy, health }) => ({
          version,
          stable: isStable,
          knownBy,
          supported: health.isSupported,
          advisories: health.advisories.map(({ id }) => id),
        })),
      },
    };
  },
};

function describeHealth({ isSupported, advisories }: ReleaseHealth): readonly string[] {
  const count = advisories.length;
  return [
    ...(isSupported ? [] : ["out of support"]),
    ...(count === 0 ? [] : [count === 1 ? "1 known vulnerability" : `${count} known vulnerabilities`]),
  ];
}

function describeState(
  version: GoVersion,
  installed: GoVersion | undefined,
  { receipt, isOurs }: { readonly receipt: Receipt | undefined; readonly isOurs: boolean },
): string {
  if (version === installed) return isOurs ? "installed" : "installed (not by readygo)";
  return receipt?.previous.some((kept) => kept.version === version) === true ? "previous" : "";
}
