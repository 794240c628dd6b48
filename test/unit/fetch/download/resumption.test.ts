import { describe, expect, test } from "vitest";
import {
  type CutBody,
  isEndOfFile,
  isRefusal,
  judgeKept,
  judgeResumption,
  RefusedAnswer,
} from "../../../../src/fetch/download/resumption.ts";
import { RequestFailure } from "../../../../src/errors/request-failure.ts";
import { RefusedRequest } from "../../../../src/fetch/http/retry-delay.ts";

type Answer = Parameters<typeof judgeResumption>[0];

const cut: CutBody = { received: 300, total: 1000, validator: '"one"', isDigestKnown: true };
const rest: Answer = {
  status: 206,
  range: { first: 300, last: 999, total: 1000 },
  validator: '"one"',
  contentLength: 700,
};
const whole: Answer = { status: 200, range: undefined, validator: '"one"', contentLength: 1000 };

describe("an answer with a range", () => {
  test.each<[string, Partial<Answer>, Partial<CutBody>]>([
    ["that is the rest", {}, {}],
    ["that ends before the whole does", { range: { first: 300, last: 499, total: 1000 } }, {}],
    ["without a total", { range: { first: 300, last: 999, total: undefined } }, {}],
    ["where the whole is not known", { range: { first: 300, last: 1999, total: 2000 } }, { total: undefined }],
    ["without a validator", { validator: undefined }, {}],
    ["where there was no validator", { validator: '"two"' }, { validator: undefined }],
  ])("continues what is there: one %s", (_, answer, at) => {
    expect(judgeResumption({ ...rest, ...answer }, { ...cut, ...at })).toEqual({ skip: 0 });
  });

  test.each<[string, Partial<Answer>, string]>([
    ["no range at all", { range: undefined }, "it answers a range without saying which"],
    [
      "a byte too early",
      { range: { first: 299, last: 999, total: 1000 } },
      "it answers bytes from 299 on where 300 was asked for",
    ],
    [
      "a byte too late",
      { range: { first: 301, last: 999, total: 1000 } },
      "it answers bytes from 301 on where 300 was asked for",
    ],
    [
      "another total",
      { range: { first: 300, last: 1000, total: 1001 } },
      "it answers a range of 1001 bytes, and the whole had 1000",
    ],
    ["another validator", { validator: '"two"' }, "it answers a range of another version of the file"],
  ])("is refused: %s, whether a digest is known or not", (_, answer, refusal) => {
    for (const isDigestKnown of [true, false]) {
      expect(judgeResumption({ ...rest, ...answer }, { ...cut, isDigestKnown })).toEqual({ refusal });
    }
  });
});

describe("an answer with the whole", () => {
  test.each<[string, Partial<Answer>, Partial<CutBody>, number]>([
    ["the same file", {}, {}, 300],
    ["no length", { contentLength: undefined }, {}, 300],
    ["another validator, where a digest decides", { validator: '"two"' }, {}, 300],
    ["no validator, where none decides", { validator: undefined }, { isDigestKnown: false }, 300],
    ["the same validator, where no digest decides", {}, { isDigestKnown: false }, 300],
    ["anything where nothing is there", { contentLength: 5, validator: '"two"' }, { received: 0 }, 0],
  ])("has its start left out: %s", (_, answer, at, skip) => {
    expect(judgeResumption({ ...whole, ...answer }, { ...cut, ...at })).toEqual({ skip });
  });

  test.each<[string, Partial<Answer>, Partial<CutBody>, string]>([
    ["another length", { contentLength: 999 }, {}, "the file has 999 bytes now, and had 1000"],
    [
      "another validator without a digest",
      { validator: '"2"' },
      { isDigestKnown: false },
      "the file has changed meanwhile",
    ],
  ])("is refused: %s", (_, answer, at, refusal) => {
    expect(judgeResumption({ ...whole, ...answer }, { ...cut, ...at })).toEqual({ refusal });
  });
});

const refused = (status: number, completeLength?: string): RefusedRequest =>
  new RefusedRequest("status", "", `it answers ${status}`, { status, retryAfter: undefined, completeLength });
const other = new RefusedAnswer("content", "", "another range");

test("416 and an answer that does not continue are refusals; a busy server, a cut and a bug are none", () => {
  expect([refused(416), other].map(isRefusal)).toEqual([true, true]);
  const failures = [refused(503), new RequestFailure("interrupted", "", ""), new Error("a bug")];
  expect(failures.map(isRefusal)).toEqual([false, false, false]);
});

const at = { received: 300, hasBegun: true, isEndStated: false, isRangeTrusted: true };

test.each<[string, RefusedRequest | RefusedAnswer, Partial<typeof at>, boolean]>([
  ["416 that states what is there", refused(416, "300"), {}, true],
  ["416 that states more", refused(416, "1000"), {}, false],
  ["416 without a length", refused(416), {}, false],
  ["416 to what only an earlier run has brought", refused(416, "300"), { hasBegun: false }, false],
  ["416 after an end in good order", refused(416), { isEndStated: true }, true],
  ["another range after an end in good order", other, { isEndStated: true }, false],
  ["another file, asked for as a whole after that", other, { isEndStated: true, isRangeTrusted: false }, true],
  ["another file after a cut", other, { isRangeTrusted: false }, false],
])("the end of the file: %s", (_, refusal, more, isEnd) => {
  expect(isEndOfFile(refusal, { ...at, ...more })).toBe(isEnd);
});

const identity = {
  name: "go.tar.gz",
  url: "https://host.test/go.tar.gz",
  sha256: "d1",
  total: 1000,
  validator: '"one"',
};
const wanted = { name: "go.tar.gz", sha256: "d1", size: 1000 };
const unpinned = { ...wanted, sha256: undefined, size: undefined };
const { url } = identity;

test.each<[string, number, object, typeof wanted | typeof unpinned, ReturnType<typeof judgeKept>]>([
  ["with its digest", 300, {}, wanted, { size: 300, url, total: 1000, validator: undefined }],
  ["with its digest, whole", 1000, {}, wanted, { size: 1000, url, total: 1000, validator: undefined }],
  ["and more than its size", 1200, {}, wanted, { size: 1000, url, total: 1000, validator: undefined }],
  ["with another digest", 300, { sha256: "d2" }, wanted, undefined],
  ["without a digest, where one is known", 300, { sha256: null }, wanted, undefined],
  ["of another name", 300, { name: "other" }, wanted, undefined],
  ["with its validator", 300, { sha256: null }, unpinned, { size: 300, url, total: 1000, validator: '"one"' }],
  ["with its validator, whole", 1000, { sha256: null }, unpinned, { size: 999, url, total: 1000, validator: '"one"' }],
  ["with its validator, but a digest that nobody knows now", 300, {}, unpinned, undefined],
  ["with neither", 300, { sha256: null, validator: null }, unpinned, undefined],
  ["with its validator, of one byte", 1, { sha256: null, total: 1 }, unpinned, undefined],
])("bytes that an earlier run kept, %s", (_, size, more, request, kept) => {
  expect(judgeKept({ identity: { ...identity, ...more }, size }, request)).toEqual(kept);
});

test("nothing that was kept is nothing to use", () => {
  expect(judgeKept(undefined, wanted)).toBe(undefined);
});
