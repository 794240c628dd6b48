import { expect, test } from "vitest";

import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { parseVersionRequest } from "../../../src/release/version-request.ts";
import { thrownBy } from "../thrown-by.ts";

test.each([
  ["latest", { kind: "latest" }],
  ["1.27", { kind: "line", line: "1.27" }],
  ["go1.27", { kind: "line", line: "1.27" }],
  ["1.20", { kind: "line", line: "1.20" }],
  ["1.20.0", { kind: "exact", version: "go1.20" }],
  ["1.27.4", { kind: "exact", version: "go1.27.4" }],
  ["go1.27.4", { kind: "exact", version: "go1.27.4" }],
  ["1.28rc1", { kind: "exact", version: "go1.28rc1" }],
  ["go.mod", { kind: "file", path: "go.mod" }],
  [".go-version", { kind: "file", path: ".go-version" }],
  ["../app/go.work", { kind: "file", path: "../app/go.work" }],
  ["/srv/.tool-versions", { kind: "file", path: "/srv/.tool-versions" }],
  ["./1.27", { kind: "file", path: "./1.27" }],
])("%s", (text, request) => {
  expect(parseVersionRequest(text)).toEqual(request);
});

test.each([
  ["v1.27.4", "1.27.4"],
  ["1.27.04", "1.27.4"],
  ["1.027.4", "1.27.4"],
  ["1.27.x", "1.27"],
  ["1.27.*", "1.27"],
  ["v1.27", "1.27"],
  ["1.27-rc1", "1.27rc1"],
  ["1.27.0-rc.1", "1.27rc1"],
  ["1.27.4rc1", "1.27.4"],
  ["Go1.27.4", "1.27.4"],
  ["go 1.27.4", "1.27.4"],
  ["^1.27.4", "1.27.4"],
  [" 1.27.4", "1.27.4"],
  ["1.27.4.", "1.27.4"],
  ["go1.27.4.linux-amd64", "1.27.4"],
  ["1", "latest"],
  ["stable", "latest"],
  ["LATEST", "latest"],
])("%j is refused, and %s offered", (text, reading) => {
  const error = thrownBy(() => parseVersionRequest(text), ProvisionError);
  expect({ code: error.code, exit: error.exit, remedy: error.remedy }).toEqual({
    code: "version-invalid",
    exit: 2,
    remedy: [`readygo install ${reading}`, "readygo list"],
  });
});

test.each(["", "tip", "one", "1..2", "go", "--help"])("%j has no near reading", (text) => {
  const error = thrownBy(() => parseVersionRequest(text), ProvisionError);
  expect([error.code, error.remedy]).toEqual(["version-invalid", ["readygo install latest", "readygo list"]]);
});
