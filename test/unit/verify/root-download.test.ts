import { expect, test } from "vitest";
import { restrictForRoot } from "../../../src/verify/root-download.ts";

const none = { GONOPROXY: "none", GONOSUMDB: "", GOVCS: "*:off", GOAUTH: "off" };

test.each([
  ["https://a.example,direct", "https://a.example", ["direct in GOPROXY"]],
  ["http://a.example/x|HTTPS://b.example,off", "http://a.example/x|HTTPS://b.example,off", []],
  ["direct", "", ["direct in GOPROXY"]],
  [" file:///etc , https://a.example ", "https://a.example", ["file:///etc in GOPROXY"]],
  ["https:///etc|ftp://a|/srv|noproxy", "", ["https:///etc, ftp://a, /srv, noproxy in GOPROXY"]],
  ["proxy.example:8080|direct", "https://proxy.example:8080", ["direct in GOPROXY"]],
  ["off", "off", []],
  ["", "", []],
])("GOPROXY=%j is %j for root", (GOPROXY, used, leftOut) => {
  const restricted = restrictForRoot({ GOPROXY, HTTPS_PROXY: "http://proxy" });
  expect(restricted.env).toEqual({ ...none, GOPROXY: used, HTTPS_PROXY: "http://proxy" });
  expect(restricted.leftOut).toEqual(leftOut);
  expect(restricted.hasProxy).toBe(used !== "" || GOPROXY === "");
});

test("private modules are not fetched directly, and still are none of the checksum database's", () => {
  const { env, leftOut } = restrictForRoot({
    GOPROXY: "https://a.example",
    GOPRIVATE: "corp.example",
    GOINSECURE: "*",
  });
  expect(env).toEqual({ ...none, GOPROXY: "https://a.example", GONOSUMDB: "corp.example" });
  expect(leftOut).toEqual(["GOPRIVATE=corp.example", "GOINSECURE=*"]);
});

test.each([
  ["off", []],
  ["sum.example+key https://me:secret@sum.example", []],
  ["sum.example+key file:///root", ["GOSUMDB=sum.example+key file:///root"]],
])("GOSUMDB=%s", (GOSUMDB, leftOut) => {
  const restricted = restrictForRoot({ GOPROXY: "off", GOSUMDB });
  expect(restricted.leftOut).toEqual(leftOut);
  expect(restricted.env["GOSUMDB"]).toBe(leftOut.length === 0 ? GOSUMDB : undefined);
});
