import { advise, type Remedy, runAsRoot } from "../../errors/remedy.ts";
import { places } from "../../host/places.ts";
import type { GoVersion } from "../../release/go-version.ts";
import { describeVulnerabilities, type ReleaseHealth } from "../../release/release-health.ts";
import { diagnostic, findInfo, findWarning } from "../diagnostic.ts";
import { judgeInstalled } from "./installed-release.ts";

export const releaseUnsupported = diagnostic({
  id: "release-unsupported",
  group: "release",
  severity: "warning",
  sees: "a release of a line that the Go project does not mend any more",
  why: "Security problems that are found from now on stay in it and in all that it compiles.",
  needs: [],
  async run(context) {
    const installed = await judgeInstalled(context);
    if (installed === undefined || installed.health.isSupported) return [];
    const { version, supportedLines } = installed.health;
    return [
      findWarning({
        evidence: `${version} is out of support: the supported lines are ${supportedLines.join(" and ")}`,
        origins: [places.goroot],
        remedy: installBetter(installed.health),
      }),
    ];
  },
});

export const releaseVulnerable = diagnostic({
  id: "release-vulnerable",
  group: "release",
  severity: "warning",
  sees: "a release with known vulnerabilities in its standard library or its go command",
  why: "Every program that it compiles can carry them.",
  needs: [],
  async run(context) {
    const installed = await judgeInstalled(context);
    const vulnerabilities = installed === undefined ? undefined : describeVulnerabilities(installed.health);
    if (installed === undefined || vulnerabilities === undefined) return [];
    const { health, databaseOf } = installed;
    const packages = [...new Set(health.advisories.flatMap((each) => each.packages))];
    const named = packages.slice(0, 5).join(", ");
    return [
      findWarning({
        evidence:
          `${health.version} has ${vulnerabilities}, in ${named}${packages.length > 5 ? " and others" : ""}` +
          ` (https://vuln.go.dev, of ${databaseOf})`,
        origins: [places.goroot],
        remedy: installBetter(health),
      }),
    ];
  },
});

export const releasePatch = diagnostic({
  id: "release-patch",
  group: "release",
  severity: "warning",
  sees: "a newer patch release of the installed line",
  why: "Patch releases mend faults and vulnerabilities, and change nothing else.",
  needs: [],
  async run(context) {
    const installed = await judgeInstalled(context);
    const newer = installed?.health.newerPatch;
    if (installed === undefined || newer === undefined) return [];
    const { version, advisories } = installed.health;
    const find = advisories.length === 0 ? findInfo : findWarning;
    return [
      find({
        evidence: `${newer} is the newest of its line, and ${version} is installed`,
        origins: [places.goroot],
        remedy: install(newer),
      }),
    ];
  },
});

/** To the nearest release that is as it should be. */
function installBetter({ better }: ReleaseHealth): Remedy {
  return better === undefined
    ? advise(
        "no release without these is known to this readygo: read https://go.dev/doc/devel/release, and install what it names",
      )
    : install(better);
}

function install(version: GoVersion): Remedy {
  return runAsRoot("readygo", "install", version);
}
