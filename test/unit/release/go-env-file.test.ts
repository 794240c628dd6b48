import { expect, test } from "vitest";

import { parseGoEnvFile } from "../../../src/release/go-env-file.ts";

test("the release's own go.env", () => {
  const text = `# This file contains the initial defaults for go command configuration.
# Values set by 'go env -w' and written to the user's go/env file override these.
# The environment overrides everything else.

# Use the Go module mirror and checksum database by default.
# See https://proxy.example for details.
GOPROXY=https://proxy.example,direct
GOSUMDB=sum.golang.org

# Automatically download newer toolchains as directed by go.mod files.
GOTOOLCHAIN=auto
`;
  expect(parseGoEnvFile(text)).toEqual({
    GOPROXY: "https://proxy.example,direct",
    GOSUMDB: "sum.golang.org",
    GOTOOLCHAIN: "auto",
  });
});

test("values are taken as they stand; lines that are no settings are passed over; the last one holds", () => {
  const text = 'GOFLAGS=-mod=mod -x\nGOBIN="/a b" \n GOOS=plan9\n=x\nnot a line\ngoarch=arm\nCC=gcc\nCC=\nGOROOT';
  expect(parseGoEnvFile(text)).toEqual({ GOFLAGS: "-mod=mod -x", GOBIN: '"/a b" ', CC: "" });
});
