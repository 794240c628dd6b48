import { crc32, deflateRawSync } from "node:zlib";

export interface ZipItem {
  readonly name: string;
  readonly content?: string | Buffer;
  /** Unix mode with the file type; default a plain file. */
  readonly mode?: number;
  /** What the local header says. */
  readonly localName?: string;
  /** What the directory says; default: the content's own. */
  readonly size?: number;
  readonly crc?: number;
  readonly compressedSize?: number;
  /** Of the local header, as the directory says. */
  readonly offset?: number;
  readonly method?: 0 | 8 | 12;
  readonly flags?: number;
}

/** A zip of exactly these items, in this order, as cmd/distpack writes them but for what an item overrides. */
export function buildZip(items: readonly ZipItem[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const item of items) {
    const content = Buffer.from(item.content ?? "");
    const method = item.method ?? 8;
    const data = method === 8 ? deflateRawSync(content) : content;
    const name = Buffer.from(item.name);
    const localName = Buffer.from(item.localName ?? item.name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(item.flags ?? 0, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(item.crc ?? crc32(content), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(item.size ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const localFields = Buffer.from(fields);
    localFields.writeUInt16LE(localName.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((item.mode ?? 0o100_644) << 16) >>> 0, 6);
    tail.writeUInt32LE(item.offset ?? offset, 10);
    const centralFields = Buffer.from(fields);
    centralFields.writeUInt32LE(item.compressedSize ?? data.length, 14);
    local.push(Buffer.from("PK\u0003\u0004"), localFields, localName, data);
    central.push(Buffer.from("PK\u0001\u0002"), Buffer.from([20, 3]), centralFields, tail, name);
    offset += 30 + localName.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(items.length, 8);
  end.writeUInt16LE(items.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

/** Of {@link smallModule}. */
export const modulePrefix = "golang.org/toolchain@v0.0.1-go1.99.1.linux-amd64/";

/** A small tree in the module's form. */
export const smallModule: readonly ZipItem[] = [
  { name: `${modulePrefix}VERSION`, content: "go1.99.1\ntime 2026-01-02T03:04:05Z\n" },
  { name: `${modulePrefix}bin/go`, content: "the go command" },
  { name: `${modulePrefix}src/_go.mod`, content: "module std\n" },
  { name: `${modulePrefix}src/fmt/print.go`, content: "package fmt\n".repeat(1000) },
  { name: `${modulePrefix}src/stored.go`, content: "package stored\n", method: 0 },
];
