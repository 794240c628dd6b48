import type { Command } from "../command.ts";
import { describeOptions, type DescribedOption } from "../describe-options.ts";
import type { ValueName } from "../options.ts";

/** What compgen generates words from. */
const sources: Partial<Record<ValueName, string>> = {
  DIR: "-d",
  FILE: "-f",
  NAME: "-u",
  SOURCE: "-f -W 'publisher goproxy'",
};

/** For bash 5, with or without the bash-completion package; nothing is started at a TAB. */
export function formatBashCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const byCommand = commands.map((command) => ({ command, options: describeOptions(command) }));
  return `# bash completion for readygo, made by \`readygo completion bash\`
_readygo() {
  local command= word current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  # = is a word of its own here: --root=/mnt is three.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${names.join("|")}) command=$word && break ;; esac
  done
  COMPREPLY=()
  case $command$previous in
${byCommand.flatMap(({ command, options }) => valueCases(command, options)).join("\n")}
  esac
  if [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${names.join(" ")} --help --version' -- "$current")
    return
  fi
  if [[ $current == -* ]]; then
    case $command in
${byCommand.map(({ command, options }) => `      ${command.name}) word='${flags(options)}' ;;`).join("\n")}
    esac
    mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current")
    return
  fi
  case $command in
${commands.flatMap(positionalCase).join("\n")}
  esac
}
complete -F _readygo readygo
`;
}

function valueCases({ name }: Command, options: readonly DescribedOption[]): readonly string[] {
  return options.flatMap(({ flag, value }) =>
    value === undefined ? [] : [`    ${name}${flag}) ${fill(valueWords(value))} && return ;;`],
  );
}

function valueWords({ name, choices }: NonNullable<DescribedOption["value"]>): string {
  return choices.length > 0 ? `-W '${choices.join(" ")}'` : (sources[name] ?? "-W ''");
}

function positionalCase({ name, positional }: Command): readonly string[] {
  if (positional === undefined) return [];
  const words = positional.choices === undefined ? "-f -W latest" : `-W '${positional.choices.join(" ")}'`;
  return [`    ${name}) ${fill(words)} ;;`];
}

/** Names of files get their slash, and their blanks quoted. */
function fill(words: string): string {
  const isFiles = words.startsWith("-d") || words.startsWith("-f");
  const filled = `mapfile -t COMPREPLY < <(compgen ${words} -- "$current")`;
  return isFiles ? `compopt -o filenames 2>/dev/null; ${filled}` : filled;
}

function flags(options: readonly DescribedOption[]): string {
  return [...options.map(({ flag }) => flag), "--help"].join(" ");
}
