import { lines, type OriginCase } from "./origin-case.ts";

const rc = (...text: readonly string[]): OriginCase["files"] => ({
  ".zshrc": lines("# a comment with GOROOT=/no", ...text, "true"),
});

export const zshCases: readonly OriginCase[] = [
  {
    about: "two pipes of the same name",
    files: rc("source <(echo export GOROOT=/a)", "source <(echo export GOROOT=/b) #@"),
  },
  {
    about: "a block whose stderr goes elsewhere, after a mention",
    files: rc("for GOROOT in /b; do true; done", "export GOROOT", "{ GOROOT=/a; } 2>/dev/null"),
    is: "unknown",
  },
  { about: "set to itself", files: rc("export GOROOT=/a #@", 'GOROOT="$GOROOT"') },
  { about: "default after a mention", files: rc("unset GOROOT", ": ${GOROOT:=/a} #@", "export GOROOT") },
  { about: "ksh_arrays", files: rc("setopt ksh_arrays", `eval "$(printf 'X=1\\nexport GOROOT=/a\\n')" #@`) },
  { about: "setopt nounset and errexit", files: rc("setopt nounset", "export GOROOT=/a #@") },
  {
    about: "nested: eval in a function of a sourced file",
    files: { ...rc(". ~/.f", "f"), ".f": lines("f() {", "  local x=/a", '  eval "export GOROOT=$x" #@', "}") },
  },
  { about: "the same in two files", files: { ...rc("export GOROOT=/a", ". ~/.go"), ".go": "export GOROOT=/a #@\n" } },
  { about: "export", files: rc("export GOROOT=/a #@") },
  { about: "assignment, then export", files: rc("GOROOT=/a #@", "export GOROOT") },
  { about: "zshenv", mode: "command", files: { ".zshenv": "export GOROOT=/a #@\n" } },
  {
    about: "zprofile and zlogin",
    mode: "login",
    files: { ".zprofile": "export GOROOT=/b\n", ".zlogin": "#\nexport GOROOT=/a #@\n" },
  },
  {
    about: "ZDOTDIR set in zshenv",
    files: { ".zshenv": "export ZDOTDIR=$HOME/z\n", "z/.zshrc": "#\nexport GOROOT=/a #@\n" },
  },
  { about: "sourced", files: { ...rc("source ~/.go"), ".go": lines("#", "export GOROOT=/a #@") } },
  {
    about: "sourced by a relative name",
    files: { ...rc("cd ~/sub", ". ./go.sh", "cd /"), "sub/go.sh": lines("export GOROOT=/a #@") },
  },
  { about: "eval", files: rc('eval "export GOROOT=/a" #@') },
  {
    about: "eval of several lines that a program prints",
    files: rc("true", `eval "$(printf 'X=1\\n\\n\\nexport GOROOT=/a\\n')" #@`),
  },
  { about: "a pipe that is sourced", files: rc("true", "source <(printf 'X=1\\nexport GOROOT=/a\\n') #@") },
  { about: "function", files: rc("f() {", "  export GOROOT=/a #@", "}", "f") },
  {
    about: "function that an eval defines",
    files: rc(`eval "$(printf 'f() {\\n X=1\\n export GOROOT=/a\\n}\\n')" #@`, "true", "f"),
  },
  { about: "loop", files: rc("for d in / /usr; do", "  [ -d $d ] && export GOROOT=$d #@", "done") },
  { about: "twice", files: rc("export GOROOT=/a", "export GOROOT=/b #@") },
  { about: "twice the same", files: rc("export GOROOT=/a", "export GOROOT=/a #@") },
  { about: "conditional", files: rc("[ -d /nowhere ] && export GOROOT=/b", "[[ -d /usr ]] && export GOROOT=/a #@") },
  { about: "default", files: rc("true", ": ${GOROOT:=/a} #@", "export GOROOT") },
  { about: "typeset -gx", files: rc("f() { typeset -gx GOROOT=/a; } #@", "f") },
  { about: "read", files: rc("read -r GOROOT <<</a #@", "export GOROOT") },
  { about: "printf -v", files: rc("printf -v GOROOT %s /a #@", "export GOROOT") },
  { about: "unset later", files: rc("export GOROOT=/a", "unset GOROOT"), is: "unset" },
  { about: "from the start", files: rc("true"), env: { GOROOT: "/s" }, is: "start" },
  {
    about: "local of the same name",
    files: rc("export GOROOT=/a #@", "f() {", "  local GOROOT", "  GOROOT=/b", "}", "f"),
  },
  { about: "for one command", files: rc("export GOROOT=/a #@", "GOROOT=/b env", "GOROOT=/b true", "GOROOT=/a true") },
  { about: "in a subshell", files: rc("export GOROOT=/a #@", "(export GOROOT=/b; true)", "x=$(GOROOT=/c; echo)") },
  { about: "percent signs in a value", of: "GOFLAGS", files: rc("export GOFLAGS='-x=%x %I %F{red} $HOME !' #@") },
  { about: "emulate -L", files: rc("f() {", "  emulate -L zsh", "  export GOROOT=/a #@", "}", "f") },
  {
    about: "emulate -LR, which ends the trace",
    files: rc("f() {", "  emulate -LR zsh", "  export GOROOT=/a", "}", "f"),
    is: "unknown",
  },
  { about: "anonymous function", files: rc("() {", "  export GOROOT=/a #@", "}") },
  {
    about: "set where the trace is off",
    files: rc("unsetopt xtrace", "export GOROOT=/a", "setopt xtrace"),
    is: "unknown",
  },
  {
    about: "set after the trace was switched off",
    files: rc("export GOROOT=/b", "set +x", "export GOROOT=/a"),
    is: "unknown",
  },
  { about: "set before the trace is switched off", files: rc("export GOROOT=/a #@", "set +x") },
  {
    about: "prompt_subst switched off",
    files: rc("unsetopt prompt_subst", "true", "export GOROOT=/a", "true"),
    is: "unknown",
  },
  { about: "PS4 changed", files: rc("PS4='+ '", "export GOROOT=/a"), is: "unknown" },
  {
    about: "what looks like a trace",
    files: rc("export GOROOT=/a #@", "print -u2 '+/etc/passwd:1> export GOROOT=/b'", "print -ru2 -- $PS4"),
  },
  { about: "stderr closed", files: rc("exec 2>/dev/null", "export GOROOT=/a"), is: "unknown" },
  { about: "stderr of a block thrown away", files: rc("{", "  export GOROOT=/a", "} 2>/dev/null"), is: "unknown" },
  { about: "exec of another shell", files: rc("export GOROOT=/a", "exec bash -c true"), is: "unknown" },
  { about: "precmd", files: rc("precmd() {", "  export GOROOT=/a #@", "}"), hasHook: true },
  {
    about: "precmd_functions",
    files: rc("_h() {", "  export GOROOT=/a #@", "}", "precmd_functions+=(_h)"),
    hasHook: true,
  },
  {
    about: "a hook as mise makes it",
    files: rc(
      "true",
      `eval "$(printf '_h() {\\n eval "$(echo export GOROOT=/a)";\\n}\\nprecmd_functions+=(_h)\\n')" #@`,
    ),
    hasHook: true,
  },
  {
    about: "PATH=$GOROOT/bin:$PATH",
    of: "/a/bin",
    files: rc("export GOROOT=/a", "PATH=$GOROOT/bin:$PATH #@", "export PATH=$PATH:/b"),
  },
  { about: "path+=", of: "/a/bin", files: rc("path+=(/a/bin) #@", "path=(/b $path)") },
  { about: "path=( … )", of: "/a/bin", files: rc("path+=(/a/bin)", "path=(/a/bin $path) #@") },
  { about: "typeset -U path", of: "/a/bin", files: rc("path=(/a/bin $path) #@", "path+=(/a/bin)", "typeset -U path") },
  { about: "alias", of: "alias", files: rc("alias go=/x/go #@") },
  { about: "no alias", of: "alias", files: rc("alias gofmt=true"), is: "unset" },
  { about: "function go", of: "function", files: rc("true", 'go() { command go "$@" } #@') },
  {
    about: "function go of an eval",
    of: "function",
    files: rc("true", `eval "$(printf 'X=1\\ngo() {\\n true;\\n}\\n')" #@`),
  },
];
