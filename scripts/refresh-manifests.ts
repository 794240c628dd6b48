// npm run refresh-manifests [-- OPTIONS]: regenerates manifests/releases.json, releases-provenance.tsv, log-records.json
// and go-advisories.json.
//   --from FILE      more statements, in the shape of the publisher's JSON; its root is the file's name; repeatable
//   --archive FILE   a tar.gz on this machine: its hash, and whether its content is what the log has; repeatable
//   --lines N        how many lines are asked for archive by archive (download host, log), from the newest on; default 2
//   --goproxy LIST   default: GOPROXY, else what `go env GOPROXY` says
//   --vulndb URL     the Go vulnerability database; default https://vuln.go.dev
//   --in DIR, --out DIR   default: manifests
// What is pinned is never changed and none is lost. Exit 1, and nothing written, where two roots disagree.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { createHttpClient } from "../src/fetch/http/http-client.ts";
import { parsePublisherJson } from "../src/release/publisher-json.ts";
import { askDownloadHost, askLog, askPublisher, type Asking, toStatements } from "./manifests/gather-statements.ts";
import { refreshAdvisories, usualDatabase } from "./manifests/gather-advisories.ts";
import { hashArchive } from "./manifests/hash-archive.ts";
import { formatPins, readPins } from "./manifests/pins.ts";
import { listHashRoots, mergeStatements } from "./manifests/statement.ts";

const { values } = parseArgs({
  options: {
    from: { type: "string", multiple: true, default: [] },
    archive: { type: "string", multiple: true, default: [] },
    lines: { type: "string", default: "2" },
    goproxy: { type: "string" },
    vulndb: { type: "string", default: usualDatabase },
    in: { type: "string", default: "manifests" },
    out: { type: "string", default: "manifests" },
  },
});
if (!/^[1-9]\d?$/.test(values.lines)) throw new Error("--lines takes a number from 1 to 99");

const pins = readPins(values.in);
const http = createHttpClient({ env: process.env, userAgent: "readygo/refresh-manifests" });
const asking: Asking = {
  http,
  goproxy: values.goproxy ?? process.env["GOPROXY"] ?? execFileSync("go", ["env", "GOPROXY"], { encoding: "utf8" }),
  lines: Number(values.lines),
  note: (text) => console.error(text),
};

const contradictions: string[] = [];
const merge = (statements: Parameters<typeof mergeStatements>[1]): void => {
  contradictions.push(...mergeStatements(pins, statements));
};
for (const path of values.from) {
  const source = { origin: "publisher", url: path } as const;
  merge(toStatements(basename(path), parsePublisherJson(readFileSync(path, "utf8"), source)));
}
merge(await askPublisher(asking));
merge(await askLog(asking, pins));
merge(await askDownloadHost(asking, pins));
for (const path of values.archive) merge([await hashArchive(path)]);
const advisories = await refreshAdvisories(http, { base: values.vulndb, note: asking.note });
await http.close();

if (contradictions.length > 0) {
  for (const line of contradictions) console.error(`disagree: ${line}`);
  console.error("nothing was written");
  process.exit(1);
}
mkdirSync(values.out, { recursive: true });
const written = { ...formatPins(pins), ...(advisories === undefined ? {} : { "go-advisories.json": advisories }) };
for (const [name, text] of Object.entries(written)) writeFileSync(`${values.out}/${name}`, text);

const files = pins.releases.flatMap((release) => release.files);
const rootsOf = (filename: string): readonly string[] => listHashRoots(pins.provenance.get(filename)?.roots ?? []);
const alone = files.filter(({ filename }) => rootsOf(filename).length < 2).map(({ filename }) => filename);
console.log(
  `${pins.releases.length} releases, ${files.length} archives: ${files.filter(({ sha256 }) => sha256).length} with sha256, ` +
    `${files.filter(({ h1 }) => h1).length} with h1 from the log; ${files.length - alone.length} with two roots or more`,
);
if (alone.length > 0) console.log(`one root only: ${alone.join(", ")}`);
