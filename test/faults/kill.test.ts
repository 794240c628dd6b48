import { describe, expect, it } from "vitest";
import { killOperation } from "../lab/kill-campaign.ts";
import { operations, type OperationName } from "../lab/kill-operations.ts";
import type { RoomDisk } from "../lab/kill-disk.ts";

function operation(name: OperationName) {
  const found = operations.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no operation ${name}`);
  return found;
}

// The whole of it is `npm run faults -- --full`; this is an even sample of its points.
describe("a run that is killed, with its children, in the middle of a system call", () => {
  const sample: readonly (readonly [OperationName, RoomDisk, number])[] = [
    ["install", "redirect", 12],
    ["upgrade", "redirect", 16],
    ["repair", "redirect", 6],
    ["rollback", "redirect", 8],
    ["uninstall", "redirect", 10],
    ["upgrade", "plain", 10],
    ["rollback", "plain", 4],
  ];

  it.each(sample)(
    "%s on a %s disk: the old or the new, and the next command ends what it began",
    async (name, disk, atMost) => {
      const tally = await killOperation(operation(name), { disk, bulk: 10, atMost });
      expect(tally.broken).toEqual([]);
      expect(tally.points).toBeGreaterThanOrEqual(atMost - 1);
    },
  );

  // The harness itself: with one call of the bundle made worse, it has to see the difference.
  it("is seen to be broken where the exchange is a removal and a rename", async () => {
    const tally = await killOperation(operation("upgrade"), {
      disk: "redirect",
      bulk: 40,
      only: ({ group, path }) => group === "goroot" || path.startsWith("/usr/local/go/"),
      atMost: 4,
      alterBundle(text) {
        const altered = text.replace(
          /(const program = `)syscall\(\$\{renameat2Number\}[^`]*`/,
          (_, head: string) =>
            `${head}system("cp", "-a", $ARGV[0], "$ARGV[1].old"); system("rm", "-rf", $ARGV[0]); rename($ARGV[1], $ARGV[0]) and rename("$ARGV[1].old", $ARGV[1]) or exit 1\``,
        );
        expect(altered).not.toBe(text);
        return altered;
      },
    });
    expect(tally.broken.join("\n")).toContain("/usr/local/go is neither the old nor the new");
  });
});
