import { expect, test } from "vitest";
import { readPamEnvironment } from "../../../../src/environment/starts/pam-env.ts";
import { readPamEnvUses } from "../../../../src/environment/starts/pam-stack.ts";
import { valuesOf } from "../../../../src/environment/setting.ts";
import { ada, originOf, textsOf } from "../texts-of.ts";

/** /etc/pam.d of Ubuntu 24.04, as far as it matters here. */
const ubuntu = {
  "/etc/pam.d/su": [
    "#",
    "auth       sufficient pam_rootok.so",
    "session       required   pam_env.so readenv=1",
    "session       required   pam_env.so readenv=1 envfile=/etc/default/locale",
    "session    optional   pam_mail.so nopen",
    "@include common-auth",
    "@include common-session",
    "",
  ].join("\n"),
  "/etc/pam.d/su-l":
    "auth\t\tinclude\t\tsu\nsession\t\toptional\tpam_keyinit.so force revoke\nsession\t\tinclude\t\tsu\n",
  "/etc/pam.d/sshd": [
    "session [success=ok ignore=ignore module_unknown=ignore default=bad]        pam_selinux.so close",
    "session    required     pam_env.so # [1]",
    "session    required     pam_env.so user_readenv=1 envfile=/etc/default/locale",
  ].join("\n"),
  "/etc/pam.d/common-session": "session\toptional\tpam_umask.so\n",
};

test("su-l has the uses of the stack that it includes, in their order", () => {
  const locale = "/etc/default/locale";
  const conffile = "/etc/security/pam_env.conf";
  expect(readPamEnvUses(textsOf(ubuntu), "su-l")).toEqual([
    { conffile, envfile: "/etc/environment", userEnvfile: undefined },
    { conffile, envfile: locale, userEnvfile: undefined },
  ]);
  expect(readPamEnvUses(textsOf(ubuntu), "sshd").at(-1)).toEqual({
    conffile,
    envfile: locale,
    userEnvfile: ".pam_environment",
  });
});

test("a service without a stack has `other`, one that packages bring counts, and includes that go round end", () => {
  expect(readPamEnvUses(textsOf({ "/etc/pam.d/other": "session required pam_env\n" }), "login")).toHaveLength(1);
  const user = { "/usr/lib/pam.d/systemd-user": "session required /lib/security/pam_env.so\n" };
  expect(readPamEnvUses(textsOf(user), "systemd-user")).toHaveLength(1);
  const round = { "/etc/pam.d/su": "@include su\nauth required pam_env.so\n" };
  expect(readPamEnvUses(textsOf(round), "su").length).toBeGreaterThan(0);
  expect(readPamEnvUses(textsOf({}), "su")).toEqual([]);
});

test("readenv=0 and another envfile, with a line that goes on", () => {
  const texts = textsOf({
    "/etc/pam.d/x": "session required pam_env.so \\\n  readenv=0 conffile=/c user_readenv=1 \\\n user_envfile=e\n",
  });
  expect(readPamEnvUses(texts, "x")).toEqual([{ conffile: "/c", envfile: undefined, userEnvfile: "e" }]);
});

// Each of these was seen on a host: what pam_env 1.5.2 made of these lines, spaces included.
test("/etc/environment: no expansion, quotes at the ends, `#` even between quotes", () => {
  const environment = readPamEnvironment(
    textsOf({
      ...ubuntu,
      "/etc/environment": [
        'PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin"',
        "SPACED = x",
        "TAIL=a b   ",
        'HASH="quoted # hash"',
        "SINGLE='single'",
        "export EXPORTED=exp # comment",
        'INNER="in\\"ner"',
        "LONG=cont\\",
        "inued",
        'TWO="a" "b"',
        "DOLLAR=$PATH:/x",
        "GONE=1",
        "GONE",
        "# COMMENT=1 \\",
        "AFTER=comment",
      ].join("\n"),
    }),
    "su",
    ada,
  );
  expect(valuesOf(environment)).toEqual({
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin",
    TAIL: "a b   ",
    HASH: "quoted ",
    SINGLE: "single",
    EXPORTED: "exp ",
    INNER: 'in\\"ner',
    LONG: "continued",
    TWO: 'a" "b',
    DOLLAR: "$PATH:/x",
    AFTER: "comment",
  });
  expect(originOf(environment, "TWO")).toBe("/etc/environment:10");
});

test("pam_env.conf: DEFAULT, OVERRIDE, ${VARIABLE}, @{HOME}", () => {
  const environment = readPamEnvironment(
    textsOf({
      "/etc/pam.d/su": "session required pam_env.so readenv=0\n",
      "/etc/security/pam_env.conf": [
        "A DEFAULT=@{HOME}/a",
        'B DEFAULT="with space ${A}"',
        "C\tDEFAULT=@{SHELL} OVERRIDE=${NONE}",
        "D DEFAULT=d OVERRIDE=${A}",
        "E DEFAULT=",
        'F DEFAULT=""',
        "G DEFAULT=/a\\$b",
        "H DEFAULT=x stray",
        "I=as-it-stands",
        "J DEFAULT=@{PAM_USER}-@{PAM_RHOST}",
        "A",
      ].join("\n"),
    }),
    "su",
    ada,
  );
  expect(valuesOf(environment)).toEqual({
    B: "with space /home/ada/a",
    C: "/bin/bash",
    D: "/home/ada/a",
    F: "",
    G: "/a$b",
    I: "as-it-stands",
    J: "ada-",
  });
});

test("the home's file is read where the stack says so, after the system's", () => {
  const texts = textsOf({
    ...ubuntu,
    "/etc/environment": "GOROOT=/etc/go\n",
    "/home/ada/.pam_environment": "GOROOT DEFAULT=@{HOME}/go\n",
  });
  expect(originOf(readPamEnvironment(texts, "sshd", ada), "GOROOT")).toBe("/home/ada/.pam_environment:1");
  expect(originOf(readPamEnvironment(texts, "su", ada), "GOROOT")).toBe("/etc/environment:1");
});
