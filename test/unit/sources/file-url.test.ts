import { expect, test } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { fileUrl, pathOfFileUrl } from "../../../src/sources/file-url.ts";
import { appendPath } from "../../../src/sources/goproxy-list.ts";

test.each(["/media/usb", "/srv/my kit/100%/a?b#c", "/srv/Ünï/ü"])("%s comes back from its URL", (text) => {
  const path = absolutePath(text);
  expect(pathOfFileUrl(fileUrl(path))).toBe(path);
  expect(pathOfFileUrl(appendPath(fileUrl(path), "sumdb/x@v0.0.1"))).toBe(`${path}/sumdb/x@v0.0.1`);
});
