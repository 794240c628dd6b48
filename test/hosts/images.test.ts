import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { createOwnHost } from "../lab/releases/own-release.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { makeSmallRelease, pinRelease } from "../lab/releases/releases.ts";
import { startReleaseServer } from "../lab/servers/release-server.ts";

// What a release has for people who make images. No container engine, no runner of GitHub's and no devcontainer CLI can be had
// here: their scripts are run with the variables that those systems document.
let files: string;
let pin: readonly string[];
beforeAll(async () => {
  files = await releaseFiles();
  pin = pinRelease(await makeSmallRelease("1.30.1"));
});
const shared = (): { readonly from: string; readonly to: string }[] => [
  { from: join(files, "images"), to: "/opt/images" },
];

it("has scripts that shellcheck finds nothing in", () => {
  const scripts = [
    "make-layer.sh",
    "mkosi/mkosi.finalize",
    "devcontainer-feature/install.sh",
    "github-action/setup.sh",
  ];
  const paths = scripts.map((name) => join(files, "images", name));
  expect(execFileSync("shellcheck", ["--shell=sh", ...paths], { encoding: "utf8" })).toBe("");
  const feature = JSON.parse(
    readFileSync(join(files, "images/devcontainer-feature/devcontainer-feature.json"), "utf8"),
  ) as object;
  expect(feature).toMatchObject({ id: "readygo", version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
});

describe("without a network in the image", () => {
  it("makes a layer of the same bytes each time, which on a bare root is a Go", async () => {
    const host = await createOwnHost({ bind: shared() });
    try {
      await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [], isSigning: false });
      const make = async (to: string): Promise<string> =>
        (await host.must(["/opt/images/make-layer.sh", pin[0] ?? "", to, ...pin.slice(1)])).stdout.trim();
      expect(await make("/opt/one.tar")).toBe(await make("/opt/two.tar"));
      expect((await host.must(["ls", "/tmp"])).stdout).toBe("");
      const listed = (await host.must(["tar", "-tvf", "/opt/one.tar"])).stdout;
      expect(listed).toContain("usr/local/bin/go -> ../go/bin/go");
      expect(listed).not.toMatch(/var\/lib|\.readygo|etc\/passwd/);
      // As an engine lays it over the image's own layers.
      await host.must(["tar", "-xf", "/opt/one.tar", "-C", "/"]);
      expect((await host.must(["su", "-", "-c", "go version"])).stdout).toBe("go version go1.30.1 linux/amd64\n");
    } finally {
      await host.destroy();
    }
  });

  it("finishes mkosi's image from outside, with $BUILDROOT", async () => {
    const host = await createOwnHost({ bind: shared() });
    try {
      await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [], isSigning: false });
      host.write("/etc/readygo.ini", "[source]\norder = publisher\n");
      await host.script(`mkdir -p /srv/image/etc/profile.d /srv/image/usr/local/bin /srv/image/var/lib /srv/image/root /srv/image/run /srv/image/usr/bin
        echo root:x:0:0::/root:/bin/sh >/srv/image/etc/passwd; cp /usr/bin/true /srv/image/usr/bin/dpkg`);
      const env = { BUILDROOT: "/srv/image", GO_VERSION: "1.30.1", READYGO: "/opt/with-hash" };
      // What mkosi.finalize cannot be given: the hash of a release that no catalogue knows.
      host.write("/opt/with-hash", `#!/bin/sh\nexec readygo "$@" ${pin.slice(1).join(" ")}\n`, 0o755);
      expect((await host.must(["/opt/images/mkosi/mkosi.finalize", "build"], { env })).stdout).toBe("");
      await host.must(["/opt/images/mkosi/mkosi.finalize", "final"], { env });
      expect(host.read("/srv/image/usr/local/go/VERSION")).toContain("go1.30.1");
    } finally {
      await host.destroy();
    }
  });
});

describe("with the bootstrap", () => {
  const onHost = async (work: (host: LabHost) => Promise<void>): Promise<void> => {
    const host = await createHost({ lower: "server", bind: shared() });
    try {
      await host.addUser("vscode");
      await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [], isSigning: false });
      // The small release is in no catalogue: what the scripts call is the bootstrap, and it is told the hash.
      const server = await startReleaseServer(host, { "": files });
      await host.script(`cp -r /opt/images /opt/copy; cd /opt/copy; cp devcontainer-feature/bootstrap.sh .
        for each in devcontainer-feature github-action; do mv "$each/bootstrap.sh" "$each/real.sh"
        printf '%s\\n' '#!/bin/sh' 'exec sh "\${0%/*}/real.sh" "$@" ${pin.slice(1).join(" ")}' >"$each/bootstrap.sh"; done`);
      try {
        await work(host);
      } finally {
        await server.stop();
      }
    } finally {
      await host.destroy();
    }
  };

  it("is a devcontainer feature: options and _REMOTE_USER as they are documented", async () => {
    await onHost(async (host) => {
      const env = {
        VERSION: "1.30.1",
        _REMOTE_USER: "vscode",
        _REMOTE_USER_HOME: "/home/vscode",
        _CONTAINER_USER: "root",
      };
      await host.must(["sh", "/opt/copy/devcontainer-feature/install.sh"], {
        env,
        cwd: "/opt/copy/devcontainer-feature",
      });
      expect((await host.must(["su", "-", "vscode", "-c", "go version"])).stdout).toContain("go1.30.1");
    });
  });

  it("is a composite action: GITHUB_ACTION_PATH, GITHUB_PATH and GITHUB_OUTPUT as they are documented", async () => {
    await onHost(async (host) => {
      host.write("/etc/sudoers.d/vscode", "vscode ALL=(ALL) NOPASSWD: ALL\n", 0o440);
      await host.script(
        "install -d -o vscode /opt/runner; touch /opt/runner/path /opt/runner/output; chown vscode /opt/runner/*",
      );
      const env = {
        GITHUB_ACTION_PATH: "/opt/copy/github-action",
        GITHUB_PATH: "/opt/runner/path",
        GITHUB_OUTPUT: "/opt/runner/output",
        INPUT_GO_VERSION: "1.30.1",
      };
      await host.must(["bash", "-e", "-o", "pipefail", "-c", '"$GITHUB_ACTION_PATH/setup.sh"'], {
        user: "vscode",
        env,
      });
      expect(host.read("/opt/runner/path")).toBe("/usr/local/go/bin\n");
      expect(host.read("/opt/runner/output")).toBe("go-version=go1.30.1\n");
    });
  });

  it("is a line of a Dockerfile, which leaves Go alone in the image", async () => {
    await onHost(async (host) => {
      const [, line = ""] = /^RUN (.+)$/m.exec(host.read("/opt/images/Dockerfile")) ?? [];
      expect(line).toContain("/tmp/bootstrap.sh");
      await host.script(
        "cp /opt/copy/github-action/real.sh /tmp/real.sh; cp /opt/copy/github-action/bootstrap.sh /tmp/bootstrap.sh",
      );
      await host.must(["sh", "-c", line], { env: { GO_VERSION: "1.30.1" } });
      expect((await host.must(["/usr/local/go/bin/go", "version"])).stdout).toContain("go1.30.1");
      expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("go\ngofmt\n");
    });
  });
});
