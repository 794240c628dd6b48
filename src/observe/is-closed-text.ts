import { absolutePath } from "../host/absolute-path.ts";
import { systemEnvironment } from "../host/host-facts.ts";
import type { Account, Processes } from "../host/ports.ts";
import type { ShellDialect } from "../shell/managed-block.ts";

const mostParseMs = 10_000;

/**
 * How each shell checks a script on stdin without running it, and a line that is an error wherever code may begin. fish
 * ends with 0 whatever it thinks of a script on stdin, so silence is its consent; and it reads no script from a socket,
 * which is what Node gives a child as stdin.
 */
const parsers: Readonly<
  Record<ShellDialect, { readonly argv: readonly [string, ...string[]]; readonly probe: string }>
> = {
  // .profile may hold what bash alone reads; bash reads all that sh does.
  sh: { argv: ["bash", "-O", "extglob", "-n"], probe: ")" },
  bash: { argv: ["bash", "-O", "extglob", "-n"], probe: ")" },
  zsh: { argv: ["zsh", "-f", "-n"], probe: ")" },
  fish: { argv: ["sh", "-c", 'test -z "$(cat | fish --no-execute 2>&1)"'], probe: "end" },
};

/**
 * Whether a text ends in code: not in a quote, a here-document or an `if` that is never closed. The shell's own parser says
 * so, as the account: it takes the text, and not the text with an error below it. Asked of a text that our block stands in
 * already: a last line that ends in a backslash would swallow it.
 */
export async function isClosedText(
  processes: Processes,
  account: Account,
  { text, dialect }: { readonly text: string; readonly dialect: ShellDialect },
): Promise<boolean> {
  const { argv, probe } = parsers[dialect];
  const isParsed = async (script: string): Promise<boolean> => {
    const answer = await processes.run({
      argv,
      env: systemEnvironment,
      cwd: absolutePath("/"),
      input: Buffer.from(script, "latin1"),
      timeoutMs: mostParseMs,
      asUser: account,
    });
    return answer.status === 0;
  };
  const [isWhole, isOpen] = await Promise.all([isParsed(text), isParsed(`${text}\n${probe}\n`)]);
  return isWhole && !isOpen;
}
