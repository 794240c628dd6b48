import { expect, test } from "vitest";

import { RequestFailure } from "../../../../src/errors/request-failure.ts";
import { findChecksumBase, listChecksumPlaces } from "../../../../src/trust/sumdb/checksum-base.ts";
import { rejectionOf } from "../../thrown-by.ts";
import { recordedDatabase } from "./recorded-database.ts";

test("a proxy that mirrors the database is asked", async () => {
  const database = recordedDatabase();
  expect(await findChecksumBase({ proxy: "https://proxy.example/", url: undefined }, database.readText)).toBe(
    database.base,
  );
  expect(database.asked).toEqual(["supported"]);
});

test("the database itself is asked where the proxy does not mirror it, cannot be reached, or there is none", async () => {
  const { readText } = recordedDatabase({ supported: undefined });
  const unreachable = (url: string) => Promise.reject(new RequestFailure("unreachable", url, "ECONNREFUSED"));
  expect([
    await findChecksumBase({ proxy: "https://proxy.example", url: undefined }, readText),
    await findChecksumBase({ proxy: "https://proxy.example", url: undefined }, unreachable),
    await findChecksumBase({ proxy: undefined, url: undefined }, unreachable),
  ]).toEqual(Array(3).fill("https://sum.golang.org"));
});

test("what is no failure of a request is not passed over", async () => {
  const stopped = () => Promise.reject(new RangeError("a bug"));
  expect(
    (await rejectionOf(findChecksumBase({ proxy: "https://proxy.example", url: undefined }, stopped), RangeError))
      .message,
  ).toBe("a bug");
});

test("the URL that a setting names is the one place: no proxy and no database is asked besides, but for a copy that lies here", async () => {
  const url = "https://log.example";
  const none = async (): Promise<never> => Promise.reject(new Error("it is asked"));
  expect(await findChecksumBase({ proxy: "https://proxy.example", url }, none)).toBe(url);
  expect(listChecksumPlaces(url, url)).toEqual([url]);
  const here = async (): Promise<string> => "";
  const copy = "file:///srv/bundle/sumdb/sum.golang.org";
  expect(await findChecksumBase({ proxy: "file:///srv/bundle", url }, here)).toBe(copy);
  const notHere = async (): Promise<never> => Promise.reject(new RequestFailure("absent", "file:///srv", "not there"));
  expect(await findChecksumBase({ proxy: "file:///srv/empty", url }, notHere)).toBe(url);
});

test.each([
  [
    "https://proxy.example/sumdb/sum.golang.org",
    ["https://proxy.example/sumdb/sum.golang.org", "https://sum.golang.org"],
  ],
  ["https://sum.golang.org", ["https://sum.golang.org"]],
  ["file:///srv/bundle/sumdb/sum.golang.org", ["file:///srv/bundle/sumdb/sum.golang.org"]],
])("tiles that %s lacks may be the database's", (base, places) => {
  expect(listChecksumPlaces(base, undefined)).toEqual(places);
});
