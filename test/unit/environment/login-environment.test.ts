import { expect, test } from "vitest";
import { createRealFiles } from "../../../src/host/real-files.ts";
import { loginEnvironment, parsePamEnvironment } from "../../../src/environment/login-environment.ts";
import { makeAccount, makeDirectory, place } from "../verify/check-host.ts";

const account = { ...makeAccountOf(1000), name: "ada" };

function makeAccountOf(uid: number) {
  return { name: "ada", uid, gid: uid, home: "/home/ada", shell: "/bin/zsh" } as unknown as ReturnType<
    typeof makeAccount
  >;
}

test("/etc/login.defs gives root and others their PATH", () => {
  const root = makeDirectory();
  place(root, { "etc/login.defs": "# PATHs\nENV_SUPATH\tPATH=/sbin:/bin\nENV_PATH\tPATH=/bin\n" });
  const files = createRealFiles(root);
  expect(loginEnvironment(files, account)).toEqual({
    HOME: "/home/ada",
    USER: "ada",
    LOGNAME: "ada",
    SHELL: "/bin/zsh",
    TERM: "dumb",
    PATH: "/bin",
    skip_global_compinit: "1",
  });
  expect(loginEnvironment(files, makeAccountOf(0))["PATH"]).toBe("/sbin:/bin");
});

test("/etc/environment comes after it, and a host without either has shadow's defaults", () => {
  const root = makeDirectory();
  expect(loginEnvironment(createRealFiles(root), account)["PATH"]).toBe(
    "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games",
  );
  place(root, { "etc/environment": 'PATH="/snap/bin:/bin"\nGOROOT=/opt/go\n' });
  expect(loginEnvironment(createRealFiles(root), account)).toMatchObject({ PATH: "/snap/bin:/bin", GOROOT: "/opt/go" });
});

test("pam_env's grammar: export, quotes, comments, no expansion", () => {
  expect(
    parsePamEnvironment(
      "# PATH=/no\nexport A=1\nB=\"two words\" # so\n C='x'\nD=$HOME/go # why\nnot a setting\n9=no\nE=\n",
    ),
  ).toEqual({ A: "1", B: "two words", C: "x", D: "$HOME/go", E: "" });
});
