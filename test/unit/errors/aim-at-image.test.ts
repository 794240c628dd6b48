import { expect, it } from "vitest";
import { aimAtImage } from "../../../src/errors/aim-at-image.ts";

it.each([
  ["readygo install 1.27.4 --repair", "", "readygo install 1.27.4 --repair"],
  ["readygo install 1.27.4 --repair", "/mnt/image", "readygo install --root /mnt/image 1.27.4 --repair"],
  [
    "look at the cause, then run  readygo verify",
    "/mnt/a b",
    "look at the cause, then run  readygo verify --root '/mnt/a b'",
  ],
  ["sudo readygo plan --root /mnt/image", "/mnt/image", "sudo readygo plan --root /mnt/image"],
  ["readygo install --help", "/mnt/image", "readygo install --help"],
  ["readygo sources --all", "/mnt/image", "readygo sources --all"],
  ["umount /usr/local/go, then run readygo again", "/mnt/image", "umount /usr/local/go, then run readygo again"],
])("%s, with --root %j: %s", (remedy, root, aimed) => {
  expect(aimAtImage(remedy, root)).toBe(aimed);
});
