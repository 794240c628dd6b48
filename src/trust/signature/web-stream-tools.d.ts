/** Types that openpgp's own name, of a package that it needs in no other way. */
declare module "@openpgp/web-stream-tools" {
  import type { ReadableStream as NodeReadableStream } from "node:stream/web";
  export type WebStream<Data> = ReadableStream<Data>;
  export type NodeWebStream<Data> = NodeReadableStream<Data>;
}
