import yargs, { type Options } from "yargs";
import { nearestWords } from "../errors/nearest-words.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import type { Command } from "./command.ts";
import { describeOption } from "./describe-options.ts";
import { formatExamples, formatHelp } from "./format-help.ts";
import { stdinName } from "../release/version-request.ts";
import { commonOptions } from "./option-groups.ts";
import { type OptionName, optionOf, type Settings } from "./options.ts";
import { readSettings, readWords, type Values } from "./read-settings.ts";

export type ParsedArguments =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "run"; readonly command: Command; readonly given: Settings; readonly words: readonly string[] };

/**
 * Parses the command line; nothing is run.
 *
 * @throws ProvisionError `usage`, with the nearest known option or command
 */
export async function parseArguments(
  argv: readonly string[],
  commands: readonly Command[],
  version: string,
): Promise<ParsedArguments> {
  const isForHelp = argv.includes("--help");
  // The one whose options yargs reads: a word elsewhere may be an option's value.
  let chosen: Command | undefined;
  let parser = yargs()
    .scriptName("readygo")
    .usage("$0 COMMAND [OPTIONS]")
    .version(version)
    .help()
    .strict()
    .demandCommand(1, "name a command")
    .recommendCommands()
    .exitProcess(false)
    .showHelpOnFail(false)
    .locale("en")
    .wrap(80)
    .parserConfiguration({
      "camel-case-expansion": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "duplicate-arguments-array": true,
    })
    .options(Object.fromEntries(commonOptions.map((name) => [name, toYargsOption(name, { isForHelp })])))
    .group([...commonOptions], "Every command:")
    .fail((message: string, error: Error | undefined) => {
      // yargs' own errors are the user's: a missing value, say. Others come from a handler.
      throw error === undefined || error.name === "YError"
        ? describeUsage(message ?? error?.message ?? "", { commands, chosen, argv })
        : error;
    });
  for (const command of commands) {
    const { positional } = command;
    parser = parser.command(
      positional === undefined ? command.name : `${command.name} ${namePositional(positional)}`,
      command.summary,
      (sub) => {
        chosen = command;
        const withPositional =
          positional === undefined
            ? sub
            : sub.positional(positional.name, {
                type: "string",
                describe: positional.describe,
                ...(positional.choices === undefined ? {} : { choices: positional.choices }),
              });
        return withPositional.options(
          Object.fromEntries(
            command.options.map((name) => [name, toYargsOption(name, { isForHelp, help: command.help?.[name] })]),
          ),
        );
      },
      (values) => {
        throw new Chosen(command, values);
      },
    );
  }
  let output = "";
  try {
    await parser.parseAsync(argv.map(nameStdin), {}, (_error: unknown, _values: unknown, text: string) => {
      output = text;
    });
  } catch (thrown) {
    if (thrown instanceof Chosen) return readChosen(thrown);
    throw thrown;
  }
  if (output === "" || output === version) return { kind: "help", text: output };
  return { kind: "help", text: chosen === undefined ? formatHelp(commands) : `${output}\n\n${formatExamples(chosen)}` };
}

/** As yargs takes it. */
function namePositional({ name, isRequired, isRepeatable }: NonNullable<Command["positional"]>): string {
  const words = isRepeatable === true ? `${name}..` : name;
  return isRequired === true ? `<${words}>` : `[${words}]`;
}

/** yargs makes an empty word of a lone `-`. */
function nameStdin(word: string, at: number, argv: readonly string[]): string {
  return word === "-" && argv[at - 1]?.startsWith("--") !== true ? stdinName : word;
}

/** As yargs shows it, or reads it: numbers are left to {@link readSettings} then, since yargs makes NaN of a word. */
function toYargsOption(
  name: OptionName,
  use: { readonly isForHelp: boolean; readonly help?: string | undefined },
): Options {
  const option = optionOf(name);
  const describe = describeOption(name, use.help);
  switch (option.kind) {
    case "flag":
      return { type: "boolean", describe, ...(option.off === undefined ? {} : { default: undefined }) };
    case "number":
      return { requiresArg: true, describe, ...(use.isForHelp ? { type: "number" } : {}) };
    case "text":
      return {
        type: "string",
        requiresArg: true,
        describe,
        ...(option.choices === undefined ? {} : { choices: option.choices }),
      };
    case "texts":
      return { type: "string", array: true, nargs: 1, describe };
  }
}

function readChosen({ command, values }: Chosen): ParsedArguments {
  return { kind: "run", command, given: readSettings(values), words: readWords(values, command.positional?.name) };
}

/**
 * What a command line comes to. Thrown, since yargs lays out the command's help after a handler that returns: nobody
 * would see it, and it takes longer than all the rest of a run that has nothing to do.
 */
class Chosen extends Error {
  readonly command: Command;
  readonly values: Values;

  constructor(command: Command, values: Values) {
    super(command.name);
    this.command = command;
    this.values = values;
  }
}

function describeUsage(
  message: string,
  line: {
    readonly commands: readonly Command[];
    readonly chosen: Command | undefined;
    readonly argv: readonly string[];
  },
): ProvisionError {
  const { commands, chosen: command, argv } = line;
  const text = message.trim().split("\n")[0] ?? "";
  const remedy = [command === undefined ? "readygo --help" : `readygo ${command.name} --help`];
  const valueless = /^Not enough arguments following: (.+)$/.exec(text)?.[1];
  if (valueless !== undefined) return new ProvisionError("usage", `--${valueless} needs a value`, { remedy });
  const choice = /^Invalid values:\s+Argument: (.+?), Given: (.*), Choices: (.*)$/m.exec(message);
  if (choice !== null) {
    const [, name = "", given = "", choices = ""] = choice;
    const taker = name === command?.positional?.name ? command.name : `--${name}`;
    const summary = `${taker} takes one of ${choices.replaceAll('"', "")}, not ${given}`;
    return new ProvisionError("usage", summary, { remedy });
  }
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/.exec(text)?.[1]?.split(", ")[0];
  if (unknown === undefined) return new ProvisionError("usage", lowerFirst(text));
  const isOption = argv.some(
    (word) => word === `--${unknown}` || word.startsWith(`--${unknown}=`) || word === `-${unknown}`,
  );
  const known = isOption
    ? [...commonOptions, ...(command?.options ?? [])].map((name) => `--${name}`)
    : commands.map(({ name }) => name);
  const word = isOption ? `--${unknown}` : unknown;
  const [nearest] = nearestWords(word, known, 1);
  return new ProvisionError("usage", isOption ? `there is no option ${word}` : `"${word}" is not understood`, {
    ...(nearest === undefined ? {} : { details: { nearest } }),
    remedy,
  });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
