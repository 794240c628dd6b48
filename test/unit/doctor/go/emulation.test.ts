import { expect, test } from "vitest";
import { type EmulationFacts, judgeEmulation } from "../../../../src/doctor/go/emulation.ts";

const plain: EmulationFacts = {
  userland: "amd64",
  uname: "x86_64",
  kernel: "x86_64",
  release: "6.8.0-45-generic",
  processor: "vendor_id\t: GenuineIntel\n",
};

test.each<[string, Partial<EmulationFacts>, RegExp | undefined]>([
  ["a plain host", {}, undefined],
  ["a kernel before 6.1", { kernel: "" }, undefined],
  ["an i386 userland, which the processor runs itself", { userland: "i386" }, undefined],
  ["qemu-user, which answers uname itself", { kernel: "aarch64" }, /the kernel is aarch64, and .* are amd64/],
  ["arm64 on amd64", { userland: "arm64", uname: "aarch64" }, /the kernel is x86_64, and .* are arm64/],
  ["an emulator that does not answer uname", { kernel: "", uname: "aarch64" }, /the kernel is aarch64/],
  ["Rosetta in a virtual machine", { kernel: "aarch64", processor: "vendor_id\t: VirtualApple\n" }, /^Rosetta/],
  ["WSL 1", { release: "4.4.0-19041-Microsoft" }, /^WSL 1/],
  ["WSL 2", { release: "5.15.90.1-microsoft-standard-WSL2" }, undefined],
])("%s", (_, facts, evidence) => {
  const found = judgeEmulation({ ...plain, ...facts });
  if (evidence === undefined) expect(found).toBeUndefined();
  else expect(found?.evidence).toMatch(evidence);
});
