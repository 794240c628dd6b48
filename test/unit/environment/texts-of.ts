import { absolutePath } from "../../../src/host/absolute-path.ts";
import type { Account } from "../../../src/host/ports.ts";
import { type Environment, describeOrigin, valuesOf } from "../../../src/environment/setting.ts";
import { openKnownTexts, type Texts } from "../../../src/environment/texts.ts";

export const ada: Account = {
  name: "ada",
  uid: 1000,
  gid: 1000,
  home: absolutePath("/home/ada"),
  shell: absolutePath("/bin/bash"),
};

export const root: Account = { ...ada, name: "root", uid: 0, gid: 0, home: absolutePath("/root") };

/** A host that has these files and no other. */
export function textsOf(files: Readonly<Record<string, string>>): Texts {
  return openKnownTexts(new Map(Object.entries(files)));
}

/** Values alone, of these names. */
export function values(environment: Environment, ...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(valuesOf(environment)).filter(([name]) => names.includes(name)));
}

export function originOf(environment: Environment, name: string): string | undefined {
  const setting = environment.get(name);
  return setting === undefined ? undefined : describeOrigin(setting.origin);
}
