import { lines, type OriginCase } from "./origin-case.ts";

const config = ".config/fish/config.fish";
const rc = (...text: readonly string[]): OriginCase["files"] => ({
  [config]: lines("# a comment with set GOROOT /no", ...text, "true"),
});

export const fishCases: readonly OriginCase[] = [
  {
    about: "a loop's own variable",
    files: rc("set -gx GOROOT /a #@", "GOROOT=/b true", "for GOROOT in /c; true; end", "set GOROOT /d"),
  },
  { about: "two of the same command", files: rc("export GOROOT=/a", "export GOROOT=/b #@") },
  { about: "export in a function", files: rc("function f", "  export GOROOT=/a #@", "end", "f") },
  {
    about: "export in a function of another file",
    files: { ...rc("export X=1", "f"), ".config/fish/functions/f.fish": "function f\n  export GOROOT=/a\nend\n" },
    is: "unknown",
  },
  { about: "source in a function", files: rc("function f", "  echo 'set -gx GOROOT /a' | source #@", "end", "f") },
  { about: "eval in a function", files: rc("function f", '  eval "set -gx GOROOT $argv[1]" #@', "end", "f /a") },
  {
    about: "eval in a function of another file",
    files: {
      ...rc("f /a"),
      ".config/fish/functions/f.fish": 'function f\n  true\n  eval "set -gx GOROOT $argv[1]" #@\nend\n',
    },
  },
  { about: "two evals", files: rc('eval "set -gx X /a"', 'eval "set -gx GOROOT /a" #@') },
  { about: "set -gx", files: rc("set -gx GOROOT /a #@") },
  { about: "set, then export", files: rc("set -g GOROOT /a #@", "set -gx GOROOT $GOROOT"), is: "line 3" },
  { about: "export", files: rc("true", "export GOROOT=/a #@") },
  { about: "conf.d", files: { ".config/fish/conf.d/go.fish": "#\nset -gx GOROOT /a #@\n" } },
  { about: "sourced", files: { ...rc("source ~/go.fish"), "go.fish": "#\nset -gx GOROOT /a #@\n" } },
  { about: "eval", files: rc("true", 'eval "set -gx GOROOT /a" #@') },
  { about: "a program's output that is sourced", files: rc("true", "echo 'set -gx GOROOT /a' | source #@") },
  { about: "function", files: rc("function f", "  set -gx GOROOT /a #@", "end", "f") },
  {
    about: "autoloaded function",
    files: { ...rc("f"), ".config/fish/functions/f.fish": "function f\n  set -gx GOROOT /a #@\nend\n" },
  },
  { about: "loop", files: rc("for d in / /usr", "  test -d $d; and set -gx GOROOT $d #@", "end") },
  { about: "twice", files: rc("set -gx GOROOT /a", "set -gx GOROOT /b #@") },
  { about: "twice the same", files: rc("set -gx GOROOT /a", "set -gx GOROOT /a #@") },
  {
    about: "conditional",
    files: rc("test -d /nowhere; and set -gx GOROOT /b", "if test -d /usr; set -gx GOROOT /a; end #@"),
  },
  { about: "if it is not set", files: rc("set -q GOROOT; or set -gx GOROOT /a #@") },
  { about: "read", files: rc("echo /a | read -gx GOROOT #@") },
  { about: "set -Ux", files: rc("set -Ux GOROOT /a #@") },
  {
    about: "universal from before",
    files: {
      ...rc("true"),
      ".config/fish/fish_variables": "# This file\n# VERSION: 3.0\nSETUVAR --export GOROOT:/a\\x2db\n",
    },
    is: "line 3 .config/fish/fish_variables",
  },
  { about: "unset later", files: rc("set -gx GOROOT /a", "set -e GOROOT"), is: "unset" },
  { about: "from the start", files: rc("true"), env: { GOROOT: "/s" }, is: "start" },
  { about: "local", files: rc("set -gx GOROOT /a #@", "function f", "  set -lx GOROOT /b", "end", "f") },
  { about: "for one command", files: rc("set -gx GOROOT /a #@", "GOROOT=/b true") },
  { about: "event", files: rc("function _h --on-event fish_prompt", "  set -gx GOROOT /a #@", "end"), hasHook: true },
  { about: "exec of another shell", files: rc("set -gx GOROOT /a", "exec bash -c true"), is: "unknown" },
  {
    about: "what looks like a trace",
    files: rc("set -gx GOROOT /a #@", "echo '> set -gx GOROOT /b' >&2", "echo '-> source /etc/passwd' >&2"),
  },
  { about: "fish_trace switched off", files: rc("set -g fish_trace 0", "set -e fish_trace", "set -gx GOROOT /a #@") },
  {
    about: "PATH",
    of: "/a/bin",
    files: rc("set -gx GOROOT /a", "set -gx PATH $GOROOT/bin $PATH #@", "set -gx PATH $PATH /b"),
  },
  { about: "PATH by its part", of: "/a/bin", files: rc("set -p PATH /a/bin #@") },
  {
    about: "fish_add_path, which fish stores",
    of: "/usr/games",
    files: {
      ...rc("fish_add_path /usr/games"),
      ".config/fish/fish_variables": "# VERSION: 3.0\nSETUVAR fish_user_paths:/usr/games\n",
    },
    is: "line 2 .config/fish/fish_variables",
  },
  {
    about: "fish_add_path for the first time",
    of: "/usr/games",
    files: rc("true", "fish_add_path /usr/games #@"),
    hasHook: true,
  },
  { about: "fish_add_path -g", of: "/usr/games", files: rc("fish_add_path -gP /usr/games #@") },
  {
    about: "fish_user_paths from before",
    of: "/usr/games",
    files: { ...rc("true"), ".config/fish/fish_variables": "# VERSION: 3.0\nSETUVAR fish_user_paths:/usr/games\n" },
    is: "line 2 .config/fish/fish_variables",
  },
  { about: "alias", of: "function", files: rc("true", "alias go /x/go #@") },
  { about: "function go", of: "function", files: rc("function go #@", "  command go $argv", "end") },
  { about: "no function", of: "function", files: rc("function gofmt; end"), is: "unset" },
];
