import { baseRoot } from "../hosts/base-root.ts";
import { fetchModule, smallModules, toolchainModule } from "../releases/modules.ts";
import { releaseFiles } from "../releases/release-files.ts";
import { makeSmallRelease, officialRelease, officialVersions } from "../releases/releases.ts";
import { say } from "./lab-cache.ts";

// What takes the lab longest to make, as a process beside the first tests: they need none of it. A test that comes for
// something earlier waits for it, or makes it itself where this failed.
const [older, newer] = [officialVersions.older, officialVersions.newer];
const chains: readonly (readonly (() => Promise<unknown>)[])[] = [
  // Mostly a processor's work, in the order in which the tests come for it,
  [
    () => makeSmallRelease("1.30.1"),
    () => officialRelease(older),
    () => officialRelease(newer),
    () => releaseFiles(),
    () => officialRelease(older, "arm64"),
  ],
  // and mostly a network's.
  [
    ...smallModules.map((name) => () => fetchModule(name)),
    () => baseRoot("minbase"),
    () => baseRoot("server"),
    () => baseRoot("fleet"),
    () => baseRoot("cloud"),
    () => baseRoot("contexts"),
    () => fetchModule(toolchainModule(newer, "arm64")),
  ],
];

await Promise.all(
  chains.map(async (chain) => {
    for (const build of chain) {
      await build().catch((error: unknown) => say(`could not be made ahead of the tests: ${String(error)}`));
    }
  }),
);
