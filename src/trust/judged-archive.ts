/** An archive that is on its way, and from where; `from` is redacted. */
export interface JudgedArchive {
  readonly fileName: string;
  readonly from: string;
  readonly isFromPublisher: boolean;
}
