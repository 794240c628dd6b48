// Takes each handler of a network fault out, one after another, and shows that a test fails without it:
// `node scripts/network-mutations.ts`. Works on a copy of the sources and their tests in a temporary directory.
// Exits with 1 where a handler can go without a test that fails, or is not found where this list says; with `--find` only
// the latter is looked at, which takes no time.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Mutation {
  readonly fault: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** A unit test file, and a part of the name of the test that is to fail. */
  readonly test: readonly [string, string];
}

const download = "test/unit/fetch/download/download.test.ts";
const pieces = "test/unit/fetch/download/split.test.ts";
const client = "test/unit/fetch/http/http-client.test.ts";

const mutations: readonly Mutation[] = [
  {
    fault: "cut, reset: another attempt",
    file: "src/fetch/download/download.ts",
    find: "if (delayMs === undefined) throw",
    replace: "if (delayMs !== -1) throw",
    test: [download, "a body that is cut is continued"],
  },
  {
    fault: "cut: the range is asked for",
    file: "src/fetch/download/download.ts",
    find: "this.#isRangeTrusted ? this.#received : 0",
    replace: "0",
    test: [download, "a body that is cut is continued"],
  },
  {
    fault: "no ranges: the start is left out",
    file: "src/fetch/download/resumption.ts",
    find: "return { skip: cut.received };",
    replace: "return { skip: 0 };",
    test: [download, "the whole in place of a range"],
  },
  {
    fault: "wrong range",
    file: "src/fetch/download/resumption.ts",
    find: "range.first !== cut.received",
    replace: "range.first < 0",
    test: [download, "another range is refused"],
  },
  {
    fault: "another total",
    file: "src/fetch/download/resumption.ts",
    find: "isOther(range.total, cut.total)",
    replace: "false",
    test: [download, "a range of another total"],
  },
  {
    fault: "another validator",
    file: "src/fetch/download/resumption.ts",
    find: 'if (isOther(validator, cut.validator)) return { refusal: "it answers a range',
    replace: 'if (false) return { refusal: "it answers a range',
    test: [download, "another validator is refused"],
  },
  {
    fault: "changed meanwhile, no digest",
    file: "src/fetch/download/resumption.ts",
    find: "!cut.isDigestKnown && isOther(validator, cut.validator)",
    replace: "false",
    test: [download, "a file that has changed meanwhile"],
  },
  {
    fault: "too slow an answer",
    file: "src/fetch/download/download-limits.ts",
    find: "if (waitedMs >= windowMs)",
    replace: "if (waitedMs < 0)",
    test: [download, "a stall and a slow answer"],
  },
  {
    fault: "stall",
    file: "src/fetch/http/http-answer.ts",
    find: "let cancelStall = startStall();",
    replace: "let cancelStall = () => undefined;",
    test: [client, "a body that stalls is left"],
  },
  {
    fault: "the whole takes too long",
    file: "src/fetch/download/download.ts",
    find: "this.#deadline.start(boundMs,",
    replace: "void (boundMs,",
    test: [download, "the whole has a bound"],
  },
  {
    fault: "500, 503, 429",
    file: "src/fetch/http/retry-delay.ts",
    find: "status === 429 || status >= 500",
    replace: "status > 999",
    test: [client, "503 and then 200"],
  },
  {
    fault: "Retry-After",
    file: "src/fetch/http/retry-delay.ts",
    find: "askedMs ?? 0",
    replace: "0",
    test: [client, "Retry-After is waited for"],
  },
  {
    fault: "no end of attempts",
    file: "src/fetch/download/attempt-log.ts",
    find: "inARow >= maxFruitless ||",
    replace: "",
    test: [download, "given up after five"],
  },
  {
    fault: "Content-Length too short",
    file: "src/fetch/download/download.ts",
    find: "if (this.#total === undefined) return;",
    replace: "return;",
    test: [download, "a length that is too short"],
  },
  {
    fault: "Content-Length too long",
    file: "src/fetch/download/download.ts",
    find: "if (this.#received === this.#total) return;",
    replace: "",
    test: [download, "one that is too long"],
  },
  {
    fault: "wrong file: its digest is told",
    file: "src/fetch/download/resumption.ts",
    find: "(at.isEndStated || ",
    replace: "(",
    test: [download, "another file, shorter"],
  },
  {
    fault: "flipped byte, wrong file, gzip of gzip, other bytes on resume",
    file: "src/fetch/unpack/stage-tar-gz.ts",
    find: "checkArchiveDigest(passed, expected, sourceName);",
    replace: "",
    test: ["test/faults/archive-wrong-digest.test.ts", "another archive"],
  },
  {
    fault: "HTML with its type",
    file: "src/fetch/http/http-answer.ts",
    find: 'if (expectedContent !== "any" &&',
    replace: "if (false &&",
    test: [client, "a web page in place of an archive"],
  },
  {
    fault: "HTML without its type",
    file: "src/fetch/download/download.ts",
    find: "if (this.#received === 0) checkNoPage(bytes, answer.finalUrl);",
    replace: "",
    test: [download, "a page without a type"],
  },
  {
    fault: "redirect loop",
    file: "src/fetch/http/open-answer.ts",
    find: "if (hops === maxRedirects)",
    replace: "if (hops === 1000)",
    test: [client, "a redirect loop ends after ten"],
  },
  {
    fault: "redirect to http",
    file: "src/fetch/http/http-answer.ts",
    find: 'from.protocol === "https:" && target.protocol === "http:"',
    replace: "false",
    test: [client, "a redirect from https to http"],
  },
  {
    fault: "unknown authority",
    file: "src/fetch/http/dispatchers.ts",
    find: "...tlsOptions(isTls),",
    replace: "...tlsOptions(isTls), rejectUnauthorized: false,",
    test: [client, "https is trusted by the CA file"],
  },
  {
    fault: "expired, or the clock",
    file: "src/fetch/http/diagnose-tls.ts",
    find: "clock !== undefined ||",
    replace: "",
    test: ["test/unit/fetch/http/diagnose-tls.test.ts", "is clock-wrong"],
  },
  {
    fault: "kept bytes of another archive",
    file: "src/fetch/download/resumption.ts",
    find: "if (sha256 !== wanted.sha256) return undefined;",
    replace: "",
    test: [download, "bytes of another archive"],
  },
  {
    fault: "further connections refused",
    file: "src/fetch/download/split.ts",
    find: "piece.failure = { error };",
    replace: "",
    test: [pieces, "further connections with 503"],
  },
  {
    fault: "more than four connections",
    file: "src/fetch/download/split.ts",
    find: "const maxConnections = 4;",
    replace: "const maxConnections = 6;",
    test: [pieces, "never more"],
  },
  {
    fault: "apt's proxy that carries packages only",
    file: "src/fetch/http/connections.ts",
    find: "if (isByApt && isProxys) apt.giveUp();",
    replace: "",
    test: [client, "apt's proxy is used"],
  },
  {
    fault: "cut, size unstated",
    file: "src/fetch/download/download.ts",
    find: "this.#requireEnd(next.answer.finalUrl);",
    replace: "",
    test: ["test/unit/fetch/download/unstated-size.test.ts", "comes whole where the first body ends early"],
  },
  {
    fault: "a small text that is cut, size unstated",
    file: "src/fetch/http/http-client.ts",
    find: "isSizeStated || request.isWhole?.(bytes) !== false",
    replace: "bytes.length >= 0",
    test: [client, "a small text without a stated size"],
  },
];

