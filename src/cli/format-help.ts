import type { Command } from "./command.ts";

/** `readygo --help`: a screen of 24 lines of 80 columns. What a command takes is in its own help. */
export function formatHelp(commands: readonly Command[]): string {
  const names = commands.map(describeCall);
  const width = Math.max(...names.map((name) => name.length));
  return [
    "An official Go release at /usr/local/go, proven to work.",
    "",
    "  readygo COMMAND [OPTIONS]",
    "",
    ...commands.map(({ summary }, at) => `  ${(names[at] ?? "").padEnd(width)}  ${summary}`),
    "",
    "Every command takes --json, --quiet, --verbose, --no-color, --root DIR,",
    "--config FILE and --wait SECONDS. What else it takes:  readygo COMMAND --help",
    "",
    "  sudo readygo install        the newest stable release; also upgrades, repairs",
    "  sudo readygo plan 1.27      what that would change",
  ].join("\n");
}

/** Each on a line of its own, to be copied: yargs' two columns break long ones. */
export function formatExamples({ examples }: Command): string {
  return ["Examples:", ...examples.flatMap(([line, what]) => [`  readygo ${line}`, `      ${what}`])].join("\n");
}

/** `install [VERSION]` */
export function describeCall({ name, positional }: Command): string {
  if (positional === undefined) return name;
  const word = /version/.test(positional.name) ? "VERSION" : positional.name.toUpperCase();
  const more = positional.isRepeatable === true ? "..." : "";
  return positional.isRequired === true ? `${name} ${word}${more}` : `${name} [${word}]${more}`;
}
