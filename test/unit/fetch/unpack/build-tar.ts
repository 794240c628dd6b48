import { gzipSync } from "node:zlib";
import { Header } from "tar/header";
import type { EntryTypeName } from "tar/types";

export interface TarEntry {
  readonly name: string;
  readonly content?: string | Buffer;
  /** Default: a directory where the name ends with a slash, else a file. */
  readonly type?: EntryTypeName;
  readonly linkTo?: string;
  readonly mode?: number;
  /** Records of a PAX header in front of this entry. */
  readonly pax?: Readonly<Record<string, string>>;
  /** What the header says; default: the content's own. */
  readonly size?: number;
}

/** A tar of exactly these entries, in this order, whatever they are. */
export function buildTar(entries: readonly TarEntry[], end = true): Buffer {
  const blocks = entries.flatMap((entry) => [
    ...(entry.pax === undefined ? [] : encode({ name: "pax", type: "ExtendedHeader", content: formatPax(entry.pax) })),
    ...encode(entry),
  ]);
  return Buffer.concat(end ? [...blocks, Buffer.alloc(1024)] : blocks);
}

export function buildTarGz(entries: readonly TarEntry[]): Buffer {
  return gzipSync(buildTar(entries));
}

/** `LENGTH KEY=VALUE\n`, the length counting itself. */
export function formatPax(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      const length = rest + String(rest + String(rest).length).length;
      return `${length} ${key}=${value}\n`;
    })
    .join("");
}

function encode(entry: TarEntry): Buffer[] {
  const content = Buffer.from(entry.content ?? "");
  const header = new Header({
    path: entry.name,
    type: entry.type ?? (entry.name.endsWith("/") ? "Directory" : "File"),
    mode: entry.mode ?? 0o644,
    size: entry.size ?? content.length,
    uid: 0,
    gid: 0,
    mtime: new Date(0),
    ...(entry.linkTo === undefined ? {} : { linkpath: entry.linkTo }),
  });
  const block = Buffer.alloc(512);
  header.encode(block);
  return [block, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

/** A small tree in the publisher's form. */
export const smallRelease: readonly TarEntry[] = [
  { name: "go/" },
  { name: "go/VERSION", content: "go1.99.1\ntime 2026-01-02T03:04:05Z\n" },
  { name: "go/bin/" },
  { name: "go/bin/go", content: "the go command", mode: 0o600 },
  { name: "go/src/" },
  { name: "go/src/all.bash", content: "#!/usr/bin/env bash\n" },
  { name: "go/src/empty.go" },
  { name: "go/src/fmt/" },
  { name: "go/src/fmt/print.go", content: "package fmt\n".repeat(1000), mode: 0o4777 },
];
