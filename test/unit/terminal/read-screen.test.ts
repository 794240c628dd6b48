import { describe, expect, it } from "vitest";
import { drawSvg } from "../../../scripts/terminal/draw-svg.ts";
import { readScreen } from "../../../scripts/terminal/read-screen.ts";

const text = (output: string, columns = 80): readonly string[] =>
  readScreen(output, columns).map((line) => line.map((span) => span.text).join(""));

describe("readScreen", () => {
  it("shows what a spinner leaves, not what it drew on the way", () => {
    const spun =
      "\u001B[?25l\u001B[1G⠋ fetching\u001B[1G\u001B[0K⠙ fetching  1 MB\u001B[1G\u001B[0K\u001B[?25hfetched\r\nnext";
    expect(text(spun)).toEqual(["fetched", "next"]);
  });

  it("breaks a line where the terminal ends, and a full one only when more comes", () => {
    expect(text("abcdef\r\ngh", 4)).toEqual(["abcd", "ef", "gh"]);
    expect(text("abcd\r\ne", 4)).toEqual(["abcd", "e"]);
  });

  it("erases lines above, as a spinner of two lines does", () => {
    expect(text("one\r\ntwo\u001B[2K\u001B[1A\u001B[2K\u001B[1Gthree")).toEqual(["three", ""]);
  });

  it("keeps colours with the text that has them", () => {
    expect(readScreen("\u001B[32mok\u001B[39m \u001B[1mbold\u001B[22m", 80)).toEqual([
      [
        { text: "ok", styles: [32] },
        { text: " ", styles: [] },
        { text: "bold", styles: [1] },
      ],
    ]);
  });
});

describe("drawSvg", () => {
  it("is XML whatever the text", () => {
    const svg = drawSvg(readScreen("\u001B[31m<a & b>\u001B[39m", 80), "a < b");
    expect(svg).toContain("<title>a &lt; b</title>");
    expect(svg).toContain('<tspan fill="#ff7b72">&lt;a &amp; b&gt;</tspan>');
  });
});
