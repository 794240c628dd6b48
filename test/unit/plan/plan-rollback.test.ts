import { describe, expect, it } from "vitest";
import { type KeptRelease, nameKept, nameKeptManifest, toInstalledRelease } from "../../../src/host/state/receipt.ts";
import { planRollback } from "../../../src/plan/plan-rollback.ts";
import type { Architecture } from "../../../src/release/architecture.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { receiptOf } from "./receipt-of.ts";

const newer = receiptOf("go1.27.4" as GoVersion, "amd64");

function kept(version: string, architecture: Architecture = "amd64"): KeptRelease {
  const name = nameKept(version, architecture);
  const release = toInstalledRelease(receiptOf(version as GoVersion, architecture));
  return { ...release, keptAs: name, manifest: nameKeptManifest(name) };
}

const installed = { kind: "directory", version: newer.version, architecture: "amd64", drift: [] } as const;

describe("planRollback", () => {
  it("has nothing to do where no release is kept", () => {
    expect(planRollback(newer, installed)).toEqual({ steps: [], notes: [] });
  });

  it("goes back to the release before this one, and says so in words", () => {
    const release = kept("go1.26.8");
    expect(planRollback({ ...newer, previous: [release] }, installed)).toEqual({
      steps: [
        {
          kind: "rollback-tree",
          target: "/usr/local/go",
          kept: release,
          reason: "it is the release before go1.27.4",
          before: "go1.27.4 linux/amd64",
          after: "go1.26.8 linux/amd64",
        },
      ],
      notes: [],
    });
  });

  it("takes the last of several, by the receipt's order and not by their versions", () => {
    const releases = [kept("go1.25.3"), kept("go1.26.8"), kept("go1.28rc1")];
    const { steps } = planRollback({ ...newer, previous: releases }, installed);
    expect(steps).toEqual([expect.objectContaining({ kept: releases[0], after: "go1.25.3 linux/amd64" })]);
  });

  it("names the architecture of the kept release, not the installed one's", () => {
    const { steps } = planRollback({ ...newer, previous: [kept("go1.26.8", "arm64")] }, installed);
    expect(steps).toEqual([expect.objectContaining({ after: "go1.26.8 linux/arm64" })]);
  });

  it.each([
    [{ ...installed, drift: ["bin/go (content)"] }, "go1.27.4 linux/amd64, damaged"],
    [{ ...installed, drift: undefined }, "go1.27.4 linux/amd64, not installed by readygo"],
    [{ kind: "link", target: "/opt/go" } as const, "link to /opt/go"],
    [{ kind: "absent" } as const, "absent"],
  ])("says what stands there now, whatever it is: %o", (tree, before) => {
    const { steps } = planRollback({ ...newer, previous: [kept("go1.26.8")] }, tree);
    expect(steps).toEqual([expect.objectContaining({ kind: "rollback-tree", before })]);
  });
});
