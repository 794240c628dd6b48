import { expect, test } from "vitest";

import { ProvisionError } from "../../../../src/errors/provision-error.ts";
import { parseVersionFile, parseVersionText } from "../../../../src/release/version-files/version-file.ts";
import { thrownBy } from "../../thrown-by.ts";

const exact = (version: string) => ({ kind: "exact", version });
const line = (line: string) => ({ kind: "line", line });

test("the toolchain line of go.mod goes before the go line", () => {
  const text = "module example.com/app\n\ngo 1.26.0\n\ntoolchain go1.27.4\n\nrequire rsc.io/quote v1.5.2\n";
  expect(parseVersionFile("/srv/app/go.mod", text)).toEqual(exact("go1.27.4"));
});

test.each([
  ["a language version is its newest release", "module m\ngo 1.24\n", line("1.24")],
  ["a release is that release", "go 1.24.3\n", exact("go1.24.3")],
  ["a candidate too", "go 1.28rc1\n", exact("go1.28rc1")],
  ["toolchain default means the go line", "go 1.24.3\ntoolchain default\n", exact("go1.24.3")],
  ["a suffix is not part of the version", "go 1.22.1\ntoolchain go1.22.3-custom\n", exact("go1.22.3")],
  ["a toolchain of the go line's own line", "go 1.24\ntoolchain go1.24.1\n", exact("go1.24.1")],
  ["an older toolchain could not build the module", "go 1.25.3\ntoolchain go1.24.1\n", exact("go1.25.3")],
  ["a toolchain alone", "toolchain go1.24.1\n", exact("go1.24.1")],
  ["comments and CRLF", "// go 1.1\r\ngo 1.24.3 // at least\r\n// toolchain go1.99.0\r\n", exact("go1.24.3")],
  ["the same line twice, tabs, a BOM", "\uFEFFgo\t1.24.3\ngo 1.24.3\n", exact("go1.24.3")],
  ["blocks are not looked into", "require (\n\tgo 1.1.1\n\ttoolchain v1.2.3\n)\ngo 1.24.3\n", exact("go1.24.3")],
])("go.mod: %s", (_, text, request) => {
  expect(parseVersionFile("go.mod", text)).toEqual(request);
});

test("go.work is read alike", () => {
  expect(parseVersionFile("go.work", "go 1.26.8\n\nuse (\n\t./a\n\t./b\n)\n")).toEqual(exact("go1.26.8"));
});

test.each([
  ["1.26.8\n", exact("go1.26.8")],
  ["# pinned by ops\n\n  go1.26.8  # until May\n1.27.4\n", exact("go1.26.8")],
  ["1.26", line("1.26")],
  ["latest\n", { kind: "latest" }],
])(".go-version %j", (text, request) => {
  expect(parseVersionFile(".go-version", text)).toEqual(request);
});

test.each([
  ["nodejs 24.21.0\ngolang 1.22.1 1.21.13\n", exact("go1.22.1")],
  ["# tools\ngo   1.22 # mise's name\n", line("1.22")],
  ["golang system 1.22.5\n", exact("go1.22.5")],
  ["golang ref:master path:~/go 1.22.5\n", exact("go1.22.5")],
  ["golangci-lint 2.1.0\ngolang 1.22.1\n", exact("go1.22.1")],
])(".tool-versions %j", (text, request) => {
  expect(parseVersionFile("a/.tool-versions", text)).toEqual(request);
});

