import type { DoctorFinding } from "../diagnostic.ts";

/**
 * One finding where several say the same: of the same account in two shells, or of several accounts that have a setting from
 * one file of the host. Its line is then deleted once, and the evidence names them all.
 */
export function mergeFindings(findings: readonly DoctorFinding[]): readonly DoctorFinding[] {
  const groups = Map.groupBy(findings, (finding) => {
    const { severity, remedy, account, evidence } = finding;
    const said = account === null ? evidence : evidence.replaceAll(` of ${account}`, " of it");
    return JSON.stringify([severity, said, remedy.kind === "edit" ? remedy : [account, remedy]]);
  });
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = [...new Set(group.flatMap(({ account }) => account ?? []))];
    if (first.account === null || names.length < 2) return [first];
    const shown =
      names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(" and ");
    return [{ ...first, account: null, evidence: first.evidence.replace(` of ${first.account}`, ` of ${shown}`) }];
  });
}
