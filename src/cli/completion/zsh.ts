import type { Command } from "../command.ts";
import { describeOptions, type DescribedOption } from "../describe-options.ts";
import type { ValueName } from "../options.ts";

/** In the notation of `_arguments`. */
const actions: Partial<Record<ValueName, string>> = {
  DIR: "_files -/",
  FILE: "_files",
  NAME: "_users",
  SOURCE: "_alternative 'word:source:(publisher goproxy)' 'file:file:_files'",
};

/** For a file `_readygo` in fpath, and for `source <(readygo completion zsh)` after compinit. */
export function formatZshCompletion(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => quote(`${name}:${summary.replaceAll(":", "\\:")}`));
  return `#compdef readygo
# zsh completion for readygo, made by \`readygo completion zsh\`
_readygo() {
  local curcontext=$curcontext state line
  local -a commands
  typeset -A opt_args
  _arguments -C '(-)--help[Show help]' '(-)--version[Show version number]' '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      commands=(
${described.map((text) => `        ${text}`).join("\n")}
      )
      _describe -t commands command commands
      ;;
    argument)
      case $words[1] in
${commands.map(formatCommand).join("\n")}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _readygo ]]; then
  _readygo "$@"
else
  compdef _readygo readygo
fi
`;
}

function formatCommand(command: Command): string {
  const specs = [...describeOptions(command).map(formatOption), "--help[Show help]", ...formatPositional(command)];
  return `        ${command.name})\n          _arguments ${specs.map(quote).join(" ")}\n          ;;`;
}

function formatOption({ flag, describe, value, isRepeatable }: DescribedOption): string {
  const text = describe.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
  if (value === undefined) return `${flag}[${text}]`;
  return `${isRepeatable ? "*" : ""}${flag}=[${text}]:${value.name.replaceAll(":", String.raw`\:`)}:${valueAction(value)}`;
}

function valueAction({ name, choices }: NonNullable<DescribedOption["value"]>): string {
  return choices.length > 0 ? `(${choices.join(" ")})` : (actions[name] ?? "");
}

function formatPositional({ positional }: Command): readonly string[] {
  if (positional === undefined) return [];
  if (positional.choices !== undefined) return [`1:${positional.name}:(${positional.choices.join(" ")})`];
  const place = positional.isRepeatable === true ? "*" : "1";
  return [`${place}:version:_alternative 'word:version:(latest)' 'file:file:_files'`];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
