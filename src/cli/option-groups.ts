// Options that commands take together.

export const commonOptions = ["json", "quiet", "verbose", "color", "root", "config", "wait"] as const;
/** Of commands whose result others want to have. */
export const reportOptions = ["report"] as const;
export const networkOptions = ["proxy", "noproxy", "ca-file"] as const;
export const sourceOptions = [
  "source",
  "sha256",
  "trust",
  "arch",
  ...networkOptions,
  "connect-timeout",
  "stall-timeout",
  "download-timeout",
] as const;
export const shellOptions = ["user", "rc", "links", "gobin"] as const;
/** What decides a plan. How it is carried out (the gate, waiting, bounds) is said when it is. */
export const plannedOptions = [...sourceOptions, ...shellOptions, "keep-tools", "repair"] as const;
export const checkOptions = ["module", "timeout"] as const;
export const gateOptions = [
  "verify",
  "keep-failed",
  "busy",
  "wait-builds",
  "keep",
  "discard-foreign",
  "keep-tools",
  "adopt",
  "repair",
] as const;
