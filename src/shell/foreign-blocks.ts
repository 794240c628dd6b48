import type { FileLine } from "./file-lines.ts";
import type { LineScan } from "./scan-lines.ts";

/** How tools mark what they manage: conda and its like; Ansible and many installers. Each expression gives the name. */
const styles: readonly { readonly begin: RegExp; readonly end: RegExp }[] = [
  { begin: /^\s*#+\s*>>>\s*(.*?)[\s>]*$/, end: /^\s*#+\s*<<<\s*(.*?)[\s<]*$/ },
  { begin: /^\s*#+[\s-]*(?:BEGIN|START)\s+(.*?)[\s-]*$/i, end: /^\s*#+[\s-]*(?:END|STOP)\s+(.*?)[\s-]*$/i },
];

const longestMark = 200;

/** For each line, whether it stands in another tool's managed block, marks included. */
export function findForeignBlocks(lines: readonly FileLine[], scan: LineScan): readonly boolean[] {
  const foreign = lines.map(() => false);
  const ends = new Map<string, number[]>();
  for (const [index, line] of lines.entries()) {
    const name = nameIn(line, "end");
    if (name !== undefined) {
      const known = ends.get(name);
      if (known === undefined) ends.set(name, [index]);
      else known.push(index);
    }
  }
  let index = 0;
  for (const [begin, line] of lines.entries()) {
    if (begin < index || scan.starts[begin] !== "code") continue;
    const name = nameIn(line, "begin");
    const candidates = name === undefined ? [] : (ends.get(name) ?? []);
    if ((candidates.at(-1) ?? -1) < begin) continue;
    const end = candidates.find((at) => at > begin) ?? begin;
    foreign.fill(true, begin, end + 1);
    index = end + 1;
  }
  return foreign;
}

/** The style's place and the block's name, if the line is such a mark. */
function nameIn(line: FileLine, mark: "begin" | "end"): string | undefined {
  if (line.body.length > longestMark || !/^\s*#/.test(line.body)) return undefined;
  for (const [place, style] of styles.entries()) {
    const name = style[mark].exec(line.body)?.[1];
    if (name !== undefined && name !== "") return `${place} ${name.toLowerCase()}`;
  }
  return undefined;
}
