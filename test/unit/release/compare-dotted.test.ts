import { expect, it } from "vitest";
import { compareDotted } from "../../../src/release/support-floor.ts";

it.each([
  ["6.18.0-cloud-amd64", "3.2", true],
  ["3.2", "3.2", true],
  ["3.10.0-1160.el7", "3.2", true],
  ["3.1.9", "3.2", false],
  ["2.6.32-754", "3.2", false],
  ["2.35", "2.28", true],
  ["2.4", "2.28", false],
])("%s against %s: %s", (found, least, isEnough) => {
  expect(compareDotted(found, least) >= 0).toBe(isEnough);
});
