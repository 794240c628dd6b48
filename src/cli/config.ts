import { parse } from "ini";
import { nearestWords } from "../errors/nearest-words.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { isNoProxyList } from "../fetch/http/choose-proxy.ts";
import { findKnownSource, listKnownSources } from "../sources/known-sources.ts";

/** readygo.ini with every key optional; values are still text, and are parsed where the flags of the same name are. */
export interface Config {
  readonly version?: string;
  readonly order?: readonly string[];
  readonly goproxy?: string;
  readonly proxy?: string;
  readonly noproxy?: string;
  readonly caFile?: string;
  readonly connectTimeoutSeconds?: number;
  readonly stallTimeoutSeconds?: number;
  readonly downloadTimeoutSeconds?: number;
  readonly policy?: string;
  readonly user?: string;
  readonly rc?: boolean;
  readonly module?: string;
  readonly timeoutSeconds?: number;
}

type Text = string;
type Writable = { -readonly [Key in keyof Config]: Config[Key] };
type Setting = (config: Writable, text: Text) => string | undefined;

const oneOf = (text: Text, ...words: readonly string[]): string | undefined =>
  words.includes(text) ? undefined : `one of ${words.join(", ")}`;

const wantSeconds = (text: Text): string | undefined =>
  /^[1-9]\d{0,4}$/.test(text) ? undefined : "a number of seconds";

/** `order` is read before any directory is meant by a relative path: names, URLs and absolute paths only. */
function nameOfSource(text: Text): string | undefined {
  if (/^https?:\/\//.test(text) || text.startsWith("/") || findKnownSource(text) !== undefined) return undefined;
  const names = listKnownSources().map(({ name }) => name);
  const [nearest] = nearestWords(text, names, 1);
  const suggestion = nearest === undefined ? "" : ` (the nearest to ${text} is ${nearest})`;
  return `a list of ${names.join(", ")}, http(s) URLs and absolute paths${suggestion}`;
}

/** Each setter answers what it would have taken where the text is not that. */
const settings: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  go: { version: (config, text) => void (config.version = text) },
  source: {
    order: (config, text) => {
      config.order = text.split(",").map((name) => name.trim());
      return config.order.map(nameOfSource).find((wanted) => wanted !== undefined);
    },
    goproxy: (config, text) => void (config.goproxy = text),
    proxy: (config, text) => {
      config.proxy = text;
      return URL.canParse(text) ? undefined : "a URL such as http://proxy.example:3128, a # in a password written %23";
    },
    noproxy: (config, text) => {
      config.noproxy = text;
      return isNoProxyList(text)
        ? undefined
        : "a list of hosts, .domains, addresses and networks, each with or without :PORT";
    },
    "ca-file": (config, text) => {
      config.caFile = text;
      return text.startsWith("/") ? undefined : "an absolute path";
    },
    "connect-timeout": (config, text) => {
      config.connectTimeoutSeconds = Number(text);
      return wantSeconds(text);
    },
    "stall-timeout": (config, text) => {
      config.stallTimeoutSeconds = Number(text);
      return wantSeconds(text);
    },
    "download-timeout": (config, text) => {
      config.downloadTimeoutSeconds = Number(text);
      return wantSeconds(text);
    },
  },
  trust: {
    policy: (config, text) => {
      config.policy = text;
      return oneOf(text, "any", "two", "log");
    },
  },
  shell: {
    user: (config, text) => void (config.user = text),
    rc: (config, text) => {
      config.rc = text === "yes" || text === "true";
      return oneOf(text, "yes", "no", "true", "false");
    },
  },
  verify: {
    module: (config, text) => {
      config.module = text;
      return /^[^@\s]+@v\S+$/.test(text) ? undefined : "module@version, such as rsc.io/quote@v1.5.2";
    },
    timeout: (config, text) => {
      config.timeoutSeconds = Number(text);
      return wantSeconds(text);
    },
  },
};

/** By own keys only: `[constructor]` is as unknown as any other. */
function findSetting(section: string, key: string): Setting | undefined {
  const keys = Object.hasOwn(settings, section) ? settings[section] : undefined;
  return keys !== undefined && Object.hasOwn(keys, key) ? keys[key] : undefined;
}

const knownKeys = Object.entries(settings).flatMap(([section, keys]) =>
  Object.keys(keys).map((key) => `${section}.${key}`),
);

/**
 * Parses readygo.ini. A key without a value is as if it were not there.
 *
 * @throws ProvisionError `config-invalid` naming file, line and the nearest known key
 */
export function parseConfig(text: string, fileName: string): Config {
  const config: Writable = {};
  checkLines(text, fileName);
  for (const [section, content] of Object.entries(parse(text.replace(/^\uFEFF/, "")))) {
    if (typeof content !== "object" || content === null)
      throw invalid(text, fileName, section, `${section} is outside of any section`);
    for (const [key, value] of Object.entries(content as Record<string, unknown>)) {
      const setting = findSetting(section, key);
      if (setting === undefined) throw unknownKey(text, fileName, section, key);
      // Numbers and booleans are ini's reading of a text; anything else is a section or a list in its own notation.
      if (typeof value === "object" && value !== null)
        throw invalid(text, fileName, key, `${section}.${key} is not a single value`);
      const plain = String(value).trim();
      if (plain === "") continue;
      // A value in quotes may have them escaped.
      const wanted = /\p{Cc}/u.test(plain) ? "without control characters" : setting(config, plain);
      if (wanted === undefined) continue;
      // A bare # in a URL's password begins a comment: a part of it is left, and nothing tells that it is one.
      const shown = plain.includes("://") ? "" : ` is "${plain}" and`;
      throw invalid(text, fileName, key, `${section}.${key}${shown} has to be ${wanted}`);
    }
  }
  return config;
}

/** What `ini` lets pass without a word: a key that is set twice, and one without an equals sign, which it takes for true. */
function checkLines(text: string, fileName: string): void {
  const seen = new Set<string>();
  let section = "";
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/^\uFEFF/, "").trim();
    if (content === "" || content.startsWith(";") || content.startsWith("#")) continue;
    const where = { details: { file: `${fileName}:${index + 1}` } };
    if (content.startsWith("[")) {
      section = content;
      continue;
    }
    const key = /^[^=]*/.exec(content)?.[0].trim() ?? "";
    if (!content.includes("=")) throw new ProvisionError("config-invalid", `${key} in ${section} has no value`, where);
    if (seen.has(`${section} ${key}`))
      throw new ProvisionError("config-invalid", `${key} is set twice in ${section}`, where);
    seen.add(`${section} ${key}`);
  }
}

function unknownKey(text: string, fileName: string, section: string, key: string): ProvisionError {
  const [nearest] = nearestWords(`${section}.${key}`, knownKeys, 1);
  const [nearSection, nearKey] = (nearest ?? "go.version").split(".");
  return invalid(
    text,
    fileName,
    key,
    `there is no key ${key} in [${section}]; the nearest is ${nearKey} in [${nearSection}]`,
  );
}

function invalid(text: string, fileName: string, word: string, summary: string): ProvisionError {
  const line = text.split("\n").findIndex((content) => content.includes(word)) + 1;
  return new ProvisionError("config-invalid", summary, {
    details: { file: line > 0 ? `${fileName}:${line}` : fileName },
    remedy: [`correct ${fileName}, or pass --config FILE with another file; the keys are ${knownKeys.join(", ")}`],
  });
}
