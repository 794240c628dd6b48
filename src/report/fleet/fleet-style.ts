/** The orders that a reader can choose; the first is the document's own, and what a screen reader reads. */
export const sortings = [
  { key: "state", label: "state" },
  { key: "name", label: "name" },
  { key: "release", label: "release" },
  { key: "findings", label: "findings" },
  { key: "seen", label: "when seen" },
] as const;

/** Rows are items of a grid, which have an order that style can choose: no script is needed to sort them. */
export const fleetStyle = `
.choices{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:.5rem 0 1rem}
fieldset{border:1px solid var(--line);border-radius:8px;margin:0;padding:.3rem .8rem .5rem}
legend{font-size:.85rem;color:var(--soft);padding:0 .3rem}
label{display:inline-block;margin-right:1rem;padding:.2rem 0}
.hosts,.hosts thead,.hosts tbody{display:grid}
.hosts tr{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2.2fr) minmax(0,1.6fr) minmax(0,4fr) minmax(0,1.8fr);gap:.75rem;border-bottom:1px solid var(--line);padding:.3rem 0}
.hosts th,.hosts td{border:0;padding:0}
.hosts tbody tr{content-visibility:auto;contain-intrinsic-size:auto 3.2rem}
.hosts details,td>details{border:0;margin:0}
td>details>summary{padding:0}
td>details>.in{padding:.3rem 0}
.hosts ul{margin:.3rem 0;padding-left:1.1rem}
.tag{display:inline-block;border:1px solid currentColor;border-radius:4px;padding:0 .35rem;font-size:.8rem}
.hosts .state{min-width:0}
${sortings
  .slice(1)
  .map(({ key }, at) => `body:has(#sort-${key}:checked) .hosts tbody tr{order:var(--r${at + 1})}`)
  .join("\n")}
body:has(#show-other:checked) .hosts tbody tr:not(.o),body:has(#show-bad:checked) .hosts tbody tr:not(.b){display:none}
@media (max-width:44rem){.hosts thead tr{display:none}.hosts tr{grid-template-columns:1fr 1fr;gap:.15rem .75rem;padding:.6rem 0}.hosts th,.hosts td:nth-child(4){grid-column:1/-1}}
`;

/** A rule for each row, by its place in each order; an attribute of the row would need a policy that lets styles in. */
export function rankStyle(ranks: readonly (readonly number[])[]): string {
  return ranks
    .map(
      (places, at) =>
        `#h${at}{${places.flatMap((place, order) => (order === 0 ? [] : [`--r${order}:${place}`])).join(";")}}`,
    )
    .join("");
}
