import type { Options } from "yargs";

/** Options of every command. */
export const commonOptions = {
  json: { type: "boolean", describe: "Print one JSON object on stdout" },
  quiet: { type: "boolean", describe: "Print only changes, warnings and errors" },
  verbose: { type: "boolean", describe: "Print also by which means things are done" },
  color: { type: "boolean", default: undefined, describe: "Colour (--no-color prints none, as NO_COLOR does)" },
  root: { type: "string", requiresArg: true, describe: "Work on the image that is mounted at DIR" },
  config: { type: "string", requiresArg: true, describe: "Settings file (default /etc/readygo.ini)" },
  wait: { type: "string", requiresArg: true, describe: "Wait SECONDS for another readygo to end" },
} as const satisfies Record<string, Options>;

/** Options of the commands that choose and fetch a release. */
export const sourceOptions = {
  source: {
    type: "string",
    array: true,
    nargs: 1,
    describe: "Name (readygo sources --all), URL, goproxy=LIST, directory or file; repeatable",
  },
  sha256: { type: "string", requiresArg: true, describe: "The archive's SHA-256, held against whatever arrives" },
  trust: {
    type: "string",
    requiresArg: true,
    choices: ["any", "two", "log"],
    describe: "How much has to vouch for it",
  },
  arch: { type: "string", requiresArg: true, describe: "amd64 or arm64; another than this host's needs --root" },
  proxy: { type: "string", requiresArg: true, describe: "HTTP(S) proxy" },
  noproxy: { type: "string", requiresArg: true, describe: "Hosts to ask without it, as NO_PROXY lists them" },
  "ca-file": { type: "string", requiresArg: true, describe: "More CA certificates, PEM" },
  "connect-timeout": {
    type: "string",
    requiresArg: true,
    describe: "Seconds until there is a connection (default 10)",
  },
  "stall-timeout": { type: "string", requiresArg: true, describe: "Seconds without a byte (default 20)" },
  "download-timeout": {
    type: "string",
    requiresArg: true,
    describe: "Seconds for a whole archive from one source (default: by its size)",
  },
} as const satisfies Record<string, Options>;

export const shellOptions = {
  user: { type: "string", requiresArg: true, describe: "Whose rc files (default: who ran sudo, else root)" },
  rc: { type: "boolean", default: undefined, describe: "Edit rc files (--no-rc leaves homes alone)" },
} as const satisfies Record<string, Options>;

export const gateOptions = {
  verify: { type: "boolean", default: undefined, describe: "Run layers 2 and 3 (--no-verify runs layer 1 alone)" },
  "keep-failed": { type: "boolean", describe: "Keep the new tree where a check fails" },
  busy: {
    type: "string",
    requiresArg: true,
    choices: ["wait", "replace", "fail"],
    describe: "Where a build runs from the tree (default wait, then replace)",
  },
  "wait-builds": { type: "string", requiresArg: true, describe: "Seconds to wait for builds (default 60)" },
  keep: { type: "string", requiresArg: true, describe: "Keep N previous releases for rollback (default 1)" },
  "discard-foreign": { type: "boolean", describe: "Delete a Go at /usr/local/go that readygo did not install" },
  adopt: {
    type: "boolean",
    describe: "Set aside readygo's own state where it cannot be used, and take the host as it is",
  },
  repair: { type: "boolean", describe: "Look at every file, not only at what tells a change" },
} as const satisfies Record<string, Options>;

export const checkOptions = {
  module: { type: "string", requiresArg: true, describe: "Module that layer 3 downloads" },
  timeout: { type: "string", requiresArg: true, describe: "Seconds a check may take (default 60)" },
} as const satisfies Record<string, Options>;
