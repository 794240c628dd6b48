import { type Remedy, runAs } from "../errors/remedy.ts";
import { homeFiles, places } from "../host/places.ts";
import type { Account } from "../host/ports.ts";

/** Takes a setting out of what `go env -w` has written. */
export function unsetStored({ name: account, home }: Account, name: string): Remedy {
  // The go command itself stops at these when they are wrong, also at `go env -u`; and of GOWORK it takes no word.
  const right: Readonly<Record<string, string>> = {
    GOROOT: places.goroot,
    GOPATH: `${home}/go`,
    GOTOOLCHAIN: "local",
  };
  if (name === "GOWORK")
    return runAs(account, "sed", "-i", "--follow-symlinks", "/^GOWORK=/d", `${home}/${homeFiles.goEnv}`);
  const value = right[name];
  return value === undefined
    ? runAs(account, "go", "env", "-u", name)
    : runAs(account, "env", `${name}=${value}`, "go", "env", "-u", name);
}
