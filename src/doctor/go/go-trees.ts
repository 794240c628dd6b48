import { advise } from "../../errors/remedy.ts";
import { parseToolchainPath } from "../trees/toolchain-tree.ts";
import { diagnostic, type DoctorFinding, findError, findInfo, findWarning } from "../diagnostic.ts";

export const goTrees = diagnostic({
  id: "go-trees",
  group: "go",
  severity: "error",
  sees: "another Go on the host that is not the public release that its VERSION names",
  why: "What it compiles is whatever somebody has made of its compiler.",
  needs: ["root"],
  async run(context) {
    const examined = await context.otherGos();
    return examined.flatMap(({ path, account, version, finding, reason }): readonly DoctorFinding[] => {
      // What a package brought, and what go has fetched itself, is told by diagnostics of their own.
      if (finding.status === "pass" || reason === "package" || parseToolchainPath(path) !== undefined) return [];
      const shape = {
        evidence: `${path}${version === null ? "" : ` (${version})`}: ${finding.evidence}`,
        origins: [path],
        account,
        remedy: advise(finding.remedy ?? "nothing, if it is meant to be there"),
      };
      if (finding.status === "skip") return [findInfo(shape)];
      return [finding.status === "fail" ? findError(shape) : findWarning(shape)];
    });
  },
});
