import type { Readable } from "node:stream";

export interface LineHandlers {
  /** A line without its end, as UTF-8. */
  readonly onLine: (line: string) => void;
  /** Called once, for a line of more than `mostBytes`: nothing is kept of it, and nothing is read after it. */
  readonly onTooLong: () => void;
}

/** Calls back for each line of a stream, and keeps no more of one than `mostBytes`, whether it ever ends or not. */
export function readBoundedLines(stream: Readable, mostBytes: number, { onLine, onTooLong }: LineHandlers): void {
  let pieces: Buffer[] = [];
  let length = 0;
  let isOver = false;
  const keep = (piece: Buffer): void => {
    length += piece.length;
    if (length > mostBytes) {
      isOver = true;
      pieces = [];
      onTooLong();
    } else pieces.push(piece);
  };
  stream.on("data", (chunk: Buffer) => {
    for (let from = 0; ;) {
      if (isOver) return;
      const end = chunk.indexOf(0x0a, from);
      keep(chunk.subarray(from, end === -1 ? chunk.length : end));
      if (isOver || end === -1) return;
      const line = Buffer.concat(pieces, length).toString("utf8");
      pieces = [];
      length = 0;
      from = end + 1;
      onLine(line);
    }
  });
}
