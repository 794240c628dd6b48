import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ProvisionError } from "../../../../src/errors/provision-error.ts";
import { absolutePath } from "../../../../src/host/absolute-path.ts";
import { openBundleDirectory } from "../../../../src/host/bundle-directory.ts";
import { downloadToProve } from "../../../../src/provision/bundle/bundle-download.ts";
import type { BundleTarget } from "../../../../src/provision/bundle/bundle-proof.ts";
import type { Session } from "../../../../src/provision/session.ts";
import { usualLimits } from "../../../../src/fetch/download/download-limits.ts";
import { archive, failureOf, send, start } from "../../fetch/download/download-lab.ts";
import { sha256Of } from "../../fetch/unpack/staging-room.ts";
import { rejectionOf } from "../../thrown-by.ts";

const name = "go1.99.1.linux-amd64.tar.gz";
const target = {
  version: "go1.99.1",
  architecture: "amd64",
  release: {
    archives: { amd64: { statements: [{ by: "manifest", sha256: sha256Of(archive), size: archive.length }] } },
  },
} as unknown as BundleTarget;

test("a bundle's download is continued by the next run under the rules of an install, and not once it was refused", async () => {
  const room = mkdtempSync(join(tmpdir(), "readygo-bundle-"));
  const directory = openBundleDirectory(absolutePath(`${room}/kit`));
  let answers = 0;
  const lab = await start((request, response) => {
    answers += 1;
    if (answers === 1) send(request, response, { max: 300_000 });
    else if (answers === 2) response.writeHead(404).end();
    else send(request, response);
  });
  const notices: string[] = [];
  const session = {
    limits: usualLimits,
    stop: new AbortController().signal,
    emit: (event: { kind: string; text?: string }) => {
      if (event.kind === "notice") notices.push(event.text ?? "");
    },
    http: { openBody: (_url: string, request: Parameters<typeof lab.open>[0]) => lab.open(request) },
  } as unknown as Session;
  const run = async <Proven>(prove: () => Promise<Proven>): Promise<Proven> =>
    downloadToProve(session, directory, { target, name, url: lab.server.url }, prove);

  const cut = await failureOf(run(() => Promise.resolve()));
  expect(cut.kind).toBe("absent");
  const refused = new ProvisionError("checksum-unknown", "nothing proves it");
  expect(
    await rejectionOf(
      run(() => Promise.reject(refused)),
      ProvisionError,
    ),
  ).toBe(refused);
  expect(existsSync(directory.part(name))).toBe(false);
  expect(await run(async () => sha256Of(readFileSync(directory.part(name))))).toBe(sha256Of(archive));
  expect(lab.ranges).toEqual(["all", 'bytes=300000- "one"', "bytes=300000-", "all"]);
  expect(notices.filter((text) => text.includes("were there already"))).toEqual([
    `${name}: 300000 bytes were there already, and are checked again`,
  ]);
  expect(existsSync(directory.part(`${name}.partial`))).toBe(false);
  rmSync(room, { recursive: true });
});
