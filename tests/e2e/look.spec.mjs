// What a visitor meets: first screen, keys, themes, narrow windows.
import { test, expect, open, expectNoOverflow, firstNumber } from "./page.mjs";

const HOME = "Synthetic UI screenshots with exact ground truth";

test("the first visit shows a screen with its boxes", async ({ page }) => {
  await open(page, "", HOME);
  await expect(page.getByRole("button", { name: "Generate 50 samples" })).toBeVisible();
  const shot = page.locator("figure.shot");
  await expect(shot.locator("img")).toBeVisible({ timeout: 30_000 });
  // The picture is really there, in the size the truth names.
  const size = await shot.locator("img").evaluate(async (i) => {
    await i.decode();
    return [i.naturalWidth, i.naturalHeight];
  });
  expect(size).toEqual([1280, 720]);
  expect(await shot.locator("svg.boxes g").count()).toBeGreaterThan(4);
});

test("walking changes the screen, and shuffling the seed", async ({ page }) => {
  await open(page, "", HOME);
  const image = page.locator("figure.shot img");
  await expect(image).toBeVisible({ timeout: 30_000 });
  const first = await image.getAttribute("src");
  await page.keyboard.press("ArrowRight");
  await expect(image).not.toHaveAttribute("src", first);
  await expect(page.getByText(/^Sample 1 ·/)).toBeVisible();
  await page.getByRole("button", { name: "Shuffle" }).click();
  await expect(page.getByText(/^Sample 0 ·/)).toBeVisible();
});

test("keys hide boxes and open help and stages", async ({ page }) => {
  await open(page, "#/generate", "Generate");
  const boxes = page.locator("figure.shot svg.boxes");
  await expect(boxes).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press("b");
  await expect(boxes).toHaveCount(0);
  await page.keyboard.press("b");
  await expect(boxes).toHaveCount(1);
  await page.keyboard.down(" ");
  await expect(boxes).toHaveCount(0);
  await page.keyboard.up(" ");
  await expect(boxes).toHaveCount(1);
  const labels = page.locator("figure.shot .box-label:visible");
  await expect(labels).toHaveCount(0);
  await page.keyboard.press("l");
  expect(await labels.count()).toBeGreaterThan(4);
  await page.keyboard.press("l");
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys" });
  await expect(help).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await page.keyboard.press("4");
  await expect(page.getByRole("heading", { level: 1, name: "Jobs" })).toBeFocused();
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await expect(page.getByRole("heading", { level: 1, name: "Models" })).toBeVisible();
  expect(await page.title()).toBe("Models · Screensmith");
});

test("a hovered box and its row light up together", async ({ page }) => {
  await open(page, "#/generate", "Generate");
  await expect(page.locator("figure.shot svg.boxes")).toBeVisible({ timeout: 30_000 });
  await page.getByText(/^Elements of this screen/).click();
  const row = page.locator(".elements tbody tr").nth(2);
  await row.hover();
  await expect(page.locator("svg.boxes g.hot")).toHaveCount(1);
  await expect(page.locator(".box-label:visible")).toHaveCount(1);
});

test("wrong input is explained at its field and never loses the preview", async ({ page }) => {
  await open(page, "#/generate", "Generate");
  await expect(page.locator("figure.shot img")).toBeVisible({ timeout: 30_000 });
  await page.getByLabel("Fewest elements").fill("40");
  await expect(page.getByText("min_elements 40 is above max_elements 20")).toBeVisible();
  await expect(page.getByLabel("Fewest elements")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("button", { name: "1 field to fix" })).toBeDisabled();
  await expect(page.locator("figure.shot img")).toBeVisible();
  await page.getByLabel("Fewest elements").fill("5");
  await page.getByLabel("Samples", { exact: true }).fill("a few");
  await expect(page.getByText("is not a whole number that fits here")).toBeVisible();
  await page.getByLabel("Samples", { exact: true }).fill("7");
  await expect(page.getByRole("button", { name: "Generate 7 samples" })).toBeEnabled();
  await page.getByRole("tab", { name: "JSON" }).click();
  const json = page.getByLabel("Configuration", { exact: true });
  expect(JSON.parse(await json.inputValue()).num_samples).toBe(7);
  await json.fill('{"num_samplez": 3}');
  await expect(page.getByText(/line 1, column \d+: unknown field/)).toBeVisible();
  await json.fill('{"num_samples": 3, "seed": 11}');
  await page.getByRole("tab", { name: "Form" }).click();
  await expect(page.getByLabel("Seed")).toHaveValue("11");
});

test("the theme follows the system, and the choice survives a reload", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await open(page, "#/settings", "Data and settings");
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await background();
  await page.getByRole("button", { name: "Light" }).click();
  const light = await background();
  expect(light).toBe("rgb(255, 255, 255)");
  expect(dark).not.toBe(light);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(await background()).toBe(light);
});

for (const width of [390, 320]) {
  test(`no page is wider than a window of ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await open(page, "", HOME);
    await expect(page.locator("figure.shot img")).toBeVisible({ timeout: 30_000 });
    await expectNoOverflow(page, "overview");
    for (const hash of ["#/generate", "#/samples", "#/split", "#/format", "#/jobs", "#/jobs/new", "#/models", "#/settings", "#/nowhere"]) {
      await page.goto(`./${hash}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectNoOverflow(page, hash);
    }
  });
}

test("cancelling keeps what was made", async ({ page }) => {
  await open(page, "#/generate", "Generate");
  await page.getByLabel("Samples", { exact: true }).fill("2000");
  await page.getByRole("button", { name: "Generate 2,000 samples" }).click();
  await expect(page.locator(".card").first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  const text = await page.locator(".page-head p").textContent();
  const made = firstNumber(text);
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(2000);
  await page.waitForTimeout(500);
  expect(firstNumber(await page.locator(".page-head p").textContent())).toBe(made);
});
