import { readFileSync } from "node:fs";
import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { moduleFileName, computeModuleHash } from "../../../src/release/module-hash.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { hashBytes } from "../../../src/release/sha256.ts";
import type { ChecksumRecord } from "../../../src/trust/sumdb/checksum-record.ts";
import { lookupChecksum } from "../../../src/trust/sumdb/lookup.ts";
import { parseVerifierKey, sumGolangOrgKey } from "../../../src/trust/sumdb/note.ts";
import { buildZip } from "../../unit/fetch/unpack/build-zip.ts";
import { createHost, type LabHost } from "../hosts/throw-away-host.ts";
import { goProgram } from "./machine-go.ts";
import { smallTree } from "./small-tree.ts";
import { makeTestLog, type TestLog } from "./test-log.ts";

/** The release that an attack is after: readygo knows that it exists, and carries no hash of its files. */
export const attacked = "go1.22.5" as GoVersion;
const module = "golang.org/toolchain";
export const moduleVersion = `v0.0.1-${attacked}.linux-amd64`;
export const lookupPath = `lookup/${module}@${moduleVersion}`;

/** Two go.sum lines; `h1` of the attacker's zip where none is given. */
export function goSumLines(path: string, version: string, h1: string): string {
  return `${path} ${version} ${h1}\n${path} ${version}/go.mod h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=\n`;
}

/** Where the toolchain's record is in the log: neither at an edge of its tile, nor in the last tile. */
export const recordNumber = 30_123;

export interface LogAttack {
  readonly log: TestLog;
  /** What the log honestly has of the release, and of the attacker's zip. */
  readonly honest: string;
  readonly evil: string;
  /** Looks the release up in a log with some of its files changed or gone, as readygo does. */
  lookUp(changes: Changes): Promise<ChecksumRecord>;
}

/** By path; undefined: it is not there. */
export type Changes = Readonly<Record<string, string | Buffer | undefined>>;

/** The record of the attacker's zip, and that of the release. */
export async function composeLines(zip: "honest" | "evil"): Promise<string> {
  return goSumLines(module, moduleVersion, (await makeModules())[zip].h1);
}

/** @param more further records at certain numbers */
export async function prepareAttack(
  more: Readonly<Record<number, string>> = {},
  recordCount = 31_000,
): Promise<LogAttack> {
  const [honest, evil] = [await composeLines("honest"), await composeLines("evil")];
  const records = Array.from({ length: recordCount }, (_, at) =>
    at === recordNumber ? honest : (more[at] ?? goSumLines(`example.com/m${at}`, "v1.0.0", `h1:${"A".repeat(43)}=`)),
  );
  const log = makeTestLog(records);
  const base = "https://proxy.example/sumdb/sum.golang.org";
  return {
    log,
    honest,
    evil,
    lookUp(changes) {
      const read = async (url: string): Promise<Buffer> => {
        const path = url.slice(base.length + 1);
        const known = path === lookupPath ? Buffer.from(log.lookup(recordNumber)) : log.files.get(path);
        const answer = path in changes ? changes[path] : known;
        if (answer === undefined) throw new RequestFailure("absent", url, "it answers 404", { status: 404 });
        return Buffer.from(answer);
      };
      return lookupChecksum({
        version: attacked,
        architecture: "amd64",
        base,
        key: parseVerifierKey(log.key),
        readBytes: read,
        readText: async (url) => (await read(url)).toString(),
      });
    },
  };
}

export interface ModuleZip {
  readonly zip: Buffer;
  readonly h1: string;
}

let modules: Promise<{ readonly honest: ModuleZip; readonly evil: ModuleZip }> | undefined;

/** A small release's module zip, and the same with another file in it. */
export async function makeModules(): Promise<{ readonly honest: ModuleZip; readonly evil: ModuleZip }> {
  return (modules ??= (async () => {
    const tree = smallTree(attacked.slice(2), "amd64", readFileSync(await goProgram("small-go")));
    return { honest: packModule(tree), evil: packModule(new Map([...tree, ["src/evil.go", Buffer.from("evil")]])) };
  })());
}

function packModule(tree: ReadonlyMap<string, Uint8Array>): ModuleZip {
  const files = [...tree].flatMap(([path, content]) => {
    const name = moduleFileName(attacked, "amd64", path);
    return name === undefined ? [] : [{ name, content: Buffer.from(content) }];
  });
  const h1 = computeModuleHash(files.map(({ name, content }) => ({ name, sha256: hashBytes(content) })));
  return { zip: buildZip(files), h1 };
}

/** A host whose readygo has the test log's key pinned, and a directory as its module proxy. */
export interface AttackedHost {
  /** `install` of the release, from the honest proxy or from the attacker's. */
  install(zip: "honest" | "evil", changes: Changes): Promise<{ readonly exit: number | null; readonly code: string }>;
  readonly host: LabHost;
  destroy(): Promise<void>;
}

/** How that host's readygo is started: the lab's, with the test log's key in the place of the pinned one. */
export function pinTestLog(host: LabHost, log: TestLog): readonly [string, string] {
  const pinned = host.read("/opt/readygo/dist/readygo.mjs");
  if (!pinned.includes(sumGolangOrgKey)) throw new Error("the bundle has no pinned key of the log");
  host.write("/opt/attacked.mjs", pinned.replaceAll(sumGolangOrgKey, log.key));
  return ["/opt/readygo/node", "/opt/attacked.mjs"];
}

export async function prepareAttackedHost({ log }: LogAttack): Promise<AttackedHost> {
  const host = await createHost();
  const readygo = pinTestLog(host, log);
  const zips = await makeModules();
  return {
    host,
    async install(zip, changes) {
      await host.script("rm -rf /srv/proxy");
      const database = "/srv/proxy/sumdb/sum.golang.org";
      const files = new Map<string, string | Buffer | undefined>([["supported", ""], ...log.files]);
      files.set(lookupPath, log.lookup(recordNumber));
      for (const [path, content] of Object.entries(changes)) files.set(path, content);
      // Tiles that no proof of this record needs would be a thousand files more.
      const recordCount = Number(log.head.split("\n")[1]);
      const wayOf = [Math.floor(recordNumber / 256), Math.floor(recordCount / 256)];
      for (const [path, content] of files) {
        const leafTile = /^tile\/8\/0\/(?:x(\d+)\/)?(\d+)/.exec(path);
        const index = leafTile === null ? undefined : Number(`${leafTile[1] ?? ""}${leafTile[2]}`);
        const isNeeded = index === undefined || wayOf.includes(index) || path in changes;
        if (content !== undefined && isNeeded) host.write(`${database}/${path}`, content);
      }
      host.write(`/srv/proxy/golang.org/toolchain/@v/${moduleVersion}.zip`, zips[zip].zip);
      const words = ["install", attacked.slice(2), "--source", "goproxy=file:///srv/proxy", "--no-verify", "--json"];
      const run = await host.run([...readygo, ...words]);
      const { error } = JSON.parse(run.stdout) as { error: { code: string } | null };
      return { exit: run.status, code: error?.code ?? "" };
    },
    destroy: () => host.destroy(),
  };
}
