import { join } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { checkout } from "./lab-cache.ts";
import { longFiles } from "./long-files.ts";

const places = new Map(longFiles.map((name, at) => [join(checkout, "test", `${name}.test.ts`), at]));

/** Within the groups of vitest.config.ts, the files of long-files.ts in their order, then the others. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification): number => places.get(moduleId) ?? longFiles.length;
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    return sorted.toSorted((a, b) => group(a) - group(b) || place(a) - place(b));
  }
}
