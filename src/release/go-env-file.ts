/**
 * Reads `$GOROOT/go.env` or a user's `go/env` as data, as cmd/go/internal/cfg does: lines KEY=VALUE without quoting whose
 * first byte is a capital letter; everything else, comments too, is passed over. The last line of a key holds.
 */
export function parseGoEnvFile(text: string): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const [, key, value] = /^([A-Z][^=]*)=(.*)$/s.exec(line) ?? [];
    if (key !== undefined && value !== undefined) settings[key] = value;
  }
  return settings;
}
