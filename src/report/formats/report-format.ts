import type { Result } from "../result/result-shape.ts";

export const reportFormats = ["junit", "tap", "prom", "md", "json", "html"] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** `FORMAT:FILE`; the first is "" where there is no colon. */
export function splitReport(text: string): readonly [format: string, file: string] {
  const colon = text.indexOf(":");
  return colon === -1 ? ["", text] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** Whether another account has to read it, whatever the umask is: node_exporter is one. */
export function isPublicFormat(format: ReportFormat): boolean {
  return format === "prom";
}

/** The whole text of a report. What makes one is loaded by the run that is asked for it. */
export async function formatReport(format: ReportFormat, result: Result): Promise<string> {
  switch (format) {
    case "junit":
      return (await import("./format-junit.ts")).formatJunit(result);
    case "tap":
      return (await import("./format-tap.ts")).formatTap(result);
    case "prom":
      return (await import("./format-prom.ts")).formatProm(result);
    case "md":
      return (await import("./format-md.ts")).formatMd(result);
    case "json":
      return `${JSON.stringify(result)}\n`;
    case "html":
      return (await import("./html/format-html.ts")).formatHtml(result);
  }
}
