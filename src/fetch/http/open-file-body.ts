import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { RequestFailure } from "../../errors/request-failure.ts";

/** An archive on this machine as a body. @throws RequestFailure `absent`, `unreachable` or, on reading, `interrupted` */
export async function openFileBody(path: string): Promise<{ body: AsyncIterable<Uint8Array>; contentLength: number }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new RequestFailure("content", path, `${path} is not a file`);
    return { body: readWhole(path), contentLength: found.size };
  } catch (cause) {
    if (cause instanceof RequestFailure) throw cause;
    const isAbsent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new RequestFailure(
      isAbsent ? "absent" : "unreachable",
      path,
      isAbsent ? `${path} does not exist` : `${path} cannot be read`,
      { cause },
    );
  }
}

async function* readWhole(path: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw new RequestFailure("interrupted", path, `${path} cannot be read to its end`, { cause });
  }
}
