import { defineConfig } from "vitest/config";

const hosts = {
  globalSetup: ["test/lab/suite/global-setup.ts"],
  testTimeout: 600_000,
  hookTimeout: 600_000,
};

/** What measures, races against the clock or emulates a machine: with a neighbour on two cores it would show that. */
const alone = [
  "test/hosts/{emulated-boot,lab,memory,minimal-arm64,release}.test.ts",
  "test/faults/{home-race,kill-exchanges,power-loss}.test.ts",
];

// `unit` needs nothing but node; the others make throw-away hosts from namespaces, as root: two at a time, since most of
// a run is waiting for disks and children, or one.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          testTimeout: 30_000,
          // Much of it waits for loopback servers that answer late on purpose.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...hosts,
          name: "hosts",
          include: ["test/hosts/**/*.test.ts", "test/faults/**/*.test.ts"],
          exclude: alone,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...hosts, name: "hosts-alone", include: alone, fileParallelism: false, sequence: { groupOrder: 2 } } },
    ],
  },
});
