import { describe, expect, it } from "vitest";
import type { Settings } from "../../../src/cli/options.ts";
import { parseCommonRequest, parseInstallRequest, parseRoot } from "../../../src/cli/parse-request.ts";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import type { ProcessPort } from "../../../src/host/process-port.ts";
import type { InstallRequest } from "../../../src/provision/request.ts";
import { thrownBy } from "../thrown-by.ts";

const port: ProcessPort = {
  argv: [],
  env: { TERM: "xterm" },
  cwd: absolutePath("/srv/here"),
  uid: 0,
  isTerminal: true,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  stop: new AbortController().signal,
  entry: [],
  version: "1.2.3",
};

function parse(given: Settings, words: readonly string[] = [], config: Settings = {}): InstallRequest {
  const settings = { ...config, ...given };
  const root = parseRoot(given.root, port.cwd);
  return parseInstallRequest(
    { settings, given, words },
    { port, request: parseCommonRequest({ settings, given }, root, port) },
  );
}

describe("what install was asked", () => {
  it("has a default for everything", () => {
    expect(parse({})).toMatchObject({
      version: { kind: "latest" },
      architecture: undefined,
      areSourcesNamed: false,
      policy: "any",
      isEditingRcFiles: true,
      isVerifying: true,
      isKeepingFailed: false,
      isAdopting: false,
      busy: "wait",
      waitBuildsSeconds: 60,
      keep: 1,
      isDiscardingForeign: false,
      root: "",
      isColor: true,
      waitSeconds: 0,
      checkTimeoutMs: 60_000,
      limits: { connectMs: 10_000, stallMs: 20_000, wholeMs: undefined },
    });
  });

  it("takes the command line over readygo.ini over the default", () => {
    const config: Settings = { version: "1.26", trust: "two", rc: false, timeout: 90, "stall-timeout": 5 };
    expect(parse({ trust: "log", timeout: 30 }, ["1.27.4"], config)).toMatchObject({
      version: { kind: "exact", version: "go1.27.4" },
      policy: "log",
      isEditingRcFiles: false,
      checkTimeoutMs: 30_000,
      limits: { stallMs: 5_000 },
    });
    expect(parse({}, [], config)).toMatchObject({ version: { kind: "line", line: "1.26" }, policy: "two" });
  });

  it("knows whether sources were named on the command line, or stand in readygo.ini", () => {
    const order = ["aliyun"];
    expect(parse({}, [], { source: order })).toMatchObject({ areSourcesNamed: false, sources: [{ kind: "base-url" }] });
    expect(parse({ source: order })).toMatchObject({ areSourcesNamed: true, sources: [{ kind: "base-url" }] });
  });

  it("reads a relative path from where it was started", () => {
    expect(parse({ source: ["./kit"] }).sources).toEqual([{ kind: "directory", path: "/srv/here/kit" }]);
  });

  it.each<[string, Settings, readonly string[], string]>([
    ["a hash that is not one", { sha256: "abc" }, [], "usage"],
    ["an architecture that Go has and readygo does not", { arch: "riscv64" }, [], "arch-unsupported"],
    ["a version that is not one", {}, ["v1.27.x"], "version-invalid"],
    ["a URL as a version", {}, ["https://user:word@proxy.example/go"], "version-invalid"],
    ["a source that is not one", { source: ["aliyn"] }, [], "source-invalid"],
    ["an image that is not there", { root: "/does/not/exist" }, [], "usage"],
  ])("refuses %s", (_, given, words, code) => {
    const error = thrownBy(() => parse(given, words), ProvisionError);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain("word");
  });
});
