import { expect, test } from "vitest";
import { deriveCron, systemCrontab, crontabOf } from "../../../../src/environment/starts/cron.ts";
import { deriveLogin, deriveSu } from "../../../../src/environment/starts/login.ts";
import { deriveSsh } from "../../../../src/environment/starts/sshd.ts";
import { fromProgram } from "../../../../src/environment/setting.ts";
import { deriveService, deriveUserManager } from "../../../../src/environment/starts/systemd.ts";
import { ada, originOf, root, textsOf, values } from "../texts-of.ts";

const loginDefs = [
  "# *REQUIRED*  The default PATH settings, for superuser and normal users.",
  "ENV_SUPATH\tPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "ENV_PATH\tPATH=/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games",
  "",
].join("\n");

test("su - takes PATH from login.defs, root's from ENV_SUPATH, and from su itself where there is none", () => {
  const texts = textsOf({ "/etc/login.defs": loginDefs });
  expect(values(deriveLogin(texts, ada), "PATH", "HOME")).toEqual({
    HOME: "/home/ada",
    PATH: "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games",
  });
  expect(originOf(deriveLogin(texts, root), "PATH")).toBe("/etc/login.defs:2");
  expect(originOf(deriveLogin(textsOf({}), ada), "PATH")).toBe("su's built-in default");
});

test("su without - keeps the caller's PATH unless ALWAYS_SET_PATH, and PAM's is over both", () => {
  const caller = new Map([["PATH", fromProgram("caller", "/caller")]]);
  const pam = { "/etc/pam.d/su": "session required pam_env.so\n", "/etc/environment": "PATH=/pam\n" };
  expect(deriveSu(textsOf({}), ada, caller).get("PATH")?.value).toBe("/caller");
  const always = textsOf({ "/etc/login.defs": `${loginDefs}ALWAYS_SET_PATH yes\n` });
  expect(originOf(deriveSu(always, ada, caller), "PATH")).toBe("/etc/login.defs:3");
  expect(deriveSu(textsOf(pam), ada, caller).get("PATH")?.value).toBe("/pam");
});

test("sshd: ~/.ssh/environment, PAM, SetEnv, each over those before; Match and second values pass", () => {
  const files = {
    "/etc/os-release": "NAME=Ubuntu\nID=ubuntu\n",
    "/etc/pam.d/sshd": "session required pam_env.so\n",
    "/etc/environment": "B=pam\nC=pam\n",
    "/etc/ssh/sshd_config":
      "Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\nSetEnv C=second\nMatch User ada\nUsePAM no\n",
    "/etc/ssh/sshd_config.d/50-x.conf": 'PermitUserEnvironment yes\nSetEnv C=admin D="two words"\n',
    "/home/ada/.ssh/environment": "# mine\nA=own\nB=own\n",
  };
  const environment = deriveSsh(textsOf(files), ada);
  expect(values(environment, "A", "B", "C", "D")).toEqual({ A: "own", B: "pam", C: "admin", D: "two words" });
  expect(originOf(environment, "C")).toBe("/etc/ssh/sshd_config.d/50-x.conf:2");
  expect(environment.get("PATH")?.value).toMatch(/^\/usr\/local\/sbin:.*:\/usr\/local\/games$/);
  const { "/etc/ssh/sshd_config.d/50-x.conf": _, ...without } = files;
  expect(deriveSsh(textsOf(without), ada).has("A")).toBe(false);
});

