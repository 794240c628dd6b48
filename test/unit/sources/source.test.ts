import { expect, test } from "vitest";

import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { archiveUrls, chooseGoproxy, parseSource } from "../../../src/sources/source.ts";
import { thrownBy } from "../thrown-by.ts";

const cwd = absolutePath("/srv/kit");

test.each([
  ["publisher", { kind: "publisher", name: "publisher" }],
  ["publisher-china", { kind: "publisher", name: "publisher-china" }],
  ["goproxy", { kind: "goproxy" }],
  ["aliyun", { kind: "base-url", url: "https://mirrors.aliyun.com/golang" }],
  ["publisher-modules", { kind: "goproxy", list: [{ url: "https://go.dev/dl/mod", fallback: "absent" }] }],
  [
    "goproxy=https://a.example,off",
    {
      kind: "goproxy",
      list: [
        { url: "https://a.example", fallback: "absent" },
        { url: "off", fallback: "absent" },
      ],
    },
  ],
  ["https://mirrors.ustc.edu.cn/golang/", { kind: "base-url", url: "https://mirrors.ustc.edu.cn/golang" }],
  ["http://mirror.example/go/?key=1", { kind: "base-url", url: "http://mirror.example/go?key=1" }],
  ["/mnt/usb", { kind: "directory", path: "/mnt/usb" }],
  ["archives/", { kind: "directory", path: "/srv/kit/archives" }],
  [".", { kind: "directory", path: "/srv/kit" }],
  ["../go1.27.4.linux-amd64.tar.gz", { kind: "file", path: "/srv/go1.27.4.linux-amd64.tar.gz" }],
  ["/mnt/v0.0.1-go1.27.4.linux-amd64.zip", { kind: "file", path: "/mnt/v0.0.1-go1.27.4.linux-amd64.zip" }],
  ["./goproxy", { kind: "directory", path: "/srv/kit/goproxy" }],
])("%s", (text, source) => {
  expect(parseSource(text, cwd)).toEqual(source);
});

test.each([
  ["", "an empty path: "],
  ["ftp://a.example/go", "only http and https URLs can be a source: ftp://a.example/go"],
  ["https://", "not a URL that archives can be under: https://"],
  ["https://a.example/#top", "not a URL that archives can be under: https://a.example/#top"],
  ["goproxy=", "the GOPROXY list has no entries"],
])("%j is refused", (text, summary) => {
  const error = thrownBy(() => parseSource(text, cwd), ProvisionError);
  expect([error.code, error.exit, error.message]).toEqual(["source-invalid", 2, summary]);
});

test("a name that no source has is answered with the nearest, and with how a directory is written", () => {
  const error = thrownBy(() => parseSource("alyun", cwd), ProvisionError);
  expect([error.code, error.message, error.details, error.remedy]).toEqual([
    "source-invalid",
    "no source has the name alyun",
    { given: "alyun", nearest: "aliyun" },
    [
      "readygo install --source aliyun",
      "readygo install --source ./alyun  if a directory of that name is meant",
      "readygo sources --all",
    ],
  ]);
});

test("an archive's URL is answered with its directory's", () => {
  const error = thrownBy(
    () => parseSource("https://u:p@a.example/go/go1.27.4.linux-amd64.tar.gz", cwd),
    ProvisionError,
  );
  expect(error.remedy).toEqual(["readygo install VERSION --source https://***@a.example/go/"]);
});

test("the first GOPROXY that is set is taken, the publisher's module origin where none is", () => {
  expect(chooseGoproxy({ config: "", environment: "off", "go.env": "https://a.example" })).toEqual({
    kind: "goproxy",
    list: [{ url: "off", fallback: "absent" }],
    origin: "environment",
  });
  expect(chooseGoproxy({ flag: "https://b.example", environment: "off" }).origin).toBe("flag");
  expect(chooseGoproxy({})).toEqual({
    kind: "goproxy",
    list: [{ url: "https://go.dev/dl/mod", fallback: "absent" }],
    origin: "built-in",
  });
});

test("where a release's archive may be", () => {
  expect(archiveUrls({ kind: "publisher", name: "publisher" }, "go1.27.4.linux-arm64.tar.gz")).toEqual([
    "https://go.dev/dl/go1.27.4.linux-arm64.tar.gz",
    "https://dl.google.com/go/go1.27.4.linux-arm64.tar.gz",
  ]);
  expect(archiveUrls({ kind: "publisher", name: "publisher-china" }, "go1.27.4.linux-arm64.tar.gz")).toEqual([
    "https://golang.google.cn/dl/go1.27.4.linux-arm64.tar.gz",
  ]);
  expect(archiveUrls({ kind: "base-url", url: "https://a.example/go?key=1" }, "go1.27.4.linux-amd64.tar.gz")).toEqual([
    "https://a.example/go/go1.27.4.linux-amd64.tar.gz?key=1",
  ]);
});
