import { expect, it } from "vitest";
import { parseArguments } from "../../../src/cli/parse-arguments.ts";
import { commands } from "../../../src/cli/run-cli.ts";

it.each([
  [["install", "--trust", "three"], '--trust takes one of any, two, log, not "three"', "readygo install --help"],
  [["install", "--busy=x"], '--busy takes one of wait, replace, fail, not "x"', "readygo install --help"],
  [["completion", "tcsh"], 'completion takes one of bash, zsh, fish, not "tcsh"', "readygo completion --help"],
])("%j is told what is taken there", async (argv, summary, remedy) => {
  await expect(parseArguments(argv, commands, "1.2.3")).rejects.toMatchObject({ message: summary, remedy: [remedy] });
});
