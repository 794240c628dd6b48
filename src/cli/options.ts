import { nearestWords } from "../errors/nearest-words.ts";
import { usualLimits } from "../fetch/download/download-limits.ts";
import { isNoProxyList } from "../fetch/http/choose-proxy.ts";
import { reportFormats, splitReport } from "../report/formats/report-format.ts";
import { findKnownSource, listKnownSources } from "../sources/known-sources.ts";

/** What an option's value is called in help and man page, and by which a shell knows what to offer for it. */
export type ValueName =
  | "ARCH"
  | "DIR"
  | "FILE"
  | "NAME"
  | "LIST"
  | "SHA256"
  | "SOURCE"
  | "URL"
  | "FORMAT:FILE"
  | "MODULE"
  | "VERSION"
  | "SECONDS"
  | "N";

/** Undefined where the text can be taken, else what would have been. */
type Judge = (text: string) => string | undefined;

interface Common {
  /** A sentence for help, man page and completions. */
  readonly help: string;
  /** Its place in readygo.ini, `section.key`. */
  readonly ini?: string;
  /** What readygo.ini takes, where that is less than the command line does. */
  readonly iniJudge?: Judge;
}

interface Flag extends Common {
  readonly kind: "flag";
  /** What `--no-NAME` does, where that is the flag's use. */
  readonly off?: string;
}

interface Text extends Common {
  readonly kind: "text" | "texts";
  readonly value: ValueName;
  readonly choices?: readonly string[];
  /** In words. */
  readonly default?: string;
  readonly judge?: Judge;
  /** True for what only readygo.ini has. */
  readonly isIniOnly?: true;
}

interface Count extends Common {
  readonly kind: "number";
  readonly value: "SECONDS" | "N";
  readonly min: number;
  readonly max: number;
  readonly default?: number | string;
}

export type Option = Flag | Text | Count;

const seconds = { kind: "number", value: "SECONDS", min: 1, max: 999_999 } as const;

/**
 * Every option, declared once: the command line, help, man page, completions, readygo.ini in both directions and the
 * types of what is parsed come from this table. What stands in readygo.ini stands there in this order.
 */
