const packages = [
  "bufio",
  "bytes",
  "context",
  "errors",
  "fmt",
  "io",
  "io/fs",
  "net",
  "net/http",
  "os",
  "os/exec",
  "path",
];
const morePackages = ["path/filepath", "reflect", "runtime", "sort", "strconv", "strings", "sync", "testing", "time"];

/** The files of a small release by name below go/; `smallGo` becomes bin/go, else a program that ends at once. */
export function smallTree(
  version: string,
  arch: "amd64" | "arm64",
  smallGo: Uint8Array | undefined,
): Map<string, Uint8Array> {
  const tools = `pkg/tool/linux_${arch}`;
  const texts: Record<string, string> = {
    VERSION: `go${version}\ntime 2026-11-01T09:30:00Z\n`,
    "go.env": "GOPROXY=https://goproxy.lab.test,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n",
    "codereview.cfg": "branch: master\n",
    "api/except.txt": "",
    "doc/README.md": "# Documentation\n",
    "misc/editors": "nothing\n",
    "misc/wasm/go_js_wasm_exec": "#!/bin/sh\nexit 0\n",
    "lib/time/update.bash": "#!/bin/bash\n",
    "src/all.bash": "#!/bin/bash\n",
    "src/make.bash": "#!/bin/bash\n",
    "src/make.rc": "#!/bin/rc\n",
    "src/go.mod": `module std\n\ngo ${version.split(".").slice(0, 2).join(".")}\n`,
    "src/cmd/go.mod": "module cmd\n",
    "src/cmd/go/main.go": "package main\n\nfunc main() {}\n",
    "src/cmd/compile/main.go": "package main\n\nfunc main() {}\n",
    "test/fixedbugs/issue27836.dir/Þfoo.go": "package foo\n",
    "test/helloworld.go": 'package main\n\nfunc main() { print("hello, world\\n") }\n',
    "pkg/include/textflag.h": "#define NOSPLIT 4\n",
  };
  for (const name of ["CONTRIBUTING.md", "LICENSE", "PATENTS", "README.md", "SECURITY.md"]) texts[name] = `${name}\n`;
  for (const path of [...packages, ...morePackages]) {
    const name = path.split("/").at(-1);
    texts[`src/${path}/${name}.go`] = `// Package ${name} is of the lab's small release ${version}.\npackage ${name}\n`;
  }
  const files = new Map<string, Uint8Array>(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]));
  const idle = idleProgram(arch);
  files.set("bin/go", smallGo ?? idle);
  for (const name of ["bin/gofmt", ...["asm", "cgo", "compile", "link", "vet"].map((tool) => `${tools}/${tool}`)]) {
    files.set(name, idle);
  }
  return files;
}

/** The smallest static ELF executable of an architecture that ends at once with status 0. */
function idleProgram(arch: "amd64" | "arm64"): Uint8Array {
  const code =
    arch === "amd64"
      ? [0x31, 0xff, 0xb8, 60, 0, 0, 0, 0x0f, 0x05] // xor edi, edi; mov eax, 60; syscall
      : [0, 0, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 1, 0, 0, 0xd4]; // mov x0, 0; mov x8, 93; svc 0
  const base = 0x40_0000;
  const headers = 64 + 56;
  const image = Buffer.alloc(headers + code.length);
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  image.writeUInt16LE(2, 16); // an executable
  image.writeUInt16LE(arch === "amd64" ? 62 : 183, 18);
  image.writeUInt32LE(1, 20);
  image.writeBigUInt64LE(BigInt(base + headers), 24); // entry
  image.writeBigUInt64LE(64n, 32); // program headers
  image.writeUInt16LE(64, 52);
  image.writeUInt16LE(56, 54);
  image.writeUInt16LE(1, 56);
  image.writeUInt16LE(64, 58);
  image.writeUInt32LE(1, 64); // PT_LOAD
  image.writeUInt32LE(5, 68); // read and execute
  for (const [at, value] of [
    [72, 0],
    [80, base],
    [88, base],
    [96, image.length],
    [104, image.length],
    [112, 0x1000],
  ] as const) {
    image.writeBigUInt64LE(BigInt(value), at);
  }
  image.set(code, headers);
  return image;
}
