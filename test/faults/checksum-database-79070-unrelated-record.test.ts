// Rule (golang/go#79070, CVE-2026-42501): a record of the checksum database counts for the module alone that it names. An
// empty one, or an authentic one of another module, leaves the release unproven, and readygo takes no silence for consent.
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProvisionError } from "../../src/errors/provision-error.ts";
import { RequestFailure } from "../../src/errors/request-failure.ts";
import {
  type AttackedHost,
  type LogAttack,
  type Changes,
  goSumLines,
  lookupPath,
  prepareAttack,
  prepareAttackedHost,
  recordNumber,
} from "../lab/releases/log-attack.ts";
import { rejectionOf } from "../unit/thrown-by.ts";

const anyHash = `h1:${"B".repeat(43)}=`;
// In the log, and so authentic: what its operator can be brought to sign, or has signed for others.
const [otherModule, otherRelease, empty, newline, oneLine] = [100, 200, 300, 400, 500];

let attack: LogAttack;
let host: AttackedHost;
beforeAll(async () => {
  attack = await prepareAttack({
    [otherRelease]: goSumLines("golang.org/toolchain", "v0.0.1-go1.22.4.linux-amd64", anyHash),
    [empty]: "",
    [newline]: "\n",
    [oneLine]: `golang.org/toolchain v0.0.1-go1.22.5.linux-amd64/go.mod ${anyHash}\n`,
  });
  host = await prepareAttackedHost(attack);
});
afterAll(() => host?.destroy());

test("the log as it is proves the release", async () => {
  expect((await attack.lookUp({})).recordId).toBe(recordNumber);
});

test.each<[string, string, () => string]>([
  ["the record of another module", "log-record-wrong", () => attack.log.lookup(otherModule)],
  ["that of another release", "log-record-wrong", () => attack.log.lookup(otherRelease)],
  ["an authentic record of one blank line", "log-signature-invalid", () => attack.log.lookup(newline)],
  ["one of the go.mod alone", "log-record-wrong", () => attack.log.lookup(oneLine)],
  [
    "the release's lines at another record's number",
    "log-proof-wrong",
    () => attack.log.lookup(otherModule, attack.evil),
  ],
  ["an authentic record without a line, before a valid note", "log-record-wrong", () => attack.log.lookup(empty)],
  [
    "no line at the release's own number, before a valid note",
    "log-record-wrong",
    () => attack.log.lookup(recordNumber, ""),
  ],
])("%s is refused", async (_what, code, answer) => {
  const error = await rejectionOf(attack.lookUp({ [lookupPath]: answer() }), ProvisionError);
  expect([error.code, error.exit]).toEqual([code, 5]);
});

test("an empty answer, or one that is no record at all, is none: the log has not been heard", async () => {
  for (const answer of ["", "\n", attack.log.sign(attack.log.head)]) {
    const failure = await rejectionOf(attack.lookUp({ [lookupPath]: answer }), RequestFailure);
    expect(failure.kind).toBe("content");
  }
});

test("by none of them another zip comes onto a host, and by the log as it is the release does", async () => {
  const refused: readonly Changes[] = [
    { [lookupPath]: attack.log.lookup(otherModule) },
    { [lookupPath]: attack.log.lookup(empty) },
  ];
  for (const changes of refused) {
    expect(await host.install("evil", changes)).toEqual({ exit: 5, code: "log-record-wrong" });
    expect(host.host.exists("/usr/local/go")).toBe(false);
  }
  // Nothing proves it, and no other source has it.
  expect(await host.install("evil", { [lookupPath]: "" })).toEqual({ exit: 4, code: "sources-failed" });
  expect(await host.install("evil", {})).toEqual({ exit: 5, code: "checksum-mismatch" });
  expect(host.host.exists("/usr/local/go")).toBe(false);
  expect(await host.install("honest", {})).toEqual({ exit: 0, code: "" });
});
