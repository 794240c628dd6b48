import { catalogue, type ErrorCode } from "./error-codes.ts";

export interface ProvisionErrorOptions {
  /** Facts, printed one a line in this order, and carried as they are by `--json`. */
  readonly details?: Readonly<Record<string, string>>;
  /** Commands or sentences that can be acted on; default: the catalogue's own. */
  readonly remedy?: readonly string[];
  readonly cause?: unknown;
}

/** Every failure that is not a bug: a code of the catalogue, what happened, the facts, and what to do about it. */
export class ProvisionError extends Error {
  override readonly name = "ProvisionError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string>>;
  readonly remedy: readonly string[];
  readonly exit: number;

  constructor(code: ErrorCode, summary: string, options: ProvisionErrorOptions = {}) {
    super(summary, { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.remedy = options.remedy ?? catalogue[code].remedy;
    this.exit = catalogue[code].exit;
  }
}
