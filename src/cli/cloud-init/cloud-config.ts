import { quoteForShell } from "../../errors/aim-at-image.ts";
import { formatConfig } from "../config.ts";
import { networkOptions } from "../option-groups.ts";
import type { Settings } from "../options.ts";

/** What a new machine is to be told. */
export interface CloudConfigRequest {
  readonly config: Settings;
  /** Arguments of `install` that readygo.ini has no key for. */
  readonly installArguments: readonly string[];
  /** PEM, for the machine's readygo and what brings it. */
  readonly authorities: string | undefined;
  /** Whether the machine proves its tree once a day. */
  readonly hasTimer: boolean;
  /** What brings readygo; without it the image has to have one. */
  readonly bootstrap:
    | {
        /** The stamped bootstrap.sh, whole. */
        readonly script: string;
        /** Where it is to fetch from; else from the address that was stamped into it. */
        readonly url: string | undefined;
      }
    | undefined;
}

export interface WrittenFile {
  readonly path: string;
  readonly owner: "root:root";
  /** Octal, as cloud-init takes it: a string. */
  readonly permissions: string;
  readonly content: string;
}

/** The part of cloud-init's own format that is used here; its schema is held against it in the tests. */
export interface CloudConfig {
  readonly write_files: readonly WrittenFile[];
  readonly runcmd: readonly string[];
}

/** Places and texts, as manifests/cloud-init.json has them. */
type CloudInitTemplates = typeof import("../../../manifests/cloud-init.json");

/**
 * A script in cloud-init's per-boot directory runs in its final stage: the network is up, accounts are made, and the
 * user's own runcmd comes after it. Its failure is the stage's (`status: error`, a failed cloud-final.service).
 */
export function buildCloudConfig(request: CloudConfigRequest, templates: CloudInitTemplates): CloudConfig {
  const { authorities, bootstrap, hasTimer, installArguments } = request;
  const config = authorities === undefined ? request.config : { ...request.config, "ca-file": templates.authorities };
  // What readygo reads in readygo.ini, bootstrap.sh has to be told.
  const words =
    bootstrap === undefined
      ? ["main", "readygo", "install", ...installArguments]
      : [
          "main",
          ...describeBase(bootstrap.url),
          "sh",
          templates.bootstrap,
          ...installArguments,
          ...describeNetwork(config),
        ];
  const script = [...templates.perBootScript, words.map(quoteForShell).join(" "), ""];
  return {
    write_files: [
      file(templates.config, hasSecret(config) ? "0600" : "0644", formatConfig(config)),
      ...(authorities === undefined ? [] : [file(templates.authorities, "0644", authorities)]),
      ...(bootstrap === undefined ? [] : [file(templates.bootstrap, "0755", bootstrap.script)]),
      // A source's URL may hold a password.
      file(templates.perBoot, "0700", script.join("\n")),
      ...(hasTimer
        ? templates.verify.files.map(({ path, permissions, lines }) => file(path, permissions, lines.join("\n")))
        : []),
    ],
    // runcmd's items become one script of sh, in which HOME is not set and no profile has been read.
    runcmd: [templates.runcmd, ...(hasTimer ? [templates.verify.enable] : [])],
  };
}

function file(path: string, permissions: string, content: string): WrittenFile {
  return { path, owner: "root:root", permissions, content };
}

function describeBase(url: string | undefined): readonly string[] {
  return url === undefined ? [] : ["env", `READYGO_BASE=${url}`];
}

function describeNetwork(settings: Settings): readonly string[] {
  return networkOptions.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
}

/** A URL may carry a password before its host, or a token in its query. */
function hasSecret({ proxy = "", goproxy = "", source = [] }: Settings): boolean {
  return [proxy, goproxy, ...source].some((text) => /[@?]/.test(text));
}

/**
 * User-data as cloud-init reads it: the mark of its first line, a comment, and YAML 1.1 (what PyYAML knows: `0644` and
 * `yes` would be a number and a boolean there, unless quoted).
 */
export async function formatUserData(cloudConfig: CloudConfig, comment: readonly string[]): Promise<string> {
  const { Document } = await import("yaml");
  const document = new Document(cloudConfig, { version: "1.1" });
  const lines = comment.map((line) => `#${line}\n`).join("");
  // Folding long lines would be right in YAML, and make scripts unreadable.
  return `#cloud-config\n${lines}${document.toString({ lineWidth: 0, blockQuote: "literal", directives: false })}`;
}
