import type { RcPiece, RcShell, RcSlot } from "./rc-case.ts";

/** A go that isn't readygo's; it says so. */
const otherGo = "#!/bin/sh\necho go version go1.22.5 linux/amd64\n";
const everySlot: readonly RcSlot[] = ["rc", "login", "sourced"];
const own: readonly RcSlot[] = ["rc"];

interface PieceKind {
  readonly kind: string;
  readonly shells: readonly RcShell[];
  readonly slots?: readonly RcSlot[];
  /** Each is one way to write it. */
  readonly texts: readonly string[];
  readonly files?: RcPiece["files"];
  readonly managerPlace?: string;
  /** Stands at the end of its file. */
  readonly isEnd?: boolean;
  /** How often, beside 4 of the others. */
  readonly weight?: number;
}

const posix: readonly RcShell[] = ["bash", "zsh", "dash"];
const big: readonly RcShell[] = ["bash", "zsh"];
const hook = 'lab_hook() { case ":$PATH:" in *:/opt/late:*) ;; *) PATH=$PATH:/opt/late ;; esac; }\n';
const hookFirst = 'lab_first() { case "$PATH" in "$HOME/sdk/go1.22.5/bin:"*) ;; *) PATH=$HOME/sdk/go1.22.5/bin:$PATH ;; esac; }\n'; // prettier-ignore

