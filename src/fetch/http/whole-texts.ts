/** How texts of several kinds end, for those of which no size is stated. */

export function isWholeJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Lists, and notes of the checksum database. Nothing at all is a whole list. */
export function endsWithNewline(bytes: Buffer): boolean {
  return bytes.length === 0 || bytes.at(-1) === 0x0a;
}

/** Signatures and keys in their ASCII form. */
export function endsWithArmor(bytes: Buffer): boolean {
  return /-----END [A-Z ]+-----\s*$/.test(bytes.toString("latin1"));
}
