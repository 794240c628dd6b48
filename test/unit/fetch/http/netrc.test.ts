import { expect, test } from "vitest";
import { parseNetrc } from "../../../../src/fetch/http/netrc.ts";

test.each([
  ["one line", "machine a.example login me password secret\n", { "a.example": "me:secret" }],
  ["several lines", "machine a.example\n  login me\n\tpassword s3:cret\n", { "a.example": "me:s3:cret" }],
  ["the first of a host", "machine a login x password 1\nmachine a login y password 2\n", { a: "x:1" }],
  ["one without a password", "machine a login x\nmachine b login y password 2\n", { b: "y:2" }],
  ["an account word", "machine a login x account z password 1\n", { a: "x:1" }],
  ["a macro", "macdef init\nmachine a login x password 1\n\nmachine b login y password 2\n", { b: "y:2" }],
  [
    "default ends it",
    "machine a login x password 1\ndefault login y password 2\nmachine b login z password 3\n",
    { a: "x:1" },
  ],
  ["nothing", "", {}],
])("%s", (_what, text, entries) => {
  const found = [...parseNetrc(text)].map(([host, { user, password }]) => [host, `${user}:${password}`]);
  expect(Object.fromEntries(found)).toEqual(entries);
});
