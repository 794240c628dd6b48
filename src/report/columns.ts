const usual = 80;

/**
 * How wide a stream's terminal is; one that does not say is taken for 80 columns. A log or a pipe has no width: a message
 * stays in one line there, for those who search it.
 */
export function columnsOf(stream: NodeJS.WritableStream): number {
  if (!("columns" in stream)) return Infinity;
  const { columns } = stream;
  return typeof columns === "number" && columns > 0 ? columns : usual;
}