const inPosix: readonly PieceKind[] = [
  {
    kind: "goroot",
    shells: posix,
    slots: everySlot,
    texts: [
      "export GOROOT=/opt/go1.19\n",
      "export GOROOT=$HOME/sdk/go1.22.5\n",
      "GOROOT=/usr/local/go\nexport GOROOT\n",
      "export GOROOT=/opt/gone\n",
      'export GOROOT="/usr/local/go/"\nexport GOPATH="$HOME/go"\n',
    ],
    weight: 8,
  },
  {
    kind: "goroot-in-variables",
    shells: posix,
    slots: everySlot,
    texts: [
      "export GOBIN=$GOROOT/bin\n",
      'export CGO_CFLAGS="-I$GOROOT/include -O2"\n',
      'export JAVA_OPTS="$JAVA_OPTS -Dgo.root=$GOROOT -Xmx1g"\n',
      "export GOTOOLDIR=${GOROOT}/pkg/tool; export GOSRC=${GOROOT:-/none}/src\n",
    ],
    weight: 8,
  },
  {
    kind: "goroot-in-path",
    shells: posix,
    slots: everySlot,
    texts: [
      "export PATH=$GOROOT/bin:$PATH\n",
      "export PATH=$PATH:$GOROOT/bin:$GOPATH/bin\n",
      'if [ -n "$GOROOT" ]; then\n  PATH="$PATH:${GOROOT}/bin"\n  export PATH\nfi\n',
    ],
    weight: 8,
  },
  {
    kind: "goroot-in-function",
    shells: big,
    slots: everySlot,
    texts: ["alias cdgo='cd $GOROOT'\n", 'gosrc() {\n  ls "$GOROOT/src"\n}\n', 'alias gobin="ls $GOROOT/bin"\n'],
  },
  {
    kind: "go-alias",
    shells: big,
    texts: ["alias go=/opt/go1.19/bin/go\n", 'go() { command /opt/go1.19/bin/go "$@"; }\n', "alias go='go'\n"],
    weight: 2,
  },
  { kind: "goroot-readonly", shells: posix, texts: ["readonly GOROOT=/opt/go1.19\nexport GOROOT\n"], weight: 1 },
  {
    kind: "path-append",
    shells: posix,
    slots: everySlot,
    texts: [
      "export PATH=$PATH:/usr/local/go/bin\n",
      'export PATH="$PATH:$HOME/go/bin"\n',
      "PATH=$PATH:/opt/tools/bin:\nexport PATH\n",
      "export PATH=$PATH:$(echo /opt/one:/opt/two)\n",
    ],
  },
  {
    kind: "path-prepend",
    shells: posix,
    slots: everySlot,
    texts: [
      "export PATH=$HOME/sdk/go1.22.5/bin:$HOME/bin:$PATH\n",
      'PATH="$HOME/.local/bin:$PATH"\nexport PATH\n',
      "export PATH=/opt/go1.19/bin:/usr/local/go/bin:/opt/go1.19/bin:$PATH\n",
      'export PATH="/opt/with space/bin:$PATH"\n',
      "export PATH=.:$PATH\n",
      "export PATH=:$PATH\n",
    ],
  },
  {
    kind: "path-replaced",
    shells: posix,
    slots: everySlot,
    texts: [
      "export PATH=/usr/local/bin:/usr/bin:/bin\n",
      "export PATH=$HOME/bin:/usr/bin:/bin\n",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/go/bin\n",
    ],
  },
  {
    kind: "path-deduped",
    shells: big,
    slots: everySlot,
    texts: [
      'new=; rest=$PATH:\nwhile [ -n "$rest" ]; do d=${rest%%:*}; rest=${rest#*:}; case ":$new:" in *":$d:"*) ;; *) new=$new:$d ;; esac; done\nPATH=${new#:}; unset new rest d\n',
      'export PATH=$(printf %s "$PATH" | awk -v RS=: \'!s[$0]++ { printf "%s%s", n++ ? ":" : "", $0 }\')\n',
    ],
  },
  { kind: "set-u-e", shells: posix, slots: everySlot, texts: ["set -u\n", "set -e\n", "set -eu\n"], weight: 2 },
  {
    kind: "here-document",
    shells: posix,
    texts: [
      'cat >/dev/null <<EOF\nexport GOROOT=/opt/never\nit is "odd\nEOF\n',
      "cat >/dev/null <<'EOF'\n# >>> tool >>>\n$(oops\nEOF\n",
      "read -r lab_text <<-END || true\n\tone\n\tEND\n",
    ],
  },
  {
    kind: "nested-if",
    shells: posix,
    slots: everySlot,
    texts: [
      'if [ -d "$HOME/sdk" ]; then\n  if [ -x "$HOME/sdk/go1.22.5/bin/go" ]; then\n    PATH="$HOME/sdk/go1.22.5/bin:$PATH"\n  fi\nfi\n',
      'for d in "$HOME/bin" /opt/go1.19/bin; do\n  case ":$PATH:" in\n  *":$d:"*) ;;\n  *) PATH=$d:$PATH ;;\n  esac\ndone\nunset d\n',
    ],
  },
  { kind: "comment", shells: posix, slots: everySlot, texts: ["# it's mine, \"unbalanced\n", "\n\n# export GOROOT=/x \\\n"] }, // prettier-ignore
  {
    kind: "output",
    shells: posix,
    slots: everySlot,
    texts: ["echo hello from my files\n", "echo a warning >&2\n", "printf 'no newline'\n"],
    weight: 2,
  },
  { kind: "ifs", shells: posix, texts: ["IFS=:\n", "set -f\n", "umask 077\n"], weight: 1 },
  {
    kind: "exec-at-the-end",
    shells: big,
    texts: ["[ -t 1 ] && [ -z \"$LAB_IN\" ] && export LAB_IN=1 && exec fish\n", 'case $- in *i*) exec env LAB_IN=1 sh -i ;; esac\n'], // prettier-ignore
    isEnd: true,
    weight: 2,
  },
  {
    kind: "return-at-the-end",
    shells: big,
    slots: everySlot,
    texts: ["return 0\n", "return\n"],
    isEnd: true,
    weight: 1,
  },
  { kind: "false-at-the-end", shells: posix, slots: everySlot, texts: ["[ -f ~/.none ] && . ~/.none\n"], isEnd: true },
  {
    kind: "imitated-asdf",
    shells: big,
    slots: everySlot,
    texts: ["export ASDF_DATA_DIR=$HOME/.asdf\nexport PATH=$ASDF_DATA_DIR/shims:$PATH\n", ". $HOME/.asdf/asdf.sh\n"],
    files: { ".asdf/shims/go": otherGo, ".asdf/asdf.sh": 'PATH="$HOME/.asdf/shims:$PATH"\nexport PATH\n' },
    managerPlace: "/.asdf/shims/",
    weight: 2,
  },
  {
    kind: "imitated-goenv",
    shells: big,
    texts: [
      'export GOENV_ROOT=$HOME/.goenv\nexport PATH=$GOENV_ROOT/bin:$PATH\neval "$(goenv init -)"\nexport PATH="$GOROOT/bin:$PATH:$GOPATH/bin"\n',
    ],
    files: {
      ".goenv/bin/goenv":
        "#!/bin/sh\necho 'export PATH=\"'$HOME'/.goenv/shims:$PATH\"; export GOROOT='$HOME'/.goenv/versions/1.22.5 GOPATH='$HOME'/go/1.22.5'\n",
      ".goenv/shims/go": otherGo,
      ".goenv/versions/1.22.5/bin/go": otherGo,
    },
    managerPlace: "/.goenv/",
    weight: 2,
  },
  {
    kind: "imitated-gvm",
    shells: big,
    slots: everySlot,
    texts: ['[[ -s "$HOME/.gvm/scripts/gvm" ]] && source "$HOME/.gvm/scripts/gvm"\n'],
    files: {
      ".gvm/scripts/gvm":
        'export GVM_ROOT="$HOME/.gvm"\nexport GOROOT="$GVM_ROOT/gos/go1.22.5"\nexport GOPATH="$GVM_ROOT/pkgsets/go1.22.5/global"\nexport PATH="$GOROOT/bin:$GVM_ROOT/bin:$PATH"\n',
      ".gvm/gos/go1.22.5/bin/go": otherGo,
    },
    managerPlace: "/.gvm/",
    weight: 2,
  },
];

