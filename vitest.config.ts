import { defineConfig } from "vitest/config";

// Two projects: `unit` needs nothing but node; `hosts` makes throw-away hosts from namespaces, as root, one after
// another, since two cores carry one real Go install at a time.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          name: "hosts",
          include: ["test/hosts/**/*.test.ts", "test/faults/**/*.test.ts"],
          globalSetup: ["test/lab/global-setup.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
