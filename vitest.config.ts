import { defineConfig } from "vitest/config";

const hosts = {
  globalSetup: ["test/lab/suite/global-setup.ts"],
  testTimeout: 300_000,
  hookTimeout: 600_000,
};

/** What boots machines, builds releases or races against the clock: with a neighbour on two cores it would show that. */
const alone = [
  "test/hosts/{bootstrap,busy,cloud-init,emulated-boot,install,lab,memory,minimal,minimal-*,release}.test.ts",
  "test/faults/{archive-bomb,archive-million-entries,archive-sizes,bootstrap-program,home-race,kill-exchanges,network-ipv6,power-loss}.test.ts",
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