const inBash: readonly PieceKind[] = [
  {
    kind: "prompt-hook",
    shells: ["bash"],
    slots: own,
    texts: [
      `${hook}PROMPT_COMMAND="lab_hook\${PROMPT_COMMAND:+; $PROMPT_COMMAND}"\n`,
      `${hook}PROMPT_COMMAND=(lab_hook "\${PROMPT_COMMAND[@]}")\n`,
      "PROMPT_COMMAND='history -a'\n",
    ],
    weight: 6,
  },
  {
    kind: "prompt-hook-other-go",
    shells: ["bash"],
    slots: own,
    texts: [`${hookFirst}PROMPT_COMMAND=lab_first\n`, `${hookFirst}PROMPT_COMMAND+=(lab_first)\n`],
    weight: 2,
  },
  { kind: "bash-options", shells: ["bash"], slots: own, texts: ["shopt -s nocasematch extglob\n", "set -o noclobber\nset -o vi\n", "shopt -s nullglob failglob\n", "trap 'true' DEBUG\n", "trap 'true' EXIT\n"] }, // prettier-ignore
  { kind: "real-mise", shells: ["bash"], slots: own, texts: ['eval "$(mise activate bash)"\n'] },
  { kind: "real-direnv", shells: ["bash"], slots: own, texts: ['eval "$(direnv hook bash)"\n'] },
];

