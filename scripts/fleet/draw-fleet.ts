export interface FleetFigures {
  readonly count: number;
  /** Seconds of each stage. */
  readonly install: number;
  readonly again: number;
  readonly roll: number;
  /** From the publisher, for all hosts together. */
  readonly originBytes: number;
  /** From the fleet's own web server. */
  readonly servedBytes: number;
}

const series = [
  ["install", "nothing → verified", "#2563eb"],
  ["again", "again, nothing to do", "#16a34a"],
  ["roll", "roll, stopped by one host", "#d97706"],
] as const;
const traffic = [
  ["originBytes", "from the publisher", "#dc2626"],
  ["servedBytes", "from the fleet's web server", "#7c3aed"],
] as const;

const width = 360;
const height = 220;
const left = 52;

/** Two panels over the number of hosts: seconds, and megabytes. */
export function drawFleet(figures: readonly FleetFigures[]): string {
  const seconds = drawPanel(figures, series, { title: "seconds", unit: 1 });
  const bytes = drawPanel(figures, traffic, { title: "MB", unit: 1e6 });
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 330" font-family="sans-serif" font-size="12" role="img">',
    `<title>Time and bytes by number of hosts: ${figures.map(({ count }) => count).join(", ")}</title>`,
    '<rect width="880" height="330" fill="#ffffff"/>',
    `<g transform="translate(10 30)">${seconds}</g>`,
    `<g transform="translate(450 30)">${bytes}</g>`,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel(
  figures: readonly FleetFigures[],
  lines: readonly (readonly [keyof FleetFigures, string, string])[],
  { title, unit }: { readonly title: string; readonly unit: number },
): string {
  const most = Math.max(...figures.flatMap((one) => lines.map(([key]) => one[key] / unit))) * 1.1;
  const mostHosts = Math.max(...figures.map(({ count }) => count)) * 1.05;
  const x = (count: number): number => round(left + (count / mostHosts) * width);
  const y = (value: number): number => round(height - (value / most) * height);
  const step = 10 ** Math.floor(Math.log10(most / 2));
  const gap = step * (most / step > 10 ? 5 : most / step > 4 ? 2 : 1);
  const ticks = Array.from({ length: Math.floor(most / gap) + 1 }, (_, at) => at * gap);
  return [
    `<text x="${left}" y="-10" font-weight="bold">${title}, by number of hosts</text>`,
    ...ticks.map(
      (tick) =>
        `<line x1="${left}" x2="${left + width}" y1="${y(tick)}" y2="${y(tick)}" stroke="#e5e7eb"/><text x="${left - 6}" y="${y(tick) + 4}" text-anchor="end">${round(tick)}</text>`,
    ),
    ...figures.map(({ count }) => `<text x="${x(count)}" y="${height + 16}" text-anchor="middle">${count}</text>`),
    ...lines.flatMap(([key, name, colour], at) => [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${figures.map((one) => `${x(one.count)},${y(one[key] / unit)}`).join(" ")}"/>`,
      ...figures.map(
        (one) =>
          `<circle cx="${x(one.count)}" cy="${y(one[key] / unit)}" r="3" fill="${colour}"><title>${one.count} hosts: ${round(one[key] / unit)} ${title}</title></circle>`,
      ),
      `<rect x="${left}" y="${height + 28 + at * 16}" width="10" height="10" fill="${colour}"/><text x="${left + 16}" y="${height + 37 + at * 16}">${name}</text>`,
    ]),
  ].join("\n");
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
