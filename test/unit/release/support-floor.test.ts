import { expect, it } from "vitest";
import { compareGoVersions, type GoVersion } from "../../../src/release/go-version.ts";
import { readSupportFloor } from "../../../src/release/support-floor.ts";

it.each([
  ["go1.27.4", "3.2"],
  ["go1.24.0", "3.2"],
  ["go1.23.12", "2.6.32"],
  ["go1.19", "2.6.32"],
  ["go1.18.10", "2.6.23"],
])("%s needs a kernel of at least %s, and the manifest says who says so", async (version, kernel) => {
  const floor = await readSupportFloor(version as GoVersion, compareGoVersions);
  expect(floor).toEqual({ kernel, glibc: "2.28", source: "https://go.dev/wiki/Linux" });
});
