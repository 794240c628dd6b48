import { expect, test } from "vitest";
import { fromProgram } from "../../../../src/environment/setting.ts";
import { deriveSudo } from "../../../../src/environment/starts/sudo.ts";
import { chooseSudoers, readSudoers, type SudoersSettings } from "../../../../src/environment/starts/sudoers.ts";
import { ada, originOf, root, textsOf, values } from "../texts-of.ts";

/** /etc/sudoers of Ubuntu 24.04, its comments shortened. */
const ubuntu = [
  "# See the man page for details on how to write a sudoers file.",
  "Defaults\tenv_reset",
  "Defaults\tmail_badpass",
  'Defaults\tsecure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"',
  "Defaults\tuse_pty",
  '#Defaults:%sudo env_keep += "http_proxy https_proxy ftp_proxy all_proxy no_proxy"',
  "# User privilege specification",
  "root\tALL=(ALL:ALL) ALL",
  "%admin ALL=(ALL) ALL",
  "%sudo\tALL=(ALL:ALL) ALL",
  "@includedir /etc/sudoers.d",
  "",
].join("\n");

function read(files: Readonly<Record<string, string>>, groups: readonly string[] = ["ada"]): SudoersSettings {
  const settings = readSudoers(textsOf(files), "/etc/sudoers", { account: ada, groups }, root);
  if (settings === undefined) throw new Error("there are no sudoers");
  return settings;
}

test("Ubuntu's own: secure_path with its line, and who may", () => {
  const settings = read({ "/etc/sudoers": ubuntu });
  expect(settings.securePath).toEqual({
    value: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin",
    path: "/etc/sudoers",
    line: 4,
  });
  expect([settings.isReset, settings.isCallerNamed]).toEqual([true, false]);
  expect(read({ "/etc/sudoers": ubuntu }, ["ada", "sudo"]).isCallerNamed).toBe(true);
});

test.each([
  ["ada ALL=(ALL) NOPASSWD: ALL", true],
  ["#1000 ALL = ALL", true],
  ["eve,ada ALL=(root) /bin/ls", true],
  ["User_Alias PEOPLE = eve, ada\nPEOPLE ALL=ALL", true],
  ["ALL ALL=ALL", true],
  ["eve ALL=(ada) ALL", false],
  ["%ad ALL=ALL", false],
  ["# ada ALL=ALL", false],
  ["Cmnd_Alias ada = /bin/ls", false],
])("a rule %j names ada: %s", (rule, isNamed) => {
  expect(read({ "/etc/sudoers": `${rule}\n` }).isCallerNamed).toBe(isNamed);
});

test("files of a directory are read, except those with a dot; settings for others pass", () => {
  const { kept, isReset, securePath } = read({
    "/etc/sudoers": ubuntu,
    "/etc/sudoers.d/a": 'Defaults env_keep += "GOFLAGS \\\n GOPATH", !env_reset\n',
    "/etc/sudoers.d/b.conf": "Defaults env_keep += DOTTED\n",
    "/etc/sudoers.d/c": [
      "Defaults:eve env_keep += EVES",
      "Defaults:ada env_keep += ADAS",
      "Defaults>root env_keep += ROOTS",
      "Defaults@elsewhere !secure_path",
      "Defaults!/bin/ls env_keep += LS",
      "Defaults env_keep -= GOPATH",
      "",
    ].join("\n"),
  });
  const added = kept.flatMap(({ value, path }) => (path === "" ? [] : [value]));
  expect(added).toEqual(["GOFLAGS", "ADAS", "ROOTS"]);
  expect([isReset, securePath?.line]).toEqual([false, 4]);
});

test("sudo-rs reads its own file where there is one", () => {
  const both = textsOf({ "/etc/sudoers": "", "/etc/sudoers-rs": "" });
  expect([chooseSudoers(both, true), chooseSudoers(both, false)]).toEqual(["/etc/sudoers-rs", "/etc/sudoers"]);
  expect(chooseSudoers(textsOf({ "/etc/sudoers": "" }), true)).toBe("/etc/sudoers");
});

test("a command has secure_path, what is kept, and PAM's where nothing of the caller's is kept", () => {
  const shell = { kind: "shell", shell: "/bin/bash" } as const;
  const environment = new Map(
    Object.entries({ PATH: "/ada", GOFLAGS: "-ada", GOBIN: "/ada", BASH_ENV: "/ada", HOME: "/home/ada" }).map(
      ([name, value]) => [name, { value, origin: shell }] as const,
    ),
  );
  const call = { caller: ada, target: root, environment, isLogin: false };
  const files = {
    "/etc/sudoers": `${ubuntu}Defaults env_keep += "GO* BASH_ENV"\nDefaults env_keep -= GOBIN\n`,
    "/etc/pam.d/sudo": "session required pam_env.so readenv=1 user_readenv=0\n",
    "/etc/environment": "PATH=/pam\nGOFLAGS=-pam\nGOPROXY=pam\n",
  };
  const derived = deriveSudo(textsOf(files), read(files), call);
  expect(values(derived, "PATH", "GOFLAGS", "GOPROXY", "HOME", "BASH_ENV", "SUDO_USER")).toEqual({
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin",
    GOFLAGS: "-ada",
    GOPROXY: "pam",
    HOME: "/root",
    SUDO_USER: "ada",
  });
  expect(originOf(derived, "PATH")).toBe("/etc/sudoers:4");
  const bare = deriveSudo(textsOf({}), read({ "/etc/sudoers": "" }), call);
  expect(bare.get("PATH")?.value).toBe("/ada");
  const nothing = { ...call, environment: new Map([["TERM", fromProgram("x", "x")]]) };
  expect(originOf(deriveSudo(textsOf({}), read({ "/etc/sudoers": "" }), nothing), "PATH")).toBe(
    "sudo's built-in default",
  );
});