const inZsh: readonly PieceKind[] = [
  {
    kind: "zsh-path",
    shells: ["zsh"],
    slots: everySlot,
    texts: [
      "typeset -U path PATH\npath=(~/bin $path)\n",
      "path=(/opt/go1.19/bin $path)\n",
      "path+=(/opt/tools/bin)\n",
      "typeset -U path\n",
      "path=($path[@] $GOROOT/bin)\n",
      "typeset -T GOPATH gopath\ngopath=(~/go ~/work)\nexport GOPATH\n",
    ],
    weight: 12,
  },
  {
    kind: "prompt-hook",
    shells: ["zsh"],
    slots: own,
    texts: [`${hook}precmd() { lab_hook }\n`, `${hook}precmd_functions+=(lab_hook)\n`, `${hook}autoload -Uz add-zsh-hook\nadd-zsh-hook precmd lab_hook\n`], // prettier-ignore
    weight: 6,
  },
  { kind: "prompt-hook-other-go", shells: ["zsh"], slots: own, texts: [`${hookFirst}precmd_functions+=(lab_first)\n`], weight: 2 }, // prettier-ignore
  {
    kind: "zsh-options",
    shells: ["zsh"],
    slots: everySlot,
    texts: [
      "setopt extended_glob no_unset\n",
      "setopt ksh_arrays sh_word_split\n",
      "setopt err_return\n",
      "setopt ignore_braces\n",
      "setopt glob_subst csh_null_glob\n",
      "setopt warn_create_global nomatch no_clobber\n",
      "emulate sh\n",
      "setopt no_rcs\n",
    ],
  },
  { kind: "real-mise", shells: ["zsh"], slots: own, texts: ['eval "$(mise activate zsh)"\n'] },
  { kind: "real-direnv", shells: ["zsh"], slots: own, texts: ['eval "$(direnv hook zsh)"\n'] },
];

const inFish: readonly PieceKind[] = [
  {
    kind: "goroot",
    shells: ["fish"],
    slots: everySlot,
    texts: [
      "set -gx GOROOT /opt/go1.19\n",
      "set -x GOROOT $HOME/sdk/go1.22.5\n",
      "set -gx GOROOT /usr/local/go\n",
      "set -Ux GOROOT /opt/go1.19\n",
      "export GOROOT=/opt/gone\n",
    ],
    weight: 8,
  },
  {
    kind: "goroot-in-variables",
    shells: ["fish"],
    slots: everySlot,
    texts: ["set -gx GOBIN $GOROOT/bin\n", 'set -gx CGO_CFLAGS "-I$GOROOT/include"\n', "set -gx JAVA_OPTS -Dgo=$GOROOT $JAVA_OPTS\n"], // prettier-ignore
    weight: 8,
  },
  {
    kind: "goroot-in-path",
    shells: ["fish"],
    slots: everySlot,
    texts: ["set -gx PATH $GOROOT/bin $PATH\n", "set PATH $PATH $GOROOT/bin\n", "if set -q GOROOT\n    fish_add_path -g $GOROOT/bin\nend\n"], // prettier-ignore
    weight: 8,
  },
  { kind: "goroot-in-function", shells: ["fish"], texts: ["function cdgo\n    cd $GOROOT\nend\n", "alias lsgo 'ls $GOROOT'\n"] }, // prettier-ignore
  { kind: "go-alias", shells: ["fish"], texts: ["alias go /opt/go1.19/bin/go\n", "function go\n    /opt/go1.19/bin/go $argv\nend\n"], weight: 2 }, // prettier-ignore
  {
    kind: "fish-path",
    shells: ["fish"],
    slots: everySlot,
    texts: [
      "fish_add_path /opt/go1.19/bin\n",
      "fish_add_path --global --move --prepend ~/sdk/go1.22.5/bin\n",
      "fish_add_path -aP /opt/tools/bin\n",
      "set -gx PATH ~/bin $PATH\n",
      "set -gx PATH /usr/local/bin /usr/bin /bin\n",
      "set -gx PATH /usr/bin /bin $HOME/bin\n",
      "set -gx fish_user_paths /opt/go1.19/bin\n",
      "fish_add_path /usr/local/go/bin\n",
      "contains /opt/tools/bin $PATH; or set -a PATH /opt/tools/bin\n",
      "set -gx PATH '/opt/with space/bin' $PATH\n",
    ],
    weight: 16,
  },
  { kind: "nested-if", shells: ["fish"], slots: everySlot, texts: ["if status is-login\n    if test -d ~/sdk\n        set -gx PATH ~/sdk/go1.22.5/bin $PATH\n    end\nend\n", "if status is-interactive\n    set -g fish_greeting\n    fish_add_path -g /opt/tools/bin\nend\n"] }, // prettier-ignore
  { kind: "comment", shells: ["fish"], slots: everySlot, texts: ["# it's mine\n", "\n# set -x GOROOT /x \\\n"] },
  { kind: "output", shells: ["fish"], slots: everySlot, texts: ["echo hello from my files\n", "echo a warning >&2\n"], weight: 2 }, // prettier-ignore
  {
    kind: "prompt-hook",
    shells: ["fish"],
    slots: own,
    texts: ["function lab_hook --on-event fish_prompt\n    contains /opt/late $PATH; or set -gxa PATH /opt/late\nend\n", "function lab_var --on-variable PATH\n    set -gx LAB_SEEN yes\nend\n"], // prettier-ignore
    weight: 6,
  },
  { kind: "prompt-hook-other-go", shells: ["fish"], slots: own, texts: ['function lab_first --on-event fish_prompt\n    test "$PATH[1]" = ~/sdk/go1.22.5/bin; or set -gx PATH ~/sdk/go1.22.5/bin $PATH\nend\n'], weight: 2 }, // prettier-ignore
  { kind: "guard", shells: ["fish"], slots: own, texts: ["status is-interactive; or exit\n", "if not status is-interactive\n    return\nend\n"], weight: 2 }, // prettier-ignore
  { kind: "exec-at-the-end", shells: ["fish"], slots: own, texts: ["if status is-interactive; and not set -q LAB_IN\n    set -gx LAB_IN 1\n    exec bash --norc\nend\n"], isEnd: true, weight: 2 }, // prettier-ignore
  { kind: "false-at-the-end", shells: ["fish"], slots: everySlot, texts: ["test -f ~/.none; and source ~/.none\n"], isEnd: true }, // prettier-ignore
  {
    kind: "imitated-asdf",
    shells: ["fish"],
    texts: ["set -gx PATH $HOME/.asdf/shims $PATH\n"],
    files: { ".asdf/shims/go": otherGo },
    managerPlace: "/.asdf/shims/",
    weight: 2,
  },
  { kind: "real-mise", shells: ["fish"], slots: own, texts: ["mise activate fish | source\n"] },
  { kind: "real-direnv", shells: ["fish"], slots: own, texts: ["direnv hook fish | source\n"] },
];

