import type { Result } from "../../result/result-shape.ts";
export function formatHtml(result: Result): string {
  return JSON.stringify(result);
}
