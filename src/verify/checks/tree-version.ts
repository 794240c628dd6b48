import { absolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { type Check, fail, pass } from "../check.ts";
import { askGoVersion } from "../hermetic-go.ts";

export const treeVersion: Check = {
  id: "version",
  layer: 1,
  proves: "the tree is the release that was asked for, by its VERSION file and by what its go command says",
  cost: "look",
  bound: 2,
  isProof: true,
  after: ["archive-digest", "architecture", "tree-manifest", "tree-public", "tree-path"],
  needsRunning: false,
  async run(context) {
    const { files, version, architecture, unrunnable } = context;
    const remedy = `readygo install ${version} --repair`;
    const said = files.read(absolutePath(places.goroot, "VERSION"))?.toString("utf8").split("\n")[0]?.trim();
    if (said === undefined) return fail(`${places.goroot}/VERSION is not there`, remedy);
    if (said !== version) return fail(`VERSION says ${said}, wanted ${version}`, remedy);
    if (unrunnable !== null) return pass(`VERSION says ${said}; \`go version\` was not run: ${unrunnable}`);
    const answer = await askGoVersion(context);
    if ("failure" in answer)
      return fail(`VERSION says ${said}, but \`go version\` does not run: ${answer.failure}`, remedy);
    if (answer.words !== `go version ${version} linux/${architecture}`) {
      return fail(`VERSION says ${said}, but \`go version\` says ${answer.words}`, remedy);
    }
    return pass(answer.words);
  },
};
