import { expect, test } from "vitest";
import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { parseGoproxyList } from "../../../src/sources/goproxy-list.ts";
import { tryProxies } from "../../../src/sources/try-proxies.ts";

const hosts = { a: "https://a.example", b: "https://b.example", direct: "https://go.dev/dl/mod" };

/** What a list comes to where each proxy fails in the way given, or answers; and whom it asked. */
async function play(list: string, failures: Readonly<Record<string, "absent" | "unreachable">>) {
  const asked: string[] = [];
  const answer = await tryProxies(parseGoproxyList(list), async (proxy) => {
    asked.push(proxy);
    const kind = failures[proxy];
    if (kind !== undefined) throw new RequestFailure(kind, proxy, kind);
    return `from ${proxy}`;
  }).catch((error: unknown) => (error instanceof RequestFailure ? `${error.kind} ${error.url}` : String(error)));
  return [answer, asked.length];
}

const { a, b, direct } = hosts;
test.each<[string, Parameters<typeof play>[1], string, number]>([
  [`${a},${b}`, {}, `from ${a}`, 1],
  [`${a},${b}`, { [a]: "absent" }, `from ${b}`, 2],
  [`${a},${b}`, { [a]: "unreachable" }, `unreachable ${a}`, 1],
  [`${a}|${b}`, { [a]: "unreachable" }, `from ${b}`, 2],
  [`${a}|${b}`, { [a]: "unreachable", [b]: "absent" }, `unreachable ${a}`, 2],
  [`${a},direct`, { [a]: "absent" }, `from ${direct}`, 2],
  [`${a},off`, { [a]: "absent" }, `absent ${a}`, 1],
  ["off", {}, "absent GOPROXY=off", 0],
])("%s with %j: %s", async (list, failures, answer, asked) => {
  expect(await play(list, failures)).toEqual([answer, asked]);
});

test("what is no failure to fetch ends it", async () => {
  const attempt = () => Promise.reject(new Error("not to be trusted"));
  await expect(tryProxies(parseGoproxyList(`${a}|${b}`), attempt)).rejects.toThrow("not to be trusted");
});
