import { expect, test } from "vitest";
import { printable, printableLine } from "../../../src/report/printable.ts";

test("what a terminal would obey is written out", () => {
  expect(
    printable("a\u001b[31mred\u0007\rb\u009bc\u007f \u202Eevil\u2066\u200f\u2028end\ufeff\nnext\tcolumn\r\n"),
  ).toBe("a\\x1b[31mred\\x07\\x0db\\x9bc\\x7f \\u{202e}evil\\u{2066}\\u{200f}\\u{2028}end\\u{feff}\nnext column\n");
});

test("letters of any script stay as they are", () => {
  expect(printable("Þfoo.go 目录 é 👩‍💻")).toBe("Þfoo.go 目录 é 👩‍💻");
});

test("passwords and tokens go", () => {
  expect(printable("from https://me:secret@proxy.example/x?token=abc&v=1")).toBe(
    "from https://***@proxy.example/x?token=***&v=1",
  );
});

test("one line of several", () => {
  expect(printableLine("  first\n   second\n\nthird \n")).toBe("first second third");
});