export const options = {
  // Of every command.
  json: { kind: "flag", help: "Print one JSON object on stdout" },
  quiet: { kind: "flag", help: "Print only changes, warnings and errors" },
  verbose: { kind: "flag", help: "Print also by which means things are done" },
  color: { kind: "flag", help: "Colour", off: "prints none, as NO_COLOR does" },
  root: { kind: "text", value: "DIR", help: "Work on the image that is mounted at DIR" },
  config: { kind: "text", value: "FILE", help: "Settings file", default: "/etc/readygo.ini" },
  wait: { ...seconds, min: 0, help: "Wait so long for another readygo to end" },
  // Which release, and from where.
  version: { kind: "text", value: "VERSION", help: "What VERSION takes", ini: "go.version", isIniOnly: true },
  source: {
    kind: "texts",
    value: "SOURCE",
    help: "Name (readygo sources --all), URL, goproxy=LIST, directory or file; repeatable",
    ini: "source.order",
    iniJudge: judgeSourceName,
  },
  goproxy: { kind: "text", value: "LIST", help: "A GOPROXY list", ini: "source.goproxy", isIniOnly: true },
  proxy: {
    kind: "text",
    value: "URL",
    help: "HTTP(S) or SOCKS5 proxy",
    ini: "source.proxy",
    iniJudge: (text) =>
      URL.canParse(text) ? undefined : "a URL such as http://proxy.example:3128, a # in a password written %23",
  },
  noproxy: {
    kind: "text",
    value: "LIST",
    help: "Hosts to ask without it, as NO_PROXY lists them",
    ini: "source.noproxy",
    judge: (text) =>
      isNoProxyList(text) ? undefined : "a list of hosts, .domains, addresses and networks, each with or without :PORT",
  },
  "ca-file": {
    kind: "text",
    value: "FILE",
    help: "More CA certificates, PEM",
    ini: "source.ca-file",
    iniJudge: (text) => (text.startsWith("/") ? undefined : "an absolute path"),
  },
  "connect-timeout": {
    ...seconds,
    help: "Seconds until there is a connection",
    default: usualLimits.connectMs / 1000,
    ini: "source.connect-timeout",
  },
  "stall-timeout": {
    ...seconds,
    help: "Seconds without a byte",
    default: usualLimits.stallMs / 1000,
    ini: "source.stall-timeout",
  },
  "download-timeout": {
    ...seconds,
    help: "Seconds for a whole archive from one source",
    default: "by its size",
    ini: "source.download-timeout",
  },
  sha256: { kind: "text", value: "SHA256", help: "The archive's SHA-256, held against whatever arrives" },
  trust: {
    kind: "text",
    value: "NAME",
    choices: ["any", "two", "log"],
    help: "Which trust roots have to prove it",
    default: "any",
    ini: "trust.policy",
  },
  arch: { kind: "text", value: "ARCH", help: "amd64 or arm64; another than this host's needs --root" },
  // Homes and shells.
  user: { kind: "text", value: "NAME", help: "Whose rc files", default: "who ran sudo, else root", ini: "shell.user" },
  "all-users": { kind: "flag", help: "Look at how processes of every account with a login shell start" },
  rc: { kind: "flag", help: "Edit rc files", off: "leaves homes alone", ini: "shell.rc" },
  gobin: { kind: "flag", help: "Put ~/go/bin at the end of PATH", ini: "shell.gobin" },
  links: { kind: "flag", help: "Link go and gofmt in /usr/local/bin", off: "has none there", ini: "shell.links" },
  // The checks.
  module: {
    kind: "text",
    value: "MODULE",
    help: "Module that layer 3 downloads",
    default: "rsc.io/quote@v1.5.2",
    ini: "verify.module",
    judge: (text) => (/^[^@\s]+@v\S+$/.test(text) ? undefined : "module@version, such as rsc.io/quote@v1.5.2"),
  },
  timeout: { ...seconds, help: "Seconds a check may take", default: 60, ini: "verify.timeout" },
  layer: { kind: "text", value: "LIST", help: "Only these layers: 1 binary, 2 environment, 3 runtime" },
  quick: { kind: "flag", help: "Only what reads files: no other program is started, no server asked" },
  deep: { kind: "flag", help: "Also what takes minutes" },
  trace: { kind: "flag", help: "Also which programs and files a `go run` uses (needs strace)" },
  // What install does with what it finds.
  verify: { kind: "flag", help: "Run layers 2 and 3", off: "runs layer 1 alone" },
  "keep-failed": { kind: "flag", help: "Keep the new tree where a check fails" },
  busy: {
    kind: "text",
    value: "NAME",
    choices: ["wait", "replace", "fail"],
    help: "Where a build runs from the tree",
    default: "wait, then replace",
  },
  "wait-builds": { ...seconds, min: 0, help: "Seconds to wait for builds", default: 60 },
  keep: {
    kind: "number",
    value: "N",
    min: 0,
    max: 99,
    help: "Keep so many previous releases for rollback",
    default: 1,
  },
  "discard-foreign": { kind: "flag", help: "Delete a Go at /usr/local/go that readygo did not install" },
  "keep-tools": { kind: "flag", help: "Move programs that users put into /usr/local/go/bin to /usr/local/bin" },
  adopt: { kind: "flag", help: "Set aside readygo's own state where it cannot be used, and take the host as it is" },
  repair: { kind: "flag", help: "Look at every file, not only at what tells a change" },
  // Which diagnostics, and what becomes of their findings.
  group: { kind: "text", value: "LIST", help: "Only these groups: go, environment, network, host, release" },
  only: { kind: "text", value: "LIST", help: "Only these, by their IDs (--list)" },
  skip: { kind: "text", value: "LIST", help: "All but these" },
  list: { kind: "flag", help: "List them, and look at nothing" },
  report: {
    kind: "texts",
    value: "FORMAT:FILE",
    help: "Also write the result as junit, tap, prom, md, html or json, - for stdout; repeatable",
    judge: judgeReport,
  },
  "fail-on": {
    kind: "text",
    value: "NAME",
    choices: ["error", "warning"],
    help: "What makes exit 7",
    default: "error",
  },
  fix: { kind: "flag", help: "Apply the fixes that can be undone, in one transaction" },
  "dry-run": { kind: "flag", help: "Print the plan of the fixes, and apply nothing" },
  // Of one command each.
  plan: { kind: "text", value: "FILE", help: "Do what this saved plan (plan --json) says, or nothing" },
  rollback: { kind: "flag", help: "Bring back the readygo before this one; again: forward" },
  self: { kind: "flag", help: "Also take readygo itself away, at /usr/local/bin/readygo" },
  "detailed-exitcode": { kind: "flag", help: "Exit 10 where the host differs, 0 where it does not" },
  all: { kind: "flag", help: "All of them" },
  output: { kind: "text", value: "DIR", help: "Directory to write to; made where it is missing" },
  timer: { kind: "flag", help: "Also prove the tree once a day there (readygo-verify.timer)" },
  base: {
    kind: "text",
    value: "DIR",
    help: "URL or directory of a readygo release, whose bootstrap.sh brings readygo",
    default: "the image has it",
  },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof options;

export const optionNames = Object.keys(options) as readonly OptionName[];

/** What an option comes to once it is parsed. */
export type OptionValue<Name extends OptionName> = (typeof options)[Name] extends {
  readonly choices: readonly (infer Choice)[];
}
  ? Choice
  : { flag: boolean; text: string; texts: readonly string[]; number: number }[(typeof options)[Name]["kind"]];

/** Options that were given, parsed. */
export type Settings = { readonly [Name in OptionName]?: OptionValue<Name> };

export function optionOf(name: OptionName): Option {
  return options[name];
}

/** Undefined where the text can be taken for the option, else what would have been. */
export function judgeText(option: Exclude<Option, Flag>, text: string): string | undefined {
  if (option.kind === "number") {
    const isWhole = /^\d{1,9}$/.test(text);
    if (isWhole && Number(text) >= option.min && Number(text) <= option.max) return undefined;
    return `a number${option.value === "SECONDS" ? " of seconds" : ""} from ${option.min} to ${option.max}`;
  }
  if (option.choices !== undefined && !option.choices.includes(text)) return `one of ${option.choices.join(", ")}`;
  return option.judge?.(text);
}

function judgeReport(text: string): string | undefined {
  const [format, file] = splitReport(text);
  const isKnown = reportFormats.some((known) => known === format);
  return isKnown && file !== "" ? undefined : `FORMAT:FILE, with ${reportFormats.join(", ")} as FORMAT`;
}

/** `order` is read before any directory is meant by a relative path: names, URLs and absolute paths only. */
function judgeSourceName(text: string): string | undefined {
  if (/^https?:\/\//.test(text) || text.startsWith("/") || findKnownSource(text) !== undefined) return undefined;
  const names = listKnownSources().map(({ name }) => name);
  const [nearest] = nearestWords(text, names, 1);
  const suggestion = nearest === undefined ? "" : ` (the nearest to ${text} is ${nearest})`;
  return `a list of ${names.join(", ")}, http(s) URLs and absolute paths${suggestion}`;
}
