import { expect, test } from "vitest";
import { deriveStart, type StartHost } from "../../../../src/environment/starts/derive-start.ts";
import { valuesOf } from "../../../../src/environment/setting.ts";
import { ada, originOf, root, textsOf, values } from "../texts-of.ts";

/** A host where ada's login shell has set these. */
function hostOf(files: Readonly<Record<string, string>>, set: Readonly<Record<string, string>>): StartHost {
  return {
    texts: textsOf(files),
    account: ada,
    root,
    groups: ["ada"],
    sudoers: "/etc/sudoers",
    passShell: async (start) =>
      new Map([
        ...start,
        ...Object.entries(set).map(
          ([name, value]) => [name, { value, origin: { kind: "shell", shell: "/bin/bash" } }] as const,
        ),
      ]),
  };
}

const sudoers = 'ada ALL=(ALL) /bin/ls\nDefaults env_keep += "GO* BASH_ENV"\n';
const set = { PATH: "/home/ada/bin", GOFLAGS: "-toolexec=/home/ada/x", BASH_ENV: "/home/ada/x" };

test("root's shell is started with nothing that another account's files have set", async () => {
  const beginning = await deriveStart(hostOf({ "/etc/sudoers": sudoers }, set), "sudo-login");
  expect(JSON.stringify(valuesOf(beginning?.environment ?? new Map()))).not.toContain("/home/ada");
  expect(valuesOf(beginning?.kept ?? new Map())).toEqual({ GOFLAGS: "-toolexec=/home/ada/x" });
});

test("a command, which no shell reads, is reported as it would be", async () => {
  const beginning = await deriveStart(hostOf({ "/etc/sudoers": sudoers }, set), "sudo");
  expect(values(beginning?.environment ?? new Map(), "PATH", "GOFLAGS", "BASH_ENV", "HOME")).toEqual({
    PATH: "/home/ada/bin",
    GOFLAGS: "-toolexec=/home/ada/x",
    HOME: "/root",
  });
});

test("who is in no rule has no sudo, and sudoers that cannot be read are a reason", async () => {
  expect(await deriveStart(hostOf({ "/etc/sudoers": "root ALL=(ALL) ALL\n" }, {}), "sudo")).toBeUndefined();
  await expect(deriveStart(hostOf({}, {}), "sudo")).rejects.toThrow("/etc/sudoers cannot be read");
});

test("where the caller's shell is silent, sudo is derived from what a login starts with", async () => {
  const host = {
    ...hostOf({ "/etc/sudoers": `${sudoers}Defaults secure_path=/usr/local/bin:/bin\n` }, {}),
    passShell: () => Promise.reject(new Error("silent")),
  };
  const beginning = await deriveStart(host, "sudo");
  expect(originOf(beginning?.environment ?? new Map(), "PATH")).toBe("/etc/sudoers:3");
  await expect(deriveStart(host, "login-shell")).rejects.toThrow("silent");
});

test("a caller without any settings starts su and sudo -u; containers and cloud-init have no HOME", async () => {
  const host = hostOf({ "/etc/sudoers": sudoers, "/etc/systemd/system.conf": "DefaultEnvironment=GOFLAGS=-x\n" }, set);
  const all = await Promise.all(
    (["su", "sudo-as", "exec", "cloud-init"] as const).map((start) => deriveStart(host, start)),
  );
  const [su, sudoAs, exec, cloudInit] = all.map((each) => valuesOf(each?.environment ?? new Map()));
  expect([su?.["HOME"], su?.["GOFLAGS"], sudoAs?.["HOME"], sudoAs?.["GOFLAGS"]]).toEqual([
    "/home/ada",
    undefined,
    "/home/ada",
    undefined,
  ]);
  expect([Object.keys(exec ?? {}), cloudInit?.["HOME"], cloudInit?.["GOFLAGS"]]).toEqual([["PATH"], undefined, "-x"]);
});
