import type { ManagedLink } from "../host/state/receipt.ts";
import type { ObservedLinks } from "./observed-state.ts";
import type { LinkStep, PlanNote } from "./plan.ts";

/**
 * Links in /usr/local/bin, by which sudo, services and other accounts find Go. Any link of that name is replaced, and comes
 * back with `uninstall`; a file that is no link stays, and is named. Pure.
 */
export function planLinks(
  { hasLinks }: { readonly hasLinks: boolean },
  { obstacle, found, missingDirectories }: ObservedLinks,
  managed: readonly ManagedLink[],
): { readonly steps: readonly LinkStep[]; readonly notes: readonly PlanNote[] } {
  if (!hasLinks) return { steps: planLinkRemoval(found, managed, "--no-links was asked for"), notes: [] };
  const missing = found.filter(({ target, wanted }) => target !== wanted);
  if (obstacle !== undefined) {
    const text = `no link to Go is made in /usr/local/bin: it ${obstacle}; what starts without a shell's files finds no Go`;
    return { steps: [], notes: missing.length === 0 ? [] : [{ text }] };
  }
  const steps = found.flatMap(({ path, wanted, target, occupiedBy }): readonly LinkStep[] => {
    const known = managed.find((link) => link.path === path);
    if (occupiedBy !== null || (target === wanted && known !== undefined)) return [];
    return [
      {
        kind: "link",
        target: path,
        from: target,
        to: wanted,
        isGivenBack: false,
        restores: target === null || target === wanted ? (known?.before ?? null) : target,
        directories: [...new Set([...(known?.createdDirectories ?? []), ...missingDirectories])],
        reason:
          target === wanted
            ? "it is readygo's, and the receipt does not know"
            : "sudo, services and other accounts find Go through it",
        before: target === null ? "absent" : `a link to ${target}`,
        after: `a link to ${wanted}`,
      },
    ];
  });
  const notes = found.flatMap(({ path, occupiedBy }) =>
    occupiedBy === null
      ? []
      : [
          {
            text: `${path} is a ${occupiedBy === "other" ? "special file" : occupiedBy}, and stays: what starts without a shell's files runs it`,
          },
        ],
  );
  return { steps, notes };
}

/** Takes readygo's links away; what somebody has put in the place of one stays. */
export function planLinkRemoval(
  found: ObservedLinks["found"],
  managed: readonly ManagedLink[],
  reason: string,
): readonly LinkStep[] {
  return managed.flatMap(({ path, before, createdDirectories }): readonly LinkStep[] => {
    const link = found.find((other) => other.path === path);
    if (link === undefined || link.target !== link.wanted) return [];
    return [
      {
        kind: "link",
        target: path,
        from: link.target,
        to: before,
        isGivenBack: true,
        restores: null,
        directories: createdDirectories,
        reason,
        before: `a link to ${link.wanted}`,
        after: before === null ? "absent" : `a link to ${before}`,
      },
    ];
  });
}
