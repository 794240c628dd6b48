import { expect, test } from "vitest";
import { computeReleaseMode } from "../../../../src/fetch/unpack/release-mode.ts";

test.each([
  ["bin/go", 0o755],
  ["pkg/tool/linux_amd64/compile", 0o755],
  ["src/make.bash", 0o755],
  ["src/cmd/x.sh", 0o755],
  ["src/syscall/mksyscall.pl", 0o755],
  ["src/all.rc", 0o755],
  ["lib/wasm/go_js_wasm_exec", 0o755],
  ["go_js_wasm_exec", 0o755],
  ["lib/wasm/go_wasm_exec", 0o644],
  ["lib/go_a_b/c_exec", 0o644],
  ["src/bin/tool", 0o644],
  ["VERSION", 0o644],
  ["src/make.bash.txt", 0o644],
])("%s", (path, mode) => {
  expect(computeReleaseMode(path)).toBe(mode);
});