const checkout = join(import.meta.dirname, "..");
if (process.argv.includes("--find")) {
  const missing = mutations.filter(({ file, find }) => !readFileSync(join(checkout, file), "utf8").includes(find));
  for (const { fault, file, find } of missing) console.log(`NOT FOUND ${fault}: ${file}: ${find}`);
  console.log(`${mutations.length} handlers, ${missing.length} not found`);
  process.exit(missing.length === 0 ? 0 : 1);
}
const room = mkdtempSync(join(tmpdir(), "readygo-mutations-"));
process.on("exit", () => rmSync(room, { recursive: true, force: true }));
for (const name of ["src", "test", "manifests", "vitest.config.ts", "package.json", "tsconfig.json"]) {
  cpSync(join(checkout, name), join(room, name), { recursive: true });
}
symlinkSync(join(checkout, "node_modules"), join(room, "node_modules"));
// Attacks on archives need no host: here they are unit tests.
writeFileSync(
  join(room, "vitest.config.ts"),
  'export default { test: { include: ["test/**/*.test.ts"], testTimeout: 30_000 } };\n',
);

/** Whether the tests of that name pass; a name that no test has counts as neither. */
function runTest([file, name]: Mutation["test"]): "passes" | "fails" | "is missing" {
  const argv = ["run", file, "-t", name, "--reporter=json"];
  const done = spawnSync(join(room, "node_modules/.bin/vitest"), argv, {
    cwd: room,
    encoding: "utf8",
    timeout: 180_000,
  });
  const start = done.stdout?.indexOf("{") ?? -1;
  if (start < 0) return "fails";
  const report = JSON.parse(done.stdout.slice(start)) as { numPassedTests: number; numFailedTests: number };
  if (report.numFailedTests > 0) return "fails";
  return report.numPassedTests > 0 ? "passes" : "is missing";
}

let survivors = 0;
for (const { fault, file, find, replace, test } of mutations) {
  const path = join(room, file);
  const source = readFileSync(path, "utf8");
  const isThere = source.includes(find);
  writeFileSync(path, source.replace(find, replace));
  const outcome = isThere ? runTest(test) : "is missing";
  writeFileSync(path, source);
  if (outcome !== "fails") survivors += 1;
  console.log(`${outcome === "fails" ? "caught  " : "SURVIVES"} ${fault.padEnd(64)} ${file}: ${test[1]} (${outcome})`);
}
console.log(`${mutations.length} handlers taken out, ${survivors} without a test that fails`);
process.exit(survivors === 0 ? 0 : 1);
