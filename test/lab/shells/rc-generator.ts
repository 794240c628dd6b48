import fc from "fast-check";
import { type RcCase, rcShells, type RcShell } from "./rc-case.ts";
import { piecesOf } from "./rc-pieces.ts";

/** So many cases share a host; the first of them is root's. */
export const casesOfHost = 12;

/** `count` cases: the same ones for the same seed. */
export function generateCases(seed: number, count: number, shells: readonly RcShell[] = rcShells): readonly RcCase[] {
  const cases = fc.sample(fc.oneof(...shells.map((shell) => ({ weight: shares[shell], arbitrary: caseOf(shell) }))), {
    seed,
    numRuns: count,
  });
  return cases.map((each, at) => ({ ...each, account: at % casesOfHost === 0 ? "root" : "user" }));
}

const shares: Readonly<Record<RcShell, number>> = { bash: 8, zsh: 6, fish: 4, dash: 2 };

function caseOf(shell: RcShell): fc.Arbitrary<RcCase> {
  const kinds = piecesOf(shell);
  const pick = (isEnd: boolean) =>
    fc.oneof(
      ...kinds
        .filter((kind) => kind.isEnd === isEnd)
        .map(({ weight, ways }) => ({ weight, arbitrary: fc.constantFrom(...ways) })),
    );
  return fc
    .record({
      base: fc.constantFrom<RcCase["base"][]>("stock", "stock", "stock", "ubuntu-root", "if-guard", "bare", "bare"),
      loginFile: fc.constantFrom<RcCase["loginFile"][]>(".profile", ".profile", ".profile", ".bash_profile", ".bash_login"), // prettier-ignore
      pieces: fc.array(pick(false), { minLength: 1, maxLength: 6 }),
      end: fc.option(pick(true), { freq: 4 }),
      ending: fc.constantFrom<RcCase["ending"][]>("newline", "newline", "newline", "newline", "none", "crlf"),
      hasZdotdir: fc.nat(4).map((n) => n === 0),
      isLinked: fc.nat(8).map((n) => n === 0),
      isGated: fc.nat(5).map((n) => n === 0),
    })
    .map(({ end, pieces, ...rest }) => ({
      ...rest,
      shell,
      account: "user" as const,
      pieces: end === null ? pieces : [...pieces, end],
    }));
}

/** Smaller cases beside one, the smallest step last: what is tried to make a failure small. */
export function* smallerCases(each: RcCase): Generator<RcCase> {
  const half = Math.ceil(each.pieces.length / 2);
  if (each.pieces.length > 2) {
    yield { ...each, pieces: each.pieces.slice(0, half) };
    yield { ...each, pieces: each.pieces.slice(half) };
  }
  for (const at of each.pieces.keys()) yield { ...each, pieces: each.pieces.filter((_, index) => index !== at) };
  if (each.base !== "bare") yield { ...each, base: "bare" };
  if (each.ending !== "newline") yield { ...each, ending: "newline" };
  if (each.isLinked) yield { ...each, isLinked: false };
  if (each.hasZdotdir && each.shell === "zsh") yield { ...each, hasZdotdir: false };
  if (each.isGated) yield { ...each, isGated: false };
  if (each.account === "root") yield { ...each, account: "user" };
}
