import { advise } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { findSupportEnd, loadUbuntuReleases } from "../../release/ubuntu-support.ts";
import { diagnostic, findInfo } from "../diagnostic.ts";

const osRelease = absolutePath("/etc/os-release");

export const ubuntuRelease = diagnostic({
  id: "ubuntu-release",
  group: "host",
  severity: "info",
  sees: "a release of Ubuntu that is out of its standard support",
  why: "Certificates, libraries and compilers that go relies on get no security updates any more.",
  needs: [],
  async run({ files, clock }) {
    const { ID, VERSION_ID, PRETTY_NAME } = parseOsRelease(files.read(osRelease)?.toString("utf8") ?? "");
    if (ID !== "ubuntu" || VERSION_ID === undefined) return [];
    const end = findSupportEnd(await loadUbuntuReleases(), VERSION_ID, clock.now());
    if (end === undefined) return [];
    return [
      findInfo({
        evidence: `${PRETTY_NAME ?? `Ubuntu ${VERSION_ID}`}: its standard support ended on ${end}`,
        origins: [osRelease],
        remedy: advise("upgrade with do-release-upgrade, or take extended updates with Ubuntu Pro (pro attach)"),
      }),
    ];
  },
});

/** os-release(5): NAME=VALUE, the value quoted as a shell would. */
export function parseOsRelease(text: string): Readonly<Partial<Record<string, string>>> {
  return Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const [, name, value] = /^([A-Z_0-9]+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, "$2")]];
    }),
  );
}
