import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../src/cli/run-cli.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// The scripts in the shells themselves: what is offered when TAB is pressed at the end of a line.
describe("completion", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await createHost({ lower: "server" });
    await host.addUser("alice");
    host.write("/srv/my file", "");
    host.write("/srv/sub dir/x", "");
    for (const shell of ["bash", "zsh", "fish"]) {
      host.write(`/completion/${shell}`, (await host.readygo(["completion", shell])).stdout);
    }
    host.write("/usr/local/bin/readygo", "#!/bin/sh\necho started >>/started\n", 0o755);
  });
  afterAll(() => host?.destroy());

  const sorted = (text: string): readonly string[] =>
    [
      ...new Set(
        text
          .split("\n")
          .map((word) => word.replace(/\/$/, "").replaceAll("\\ ", " "))
          .filter((word) => word !== ""),
      ),
    ].toSorted();

  async function askBash(line: string): Promise<string> {
    // As readline splits it: = is a word of its own, and after a blank there is an empty one.
    const words = line.replaceAll("=", " = ").split(/ +/);
    const script = `. /completion/bash
      cd /srv
      COMP_WORDS=("$@")
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _readygo
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return (await host.must(["bash", "-c", script, "bash", ...words])).stdout;
  }

  async function askFish(line: string): Promise<string> {
    const script = `source /completion/fish; cd /srv; complete -C ${JSON.stringify(line)}`;
    return (await host.must(["fish", "-c", script])).stdout.replaceAll(/\t.*$/gm, "");
  }

  /** zsh completes on a terminal only: it gets one, in which the keys are pressed and what is matched is written down. */
  async function askZsh(lines: readonly string[]): Promise<readonly string[]> {
    const inside = [
      "PS1=; autoload -U compinit; compinit -u -D; source /completion/zsh; cd /srv",
      'ask() { compadd() { local -a found; builtin compadd -O found "$@"; print -rl -- $found >>/offered;',
      "builtin compadd \"$@\" }; zle list; print -r -- '--end' >>/offered }",
      "zle -C list list-choices _main_complete; zle -N ask; bindkey '^I' ask; unsetopt list_beep; print -r -- '--end' >>/offered",
    ];
    host.write("/ask.zsh", inside.join("\n"));
    const outside = `
      zmodload zsh/zpty
      await() { repeat 1500; do [[ "$(tail -n 1 /offered)" == --end ]] && return; sleep 0.02; done; exit 1 }
      : >/offered
      zpty shell zsh -f -i
      zpty -w shell '. /ask.zsh'
      await
      for line; do
        : >/offered
        zpty -w -n shell "$line"$'\\t'
        await
        cat /offered
        zpty -w -n shell $'\\x15'
      done
      zpty -d shell`;
    const { stdout } = await host.must(["zsh", "-f", "-c", outside, "zsh", ...lines], { env: { TERM: "vt100" } });
    return stdout.split("--end\n");
  }

  const questions: readonly (readonly [line: string, offered: readonly string[]])[] = [
    ["readygo ins", ["install"]],
    ["readygo install --wai", ["--wait", "--wait-builds"]],
    ["readygo verify --sour", []],
    ["readygo install --trust ", ["any", "log", "two"]],
    ["readygo install --user ali", ["alice"]],
    ["readygo completion ", ["bash", "fish", "zsh"]],
    ["readygo install l", ["latest"]],
    ["readygo verify --root s", ["sub dir"]],
    ["readygo verify --config m", ["my file"]],
  ];
  const ask: Readonly<Record<string, (lines: readonly string[]) => Promise<readonly string[]>>> = {
    bash: async (lines) => await Promise.all(lines.map(askBash)),
    fish: async (lines) => await Promise.all(lines.map(askFish)),
    zsh: askZsh,
  };

  it.each(["bash", "fish", "zsh"])(
    "%s offers commands, options, values and files, and starts nothing",
    async (shell) => {
      const lines = ["readygo ", ...questions.map(([line]) => line)];
      const [first = "", ...answers] = (await ask[shell]?.(lines)) ?? [];
      expect(sorted(first)).toEqual(expect.arrayContaining(commands.map(({ name }) => name)));
      expect(questions.map(([line], at) => [line, sorted(answers[at] ?? "")])).toEqual(questions);
      expect(host.exists("/started")).toBe(false);
    },
  );

  it("bash is told what completes readygo, and offers values behind an equals sign", async () => {
    const { stdout } = await host.must(["bash", "-c", ". /completion/bash; complete -p readygo"]);
    expect(stdout).toBe("complete -F _readygo readygo\n");
    expect(sorted(await askBash("readygo install --trust=t"))).toEqual(["two"]);
  });
});