test("cron: its own PATH over PAM's, the crontab's over that; with -P what cron itself has", () => {
  const pam = { "/etc/pam.d/cron": "session required pam_env.so\n", "/etc/environment": "PATH=/pam\nGOFLAGS=-pam\n" };
  expect(values(deriveCron(textsOf(pam), ada, crontabOf(ada)), "PATH", "GOFLAGS", "SHELL")).toEqual({
    PATH: "/usr/bin:/bin",
    GOFLAGS: "-pam",
    SHELL: "/bin/sh",
  });
  const crontab = {
    "/var/spool/cron/crontabs/ada":
      '# m h\nGOFLAGS = " -tab "\n* * * * * A=1 cmd\n@reboot B=2 cmd\n"GOBIN"=/b\nLOGNAME=eve\n',
  };
  const environment = deriveCron(textsOf({ ...pam, ...crontab }), ada, crontabOf(ada));
  expect(values(environment, "GOFLAGS", "A", "B", "GOBIN", "LOGNAME")).toEqual({
    GOFLAGS: " -tab ",
    GOBIN: "/b",
    LOGNAME: "ada",
  });
  expect(originOf(environment, "GOFLAGS")).toBe("/var/spool/cron/crontabs/ada:2");
  // Ubuntu's unit, and a crontab that leaves PATH to it.
  const ubuntu = { "/usr/lib/systemd/system/cron.service": "[Service]\nExecStart=/usr/sbin/cron -f -P $EXTRA_OPTS\n" };
  expect(deriveCron(textsOf({ ...pam, ...ubuntu }), ada, systemCrontab).get("PATH")?.value).toBe(
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
  );
});

test("a service has systemd's PATH and DefaultEnvironment; only with an account a HOME", () => {
  const texts = textsOf({
    "/etc/systemd/system.conf": "[Manager]\n#DefaultEnvironment=\nDefaultEnvironment=A=1\n",
    "/etc/systemd/system.conf.d/b.conf": '[Manager]\nDefaultEnvironment=B="two words" \\\n  "C=it\'s"\n',
    "/usr/lib/systemd/system.conf.d/b.conf": "[Manager]\nDefaultEnvironment=HIDDEN=1\n",
    "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so": "",
    "/usr/lib/systemd/system-environment-generators/snapd-env-generator": "",
  });
  expect(values(deriveService(texts, undefined), "A", "B", "C", "HIDDEN", "PATH", "HOME")).toEqual({
    A: "1",
    B: "two words",
    C: "it's",
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin",
  });
  expect(originOf(deriveService(texts, undefined), "C")).toBe("/etc/systemd/system.conf.d/b.conf:2");
  expect(deriveService(texts, ada).get("HOME")?.value).toBe("/home/ada");
});

test("an empty DefaultEnvironment takes back what stands before it", () => {
  const texts = textsOf({
    "/etc/systemd/system.conf": "DefaultEnvironment=A=1\nDefaultEnvironment=\nDefaultEnvironment=B=1\n",
  });
  expect(values(deriveService(texts, undefined), "A", "B")).toEqual({ B: "1" });
});

// Each of these was seen on a host with systemd 252.
test("a user manager has environment.d over user.conf, by the files' names, expanded", () => {
  const texts = textsOf({
    "/etc/systemd/user.conf.d/lab.conf": "[Manager]\nDefaultEnvironment=UD1=1 ORDER=userconf\n",
    "/home/ada/.config/environment.d/10-a.conf": "H1=$HOME/h\nORDER=homed\n",
    "/home/ada/.config/environment.d/60-b.conf": "HIDES=1\n",
    "/usr/lib/environment.d/60-b.conf": "HIDDEN=1\n",
    "/etc/environment.d/50-lab.conf":
      'D1=one\nD2=${D1}:two\nPATH=/envd/bin:$PATH\nORDER=envd\nD3="quo ted"\nD4=${NONE:-def}x${D1:+alt}\nD5=a#b\n# D6=1\n',
    "/usr/lib/environment.d/99-environment.conf":
      'E1 = x\nE2=a b   \nE3="quoted # hash"\nE4=\'single\'\nexport E5=exp\nE6="in\\"ner"\nE7=cont\\\ninued\nE8="a" "b"\n',
  });
  const environment = deriveUserManager(texts, ada);
  const names = ["UD1", "ORDER", "H1", "HIDES", "HIDDEN", "D1", "D2", "D3", "D4", "D5", "D6", "PATH"];
  expect(values(environment, ...names, "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8")).toEqual({
    UD1: "1",
    ORDER: "envd",
    H1: "/home/ada/h",
    HIDES: "1",
    D1: "one",
    D2: "one:two",
    D3: "quo ted",
    D4: "defxalt",
    D5: "a#b",
    PATH: "/envd/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
    E1: "x",
    E2: "a b",
    E3: "quoted # hash",
    E4: "single",
    E6: 'in"ner',
    E7: "continued",
    E8: "ab",
  });
});
