import { existsSync } from "node:fs";
import type { TestContext } from "vitest";
import { skipBecause } from "../suite/skip-because.ts";

/** What the tests use of playwright-core; its own types need those of a browser. */
export interface Page {
  setContent(html: string, options: { readonly waitUntil: "load" }): Promise<void>;
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  click(selector: string): Promise<void>;
  screenshot(options: { readonly path: string; readonly fullPage?: boolean }): Promise<unknown>;
  close(): Promise<void>;
}

interface Surroundings {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: Scheme;
  readonly offline: boolean;
}

export interface Browser {
  newPage(surroundings: Surroundings): Promise<Page>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: { readonly executablePath: string; readonly args: readonly string[] }): Promise<Browser>;
  };
}

export const widths = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } } as const;
export type Width = keyof typeof widths;
export type Scheme = "light" | "dark";

export interface View {
  readonly width: Width;
  readonly scheme: Scheme;
}

export const views: readonly View[] = (["phone", "desktop"] as const).flatMap((width) =>
  (["light", "dark"] as const).map((scheme) => ({ width, scheme })),
);

export const browserProgram = "/usr/bin/chromium";
const playwright: string = "playwright-core";

/** Debian's Chromium, without a window. Root has no sandbox for it, and it opens what readygo has made. */
export async function openBrowser(): Promise<Browser> {
  const { chromium } = (await import(playwright)) as Playwright;
  return chromium.launch({
    executablePath: browserProgram,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

export function requireBrowser(context: TestContext): void {
  if (!existsSync(browserProgram)) skipBecause(context, "chromium (Debian: chromium) is not installed");
}

/** Opens a text as a page of its own, without a network, at a width and in a scheme. */
export async function openPage(browser: Browser, html: string, { width, scheme }: View): Promise<Page> {
  const page = await browser.newPage({ viewport: widths[width], colorScheme: scheme, offline: true });
  await page.setContent(html, { waitUntil: "load" });
  return page;
}
