import { type Command, onlyText } from "../command.ts";
import { formatBashCompletion } from "../completion/bash.ts";
import { formatFishCompletion } from "../completion/fish.ts";
import { formatZshCompletion } from "../completion/zsh.ts";

const formats = { bash: formatBashCompletion, zsh: formatZshCompletion, fish: formatFishCompletion } as const;

/** yargs' own completion starts the program at every TAB; these scripts hold all there is to know. */
export const completionCommand = (commands: () => readonly Command[]): Command => ({
  name: "completion",
  positional: {
    name: "shell",
    describe: "bash, zsh or fish",
    choices: Object.keys(formats),
    isRequired: true,
  },
  summary: "Print a completion script for a shell",
  options: [],
  examples: [
    ["completion bash | sudo tee /etc/bash_completion.d/readygo", "for everybody, with bash-completion"],
    ["completion zsh | sudo tee /usr/local/share/zsh/site-functions/_readygo", "for everybody"],
    ["completion fish >~/.config/fish/completions/readygo.fish", "for yourself"],
  ],
  async run(_session, { words }) {
    const [shell] = words;
    const script = formats[shell === "zsh" || shell === "fish" ? shell : "bash"](commands());
    return onlyText(script, { script }, { isFile: true });
  },
});
