import { expect, test } from "vitest";

import { RequestFailure, type RequestFailureKind } from "../../../../src/errors/request-failure.ts";
import { parseGoproxyList } from "../../../../src/sources/goproxy-list.ts";
import { findChecksumBase, listChecksumPlaces } from "../../../../src/trust/sumdb/checksum-base.ts";
import { rejectionOf } from "../../thrown-by.ts";

const database = "https://sum.golang.org";
const mirrorOf = (proxy: string) => `${proxy}/sumdb/sum.golang.org`;
/** A GOPROXY list, and what each of its proxies answers; who is not named answers 404. */
const ask = async (list: string, answers: Readonly<Record<string, "yes" | RequestFailureKind>>, url?: string) => {
  const asked: string[] = [];
  const { base, failures } = await findChecksumBase({ proxies: parseGoproxyList(list), url }, async (at) => {
    const proxy = at.replace("/sumdb/sum.golang.org/supported", "");
    asked.push(proxy);
    const answer = answers[proxy] ?? "absent";
    if (answer === "yes") return "";
    throw new RequestFailure(answer, at, "no");
  });
  return { base, asked, failures: failures.map(({ kind }) => kind) };
};
const [one, two] = ["https://one.example", "https://two.example"] as const;

test.each([
  ["the first mirrors it", `${one},${two}`, { [one]: "yes" }, [one], mirrorOf(one), []],
  ["a first one that mirrors nothing", `${one},${two}`, { [two]: "yes" }, [one, two], mirrorOf(two), []],
  ["a failure before a bar", `${one}|${two}`, { [one]: "status", [two]: "yes" }, [one, two], mirrorOf(two), ["status"]],
  ["a failure before a comma", `${one},${two}`, { [one]: "tls", [two]: "yes" }, [one], database, ["tls"]],
  ["none mirrors it", `${one},${two}`, {}, [one, two], database, []],
  ["direct first", `direct,${one}`, { [one]: "yes" }, [], database, []],
  ["off behind one that does not answer", `${one}|off`, { [one]: "timeout" }, [one], database, ["timeout"]],
] as const)("%s", async (_what, list, answers, asked, base, failures) => {
  expect(await ask(list, answers)).toEqual({ base, asked, failures });
});

test("without a proxy the database is asked", async () => {
  const none = async (): Promise<never> => Promise.reject(new Error("it is asked"));
  expect(await findChecksumBase({ proxies: [], url: undefined }, none)).toEqual({ base: database, failures: [] });
});

test("what is no failure of a request is not passed over", async () => {
  const stopped = () => Promise.reject(new RangeError("a bug"));
  const looking = findChecksumBase({ proxies: parseGoproxyList(one), url: undefined }, stopped);
  expect((await rejectionOf(looking, RangeError)).message).toBe("a bug");
});

test("the URL that a setting names is the one place: no proxy and no database is asked besides, but for a copy that lies here", async () => {
  const url = "https://log.example";
  expect(await ask(one, { [one]: "yes" }, url)).toEqual({ base: url, asked: [], failures: [] });
  expect(listChecksumPlaces(url, url)).toEqual([url]);
  const bundle = "file:///srv/bundle";
  expect((await ask(`${one},${bundle}`, { [bundle]: "yes" }, url)).base).toBe(mirrorOf(bundle));
  expect((await ask(bundle, {}, url)).base).toBe(url);
});

test.each([
  [
    "https://proxy.example/sumdb/sum.golang.org",
    ["https://proxy.example/sumdb/sum.golang.org", "https://sum.golang.org", "https://sum.golang.google.cn"],
  ],
  ["https://sum.golang.org", ["https://sum.golang.org"]],
  ["https://sum.golang.google.cn", ["https://sum.golang.google.cn"]],
  ["file:///srv/bundle/sumdb/sum.golang.org", ["file:///srv/bundle/sumdb/sum.golang.org"]],
])("tiles that %s lacks may be the database's", (base, places) => {
  expect(listChecksumPlaces(base, undefined)).toEqual(places);
});
