/**
 * Why a file in a home directory is left alone.
 *
 * - `link`: it, or a directory on the way, is a link that leads out of the home directory, to nothing, or in a circle
 * - `kind`: not a regular file (FIFO, device, directory), or a way through something that is no directory
 * - `size`: larger than 1 MiB
 * - `owner`: it belongs to another account, or to a group that it could not be given to again
 * - `hard-links`: it has further names, which a replacement would leave behind with the old content
 * - `rights`: the account itself can't read it, or can't write where it stands
 * - `read-only`: the file system lets nobody write there
 * - `home`: there is no home directory
 * - `changed`: it is not, or no longer, what the caller took it for
 * - `unanswered`: the child that works in this home gave no answer in time, or ended
 */
export type HomeRefusalKind =
  | "link"
  | "kind"
  | "size"
  | "owner"
  | "hard-links"
  | "rights"
  | "read-only"
  | "home"
  | "changed"
  | "unanswered";

/** The message is the reason alone, to be read after the path: "it belongs to another account (uid 0)". */
export class HomeRefusal extends Error {
  override readonly name = "HomeRefusal";
  readonly kind: HomeRefusalKind;
  readonly path: string;

  constructor(kind: HomeRefusalKind, path: string, reason: string, options: { cause?: unknown } = {}) {
    super(reason, options);
    this.kind = kind;
    this.path = path;
  }
}
