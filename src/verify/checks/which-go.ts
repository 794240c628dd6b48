import { places } from "../../host/places.ts";
import { type Check, type CheckContext, type Finding, pass, skip, warn } from "../check.ts";
import { askShell } from "../ask-shells.ts";
import { lookAsAccount } from "../look-as-account.ts";
import { judgeAlias, judgeOtherGo, silentShellRemedy } from "./shell-path.ts";

export const whichGo: Check = {
  id: "which-go",
  layer: 1,
  proves: "`go` in a clean login shell of the account is this tree's",
  cost: "start",
  bound: 3,
  needsRunning: true,
  async run(context) {
    const answer = await askShell(context, "login");
    if (answer.kind === "unasked") return skip(answer.why);
    if (answer.kind === "silent") return warn(answer.why, silentShellRemedy(context, "login"));
    if (answer.go.kind === "alias" || answer.go.kind === "function") return judgeAlias(context, "login", answer.go);
    return await judge(context, answer.go.kind === "program" ? answer.go.path : "");
  },
};

async function judge(context: CheckContext, command: string): Promise<Finding> {
  const who = `\`command -v go\` in ${context.account.name}'s login shell`;
  if (command === "") return judgeOtherGo(context, "login", `${who} finds nothing`);
  const { seen, unseen } = await lookAsAccount(context, [command]);
  if (unseen !== undefined) {
    return warn(
      `${who} says ${command}, which cannot be looked at: ${unseen.why}`,
      `see why ${command} does not answer, or take its directory from PATH in ${context.account.name}'s files`,
    );
  }
  const resolved = seen[0]?.target;
  if (resolved === places.goBinary) return pass(command === resolved ? command : `${command}, which is ${resolved}`);
  return judgeOtherGo(context, "login", `${who} says ${command}`);
}
