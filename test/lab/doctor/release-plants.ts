import type { Plant } from "./plant.ts";

// 1.24.99 and 1.26.99 are small releases that the lab's publisher alone knows; the data of vulnerabilities is the real one,
// in which every release of 1.24 is affected.
const install = (version: string): string => `$R install ${version} --user $U --no-verify --quiet`;
const old = {
  plant: install("1.24.99"),
  hurts: { command: "go version", well: /go1\.26\.(?:8|99) /, ill: /go1\.24\.99 / },
  clear: "remedy",
  undo: install("1.26.8"),
  alone: "the whole host gets another release",
} as const satisfies Partial<Plant>;

export const releasePlants = {
  "release-unsupported": {
    ...old,
    found: { severity: "warning", says: /go1\.24\.99 is out of support: the supported lines are 1\.27 and 1\.26/ },
  },
  "release-vulnerable": {
    ...old,
    found: { severity: "warning", says: /go1\.24\.99 has \d+ known vulnerabilities \(GO-2026-\d+, .* and \d+ more\)/ },
  },
  "release-patch": {
    before: install("1.26.99"),
    plant: "$R rollback --user $U --quiet",
    hurts: { command: "go version", well: /go1\.26\.99 /, ill: /go1\.26\.8 / },
    found: { severity: "info", says: /go1\.26\.99 is the newest of its line, and go1\.26\.8 is installed/ },
    clear: "remedy",
    undo: install("1.26.8"),
    alone: "the whole host gets another release",
  },
} as const satisfies Readonly<Record<string, Plant>>;
