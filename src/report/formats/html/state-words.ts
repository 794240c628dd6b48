import type { Result } from "../../result/result-shape.ts";
import type { Verdict } from "../describe-verdict.ts";
import { markup, type Markup } from "../markup.ts";

type Tone = "good" | "warned" | "bad" | "info" | "soft";

/** A mark for the eye, a word for everybody, and the colour's name. */
interface State {
  readonly tone: Tone;
  readonly mark: string;
  readonly word: string;
}

export const checkStates = {
  pass: { tone: "good", mark: "✓", word: "ok" },
  warn: { tone: "warned", mark: "!", word: "warning" },
  fail: { tone: "bad", mark: "✕", word: "failed" },
  skip: { tone: "soft", mark: "–", word: "skipped" },
} as const satisfies Record<Result["checks"][number]["status"], State>;

export const severityStates = {
  error: { tone: "bad", mark: "✕", word: "error" },
  warning: { tone: "warned", mark: "!", word: "warning" },
  info: { tone: "info", mark: "i", word: "info" },
} as const satisfies Record<string, State>;

export const verdictMarks = { good: "✓", warned: "!", bad: "✕" } as const satisfies Record<Verdict["kind"], string>;

export function showState({ tone, mark, word }: State): Markup {
  return markup`<span class="state ${tone}"><span aria-hidden="true">${mark}</span> ${word}</span>`;
}
