import { Writable } from "node:stream";

/** A stream that is no terminal, and what was written to it. */
export function collect(): { readonly stream: NodeJS.WritableStream; readonly text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString("utf8"));
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}
