import type { Form } from "./compress.ts";
import type { ReleaseArchitecture } from "./release-architecture.ts";

export interface StampedFile {
  readonly architecture: ReleaseArchitecture;
  /** `binary`: the executable itself, as it comes out of the others. */
  readonly form: Form | "binary";
  readonly bytes: number;
  readonly sha256: string;
}

/** The bootstrap of a release: scripts/bootstrap.sh with its four lines filled in, the smallest forms first. */
export function stampBootstrap(
  text: string,
  {
    version,
    base,
    files,
    keys = [],
  }: {
    readonly version: string;
    readonly base: string;
    readonly files: readonly StampedFile[];
    /** Public keys, in minisign's form. */
    readonly keys?: readonly string[];
  },
): string {
  if (!/^(?:https?:\/\/[^\s'"\\]+)?$/.test(base)) throw new Error(`not an http or https address: ${base}`);
  const lines = files
    .toSorted((one, other) => one.bytes - other.bytes)
    .map(({ architecture, form, bytes, sha256 }) => `${architecture} ${form} ${bytes} ${sha256}`);
  const values = {
    release_version: version,
    release_base: base,
    release_keys: keys.join(" "),
    release_files: lines.join("\n"),
  };
  return Object.entries(values).reduce((stamped, [name, value]) => {
    const empty = `\n${name}=''\n`;
    if (!stamped.includes(empty)) throw new Error(`scripts/bootstrap.sh has no line ${name}=''`);
    return stamped.replace(empty, () => `\n${name}='${value}'\n`);
  }, text);
}
