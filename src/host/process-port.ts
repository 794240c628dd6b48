import type { AbsolutePath } from "./absolute-path.ts";

/** What readygo's own process gives it; main.ts builds the real one. */
export interface ProcessPort {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: AbsolutePath;
  readonly uid: number;
  readonly isTerminal: boolean;
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Aborted with a `Stopped` when a signal asks readygo to end. */
  readonly stop: AbortSignal;
  /** What starts readygo again, as the home child: node's own arguments and the program. */
  readonly entry: readonly string[];
  readonly version: string;
  /** What `--version` prints; default: the version. */
  readonly versionText?: string;
}

/** A signal asked readygo to end. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly signal: NodeJS.Signals;
  /** The signal's number, as in signal(7). */
  readonly number: number;

  constructor(signal: NodeJS.Signals, number: number) {
    super(`stopped by ${signal}; everything was rolled back`);
    this.signal = signal;
    this.number = number;
  }
}
