import { describeUnfinished, readUnfinished } from "../../apply/unfinished-files.ts";
import { readReceipt } from "../../host/state/read-receipt.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import type { Receipt } from "../../host/state/receipt.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { loadManifest, mergeCatalogues, type Catalogue } from "../../release/catalogue.ts";
import { parseGoVersion, type GoVersion } from "../../release/go-version.ts";
import type { Command } from "../command.ts";
import { settleSources } from "../../provision/prepare-install.ts";
import { listCatalogueOrigins } from "../../sources/list-catalogue-origins.ts";
import { sourceOptions } from "../options.ts";
import { parseInstallRequest } from "../parse-request.ts";
import { settleArchitecture } from "../../provision/prepare-install.ts";
import type { Session } from "../../provision/session.ts";
import { readFlag } from "../values.ts";

const mostShown = 20;

export const listCommand: Command = {
  name: "list",
  positional: undefined,
  summary: "Releases: known, installed, previous",
  options: { ...sourceOptions, all: { type: "boolean", describe: `Every release, not only the newest ${mostShown}` } },
  examples: [
    ["list", "the newest releases, and which of them is here"],
    ["list --all --json", "every known release, for machines"],
  ],
  async run(session, values, config) {
    const request = parseInstallRequest(values, session.port, session.request, config);
    const receipt = session.port.uid === 0 ? readReceipt(session.files) : undefined;
    // Only root can read the receipt; that there is a state tells enough.
    const isOurs = receipt !== undefined || (session.port.uid !== 0 && session.files.stat(places.state) !== undefined);
    const { architecture } = await settleArchitecture(session, { architecture: request.architecture, receipt });
    const installed =
      receipt?.version ??
      parseGoVersion(session.files.read(absolutePath(places.goroot, "VERSION"))?.toString("utf8").split("\n")[0] ?? "");
    const catalogue = await readCatalogue(
      session,
      await settleSources(session, request).then((sources) => listCatalogueOrigins(session, sources, architecture)),
    );
    const available = catalogue.filter((release) => release.archives[architecture] !== undefined);
    const shown = readFlag(values, "all") === true ? available : available.slice(0, mostShown);
    const lines = shown.map(({ version, isStable }) =>
      [version, isStable ? "" : "unstable", describeState(version, installed, { receipt, isOurs })]
        .filter((word) => word !== "")
        .join("  "),
    );
    const rest = available.length - shown.length;
    const unfinished = session.port.uid === 0 ? readUnfinished(session.files) : [];
    return {
      status: "unchanged",
      version: installed ?? null,
      previous: receipt?.previous[0]?.version ?? null,
      changes: [],
      checks: [],
      exit: 0,
      text: [
        ...lines,
        ...(rest > 0 ? [`and ${rest} older: readygo list --all`] : []),
        ...unfinished.map(describeUnfinished),
      ].join("\n"),
      isTextWanted: true,
      extra: {
        architecture,
        installed: installed ?? null,
        unfinished,
        releases: shown.map(({ version, isStable, knownBy }) => ({ version, stable: isStable, knownBy })),
      },
    };
  },
};

function describeState(
  version: GoVersion,
  installed: GoVersion | undefined,
  { receipt, isOurs }: { readonly receipt: Receipt | undefined; readonly isOurs: boolean },
): string {
  if (version === installed) return isOurs ? "installed" : "installed (not by readygo)";
  return receipt?.previous.some((kept) => kept.version === version) === true ? "previous" : "";
}

async function readCatalogue(session: Session, origins: ReturnType<typeof listCatalogueOrigins>): Promise<Catalogue> {
  const answers = await Promise.all(
    origins.map(async ({ name, list }) => {
      try {
        return await list();
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        session.emit({ kind: "notice", text: `${name} cannot be asked: ${error.message}` });
        return [];
      }
    }),
  );
  return mergeCatalogues(await loadManifest(), ...answers);
}
