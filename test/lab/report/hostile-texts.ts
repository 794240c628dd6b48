import type { Result } from "../../../src/report/result/result-shape.ts";

const frames: readonly ((inside: string) => string)[] = [
  (inside) => inside,
  (inside) => `"${inside}`,
  (inside) => `'${inside}`,
  (inside) => `-->${inside}<!--`,
  (inside) => `]]>${inside}`,
  (inside) => `\`\`\`\n${inside}\n\`\`\``,
  (inside) => `# ${inside} # SKIP`,
  (inside) => `\n...\n${inside}\n---\n`,
];

const payloads: readonly string[] = [
  "<script>document.body.dataset.hit=1</script>",
  "<img src=x onerror=document.body.dataset.hit=1>",
  "</style><script>document.body.dataset.hit=1</script>",
  "</title></head><body onload=document.body.dataset.hit=1>",
  "<svg onload=document.body.dataset.hit=1>",
  "<iframe srcdoc='<p>hit</p>'></iframe>",
  "&lt;b&gt;&#60;b&#62;&amp;amp;",
  "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
  "javascript:document.body.dataset.hit=1",
  "<a href=javascript:alert(1)>x</a>",
  "[x](javascript:alert(1)) ![x](http://x.invalid/y.png) **b** _i_ @everyone #1",
  "| a | b |\n|---|---|\n| 1 | 2 |",
  "\u001b[2J\u001b]0;title\u0007\u001b[31mred",
  "\u202eeman.exe\u2066\u2067\u200f\u061c",
  "\u0000\u0001\u0008\u000b\u000c\u000e\u001f\u007f\u0080\u009b",
  "\ud800 lone \udfff surrogates \ufffe\uffff",
  "line one\r\nline two\rline three\u2028four\u2029five",
  "ok 1 - forged\nnot ok 2 - forged\nBail out! forged",
  'readygo_forged{a="b"} 1\n# HELP x y\n# TYPE x gauge\nx 1',
  '\\"\\\\n\\" \\',
  "{{7*7}} ${7*7} <%= 7*7 %> #{7*7}",
  "\ufeff\u200b\u200d\u00ad zero width",
  "e\u0301".repeat(40) + "Z\u0351\u036b\u0343".repeat(20),
  "<".repeat(500),
  "x".repeat(1_000_000),
];

/** 200 texts that somebody could have put into a file, a name or a server's answer. */
export const hostileTexts: readonly string[] = payloads.flatMap((payload) => frames.map((frame) => frame(payload)));

/** What a terminal or a reader would obey, and no report has in it; the newline apart. */
export const obeyed = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/u;

/** A result with the same text in every place that holds one, but where its shape says which words there are. */
export function poison(result: Result, text: string): Result {
  const keep: ReadonlySet<string> = new Set(["status", "kind", "change", "severity", "how", "startedAt", "failOn"]);
  const replace = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return keep.has(key) ? value : text;
    if (Array.isArray(value)) return value.map((each) => replace(each, key));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value);
    const isMap = key === "details" || key === "variables";
    return Object.fromEntries(
      entries.map(([name, each], at) => [isMap && at === 0 ? text : name, replace(each, name)]),
    );
  };
  return replace(result, "") as Result;
}
