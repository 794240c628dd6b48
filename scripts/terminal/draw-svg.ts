import type { Span } from "./read-screen.ts";

const colours: Readonly<Record<number, string>> = {
  30: "#484f58",
  31: "#ff7b72",
  32: "#7ee787",
  33: "#e3b341",
  34: "#79c0ff",
  35: "#d2a8ff",
  36: "#76e3ea",
  37: "#c9d1d9",
  90: "#8b949e",
};
const character = { width: 8.43, height: 18 };
const border = 16;

/** A terminal's screen as SVG text in the reader's own monospace font; no script, no font and no image in it. */
export function drawSvg(screen: readonly (readonly Span[])[], title: string): string {
  const columns = Math.max(...screen.map((line) => line.reduce((sum, { text }) => sum + text.length, 0)));
  const width = Math.ceil(columns * character.width) + 2 * border;
  const height = screen.length * character.height + 2 * border;
  const lines = screen.map((line, at) => {
    const y = border + (at + 1) * character.height - 5;
    return `<text x="${border}" y="${y}" xml:space="preserve">${line.map(drawSpan).join("")}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escape(title)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#c9d1d9">
${lines.join("\n")}
</g>
</svg>
`;
}

function drawSpan({ text, styles }: Span): string {
  const colour = styles.map((style) => colours[style]).findLast((value) => value !== undefined);
  const attributes = [
    ...(colour === undefined ? [] : [`fill="${colour}"`]),
    ...(styles.includes(1) ? ['font-weight="bold"'] : []),
    ...(styles.includes(2) ? ['opacity="0.6"'] : []),
  ];
  return attributes.length === 0 ? escape(text) : `<tspan ${attributes.join(" ")}>${escape(text)}</tspan>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
