const units = ["kB", "MB", "GB", "TB"] as const;

/** `999 B`, `1.2 kB`, `66.9 MB`, `215 MB`: decimal units, as downloads are shown everywhere. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  let value = bytes / 1000;
  let unit = 0;
  // 999.95 and more would be rounded to 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 99.95 ? value.toFixed(1) : value.toFixed(0)} ${units[unit] ?? ""}`;
}
