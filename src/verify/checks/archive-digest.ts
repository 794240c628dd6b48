import { type Check, fail, pass, skip } from "../check.ts";

export const archiveDigest: Check = {
  id: "archive-digest",
  layer: 1,
  proves: "the archive that the tree came from is the published one, and names the trust roots that proved it",
  cost: "look",
  bound: 1,
  isProof: true,
  needsRoot: true,
  needsRunning: false,
  run({ receipt, version, architecture }) {
    const remedy = `readygo install ${version}`;
    if (receipt === undefined) return Promise.resolve(skip("readygo did not install this tree", remedy));
    const { archive, trust } = receipt;
    if (!archive.name.includes(`${version}.linux-${architecture}.`)) {
      return Promise.resolve(
        fail(`the receipt names ${archive.name}, not ${version} for ${architecture}`, `${remedy} --repair`),
      );
    }
    if (trust.length === 0) {
      return Promise.resolve(
        fail(`no trust root proved ${archive.name} sha256:${archive.sha256}`, `${remedy} --repair`),
      );
    }
    const roots = trust.map(({ root, evidence }) => `${root} (${evidence})`).join(", ");
    return Promise.resolve(pass(`${archive.name} sha256:${archive.sha256}, proven by ${roots}`));
  },
};
