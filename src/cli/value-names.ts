import type { Options } from "yargs";
import type { Command } from "./command.ts";
import { commonOptions } from "./options.ts";

/** What an option's value is called in help and man page, and by which a shell knows what to offer for it. */
export type ValueName =
  | "ARCH"
  | "DIR"
  | "FILE"
  | "NAME"
  | "N"
  | "LIST"
  | "SECONDS"
  | "SHA256"
  | "SOURCE"
  | "URL"
  | "VALUE"
  | "MODULE";

const names: Readonly<Record<string, ValueName>> = {
  arch: "ARCH",
  base: "DIR",
  "ca-file": "FILE",
  config: "FILE",
  "connect-timeout": "SECONDS",
  "download-timeout": "SECONDS",
  keep: "N",
  module: "MODULE",
  noproxy: "LIST",
  output: "DIR",
  proxy: "URL",
  root: "DIR",
  sha256: "SHA256",
  source: "SOURCE",
  "stall-timeout": "SECONDS",
  timeout: "SECONDS",
  user: "NAME",
  wait: "SECONDS",
  "wait-builds": "SECONDS",
};

/** An option as the documents and completions made from the commands show it. */
export interface DescribedOption {
  /** As it is typed: `--no-rc` for a boolean whose use is to be turned off. */
  readonly flag: string;
  readonly describe: string;
  /** Absent for a flag that takes no value. */
  readonly value: { readonly name: ValueName; readonly choices: readonly string[] } | undefined;
  readonly isRepeatable: boolean;
}

/** Options of the command itself, then those of every command. */
export function describeOptions(command: Command): readonly DescribedOption[] {
  return [...describeOwnOptions(command), ...describeCommonOptions()];
}

export function describeOwnOptions(command: Command): readonly DescribedOption[] {
  return describeAll(command.options);
}

export function describeCommonOptions(): readonly DescribedOption[] {
  return describeAll(commonOptions);
}

function describeAll(options: Readonly<Record<string, Options>>): readonly DescribedOption[] {
  return Object.entries(options).map(([name, option]) => {
    const describe = option.describe ?? "";
    // "Edit rc files (--no-rc leaves homes alone)"
    const negated = new RegExp(String.raw`\(--no-${name} (.+)\)$`).exec(describe)?.[1];
    return {
      flag: negated === undefined ? `--${name}` : `--no-${name}`,
      describe: negated === undefined ? describe : `${negated.charAt(0).toUpperCase()}${negated.slice(1)}`,
      value:
        option.type === "boolean"
          ? undefined
          : { name: names[name] ?? "VALUE", choices: (option.choices ?? []).map(String) },
      isRepeatable: option.array === true,
    };
  });
}
