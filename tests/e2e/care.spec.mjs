// What was typed or made is not lost by a slip, and what is said of it is right.
import { test, expect, generate, kept, open, simulated } from "./page.mjs";

const key = (page) => page.getByLabel("Registry key");
const toast = (page, text) => page.locator(".toast", { hasText: text });

test("a new job keeps what was typed over providers, pages and mistakes", async ({ page }) => {
  await generate(page, 12);
  await open(page, "#/jobs/new", "New job");
  await page.getByLabel("Description").fill("my words");
  await page.getByLabel("Epochs").fill("3");
  await page.getByRole("button", { name: "Gemini (Vertex AI)" }).click();
  await expect(page.getByLabel("Description")).toHaveValue("my words");
  await expect(page.getByLabel("Epochs")).toHaveValue("3");
  await expect(key(page)).toHaveValue("GEMINI_SYNTHETIC_UI_DEMO");
  await expect(page.getByLabel("Base model")).toHaveValue(/^gemini/);

  // One wrong number hides no other mistake, and both are named as the page names them.
  await page.getByLabel("Epochs").fill("many");
  await page.getByLabel("Job name").fill("no spaces here");
  const list = page.locator(".preview-side");
  await expect(list.getByText(/^Epochs: “many” is no number/)).toBeVisible();
  await expect(list.getByText(/^Job name: /)).toBeVisible();
  await expect(page.getByRole("button", { name: "Start simulated job" })).toBeDisabled();

  await page.goto("./#/split");
  await expect(page.getByRole("heading", { level: 1, name: "Split" })).toBeVisible();
  await page.goto("./#/jobs/new");
  await expect(page.getByLabel("Job name")).toHaveValue("no spaces here");
  await expect(page.getByLabel("Epochs")).toHaveValue("many");

  // The page may talk to other machines by https only.
  await page.getByRole("button", { name: "OpenAI", exact: true }).click();
  await page.getByLabel("Simulated").uncheck();
  await page.getByLabel("Address", { exact: true }).fill("http://example.com/v1");
  await expect(list.getByText(/^Address: a page may talk to another machine by https only/)).toBeVisible();
  await page.getByLabel("Simulated").check();

  // Where only folders can be written, the box for practice is no choice.
  await page.getByRole("button", { name: /Bedrock/ }).click();
  await expect(page.getByLabel("Simulated")).toBeDisabled();
});

test("a job is noted, changed and run again, archived, deleted and put back", async ({ page }) => {
  test.setTimeout(300_000);
  await generate(page, 12);
  await simulated(page, "ft_first", "FIRST_MODEL");
  await page.getByLabel("Note").pressSequentially("kept without leaving the field");
  await expect.poll(() => kept(page)).toContain("kept without leaving the field");
  await page.reload();
  await expect(page.getByLabel("Note")).toHaveValue("kept without leaving the field");

  // Another try, over the dataset of the first, with one change.
  await page.getByRole("button", { name: "Change and run again…" }).click();
  await expect(page.getByText("Over the 12 samples of ft_first, which it tries again")).toBeVisible();
  await expect(page.getByLabel("Job name")).toHaveValue("ft_first-2");
  await expect(key(page)).toHaveValue("FIRST_MODEL");
  await page.getByLabel("Epochs").fill("2");
  await page.getByRole("button", { name: "Start simulated job" }).click();
  await expect(page.getByText("Completed.")).toBeVisible({ timeout: 120_000 });
  await page.getByText("Configuration this job was started with").click();
  await expect(page.locator(".code pre")).toContainText('"n_epochs": 2');
  await open(page, "#/jobs/new", "New job");
  await expect(page.getByLabel("Epochs")).toHaveValue("auto");

  // Whoever works by keys is not sent to the top of the page by a button that goes.
  await page.goto("./#/jobs/id/ft_first-2");
  await page.getByRole("button", { name: "Fetch artifacts" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".files li").first()).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await page.getByRole("button", { name: "Archive" }).click();
  await page.goto("./#/jobs");
  await expect(page.getByRole("row", { name: /ft_first-2/ })).toHaveCount(0);
  await expect(page.getByText(/1 archived/)).toBeVisible();

  await page.goto("./#/jobs/id/ft_first");
  await expect(page.locator(".chart").first()).toBeVisible();
  await page.getByRole("button", { name: "Delete job" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Jobs" })).toBeVisible();
  await expect(page.getByRole("link", { name: "ft_first", exact: true })).toHaveCount(0);
  await toast(page, "ft_first is deleted").getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "ft_first", exact: true }).click();
  await expect(page.getByLabel("Note")).toHaveValue("kept without leaving the field");
  await page.reload();
  await expect(page.locator(".chart").first()).toBeVisible();
});

