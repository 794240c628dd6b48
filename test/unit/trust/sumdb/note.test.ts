import { expect, test } from "vitest";

import { ProvisionError } from "../../../../src/errors/provision-error.ts";
import { openNote, parseTreeHead, parseVerifierKey, sumGolangOrgKey } from "../../../../src/trust/sumdb/note.ts";
import { thrownBy } from "../../thrown-by.ts";

// The checksum database's tree head as facts have it in a lookup of 2026-11-23.
const text = "go.sum database tree\n66332798\nczPocWFmMwQrSENohgEPvFiqA+2i/3lRZhHbxtma2UQ=\n";
const note = `${text}
— sum.golang.org Az3grh19zTBOmg0dGOAELF5SP1N/QTSsuYwquERee13uccsbttgwVlS/0MhlHd7IEvb6fQVKmu7XFovf0PT1tKOnHQo=
`;
const key = parseVerifierKey(sumGolangOrgKey);

test("a signed note gives its text", () => {
  expect(openNote(note, key)).toBe(text);
});

test.each([
  ["nothing", ""],
  ["no blank line", note.replace("\n\n", "\n")],
  ["no last newline", note.slice(0, -1)],
  ["a control character", note.replace("tree\n", "tree\r\n")],
  ["bytes that are not UTF-8", note.replace("tree", "tree\u{fffd}")],
  ["a line that is no signature", `${note}hello\n`],
  ["too many signatures", note + note.slice(note.indexOf("—")).repeat(100)],
  ["text behind the signatures", `${note}\nmore\n`],
])("a note with %s is not opened", (_, broken) => {
  expect(thrownBy(() => openNote(broken, key), ProvisionError).details["part"]).toBe("signature");
});

test("a key whose parts do not fit each other is a bug", () => {
  for (const wrong of ["", "sum.golang.org", sumGolangOrgKey.replace("033d", "033e"), sumGolangOrgKey.slice(0, -4)]) {
    expect(() => parseVerifierKey(wrong)).toThrow("not a verifier key");
  }
});

test("a tree head is title, size and root; further lines are left for the future", () => {
  const head = {
    size: 66332798,
    rootHash: Buffer.from("czPocWFmMwQrSENohgEPvFiqA+2i/3lRZhHbxtma2UQ=", "base64"),
  };
  expect([parseTreeHead(text), parseTreeHead(`${text}more\n`)]).toEqual([head, head]);
});

test.each([
  text.replace("go.sum", "some"),
  text.replace("66332798", "066332798"),
  text.replace("66332798", "-1"),
  text.replace("66332798", "99999999999999999999"),
  text.replace("czPo", "cz-o"),
  text.replace("czPo", ""),
  text.trimEnd(),
])("%j is no tree head", (wrong) => {
  expect(thrownBy(() => parseTreeHead(wrong), ProvisionError).details["part"]).toBe("tree head");
});
