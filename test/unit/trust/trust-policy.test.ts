import { expect, test } from "vitest";
import { isPublisherUrl, meetsPolicy } from "../../../src/trust/trust-policy.ts";

test.each([
  "https://go.dev/dl/go1.27.4.linux-amd64.tar.gz",
  "https://GO.DEV/dl/",
  "https://dl.google.com./go/go1.27.4.linux-amd64.tar.gz",
  "https://golang.google.cn:443/dl/",
  "http://storage.googleapis.com/golang/",
  // The same bucket, by its own host name and by the older one of the storage.
  "https://golang.storage.googleapis.com/go1.27.4.linux-amd64.tar.gz",
  "https://commondatastorage.googleapis.com/golang/",
  "https://user:password@go.dev/dl/",
])("%s is the publisher's", (url) => {
  expect(isPublisherUrl(url)).toBe(true);
});

test.each([
  "https://mirrors.aliyun.com/golang/",
  "https://go.dev.example/dl/",
  "https://notgo.dev/",
  "https://another.storage.googleapis.com/golang/",
  "https://mirror.example/go.dev/",
  "https://go.dev@mirror.example/",
  "/srv/go.dev",
])("%s is somebody else's", (url) => {
  expect(isPublisherUrl(url)).toBe(false);
});

test("the publisher's JSON does not prove alone what the publisher served", () => {
  expect(meetsPolicy("any", ["publisher"], true)).toBe(false);
  expect(meetsPolicy("any", ["publisher"], false)).toBe(true);
  expect(meetsPolicy("two", ["publisher"], false)).toBe(false);
});
