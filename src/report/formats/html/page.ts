import { createHash } from "node:crypto";
import { markup, type Markup, trusted } from "../markup.ts";
import { pageStyle } from "./page-style.ts";

export interface Page {
  readonly title: string;
  /** Besides what every page has; of readygo's own making. */
  readonly style?: string;
  readonly body: Markup;
}

/**
 * A whole page that needs nothing else: no script, no font, no picture, no server. Its policy lets a browser run none and
 * load nothing, whatever a text in it should come to.
 */
export function formatPage({ title, style = "", body }: Page): string {
  const css = `${pageStyle}${style}`;
  const hash = createHash("sha256").update(css).digest("base64");
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(css)}</style>
</head>
<body>
${body}
</body>
</html>
`;
  return page.toString();
}
