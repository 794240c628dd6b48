import { expect, test } from "vitest";
import type { ReportEvent } from "../../../src/errors/event.ts";
import type { ReadFiles } from "../../../src/host/ports.ts";
import { chooseAccount } from "../../../src/provision/choose-account.ts";

const passwd = "root:x:0:0::/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/zsh\n";

interface Call {
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly isTerminal?: boolean;
  /** /proc/self/loginuid; default: no session. */
  readonly login?: string;
  readonly user?: string;
  readonly root?: string;
}

function choose({ env = {}, uid = 0, isTerminal = false, login = "4294967295", user, root = "" }: Call) {
  const read = (path: string): Buffer => Buffer.from(path === "/etc/passwd" ? passwd : login);
  const files = { read } as unknown as ReadFiles;
  const events: ReportEvent[] = [];
  const ports = {
    files,
    machine: files,
    port: { env, uid, isTerminal },
    emit: (event: ReportEvent) => events.push(event),
  };
  const { name } = chooseAccount(ports, { user, root });
  return { name, warnings: events.flatMap((event) => (event.kind === "warning" ? [event.text] : [])) };
}

test.each<[string, Call, string]>([
  ["--user", { user: "ada", env: { SUDO_USER: "root" } }, "ada"],
  ["who ran sudo", { env: { SUDO_USER: "ada", DOAS_USER: "root" } }, "ada"],
  ["who ran doas", { env: { DOAS_USER: "ada" } }, "ada"],
  ["whose terminal a root shell runs in", { isTerminal: true, login: "1000" }, "ada"],
  ["root, in a service that has a login uid and no terminal", { login: "1000" }, "root"],
  ["root, where nobody has logged in", { isTerminal: true }, "root"],
  ["root, who has logged in", { isTerminal: true, login: "0" }, "root"],
])("is %s", (_, call, expected) => {
  expect(choose(call)).toEqual({ name: expected, warnings: [] });
});

test("tells of a caller that the host does not know", () => {
  expect(choose({ env: { SUDO_USER: "nobody-there" } })).toEqual({
    name: "root",
    warnings: [
      "SUDO_USER names nobody-there, an account that the host does not have: root's shells are looked after instead",
    ],
  });
  // The image is another host.
  expect(choose({ env: { SUDO_USER: "nobody-there" }, root: "/image" }).warnings).toEqual([]);
});

test("refuses an account that the host does not have", () => {
  for (const user of ["nobody-there", "-x", "a b"])
    expect(() => choose({ user })).toThrow(`the host has no account ${user}`);
});
