/**
 * Thrown by whatever reads an archive, in a worker or not, and turned into `archive-hostile` by the stage that started
 * it, once the digest has had its say.
 */
export class HostileArchive extends Error {
  override readonly name = "HostileArchive";
  /** The entry as the archive names it; undefined where no single one is at fault. Not fit to be printed as it is. */
  readonly entry: string | undefined;

  constructor(message: string, entry?: string) {
    super(message);
    this.entry = entry;
  }
}
