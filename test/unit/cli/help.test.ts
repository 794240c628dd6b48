import { describe, expect, it } from "vitest";
import { formatHelp } from "../../../src/cli/format-help.ts";
import { parseArguments } from "../../../src/cli/parse-arguments.ts";
import { commands } from "../../../src/cli/run-cli.ts";
import { describeOptions } from "../../../src/cli/describe-options.ts";

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

async function help(...argv: readonly string[]): Promise<string> {
  const parsed = await parseArguments(argv, commands, "1.2.3");
  return parsed.kind === "help" ? parsed.text : "";
}

describe("readygo --help", () => {
  it("fits a screen of 24 lines of 80 columns, with room for a prompt", async () => {
    const text = await help("--help");
    expect(text).toBe(formatHelp(commands));
    expect([text.split("\n").length <= 23, widest(text) <= 80]).toEqual([true, true]);
  });

  it("names every command", async () => {
    const text = await help("--help");
    for (const { name, summary } of commands) expect(text).toMatch(new RegExp(`^  ${name} .*${summary}$`, "m"));
  });
});

describe.each(commands.map((command) => [command.name, command] as const))("readygo %s --help", (name, command) => {
  it("shows its options and examples within 80 columns", async () => {
    const text = await help(name, "--help");
    expect(widest(text)).toBeLessThanOrEqual(80);
    for (const option of command.options) expect(text).toContain(`--${option} `);
    for (const [line] of command.examples) expect(text.split("\n")).toContain(`  readygo ${line}`);
  });

  it("calls a value by what it is in man page and completions", () => {
    for (const { flag, describe: text, value } of describeOptions(command))
      if (text.startsWith("Seconds")) expect([flag, value?.name]).toEqual([flag, "SECONDS"]);
  });

  it("has examples that are understood", async () => {
    expect(command.examples.length).toBeGreaterThan(0);
    for (const [line] of command.examples) {
      // What the shell would take for itself: a pipe, a redirection.
      const words = line.replace(/ [|>].*$/, "").split(" ");
      const parsed = await parseArguments(words, commands, "1.2.3");
      expect([line, parsed.kind === "run" ? parsed.command.name : "help"]).toEqual([line, name]);
    }
  });
});
