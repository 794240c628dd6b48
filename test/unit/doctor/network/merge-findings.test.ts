import { expect, it } from "vitest";
import { findWarning } from "../../../../src/doctor/diagnostic.ts";
import { mergeFindings } from "../../../../src/doctor/network/merge-findings.ts";
import { advise, edit, runAs } from "../../../../src/errors/remedy.ts";

const line = edit("/etc/environment", 1, "GOPROXY=off", null);
const of = (account: string, remedy = line) => findWarning({ account, evidence: `GOPROXY=off of ${account}`, remedy });

it("says once what is of one file of the host, for all that have it", () => {
  expect(mergeFindings([of("ann"), of("bob")])).toEqual([
    { ...of("ann"), account: null, evidence: "GOPROXY=off of ann and bob" },
  ]);
  const [many] = mergeFindings(["a", "b", "c", "d", "e"].map((name) => of(name)));
  expect(many?.evidence).toBe("GOPROXY=off of a, b, c and 2 more");
});

it("keeps apart what each account has to do itself", () => {
  const each = [
    of("ann", runAs("ann", "go", "env", "-u", "GOPROXY")),
    of("bob", runAs("bob", "go", "env", "-u", "GOPROXY")),
  ];
  expect(mergeFindings(each)).toEqual(each);
  expect(mergeFindings([of("ann", advise("x")), of("bob", advise("x"))])).toHaveLength(2);
});

it("says once what both shells of an account have", () => {
  expect(mergeFindings([of("ann", advise("x")), of("ann", advise("x"))])).toHaveLength(1);
});
