import { ProvisionError } from "../../errors/provision-error.ts";
import { verify } from "../../provision/verify.ts";
import { formatChecks, layerNames } from "../../report/format-checks.ts";
import { formatContextMatrix } from "../../report/format-context-matrix.ts";
import { formatRows } from "../../report/format-rows.ts";
import { wrapText } from "../../report/wrap-text.ts";
import type { CheckResult } from "../../errors/event.ts";
import type { ReleaseAdvice } from "../../provision/release-health.ts";
import type { Session } from "../../provision/session.ts";
import type { Check } from "../../verify/check.ts";
import { checks } from "../../verify/list-checks.ts";
import { chooseById, splitList } from "../choose-by-id.ts";
import { type Command, type CommandResult, onlyText } from "../command.ts";
import { checkOptions, reportOptions } from "../option-groups.ts";
import type { Settings } from "../options.ts";

function describe(
  { request, contexts }: Session,
  title: string,
  results: readonly CheckResult[],
  { line }: ReleaseAdvice,
): string {
  const { isColor, isVerbose, columns } = request;
  const isShown = isVerbose || contexts.some(({ status }) => status === "warn");
  const matrix = isShown ? formatContextMatrix(contexts, { isColor }) : "";
  const checks = [formatChecks(results, { isColor, isVerbose, columns })];
  const advice = line === undefined ? [] : [wrapText(line, { columns, first: "", rest: "  " })];
  return [title, ...(matrix === "" ? [] : [matrix]), [...checks, ...advice].join("\n")].join("\n\n");
}

export const verifyCommand: Command = {
  name: "verify",
  positional: undefined,
  summary: "Check binary, environment and runtime; repair nothing",
  options: [
    "user",
    "all-users",
    "layer",
    "only",
    "skip",
    "list",
    "quick",
    "deep",
    "trace",
    "fail-on",
    ...checkOptions,
    ...reportOptions,
  ],
  examples: [
    ["verify", "a line for each layer, and what is not ok"],
    ["verify --verbose", "every check, with its evidence"],
    ["verify --json", "for machines"],
    ["verify --quick", "the tree alone, by its bytes; starts no other program"],
    ["verify --layer 1,2", "without compiling anything"],
    ["verify --fail-on warning", "exit 7 also where an account's own files are in the way"],
    ["verify --report junit:go.xml --report html:go.html", "for CI, and to look at"],
    ["verify --only go-run,mod-download", "two checks, and what layer 1 has to prove before"],
  ],
  async run(session, { settings }) {
    const chosen = chooseChecks(settings);
    if (settings.list === true) return list(chosen, session.request.columns);
    const { version, results, advice } = await verify(session, {
      checks: chosen,
      isOfAllUsers: settings["all-users"] ?? false,
      isQuick: settings.quick ?? false,
    });
    const isWarningBad = settings["fail-on"] === "warning";
    const failed = results.filter(({ status }) => status === "fail" || (isWarningBad && status === "warn"));
    const what = failed.some(({ status }) => status === "warn") ? "failed or warned" : "failed";
    return {
      status: failed.length === 0 ? "unchanged" : "failed",
      version,
      previous: null,
      changes: [],
      checks: results,
      contexts: session.contexts,
      exit: failed.length === 0 ? 0 : 7,
      text: session.request.isQuiet ? "" : describe(session, version, results, advice),
      extra: { advisories: advice.advisories },
      ...(failed.length === 0
        ? {}
        : {
            error: new ProvisionError("verify-failed", `${failed.length} of ${results.length} checks ${what}`, {
              details: Object.fromEntries(failed.map(({ id, evidence }) => [id, evidence])),
              // Each check knows what cures it; a reinstall does not cure them all.
              remedy: [...new Set(failed.flatMap(({ remedy }) => (remedy === null ? [] : [remedy])))],
            }),
          }),
    };
  },
};

/** A check that is named is run whatever it costs; of the others, what --quick, --deep or --trace says. */
function chooseChecks(settings: Settings): readonly Check[] {
  const { quick = false, deep = false, trace = false } = settings;
  const more = deep ? "--deep" : trace ? "--trace" : undefined;
  if (quick && more !== undefined) throw new ProvisionError("usage", `--quick and ${more} exclude each other`);
  const only = splitList(settings.only);
  const isWanted = ({ id, cost }: Check): boolean =>
    quick
      ? cost === "look"
      : settings.list === true ||
        only.includes(id) ||
        (cost !== "deep" && cost !== "trace") ||
        (cost === "deep" ? deep : trace);
  const chosen = chooseById({
    command: "verify",
    what: "check",
    items: checks,
    only,
    skip: splitList(settings.skip),
    kind: { name: "layer", known: ["1", "2", "3"], wanted: splitList(settings.layer), of: ({ layer }) => `${layer}` },
  }).filter(isWanted);
  if (chosen.length > 0) return chosen;
  throw new ProvisionError("usage", "--quick leaves no check to run", { remedy: ["readygo verify --list --quick"] });
}

function list(chosen: readonly Check[], columns: number): CommandResult {
  const text = layers.flatMap((layer) => {
    const own = chosen.filter((each) => each.layer === layer);
    if (own.length === 0) return [];
    const rows = formatRows(
      own.map(({ id, cost, proves }) => [id, cost, proves]),
      columns,
    );
    return [`layer ${layer}: ${layerNames[layer]}\n${rows}`];
  });
  return onlyText(text.join("\n\n"), {
    list: chosen.map(({ id, layer, cost, bound, since, proves }) => ({
      id,
      layer,
      cost,
      bound,
      since: since === undefined ? null : `go${since}`,
      proves,
    })),
  });
}

const layers = [1, 2, 3] as const;
