/** How much of a body is accepted, and how long the whole request may take. */
export interface ReadBound {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** One request for a small text. Throws RequestFailure, also where the body is larger than the bound. */
export type ReadText = (url: string, bound: ReadBound) => Promise<string>;

/** The same for bytes. */
export type ReadBytes = (url: string, bound: ReadBound) => Promise<Uint8Array>;
