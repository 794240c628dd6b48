import type { CheckResult, ContextRow } from "../errors/event.ts";
import type { ProvisionError } from "../errors/provision-error.ts";
import type { Change } from "../plan/plan.ts";
import type { SavedPlan } from "../provision/saved-plan.ts";
import type { Session } from "../provision/session.ts";
import type { ResultExtras } from "../report/result/result-shape.ts";
import type { OptionName, Settings } from "./options.ts";

/** What a command did, from which the terminal's text and `--json` are both made. */
export interface CommandResult {
  readonly status: "unchanged" | "changed" | "planned" | "failed";
  readonly version: string | null;
  readonly previous: string | null;
  readonly changes: readonly Change[];
  readonly checks: readonly CheckResult[];
  /** For commands that run the checks. */
  readonly contexts?: readonly ContextRow[];
  readonly exit: number;
  /** For a run that did what it was asked and failed all the same; one that did not throws. */
  readonly error?: ProvisionError;
  /** For stdout, without `--json`; empty for nothing. */
  readonly text: string;
  /** The text is what was asked for, not a message: --quiet prints it too. */
  readonly isTextWanted?: true;
  /** The text is a file's content, and is printed as it is, however long its lines are. */
  readonly isFile?: true;
  /** What this command adds to the result object that all of them have. */
  readonly extra?: ResultExtras;
}

/** The result of a command that looks at no host and prints what it was asked for. */
export function onlyText(text: string, extra: ResultExtras, more: Pick<CommandResult, "isFile"> = {}): CommandResult {
  const nothing = { version: null, previous: null, changes: [], checks: [] };
  return { ...nothing, status: "unchanged", exit: 0, text, isTextWanted: true, extra, ...more };
}

/** What a command was asked, parsed. */
export interface CommandInput {
  /** The command line over readygo.ini. */
  readonly settings: Settings;
  /** The command line alone. */
  readonly given: Settings;
  /** readygo.ini alone. */
  readonly config: Settings;
  /** With --plan; its options and version are among the others. */
  readonly saved?: SavedPlan;
  /** The words of the positional. */
  readonly words: readonly string[];
}

/** A command as data: yargs, help, man page and completions are all made from it. */
export interface Command {
  readonly name: string;
  /** The positional's name where the command takes one. */
  readonly positional:
    | {
        readonly name: string;
        readonly describe: string;
        /** Where there are no others. */
        readonly choices?: readonly string[];
        readonly isRequired?: true;
        readonly isRepeatable?: boolean;
      }
    | undefined;
  readonly summary: string;
  readonly options: readonly OptionName[];
  /** What an option is for here, where that is not what its table says. */
  readonly help?: Readonly<Partial<Record<OptionName, string>>>;
  readonly examples: readonly (readonly [command: string, what: string])[];
  run(session: Session, input: CommandInput): Promise<CommandResult>;
}
