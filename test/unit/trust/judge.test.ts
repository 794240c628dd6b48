import { describe, expect, test } from "vitest";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import type { ErrorCode } from "../../../src/errors/error-codes.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import type { Sha256 } from "../../../src/release/sha256.ts";
import { type Claim, expectVerdict, holdAgainst, judge, type Verdict } from "../../../src/trust/judge.ts";
import type { JudgedArchive } from "../../../src/trust/trust-failures.ts";
import { type TrustPolicy, type TrustRoot, trustRoots } from "../../../src/trust/trust-policy.ts";

type Answers = Partial<Record<TrustRoot, Verdict>>;

const yes: Verdict = { kind: "proves", evidence: "as it states" };
const agrees: Verdict = { kind: "agrees" };
const none: Verdict = { kind: "unused", reason: "it cannot be asked" };
/** The record holds, and whether the log continues what this host has seen cannot be shown. */
const unfollowed: Verdict = { kind: "unused", reason: "tiles are missing", isUnfollowed: true };
const no = (code: ErrorCode): Verdict => ({ kind: "refused", error: new ProvisionError(code, `refused: ${code}`) });
const mismatch = no("checksum-mismatch");

/** The roots that it is trusted by, or the code that it is refused with. */
function outcome(kind: JudgedArchive["kind"], policy: TrustPolicy, answers: Answers, isFromPublisher = false): string {
  const archive = { kind, version: "go1.30.1" as GoVersion, policy, fileName: "FILE", isFromPublisher };
  const verdicts = new Map(Object.entries(answers) as [TrustRoot, Verdict][]);
  const judgement = judge(archive, verdicts);
  if (judgement.kind === "trusted") return judgement.trust.map(({ root }) => root).join(" ");
  expect(judgement.error.exit).toBe(5);
  return `${judgement.kind}: ${judgement.error.code}`;
}

describe("a tar.gz", () => {
  const unknown = "insufficient: checksum-unknown";
  const unmet = "insufficient: policy-unmet";
  test.each<[what: string, Answers, any: string, two: string, log: string]>([
    ["nothing answers", {}, unknown, unknown, unknown],
    ["nothing can be used", { publisher: none, signature: none, log: none }, unknown, unknown, unknown],
    ["the pinned hash of the unpacked files alone", { manifest: agrees, log: none }, unknown, unknown, unknown],
    ["that hash beside the log it came from", { manifest: agrees, log: yes }, "log", unmet, "log"],
    [
      "that hash beside a log that cannot be followed",
      { manifest: agrees, log: unfollowed },
      unknown,
      unknown,
      "insufficient: log-unfollowed",
    ],
    ["one root", { signature: yes, log: none }, "signature", unmet, unmet],
    ["two roots", { manifest: yes, signature: yes }, "manifest signature", "manifest signature", unmet],
    ["the log alone", { publisher: none, log: yes }, "log", unmet, "log"],
    ["--sha256, signature and log", { log: yes, signature: yes, flag: yes }, ...three("flag signature log")],
    ["manifest and log", { manifest: yes, log: yes }, ...three("manifest log")],
    ["a log that cannot be followed", { log: unfollowed }, unknown, unknown, "insufficient: log-unfollowed"],
    [
      "a log that cannot be followed beside others",
      { manifest: yes, signature: yes, log: unfollowed },
      "manifest signature",
      "manifest signature",
      "insufficient: log-unfollowed",
    ],
    [
      "a log that cannot be followed, beside the manifest alone",
      { manifest: yes, log: unfollowed },
      "manifest",
      unmet,
      "insufficient: log-unfollowed",
    ],
    ["a refusal alone", { publisher: mismatch }, ...three("refused: checksum-mismatch")],
    [
      "a mismatch that another root contradicts",
      { signature: yes, publisher: mismatch },
      ...three("refused: roots-disagree"),
    ],
    [
      "a mismatch by the log beside three",
      { manifest: yes, publisher: yes, signature: yes, log: mismatch },
      ...three("refused: roots-disagree"),
    ],
    [
      "a wrong signature beside two",
      { manifest: yes, log: yes, signature: no("signature-invalid") },
      ...three("refused: signature-invalid"),
    ],
    [
      "a forged log beside two",
      { manifest: yes, signature: yes, log: no("log-signature-invalid") },
      ...three("refused: log-signature-invalid"),
    ],
    [
      "a fork beside a mismatch",
      { manifest: yes, publisher: mismatch, log: no("log-forked") },
      ...three("refused: log-forked"),
    ],
    [
      "a fork beside a disagreement",
      { manifest: no("roots-disagree"), log: no("log-forked") },
      ...three("refused: log-forked"),
    ],
    [
      "a disagreement after a refusal",
      { signature: no("signature-invalid"), log: no("roots-disagree") },
      ...three("refused: roots-disagree"),
    ],
    [
      "a contradicted mismatch after a refusal",
      { signature: no("signature-invalid"), publisher: mismatch, manifest: yes },
      ...three("refused: roots-disagree"),
    ],
  ])("with %s", (_, answers, any, two, log) => {
    expect([outcome("tar.gz", "any", answers), outcome("tar.gz", "two", answers), outcome("tar.gz", "log", answers)]).toEqual([any, two, log]); // prettier-ignore
  });

  test("that the publisher served is not proven by the publisher's JSON", () => {
    const json = { publisher: yes };
    expect([outcome("tar.gz", "any", json, true), outcome("tar.gz", "any", json, false)]).toEqual([unmet, "publisher"]);
    const both = { publisher: yes, signature: yes };
    expect(outcome("tar.gz", "two", both, true)).toBe("publisher signature");
  });
});

