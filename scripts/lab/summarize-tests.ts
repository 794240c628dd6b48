// node summarize-tests.ts REPORT.json STATUS: lists skipped tests with their reasons, then prints, as the last line,
// `N passed, N failed, N skipped`. STATUS is what vitest ended
// with. Ends with 1 when anything failed or nothing ran.
import { existsSync, readFileSync } from "node:fs";

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: "passed" | "failed";
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: "passed" | "failed" | "skipped" | "pending" | "todo" | "disabled";
      readonly meta?: { readonly skipReason?: string };
    }[];
  }[];
}

const [file = "", status = "0"] = process.argv.slice(2);
if (!existsSync(file)) {
  console.log("vitest ended without a report");
  console.log("0 passed, 1 failed, 0 skipped");
  process.exit(1);
}
const report = JSON.parse(readFileSync(file, "utf8")) as Report;
const tests = report.testResults.flatMap((result) => result.assertionResults);
const passed = tests.filter((test) => test.status === "passed");
const skipped = tests.filter((test) => !["passed", "failed"].includes(test.status));
// A file that cannot be loaded, or whose worker died, has no failed test of its own.
const brokenFiles = report.testResults.filter(
  (result) => result.status === "failed" && !result.assertionResults.some((test) => test.status === "failed"),
);
const failedTests = tests.filter((test) => test.status === "failed");
// A set-up that throws, or an error outside of every test, is in the status only.
const isUnexplained = status !== "0" && failedTests.length + brokenFiles.length === 0;
const failures = failedTests.length + brokenFiles.length + (isUnexplained ? 1 : 0);

if (isUnexplained) console.log(`failed   vitest itself ended with status ${status}: see above`);
for (const broken of brokenFiles) console.log(`failed   ${broken.name}: ${broken.message}`);
for (const test of skipped) {
  // A test that is skipped before it runs can only say why in its name.
  const named = /\((needs [^)]+)\)/.exec(test.fullName)?.[1];
  const reason = test.meta?.skipReason ?? named ?? (test.status === "todo" ? "to do" : "no reason given");
  console.log(`skipped  ${test.fullName}: ${reason}`);
}
console.log(`${passed.length} passed, ${failures} failed, ${skipped.length} skipped`);
process.exit(failures > 0 || passed.length === 0 ? 1 : 0);
