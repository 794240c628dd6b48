const mostNamed = 5;

/** `a, b, c, d, e and 7 more`. */
export function nameSome(names: readonly string[]): string {
  const rest = names.length - mostNamed;
  const named = names.slice(0, mostNamed).join(", ");
  return rest > 0 ? `${named} and ${rest.toLocaleString("en-US")} more` : named;
}
