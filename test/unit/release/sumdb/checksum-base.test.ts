import { expect, test } from "vitest";

import { RequestFailure } from "../../../../src/errors/request-failure.ts";
import { findChecksumBase } from "../../../../src/release/sumdb/checksum-base.ts";
import { rejectionOf } from "../../thrown-by.ts";
import { recordedDatabase } from "./recorded-database.ts";

test("a proxy that mirrors the database is asked", async () => {
  const database = recordedDatabase();
  expect(await findChecksumBase("https://proxy.example/", database.readText)).toBe(database.base);
  expect(database.asked).toEqual(["supported"]);
});

test("the database itself is asked where the proxy does not mirror it, cannot be reached, or there is none", async () => {
  const { readText } = recordedDatabase({ supported: undefined });
  const unreachable = (url: string) => Promise.reject(new RequestFailure("unreachable", url, "ECONNREFUSED"));
  expect([
    await findChecksumBase("https://proxy.example", readText),
    await findChecksumBase("https://proxy.example", unreachable),
    await findChecksumBase(undefined, unreachable),
  ]).toEqual(Array(3).fill("https://sum.golang.org"));
});

test("what is no failure of a request is not passed over", async () => {
  const stopped = () => Promise.reject(new RangeError("a bug"));
  expect((await rejectionOf(findChecksumBase("https://proxy.example", stopped), RangeError)).message).toBe("a bug");
});
