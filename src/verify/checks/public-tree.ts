import { absolutePath } from "../../host/absolute-path.ts";
import { createCrc32Reader } from "../../host/trees/file-crc32.ts";
import { places } from "../../host/places.ts";
import { type Check, skip } from "../check.ts";
import { provePublicTree } from "../prove-public-tree.ts";

export const publicTree: Check = {
  id: "tree-public",
  layer: 1,
  proves: "the tree is the public release: the log that everybody sees has its hash on record",
  cost: "look",
  bound: 2,
  isProof: true,
  needsRunning: false,
  async run(context) {
    const { files, version } = context;
    if (files.stat(places.goroot)?.kind !== "directory") return skip(`${places.goroot} is no directory`);
    const read = createCrc32Reader();
    const repair = `readygo install ${version} --repair`;
    return await provePublicTree({
      ...context,
      goEnv: files.read(absolutePath(places.goroot, "go.env"))?.toString("utf8"),
      crc32Of: (path) => read(files.locate(absolutePath(places.goroot, path))),
      remedies: { edited: `a distribution's edit; ${repair}  puts the release's own there`, different: repair },
    });
  },
};
