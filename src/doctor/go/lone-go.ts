import { posix } from "node:path";
import { advise, runAs, runAsRoot } from "../../errors/remedy.ts";
import { diagnostic, findInfo, findWarning } from "../diagnostic.ts";
import { findSeenGos, nameContexts } from "./seen-gos.ts";

export const loneGo = diagnostic({
  id: "lone-go",
  group: "go",
  severity: "warning",
  sees: "a copy of bin/go in a directory of its own, without the tree around it",
  why: "It finds neither compiler nor library: `go: cannot find GOROOT directory` (golang/go#68107).",
  needs: ["running"],
  async run(context) {
    const lone = (await findSeenGos(context)).filter(({ kind }) => kind === "lone");
    const byPath = Map.groupBy(lone, ({ path }) => path);
    return [...byPath].map(([path, [first, ...others]]) => {
      if (first === undefined) throw new Error("a group is not empty");
      const { account, target } = first;
      const contexts = [first, ...others].flatMap((each) => each.contexts);
      const link = target === path ? "" : `, a link to ${target},`;
      const isOwn = path.startsWith(`${account.home}/`);
      // Away from PATH, not deleted: it may be somebody's only copy.
      const aside = `${posix.dirname(path)}/${posix.basename(path)}.alone`;
      const shape = {
        origins: [path],
        account: isOwn ? account.name : null,
        remedy: path.startsWith("/usr/bin/")
          ? advise(`see which package brought it:  dpkg -S ${path}`)
          : isOwn
            ? runAs(account.name, "mv", path, aside)
            : runAsRoot("mv", path, aside),
      };
      return contexts.length === 0
        ? findInfo({ ...shape, evidence: `${path}${link} has no Go tree around it; no context that was looked at finds it first` }) // prettier-ignore
        : findWarning({ ...shape, evidence: `${path}${link} has no Go tree around it, and is the go of ${nameContexts(contexts)}` }); // prettier-ignore
    });
  },
});