test.each([
  ["go.mod", "module m\n", "go.mod names no Go version"],
  ["go.mod", "toolchain default\n", "go.mod names no Go version"],
  ["go.mod", "", "go.mod names no Go version"],
  [".go-version", "\n# nothing\n", ".go-version names no Go version"],
  [".tool-versions", "nodejs 24.21.0\ngolang\n", ".tool-versions names no Go version"],
  [".tool-versions", "golang system\n", '.tool-versions names "system", which is not a Go version'],
  ["go.mod", "toolchain local\n", 'go.mod names "local", which is not a Go version'],
  [
    ".tool-versions",
    "golang system ref:v1.22.5\n",
    '.tool-versions names "system", "ref:v1.22.5", none of which is a Go version',
  ],
  ["go.mod", "go 1.24.3\ngo 1.25.1\n", "go.mod has two go lines: 1.24.3 and 1.25.1"],
  [
    "go.mod",
    "go 1.24.3\ntoolchain go1.25.1\ntoolchain go1.25.2\n",
    "go.mod has two toolchain lines: go1.25.1 and go1.25.2",
  ],
  ["go.mod", "<<<<<<< HEAD\ngo 1.24.3\n=======\ngo 1.25.1\n>>>>>>> other\n", "go.mod has a merge conflict in line 1"],
  [".go-version", "1.26.8\n>>>>>>> x\n", ".go-version has a merge conflict in line 2"],
  ["mise.toml", "[tools\n", "mise.toml is no TOML: line 1, column 7"],
  ["mise.toml", '[tools]\nnode = "24"\n', "mise.toml names no Go version"],
  ["mise.toml", '[tools]\ngo = "ref:master"\n', 'mise.toml names "ref:master", which is not a Go version'],
  [".gvmrc", "echo hi\ngvm use go1.21.3\n", ".gvmrc is a script of several lines, and readygo runs none"],
  ["Dockerfile", "FROM debian:12\n", "Dockerfile names no Go version"],
  ["Dockerfile", "FROM golang:alpine\n", 'Dockerfile names "alpine", which is not a Go version'],
  ["Dockerfile", "FROM golang:${V}\n", 'Dockerfile names "${V}", which is not a Go version'],
  [
    "Dockerfile",
    "FROM golang:1.26 AS a\nFROM golang:1.27\n",
    "Dockerfile is made from several versions of Go: 1.26, 1.27",
  ],
  ["devcontainer.json", "{", "devcontainer.json is not JSON with comments"],
  ["devcontainer.json", '{"image":"debian:12"}', "devcontainer.json names no Go version"],
  ["/x/versions.txt", "1.27.4\n", "/x/versions.txt is not a version file"],
])("%s with %j is an error", (fileName, text, summary) => {
  const error = thrownBy(() => parseVersionFile(fileName, text), ProvisionError);
  expect([error.code, error.exit, error.message]).toEqual(["version-file", 2, summary]);
});

test.each([
  ["go.tool.mod", "module m\ngo 1.26.8\n", exact("go1.26.8")],
  ["mise.toml", '[tools]\nnode = "24"\ngo = "1.27" # newest\n', line("1.27")],
  [".mise.local.toml", '[tools]\ngo = ["ref:master", "1.26.8"]\n', exact("go1.26.8")],
  ["mise.toml", '[tools.golang]\nversion = "prefix:1.27"\n', line("1.27")],
  ["mise.toml", '[tools]\n"core:go" = "latest"\n', { kind: "latest" }],
  [".gvmrc", "gvm use go1.21.3 --default > /dev/null\n", exact("go1.21.3")],
  [".gvmrc", "go1.21.3\n", exact("go1.21.3")],
  ["/srv/go/VERSION", "go1.27.4\ntime 2026-11-01T09:30:00Z\n", exact("go1.27.4")],
  ["Dockerfile", "FROM golang:1.27\nRUN go build\n", line("1.27")],
  [
    "app/Dockerfile.dev",
    "from --platform=linux/amd64 example.org/library/golang:1.27.4-bookworm@sha256:00 as b\nFROM debian:12\n",
    exact("go1.27.4"),
  ],
  ["Containerfile", "ARG GO=1.27\nFROM golang:${GO}-alpine\n", line("1.27")],
  ["x.dockerfile", "FROM golang:${GO:-1.26.8}\nFROM golang:1.26.8-alpine\n", exact("go1.26.8")],
  [
    "devcontainer.json",
    '{\n// tools\n"features": { "example.org/devcontainers/features/go:1": { "version": "1.27.4" }, },\n}',
    exact("go1.27.4"),
  ],
  [".devcontainer.json", '{"features":{"x/go:1":{}}}', { kind: "latest" }],
  ["devcontainer.json", '{"image":"example.org/devcontainers/go:1-1.27-bookworm"}', line("1.27")],
])("%s %j", (name, text, request) => {
  expect(parseVersionFile(name, text)).toEqual(request);
});

test.each([
  ["1.27.4\n", exact("go1.27.4")],
  ["module m\n\ngo 1.26.8\n", exact("go1.26.8")],
  ["golang 1.26\n", line("1.26")],
])("what comes by stdin: %j", (text, request) => {
  expect(parseVersionText(text)).toEqual(request);
});

test("what another tool's grammar allows is answered with Go's spelling", () => {
  const error = thrownBy(() => parseVersionFile(".go-version", "1.22.x\n"), ProvisionError);
  expect([error.details, error.remedy]).toEqual([
    { file: ".go-version", found: "1.22.x" },
    ["name the version itself: readygo install 1.22"],
  ]);
});
