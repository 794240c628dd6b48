import { logFailure } from "./log-failure.ts";

/** What the log's operator signs: how many records there are, and the root over all of them. */
export interface TreeHead {
  readonly size: number;
  readonly rootHash: Buffer;
}

/** Parses `go.sum database tree`, size and base64 root, a line each; further lines are left for the future, as in x/mod/sumdb/tlog. */
export function parseTreeHead(text: string): TreeHead {
  const [title, size = "", root = "", ...rest] = text.split("\n");
  const rootHash = Buffer.from(root, "base64");
  const isTree = title === "go.sum database tree" && /^(0|[1-9][0-9]*)$/.test(size) && rest.length > 0;
  if (
    !isTree ||
    !Number.isSafeInteger(Number(size)) ||
    rootHash.length !== 32 ||
    rootHash.toString("base64") !== root
  ) {
    throw logFailure("tree head", "the signed text is not a tree head of the checksum database");
  }
  return { size: Number(size), rootHash };
}
