/** User and password for a host, as an Authorization header has them. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Entries of a .netrc by their host, read as the go command does (cmd/go/internal/auth/netrc.go): the first of a host counts,
 * and only one with a login and a password; macros are passed over, and `default` ends the list.
 */
export function parseNetrc(text: string): ReadonlyMap<string, Credentials> {
  const found = new Map<string, Credentials>();
  let entry: { machine?: string; login?: string; password?: string } = {};
  let isInMacro = false;
  for (const line of text.split("\n")) {
    if (isInMacro) {
      isInMacro = line.trim() !== "";
      continue;
    }
    const words = line.trim().split(/\s+/);
    for (let at = 0; at < words.length; at += 2) {
      const [word, value = ""] = words.slice(at, at + 2);
      // A host that is named without more has no credentials; nor has what follows `default`.
      if (word === "default") return found;
      if (word === "machine") entry = { machine: value };
      else if (word === "login" || word === "password") entry = { ...entry, [word]: value };
      else if (word === "macdef") isInMacro = true;
      const { machine, login, password } = entry;
      if (machine === undefined || login === undefined || password === undefined) continue;
      if (!found.has(machine)) found.set(machine, { user: login, password });
      entry = {};
    }
  }
  return found;
}
