import { launchContexts } from "../src/environment/launch-context.ts";
import { type ContextsRun, fromApt, installed, people, type Round } from "../test/lab/boot/contexts-host.ts";

/** Contexts in which `go` is not the installed release. */
export interface Exception {
  readonly contexts: readonly string[];
  /** The root of the lab; undefined: every host. */
  readonly only?: "forky";
  readonly why: string;
  readonly way: string;
}

export const exceptions: readonly Exception[] = [
  {
    contexts: ["cron"],
    why: "cron starts the jobs of a crontab with `PATH=/usr/bin:/bin`, and reads no start file.",
    way: "Write `/usr/local/go/bin/go` in the crontab, or the line `PATH=/usr/local/bin:/usr/bin:/bin` above the jobs.",
  },
  {
    contexts: ["sudo", "sudo-as"],
    only: "forky",
    why: "sudo-rs of Debian 14 (forky) only: its sudoers has a `secure_path` without `/usr/local/bin`.",
    way: "Type `sudo /usr/local/go/bin/go`, or add `/usr/local/bin` to `secure_path` (`sudo visudo`).",
  },
];

/** The contexts by `ACCOUNT ID` whose `go` is of another release, or nothing. */
export function listOthers({ answers, releases }: Round, release: string): readonly string[] {
  return [...answers].filter(([, { go }]) => releases.get(go) !== release).map(([key]) => key);
}

/** docs/contexts.md: what decides each context, and what a real run found. Laid out as oxfmt leaves it. */
export function formatContexts({ before, after }: ContextsRun): string {
  const others = listOthers(after, installed);
  const all = after.answers.size;
  const what = launchContexts.map(({ id, typed, decidedBy }) => [id, `\`${typed}\``, decidedBy]);
  const matrix = launchContexts.map(({ id }) => [
    id,
    ...people.map(({ name }) => describeCell(after, `${name} ${id}`)),
  ]);
  const reasons = exceptions.map(({ contexts, why, way }) => [contexts.join(", "), why, way]);
  return `# Launch contexts

A process can start in many ways, and each gives it another environment. readygo looks at every one of them: \`go\` is the
release at \`/usr/local/go\` in all, apart from [the exceptions](#exceptions) below.

\`npm run contexts\` writes this page from a real run on a host that boots. test/hosts/contexts-after-install.test.ts does the
same run and fails where this page differs. \`readygo verify --json\` says the same of your host, in \`contexts\`: it starts the
account's own shells and derives the rest. Two tests hold what it says against the real processes.

## What decides the environment

U is the account.

${formatTable(["context", "as it is typed", "what decides its environment"], what)}
## Which go is found

The host is a Debian 12 with Ubuntu's start files: systemd, sshd, cron, sudo, tmux, cloud-init, and bash, dash, zsh, fish and
tcsh with the files that they come with. An imitation of apt's Go stands at \`/usr/bin/go\` (${fromApt}). ada has bash, may use sudo
and ran \`sudo readygo install\`. bob has zsh and may not use sudo.

- Before: ${before.answers.size - listOthers(before, fromApt).length} of ${before.answers.size} contexts found ${fromApt}.
- After: ${all - others.length} of ${all} find the installed release.
- After \`readygo uninstall\` every one has again what it had before.

\`/usr/local/bin/go\` is readygo's link to \`/usr/local/go/bin/go\`: the same program. "–" is a context that the account
does not have.

${formatTable(["context", ...people.map(({ name, shell }) => `${name} (${shell})`)], matrix)}
## Exceptions

${formatTable(["context", "why", "what to do"], reasons)}
The full mode of the test proves the row of Debian 14, too. Where such a context finds another Go, \`readygo verify\` says
\`warn\` and that Go's version. Where cron finds none, it says \`info\`: that is so on every stock host.

## Notes

- \`zsh -c\`, \`sh -c\`, \`bash -c\` and \`dash -c\` read no file that readygo edits. They find the link, if their PATH has
  \`/usr/local/bin\`: every default PATH but cron's has it.
- A line in \`/etc/crontab\` finds the link, since that file sets PATH at its top. A user's crontab does not.
- fish has a block only where \`config.fish\` exists; fish makes that file when it is first used, as ada had done
  before the install. Without the block fish finds the link.
- zsh as a login shell does not read \`/etc/profile.d\`, and neither do fish and tcsh. They find the link.
- root and bob have no block, since neither ran \`install\`. Their bash in a terminal finds the link.
- \`exec\` in a container is imitated by \`env -i\` with the default PATH of container engines. All others are the real programs.
`;
}

function describeCell({ answers, releases }: Round, key: string): string {
  const answer = answers.get(key);
  if (answer === undefined) return "–";
  if (answer.go === "") return "nothing";
  const release = releases.get(answer.go);
  return release === installed ? `\`${answer.go}\`` : `**\`${answer.go}\`** (${release})`;
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const [first = "", ...others] = all.map(
    (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`,
  );
  return [first, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...others, ""].join("\n");
}
