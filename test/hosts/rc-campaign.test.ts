import { expect, it } from "vitest";
import { playCase, runRcCampaign, type Spoil } from "../lab/shells/rc-campaign.ts";
import { describeCase, type RcCase } from "../lab/shells/rc-case.ts";

// A sample of what `npm run rc -- --full` plays: rc files as people have them, with real shells before and after.
it("makes no shell worse that reads generated rc files, changes nothing a second time, and gives them back", async () => {
  const seed = 20_261_130;
  const { outcomes, broken } = await runRcCampaign({ seed, cases: 8 });
  const reached = outcomes.reduce((sum, each) => sum + each.reached, 0);
  console.log(`rc files: seed ${seed}, cases ${outcomes.length}, contexts that their last lines decide ${reached}`);
  expect(broken.map(({ case: each, faults }) => `${faults.join("\n")}\n${describeCase(each)}`)).toEqual([]);
  expect(outcomes).toHaveLength(8);
  expect(reached).toBeGreaterThan(4);
});

const plain: RcCase = {
  shell: "bash",
  account: "user",
  base: "stock",
  loginFile: ".profile",
  pieces: [{ kind: "path-append", slot: "rc", text: "export PATH=$PATH:/opt/tools/bin\n" }],
  ending: "newline",
  hasZdotdir: false,
  isLinked: false,
  isGated: false,
};

const swap =
  (from: string, to: string): Spoil =>
  (bundle) => {
    expect(bundle).toContain(from);
    return bundle.replace(from, () => to);
  };

// The judge has to see harm where there is some.
it.each<readonly [string, Spoil, string]>([
  ["drops the last entry of PATH", swap("\\${PATH%:}", "\\${PATH%:*:}"), "terminal: PATH has lost /opt/tools/bin"],
  ["sets a variable", swap('"export PATH"', '"export PATH LAB_LEFT=1"'), "terminal: LAB_LEFT was unset, now 1"],
  ["prints", swap('"export PATH"', '"export PATH; echo done"'), "terminal: prints what it did not: done"],
])("a block that %s is caught", async (_, spoil, fault) => {
  expect((await playCase(plain, 0, spoil)).faults).toContain(fault);
});
