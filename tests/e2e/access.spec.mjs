// Every page with content in it, for everyone: the rules of axe in both themes, and no page wider
// than a narrow window.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test, expect, expectNoOverflow, generate, simulated } from "./page.mjs";

// The page takes no foreign scripts, so this one comes by the debugger.
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGES = [
  "",
  "generate",
  "samples",
  "samples/1",
  "split",
  "format",
  "format/together",
  "jobs",
  "jobs/new",
  "jobs/id/ft_demo",
  "models",
  "models/UI_GROUNDER",
  "playground/UI_GROUNDER",
  "compare/UI_GROUNDER",
  "settings",
  "nowhere",
];

/** What is wrong with the page as it stands: rule and element. */
async function faults(page, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap((v) => v.nodes.map((n) => `${where}: ${v.id}: ${n.html.slice(0, 160)}`));
}

test("no page keeps anyone out, in light or dark, wide or narrow", async ({ page }) => {
  test.setTimeout(300_000);
  await generate(page, 12);
  await simulated(page, "ft_demo", "UI_GROUNDER");
  const found = [];
  for (const hash of PAGES) {
    await page.goto(`./#/${hash}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      found.push(...(await faults(page, `${hash} (${colorScheme})`)));
    }
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoOverflow(page, `${hash} at ${width} px`);
    }
  }
  expect(found).toEqual([]);
});