/** mise with a go of its own, or with none; direnv with a directory of the home's, or with none. */
const miseFiles = {
  ".config/mise/config.toml": '[tools]\ngo = "1.22.5"\n',
  ".local/share/mise/installs/go/1.22.5/bin/go": otherGo,
};

/** Every piece that a file of the shell may hold, in every way to write it, with how often it is taken. */
export function piecesOf(
  shell: RcShell,
): readonly { readonly weight: number; readonly isEnd: boolean; readonly ways: readonly RcPiece[] }[] {
  // prettier-ignore
  return [...inPosix, ...inBash, ...inZsh, ...inFish]
    .filter(({ shells }) => shells.includes(shell))
    .map(({ kind, texts, slots = own, files, managerPlace, isEnd = false, weight = 4 }) => {
      const meant = shell === "dash" ? own : slots;
      const plain = meant.flatMap((slot) =>
        texts.map((text): RcPiece => ({
          kind,
          text,
          slot,
          ...(files === undefined ? {} : { files }),
          ...(managerPlace === undefined ? {} : { managerPlace }),
        })),
      );
      return { weight, isEnd, ways: plain.flatMap(withTool) };
    });
}

function withTool(piece: RcPiece): readonly RcPiece[] {
  if (piece.kind === "real-mise") {
    const mine = { ...piece, kind: "real-mise-go", files: miseFiles, managerPlace: "/mise/installs/" };
    return [piece, mine, mine];
  }
  if (piece.kind === "real-direnv") {
    return [piece, { ...piece, kind: "real-direnv-go", files: { ".envrc": "PATH_add sdk/go1.22.5/bin\n" } }];
  }
  return [piece];
}

/** What every home has: a Go of the account's own. */
export const homeFiles: Readonly<Record<string, string>> = { "sdk/go1.22.5/bin/go": otherGo, "bin/tool": otherGo };
