import { advise } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { readArchitectureWitnesses } from "../../host/host-facts.ts";
import { parseArchitecture } from "../../release/architecture.ts";
import { diagnostic, findInfo } from "../diagnostic.ts";

export const emulation = diagnostic({
  id: "emulation",
  group: "go",
  severity: "info",
  sees: "programs that run under emulation (qemu-user, Rosetta, WSL 1)",
  why: "Builds take many times as long, and system calls that the emulator does not know fail.",
  needs: ["running"],
  async run({ machine, processes }) {
    const { dpkg, uname } = await readArchitectureWitnesses(machine, processes);
    const read = (path: string): string => readOrNothing(() => machine.readStart(absolutePath(path), 65_536));
    const found = judgeEmulation({
      userland: dpkg,
      uname,
      kernel: read("/proc/sys/kernel/arch").trim(),
      release: read("/proc/sys/kernel/osrelease").trim(),
      processor: read("/proc/cpuinfo"),
    });
    if (found === undefined) return [];
    return [findInfo({ evidence: found.evidence, origins: [found.origin], remedy: advise(found.advice) })];
  },
});

export interface EmulationFacts {
  /** dpkg's architecture. */
  readonly userland: string;
  /** uname(2), which qemu-user answers in the kernel's place. */
  readonly uname: string;
  /** /proc/sys/kernel/arch, since Linux 6.1: no emulator answers that; "" where it is not there. */
  readonly kernel: string;
  readonly release: string;
  /** /proc/cpuinfo. */
  readonly processor: string;
}

interface Emulated {
  readonly evidence: string;
  readonly origin: string;
  readonly advice: string;
}

/** What runs the userland's programs in the kernel's place; undefined where nothing does. */
export function judgeEmulation(facts: EmulationFacts): Emulated | undefined {
  const { userland, uname, kernel, release, processor } = facts;
  if (/microsoft/i.test(release) && !/WSL2|microsoft-standard/i.test(release)) {
    return {
      evidence: `WSL 1 (${release}) answers system calls in the place of a Linux kernel`,
      origin: "/proc/sys/kernel/osrelease",
      advice: "wsl --set-version DISTRIBUTION 2  in Windows makes it a virtual machine with a kernel of its own",
    };
  }
  const own = parseArchitecture(userland);
  if (own === undefined) return undefined;
  if (own === "amd64" && processor.includes("VirtualApple")) {
    return describe(`Rosetta runs this host's ${own} programs on an Apple processor`, "/proc/cpuinfo", "arm64");
  }
  const real = parseArchitecture(kernel === "" ? uname : kernel);
  if (real === undefined || real === own) return undefined;
  const origin = kernel === "" ? "uname -m" : "/proc/sys/kernel/arch";
  return describe(`the kernel is ${kernel === "" ? uname : kernel}, and this host's programs are ${own}: an emulator (qemu-user or Rosetta) runs them`, origin, real); // prettier-ignore
}

function describe(evidence: string, origin: string, real: string): Emulated {
  return {
    evidence,
    origin,
    advice: `use an image or a root for linux/${real} (docker: --platform linux/${real}), and build for others by GOARCH`,
  };
}

function readOrNothing(read: () => Buffer | undefined): string {
  try {
    return read()?.toString("utf8") ?? "";
  } catch {
    return "";
  }
}
