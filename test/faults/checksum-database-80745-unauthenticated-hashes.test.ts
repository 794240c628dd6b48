// Rule (golang/go#80745, CVE-2026-56864): of a lookup's answer nothing counts but the two lines that the leaf hashes. Hashes that
// stand beside them, authenticated or not, are refused with the answer: a database and a proxy that play together get no zip
// onto a host that its log does not show.
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProvisionError } from "../../src/errors/provision-error.ts";
import { type AttackedHost, composeLines, goSumLines, type LogAttack, lookupPath, prepareAttack, prepareAttackedHost, recordNumber } from "../lab/releases/log-attack.ts"; // prettier-ignore
import { rejectionOf } from "../unit/thrown-by.ts";

const other = goSumLines("example.com/other", "v1.0.0", `h1:${"C".repeat(43)}=`);
// Records that a malicious operator has in the log under some other module's name, lines of the release among them.
const [otherThenEvil, evilThenOther] = [100, 200];

let attack: LogAttack;
let host: AttackedHost;
beforeAll(async () => {
  const evil = await composeLines("evil");
  attack = await prepareAttack({ [otherThenEvil]: other + evil, [evilThenOther]: evil + other });
  host = await prepareAttackedHost(attack);
});
afterAll(() => host?.destroy());

const note = (): string => attack.log.sign(attack.log.head);

test.each<[string, string, () => string]>([
  ["its lines behind another module's, in the log", "log-record-wrong", () => attack.log.lookup(otherThenEvil)],
  ["its lines before another module's, in the log", "log-record-wrong", () => attack.log.lookup(evilThenOther)],
  [
    "further lines behind the record's",
    "log-record-wrong",
    () => attack.log.lookup(recordNumber, attack.honest + attack.evil),
  ],
  [
    "further lines before the record's",
    "log-record-wrong",
    () => attack.log.lookup(recordNumber, attack.evil + attack.honest),
  ],
  ["lines of the attacker's alone", "log-proof-wrong", () => attack.log.lookup(recordNumber, attack.evil)],
  [
    "one of the two lines changed",
    "log-proof-wrong",
    () => attack.log.lookup(recordNumber, attack.honest.replace(/h1:\S+/, `h1:${"D".repeat(43)}=`)),
  ],
  [
    "lines between record and note",
    "log-signature-invalid",
    () => `${recordNumber}\n${attack.honest}\n${attack.evil}\n${note()}`,
  ],
  [
    "lines in the note, before its tree head",
    "log-signature-invalid",
    () => `${recordNumber}\n${attack.honest}\n${attack.evil}${note()}`,
  ],
  ["lines behind the note", "log-signature-invalid", () => attack.log.lookup(recordNumber) + attack.evil],
  [
    "lines behind the note and a blank line",
    "log-signature-invalid",
    () => `${attack.log.lookup(recordNumber)}\n${attack.evil}`,
  ],
  [
    "lines in a note that the database signs",
    "log-head-wrong",
    () => `${recordNumber}\n${attack.honest}\n${attack.log.sign(attack.evil + attack.log.head)}`,
  ],
])("%s: refused", async (_what, code, answer) => {
  const error = await rejectionOf(attack.lookUp({ [lookupPath]: answer() }), ProvisionError);
  expect([error.code, error.exit]).toEqual([code, 5]);
});

test("lines behind a tree head that the database signs are no record: the record's own hash is what counts", async () => {
  const answer = `${recordNumber}\n${attack.honest}\n${attack.log.sign(attack.log.head + attack.evil)}`;
  expect(attack.honest).toContain((await attack.lookUp({ [lookupPath]: answer })).h1);
});

test("by none of them another zip comes onto a host, and by the log as it is the release does", async () => {
  const answers = [
    [attack.log.lookup(otherThenEvil), "log-record-wrong"],
    [attack.log.lookup(recordNumber, attack.honest + attack.evil), "log-record-wrong"],
    [`${recordNumber}\n${attack.honest}\n${attack.log.sign(attack.log.head + attack.evil)}`, "checksum-mismatch"],
  ] as const;
  for (const [answer, code] of answers) {
    expect(await host.install("evil", { [lookupPath]: answer })).toEqual({ exit: 5, code });
    expect(host.host.exists("/usr/local/go")).toBe(false);
  }
  expect(await host.install("honest", {})).toEqual({ exit: 0, code: "" });
});
