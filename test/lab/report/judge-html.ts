import { HtmlValidate, StaticConfigLoader } from "html-validate";

const judge = new HtmlValidate(
  new StaticConfigLoader({ extends: ["html-validate:recommended", "html-validate:a11y"] }),
);

/** What html-validate says against a page, a line each. */
export async function judgeHtml(html: string): Promise<readonly string[]> {
  const { results } = await judge.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`),
  );
}

/** Its tags in their order: what text in a page must not change. */
export function listTags(html: string): string {
  return (html.match(/<(?:!--|\/?[a-z]+)/gi) ?? []).join("");
}
