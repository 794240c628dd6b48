import type { Command } from "../command.ts";
import { describeOptions, type DescribedOption } from "../describe-options.ts";
import type { ValueName } from "../options.ts";

/** Options of `complete`: -x has a value and no files, -r -F has one that may be a file. */
const sources: Partial<Record<ValueName, string>> = {
  DIR: " -x -a '(__fish_complete_directories)'",
  FILE: " -r -F",
  NAME: " -x -a '(__fish_complete_users)'",
  SOURCE: " -r -F -a 'publisher goproxy'",
};

export function formatFishCompletion(commands: readonly Command[]): string {
  const isFirst = "-n __fish_use_subcommand";
  return [
    "# fish completion for readygo, made by `readygo completion fish`",
    "complete -c readygo -f",
    `complete -c readygo ${isFirst} -l help -d 'Show help'`,
    `complete -c readygo ${isFirst} -l version -d 'Show version number'`,
    ...commands.map(({ name, summary }) => `complete -c readygo ${isFirst} -a ${name} -d ${quote(summary)}`),
    ...commands.flatMap(formatCommand),
    "",
  ].join("\n");
}

function formatCommand(command: Command): readonly string[] {
  const start = `complete -c readygo -n '__fish_seen_subcommand_from ${command.name}'`;
  return [
    ...formatPositional(command).map((words) => `${start} ${words}`),
    ...describeOptions(command).map(
      ({ flag, describe, value }) => `${start} -l ${flag.slice(2)}${valueWords(value)} -d ${quote(describe)}`,
    ),
    `${start} -l help -d 'Show help'`,
  ];
}

function valueWords(value: DescribedOption["value"]): string {
  if (value === undefined) return "";
  return value.choices.length > 0 ? ` -x -a ${quote(value.choices.join(" "))}` : (sources[value.name] ?? " -x");
}

function formatPositional({ positional }: Command): readonly string[] {
  if (positional === undefined) return [];
  return [positional.choices === undefined ? "-F -a latest" : `-a ${quote(positional.choices.join(" "))}`];
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
}
