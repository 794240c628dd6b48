import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../../src/errors/error-codes.ts";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import type { Sha256 } from "../../../src/release/sha256.ts";
import type { AskedRoots } from "../../../src/trust/ask-roots.ts";
import { type Inquiry, openInquiry } from "../../../src/trust/inquiry.ts";
import type { Answer, Claim } from "../../../src/trust/judge.ts";
import type { TrustPolicy } from "../../../src/trust/trust-policy.ts";
import { rejectionOf } from "../thrown-by.ts";

type Root = "manifest" | "publisher" | "signature" | "log";
type Answers = Partial<Record<Root, () => Promise<Answer>>>;

const bytes = { sha256: "0".repeat(64) as Sha256, size: 1 };
const unused: Answer = { kind: "unused", reason: "not there" };
const refused = (code: ErrorCode): Answer => ({ kind: "refused", error: new ProvisionError(code, code) });
const states =
  (hold: Claim["hold"] = () => undefined): (() => Promise<Answer>) =>
  async () => ({ kind: "states", claim: { evidence: "as it states", hold } });
const mismatch = states(() => {
  throw new ProvisionError("checksum-mismatch", "another");
});
const never = (): Promise<Answer> => new Promise(() => undefined);

interface Case {
  readonly policy?: TrustPolicy;
  readonly isLocal?: boolean;
  /** What costs a local archive contact with the network. */
  readonly far?: readonly Root[];
  readonly pinned?: AskedRoots["pinned"];
}

function open(
  answers: Answers,
  { policy = "any", isLocal = false, far = [], pinned }: Case = {},
): Inquiry & { readonly asked: Root[] } {
  // prettier-ignore
  const asked: Root[] = [];
  const list = (["manifest", "publisher", "signature", "log"] as const).flatMap((root) => {
    const answer = answers[root];
    if (answer === undefined) return [];
    const about = root === "publisher" || root === "signature" ? ("bytes" as const) : ("tree" as const);
    return [{ root, about, isNear: !far.includes(root), ask: async () => (asked.push(root), answer()) }];
  });
  const roots: AskedRoots = { kind: "tar.gz", list, pinned, isLocal, end: () => undefined };
  const archive = { fileName: "FILE", from: "the test", isFromPublisher: false };
  return { ...openInquiry({ version: "go1.30.1" as GoVersion, policy }, roots, archive), asked };
}

const codeOf = async (work: Promise<unknown>): Promise<string> => (await rejectionOf(work, ProvisionError)).code;
const timed = async <Value>(work: () => Promise<Value>): Promise<[value: Value, ms: number]> => {
  const start = performance.now();
  return [await work(), performance.now() - start];
};

async function hold(inquiry: Inquiry): Promise<readonly string[]> {
  await inquiry.holdBytes(bytes);
  const { trust } = await inquiry.holdTree(() => "h1:");
  return trust.map(({ root }) => root);
}

describe("an archive of this machine", () => {
  const isLocal = { isLocal: true, far: ["publisher", "log"] } as const;

  test("has nobody asked over the network where what lies beside it is enough", async () => {
    const inquiry = open({ publisher: states(), signature: states(), log: states() }, isLocal);
    expect([await hold(inquiry), inquiry.asked]).toEqual([["signature"], ["signature"]]);
    const pinned = open({ manifest: states(), publisher: states(), signature: async () => unused, log: states() }, { ...isLocal, pinned: bytes }); // prettier-ignore
    expect([await hold(pinned), pinned.asked]).toEqual([["manifest"], ["manifest", "signature"]]);
  });

  test("has them asked where it is not", async () => {
    const inquiry = open({ publisher: states(), signature: async () => unused, log: states() }, isLocal);
    expect(await hold(inquiry)).toEqual(["publisher"]);
    const two = open(
      { publisher: async () => unused, signature: states(), log: states() },
      { ...isLocal, policy: "two" },
    );
    expect(await hold(two)).toEqual(["signature", "log"]);
  });
});

