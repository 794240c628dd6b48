import { lines, type OriginCase } from "./origin-case.ts";

const rc = (...text: readonly string[]): OriginCase["files"] => ({
  ".profile": lines("# a comment with GOROOT=/no", ...text, "true"),
});

export const dashCases: readonly OriginCase[] = [
  { about: "export", files: rc("export GOROOT=/a #@") },
  { about: "assignment, then export", files: rc("GOROOT=/a #@", "export GOROOT") },
  { about: "sourced", files: { ...rc(". ~/.go"), ".go": lines("#", "export GOROOT=/a #@") } },
  { about: "profile.d", of: "GOBIN", files: {}, env: { ORIGIN_CASE: "1" }, is: "/etc/profile.d/origin.sh:2" },
  { about: "ENV", mode: "interactive", files: { env: "export GOROOT=/a #@\n" }, env: { ENV: "HOME/env" } },
  { about: "eval of what a program prints", files: rc("true", `eval "$(printf 'X=1\\nexport GOROOT=/a\\n')" #@`) },
  {
    about: "an assignment that another line could have made",
    files: rc("GOROOT=$HOME/a", "GOROOT=$HOME/b #@", "export GOROOT"),
  },
  {
    about: "a line of that value in a file that is not read",
    files: { ...rc("export GOROOT=/a #@"), other: "export GOROOT=/a\n" },
  },
  { about: "read", files: { ...rc("read -r GOROOT <~/value #@", "export GOROOT"), value: "/a\n" } },
  { about: "alias", of: "alias", files: rc("alias go=/x/go"), is: "unknown" },
  { about: "two evals", files: rc("eval 'X=1'", `eval "$(printf 'X=1\\nexport GOROOT=/a\\n')"`), is: "unknown" },
  { about: "function", files: rc("f() {", "  export GOROOT=/a #@", "}", "f") },
  { about: "loop", files: rc("for d in / /usr; do", "  [ -d $d ] && export GOROOT=$d #@", "done") },
  { about: "twice", files: rc("export GOROOT=/a", "export GOROOT=/b #@") },
  { about: "twice the same", files: rc("export GOROOT=/a", "export GOROOT=/a"), is: "unknown" },
  { about: "conditional", files: rc("[ -d /nowhere ] && export GOROOT=/b", "[ -d /usr ] && export GOROOT=/a #@") },
  {
    about: "computed on either side",
    files: rc("if [ -d /nowhere ]; then GOROOT=$HOME/a; else GOROOT=$HOME/b; fi", "GOROOT=${GOROOT}x", "export GOROOT"),
    is: "line 3",
  },
  { about: "default", files: rc("true", ": ${GOROOT:=/a} #@", "export GOROOT") },
  { about: "unset later", files: rc("export GOROOT=/a", "unset GOROOT"), is: "unset" },
  { about: "from the start", files: rc("true"), env: { GOROOT: "/s" }, is: "start" },
  { about: "for one command", files: rc("export GOROOT=/a #@", "GOROOT=/b env", "GOROOT=/b true") },
  { about: "set where the trace is off", files: rc("set +x", "export GOROOT=/a", "set -x"), is: "unknown" },
  { about: "set +x at the end", files: rc("export GOROOT=/a", "set +x"), is: "unknown" },
  { about: "PS4 changed", files: rc("PS4='+ '", "export GOROOT=/a"), is: "unknown" },
  { about: "exec of another shell", files: rc("export GOROOT=/a", "exec bash -c true"), is: "unknown" },
  {
    about: "PATH=$GOROOT/bin:$PATH",
    of: "/a/bin",
    files: rc("export GOROOT=/a", "PATH=$GOROOT/bin:$PATH #@", "export PATH"),
  },
];
