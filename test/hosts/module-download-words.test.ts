import { afterAll, beforeAll, expect, it } from "vitest";
import { type Faults, mirrorNames } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeRealGoRelease } from "../lab/releases/real-go-release.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// What `verify` says of a module download on a host whose settings or network stand in the way: a real go asks real servers,
// with the settings that the account itself has in its files.
let host: LabHost;
let mirror: Mirror;
let users = 0;

beforeAll(async () => {
  const release = await makeRealGoRelease("1.30.1");
  host = await createHost();
  mirror = await host.startMirror({ releases: [release] });
  const install = ["install", "1.30.1", "--sha256", release.sha256, "--no-verify"];
  expect((await host.readygo(install)).status).toBe(0);
});
afterAll(() => host?.destroy());

interface Story {
  /** Lines of go's own settings file. */
  readonly settings?: string;
  /** Lines of .profile. */
  readonly profile?: string;
  readonly faults?: Faults;
  /** Done as root before, and undone by the second. */
  readonly host?: readonly [string, string];
}

async function verify({ settings = "", profile = "", faults = {}, host: change }: Story) {
  const user = `u${(users += 1)}`;
  await host.addUser(user);
  const home = `/home/${user}`;
  host.write(`${home}/.config/go/env`, `GOPROXY=${mirror.proxyUrl}\n${settings}`);
  host.write(`${home}/.profile`, `${host.read(`${home}/.profile`)}\n${profile}`);
  await host.must(["chown", "-R", `${user}:`, home]);
  await mirror.setFaults(faults);
  if (change !== undefined) await host.script(change[0]);
  const run = await host.readygo(["verify", "--user", user, "--json", "--timeout", "30"], { timeoutMs: 280_000 });
  if (change !== undefined) await host.script(change[1]);
  const found = readJson(run).checks.find(({ id }) => id === "mod-download");
  return `${found?.status}: ${found?.evidence}; ${found?.remedy ?? ""}`.replaceAll(home, "~");
}

it.each<readonly [string, Story, readonly (string | RegExp)[]]>([
  ["nothing in the way", {}, [/^pass: .* hash checked by sum\.golang\.org/]],
  ["GOSUMDB=off", { settings: "GOSUMDB=off\n" }, [/^pass: /, "hash checked by nobody: GOSUMDB=off"]],
  ["GONOSUMDB=*", { settings: "GONOSUMDB=*\n" }, [/^pass: /, "hash checked by nobody: GONOSUMDB=*"]],
  [
    "GOPRIVATE=*",
    { settings: "GOPRIVATE=*\n" },
    [/^warn: /, "asked of the module's own host, since GOPRIVATE=*", "leave public modules out of GOPRIVATE"],
  ],
  [
    "a proxy with a certificate of an unknown authority",
    { faults: { [mirrorNames.proxy]: { certificate: "unknown" } } },
    [/^warn: /, "signed by an unknown authority", "update-ca-certificates"],
  ],
  ["SSL_CERT_FILE that leads to nothing, alone", { profile: "export SSL_CERT_FILE=/opt/gone.pem\n" }, [/^pass: /]],
  [
    "the same, and an unknown authority",
    { profile: "export SSL_CERT_FILE=/opt/gone.pem\n", faults: { [mirrorNames.proxy]: { certificate: "unknown" } } },
    [/^warn: /, "signed by an unknown authority", "update-ca-certificates"],
  ],
  [
    "SSL_CERT_FILE and SSL_CERT_DIR that lead to nothing",
    { profile: "export SSL_CERT_FILE=/opt/gone.pem\nexport SSL_CERT_DIR=/opt/gone\n" },
    [
      /^warn: /,
      "SSL_CERT_FILE=/opt/gone.pem and SSL_CERT_DIR=/opt/gone lead to nothing",
      /SSL_CERT_FILE in ~\/\.profile:\d+/,
    ],
  ],
  [
    "no CA certificates at all",
    { host: [`mv /etc/ssl /etc/ssl.away`, `mv /etc/ssl.away /etc/ssl`] },
    [/^warn: /, "the host has no CA certificates", "apt-get install ca-certificates"],
  ],
  [
    "a proxy that has an IPv6 address only",
    {
      settings: "GOPROXY=https://six.lab.test\n",
      host: ["echo 2001:db8::6 six.lab.test >>/etc/hosts", "sed -i '/six.lab.test/d' /etc/hosts"],
    },
    [/^warn: /, "IPv6 address only"],
  ],
  [
    "a login page in front of the proxy",
    { faults: { [`${mirrorNames.proxy}/*`]: { html200: true } } },
    [/^warn: /, "login page"],
  ],
])("%s", async (_what, story, parts) => {
  const said = await verify(story);
  for (const part of parts)
    expect(said).toEqual(typeof part === "string" ? expect.stringContaining(part) : expect.stringMatching(part));
});
