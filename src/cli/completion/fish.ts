import type { Command } from "../command.ts";
import { describeOptions, type DescribedOption } from "../value-names.ts";

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
  if (value.choices.length > 0) return ` -x -a ${quote(value.choices.join(" "))}`;
  switch (value.name) {
    case "DIR":
      return " -x -a '(__fish_complete_directories)'";
    case "FILE":
      return " -r -F";
    case "NAME":
      return " -x -a '(__fish_complete_users)'";
    case "SOURCE":
      return " -r -F -a 'publisher goproxy'";
    default:
      return " -x";
  }
}

function formatPositional({ positional }: Command): readonly string[] {
  if (positional === undefined) return [];
  return [positional.choices === undefined ? "-F -a latest" : `-a ${quote(positional.choices.join(" "))}`];
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
}
