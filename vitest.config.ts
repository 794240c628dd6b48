import { defineConfig } from "vitest/config";
import { inlineUnpackWorker } from "./scripts/build/pack-modules.ts";
import { LongestFirst } from "./test/lab/suite/longest-first.ts";

// The unpacking thread as it is shipped, one script: from sources each of its starts would compile twenty files.
const plugins = [inlineUnpackWorker()];

const hosts = {
  globalSetup: ["test/lab/suite/global-setup.ts"],
  testTimeout: 600_000,
  hookTimeout: 600_000,
};

/**
 * What measures, races against the clock or emulates a machine: with a neighbour on two cores it would show that. And what
 * no neighbour can work beside: a fork bomb.
 */
const alone = [
  "test/hosts/{emulated-boot,memory,minimal-arm64,release}.test.ts",
  "test/faults/{children-bounded,home-race,kill-exchanges,power-loss}.test.ts",
];

// `unit` needs nothing but node; the others make throw-away hosts from namespaces, as root: three at a time, since half of
// a run is waiting for disks, children and bounds, or one.
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins,
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          testTimeout: 30_000,
          // A file finds the modules of the one before it loaded: a third of what all of them take.
          isolate: false,
          // Much of it waits for loopback servers that answer late on purpose.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins,
        test: {
          ...hosts,
          name: "hosts",
          include: ["test/hosts/**/*.test.ts", "test/faults/**/*.test.ts"],
          exclude: alone,
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins,
        test: { ...hosts, name: "hosts-alone", include: alone, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
