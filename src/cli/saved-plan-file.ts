import { posix } from "node:path";
import { safeParse } from "valibot";
import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { type AbsolutePath, absolutePath, parseAbsolutePath } from "../host/absolute-path.ts";
import { createRealFiles } from "../host/real-files.ts";
import type { PreparedInstall } from "../provision/prepare-install.ts";
import { type SavedPlan, savedPlanShape, saveSteps } from "../provision/saved-plan.ts";
import { parseSource } from "../sources/source.ts";
import { networkOptions, plannedOptions } from "./option-groups.ts";
import type { OptionName, Settings } from "./options.ts";
import { readSettings } from "./read-settings.ts";

/** May differ between the host where a plan was made and now: the way, and what has a password in it. */
const onTheWay: ReadonlySet<OptionName> = new Set([...networkOptions, "source", "connect-timeout", "stall-timeout", "download-timeout"]); // prettier-ignore

/** The request and what it came to, for `plan --json`. */
export function composeSavedPlan(
  settings: Settings,
  { cwd, root }: { readonly cwd: AbsolutePath; readonly root: string },
  prepared: PreparedInstall,
): SavedPlan {
  const kept: Record<string, unknown> = {};
  const withheld: string[] = [];
  for (const name of plannedOptions) {
    const value = settings[name];
    if (value === undefined) continue;
    if (JSON.stringify(value) !== redactUrl(JSON.stringify(value))) withheld.push(name);
    else kept[name] = name === "source" ? settings.source?.map((text) => makeAbsolute(text, cwd)) : value;
  }
  if (settings["ca-file"] !== undefined) kept["ca-file"] = posix.resolve(cwd, settings["ca-file"]);
  const { version, architecture } = prepared.desired;
  return { schema: 1, version, architecture, root, settings: kept, withheld, steps: saveSteps(prepared) };
}

/** A path that was meant from where `plan` ran. */
function makeAbsolute(text: string, cwd: AbsolutePath): string {
  const source = parseSource(text, cwd);
  return source.kind === "directory" || source.kind === "file" ? source.path : text;
}

const mostBytes = 16 * 1024 * 1024;

/**
 * A plan that `plan --json` printed, and the options that it was made with.
 *
 * @throws ProvisionError `plan-invalid`; `usage` where the command line says what the plan says
 */
export function readSavedPlan(
  file: string,
  cwd: AbsolutePath,
  { given, words, root }: { readonly given: Settings; readonly words: readonly string[]; readonly root: string },
): { readonly saved: SavedPlan; readonly settings: Settings } {
  const path = parseAbsolutePath(file) ?? absolutePath(cwd, file);
  const saved = parsePlan(path);
  const doubled = plannedOptions.filter((name) => given[name] !== undefined && !onTheWay.has(name));
  if (words.length > 0 || doubled.length > 0) {
    const what = words.length > 0 ? "a version" : `--${doubled[0]}`;
    throw new ProvisionError("usage", `${what} is in the saved plan already, and cannot be given with --plan`);
  }
  const lacking = saved.withheld.filter((name) => given[name as OptionName] === undefined);
  if (lacking.length > 0)
    throw new ProvisionError("usage", `--${lacking[0]} had a password in it, which no plan keeps: give it again`);
  if (saved.root !== root)
    throw new ProvisionError("usage", `the plan was made for ${saved.root === "" ? "the host itself" : `--root ${saved.root}`}`); // prettier-ignore
  return { saved, settings: readPlannedSettings(path, saved) };
}

function parsePlan(path: AbsolutePath): SavedPlan {
  let value: unknown;
  try {
    const content = createRealFiles("").read(path, mostBytes);
    if (content === undefined) throw invalid(path, "there is no such file");
    value = JSON.parse(content.toString("utf8"));
  } catch (cause) {
    if (cause instanceof ProvisionError) throw cause;
    throw invalid(path, cause instanceof SyntaxError ? "it is not JSON" : "it cannot be read", cause);
  }
  const object = typeof value === "object" && value !== null && "saved" in value ? value.saved : value;
  const parsed = safeParse(savedPlanShape, object);
  if (parsed.success) return parsed.output;
  throw invalid(path, `it is not what \`readygo plan --json\` prints: ${parsed.issues[0].message}`);
}

/** As if they stood on the command line: the same judge. */
function readPlannedSettings(path: AbsolutePath, { settings }: SavedPlan): Settings {
  const known: ReadonlySet<string> = new Set(plannedOptions);
  const other = Object.keys(settings).find((name) => !known.has(name));
  if (other !== undefined) throw invalid(path, `${other} is no option of a plan`);
  const numbers = Object.entries(settings).map(([name, value]) => [name, typeof value === "number" ? String(value) : value]); // prettier-ignore
  return readSettings(Object.fromEntries(numbers) as Readonly<Record<string, unknown>>);
}

function invalid(path: AbsolutePath, what: string, cause?: unknown): ProvisionError {
  return new ProvisionError("plan-invalid", `${path} is no saved plan: ${what}`, {
    details: { file: path },
    ...(cause === undefined ? {} : { cause }),
  });
}
