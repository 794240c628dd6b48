import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { makeScratch } from "./network-play.ts";
import { type CertificateKind, type Fault, type Faults, mirrorNames } from "./mirror-protocol.ts";
import type { LabArchive } from "../releases/releases.ts";

/** One thing that a network does to a download, with its numbers drawn. */
export interface DrawnFault {
  readonly kind: string;
  /** The numbers, for a report. */
  readonly detail: string;
  readonly faults: Faults;
  /** Exit codes that are right: 0 with the release in place, 4 without a source, 5 for other bytes. */
  readonly exits: readonly number[];
}

/** From 0 up to below `below`. */
type Draw = (below: number) => number;

/** A generator that gives the same numbers for the same seed (mulberry32). */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

interface FaultMaterial {
  readonly release: LabArchive;
  readonly other: LabArchive;
}

type Make = (
  draw: Draw,
  material: FaultMaterial,
) => (Omit<DrawnFault, "kind" | "faults"> & { fault: Fault }) | DrawnFault;

const archives = `${mirrorNames.downloads}/go/*.tar.gz`;

const someTimes = (draw: Draw, fault: Fault): { fault: Fault; detail: string } => {
  const times = 1 + draw(3);
  return { fault: { ...fault, times }, detail: `${times} times` };
};

const busy =
  (status: number): Make =>
  (draw) => {
    const isForEver = draw(4) === 0;
    const headers = draw(2) === 0 ? {} : { "retry-after": "1" };
    const { fault, detail } = someTimes(draw, { status, headers });
    if (isForEver) return { fault: { status }, detail: "always", exits: [4] };
    return { fault, detail, exits: [0] };
  };

const certificate =
  (kind: CertificateKind): Make =>
  () => ({
    kind: `certificate ${kind}`,
    detail: "",
    faults: { [mirrorNames.downloads]: { certificate: kind } },
    exits: [4],
  });

/** By kind; each makes one of its faults. */
const makers: Readonly<Record<string, Make>> = {
  "cut at byte N": (draw, { release }) => {
    const at = draw(release.size);
    const { fault, detail } = someTimes(draw, { cutAfterBytes: at });
    return { fault, detail: `at ${at}, ${detail}`, exits: [0] };
  },
  "cut, no ranges": (draw, { release }) => {
    const at = draw(release.size);
    return {
      fault: { cutAfterBytes: at, times: 1, afterwards: { ignoreRange: true } },
      detail: `at ${at}`,
      exits: [0],
    };
  },
  "cut, size unstated": (draw, { release }) => {
    const at = draw(release.size);
    const isRangeable = draw(2) === 0;
    const next = { isSizeUnstated: true, ignoreRange: !isRangeable };
    return {
      fault: { isSizeUnstated: true, cutAfterBytes: at, times: 1, afterwards: next },
      detail: `at ${at}, ${isRangeable ? "ranges" : "no ranges"}`,
      exits: [0],
    };
  },
  reset: (draw, { release }) => {
    const at = draw(release.size);
    const { fault, detail } = someTimes(draw, { resetAfterBytes: at });
    return { fault, detail: `at ${at}, ${detail}`, exits: [0] };
  },
  stall: (draw, { release }) => {
    const at = draw(release.size);
    return { fault: { stallAfterBytes: at, times: 1 }, detail: `at ${at}`, exits: [0] };
  },
  "a slow connection": (draw, { release }) => {
    const at = 1 + draw(release.size - 1);
    const rate = 20 + draw(600);
    return {
      fault: { cutAfterBytes: at, times: 1, afterwards: { rate, times: 1 } },
      detail: `${rate} B/s from ${at}`,
      exits: [0],
    };
  },
  "status 500": busy(500),
  "status 503": busy(503),
  "status 429": busy(429),
  "wrong Content-Length": (draw, { release }) => {
    const isLonger = draw(2) === 0;
    const length = isLonger ? release.size + 1 + draw(1000) : draw(release.size);
    const { fault, detail } = someTimes(draw, { wrongContentLength: length });
    return { fault, detail: `${length}, ${detail}`, exits: [0] };
  },
  "wrong range": (draw, { release }) => {
    const at = 1 + draw(release.size - 1);
    return { fault: { cutAfterBytes: at, times: 1, afterwards: { wrongRange: true } }, detail: `at ${at}`, exits: [0] };
  },
  "other bytes on resume": (draw, { release }) => {
    const at = 1 + draw(release.size - 1);
    return {
      fault: { cutAfterBytes: at, times: 1, afterwards: { otherBytesInRange: true } },
      detail: `at ${at}`,
      exits: [5],
    };
  },
  "1 byte flipped": (draw, { release }) => {
    const at = draw(release.size);
    // The first two bytes are what tells a gzip: without them it is something else altogether.
    return { fault: { corruptByteAt: at }, detail: `at ${at}`, exits: at < 2 ? [4, 5] : [5] };
  },
  "wrong file": (_, { other }) => ({ fault: { replaceFile: other.path }, detail: other.version, exits: [5] }),
  "gzip of gzip": (_, { release }) => {
    const path = join(makeScratch(), "twice.gz");
    writeFileSync(path, gzipSync(readFileSync(release.path)));
    return { fault: { replaceFile: path }, detail: "", exits: [5] };
  },
  HTML: (draw) => {
    const isTyped = draw(2) === 0;
    const fault = isTyped ? { html200: true } : { replaceBody: "<!DOCTYPE html>\n<title>Sign in</title>\n" };
    return { fault, detail: isTyped ? "as text/html" : "as an archive", exits: [4] };
  },
  "redirect loop": () => ({
    fault: { redirectTo: `https://${mirrorNames.downloads}/go/again.tar.gz` },
    detail: "",
    exits: [4],
  }),
  "redirect to http": () => ({ fault: { redirectTo: "http://login.hotel.test/" }, detail: "", exits: [4] }),
  "certificate expired": certificate("expired"),
  "certificate not-yet-valid": certificate("not-yet-valid"),
  "certificate unknown": certificate("unknown"),
  "certificate wrong-name": certificate("wrong-name"),
};

export const faultKinds: readonly string[] = Object.keys(makers);

export function drawFault(kind: string, draw: Draw, material: FaultMaterial): DrawnFault {
  const make = makers[kind];
  if (make === undefined) throw new Error(`no such fault: ${kind}`);
  const made = make(draw, material);
  if ("faults" in made) return made;
  const { fault, detail, exits } = made;
  return { kind, detail, exits, faults: { [archives]: fault } };
}
