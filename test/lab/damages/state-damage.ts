import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { damageBytes } from "./state-damage-bytes.ts";
import { damageForms, damageRights } from "./state-damage-forms.ts";
import { damageJournal } from "./state-damage-journal.ts";
import { damageReceipt } from "./state-damage-receipt.ts";
import type { StateImage } from "../state/state-image.ts";

/** One thing that is wrong with a host's state. `apply` does it to a copy of the host, and gives the same each time. */
export interface Damage {
  readonly name: string;
  /** A crash leaves the same: what a run had begun is ended first, whatever then becomes of the command. */
  readonly isLikeCrash?: boolean;
  apply(image: StateImage): void;
}

/** How much of the matrix a host gets: `all`, or where only what is special of it is damaged in full. */
export interface DamageScope {
  /** What is damaged in every way, a file's bytes in every sixteenth; of the others two sixteenths. */
  readonly isFull: (path: string) => boolean;
  /** Whether the journal also gets whole records that no run has written. */
  readonly isJournalForged: boolean;
}

/** Every damage of one host, in an order that depends only on the host's files. */
export function listDamages(image: StateImage, { isFull, isJournalForged }: DamageScope): readonly Damage[] {
  const files = listStateFiles(image);
  return [
    ...files.flatMap((file) => damageBytes(image, file, isFull(file.path) ? 1 : 8)),
    ...files.filter(({ path }) => isFull(path)).flatMap(damageForms),
    ...[...files, ...listStateDirectories(image)].filter(({ path }) => isFull(path)).flatMap(damageRights),
    ...listStateDirectories(image)
      .filter(({ path }) => isFull(path))
      .flatMap(damageForms),
    ...(isFull("/var/lib")
      ? ["/var/lib", "/usr/local"].map((path) => ({ path, label: path })).flatMap(damageRights)
      : []),
    ...(isFull("/var/lib/readygo/receipt.json") ? damageReceipt() : []),
    ...(isJournalForged ? damageJournal(image) : []),
  ];
}

/** A place of the state; `label` is its path without what differs from run to run. */
export interface StatePlace {
  readonly path: string;
  readonly label: string;
}

function listStateFiles({ path }: StateImage): readonly StatePlace[] {
  const found: string[] = [];
  const visit = (directory: string): void => {
    if (lstatSync(path(directory), { throwIfNoEntry: false })?.isDirectory() !== true) return;
    for (const entry of readdirSync(path(directory), { withFileTypes: true })) {
      if (entry.isFile()) found.push(join(directory, entry.name));
      else if (entry.isDirectory()) visit(join(directory, entry.name));
    }
  };
  for (const place of ["/var/lib/readygo", "/usr/local/.readygo/partial", "/run/readygo"]) visit(place);
  return found.map(toPlace).toSorted((one, other) => (one.label < other.label ? -1 : 1));
}

function listStateDirectories({ path }: StateImage): readonly StatePlace[] {
  const places = ["/var/lib/readygo", "/var/lib/readygo/backups", "/usr/local/.readygo", "/usr/local/.readygo/previous", "/usr/local/.readygo/partial", "/usr/local/.readygo/staging", "/run/readygo"]; // prettier-ignore
  const kept = ["original", "go1.30.1.linux-amd64", "go1.30.2.linux-amd64"].map((name) => `/usr/local/.readygo/previous/${name}`); // prettier-ignore
  return [...places, ...kept].filter((place) => lstatSync(path(place), { throwIfNoEntry: false })?.isDirectory() === true).map(toPlace); // prettier-ignore
}

function toPlace(path: string): StatePlace {
  return { path, label: path.replaceAll(/\d{8}T\d{9}Z/g, "ID") };
}
