import { readDefaultProxyName } from "../releases/machine-go.ts";
import type { BrokenInstallation } from "./broken-installation.ts";

/** The first of go's own default; the lab's mirror answers by its name. */
const proxy = readDefaultProxyName();
const fetches = {
  command:
    "cd /tmp && GOFLAGS=-modcacherw GOMODCACHE=$(mktemp -d) timeout 6 go mod download -json rsc.io/quote@v1.5.2 2>&1",
  well: /"Sum": "h1:[^]*exit 0$/,
} as const;
const found = (by: string, says: RegExp) => ({ by, status: "warn", says }) as const;
const over = (advice: RegExp) => ({ advice, done: "true" });

export const runtimeBreaks = {
  "a proxy that answers 500": {
    faults: { [`${proxy}/*`]: { status: 500 } },
    plant: "true",
    hurts: { ...fetches, ill: /500/ },
    found: found("goproxy-entries", /fails after .*500/),
    cure: over(/./),
  },
  "a proxy that hangs": {
    faults: { [`${proxy}/*`]: { delayMs: 60_000 } },
    plant: "true",
    hurts: { ...fetches, ill: /exit 124$/ },
    found: found("goproxy-entries", /fails after 10\.\d s/),
    cure: over(/./),
  },
  "a page in the proxy's place": {
    faults: { [`${proxy}/*`]: { html200: true } },
    plant: "true",
    hurts: { ...fetches, ill: /invalid character/ },
    found: found("mod-download", /cannot be downloaded/),
    cure: over(/browser/),
  },
  "a checksum database that does not answer": {
    faults: { [`${proxy}/sumdb/*`]: { status: 404 }, "sum.golang.org/*": { status: 503 } },
    plant: "true",
    hurts: { ...fetches, ill: /verifying/ },
    found: found("mod-download", /cannot be downloaded/),
    cure: over(/./),
  },
  "no certificates": {
    plant: "mv /etc/ssl/certs /etc/ssl/away; mkdir /etc/ssl/certs",
    hurts: { ...fetches, ill: /signed by unknown authority/ },
    found: found("mod-download", /no CA certificates/),
    cure: {
      advice: /^apt-get install ca-certificates$/,
      done: "rm -r /etc/ssl/certs; mv /etc/ssl/away /etc/ssl/certs",
    },
  },
} satisfies Readonly<Record<string, BrokenInstallation>>;
