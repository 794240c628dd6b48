/** Under --root DIR a command that is to be pasted names DIR: without it, it would work on this machine. */
export function aimAtImage(remedy: string, root: string): string {
  if (root === "" || remedy.includes("--root ")) return remedy;
  return remedy.replaceAll(
    /\breadygo (install|plan|verify|doctor|list|rollback|uninstall)\b(?! --help)/g,
    (command) => `${command} --root ${quoteForShell(root)}`,
  );
}

/** A word as sh takes it for one: in single quotes, unless nothing in it means anything to a shell. */
export function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
