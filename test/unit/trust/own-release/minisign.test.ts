import { expect, test } from "vitest";
import { makeSecretKey, readSigningKeys, signFile } from "../../../../scripts/release/signing-key.ts";
import { isSignedBy, parseMinisignFile, parseMinisignKey } from "../../../../src/trust/own-release/minisign.ts";

// Key and signature as Debian's minisign 0.11 made them, over "hi\n".
const line = "RWTlQrkCpDFgfRAc7sZ3rPYip5D2vSnQFec+yLdcO6+Wl65GSnKYvvAw";
const content = Buffer.from("hi\n");
const file = `untrusted comment: signature from minisign secret key
RUTlQrkCpDFgfXLzjulQCFYW/vX4twfDdmnb3E4gvrkiH7SgYFUFQ5dGIa2b59FIR/X/W5H08Iynv3uucHPEV0s74Vj0FNgi6Qw=
trusted comment: timestamp:1\tfile:f\tversion:0.1.0\thashed
rTKFIiWftcpRBxHg9dYeoxRkaWCCrXACMFPZ4n5PH5561gF2cwz5BwBZgYy6dmX8G+E9wO4fRDFIcRxg9QRWCQ==
`;
const key = parseMinisignKey(line);

test("a key is read from its line, and from its file, and printed as minisign prints it", () => {
  expect(key?.id).toBe("7D6031A402B942E5");
  expect(parseMinisignKey(`untrusted comment: minisign public key 7D6031A402B942E5\n${line}\n`)).toEqual(key);
});

test.each(["", "RWQ", `${line}A`, `RUT${line.slice(3)}`, line.slice(4), ` ${line.slice(1)}`])(
  "%j is no key",
  (text) => {
    expect(parseMinisignKey(text)).toBeUndefined();
  },
);

test("what minisign signed is found good, also with the line ends of another system", () => {
  for (const text of [file, file.replaceAll("\n", "\r\n")]) {
    const [found] = parseMinisignFile(text) ?? [];
    expect(found?.trustedComment).toBe("timestamp:1\tfile:f\tversion:0.1.0\thashed");
    expect(found !== undefined && key !== undefined && isSignedBy(content, found, key)).toBe(true);
  }
});

test("other bytes, another comment, or another key are not", () => {
  const [found] = parseMinisignFile(file) ?? [];
  const [other] = readSigningKeys({ READYGO_RELEASE_KEY: makeSecretKey() });
  const otherKey = parseMinisignKey(other?.publicLine ?? "");
  if (found === undefined || key === undefined || otherKey === undefined) throw new Error("they were read above");
  expect(isSignedBy(Buffer.from("ho\n"), found, key)).toBe(false);
  expect(isSignedBy(content, { ...found, trustedComment: found.trustedComment.replace("0.1.0", "0.2.0") }, key)).toBe(
    false,
  );
  expect(isSignedBy(content, found, otherKey)).toBe(false);
  // Another key that calls itself by the same number.
  expect(isSignedBy(content, found, { ...otherKey, id: key.id })).toBe(false);
});

test.each([
  ["nothing", ""],
  ["a web page", "<html></html>\n"],
  ["three lines", file.split("\n").slice(0, 3).join("\n")],
  ["a line too many", `${file}more\n`],
  ["no trusted comment", file.replace("trusted comment: t", "comment: t")],
  ["a signature that is too short", file.replace("6Qw=", "6Q==")],
  ["the form over the file itself", file.replace("RUTl", "RWTl")],
  ["what is not base64", file.replace("RUTl", "RU*l")],
])("%s is no signature", (_, text) => {
  expect(parseMinisignFile(text)).toBeUndefined();
});

test("a secret key has no password and two halves that belong together", () => {
  const good = makeSecretKey();
  const [, body = ""] = good.trim().split("\n");
  const alter = (at: number, xor: number): string => {
    const bytes = Buffer.from(body, "base64");
    bytes.writeUInt8((bytes[at] ?? 0) ^ xor, at);
    return `untrusted comment: minisign secret key\n${bytes.toString("base64")}\n`;
  };
  const read = (text: string): unknown => readSigningKeys({ READYGO_RELEASE_KEY: text });
  expect(read(good)).toHaveLength(1);
  expect(() => read(alter(2, 0x53))).toThrow("READYGO_RELEASE_KEY is no secret key of minisign's without a password");
  expect(() => read(alter(62, 1))).toThrow();
  expect(() => read(alter(94, 1))).toThrow();
  expect(readSigningKeys({})).toEqual([]);
});

test("two keys sign one file, the first one first", () => {
  const keys = [makeSecretKey(), makeSecretKey()];
  const signers = readSigningKeys({ READYGO_RELEASE_KEY: keys[0], READYGO_RELEASE_KEY_2: keys[1] });
  const found = parseMinisignFile(signFile(content, signers, "both")) ?? [];
  expect(found).toHaveLength(2);
  for (const [at, { publicLine }] of signers.entries()) {
    const publicKey = parseMinisignKey(publicLine);
    const signature = found[at];
    expect(publicKey !== undefined && signature !== undefined && isSignedBy(content, signature, publicKey)).toBe(true);
  }
});
