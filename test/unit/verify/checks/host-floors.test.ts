import { expect, test } from "vitest";
import { hostFloors } from "../../../../src/verify/checks/host-floors.ts";
import type { RunResult } from "../../../../src/host/ports.ts";
import { createRealFiles } from "../../../../src/host/real-files.ts";
import { makeContext, makeDirectory, place } from "../check-host.ts";

function judge(kernel: string, libc: string) {
  const root = makeDirectory();
  place(root, { "proc/sys/kernel/osrelease": `${kernel}\n` });
  const said: RunResult = { status: 0, signal: null, stdout: libc, stderr: "", endedBy: null, durationMs: 1 };
  const processes = { run: () => Promise.resolve(said) };
  return hostFloors.run(makeContext({ files: createRealFiles(root), processes }));
}

test.each([
  ["6.8.0-generic", "glibc 2.39", "pass", /^kernel 6\.8\.0-generic \(at least \d[\d.]*\), glibc 2\.39 \(at least 2/],
  ["2.6.18", "glibc 2.39", "warn", /^kernel is 2\.6\.18, and \d[\d.]* or newer is needed$/],
  ["6.8.0", "glibc 2.17", "warn", /^glibc is 2\.17, and 2\.\d+ or newer is needed$/],
  ["6.8.0", "", "warn", /^the C library is not glibc: getconf says nothing$/],
])("kernel %s with %s is a %s", async (kernel, libc, status, evidence) => {
  expect(await judge(kernel, libc)).toMatchObject({ status, evidence: expect.stringMatching(evidence) });
});
