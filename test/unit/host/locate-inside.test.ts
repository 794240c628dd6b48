import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { openHomeDirectory } from "../../../src/host/home/home-directory.ts";
import { locateInside } from "../../../src/host/locate-inside.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "readygo-locate-"));
  mkdirSync(join(root, "home"));
});
afterEach(() => rmSync(root, { recursive: true }));

it("keeps the names below a file as they are: there is nothing there", () => {
  writeFileSync(join(root, "home/.config"), "");
  const path = absolutePath("/home/.config/fish/config.fish");
  expect(locateInside(root, path, true)).toEqual({ real: root + path, host: path });
});

it("lets a home be read where a file stands at ~/.config, which no shell minds", () => {
  writeFileSync(join(root, "home/.config"), "");
  const uid = process.getuid?.() ?? 0;
  const home = openHomeDirectory({ uid, home: absolutePath("/home"), root });
  expect(() => home.read(absolutePath("/home/.config/fish/config.fish"))).toThrow("something on the way to it");
  expect(home.isDirectory(absolutePath("/home/.config/fish"))).toBe(false);
});

it("follows links inside the root, and ends in a circle of them", () => {
  symlinkSync("/home", join(root, "absolute"));
  symlinkSync("circle", join(root, "circle"));
  expect(locateInside(root, absolutePath("/absolute/x"), true).host).toBe("/home/x");
  expect(() => locateInside(root, absolutePath("/circle"), true)).toThrow("too many links");
});
