import { expect, test } from "vitest";
import { diagnoseTls, readTlsWitness, type TlsWitness } from "../../../../src/fetch/http/diagnose-tls.ts";
import { createTestClock } from "../test-clock.ts";
import { serveTls } from "./loopback-server.ts";

const day = (text: string): Date => new Date(`${text}T00:00:00Z`);
const witness = (from: string, until: string, serverTime?: string): TlsWitness => ({
  issuer: "CN=the hotel",
  validFrom: day(from),
  validUntil: day(until),
  serverTime: serverTime === undefined ? undefined : day(serverTime),
});

test.each<[string, string, TlsWitness | undefined, string, RegExp]>([
  [
    "SELF_SIGNED_CERT_IN_CHAIN",
    "tls-unknown-ca",
    witness("2026-01-01", "2027-01-01"),
    "2026-11-23",
    /\(CN=the hotel\)/,
  ],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "tls-unknown-ca", undefined, "2026-11-23", /does not know$/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls-wrong-name", undefined, "2026-11-23", /another name than go\.dev/],
  [
    "CERT_HAS_EXPIRED",
    "tls-expired",
    witness("2020-01-01", "2021-01-01", "2026-11-23"),
    "2026-11-23",
    /has expired: 2020/,
  ],
  ["CERT_HAS_EXPIRED", "tls-expired", undefined, "2026-11-23", /has expired; this host's clock says 2026-11-23/],
  [
    "CERT_HAS_EXPIRED",
    "clock-wrong",
    witness("2026-01-01", "2027-01-01", "2026-11-23"),
    "2031-01-01",
    /the server's 2026/,
  ],
  [
    "CERT_NOT_YET_VALID",
    "clock-wrong",
    witness("2026-01-01", "2027-01-01"),
    "2025-06-01",
    /readygo was built on 2026-11-01/,
  ],
  ["CERT_NOT_YET_VALID", "clock-wrong", witness("2027-01-01", "2028-01-01"), "2026-12-31", /is valid only later/],
  [
    "CERT_NOT_YET_VALID",
    "tls-expired",
    witness("2090-01-01", "2091-01-01", "2026-11-23"),
    "2026-11-23",
    /not valid yet/,
  ],
])("%s is %s", (code, kind, seen, now, message) => {
  const failure = diagnoseTls({
    code,
    url: "https://go.dev/",
    host: "go.dev",
    port: "443",
    witness: seen,
    now: day(now),
    builtAt: day("2026-11-01"),
    cause: undefined,
  });
  expect([failure.kind, failure.message]).toEqual([kind, expect.stringMatching(message)]);
  expect(failure.remedy.length).toBeGreaterThan(1);
});

test("a server by address is looked at without a warning of node's in between", async () => {
  const server = await serveTls((_, response) => response.end());
  const warnings: string[] = [];
  const note = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", note);
  expect((await readTlsWitness("127.0.0.1", Number(new URL(server.url).port), createTestClock()))?.issuer).toBe(
    "CN=127.0.0.1",
  );
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  await server.close();
  expect(warnings).toEqual([]);
});

test("the look at an IPv6 address can be pasted", () => {
  const about = { url: "https://[2001:db8::7]/", host: "2001:db8::7", port: "443", now: day("2026-11-23") };
  const rest = { code: "CERT_HAS_EXPIRED", witness: undefined, builtAt: undefined, cause: undefined };
  expect(diagnoseTls({ ...about, ...rest }).remedy.join("\n")).toContain("-connect [2001:db8::7]:443 ");
});
