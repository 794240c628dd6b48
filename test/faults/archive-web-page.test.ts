import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { createHttpClient } from "../../src/fetch/http/http-client.ts";
import { serve } from "../unit/fetch/http/loopback-server.ts";
import { createStagingRoom, refusalOf, sha256Of } from "../unit/fetch/unpack/staging-room.ts";

const page = "<!doctype html><title>Please log in</title>";

// go.dev answers 200 with a page for a mistyped name; a hotel's network does for every name.
test.each(["text/html; charset=utf-8", "application/x-gzip", undefined])("a page as %s", async (type) => {
  const server = await serve((_, response) => {
    response.writeHead(200, type === undefined ? {} : { "content-type": type }).end(page);
  });
  const http = createHttpClient({ env: {}, userAgent: "test" });
  const room = createStagingRoom();

  const staging = http
    .openBody(`${server.url}/go1.99.1.linux-amd64.tar.gz`, { expectedContent: "archive" })
    .then(async ({ body }) => room.tarGz(Buffer.alloc(0), { body, expected: { sha256: sha256Of("the archive") } }));

  expect(await refusalOf(staging)).toMatchObject({ code: "content" });
  expect(readdirSync(room.into)).toEqual([]);
  await http.close();
  await server.close();
});