describe("a module zip", () => {
  const unknown = "insufficient: checksum-unknown";
  const unmet = "insufficient: policy-unmet";
  const cannotFollow = "insufficient: log-unfollowed";
  test.each<[what: string, Answers, any: string, two: string, log: string]>([
    ["nothing answers", {}, unknown, unknown, unknown],
    ["the log", { log: yes }, "log", unmet, "log"],
    ["--sha256 and the log", { flag: yes, log: yes }, "flag log", "flag log", "flag log"],
    ["--sha256 and no log", { flag: yes, log: none }, "flag", unmet, unmet],
    ["the log, and the hash that was pinned from it", { manifest: yes, log: yes }, "log", unmet, "log"],
    ["the pinned hash alone", { manifest: yes }, unknown, unknown, unknown],
    ["the pinned hash, and a log that cannot be asked", { manifest: yes, log: none }, unknown, unknown, unknown],
    ["a log that cannot be followed", { log: unfollowed }, unknown, unknown, cannotFollow],
    ["the pinned hash, and the same of a log that cannot be followed", { manifest: yes, log: unfollowed }, "manifest", unmet, cannotFollow], // prettier-ignore
    ["--sha256, and a log that cannot be followed", { flag: yes, log: unfollowed }, "flag", unmet, cannotFollow],
    ["roots that are of the tar.gz", { publisher: yes, signature: yes }, unknown, unknown, unknown],
    ["another tree than the log's", { flag: yes, log: mismatch }, ...three("refused: roots-disagree")],
    ["another tree than the only root's", { log: mismatch }, ...three("refused: checksum-mismatch")],
    ["a log and a manifest that disagree", { log: no("roots-disagree") }, ...three("refused: roots-disagree")],
  ])("with %s", (_, answers, any, two, log) => {
    expect([outcome("zip", "any", answers), outcome("zip", "two", answers), outcome("zip", "log", answers)]).toEqual([any, two, log]); // prettier-ignore
  });
});

function three(of: string): [string, string, string] {
  return [of, of, of];
}

test("whatever the others say, one refusal refuses; and nothing is trusted that no root proves", () => {
  const each = [undefined, yes, agrees, none, unfollowed, mismatch, no("signature-invalid")];
  for (let number = 0; number < each.length ** trustRoots.length; number += 29) {
    const answers: Answers = {};
    let rest = number;
    for (const root of trustRoots) {
      const verdict = each[rest % each.length];
      rest = Math.floor(rest / each.length);
      if (verdict !== undefined) answers[root] = verdict;
    }
    const isRefused = Object.values(answers).some(({ kind }) => kind === "refused");
    for (const kind of ["tar.gz", "zip"] as const) {
      for (const policy of ["any", "two", "log"] as const) {
        const found = outcome(kind, policy, answers, number % 2 === 0);
        expect([answers, found.startsWith("refused: ")]).toEqual([answers, isRefused]);
        if (found.includes(":")) continue;
        const proving = found.split(" ") as TrustRoot[];
        expect(proving.every((root) => answers[root] === yes)).toBe(true);
        expect(proving.length).toBeGreaterThanOrEqual(policy === "two" ? 2 : 1);
      }
    }
  }
});

test("what too little says names every root that it was asked of, with the reason", () => {
  const archive = { kind: "tar.gz", version: "go1.30.1" as GoVersion, policy: "two", fileName: "FILE" } as const;
  const verdicts = new Map<TrustRoot, Verdict>([
    ["log", none],
    ["signature", yes],
  ]);
  const judgement = judge({ ...archive, isFromPublisher: false }, verdicts);
  if (judgement.kind === "trusted") throw new Error("it was trusted");
  expect(judgement.error.details).toEqual({
    "the publisher's signature": "as it states",
    "the checksum database": "not used: it cannot be asked",
  });
});

describe("what a root states", () => {
  const received = { bytes: { sha256: "0".repeat(64) as Sha256, size: 1 }, from: "the test", h1: () => "h1:other" };
  const claim = (more: Partial<Claim>): Claim => ({ evidence: "as it states", hold: () => undefined, ...more });
  const refuse = (): never => {
    throw new ProvisionError("checksum-mismatch", "another");
  };

  test("proves what is as it states, and refuses what is not", async () => {
    expect(await holdAgainst({ kind: "states", claim: claim({}) }, received)).toEqual(yes);
    expect(await holdAgainst({ kind: "states", claim: claim({ hold: refuse }) }, received)).toMatchObject({
      kind: "refused",
      error: { code: "checksum-mismatch" },
    });
  });

  test("refuses, and does not prove, where it cannot be followed", async () => {
    const onlyRefuses = { reason: "tiles are missing", isUnfollowed: true } as const;
    expect(expectVerdict({ kind: "states", claim: claim({ onlyRefuses }) })).toEqual(unfollowed);
    expect(await holdAgainst({ kind: "states", claim: claim({ onlyRefuses }) }, received)).toEqual(unfollowed);
    const wrong = claim({ onlyRefuses, hold: refuse });
    expect(await holdAgainst({ kind: "states", claim: wrong }, received)).toMatchObject({ kind: "refused" });
  });

  test("proves nothing where it can only refuse", async () => {
    expect(expectVerdict({ kind: "states", claim: claim({ evidence: undefined }) })).toEqual(agrees);
    const wrong = claim({ evidence: undefined, hold: refuse });
    expect(await holdAgainst({ kind: "states", claim: wrong }, received)).toMatchObject({ kind: "refused" });
  });

  test("is no verdict where readygo itself fails", async () => {
    const fail = (): never => {
      throw new ProvisionError("space-missing", "full");
    };
    await expect(holdAgainst({ kind: "states", claim: claim({ hold: fail }) }, received)).rejects.toThrow("full");
  });
});
