import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import { formatProm } from "../../src/report/formats/format-prom.ts";
import { hostileTexts, poison } from "../lab/report/hostile-texts.ts";
import { checkMetrics, findPromtool } from "../lab/report/promtool.ts";
import { sampleResults } from "../lab/report/sample-result.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";
import { createResultJudge } from "../lab/report/result-judge.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

describe("what a run came to", () => {
  const judge = createResultJudge();
  let host: LabHost;
  let shelf: ReleaseShelf;
  beforeAll(async () => {
    shelf = await stockReleases("1.30.1", "1.30.2");
    host = await createHost({ bind: shelf.bind });
    await host.addUser("ann");
  });
  afterAll(() => host?.destroy());

  const run = async (words: readonly string[], user?: string) => {
    const options = { timeoutMs: 180_000, ...(user === undefined ? {} : { user }) };
    return host.readygo([...words, "--json"], options);
  };

  // In this order: each finds the host as the one before it has left it.
  it("is valid by docs/result.schema.json, for every command and outcome", async () => {
    const first = shelf.words("1.30.1");
    const second = shelf.words("1.30.2");
    const lines: readonly (readonly [exit: number, words: readonly string[], user?: string])[] = [
      [2, []],
      [2, ["nonsense"]],
      [2, ["install", "--nonsense"]],
      [2, ["install", "1.99", ...first.slice(1)]],
      [2, ["rollback"]],
      [2, ["report", "/etc/passwd"]],
      [3, ["install", ...first], "ann"],
      [7, ["verify"]],
      [0, ["uninstall"]],
      [0, ["plan", ...first]],
      [10, ["plan", ...first, "--detailed-exitcode"]],
      [0, ["install", ...first, "--user", "ann", "--no-verify"]],
      [0, ["install", ...first, "--user", "ann"]],
      [0, ["plan", ...first, "--user", "ann"]],
      [0, ["list", "--source", "/nowhere"]],
      [4, ["sources", "1.30.1", "--source", "https://nowhere.invalid/go"]],
      [0, ["verify", "--quick"]],
      [0, ["verify", "--layer", "1,2"]],
      [0, ["verify", "--list"]],
      [2, ["verify", "--only", "nonsense"]],
      [0, ["doctor", "--list"]],
      [0, ["doctor", "--group", "go,host", "--skip", "go-trees", "--user", "ann"]],
      [0, ["install", ...second, "--user", "ann", "--no-verify"]],
      [0, ["rollback", "--no-verify"]],
      [0, ["doctor", "own-parts", "--fix", "--dry-run", "--user", "ann"]],
      [3, ["self-update"]],
      [4, ["bundle", "1.30.1", "--source", "/nowhere", "--output", "/srv/kit"]],
      [0, ["cloud-init", "1.27"]],
      [0, ["completion", "bash"]],
      [0, ["uninstall"]],
    ];
    for (const [exit, words, user] of lines) {
      const result = readJson(await run(words, user));
      expect([words, judge(result)]).toEqual([words, []]);
      expect([words, result.exit, result.error?.summary ?? null]).toEqual([words, exit, exit === 0 || exit === 10 ? null : expect.any(String)]); // prettier-ignore
    }
  });

  it("is written in every format by one run, and each is its format", async () => {
    await host.script("mkdir -p /srv/r");
    const formats = ["junit", "tap", "prom", "md", "json", "html"];
    const reports = formats.flatMap((format) => ["--report", `${format}:/srv/r/${format}`]);
    const words = ["install", ...shelf.words("1.30.1"), "--user", "ann", "--no-verify"];
    expect((await host.readygo([...words, ...reports])).status).toBe(0);
    const result = JSON.parse(host.read("/srv/r/json"));
    expect([judge(result), result.command, result.status]).toEqual([[], "install", "changed"]);
    const schema = { fileName: "x.xsd", contents: readFileSync("test/fixtures/report/junit-10.xsd", "utf8") };
    expect((await validateXML({ xml: host.read("/srv/r/junit"), schema })).errors).toEqual([]);
    expect(host.read("/srv/r/tap")).toMatch(/^TAP version 14\n1\.\.\d+\n/);
    expect(host.read("/srv/r/prom")).toContain('readygo_exit_code{command="install"} 0');
    expect(host.read("/srv/r/md")).toMatch(/```diff\n--- \/dev\/null\n\+\+\+ \/etc\/profile.d\/readygo.sh\n/);
    const page = host.read("/srv/r/html");
    expect(page).toContain("<h1>go1.30.1 is installed</h1>");
    expect(page).toContain("<ins>+");
    expect(page.length).toBeLessThan(150_000);
  });

  it("is text that promtool takes, whatever the command, its outcome and what its fields hold", async (context) => {
    const promtool = await findPromtool();
    if (promtool === undefined) skipBecause(context, "promtool (Debian: prometheus) cannot be had");
    const texts = [
      host.read("/srv/r/prom"),
      ...Object.values(sampleResults).map((sample) => formatProm(sample())),
      ...hostileTexts
        .filter((_text, at) => at % 10 === 0)
        .map((text) => formatProm(poison(sampleResults.full(), text))),
    ];
    for (const text of texts) expect(checkMetrics(promtool, text)).toBe("");
    expect(checkMetrics(promtool, 'readygo_x{a="b} 1\n')).not.toBe("");
  });

  it("goes to stdout in place of the text, and not beside --json", async () => {
    const only = ["verify", "--only", "architecture"];
    const tap = await host.readygo([...only, "--report", "tap:-"]);
    expect([tap.status, tap.stdout]).toEqual([
      0,
      expect.stringMatching(/^TAP version 14\n1\.\.1\n# [^\n]*\nok 1 - [^]*\n$/),
    ]);
    const json = await host.readygo([...only, "--report", "json:-"]);
    expect(judge(JSON.parse(json.stdout))).toEqual([]);
    const refused: readonly (readonly [readonly string[], string])[] = [
      [["--json", "--report", "tap:-"], "--json and a --report to - both go to stdout"],
      [["--report", "md:-", "--report", "tap:-"], "only one --report can go to stdout"],
      [["--report", "md:x", "--report", "tap:./x"], "two reports cannot be written to /x"],
      [["--report", "xml:x"], 'as FORMAT, not "xml:x"'], // prettier-ignore
      [["--report", "junit:"], "--report takes FORMAT:FILE"],
      [["--report", "x"], "--report takes FORMAT:FILE"],
    ];
    for (const [words, summary] of refused) {
      const refusal = await host.readygo([...only, ...words]);
      expect([words, refusal.status, refusal.stdout + refusal.stderr]).toEqual([words, 2, expect.stringContaining(summary)]); // prettier-ignore
    }
  });

  it("that is a failure is reported as one", async () => {
    await host.script("echo >>/usr/local/go/VERSION");
    const run = await host.readygo(["verify", "--quick", "--report", "junit:/srv/r/failed.xml"]);
    expect([run.status, host.read("/srv/r/failed.xml")]).toEqual([7, expect.stringMatching(/<failure type="fail" /)]);
    const wrong = await host.readygo(["verify", "--only", "nonsense", "--report", "junit:/srv/r/wrong.xml"]);
    expect([wrong.status, host.read("/srv/r/wrong.xml")]).toEqual([2, expect.stringMatching(/<error type="error" message="usage: there is no check nonsense"/)]); // prettier-ignore
  });

  it("of many hosts is one page", async () => {
    await host.script(`cd /srv/r; /opt/readygo/node /opt/readygo/dist/readygo.mjs verify --quick --json >other.json || true
      sed 's/"name":"[^"]*"/"name":"other"/' <other.json >>other.json.2; cat other.json >>other.json.2; echo '{}' >>other.json.2`);
    const page = await host.readygo(["report", "json", "/srv/r/other.json.2", "nothing"], {
      cwd: "/srv/r",
      user: "ann",
    });
    expect([page.status, page.stderr]).toEqual([0, expect.stringMatching(/warning: \/srv\/r\/other.json.2:3 is not what --json prints[^]*warning: nothing: there is no such file/)]); // prettier-ignore
    expect(page.stdout).toMatch(/<h1>2 hosts of 2 failed<\/h1>/);
    const counted = readJson(
      await host.readygo(["report", "-", "--json"], { input: host.read("/srv/r/other.json.2") }),
    );
    expect([judge(counted), counted.fleet]).toMatchObject([[], { hosts: 2, bad: 2, unread: 1, versions: { "go1.30.1": 2 } }]); // prettier-ignore
  });
});
