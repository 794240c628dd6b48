import type { Result } from "../result/result-shape.ts";
import { visibleLine } from "./visible-text.ts";

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/**
 * Prometheus text for node_exporter's textfile collector. Everything carries the command as a label: a collector reads
 * the files of several commands together, and refuses two samples that are alike.
 */
export function formatProm(result: Result): string {
  const { command, exit, startedAt, durationMs, version, readygo, changes } = result;
  const of = { command };
  const { checks, contexts, findings } = result;
  const ended = Math.round((Date.parse(startedAt) + durationMs) / 1000);
  return [
    gauge("readygo_info", "The release of Go that the run found or left, and the readygo that ran.", [
      { labels: { ...of, go: version ?? "", readygo }, value: 1 },
    ]),
    gauge("readygo_exit_code", "Exit status of the run: 0 as asked, 7 a check failed.", [{ labels: of, value: exit }]),
    gauge("readygo_timestamp_seconds", "When the run ended, in seconds since 1970.", [{ labels: of, value: ended }]),
    gauge("readygo_duration_seconds", "How long the run took.", [{ labels: of, value: durationMs / 1000 }]),
    gauge("readygo_changes", "What the run changed on the host.", [{ labels: of, value: changes.length }]),
    gauge(
      "readygo_check",
      "Each check by its status.",
      countEach(checks, ({ id, layer, status }) => ({ ...of, check: id, layer: String(layer), status })),
    ),
    gauge(
      "readygo_launch_contexts",
      "Ways to start a process, by whether go is this release there.",
      countEach(contexts ?? [], ({ account, status }) => ({ ...of, account, status })),
    ),
    gauge(
      "readygo_findings",
      "What doctor found, by diagnostic and severity.",
      countEach(findings ?? [], ({ id, group, severity }) => ({ ...of, diagnostic: id, group, severity })),
    ),
  ].join("");
}

function countEach<Item>(items: readonly Item[], label: (item: Item) => Labels): readonly Sample[] {
  const alike = Map.groupBy(items.map(label), (labels) => JSON.stringify(labels));
  return [...alike.values()].map((group) => ({ labels: group[0] ?? {}, value: group.length }));
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map(({ labels, value }) => {
    const words = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}{${words.join(",")}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}

function escapeLabel(text: string): string {
  return visibleLine(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
