import type { Command } from "./command.ts";
import { commonOptions } from "./option-groups.ts";
import { type OptionName, optionOf, type ValueName } from "./options.ts";

/** An option as man page and completions show it. */
export interface DescribedOption {
  /** As it is typed: `--no-rc` for a flag whose use is to be turned off. */
  readonly flag: string;
  readonly describe: string;
  /** Absent for a flag, which takes no value. */
  readonly value: { readonly name: ValueName; readonly choices: readonly string[] } | undefined;
  readonly isRepeatable: boolean;
}

/** Options of the command itself, then those of every command. */
export function describeOptions(command: Command): readonly DescribedOption[] {
  return [...describeOwnOptions(command), ...describeCommonOptions()];
}

export function describeOwnOptions({ options, help }: Command): readonly DescribedOption[] {
  return options.map((name) => describe(name, help?.[name]));
}

export function describeCommonOptions(): readonly DescribedOption[] {
  return commonOptions.map((name) => describe(name));
}

function describe(name: OptionName, help?: string): DescribedOption {
  const option = optionOf(name);
  if (option.kind === "flag") {
    const { off } = option;
    const text = help ?? option.help;
    return off === undefined
      ? { flag: `--${name}`, describe: text, value: undefined, isRepeatable: false }
      : { flag: `--no-${name}`, describe: upperFirst(off), value: undefined, isRepeatable: false };
  }
  return {
    flag: `--${name}`,
    describe: describeOption(name, help),
    value: { name: option.value, choices: option.kind === "number" ? [] : (option.choices ?? []) },
    isRepeatable: option.kind === "texts",
  };
}

/** The sentence of help with what else there is to know, as one line. */
export function describeOption(name: OptionName, help?: string): string {
  const option = optionOf(name);
  const text = help ?? option.help;
  if (option.kind === "flag") return option.off === undefined ? text : `${text} (--no-${name} ${option.off})`;
  return option.default === undefined || help !== undefined ? text : `${text} (default: ${option.default})`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
