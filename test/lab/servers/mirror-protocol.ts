import type { LabArchive } from "../releases/releases.ts";

/** The names that the lab's mirror answers to; tests map as many as they want reachable. */
export const mirrorNames = {
  publisher: "go.dev",
  downloads: "dl.google.com",
  checksums: "sum.golang.org",
  proxy: "goproxy.lab.test",
} as const;

/** Further names with the publisher's files, for tests that map them: the publisher's other hosts, and others' mirrors. */
export const mirrorSites = {
  china: "golang.google.cn",
  storage: "storage.googleapis.com",
  aliyun: "mirrors.aliyun.com",
  ustc: "mirrors.ustc.edu.cn",
  nju: "mirrors.nju.edu.cn",
  hust: "mirrors.hust.edu.cn",
} as const;

/** The checksum database's name for mainland China, for tests that map it. */
export const checksumsInChina = "sum.golang.google.cn";

/** The name of the lab's release server (release-server.ts), where it is not asked by number. */
export const releaseName = "releases.lab.test";

/** What goes wrong with a request; several may be given, and work on what would have been answered. */
export interface Fault {
  /** Answers with this status and a short text. */
  readonly status?: number;
  /** Added to the answer's own headers, or in place of them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the connection in good order after so many bytes of the body. */
  readonly cutAfterBytes?: number;
  /** States no size: the body ends where the connection does. */
  readonly isSizeUnstated?: boolean;
  /** Sends so many bytes of the body and then nothing, without an end. */
  readonly stallAfterBytes?: number;
  /** Resets the connection after so many bytes of the body. */
  readonly resetAfterBytes?: number;
  /** Another body, with status 200 and its own length. */
  readonly replaceBody?: string;
  /** Another body, from a file on this machine. */
  readonly replaceFile?: string;
  /** Turns over one bit of the byte at this place of the whole body. */
  readonly corruptByteAt?: number;
  /** A page with status 200, as a captive portal sends it. */
  readonly html200?: boolean;
  /** Milliseconds before the first byte of the answer. */
  readonly delayMs?: number;
  /** Bytes a second. */
  readonly rate?: number;
  /** States this Content-Length and sends the true body (cut off where it is longer). */
  readonly wrongContentLength?: number;
  /** Ends the connection without an answer. */
  readonly down?: boolean;
  /** Answers a request for a range with the whole, status 200. */
  readonly ignoreRange?: boolean;
  /** Answers a range with the bytes that were asked for, and says in Content-Range that they are others. */
  readonly wrongRange?: boolean;
  /** Answers a range well, but for one bit of its first byte. */
  readonly otherBytesInRange?: boolean;
  /** By a key that is a name alone: which certificate its connections are shown. */
  readonly certificate?: CertificateKind;
  /** Answers 302 to this address. */
  readonly redirectTo?: string;
  /** Only the first so many requests; later ones are answered well. */
  readonly times?: number;
  /** What goes wrong with those that come after `times`. */
  readonly afterwards?: Fault;
}

/** Certificates that a client has to refuse; the last is of the lab's authority, for another name. */
export type CertificateKind = "expired" | "not-yet-valid" | "unknown" | "wrong-name";

export interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

/**
 * By `host/path`; a `*` in a key stands for any text. An exact key counts before the longest with a star.
 */
export type Faults = Readonly<Record<string, Fault>>;

export interface MirrorRequest {
  readonly host: string;
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** Absent ones are empty. */
  readonly range: string;
  readonly userAgent: string;
  readonly authorization: string;
  /** 0 as long as nothing was answered. */
  readonly status: number;
  /** Bytes of the body that were handed to the connection. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What the publisher serves besides archives, to prove them. */
export interface Signatures {
  /** Paths of `.asc` files by the archive's SHA-256; an archive that is not among them has none. */
  readonly byArchive: Readonly<Record<string, string>>;
  /** Content of linux_signing_key.pub. */
  readonly keyFile: string;
}

/** What the server process is started with. */
export interface ServerOptions {
  readonly archives: readonly LabArchive[];
  /** Directories in GOPROXY layout, looked through in order. */
  readonly moduleDirectories: readonly string[];
  readonly signatures: Signatures;
  /** URLs of further module proxies, for tests that map their names. */
  readonly publicProxies: readonly string[];
  readonly key: string;
  readonly certificate: string;
  /** Paths, like those of the right one. */
  readonly badCertificates: Readonly<Record<CertificateKind, KeyPair>>;
  readonly address: string;
  readonly port: number;
  readonly faults: Faults;
}

export type ToServer = { readonly id: number } & (
  | { readonly kind: "faults"; readonly faults: Faults }
  | { readonly kind: "archives"; readonly archives: readonly LabArchive[]; readonly signatures: Signatures }
  | { readonly kind: "requests" }
  | { readonly kind: "forget" }
);

export type FromServer =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "answer"; readonly id: number; readonly requests: readonly MirrorRequest[] };
