import { styleText } from "node:util";

export type Colour = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

/** Colours a text where colour is wanted; every output reads the same without. */
export function paint(text: string, colour: Colour, isColor: boolean): string {
  // Whether there is to be colour was decided from --no-color, NO_COLOR and the stream by who asks.
  return isColor ? styleText(colour, text, { validateStream: false }) : text;
}
