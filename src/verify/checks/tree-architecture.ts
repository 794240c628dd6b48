import { absolutePath, parseAbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { elfStartBytes, parseElfProgram } from "../../release/elf-program.ts";
import { type Check, type CheckContext, fail, pass } from "../check.ts";
import { listPrograms } from "../list-programs.ts";

export const treeArchitecture: Check = {
  id: "architecture",
  layer: 1,
  proves:
    "each program in bin and pkg/tool is a 64-bit ELF for this architecture, static or with a loader that the host has",
  cost: "look",
  bound: 1,
  isProof: true,
  needsRunning: false,
  run(context) {
    const { architecture, version } = context;
    const programs = listPrograms(context);
    const faults = programs.flatMap((program) => {
      const fault = findFault(context, program);
      return fault === undefined ? [] : [`${program} ${fault}`];
    });
    return Promise.resolve(
      faults.length === 0
        ? pass(`${programs.length} programs are for ${architecture}: bin/go, bin/gofmt and the tools`)
        : fail(
            `wanted ${architecture}: ${faults.slice(0, mostNamed).join(", ")}${faults.length > mostNamed ? ` and ${faults.length - mostNamed} more` : ""}`,
            faults.every((fault) => fault.endsWith(missingLoader))
              ? "bring the C library that has it (apt-get install libc6), or take go1.21 or newer, which needs none"
              : `readygo install ${version} --repair`,
          ),
    );
  },
};

const mostNamed = 5;
const missingLoader = ", which is not there";

function findFault({ files, architecture }: CheckContext, program: string): string | undefined {
  const start = files.readStart(absolutePath(places.goroot, program), elfStartBytes);
  if (start === undefined) return "is not there";
  const found = parseElfProgram(start);
  if (found === undefined) return "is no program of a known architecture";
  if (found.architecture !== architecture) return `is for ${found.architecture ?? "another machine"}`;
  const loader = found.interpreter === null ? undefined : parseAbsolutePath(found.interpreter);
  if (loader === undefined) return found.interpreter === null ? undefined : "names no loader that there could be";
  // Until go1.20 the go command is linked with the C library.
  return files.resolve(loader) === undefined ? `needs ${loader}${missingLoader}` : undefined;
}
