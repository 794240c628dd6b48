import { redactUrl } from "../errors/redact-url.ts";
import { decideArchitecture, readArchitectureWitnesses } from "../host/host-facts.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import { findKnownSource } from "../sources/known-sources.ts";
import { probeSources, type SourceProbe } from "../sources/probe-sources.ts";
import { parseSource } from "../sources/source.ts";
import { chooseVersion, resolveEach } from "./prepare-install.ts";
import type { InstallRequest } from "./request.ts";
import type { Session } from "./session.ts";

/** Asks the sources of these names for a release, best first. */
export async function sources(
  session: Session,
  request: InstallRequest,
  names: readonly string[],
): Promise<{
  readonly version: GoVersion;
  readonly architecture: Architecture;
  readonly probes: readonly SourceProbe[];
}> {
  const architecture =
    request.architecture ??
    decideArchitecture(await readArchitectureWitnesses(session.machine, session.processes)).architecture;
  const parsed = names.map((name) => parseSource(name, session.port.cwd));
  const resolved = await resolveEach(session, parsed);
  const targets = resolved.map((source, index) => {
    const name = names[index] ?? "";
    return { name: redactUrl(name), source, operator: findKnownSource(name)?.operator ?? "" };
  });
  const { version } = await chooseVersion(session, request, {
    architecture,
    receipt: undefined,
    sources: async () => resolved,
  });
  session.emit({ kind: "step", text: `asking ${targets.length} sources for ${version} linux-${architecture}` });
  return { version, architecture, probes: await probeSources(session, targets, { version, architecture }) };
}
