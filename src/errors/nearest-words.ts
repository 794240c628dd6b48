import { distance } from "fastest-levenshtein";

/**
 * Of the known words the at most `count` nearest to one that is not known, nearest first; alphabetical where equally near.
 * Words that would have to be changed in more than half of their letters are left out. Case does not count.
 */
export function nearestWords(word: string, known: readonly string[], count: number): readonly string[] {
  return known
    .map((candidate) => ({ candidate, letters: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, letters }) => letters <= Math.max(word.length, candidate.length) / 2)
    .sort((a, b) => a.letters - b.letters || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}
