import type { Plant } from "./plant.ts";

export const goPlants = {
  "go-trees": {
    plant:
      "mkdir -p $H/sdk && cp -a /usr/local/go $H/sdk/$V && echo '// mine' >>$H/sdk/$V/src/fmt/print.go && chown -R $U: $H/sdk",
    hurts: {
      command: "$HOME/sdk/*/bin/go version 2>&1; tail -n 1 $HOME/sdk/*/src/fmt/print.go",
      well: /No such file/,
      ill: /\/\/ mine/,
    },
    found: { severity: "error", says: /the public release/, at: "$H/sdk/" },
    clear: { advice: /use nothing from/, done: "rm -rf $H/sdk" },
  },
  "own-parts": {
    plant: "rm /usr/local/bin/go",
    hurts: {
      as: "root",
      command: "env -i PATH=/usr/local/bin:/usr/bin:/bin go version",
      well: /go version go/,
      ill: /No such file/,
    },
    found: { severity: "error", says: /\/usr\/local\/bin\/go, which readygo made/ },
    clear: "fix",
  },
} as const satisfies Readonly<Record<string, Plant>>;
