import { expect, it } from "vitest";
import { parseArguments } from "../../../src/cli/parse-arguments.ts";
import { commands } from "../../../src/cli/run-cli.ts";

it.each([
  [["install", "--trust", "three"], '--trust takes one of any, two, log, not "three"', "readygo install --help"],
  [["install", "--busy=x"], '--busy takes one of wait, replace, fail, not "x"', "readygo install --help"],
  [["completion", "tcsh"], 'completion takes one of bash, zsh, fish, not "tcsh"', "readygo completion --help"],
  [["verify", "--user", "plan", "--bogus"], "there is no option --bogus", "readygo verify --help"],
  [["install", "--wait"], "--wait needs a value", "readygo install --help"],
  [["install", "--wait="], "--wait needs a value", undefined],
  [["install", "--timeout", "0"], '--timeout takes a number of seconds from 1 to 999999, not "0"', undefined],
  [["install", "--keep", "1", "--keep", "2"], "--keep is given twice", undefined],
])("%j gets the answer what is taken there", async (argv, summary, remedy) => {
  await expect(parseArguments(argv, commands, "1.2.3")).rejects.toMatchObject({
    message: summary,
    ...(remedy === undefined ? {} : { remedy: [remedy] }),
  });
});

it("shows the help of the command that is meant, not of one that an option names", async () => {
  const parsed = await parseArguments(["rollback", "--user", "list", "--help"], commands, "1.2.3");
  expect(parsed).toMatchObject({ kind: "help", text: expect.stringContaining("readygo rollback --no-verify") });
});

it("leaves to readygo.ini what only readygo.ini has", async () => {
  await expect(parseArguments(["install", "--goproxy", "off"], commands, "1.2.3")).rejects.toMatchObject({
    message: "there is no option --goproxy",
  });
  expect(await parseArguments(["install", "1.27"], commands, "1.2.3")).toMatchObject({ given: {}, words: ["1.27"] });
});
