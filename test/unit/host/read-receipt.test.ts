import { expect, test } from "vitest";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { readReceipt } from "../../../src/host/read-receipt.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";
import { toInstalledRelease, type Receipt } from "../../../src/host/receipt.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { lookupChecksum } from "../../../src/release/sumdb/lookup.ts";
import { recordedDatabase } from "../release/sumdb/recorded-database.ts";
import { thrownBy } from "../thrown-by.ts";
import { makeDirectory, place } from "../verify/check-host.ts";

const record = await lookupChecksum({
  version: "go1.26.8" as GoVersion,
  architecture: "amd64",
  ...recordedDatabase(),
});
const plain = { schema: 1, version: "go1.26.8", tree: {}, files: [], previous: [] };

function read(receipt: unknown): Receipt | undefined {
  const root = makeDirectory();
  place(root, { "var/lib/readygo/receipt.json": JSON.stringify(receipt) });
  return readReceipt(createRealFiles(root));
}

test("a receipt of an older readygo has no record, and is read as it is", () => {
  expect(read(plain)).toEqual(plain);
});

test("a record comes back as it was written, and goes along with its release only", () => {
  const receipt = read({ ...plain, record, previous: [{ ...plain, record }] });
  expect(receipt?.record).toEqual(record);
  if (receipt === undefined) return;
  expect(toInstalledRelease(receipt).record).toEqual(record);
  const { record: _, ...without } = receipt;
  expect("record" in toInstalledRelease(without)).toBe(false);
});

test.each([
  ["of another shape", { record: { ...record, proof: "none" } }],
  ["of another shape, in a release that is kept", { previous: [{ ...plain, record: { ...record, recordId: "1" } }] }],
  ["that is null", { record: null }],
])("a receipt with a record %s is not one of readygo's", (_, change) => {
  expect(thrownBy(() => read({ ...plain, ...change }), ProvisionError).code).toBe("state-invalid");
});
