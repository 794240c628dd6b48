import { expect, test } from "vitest";
import { findLogUrl } from "../../../../src/trust/sumdb/find-log-url.ts";

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