describe("the bytes", () => {
  test("are refused before the tree is there, and a disagreement is reported as that", async () => {
    expect(await codeOf(open({ publisher: mismatch }).holdBytes(bytes))).toBe("checksum-mismatch");
    const late = async (): Promise<Answer> => (await sleep(50), states()());
    expect(await codeOf(open({ publisher: mismatch, signature: late }).holdBytes(bytes))).toBe("roots-disagree");
  });

  test("wait for nobody more once one root proves them, and not at all where their hash is pinned", async () => {
    await open({ publisher: states(), signature: never }).holdBytes(bytes);
    await open({ signature: never }, { pinned: bytes }).holdBytes(bytes);
  });
});

describe("the tree", () => {
  test("is refused by what the log has, whatever proves the bytes", async () => {
    expect(await codeOf(hold(open({ signature: states(), log: mismatch })))).toBe("roots-disagree");
    expect(await codeOf(hold(open({ log: mismatch })))).toBe("checksum-mismatch");
  });

  test("is not trusted by what only proves the bytes of another policy", async () => {
    expect(await codeOf(hold(open({ signature: states() }, { policy: "log" })))).toBe("policy-unmet");
  });

  test("waits three seconds for who has not answered, and not longer", async () => {
    const [judgement, ms] = await timed(async () => {
      const inquiry = open({ signature: states(), log: never });
      await inquiry.holdBytes(bytes);
      return inquiry.holdTree(() => "h1:");
    });
    expect(judgement).toMatchObject({
      trust: [{ root: "signature" }],
      unused: [{ root: "log", reason: "no answer 3 s after the rest" }],
    });
    expect([ms > 2_900, ms < 6_000]).toEqual([true, true]);
  });

  test("is held against the log also where that answers late, within these seconds", async () => {
    const late = async (): Promise<Answer> => (await sleep(500), refused("log-forked"));
    expect(await codeOf(hold(open({ signature: states(), log: late })))).toBe("log-forked");
  });
});

describe("before the bytes have come", () => {
  test("the run ends where no answer that is left can be enough", async () => {
    const nobody = { publisher: async () => unused, signature: async () => unused, log: async () => unused };
    expect(await codeOf(open(nobody).checkClaims())).toBe("checksum-unknown");
    expect(await codeOf(open({ ...nobody, signature: states() }, { policy: "two" }).checkClaims())).toBe(
      "policy-unmet",
    );
    await open({ ...nobody, signature: states() }).checkClaims();
  });

  test("a record of a log that cannot be followed is not enough", async () => {
    const onlyRefuses = { reason: "tiles are missing", isUnfollowed: true } as const;
    const log = async (): Promise<Answer> => ({ kind: "states", claim: { evidence: "", hold: () => undefined, onlyRefuses } }); // prettier-ignore
    expect(await codeOf(open({ log }).checkClaims())).toBe("checksum-unknown");
    expect(await codeOf(open({ signature: states(), log }, { policy: "log" }).checkClaims())).toBe("log-unfollowed");
  });

  test("a refusal is left to be told when they have: it is final, and too little is not", async () => {
    await open({ signature: async () => refused("signature-invalid") }, { policy: "two" }).checkClaims();
  });
});

describe("a fork of the log", () => {
  const refusal = new ProvisionError("archive-hostile", "a link that leads out");

  test("is thrown in the place of a refusal that came before it", async () => {
    const late = async (): Promise<Answer> => (await sleep(100), refused("log-forked"));
    expect(await codeOf(open({ log: late }).preferFork(refusal))).toBe("log-forked");
    expect(await codeOf(open({ log: states() }).preferFork(refusal))).toBe("archive-hostile");
  });

  test("is waited for three seconds, and is not asked for over the network for an archive of this machine", async () => {
    const [code, ms] = await timed(() => codeOf(open({ log: never }).preferFork(refusal)));
    expect([code, ms < 6_000]).toEqual(["archive-hostile", true]);
    const local = open({ log: async () => refused("log-forked") }, { isLocal: true, far: ["log"] });
    expect([await codeOf(local.preferFork(refusal)), local.asked]).toEqual(["archive-hostile", []]);
  });

  test("is not what a failure that says nothing of the bytes waits for", async () => {
    const inquiry = open({ log: async () => refused("log-forked") });
    await expect(inquiry.preferFork(new Error("the disk is full"))).rejects.toThrow("the disk is full");
    expect(inquiry.asked).toEqual([]);
  });
});