test("a stopped job says where it stopped and how far it was", async ({ page }) => {
  test.setTimeout(300_000);
  await generate(page, 12);
  const steps = page.locator(".tile", { has: page.getByText("Steps", { exact: true }) }).locator("dd").first();
  const step = page.locator(".timeline [aria-current=step]");

  await open(page, "#/jobs/new", "New job");
  await page.getByLabel("What happens").selectOption("invalid_file");
  await page.getByLabel("Speed").fill("50");
  await page.getByRole("button", { name: "Start simulated job" }).click();
  await expect(page.getByText("Failed:", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(step).toHaveText("Create");
  await expect(step).toHaveClass("failed");
  await expect(page.getByText("There are no losses of this job.")).toBeVisible();

  await open(page, "#/jobs/new", "New job");
  await page.getByLabel("Speed").fill("2");
  await page.getByRole("button", { name: "Start simulated job" }).click();
  await expect(steps).toHaveText(/^[1-9]\d* of \d+$/, { timeout: 60_000 });
  await page.getByRole("button", { name: "Cancel job" }).click();
  await expect(page.getByText("Cancelled.", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(step).toHaveText("Train");
  await expect(step).toHaveClass("stopped");
  await expect(steps).toHaveText(/^[1-9]\d* of \d+$/);
});

test("text that is no configuration stays until it is one", async ({ page }) => {
  await open(page, "#/generate", "Generate");
  await page.getByRole("tab", { name: "JSON" }).click();
  const text = page.getByLabel("Configuration", { exact: true });
  await text.fill("[3]");
  await expect(page.getByText(/an object, { … }, is expected/)).toBeVisible();
  await page.getByRole("tab", { name: "Form" }).click();
  await expect(page.getByLabel("Samples", { exact: true })).toHaveValue("50");
  await page.getByRole("tab", { name: "JSON" }).click();
  await expect(text).toHaveValue("[3]");
  await text.fill('{"num_samples": 7}');
  await page.getByRole("tab", { name: "Form" }).click();
  await expect(page.getByLabel("Samples", { exact: true })).toHaveValue("7");
  await page.getByRole("tab", { name: "JSON" }).click();
  await text.fill("{");
  await page.getByRole("button", { name: "Back to what is in use" }).click();
  await expect(text).toHaveValue(/"num_samples": 7/);
});

test("everything is deleted only at a second place, and imports say what came", async ({ page }) => {
  await generate(page, 12);
  await simulated(page, "ft_kept", "KEPT_MODEL");
  await open(page, "#/settings", "Data and settings");
  await page.getByRole("button", { name: "Clear this browser’s data…" }).dblclick();
  const dialog = page.getByRole("dialog", { name: "Clear this browser’s data" });
  await expect(dialog).toContainText("1 job ");
  await expect(dialog).toContainText("1 registered model ");
  await dialog.getByRole("button", { name: "Keep everything" }).click();
  await expect(dialog).toBeHidden();

  const take = (text) =>
    page.getByLabel("Import").setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await take("[3]");
  await expect(toast(page, "Nothing was imported: entry 1: this is no job")).toBeVisible();
  for (const broken of ["{", "3", "[{}]", '[{"job_id": "a b"}]']) await take(broken);
  await expect(page.locator(".toast.error")).toHaveCount(3);
  await page.goto("./#/models");
  await expect(page.locator(".toast.error")).toHaveCount(0);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export all" }).click(),
  ]);
  await page.getByLabel("Import").setInputFiles(await download.path());
  await expect(toast(page, "Nothing new: 1 version was there already")).toBeVisible();
  await take('{"schema": 99, "models": []}');
  await expect(toast(page, "written by a newer version")).toBeVisible();

  await open(page, "#/settings", "Data and settings");
  await page.getByRole("button", { name: "Clear this browser’s data…" }).click();
  await dialog.getByRole("button", { name: "Delete everything" }).click();
  await page.goto("./#/jobs");
  await expect(page.getByText("No jobs yet")).toBeVisible();
});

test("addresses of nothing say so", async ({ page }) => {
  await generate(page, 12);
  await page.goto("./#/samples/999");
  await expect(page.getByText("This sample is not here")).toBeVisible();
  await page.goto("./#/format/nope");
  await expect(page.getByText("No such format")).toBeVisible();
  for (const where of ["playground", "compare"]) {
    await page.goto(`./#/${where}/NOPE`);
    await expect(toast(page, "There is no model NOPE")).toBeVisible();
  }
});
