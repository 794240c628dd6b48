import { commandLinks, places } from "../../host/places.ts";
import { quoteForShell } from "../../errors/aim-at-image.ts";
import { type Check, fail, pass, skip } from "../check.ts";
import { listLostLinks } from "../own-parts.ts";

export const commandLinksCheck: Check = {
  id: "command-links",
  layer: 1,
  proves: `the links that readygo made in ${places.linkDirectory} lead to this tree`,
  cost: "look",
  bound: 1,
  isVerifyOnly: true,
  needsRoot: true,
  needsRunning: false,
  run(context) {
    const { receipt, version } = context;
    if (receipt === undefined) return Promise.resolve(skip("readygo did not install this tree"));
    const own = receipt.links ?? [];
    if (own.length === 0) return Promise.resolve(skip(`readygo made no links in ${places.linkDirectory}`));
    const lost = listLostLinks(context);
    if (lost.length === 0) {
      const made = commandLinks.filter(({ path }) => own.some((link) => link.path === path));
      return Promise.resolve(pass(made.map(({ path, target }) => `${path} leads to ${target}`).join(", ")));
    }
    const [are, lead] = lost.length === 1 ? ["is", "leads"] : ["are", "lead"];
    // A file that somebody has put in a link's place stays where it is: that is not readygo's to take away.
    const occupied = lost.filter((path) => !["link", undefined].includes(context.files.stat(path)?.kind));
    const moves = occupied
      .map((path) => quoteForShell(context.files.locate(path)))
      .map((path) => `mv ${path} ${path}.before-readygo && `);
    return Promise.resolve(
      fail(
        `${lost.join(" and ")} of readygo's ${are} gone or ${lead} elsewhere`,
        `${moves.join("")}readygo install ${version}`,
      ),
    );
  },
};
