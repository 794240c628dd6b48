import type { Plant } from "./plant.ts";

export const environmentPlants = {
  goflags: {
    plant: "su $U -c 'go env -w GOFLAGS=-mod=vendor'",
    hurts: {
      command: "cd /tmp && go list -m -json rsc.io/quote@v1.5.2 2>&1 | head -n 3; go env GOFLAGS",
      well: /^((?!vendor)[^])*$/,
      ill: /-mod=vendor/,
    },
    found: { severity: "warning", says: /GOFLAGS=-mod=vendor/, at: "$H/.config/go/env" },
    clear: "fix",
  },
} as const satisfies Readonly<Record<string, Plant>>;
