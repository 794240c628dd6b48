import { absolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { parseElfArchitecture } from "../../release/architecture.ts";
import { type Check, fail, pass } from "../check.ts";

const elfHeaderBytes = 64;

export const treeArchitecture: Check = {
  id: "architecture",
  layer: 1,
  proves: "the go command, gofmt and the compiler are programs for this architecture",
  cost: "look",
  bound: 1,
  isProof: true,
  needsRunning: false,
  run({ files, architecture, version }) {
    const programs = ["bin/go", "bin/gofmt", `pkg/tool/linux_${architecture}/compile`];
    const wrong = programs.flatMap((program) => {
      const header = files.readStart(absolutePath(places.goroot, program), elfHeaderBytes);
      if (header === undefined) return [`${program} is not there`];
      const found = parseElfArchitecture(header);
      return found === architecture
        ? []
        : [`${program} is ${found === undefined ? "no program of a known architecture" : `for ${found}`}`];
    });
    return Promise.resolve(
      wrong.length === 0
        ? pass(`${programs.join(", ")} are for ${architecture}`)
        : fail(`wanted ${architecture}: ${wrong.join(", ")}`, `readygo install ${version} --repair`),
    );
  },
};
