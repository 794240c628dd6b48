import type { ContextAnswer } from "../src/environment/ask-contexts.ts";
import type { LaunchContext } from "../src/environment/launch-context.ts";
import { tellOrigin } from "../src/environment/setting.ts";

/** docs/contexts.md: what decides each context, and what a host answered, a table for each of its accounts. */
export function formatContexts(contexts: readonly LaunchContext[], answers: readonly ContextAnswer[] = []): string {
  const names = [...new Set(answers.map(({ account }) => account.name))];
  const sections = names.map((name) => {
    const rows = answers.filter(({ account }) => account.name === name).map(formatAnswer);
    return `## As ${name}\n\n${formatTable(["context", "`go`", "PATH", "where PATH comes from", "how it is known"], rows)}`;
  });
  const what = contexts.map(({ id, typed, decidedBy }) => [id, `\`${typed}\``, decidedBy]);
  return `# Launch contexts

How processes start on a host, and what decides what they see. Contexts whose environment a shell decides are had by starting
the account's own shell; the others are derived by reading what decides them, as the program reads it that starts them.
test/hosts/launch-contexts.test.ts starts each of them for real and compares.

${formatTable(["context", "as it is typed", "what decides its environment"], what)}
${sections.map((section) => `\n${section}`).join("")}`;
}

function formatAnswer(answer: ContextAnswer): readonly string[] {
  if (answer.kind === "unseen") return [answer.context.id, answer.why, "", "", ""];
  const { context, go, how, variables } = answer;
  const meaning =
    go.kind === "program"
      ? `\`${go.path}\``
      : go.kind === "alias" || go.kind === "function"
        ? `${go.kind} \`${go.text}\``
        : go.kind;
  const path = variables["PATH"];
  return [context.id, meaning, `\`${path?.value ?? ""}\``, path === undefined ? "" : tellOrigin(path.origin), how];
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}
