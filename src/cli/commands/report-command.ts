import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath, parseAbsolutePath } from "../../host/absolute-path.ts";
import type { Session } from "../../provision/session.ts";
import { stdinName } from "../../release/version-request.ts";
import { formatFleet } from "../../report/fleet/format-fleet.ts";
import { createFleet, type Fleet } from "../../report/fleet/merge-fleet.ts";
import { type ReadResults, readResults } from "../../report/fleet/read-results.ts";
import type { Result } from "../../report/result/result-shape.ts";
import { type Command, onlyText } from "../command.ts";

/** Reads results of many hosts; works on nothing here, and needs no root. */
export const reportCommand: Command = {
  name: "report",
  positional: {
    name: "file",
    describe: "What --json printed on a host, or on many, one object a line; - for stdin",
    isRequired: true,
    isRepeatable: true,
  },
  summary: "Merge many hosts' JSON into one page",
  options: [],
  examples: [
    ["report hosts/*.json >fleet.html", "one page: counts, who differs, by release, by finding"],
    ["report - --json", "the counts alone, of what comes by stdin"],
  ],
  async run(session, { words }) {
    const fleet = createFleet();
    const problems: string[] = [];
    let count = 0;
    for (const word of words) {
      const read = await readOne(session, word);
      for (const result of read.results) fleet.add(result);
      count += read.results.length;
      problems.push(...read.problems);
    }
    if (count === 0) {
      throw new ProvisionError("result-invalid", "there is no result in what was named", {
        details: Object.fromEntries(problems.slice(0, mostTold).map((problem, at) => [`${at + 1}`, problem])),
      });
    }
    for (const text of problems.slice(0, mostTold)) session.emit({ kind: "warning", text });
    if (problems.length > mostTold)
      session.emit({ kind: "warning", text: `${problems.length - mostTold} more hold no result` });
    const merged = fleet.merge();
    const page = { fleet: merged, problems, readygo: session.port.version, madeAt: session.clock.now() };
    return onlyText(formatFleet(page), { fleet: countFleet(merged, problems.length) }, { isFile: true });
  },
};

const mostTold = 10;
/** Some hundred times what a host with every finding says of itself. */
const mostBytes = 256 * 1024 * 1024;

async function readOne(session: Session, word: string): Promise<ReadResults> {
  if (word === stdinName) return readResults(await readStdin(session), "stdin");
  const path = parseAbsolutePath(word) ?? absolutePath(session.port.cwd, word);
  try {
    const content = session.machine.read(path, mostBytes);
    if (content === undefined) return { results: [], problems: [`${word}: there is no such file`] };
    return readResults(content.toString("utf8"), word);
  } catch (error) {
    return { results: [], problems: [`${word}: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

async function readStdin({ port }: Session): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of port.stdin) {
    size += chunk.length;
    if (size > mostBytes) throw new ProvisionError("result-invalid", `stdin holds more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function countFleet({ hosts }: Fleet, unread: number): NonNullable<Result["fleet"]> {
  const count = (verdict: string): number => hosts.filter((host) => host.verdict === verdict).length;
  const troubles = hosts.flatMap((host) => [...new Set(host.troubles.map(({ id }) => id))]);
  return {
    hosts: hosts.length,
    good: count("good"),
    warned: count("warned"),
    bad: count("bad"),
    differing: hosts.filter(({ isUsual }) => !isUsual).length,
    unread,
    versions: countWords(hosts.map(({ version }) => version ?? "none")),
    findings: countWords(troubles),
  };
}

function countWords(words: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}
