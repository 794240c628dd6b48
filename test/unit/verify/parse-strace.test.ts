import { expect, test } from "vitest";
import { parseStrace } from "../../../src/verify/parse-strace.ts";

test("programs and files, each once, by what the kernel made of them", () => {
  const text = [
    'execve("/usr/local/go/bin/go", ["go", "run", "main.go"], 0x7ffc2acfb588 /* 37 vars */) = 0',
    'openat(AT_FDCWD</tmp/tr>, "/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY|O_CLOEXEC) = 3</usr/lib/x86_64-linux-gnu/libc.so.6>',
    "main.go:1: a line of the program's own, with openat( in it",
    '[pid 19798] execve("/usr/local/go/pkg/tool/linux_amd64/compile", ["/usr/local/go/pkg/tool/linux_"..., "-V=full"], 0xc0001983c0 /* 58 vars */) = 0',
    '[pid 19799] execveat(3</opt/x>, "sub/go", ["go"], 0xc0001983c0 /* 58 vars */, AT_EMPTY_PATH) = 0',
    '[pid 19798] openat(AT_FDCWD</tmp/tr>, "go.mod", O_RDONLY|O_CLOEXEC) = 7</home/\\303\\244 da/go.mod>',
    '[pid 19798] openat(AT_FDCWD</tmp/tr>, "go.mod", O_RDONLY|O_CLOEXEC) = 8</home/\\303\\244 da/go.mod>',
    "",
  ].join("\n");
  expect(parseStrace(text)).toEqual({
    programs: ["/usr/local/go/bin/go", "/usr/local/go/pkg/tool/linux_amd64/compile", "sub/go"],
    files: ["/usr/lib/x86_64-linux-gnu/libc.so.6", "/home/ä da/go.mod"],
    words: "main.go:1: a line of the program's own, with openat( in it\n",
  });
});
