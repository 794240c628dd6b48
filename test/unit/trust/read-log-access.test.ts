import { expect, test } from "vitest";
import { findLogUrl, forbidLog, type LogSettings } from "../../../src/trust/read-log-access.ts";

const forbidden = (settings: Readonly<Partial<Record<keyof LogSettings, string>>>): string | undefined =>
  forbidLog(
    Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, { value, from: "the environment" }])),
  );

test.each([
  [{}],
  [{ GOSUMDB: "" }],
  [{ GOSUMDB: "sum.golang.org" }],
  [{ GOSUMDB: "sum.golang.google.cn" }],
  [{ GOSUMDB: "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8 https://mirror.example" }],
  [{ GOPRIVATE: "git.corp.example,*.golang.org,golang.org/x" }],
  [{ GOPRIVATE: "golang.org/toolchain/more" }],
  // GONOSUMDB takes the place of GOPRIVATE.
  [{ GOPRIVATE: "golang.org", GONOSUMDB: "corp.example" }],
  [{ GONOSUMDB: "[" }],
  [{ GOPRIVATE: "/" }],
  [{ GOPRIVATE: "golang.org//" }],
])("%j does not forbid it", (settings) => {
  expect(forbidden(settings)).toBeUndefined();
});

test.each([
  [{ GOSUMDB: "off" }, "GOSUMDB=off in the environment"],
  [{ GOSUMDB: "sum.corp.example+1234abcd+AAAA" }, "GOSUMDB=sum.corp.example+1234abcd+AAAA in the environment"],
  [{ GOPRIVATE: "golang.org" }, "GOPRIVATE=golang.org in the environment"],
  [
    { GOPRIVATE: "corp.example,golang.org/toolchain" },
    "GOPRIVATE=corp.example,golang.org/toolchain in the environment",
  ],
  [{ GOPRIVATE: "*" }, "GOPRIVATE=* in the environment"],
  [{ GOPRIVATE: "golang.org/" }, "GOPRIVATE=golang.org/ in the environment"],
  [{ GOPRIVATE: "golang.org/toolchain/" }, "GOPRIVATE=golang.org/toolchain/ in the environment"],
  [{ GOPRIVATE: "golang.org", GONOSUMDB: "" }, "GOPRIVATE=golang.org in the environment"],
  [{ GONOSUMDB: "*.org/tool*" }, "GONOSUMDB=*.org/tool* in the environment"],
  [{ GONOSUMDB: "golan[a-g].or?" }, "GONOSUMDB=golan[a-g].or? in the environment"],
  [{ GONOSUMDB: "golan[^h].org" }, "GONOSUMDB=golan[^h].org in the environment"],
  [{ GONOSUMCHECK: "golang.org/*" }, "GONOSUMCHECK=golang.org/* in the environment"],
])("%j does: %s", (settings, why) => {
  expect(forbidden(settings)).toBe(why);
});

const key = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

test.each([
  ["", undefined],
  ["sum.golang.org", undefined],
  [key, undefined],
  [` ${key}  https://log.example/db `, "https://log.example/db"],
  ["sum.golang.org https://log.example/db", "https://log.example/db"],
  ["sum.golang.google.cn", "https://sum.golang.google.cn"],
  ["sum.golang.google.cn https://log.example/db", "https://log.example/db"],
])("GOSUMDB=%s has it asked at %s", (database, url) => {
  expect(findLogUrl(database)).toBe(url);
});
