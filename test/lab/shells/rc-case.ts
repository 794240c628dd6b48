export const rcShells = ["bash", "zsh", "fish", "dash"] as const;
export type RcShell = (typeof rcShells)[number];

/** Which file of the account's a piece stands in. `sourced` is one that the rc file reads. */
export type RcSlot = "rc" | "login" | "sourced";

/** Some lines of a rc file, as people have them. */
export interface RcPiece {
  /** For the tally; a tool that is not the real one is called an imitation. */
  readonly kind: string;
  readonly text: string;
  readonly slot: RcSlot;
  /** What it needs in the home. A path that ends in `/go` or stands in a `bin` is a program. */
  readonly files?: Readonly<Record<string, string>>;
  /** A part of the path of the go that a version manager chooses. */
  readonly managerPlace?: string;
}

export interface RcCase {
  readonly shell: RcShell;
  readonly account: "root" | "user";
  /** What the files hold beside the pieces: `stock` is what the distribution gives. */
  readonly base: "stock" | "ubuntu-root" | "if-guard" | "bare";
  readonly loginFile: ".profile" | ".bash_profile" | ".bash_login";
  readonly pieces: readonly RcPiece[];
  readonly ending: "newline" | "none" | "crlf";
  /** Whether zsh's files lie in ~/.config/zsh, named by ~/.zshenv. */
  readonly hasZdotdir: boolean;
  /** Whether the rc file is a link to one in ~/dotfiles. */
  readonly isLinked: boolean;
  /** Whether `install` passes its gate, or has --no-verify. */
  readonly isGated: boolean;
}

/** The lines that stand around the pieces. `stock` comes from the host's own /etc/skel. */
const heads: Readonly<Record<Exclude<RcCase["base"], "stock">, string>> = {
  "ubuntu-root":
    '# ~/.bashrc: executed by bash(1) for non-login shells.\n[ -z "$PS1" ] && return\nHISTCONTROL=ignoredups\nif [ -f ~/.bash_aliases ]; then\n    . ~/.bash_aliases\nfi\n',
  "if-guard": "# mine\nif [[ $- != *i* ]]; then\n  return\nfi\n",
  bare: "",
};

export interface RcFiles {
  readonly texts: Readonly<Record<string, string>>;
  /** Those that a shell reads last, where readygo's block may stand. */
  readonly last: readonly string[];
  /** From, to: links inside the home. */
  readonly links: Readonly<Record<string, string>>;
}

/** The files of a case, by their path in the home. `skeleton` is the distribution's text of a file of that name. */
export function filesOf(each: RcCase, skeleton: (name: string) => string): RcFiles {
  const { shell, base, pieces, loginFile } = each;
  const zdotdir = shell === "zsh" && each.hasZdotdir ? ".config/zsh/" : "";
  const rc = { bash: ".bashrc", zsh: `${zdotdir}.zshrc`, fish: ".config/fish/config.fish", dash: ".profile" }[shell];
  const login = { bash: loginFile, zsh: `${zdotdir}.zprofile`, fish: rc, dash: ".profile" }[shell];
  const sourced = shell === "bash" && base !== "if-guard" && base !== "bare" ? ".bash_aliases" : `.config/env.${shell}`;
  const textOf = (slot: RcSlot): string => pieces.filter((piece) => piece.slot === slot).map(({ text }) => text).join(""); // prettier-ignore
  const texts: Record<string, string> = {};
  for (const piece of pieces) Object.assign(texts, piece.files);
  const fromSource = textOf("sourced");
  if (fromSource !== "") texts[sourced] = fromSource;
  const reads = fromSource !== "" && sourced !== ".bash_aliases";
  const readLine = shell === "fish" ? `source ~/${sourced}\n` : `[ -f ~/${sourced} ] && . ~/${sourced}\n`;
  const head = shell === "bash" ? (base === "stock" ? skeleton(".bashrc") : heads[base]) : "";
  if (rc !== login) {
    const ofRc = `${head}${reads ? readLine : ""}${textOf("rc")}`;
    if (ofRc !== "") texts[rc] = ofRc;
    const ofLogin = textOf("login");
    const ofStock = shell === "bash" && (base === "stock" || ofLogin !== "") ? skeleton(".profile") : "";
    if (ofLogin + ofStock !== "") texts[login] = ofStock + ofLogin;
  } else {
    const ofStock = shell === "dash" && base === "stock" ? skeleton(".profile") : "";
    texts[rc] = `${ofStock}${reads ? readLine : ""}${textOf("login")}${textOf("rc")}`;
  }
  if (zdotdir !== "") texts[".zshenv"] = "export ZDOTDIR=$HOME/.config/zsh\n";
  const own = texts[rc];
  if (own !== undefined && each.ending === "none") texts[rc] = own.replace(/\n$/, "");
  if (own !== undefined && each.ending === "crlf") texts[rc] = own.replaceAll("\n", "\r\n");
  const links: Record<string, string> = {};
  if (each.isLinked && texts[rc] !== undefined) {
    texts["dotfiles/rc"] = texts[rc];
    delete texts[rc];
    links[rc] = "dotfiles/rc";
  }
  const lasts: Readonly<Record<RcShell, readonly string[]>> = {
    bash: [rc, ...[loginFile, ".profile"].filter((name) => texts[name] !== undefined)],
    zsh: [login, rc],
    fish: [rc],
    dash: [rc],
  };
  return { texts, last: [...new Set(lasts[shell])], links };
}

/** A case with its files, as it is printed to be played by hand. */
export function describeCase(each: RcCase): string {
  const { texts, links } = filesOf(each, (name) => `# (the distribution's ${name})\n`);
  const files = Object.entries(texts).map(
    ([name, text]) => `  ~/${name}\n${text.replaceAll("\r", "\\r").replace(/^/gm, "    | ")}`,
  );
  const { shell, account, base, ending, isGated } = each;
  return [
    `  ${shell}, ${account}, ${base}, last line: ${ending}${isGated ? ", with the gate" : ""}`,
    ...files,
    ...Object.entries(links).map(([from, to]) => `  ~/${from} -> ${to}`),
  ].join("\n");
}
